#include "packages/set.h"

#include <solv/transaction.h>

#include "base/hash.h"
#include "base/util.h"
#include "packages/closure.h"
#include "packages/index.h"

/* NULL: there is one only. */
static const char *const *all_urls(struct arena *a, const struct pkg_source *source, const char *filename)
{
	const char **urls;

	if (!source->mirrors.n)
		return NULL;
	urls = arena_alloc(a, sizeof(*urls) * (source->mirrors.n + 2));
	urls[0] = arena_printf(a, "%s/%s", source->base, filename);
	for (size_t i = 0; i < source->mirrors.n; i++)
		urls[i + 1] = arena_printf(a, "%s/%s", source->mirrors.v[i], filename);
	urls[source->mirrors.n + 1] = NULL;
	return urls;
}

static int add_item(Pool *pool, struct arena *a, Id p, bool requested, struct pkg_set *set, struct err *err)
{
	const Solvable *s = pool_id2solvable(pool, p);
	const struct index_entry *e = index_entry(pool, p);
	const struct index *x = s->repo->appdata;
	struct pkg_item *item;
	char *hex = arena_alloc(a, HASH_HEX_LEN + 1);

	if (!e->filename || !e->has_sha256 || strstr(e->filename, "..") || e->filename[0] == '/')
		return err_set(err, ERR_SRC_INDEX, "%s: the index gives no good Filename and SHA256 for %s",
			       x->source->name, pool_id2str(pool, s->name));
	for (size_t i = 0; i < sizeof(e->sha256); i++)
		snprintf(hex + 2 * i, 3, "%02x", e->sha256[i]);
	item = &set->items[set->n++];
	*item = (struct pkg_item){ .name = arena_strdup(a, pool_id2str(pool, s->name)),
				   .version = arena_strdup(a, pool_id2str(pool, s->evr)),
				   .arch = arena_strdup(a, pool_id2str(pool, s->arch)),
				   .url = arena_printf(a, "%s/%s", x->source->base, e->filename),
				   .urls = all_urls(a, x->source, e->filename),
				   .sha256 = hex,
				   .size_bytes = e->size_bytes,
				   .installed_kib = e->installed_kib,
				   .requested = requested };
	set->download_bytes += e->size_bytes;
	set->installed_kib += e->installed_kib;
	return 0;
}

/* What must be there before any maintainer script can run. */
static void note_base(Pool *pool, const Queue *roots, const Map *excluded, struct argv *names)
{
	Queue base;

	queue_init(&base);
	for (int i = 0; i < roots->count; i++) {
		const struct index_entry *e = index_entry(pool, roots->elements[i]);

		if (e->essential || e->priority == PRIO_REQUIRED)
			queue_push(&base, roots->elements[i]);
	}
	closure_add(pool, excluded, false, &base);
	for (int i = 0; i < base.count; i++)
		argv_add(names, pool_id2str(pool, pool_id2solvable(pool, base.elements[i])->name));
	queue_free(&base);
}

int set_make(Pool *pool, Solver *solver, const Queue *roots, const Map *excluded, const Map *requested,
	     struct pkg_set *ret, struct err *err)
{
	Transaction *trans = solver_create_transaction(solver);
	struct set_priv *priv = xcalloc(1, sizeof(*priv));
	struct arena *a = &priv->arena;
	struct pkg_set set = { .priv = priv };
	int r = 0;

	transaction_order(trans, 0);
	set.items = arena_alloc(a, sizeof(*set.items) * (size_t)MAX(trans->steps.count, 1));
	for (int i = 0; i < trans->steps.count && !r; i++)
		r = add_item(pool, a, trans->steps.elements[i], MAPTST(requested, trans->steps.elements[i]),
			     &set, err);
	transaction_free(trans);
	note_base(pool, roots, excluded, &priv->base);
	if (r)
		pkg_set_clear(&set);
	else
		*ret = set;
	return r;
}

void pkg_set_clear(struct pkg_set *set)
{
	struct set_priv *priv = set->priv;

	if (priv) {
		arena_clear(&priv->arena);
		argv_clear(&priv->base);
	}
	free(priv);
	*set = (struct pkg_set){ 0 };
}

void pkg_set_print(const struct pkg_set *set, struct buf *b)
{
	for (size_t i = 0; i < set->n; i++)
		buf_addf(b, "%s %s %s\n", set->items[i].name, set->items[i].version, set->items[i].arch);
	buf_addf(b, "%zu packages, %.1f MB to fetch, %.1f MB installed\n", set->n,
		 (double)set->download_bytes / 1e6, (double)set->installed_kib * 1024 / 1e6);
}
