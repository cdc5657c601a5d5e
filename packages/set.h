/* What a solved set owns besides its items. */
#ifndef PACKAGES_SET_H
#define PACKAGES_SET_H

#include <solv/pool.h>
#include <solv/queue.h>
#include <solv/solver.h>

#include "base/arena.h"
#include "base/argv.h"
#include "packages/packages.h"

struct set_priv {
	struct arena arena;
	struct argv base; /* names of the essential and required packages, and of all that they depend on */
};

/*
 * The set of what the solver found, in an order that is safe to unpack. roots: what was asked for; requested:
 * what was asked for by name. ERR_FETCH if an index does not say where a package is.
 */
int set_make(Pool *pool, Solver *solver, const Queue *roots, const Map *excluded, const Map *requested,
	     struct pkg_set *ret, struct err *err);

#endif
