/*
 * What `multipath -ll` prints, from 0.4.5 (2005) on, and `multipathd show maps json`.
 *
 * The text changed four times: "[size=49 GB][features="0"]" without and with a dm name (0.4.5 to 0.4.8), then
 * "size=49G features='0'" (0.4.9 on). Lines that are none of it (warnings, prompts) are skipped.
 */
#ifndef MULTIPATH_PARSE_H
#define MULTIPATH_PARSE_H

#include "multipath/multipath.h"

struct mpath_map_path {
	const char *hctl;        /* "2:0:1:0", "#:#:#:#"; NULL in JSON */
	const char *dev, *dev_t; /* "sda", "8:0" */
	const char *dm_st, *chk_st,
		*dev_st;        /* "active", "ready", "running"; NULL: not printed by this version */
	const char *hba, *port; /* JSON: the adapter and the storage's port; NULL: not known */
	long long pri;          /* JSON only */
	bool has_pri;
	bool up;
};

struct mpath_map_group {
	const char *policy, *status; /* "service-time 0", "active"; or NULL */
	long long prio;              /* 0.4.5 to 0.4.8: the sum of its paths', later the average */
	bool has_prio;
	struct mpath_map_path *paths;
	size_t n_paths;
};

struct mpath_map {
	const char *dialect;                 /* "0.4.5", "0.4.7", "0.4.8", "0.4.9", "json" */
	const char *alias, *wwid, *dm;       /* dm NULL: not printed */
	const char *vendor, *product, *size; /* size as printed; each may be NULL */
	const char *features, *hwhandler, *wp;
	struct mpath_map_group *groups;
	size_t n_groups, n_paths, n_up;
	enum mpath_verdict verdict;
};

struct mpath_maps {
	struct arena arena;
	struct mpath_map *v;
	size_t n;
};

/* name stands in messages. ERR_INPUT "name:line: word: reason" for a path or group without a map, for JSON
 * that isn't multipathd's, and when there is no map at all although the text isn't empty. */
int mpath_parse(const char *name, const char *text, size_t len, struct mpath_maps *ret, struct err *err);
void mpath_maps_clear(struct mpath_maps *maps);
void mpath_maps_print(const struct mpath_maps *maps, struct buf *b);
void mpath_maps_json(const struct mpath_maps *maps, struct buf *b);

/* Inside this room. parse_json.c; and what both finish with: which paths are up, and the verdict. */
int mpath_parse_json(const char *name, const char *text, size_t len, struct mpath_maps *ret, struct err *err);
void mpath_map_judge(struct mpath_map *map);

#endif
