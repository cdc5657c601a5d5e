/* Storage: sizes, members that exist and are used once, mount points used once, names of disks. */
#include "base/util.h"
#include "kickstart/check.h"

#define PREFIX_PV   "pv."
#define PREFIX_RAID "raid."

/* One thing that is mounted, wherever it lies. */
struct mount {
	const struct ks_at *at;
	const char *point;
};

static size_t n_mounts(const struct ks *ks)
{
	return ks->n_parts + ks->n_raids + ks->n_logvols;
}

static struct mount mount_at(const struct ks *ks, size_t i)
{
	if (i < ks->n_parts)
		return (struct mount){ &ks->parts[i].at, ks->parts[i].mntpoint };
	i -= ks->n_parts;
	if (i < ks->n_raids)
		return (struct mount){ &ks->raids[i].at, ks->raids[i].mntpoint };
	i -= ks->n_raids;
	return (struct mount){ &ks->logvols[i].at, ks->logvols[i].mntpoint };
}

static bool is_storage_word(const char *s)
{
	static const char *const words[] = { "swap", "biosboot", "prepboot", "appleboot", "none", "auto" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(words[i], s) == 0)
			return true;
	return str_starts(s, PREFIX_PV) || str_starts(s, PREFIX_RAID) || str_starts(s, "btrfs.");
}

static void check_mounts(const struct ks *ks, struct ks_fault *f)
{
	for (size_t i = 0; i < n_mounts(ks); i++) {
		struct mount m = mount_at(ks, i);

		if (!m.point)
			continue;
		if (m.point[0] != '/' && !is_storage_word(m.point))
			ks_fault(f, m.at, m.point,
				 "is no mount point: /..., swap, pv.N, raid.N or biosboot are");
		for (size_t j = 0; j < i; j++) {
			struct mount o = mount_at(ks, j);

			if (!str_eq(m.point, o.point) || (m.point[0] != '/' && !strchr(m.point, '.')))
				continue;
			ks_fault(f, m.at, m.point, "was already used on line %u", o.at->line);
			break;
		}
	}
}

static bool is_defined(const struct ks *ks, const char *word)
{
	for (size_t i = 0; i < n_mounts(ks); i++)
		if (str_eq(mount_at(ks, i).point, word))
			return true;
	return false;
}

static const struct ks_at *user_of(const struct ks *ks, const char *word, const struct ks_at *but)
{
	for (size_t i = 0; i < ks->n_volgroups; i++)
		if (&ks->volgroups[i].at < but && ks_list_has(&ks->volgroups[i].pvs, word))
			return &ks->volgroups[i].at;
	return NULL;
}

static void check_members(const struct ks *ks, struct ks_fault *f)
{
	for (size_t i = 0; i < ks->n_volgroups; i++) {
		const struct ks_volgroup *v = &ks->volgroups[i];

		for (size_t j = 0; j < v->pvs.n; j++) {
			const struct ks_at *other = user_of(ks, v->pvs.v[j], &v->at);

			if (!is_defined(ks, v->pvs.v[j]))
				ks_fault(f, &v->at, v->pvs.v[j], "is not defined: no part or raid makes it");
			else if (other)
				ks_fault(f, &v->at, v->pvs.v[j], "is already in the volume group of line %u",
					 other->line);
		}
		for (size_t j = 0; j < i; j++)
			if (str_eq(ks->volgroups[j].name, v->name))
				ks_fault(f, &v->at, v->name, "was already made on line %u",
					 ks->volgroups[j].at.line);
	}
	for (size_t i = 0; i < ks->n_raids; i++) {
		const struct ks_raid *r = &ks->raids[i];

		for (size_t j = 0; j < r->members.n; j++)
			if (!is_defined(ks, r->members.v[j]))
				ks_fault(f, &r->at, r->members.v[j], "is not defined: no part makes it");
	}
}

static bool group_exists(const struct ks *ks, const char *vg)
{
	for (size_t i = 0; i < ks->n_volgroups; i++)
		if (str_eq(ks->volgroups[i].name, vg))
			return true;
	return false;
}

/* The row of cmd with that name was given; -1 may be a value, too. */
static bool was_said(const struct ks_cmd *cmd, const char *name, const struct ks_at *at)
{
	for (size_t row = 0; cmd->opts[row].name; row++)
		if (strcmp(cmd->opts[row].name, name) == 0)
			return at->set[row / 64] >> (row % 64) & 1;
	return false;
}

/* Every option that is a size: --size=0 --grow is one, for what takes the room that is left. */
static void check_sizes(void *arg, const struct ks_cmd *cmd, const void *data)
{
	struct ks_fault *f = arg;
	const struct ks_at *at = data;

	for (size_t row = 0; at->line && cmd->opts && cmd->opts[row].name; row++) {
		const struct ks_opt *o = &cmd->opts[row];
		int64_t size;

		if (!(o->flags & KS_SIZE) || !(at->set[row / 64] >> (row % 64) & 1))
			continue;
		size = *(const int64_t *)ks_opt_at(cmd, o, (void *)(uintptr_t)data);
		if (size < 0 ||
		    (size == 0 && !(strcmp(o->name, "--size") == 0 && was_said(cmd, "--grow", at))))
			ks_fault(f, at, o->name, "%lld is no size: it must be more than 0", (long long)size);
	}
}

static void check_size(int64_t size, int64_t max, bool missing, const struct ks_at *at, const char *word,
		       struct ks_fault *f)
{
	if (missing)
		ks_fault(f, at, word, "--size is missing");
	if (max > 0 && size > max)
		ks_fault(f, at, "--maxsize", "%lld is less than --size %lld", (long long)max,
			 (long long)size);
}

static void check_parts(const struct ks *ks, struct ks_fault *f)
{
	const struct ks_cmd *cmd = ks_cmd_find(ks_commands, "part");

	for (size_t i = 0; i < ks->n_parts; i++) {
		const struct ks_part *p = &ks->parts[i];
		bool other = p->onpart || p->noformat || p->hibernation || p->recommended ||
			     was_said(cmd, "--size", &p->at);

		check_size(p->size_mib, p->maxsize_mib, !other, &p->at, p->mntpoint, f);
	}
}

static void check_volumes(const struct ks *ks, struct ks_fault *f)
{
	const struct ks_cmd *cmd = ks_cmd_find(ks_commands, "logvol");

	for (size_t i = 0; i < ks->n_logvols; i++) {
		const struct ks_logvol *v = &ks->logvols[i];
		bool other = v->percent != -1 || v->noformat || v->useexisting || v->hibernation ||
			     v->recommended || v->thin || was_said(cmd, "--size", &v->at);

		check_size(v->size_mib, v->maxsize_mib, !other, &v->at, v->name, f);
		if (v->vgname && !group_exists(ks, v->vgname))
			ks_fault(f, &v->at, v->vgname, "is not defined: no volgroup makes it");
		for (size_t j = 0; j < i; j++)
			if (str_eq(ks->logvols[j].name, v->name) && str_eq(ks->logvols[j].vgname, v->vgname))
				ks_fault(f, &v->at, v->name, "was already made on line %u",
					 ks->logvols[j].at.line);
		if (v->percent > 100)
			ks_fault(f, &v->at, "--percent", "%lld is out of range: from 1 to 100 are possible",
				 (long long)v->percent);
	}
}

/* sda, disk/by-id/..., wwn-..., serial=..., wwid=..., size=..., with or without /dev/. */
static bool is_disk_name(const char *s)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:+=/*@,#!\\%<>";

	return *s && !s[strspn(s, letters)] && !str_ends(s, "/") && !str_ends(s, "=");
}

static void check_drives(const struct ks_list *list, const struct ks_at *at, const char *word,
			 struct ks_fault *f)
{
	for (size_t i = 0; i < list->n; i++)
		if (!is_disk_name(list->v[i]))
			ks_fault(f, at, word,
				 "\"%s\" is no disk: sda, disk/by-id/..., wwn-..., serial=... are",
				 list->v[i]);
}

void ks_check_disk(const struct ks *ks, struct ks_fault *f)
{
	const struct ks_clearpart *c = &ks->clearpart;
	int modes = c->all + c->linux_only + c->none + (c->list.n > 0);

	if (modes > 1)
		ks_fault(f, &c->at, "clearpart", "--all, --linux, --list and --none contradict each other");
	check_drives(&c->drives, &c->at, "--drives", f);
	check_drives(&ks->ignoredisk.drives, &ks->ignoredisk.at, "--drives", f);
	check_drives(&ks->ignoredisk.only_use, &ks->ignoredisk.at, "--only-use", f);
	ks_each_command(ks, ks_commands, check_sizes, f);
	check_parts(ks, f);
	check_volumes(ks, f);
	check_mounts(ks, f);
	check_members(ks, f);
}

/* autopart makes it; mount and btrfs have it as their mount point. */
static bool others_have_root(const struct ks *ks)
{
	for (size_t i = 0; i < ks->n_others; i++) {
		const struct ks_other *o = &ks->others[i];

		if (str_eq(o->cmd->name, "autopart") ||
		    (str_eq(o->cmd->name, "mount") && str_eq(ks_other_word(o, "MNTPOINT"), "/")) ||
		    (str_eq(o->cmd->name, "btrfs") && str_eq(ks_other_word(o, "MOUNTPOINT"), "/")))
			return true;
	}
	return false;
}

void ks_check_root(const struct ks *ks, struct ks_fault *f)
{
	if (others_have_root(ks))
		return;
	for (size_t i = 0; i < n_mounts(ks); i++)
		if (str_eq(mount_at(ks, i).point, "/"))
			return;
	ks_fault(f, NULL, "part",
		 "no root file system: a part, raid or logvol with the mount point / is needed");
}
