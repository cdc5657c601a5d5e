/* Volume groups on LUNs, through lvm(8). */
#include "base/file.h"
#include "base/util.h"
#include "multipath/live.h"

#define LVM_S 120

/* LVM's own files of the installer are not written, and udev isn't asked: lvm.conf(5). */
#define LVM_CONFIG                                                                                       \
	"devices{use_devicesfile=0 obtain_device_list_from_udev=0 external_device_info_source=\"none\" " \
	"hints=\"none\" data_alignment_detection=0 data_alignment_offset_detection=0 scan_lvs=0} "       \
	"backup{backup=0 archive=0} activation{udev_sync=0 udev_rules=0}"

static void words(struct run *run, const char *command, const char *node)
{
	argv_addl(&run->argv, "lvm", command, "--config", LVM_CONFIG, "--devices", node, NULL);
	run->timeout_s = LVM_S;
}

/* The map's node; ERR_SYS unless it is the LUN's own map. */
static int node_of(const struct mpath_lun_plan *l, struct door *door, char **ret, struct err *err)
{
	auto_free char *map = mpath_map_of(l->wwid);
	auto_free char *path = xasprintf("/sys/block/%s/dm/name", map ? map : "-");
	auto_free char *name = file_line(path);

	if (!door->record && !str_eq(name, l->name))
		return err_set(err, ERR_SYS, "LUN %s has no map of the name %s", l->wwid, l->name);
	*ret = xasprintf("/dev/mapper/%s", l->name);
	return 0;
}

/* The name and UUID of the group on the LUN; *ret is "NAME UUID" or empty. */
static int read_vg(const char *node, struct door *door, struct buf *ret, struct err *err)
{
	auto_run run = { .out = ret };

	words(&run, "pvs", node);
	argv_addl(&run.argv, "--readonly", "--noheadings", "-o", "vg_name,vg_uuid", node, NULL);
	return door_run(door, &run, err);
}

static int check(struct mpath_plan *plan, struct mpath_lun_plan *l, const char *node, struct door *door,
		 struct err *err)
{
	auto_buf out = { 0 };
	auto_argv found = { 0 };
	int r = read_vg(node, door, &out, err);

	if (r || door->record)
		return r;
	argv_split(&found, buf_str(&out), " \t\n");
	if (found.n != 2 || strcmp(found.v[0], l->vg) != 0 ||
	    (l->vg_uuid && strcmp(found.v[1], l->vg_uuid) != 0))
		return err_set(err, ERR_SAN_JOIN,
			       "LUN %s holds volume group \"%s\" %s where %s %s was expected", l->wwid,
			       found.n ? found.v[0] : "", found.n > 1 ? found.v[1] : "", l->vg,
			       l->vg_uuid ? l->vg_uuid : "");
	l->vg_uuid = arena_strdup(&plan->arena, found.v[1]);
	return 0;
}

/* Facts are older than the apply. */
static int still_empty(const struct mpath_lun_plan *l, struct err *err)
{
	struct mpath san = { 0 };
	const struct mpath_lun *now;
	auto_buf b = { 0 };
	int r = mpath_read("/", &san, err);

	if (r)
		return r;
	mpath_probe(&san, l->wwid, 5);
	now = mpath_find(&san, l->wwid);
	if (!now || now->unread || now->n_contents || now->vg.name || now->reservation) {
		if (now)
			mpath_contents_print(now, &b);
		r = err_set(err, ERR_SAN_NOT_EMPTY,
			    "LUN %s was empty and is so no more: %s; nothing was written to it", l->wwid,
			    now ? buf_str(&b) : "it is gone");
	}
	mpath_clear(&san);
	return r;
}

static int create(struct mpath_plan *plan, struct mpath_lun_plan *l, const char *node, const char *made,
		  struct door *door, struct err *err)
{
	auto_free char *line = xasprintf("%s\n", l->wwid);
	auto_run pv = { 0 }, vg = { 0 };
	int r = door->record ? 0 : still_empty(l, err);

	if (!r && made && !door->record)
		r = file_append(made, line, strlen(line), 0600, err);
	words(&pv, "pvcreate", node);
	argv_addl(&pv.argv, "--yes", node, NULL);
	if (!r)
		r = door_run(door, &pv, err);
	words(&vg, "vgcreate", node);
	argv_addl(&vg.argv, "--yes", l->vg, node, NULL);
	if (!r)
		r = door_run(door, &vg, err);
	return r ? r : check(plan, l, node, door, err);
}

int mpath_vg_apply(struct mpath_plan *plan, const char *made, struct door *door, struct err *err)
{
	int r = 0;

	for (size_t i = 0; !r && i < plan->n_luns; i++) {
		struct mpath_lun_plan *l = &plan->luns[i];
		auto_free char *node = NULL;

		if (!l->vg)
			continue;
		r = node_of(l, door, &node, err);
		if (!r && l->use == MPATH_CREATE)
			r = create(plan, l, node, made, door, err);
		else if (!r)
			r = check(plan, l, node, door, err);
	}
	return r;
}
