/* A library that stands in for a large one of which only the names are needed. */
#ifndef ISO_BUILD_ELF_STUB_H
#define ISO_BUILD_ELF_STUB_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Make a shared object with the soname, the exported symbols and their versions of library. Each function
 * does nothing but return 0 or NULL, each variable is a few zero bytes: what was linked against the library
 * loads with it, and finds nothing in it. Thread-local variables are left out. ERR_INPUT for what is no
 * 64-bit shared library.
 *
 * For what a library or a program of the medium could do, and nobody asks it for there: LDAP and RTMP in
 * libcurl, libarchive's one format that is XML. Nothing may be stood in for whose functions are called.
 */
int elf_stub(const char *library, struct buf *ret, struct err *err);

#endif
