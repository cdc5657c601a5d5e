/* Where the time of building a root goes: phases, which may overlap, and the packages' own scripts. */
#ifndef PACKAGES_TIMING_H
#define PACKAGES_TIMING_H

#include "base/buf.h"
#include "packages/packages.h"

struct pkg_timing *pkg_timing_new(void);
void pkg_timing_free(struct pkg_timing *t);
/* A table for people, or one JSON object: seconds since pkg_timing_new, wall and processor seconds. */
void pkg_timing_print(struct pkg_timing *t, bool json, struct buf *b);

/* A phase that runs. */
struct phase {
	struct pkg_timing *timing; /* NULL: nobody asked */
	const char *name;
	double start_s, self_s;
};

/* progress may be NULL. */
struct phase phase_begin(const struct pkg_progress *progress, const char *name);
/* The phase's work was done by this process, all of whose threads count. */
void phase_end(const struct phase *phase);
/* It was done by others, which took so much processor time. */
void phase_end_cpu(const struct phase *phase, uint64_t cpu_ms);

/* A package's script (or those of its triggers) ran for so long; called from one thread at a time. */
void timing_script(const struct pkg_progress *progress, const char *package, double wall_s);

#endif
