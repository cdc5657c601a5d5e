/*
 * autopart: the lines that a person would write for a Xen host, added to the file's own.
 *
 * What the firmware needs and /boot; swap by the memory; / of 3 GiB that grows to 16 GiB. The rest of the
 * volume group (or of the thin pool, which gets 80 % of it) stays free for the guests' volumes: no /home is
 * made. With plain partitions and with btrfs there is nobody to leave room for, and / takes it all.
 */
#include "base/util.h"
#include "installer/disk/plan.h"
#include "kickstart/table.h"

#define ROOT_MIB     3072
#define ROOT_MAX_MIB 16384
#define POOL_PERCENT 80
#define VG           "vg0"
#define POOL         "pool00"

struct lines {
	struct arena *a;
	const struct ks_other *o;
	struct ks *ks;
	struct ks_luks luks;
};

static const union ks_value *value(const struct ks_other *o, const char *name)
{
	for (size_t i = 0; o->cmd->opts[i].name; i++)
		if (str_eq(o->cmd->opts[i].name, name))
			return &o->values[i];
	abort(); /* names a row that the command's table does not have */
}

static bool flag(const struct ks_other *o, const char *name)
{
	return value(o, name)->flag;
}

static struct ks_luks luks_of(const struct ks_other *o)
{
	return (struct ks_luks){ .cipher = ks_other_word(o, "--cipher"),
				 .luks_version = ks_other_word(o, "--luks-version"),
				 .escrowcert = ks_other_word(o, "--escrowcert"),
				 .pbkdf = ks_other_word(o, "--pbkdf"),
				 .hw_passphrase = ks_other_word(o, "--hw-passphrase"),
				 .pbkdf_memory_kib = value(o, "--pbkdf-memory")->number,
				 .pbkdf_time_ms = value(o, "--pbkdf-time")->number,
				 .pbkdf_iterations = value(o, "--pbkdf-iterations")->number,
				 .backuppassphrase = flag(o, "--backuppassphrase") };
}

static struct ks_part *part(struct lines *l, const char *mntpoint, int64_t size, bool grow, bool secret)
{
	struct ks_part *p = arena_push(l->a, &l->ks->parts, &l->ks->n_parts, sizeof(*p));

	*p = (struct ks_part){ .at = l->o->at,
			       .mntpoint = mntpoint,
			       .size_mib = size,
			       .maxsize_mib = -1,
			       .grow = grow,
			       .start = -1,
			       .end = -1,
			       .encrypted = secret && flag(l->o, "--encrypted"),
			       .passphrase = ks_other_word(l->o, "--passphrase"),
			       .luks = l->luks };
	return p;
}

static struct ks_logvol *logvol(struct lines *l, const char *mntpoint, const char *name)
{
	struct ks_logvol *v = arena_push(l->a, &l->ks->logvols, &l->ks->n_logvols, sizeof(*v));

	*v = (struct ks_logvol){ .at = l->o->at,
				 .mntpoint = mntpoint,
				 .name = name,
				 .vgname = VG,
				 .size_mib = -1,
				 .maxsize_mib = -1,
				 .percent = -1,
				 .chunksize_kib = -1,
				 .metadatasize_mib = -1,
				 .cachesize_mib = -1,
				 .luks = l->luks };
	return v;
}

/* A partition that takes what is free, on each disk that may be used: pv.1, pv.2 or btrfs.1, ... */
static const char **members(const struct planner *p, struct lines *l, const char *prefix)
{
	const char **names = arena_alloc(l->a, (p->plan->n_disks + 1) * sizeof(*names));

	for (size_t d = 0; d < p->plan->n_disks; d++) {
		names[d] = arena_printf(l->a, "%s.%zu", prefix, d + 1);
		part(l, names[d], 1, true, true)->ondisk = p->plan->disks[d].disk->name;
	}
	return names;
}

static void swap(struct lines *l, bool lv)
{
	bool hibernation = flag(l->o, "--hibernation");

	if (flag(l->o, "--noswap"))
		return;
	if (lv) {
		struct ks_logvol *v = logvol(l, "swap", "swap");

		v->recommended = true;
		v->hibernation = hibernation;
	} else {
		struct ks_part *w = part(l, "swap", -1, false, true);

		w->recommended = true;
		w->hibernation = hibernation;
	}
}

static void lvm(const struct planner *p, struct lines *l, bool thin)
{
	struct ks_volgroup *vg = arena_push(l->a, &l->ks->volgroups, &l->ks->n_volgroups, sizeof(*vg));
	struct ks_logvol *root;

	*vg = (struct ks_volgroup){
		.at = l->o->at, .name = VG, .pesize_kib = -1, .reserved_space = -1, .reserved_percent = -1
	};
	vg->pvs = (struct ks_list){ members(p, l, "pv"), p->plan->n_disks };
	swap(l, true);
	if (thin) {
		struct ks_logvol *pool = logvol(l, "none", POOL);

		pool->thinpool = true;
		pool->percent = POOL_PERCENT;
	}
	root = logvol(l, "/", "root");
	root->fstype = ks_other_word(l->o, "--fstype");
	root->size_mib = ROOT_MIB;
	root->maxsize_mib = ROOT_MAX_MIB;
	root->grow = true;
	root->thin = thin;
	root->poolname = thin ? POOL : NULL;
}

/* The lines of a btrfs are kept without a struct of their own: their values by the table's rows. */
static struct ks_other *btrfs_line(struct lines *l, const struct ks_cmd *cmd)
{
	struct ks_other *o = arena_push(l->a, &l->ks->others, &l->ks->n_others, sizeof(*o));
	size_t n = 0;

	while (cmd->opts[n].name)
		n++;
	*o = (struct ks_other){ .at = l->o->at, .cmd = cmd };
	o->values = arena_alloc(l->a, (n + 1) * sizeof(*o->values));
	return o;
}

static void set_word(struct ks_other *o, const char *name, const char *word)
{
	((union ks_value *)value(o, name))->word = word;
}

static void btrfs(const struct planner *p, struct lines *l)
{
	const struct ks_cmd *cmd = ks_cmd_find(ks_commands, "btrfs");
	static const char *parent[] = { "LABEL=host", NULL };
	struct ks_other *o = btrfs_line(l, cmd);

	swap(l, false);
	set_word(o, "MOUNTPOINT", "none");
	set_word(o, "--label", "host");
	((union ks_value *)value(o, "MEMBER"))->list =
		(struct ks_list){ members(p, l, "btrfs"), p->plan->n_disks };
	o = btrfs_line(l, cmd);
	set_word(o, "MOUNTPOINT", "/");
	set_word(o, "--name", "root");
	((union ks_value *)value(o, "--subvol"))->flag = true;
	((union ks_value *)value(o, "MEMBER"))->list = (struct ks_list){ parent, 1 };
}

static const struct ks_other *autopart_of(const struct ks *ks)
{
	for (size_t i = 0; i < ks->n_others; i++)
		if (str_eq(ks->others[i].cmd->name, "autopart"))
			return &ks->others[i];
	return NULL;
}

int plan_auto(struct planner *p, struct err *err)
{
	const struct ks_other *o = autopart_of(p->ks);
	struct lines l = { .a = &p->plan->arena, .o = o };
	const char *type;

	(void)err;
	if (!o)
		return 0;
	l.ks = arena_alloc(l.a, sizeof(*l.ks));
	*l.ks = *p->ks;
	/* The file's own stay where they are: what is added must not be pushed behind them in their memory.
	 */
	l.ks->others = NULL;
	l.ks->n_others = 0;
	l.luks = luks_of(o);
	l.ks->reqpart = (struct ks_reqpart){ .at = o->at, .add_boot = !flag(o, "--noboot") };
	type = ks_other_word(o, "--type");
	type = flag(o, "--nolvm") ? "plain" : type ? type : "lvm";
	if (str_eq(type, "btrfs")) {
		btrfs(p, &l);
	} else if (str_eq(type, "lvm") || str_eq(type, "thinp")) {
		lvm(p, &l, str_eq(type, "thinp"));
	} else {
		swap(&l, false);
		part(&l, "/", ROOT_MIB, true, true)->fstype = ks_other_word(o, "--fstype");
	}
	p->ks = l.ks;
	return 0;
}
