/*
 * Reading small files below a root folder: "/" or a captured machine's.
 *
 * Links are followed as if the folder were "/" (openat2's RESOLVE_IN_ROOT), so a captured machine never reads
 * from the live one. Paths are given as printf formats, with or without a leading slash. Nothing here fails
 * loudly: what is missing is NULL, false or the fallback.
 */
#ifndef FACTS_SYSROOT_H
#define FACTS_SYSROOT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/argv.h"
#include "base/buf.h"
#include "base/err.h"

struct sysroot {
	int fd;
	bool live;           /* the machine itself: CPUID, ioctls and device nodes may be asked */
	char *path;          /* real path of the folder */
	struct arena *arena; /* what the functions below return lives here */
};

/* ERR_SYS if the folder can't be opened. */
int sysroot_open(struct sysroot *ret, const char *path, struct arena *arena, struct err *err);
void sysroot_close(struct sysroot *sr);

/* Append a file's content, at most 1 MiB of it; false if it can't be read or is no plain file. */
bool sysroot_read(const struct sysroot *sr, struct buf *b, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* For files that are larger than that; NULL if it can't be opened. fclose(3). */
FILE *sysroot_file(const struct sysroot *sr, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A folder's descriptor, for sysroot_line_at and sysroot_read_at on many of its files; -1 if it is missing.
 */
int sysroot_folder(const struct sysroot *sr, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* As sysroot_line and sysroot_read, of a plain file below an open folder; no link on the way is followed. */
const char *sysroot_line_at(const struct sysroot *sr, int folder, const char *path);
bool sysroot_read_at(int folder, struct buf *b, const char *path);
/* The first line without blanks around it; NULL if missing or empty. */
const char *sysroot_line(const struct sysroot *sr, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
uint64_t sysroot_u64(const struct sysroot *sr, uint64_t fallback, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
bool sysroot_exists(const struct sysroot *sr, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The path with all links followed, "/sys/devices/…", as seen from inside the root; NULL if missing. */
const char *sysroot_real(const struct sysroot *sr, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* What a link says, whether or not that exists: captured folders leave out drivers and subsystems. */
const char *sysroot_link(const struct sysroot *sr, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Add the names in a folder to names, sorted, without "." and "..". */
void sysroot_list(const struct sysroot *sr, struct argv *names, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Is s "prefix" and then only digits, as in "ata3"? */
bool name_numbered(const char *s, const char *prefix);

#endif
