/* `multipathd show maps json` (multipath-tools, libmultipath/print.c, snprint_multipath_topology_json). */
#include "base/json.h"
#include "base/util.h"
#include "multipath/parse.h"

/* What isn't known is printed as "[undef]" or "##". */
static const char *word(struct arena *a, json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s && *s && strcmp(s, "[undef]") != 0 && s[0] != '#' ? arena_strdup(a, s) : NULL;
}

static void number(json_t *o, const char *key, long long *ret, bool *has)
{
	json_t *v = json_object_get(o, key);

	*has = json_is_integer(v);
	*ret = *has ? json_integer_value(v) : 0;
}

static void add_path(struct arena *a, json_t *o, struct mpath_map_group *g)
{
	struct mpath_map_path *p = arena_push(a, &g->paths, &g->n_paths, sizeof(*p));

	p->dev = word(a, o, "dev");
	p->dev_t = word(a, o, "dev_t");
	p->dm_st = word(a, o, "dm_st");
	p->chk_st = word(a, o, "chk_st");
	p->dev_st = word(a, o, "dev_st");
	p->hba = word(a, o, "host_wwpn");
	if (!p->hba)
		p->hba = word(a, o, "host_adapter");
	p->port = word(a, o, "target_wwpn");
	number(o, "pri", &p->pri, &p->has_pri);
}

static void add_group(struct arena *a, json_t *o, struct mpath_map *m)
{
	struct mpath_map_group *g = arena_push(a, &m->groups, &m->n_groups, sizeof(*g));
	json_t *path;
	size_t i;

	g->policy = word(a, o, "selector");
	g->status = word(a, o, "dm_st");
	number(o, "pri", &g->prio, &g->has_prio);
	json_array_foreach (json_object_get(o, "paths"), i, path)
		add_path(a, path, g);
}

static void add_map(struct mpath_maps *maps, json_t *o)
{
	struct arena *a = &maps->arena;
	struct mpath_map *m = arena_push(a, &maps->v, &maps->n, sizeof(*m));
	json_t *group;
	size_t i;

	m->dialect = "json";
	m->alias = word(a, o, "name");
	m->wwid = word(a, o, "uuid");
	m->dm = word(a, o, "sysfs");
	m->vendor = word(a, o, "vend");
	m->product = word(a, o, "prod");
	m->features = word(a, o, "features");
	m->hwhandler = word(a, o, "hwhandler");
	m->wp = word(a, o, "write_prot");
	json_array_foreach (json_object_get(o, "path_groups"), i, group)
		add_group(a, group, m);
}

int mpath_parse_json(const char *name, const char *text, size_t len, struct mpath_maps *ret, struct err *err)
{
	struct mpath_maps maps = { 0 };
	json_error_t wrong;
	auto_json *all = json_loadb(text, len, JSON_DISABLE_EOF_CHECK | JSON_ALLOW_NUL, &wrong);
	json_t *list = json_object_get(all, "maps"), *map;
	size_t i;

	if (!all)
		return err_set(err, ERR_SAN_TEXT, "%s:%d: %s\n", name, wrong.line, wrong.text);
	if (json_is_object(json_object_get(all, "map"))) {
		add_map(&maps, json_object_get(all, "map"));
	} else if (!json_is_array(list)) {
		return err_set(err, ERR_SAN_TEXT,
			       "%s:1: maps: missing: not what multipathd show maps json prints\n", name);
	}
	json_array_foreach (list, i, map) {
		if (json_is_object(map))
			add_map(&maps, map);
	}
	for (i = 0; i < maps.n; i++)
		mpath_map_judge(&maps.v[i]);
	*ret = maps;
	return 0;
}
