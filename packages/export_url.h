/* The URL of a file of an NFS export, taken apart. */
#ifndef PACKAGES_EXPORT_URL_H
#define PACKAGES_EXPORT_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/argv.h"

#define EXPORT_PORT "2049" /* where none is said */

/*
 * nfs:[OPTIONS:]HOST:/PATH or nfs://HOST/PATH[?OPTIONS] apart; false: it is neither. host (an IPv6 address is
 * in brackets) and path are the caller's, free(3); options stays in url, or is NULL.
 */
bool export_split(const char *url, char **host, char **path, const char **options, size_t *options_len);

/* An archive is one export, or lies in one: its files have so many bytes of the path in common. */
size_t export_folder_len(const char *path);

/* What the options (mount(8)'s words, apart by commas or &, and libnfs's) say of what matters; NULL: nothing.
 */
struct export_words {
	struct argv all;
	const char *version, *minor, *port, *mount_port, *sec; /* of all */
};

void export_words_read(const char *options, size_t len, struct export_words *ret);
void export_words_clear(struct export_words *w);

#endif
