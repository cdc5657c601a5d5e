#include "packages/closure.h"

#include <solv/evr.h>
#include <solv/knownid.h>

#include "packages/index.h"

struct walk {
	Pool *pool;
	const Map *excluded;
	Queue *taken; /* solvables, in the order they were taken */
	Map is_taken;
	Queue open; /* dependencies that leave a choice */
	int open_done;
};

Id closure_newest(Pool *pool, const Map *excluded, Id name)
{
	Id best = 0, p, pp;

	FOR_PROVIDES(p, pp, name)
	{
		const Solvable *s = pool_id2solvable(pool, p),
			       *b = best ? pool_id2solvable(pool, best) : NULL;

		if (s->name != name || MAPTST(excluded, p))
			continue;
		if (!b || s->repo->priority > b->repo->priority ||
		    (s->repo->priority == b->repo->priority &&
		     pool_evrcmp(pool, s->evr, b->evr, EVRCMP_COMPARE) > 0))
			best = p;
	}
	return best;
}

/* Whether a may be had in the version that will be installed: only the newest one counts. */
static bool is_candidate(const struct walk *w, Id p)
{
	return !MAPTST(w->excluded, p) &&
	       closure_newest(w->pool, w->excluded, pool_id2solvable(w->pool, p)->name) == p;
}

static Id base_name(Pool *pool, Id dep)
{
	while (ISRELDEP(dep))
		dep = GETRELDEP(pool, dep)->name;
	return dep;
}

/* What an alternative without "|" would take: the package of that name, else the most important provider. */
static Id pick(const struct walk *w, Id dep)
{
	Pool *pool = w->pool;
	Id name = base_name(pool, dep), best = 0, p, pp;

	FOR_PROVIDES(p, pp, dep)
	{
		if (!is_candidate(w, p))
			continue;
		if (pool_id2solvable(pool, p)->name == name)
			return p;
		if (!best || index_entry(pool, p)->priority < index_entry(pool, best)->priority)
			best = p;
	}
	return best;
}

static bool is_or(Pool *pool, Id dep)
{
	return ISRELDEP(dep) && GETRELDEP(pool, dep)->flags == REL_OR;
}

static Id pick_first(const struct walk *w, Id dep)
{
	for (; is_or(w->pool, dep); dep = GETRELDEP(w->pool, dep)->evr) {
		Id p = pick_first(w, GETRELDEP(w->pool, dep)->name);

		if (p)
			return p;
	}
	return pick(w, dep);
}

static bool is_met(const struct walk *w, Id dep)
{
	Pool *pool = w->pool;
	Id p, pp;

	FOR_PROVIDES(p, pp, dep)
	if (MAPTST(&w->is_taken, p))
		return true;
	return false;
}

/* Whether the candidates of a dependency all are one package. */
static bool is_forced(const struct walk *w, Id dep)
{
	Pool *pool = w->pool;
	Id only = 0, p, pp;

	FOR_PROVIDES(p, pp, dep)
	{
		if (!is_candidate(w, p))
			continue;
		if (only)
			return false;
		only = p;
	}
	return true;
}

static void take(struct walk *w, Id p)
{
	if (!p || MAPTST(&w->is_taken, p))
		return;
	MAPSET(&w->is_taken, p);
	queue_push(w->taken, p);
}

static void visit(struct walk *w, Id p, bool recommends)
{
	const Solvable *s = pool_id2solvable(w->pool, p);
	const Id *dep = s->requires ? s->repo->idarraydata + s->requires : NULL;

	for (; dep && *dep; dep++) {
		if (*dep == SOLVABLE_PREREQMARKER || is_met(w, *dep))
			continue;
		if (is_forced(w, *dep))
			take(w, pick_first(w, *dep));
		else
			queue_push(&w->open, *dep);
	}
	dep = recommends && s->recommends ? s->repo->idarraydata + s->recommends : NULL;
	for (; dep && *dep; dep++)
		queue_push(&w->open, *dep);
}

/* What is forced comes first, so that a choice is only made where something is still to be chosen. */
void closure_add(Pool *pool, const Map *excluded, bool recommends, Queue *queue)
{
	struct walk w = { .pool = pool, .excluded = excluded, .taken = queue };
	int done = 0;

	map_init(&w.is_taken, pool->nsolvables);
	queue_init(&w.open);
	for (int i = 0; i < queue->count; i++)
		MAPSET(&w.is_taken, queue->elements[i]);
	while (done < queue->count || w.open_done < w.open.count) {
		if (done < queue->count) {
			visit(&w, queue->elements[done++], recommends);
		} else {
			Id dep = w.open.elements[w.open_done++];

			if (!is_met(&w, dep))
				take(&w, pick_first(&w, dep));
		}
	}
	queue_free(&w.open);
	map_free(&w.is_taken);
}
