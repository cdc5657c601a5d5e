/* What the medium takes from a kickstart file: whether it is right, and where the host's packages come from.
 */
#ifndef ISO_BUILD_FROM_KS_H
#define ISO_BUILD_FROM_KS_H

#include <stdbool.h>

#include "base/err.h"

/* The archive of `url --url=BASE/dists/SUITE --proxy=PROXY`; zeroed strings where the file doesn't say. */
struct ks_source {
	char *base, *suite, *proxy;
};

/*
 * Parse the file and check it as an install would. ERR_INPUT lists every error as file:line. ret may be NULL;
 * free with ks_source_clear.
 */
int iso_check_ks(const char *path, struct ks_source *ret, struct err *err);
void ks_source_clear(struct ks_source *source);

/* "BASE/dists/SUITE" apart; false if url isn't of that form. free(3) both. */
bool ks_split_url(const char *url, char **base, char **suite);

#endif
