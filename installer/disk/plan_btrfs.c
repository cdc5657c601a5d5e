/* btrfs over several devices, and its subvolumes. */
#include "base/util.h"
#include "installer/disk/plan.h"
#include "kickstart/table.h"

static bool is_btrfs(const struct ks_other *o)
{
	return str_eq(o->cmd->name, "btrfs");
}

static bool has_flag(const struct ks_other *o, const char *name)
{
	for (size_t i = 0; o->cmd->opts[i].name; i++)
		if (str_eq(o->cmd->opts[i].name, name))
			return o->values[i].flag;
	return false;
}

static const char *mount_point(const struct ks_other *o)
{
	const char *s = ks_other_word(o, "MOUNTPOINT");

	return s && s[0] == '/' ? s : NULL;
}

static int check_level(const struct ks_other *o, const char *option, size_t members, struct err *err)
{
	const char *level = ks_other_word(o, option);
	size_t least = str_eq(level, "raid10") ? 4 : str_eq(level, "raid0") || str_eq(level, "raid1") ? 2 : 1;

	if (members >= least)
		return 0;
	return plan_input(err, &o->at, option, "%s needs at least %zu members, and has %zu", level, least,
			  members);
}

static int volume(struct planner *p, const struct ks_other *o, struct err *err)
{
	struct ks_list names = ks_other_list(o, "MEMBER");
	struct disk_plan *plan = p->plan;
	struct disk_btrfs_plan *b;
	struct disk_dev *devs;
	int r;

	if (has_flag(o, "--noformat") || has_flag(o, "--useexisting"))
		return plan_input(err, &o->at, has_flag(o, "--noformat") ? "--noformat" : "--useexisting",
				  "a btrfs that exists is mounted with the mount command");
	r = check_level(o, "--data", names.n, err);
	if (!r)
		r = check_level(o, "--metadata", names.n, err);
	if (!r)
		r = plan_take(p, &o->at, names.v, names.n, "btrfs member", &devs, err);
	if (r)
		return r;
	b = arena_push(&plan->arena, &plan->btrfs, &plan->n_btrfs, sizeof(*b));
	*b = (struct disk_btrfs_plan){ .label = ks_other_word(o, "--label"),
				       .data = ks_other_word(o, "--data"),
				       .metadata = ks_other_word(o, "--metadata"),
				       .mkfsoptions = ks_other_word(o, "--mkfsoptions"),
				       .members = names.v,
				       .devs = devs,
				       .n_devs = names.n,
				       .mntpoint = mount_point(o) };
	if (!b->mntpoint)
		return 0;
	return plan_mount(p, &o->at, b->mntpoint, disk_type_find("btrfs"), NULL, devs[0], NULL, err);
}

/* The volume that a subvolume names: LABEL=... or one of its members. */
static struct disk_btrfs_plan *parent_of(const struct planner *p, const char *name)
{
	for (size_t i = 0; i < p->plan->n_btrfs; i++) {
		struct disk_btrfs_plan *b = &p->plan->btrfs[i];

		if (str_starts(name, "LABEL=") && str_eq(b->label, name + strlen("LABEL=")))
			return b;
		for (const char **m = b->members; *m; m++)
			if (str_eq(*m, name))
				return b;
	}
	return NULL;
}

static int subvolume(struct planner *p, const struct ks_other *o, struct err *err)
{
	const char *name = ks_other_word(o, "--name"), *where = mount_point(o);
	struct ks_list parent = ks_other_list(o, "MEMBER");
	struct disk_btrfs_plan *b = parent_of(p, parent.v[0]);
	struct disk_subvol *s;

	if (!b)
		return plan_input(err, &o->at, parent.v[0], "no btrfs line makes this volume");
	if (name[0] == '/' || strstr(name, "..") || strpbrk(name, ", \t\\"))
		return plan_input(err, &o->at, name, "is no name for a subvolume");
	for (size_t i = 0; i < b->n_subvols; i++)
		if (str_eq(b->subvols[i].name, name))
			return plan_input(err, &o->at, name, "this subvolume is asked for twice");
	s = arena_push(&p->plan->arena, &b->subvols, &b->n_subvols, sizeof(*s));
	*s = (struct disk_subvol){ name, where };
	if (!where)
		return 0;
	return plan_mount(p, &o->at, where, disk_type_find("btrfs"),
			  arena_printf(&p->plan->arena, "subvol=%s", name), b->devs[0], name, err);
}

int plan_btrfs(struct planner *p, struct err *err)
{
	for (int subvol = 0; subvol <= 1; subvol++)
		for (size_t i = 0; i < p->ks->n_others; i++) {
			const struct ks_other *o = &p->ks->others[i];

			if (is_btrfs(o) && has_flag(o, "--subvol") == subvol &&
			    (subvol ? subvolume : volume)(p, o, err))
				plan_wrong(p, err);
		}
	return 0;
}
