/* The packages of an offline image: the closure of a request, with the archives' own signatures. */
#include "base/file.h"
#include "base/util.h"
#include "iso-build/iso_priv.h"
#include "packages/copy.h"

static bool has_item(const struct pkg_set *set, const struct pkg_item *item)
{
	for (size_t i = 0; i < set->n; i++)
		if (str_eq(set->items[i].sha256, item->sha256))
			return true;
	return false;
}

/* What the installer will do: resolve from the copy alone. Mirrors change, between two fetches too. */
static int check_copy(const struct pkg_request *req, const struct pkg_set *set, const char *dir,
		      struct door *door, struct err *err)
{
	struct pkg_request again = *req;
	struct pkg_set found = { 0 };
	struct arena arena = { 0 };
	int r;

	again.sources = NULL;
	again.n_sources = 0;
	again.cache_dir = NULL;
	r = pkg_copied_sources(dir, &again, &arena, err);
	if (!r)
		r = pkg_solve(&again, door->log, NULL, &found, err);
	for (size_t i = 0; i < set->n && !r; i++)
		if (!has_item(&found, &set->items[i]))
			r = err_set(err, ERR_SRC_HASH,
				    "%s %s is not what the archive's index says now: the mirror was "
				    "updated meanwhile; try again",
				    set->items[i].name, set->items[i].version);
	pkg_set_clear(&found);
	for (size_t i = 0; i < again.n_sources; i++) {
		argv_clear(&again.sources[i].components);
		argv_clear(&again.sources[i].files);
	}
	free(again.sources);
	arena_clear(&arena);
	return r;
}

int iso_add_packages(struct build *b, struct err *err)
{
	/* The copy's sources are file: URLs, which are absolute. */
	auto_free char *tree = realpath(b->tree, NULL);
	auto_free char *dir = path_join(tree, PKG_COPY_FOLDER);
	struct pkg_set set = { 0 };
	int r = pkg_solve(b->opts->packages, b->door->log, NULL, &set, err);

	if (!r)
		r = file_mkdirs(dir, 0755, err);
	if (!r)
		r = pkg_copy(b->opts->packages, &set, dir, b->door, NULL, err);
	if (!r)
		r = check_copy(b->opts->packages, &set, dir, b->door, err);
	for (size_t i = 0; i < set.n && !r && b->opts->versions; i++)
		buf_addf(b->opts->versions, "%s %s\n", set.items[i].name, set.items[i].version);
	pkg_set_clear(&set);
	return r ? err_wrap(err, "the packages on the medium") : 0;
}
