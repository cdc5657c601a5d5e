/*
 * Which of several alternatives Debian would take.
 *
 * For "A | B" Debian's tools take the first alternative that can be had, unless another is installed anyway;
 * for a virtual package, the provider of the highest Priority. libsolv has no such order. This walks the
 * dependencies by these rules, without looking at conflicts, and says what it would take; the resolver
 * favours these packages and stays free to decide otherwise.
 */
#ifndef PACKAGES_CLOSURE_H
#define PACKAGES_CLOSURE_H

#include <solv/bitmap.h>
#include <solv/pool.h>
#include <solv/queue.h>

#include <stdbool.h>

/*
 * Add what the packages of the queue depend on (and recommend) to the queue. excluded: a Map of solvables
 * never to take.
 */
void closure_add(Pool *pool, const Map *excluded, bool recommends, Queue *queue);

/* The newest version of the package with just this name, from the sources of least cost that have it; 0 if
 * there is none. */
Id closure_newest(Pool *pool, const Map *excluded, Id name);

#endif
