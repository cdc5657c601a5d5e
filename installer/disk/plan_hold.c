/* What the device of a part, raid or logvol line is to hold, and what comes of that once it has its place. */
#include "base/util.h"
#include "installer/disk/plan.h"

#define LUKS2_HEADER_MIB 16 /* cryptsetup-luksFormat(8) */
#define LUKS1_HEADER_MIB 2
#define ARGON_MIN_KIB    (32u << 10)
#define ARGON_MAX_KIB    (1u << 20) /* cryptsetup's own limit */

static bool is_member(const char *word)
{
	return str_starts(word, "pv.") || str_starts(word, "raid.") || str_starts(word, "btrfs.");
}

/* Name below /dev/mapper: crypt-root, crypt-srv-data, crypt-pv.1; a second crypt-swap gets the line's number.
 */
static const char *crypt_name(const struct planner *p, const struct plan_ask *ask, const char *what)
{
	struct arena *a = &p->plan->arena;
	char *name;

	if (str_eq(what, "/"))
		return "crypt-root";
	if (str_eq(what, "swap"))
		return arena_printf(a, "crypt-swap%u", ask->at->line);
	name = arena_printf(a, "crypt-%s", what + (what[0] == '/'));
	for (char *s = name; *s; s++)
		if (*s == '/')
			*s = '-';
	return name;
}

/* Only what an installed Debian opens with a passphrase at its console. */
static int check_crypt(const struct plan_ask *ask, const char *what, struct err *err)
{
	const struct ks_luks *l = ask->luks;
	const char *why = "cannot be done here; remove it";

	if (l->escrowcert)
		return plan_input(err, ask->at, "--escrowcert", "%s", why);
	if (l->backuppassphrase)
		return plan_input(err, ask->at, "--backuppassphrase", "%s", why);
	if (l->hw_passphrase)
		return plan_input(err, ask->at, "--hw-passphrase", "%s", why);
	if (l->luks_version && !str_eq(l->luks_version, "luks2") && !str_eq(l->luks_version, "luks1"))
		return plan_input(err, ask->at, "--luks-version", "\"%s\" is none of: luks2, luks1",
				  l->luks_version);
	if (str_eq(l->luks_version, "luks1") && l->pbkdf && !str_eq(l->pbkdf, "pbkdf2"))
		return plan_input(err, ask->at, "--pbkdf", "luks1 knows pbkdf2 only");
	if (l->pbkdf && !str_eq(l->pbkdf, "pbkdf2") && !str_eq(l->pbkdf, "argon2i") &&
	    !str_eq(l->pbkdf, "argon2id"))
		return plan_input(err, ask->at, "--pbkdf", "\"%s\" is none of: argon2id, argon2i, pbkdf2",
				  l->pbkdf);
	if (!ask->passphrase || !*ask->passphrase)
		return plan_input(err, ask->at, "--encrypted", "needs --passphrase");
	if (strchr(ask->passphrase, '\n'))
		return plan_input(err, ask->at, "--passphrase", "has a newline, which no console can type");
	if (str_starts(what, "raid."))
		return plan_input(err, ask->at, "--encrypted",
				  "encrypt the array (on the raid line), not its members");
	if (str_eq(what, "/boot") || str_starts(what, "/boot/") || str_eq(what, "biosboot"))
		return plan_input(err, ask->at, "--encrypted",
				  "the boot loader reads %s before anything is "
				  "unlocked",
				  what);
	return 0;
}

/* --fsprofile is mke2fs' -T: a name of /etc/mke2fs.conf. */
static int add_profile(struct planner *p, const struct plan_ask *ask, struct plan_hold *h, struct err *err)
{
	if (!ask->fsprofile)
		return 0;
	if (!h->type || !str_starts(h->type->name, "ext"))
		return plan_input(err, ask->at, "--fsprofile", "only ext2, ext3 and ext4 have profiles");
	h->holds.mkfsoptions =
		arena_printf(&p->plan->arena, "-T %s%s%s", ask->fsprofile, ask->mkfsoptions ? " " : "",
			     ask->mkfsoptions ? ask->mkfsoptions : "");
	return 0;
}

int plan_hold(struct planner *p, const struct plan_ask *ask, struct plan_hold *ret, struct err *err)
{
	struct plan_hold h = { .at = ask->at, .options = ask->fsoptions };
	const char *what = ask->mntpoint;
	int r = 0;

	if (is_member(what)) {
		h.holds.member = what;
	} else {
		r = plan_type(ask->at, what, ask->fstype, ask->label, &h.type, err);
		if (r)
			return r;
		what = str_eq(h.type->name, "swap") ? "swap" : what;
		h.holds = (struct disk_holds){ .fstype = h.type->name,
					       .label = ask->label,
					       .mkfsoptions = ask->mkfsoptions,
					       .mntpoint = what };
		r = add_profile(p, ask, &h, err);
	}
	if (!r && ask->encrypted) {
		r = check_crypt(ask, what, err);
		h.passphrase = ask->passphrase;
		h.luks = ask->luks;
		h.holds.luks = crypt_name(p, ask, what);
	}
	if (!r)
		*ret = h;
	return r;
}

/* "2048M" as MiB, rounded down; 0: not said. */
static uint64_t dom0_mib(const struct ks *ks)
{
	static const char units[] = "KMGT";
	const char *s = ks->xen.dom0_mem;
	const char *unit = s ? strchr(units, s[strspn(s, "0123456789")]) : NULL;

	return unit && *unit ? (strtoull(s, NULL, 10) << (10 * (unit - units))) >> 10 : 0;
}

/*
 * argon2's derivation takes as much memory each time the device is opened as it took when it was made, and
 * cryptsetup chooses that by the memory of the installer: half of it, up to 1 GiB. A dom0 has less.
 */
static int bound_argon(const struct planner *p, const struct plan_hold *h, struct disk_luks_plan *l,
		       struct err *err)
{
	uint64_t mib = p->facts->mem_mib, dom0 = dom0_mib(p->ks), kib;

	if (dom0 && (!mib || dom0 < mib))
		mib = dom0;
	if (!mib || str_eq(l->version, "luks1") || str_eq(l->pbkdf, "pbkdf2"))
		return 0;
	if (l->pbkdf_memory_kib > 0 && (uint64_t)l->pbkdf_memory_kib > mib * 1024 / 2)
		return plan_input(err, h->at, "--pbkdf-memory",
				  "%lld KiB are more than half of the %llu MiB that dom0 has to open it with",
				  (long long)l->pbkdf_memory_kib, (unsigned long long)mib);
	kib = MAX(mib * 1024 / 4, (uint64_t)ARGON_MIN_KIB);
	if (l->pbkdf_memory_kib <= 0 && kib < ARGON_MAX_KIB)
		l->pbkdf_memory_kib = (int64_t)kib;
	return 0;
}

static int add_luks(struct planner *p, struct disk_dev *dev, uint64_t *size_mib, const struct plan_hold *h,
		    struct err *err)
{
	const char *version = h->luks->luks_version ? h->luks->luks_version : "luks2";
	uint64_t header = str_eq(version, "luks1") ? LUKS1_HEADER_MIB : LUKS2_HEADER_MIB;
	struct disk_plan *plan = p->plan;
	struct disk_luks_plan *l;

	if (*size_mib <= header)
		return plan_input(err, h->at, "--encrypted", "%llu MiB are too few: LUKS' header takes %llu",
				  (unsigned long long)*size_mib, (unsigned long long)header);
	l = arena_push(&plan->arena, &plan->luks, &plan->n_luks, sizeof(*l));
	*l = (struct disk_luks_plan){ .name = h->holds.luks,
				      .on = *dev,
				      .on_lv = h->on_lv,
				      .version = version,
				      .passphrase = h->passphrase,
				      .cipher = h->luks->cipher,
				      .pbkdf = h->luks->pbkdf,
				      .pbkdf_memory_kib = h->luks->pbkdf_memory_kib,
				      .pbkdf_time_ms = h->luks->pbkdf_time_ms,
				      .pbkdf_iterations = h->luks->pbkdf_iterations,
				      .holds = h->holds };
	l->holds.luks = NULL;
	if (bound_argon(p, h, l, err))
		return -(int)ERR_INPUT;
	*dev = (struct disk_dev){ .node = arena_printf(&plan->arena, "/dev/mapper/%s", l->name) };
	*size_mib -= header;
	return 0;
}

static bool is_old(const struct planner *p, const struct plan_hold *h)
{
	for (size_t i = 0; i < p->n_reuses; i++)
		if (h == &p->reuses[i].hold)
			return true;
	return false;
}

int plan_use(struct planner *p, struct disk_dev dev, uint64_t size_mib, const struct plan_hold *h,
	     struct err *err)
{
	struct disk_plan *plan = p->plan;
	bool old = is_old(p, h);
	int r = h->holds.luks ? add_luks(p, &dev, &size_mib, h, err) : 0;

	if (!r && h->type && !h->noformat && size_mib < h->type->min_mib)
		return err_set(err, ERR_DISK_FS_SMALL, "%s:%u: %s: gets %llu MiB, and %s needs at least %llu",
			       h->at->file, h->at->line, h->holds.mntpoint, (unsigned long long)size_mib,
			       h->type->name, (unsigned long long)h->type->min_mib);
	if (!r && h->holds.member) {
		struct member *m = arena_push(&plan->arena, &p->members, &p->n_members, sizeof(*m));

		*m = (struct member){ h->holds.member, h->at, dev, size_mib, false };
	}
	if (!r && h->type && !h->noformat) {
		struct disk_format *f =
			arena_push(&plan->arena, &plan->formats, &plan->n_formats, sizeof(*f));

		*f = (struct disk_format){ .dev = dev,
					   .old = old,
					   .fstype = h->type->name,
					   .label = h->holds.label,
					   .mkfsoptions = h->holds.mkfsoptions };
	}
	if (!r && h->holds.mntpoint)
		r = plan_mount(p, h->at, h->holds.mntpoint, h->type, h->options, dev, NULL, err);
	return r;
}

struct member *plan_member(const struct planner *p, const char *name)
{
	for (size_t i = 0; i < p->n_members; i++)
		if (str_eq(p->members[i].name, name))
			return &p->members[i];
	return NULL;
}

int plan_take(struct planner *p, const struct ks_at *at, const char *const *names, size_t n, const char *what,
	      struct disk_dev **devs, struct err *err)
{
	*devs = arena_alloc(&p->plan->arena, (n + 1) * sizeof(**devs));
	for (size_t i = 0; i < n; i++) {
		struct member *m = plan_member(p, names[i]);

		for (size_t j = 0; j < i; j++)
			if (str_eq(names[i], names[j]))
				return plan_input(err, at, names[i], "is named twice");
		if (!m)
			return plan_input(err, at, names[i], "no `part`%s line makes this %s",
					  str_starts(names[i], "raid.") ? "" : " or `raid`", what);
		if (m->used)
			return plan_input(err, at, names[i], "is used by another line already");
		m->used = true;
		(*devs)[i] = m->dev;
	}
	return 0;
}
