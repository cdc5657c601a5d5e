/* A library that stands in for a large one of which only the names are needed. */
#ifndef ISO_BUILD_ELF_STUB_H
#define ISO_BUILD_ELF_STUB_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Make a shared object with the soname and the exported data symbols of library, each of which is a few zero
 * bytes: what was linked against the library loads with it, and finds nothing in it.
 *
 * For ICU's data library (31 MB), which is there because libarchive reads one format with libxml2. ERR_INPUT
 * for a library that exports functions: they could not do what they should.
 */
int elf_stub(const char *library, struct buf *ret, struct err *err);

#endif
