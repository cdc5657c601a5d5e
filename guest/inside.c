#include "guest/inside.h"

#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"
#include "base/within.h"
#include "guest/inner_lvm.h"

#define MOUNT_DIR   "/run/xenith/inside-"
#define TOOL_S      300
#define BLKID_EMPTY 2
#define GROUP_NAME  "xenith-inside-"

/* The type of what is on a device or in a file (blkid(8)); "" for nothing that is known. free(3). */
static char *type_of(const char *path, struct door *door)
{
	auto_buf out = { 0 };
	auto_run run = { .out = &out, .timeout_s = TOOL_S, .ok_status = BLKID_EMPTY };

	argv_addl(&run.argv, "blkid", "-p", "-s", "TYPE", "-o", "value", path, NULL);
	if (door_run(door, &run, NULL))
		return xstrdup("");
	return xstrndup(buf_str(&out), strcspn(buf_str(&out), "\n"));
}

static bool is_device(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISBLK(st.st_mode);
}

struct search {
	struct guest_inside in;
	unsigned flags;
	struct guest_journal *j; /* may be NULL */
	struct door *door;
	struct err unread; /* of the first file system that can't be mounted: it may have been the root */
};

static int journal_add(const struct search *s, const char *kind, const char *what, struct err *err)
{
	return s->j ? guest_journal_add(s->j, kind, what, err) : 0;
}

static int try_mount(struct search *s, const char *path, const char *type, struct err *err)
{
	auto_free char *dir = xasprintf(MOUNT_DIR "%s", s->in.name);
	bool later = !(s->flags & GUEST_INSIDE_WRITE) && !is_device(path);
	/* mount(8) makes the loop device read-only as well, and then no journal can be replayed. */
	auto_free char *options = xasprintf(
		"%s,noatime,nosuid,nodev,noexec%s%s", s->flags & GUEST_INSIDE_WRITE || later ? "rw" : "ro",
		is_device(path) ? "" : ",loop", str_eq(type, "xfs") ? ",nouuid" : "");
	int r = journal_add(s, "mount", dir, err);

	if (!r)
		r = door_mkdirs(s->door, dir, 0700, err);
	if (!r)
		r = door_runl_for(s->door, TOOL_S, err, "mount", "-t", type, "-o", options, path, dir, NULL);
	if (r)
		return r;
	if (within_exists(dir, "etc/machine-id")) {
		s->in.root = xstrdup(dir);
		return later ? door_runl(s->door, err, "mount", "-o", "remount,ro", dir, NULL) : 0;
	}
	r = door_umount(s->door, dir, 0, err);
	rmdir(dir);
	return r;
}

static bool has_files(const char *type)
{
	return str_starts(type, "ext") || str_eq(type, "xfs") || str_eq(type, "btrfs");
}

/* Sets s->in.root if there is a root file system on it. */
static void look_at(struct search *s, const char *path, const char *type)
{
	struct err err = { 0 };

	if (!s->in.root && has_files(type) && try_mount(s, path, type, &err) && !s->unread.code)
		s->unread = err;
}

/* Attach a disk that has partitions; their devices go to parts. */
static int attach(struct search *s, const char *disk, struct argv *parts, struct err *err)
{
	auto_buf out = { 0 };
	auto_run run = { .out = &out, .timeout_s = TOOL_S };
	auto_free char *loop = NULL, *folder = NULL;
	auto_argv names = { 0 };
	int r = journal_add(s, "loop", disk, err);

	if (r)
		return r;
	argv_addl(&run.argv, "losetup", "--find", "--show", "--partscan", disk, NULL);
	r = door_run(s->door, &run, err);
	if (r || !out.len)
		return r;
	loop = xstrndup(buf_str(&out), strcspn(buf_str(&out), "\n"));
	argv_add(&s->in.loops, loop);
	folder = xasprintf("/sys/class/block%s", strrchr(loop, '/'));
	within_names(folder, "", &names);
	for (size_t i = 0; i < names.n; i++)
		if (str_starts(names.v[i], strrchr(loop, '/') + 1))
			argv_addf(parts, "/dev/%s", names.v[i]);
	return 0;
}

/* Give a group its own UUIDs and a name that this host has not, and look at its volumes. */
static int open_group(struct search *s, const char *group, const struct argv *pvs, struct err *err)
{
	auto_free char *temporary = xasprintf(GROUP_NAME "%s-%zu", s->in.name, s->in.groups.n);
	auto_free char *list = argv_join(pvs, ",");
	auto_free char *line = xasprintf("%s %s", temporary, list);
	auto_json *rows = NULL;
	const json_t *row;
	size_t i;
	int r = journal_add(s, "group", line, err);

	if (!r)
		r = inner_lvm_rename(temporary, list, s->door, err);
	if (r)
		return r;
	argv_addf(&s->in.groups, "%s %s %s", group, temporary, list);
	r = inner_lvm_activate(temporary, true, list, s->door, err);
	if (!r)
		r = inner_lvm_ask("lvs", "lv", "lv_name", list, s->door, &rows, err);
	json_array_foreach (rows, i, row) {
		auto_free char *path = xasprintf("/dev/%s/%s", temporary, lvm_field(row, "lv_name"));
		auto_free char *type = type_of(path, s->door);

		look_at(s, path, type);
	}
	return r;
}

static int open_groups(struct search *s, const struct argv *pvs, struct err *err)
{
	auto_free char *list = argv_join(pvs, ",");
	auto_argv groups = { 0 };
	auto_json *rows = NULL;
	const json_t *row;
	size_t i;
	int r = inner_lvm_ask("pvs", "pv", "pv_name,vg_name", list, s->door, &rows, err);

	json_array_foreach (rows, i, row)
		if (*lvm_field(row, "vg_name"))
			argv_add(&groups, lvm_field(row, "vg_name"));
	argv_sort_unique(&groups);
	for (size_t g = 0; !r && g < groups.n; g++) {
		auto_argv own = { 0 };

		json_array_foreach (rows, i, row)
			if (str_eq(lvm_field(row, "vg_name"), groups.v[g]))
				argv_add(&own, lvm_field(row, "pv_name"));
		r = open_group(s, groups.v[g], &own, err);
	}
	return r;
}

/* A place that may be part of a group, which waits for the other parts, or hold a file system. */
static void take(struct search *s, const char *path, const char *type, struct argv *pvs)
{
	if (str_eq(type, "LVM2_member") && is_device(path))
		argv_add(pvs, path);
	else
		look_at(s, path, type);
}

static int take_disk(struct search *s, const char *disk, struct argv *pvs, struct err *err)
{
	auto_free char *type = type_of(disk, s->door);
	auto_argv parts = { 0 };
	int r;

	if (*type) {
		take(s, disk, type, pvs);
		return 0;
	}
	r = attach(s, disk, &parts, err);
	for (size_t i = 0; i < parts.n; i++) {
		auto_free char *own = type_of(parts.v[i], s->door);

		take(s, parts.v[i], own, pvs);
	}
	return r;
}

bool guest_inside_whole(const char *disk, struct door *door)
{
	auto_free char *type = type_of(disk, door);

	return has_files(type);
}

int guest_inside_open(const struct argv *disks, const char *name, unsigned flags, struct guest_journal *j,
		      struct guest_inside *ret, struct door *door, struct err *err)
{
	struct search s = { .in = { .name = xstrdup(name) }, .flags = flags, .j = j, .door = door };
	auto_argv pvs = { 0 };
	int r = 0;

	for (size_t i = 0; !r && i < disks->n; i++)
		r = take_disk(&s, disks->v[i], &pvs, err);
	if (!r && pvs.n && flags & GUEST_INSIDE_WRITE)
		r = open_groups(&s, &pvs, err);
	if (!r && !s.in.root && s.unread.code)
		r = err_copy(err, &s.unread);
	if (r)
		r = guest_inside_close(&s.in, r, door, err);
	else
		*ret = s.in;
	return r;
}

static int close_group(const char *line, struct door *door, struct err *err)
{
	auto_argv w = { 0 }; /* name, temporary name, physical volumes */
	int r;

	argv_split(&w, line, " ");
	r = inner_lvm_activate(w.v[1], false, w.v[2], door, err);
	return r ? r : inner_lvm_rename(w.v[0], w.v[2], door, err);
}

int guest_inside_close(struct guest_inside *in, int r, struct door *door, struct err *err)
{
	struct err own = { 0 }, *e = r ? &own : err;
	int u = in->root ? door_umount(door, in->root, 0, e) : 0;

	if (in->root)
		rmdir(in->root);
	for (size_t i = in->groups.n; !u && i-- > 0;)
		u = close_group(in->groups.v[i], door, e);
	for (size_t i = in->loops.n; !u && i-- > 0;)
		u = door_runl_for(door, TOOL_S, e, "losetup", "-d", in->loops.v[i], NULL);
	argv_clear(&in->loops);
	argv_clear(&in->groups);
	free(in->root);
	free(in->name);
	*in = (struct guest_inside){ 0 };
	return r ? r : u;
}
