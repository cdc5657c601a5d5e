/* Maps that were read from text: verdicts, and how they are printed. */
#include "base/json.h"
#include "base/util.h"
#include "multipath/parse.h"

/*
 * Only a path that the kernel uses, whose checker is content and whose device runs carries I/O: "active
 * faulty offline" is one that nothing was sent over since it died. A map that is only being made has no
 * states yet.
 */
static bool path_up(const struct mpath_map_path *p)
{
	bool dm = !p->dm_st || strcmp(p->dm_st, "active") == 0 || strcmp(p->dm_st, "undef") == 0;
	bool checker = p->chk_st && (strcmp(p->chk_st, "ready") == 0 || strcmp(p->chk_st, "ghost") == 0);

	return dm && checker && (!p->dev_st || strcmp(p->dev_st, "running") == 0);
}

/* The priorities that ALUA gives (libmultipath/prioritizers/alua.c), with 80 more for the preferred path. */
static bool alua_prio(long long v)
{
	static const long long known[] = { 50, 10, 5, 1, 0 };

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (v == known[i] || v == known[i] + 80)
			return true;
	return v < 0;
}

/* Whether a group holds paths of different priority, as far as its text tells: an average that is none. */
static bool mixed(const struct mpath_map *m, const struct mpath_map_group *g)
{
	for (size_t i = 1; i < g->n_paths; i++)
		if (g->paths[i].has_pri && g->paths[0].has_pri && g->paths[i].pri != g->paths[0].pri &&
		    g->paths[i].up && g->paths[0].up)
			return true;
	if (!m->hwhandler || !strstr(m->hwhandler, "alua") || !g->has_prio || !g->n_paths)
		return false;
	if (strcmp(m->dialect, "0.4.9") == 0 || strcmp(m->dialect, "json") == 0)
		return !alua_prio(g->prio);
	return g->prio % (long long)g->n_paths != 0 || !alua_prio(g->prio / (long long)g->n_paths);
}

/* The HBA and the storage's port of a path: by name, or by the first and the middle numbers of H:C:T:L. */
static void ends(const struct mpath_map_path *p, const char **hba, size_t *hba_len, const char **port,
		 size_t *port_len)
{
	const char *colon = p->hctl ? strchr(p->hctl, ':') : NULL,
		   *last = p->hctl ? strrchr(p->hctl, ':') : NULL;
	bool known = colon && p->hctl[0] != '#';

	*hba = p->hba ? p->hba : known ? p->hctl : NULL;
	*hba_len = p->hba ? strlen(p->hba) : known ? (size_t)(colon - p->hctl) : 0;
	*port = p->port ? p->port : known ? colon + 1 : NULL;
	*port_len = p->port ? strlen(p->port) : known ? (size_t)(last - colon - 1) : 0;
}

static void redundancy(const struct mpath_map *m, bool *one_hba, bool *one_port)
{
	const struct mpath_map_path *first = NULL;
	const char *hba[2], *port[2];
	size_t hba_len[2], port_len[2];

	*one_hba = *one_port = true;
	for (size_t g = 0; g < m->n_groups; g++)
		for (size_t i = 0; i < m->groups[g].n_paths; i++) {
			const struct mpath_map_path *p = &m->groups[g].paths[i];

			if (!first)
				first = p;
			ends(first, &hba[0], &hba_len[0], &port[0], &port_len[0]);
			ends(p, &hba[1], &hba_len[1], &port[1], &port_len[1]);
			/* What isn't known is not held against it. */
			if (!hba[0] || !hba[1] || hba_len[0] != hba_len[1] ||
			    memcmp(hba[0], hba[1], hba_len[0]) != 0)
				*one_hba = false;
			if (!port[0] || !port[1] || port_len[0] != port_len[1] ||
			    memcmp(port[0], port[1], port_len[0]) != 0)
				*one_port = false;
		}
	if (m->n_paths == 1)
		*one_hba = true;
}

void mpath_map_judge(struct mpath_map *m)
{
	bool one_hba, one_port, any_mixed = false;

	for (size_t g = 0; g < m->n_groups; g++) {
		for (size_t i = 0; i < m->groups[g].n_paths; i++) {
			struct mpath_map_path *p = &m->groups[g].paths[i];

			p->up = path_up(p);
			m->n_up += p->up;
			m->n_paths++;
		}
		any_mixed = any_mixed || mixed(m, &m->groups[g]);
	}
	redundancy(m, &one_hba, &one_port);
	m->verdict = !m->n_up               ? MPATH_NO_PATH
		     : m->n_up < m->n_paths ? MPATH_DEGRADED
		     : one_hba              ? MPATH_SINGLE_HBA
		     : one_port             ? MPATH_SINGLE_PORT
		     : any_mixed            ? MPATH_MIXED_PRIO
					    : MPATH_OK;
}

static const char *or_dash(const char *s)
{
	return s ? s : "-";
}

void mpath_maps_print(const struct mpath_maps *maps, struct buf *b)
{
	if (!maps->n)
		buf_adds(b, "no maps\n");
	for (size_t i = 0; i < maps->n; i++) {
		const struct mpath_map *m = &maps->v[i];

		buf_addf(b, "%s  %s %zu/%zu  %s", m->wwid, mpath_verdict_name(m->verdict), m->n_up,
			 m->n_paths, or_dash(m->alias));
		if (m->vendor)
			buf_addf(b, "  %s %s", m->vendor, m->product ? m->product : "");
		buf_addf(b, "  %s  %s\n", or_dash(m->size), or_dash(m->dm));
		for (size_t g = 0; g < m->n_groups; g++) {
			const struct mpath_map_group *group = &m->groups[g];

			buf_addf(b, "  group %zu: %s", g + 1, or_dash(group->policy));
			if (group->has_prio)
				buf_addf(b, ", prio %lld", group->prio);
			buf_addf(b, ", %s\n", or_dash(group->status));
			for (size_t p = 0; p < group->n_paths; p++) {
				const struct mpath_map_path *path = &group->paths[p];

				buf_addf(b, "    %-4s  %s %s  %s %s%s%s\n", path->up ? "up" : "down",
					 or_dash(path->hctl), or_dash(path->dev), or_dash(path->dm_st),
					 or_dash(path->chk_st), path->dev_st ? " " : "",
					 path->dev_st ? path->dev_st : "");
			}
		}
	}
}

static json_t *path_json(const struct mpath_map_path *p)
{
	json_t *o = json_object();

	json_put_str(o, "hctl", p->hctl);
	json_put_str(o, "dev", p->dev);
	json_put_str(o, "dev_t", p->dev_t);
	json_put_str(o, "dm_st", p->dm_st);
	json_put_str(o, "chk_st", p->chk_st);
	json_put_str(o, "dev_st", p->dev_st);
	json_put_bool(o, "up", p->up);
	return o;
}

static json_t *map_json(const struct mpath_map *m)
{
	json_t *o = json_object(), *groups = json_array();

	json_put_str(o, "wwid", m->wwid);
	json_put_str(o, "alias", m->alias);
	json_put_str(o, "verdict", mpath_verdict_name(m->verdict));
	json_put_u64(o, "paths_up", m->n_up);
	json_put_u64(o, "paths", m->n_paths);
	json_put_str(o, "dialect", m->dialect);
	json_put_str(o, "dm", m->dm);
	json_put_str(o, "vendor", m->vendor);
	json_put_str(o, "product", m->product);
	json_put_str(o, "size", m->size);
	json_put_str(o, "features", m->features);
	json_put_str(o, "hwhandler", m->hwhandler);
	json_put_str(o, "wp", m->wp);
	for (size_t g = 0; g < m->n_groups; g++) {
		json_t *group = json_object(), *paths = json_array();

		json_put_str(group, "policy", m->groups[g].policy);
		json_put_str(group, "status", m->groups[g].status);
		json_object_set_new(group, "prio",
				    m->groups[g].has_prio ? json_integer(m->groups[g].prio) : json_null());
		for (size_t p = 0; p < m->groups[g].n_paths; p++)
			json_array_append_new(paths, path_json(&m->groups[g].paths[p]));
		json_object_set_new(group, "paths", paths);
		json_array_append_new(groups, group);
	}
	json_object_set_new(o, "groups", groups);
	return o;
}

void mpath_maps_json(const struct mpath_maps *maps, struct buf *b)
{
	auto_json *all = json_object();
	json_t *list = json_array();

	for (size_t i = 0; i < maps->n; i++)
		json_array_append_new(list, map_json(&maps->v[i]));
	json_object_set_new(all, "maps", list);
	json_pretty(all, b);
}
