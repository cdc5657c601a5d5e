/* volgroup and logvol lines, each alone: names, sizes, and what cannot be done. */
#include <ctype.h>

#include "base/util.h"
#include "installer/disk/plan_lv.h"

#define PE_KIB_MIN 128
#define PE_KIB_MAX (16u << 20)

/* lvm(8), VALID NAMES. */
static bool name_ok(const char *s)
{
	size_t n = s ? strlen(s) : 0;

	if (!n || n > 127 || s[0] == '-' || str_eq(s, ".") || str_eq(s, ".."))
		return false;
	for (; *s; s++)
		if (!isalnum((unsigned char)*s) && !strchr("+_.-", *s))
			return false;
	return true;
}

int plan_check_vg(const struct ks_volgroup *ks, struct err *err)
{
	uint64_t pe = ks->pesize_kib > 0 ? (uint64_t)ks->pesize_kib : PE_KIB;

	if (!name_ok(ks->name))
		return plan_input(err, &ks->at, ks->name ? ks->name : "volgroup",
				  "is no name for a volume group");
	if (pe < PE_KIB_MIN || pe > PE_KIB_MAX || (pe & (pe - 1)))
		return plan_input(err, &ks->at, "--pesize",
				  "%llu KiB is no power of two from %d KiB to %d GiB", (unsigned long long)pe,
				  PE_KIB_MIN, PE_KIB_MAX >> 20);
	if (!ks->pvs.n)
		return plan_input(err, &ks->at, ks->name, "names no physical volume (pv.N)");
	return 0;
}

static int lv_refuse(const struct ks_logvol *ks, struct err *err)
{
	static const char no_cache[] =
		"caches are not made here; lvconvert(8) adds one to the installed host";
	const struct {
		bool said;
		const char *word, *why;
	} never[] = {
		{ ks->resize, "--resize", "volumes are not resized here; do it before the install" },
		{ ks->cachepvs.n > 0, "--cachepvs", no_cache },
		{ ks->cachesize_mib > 0, "--cachesize", no_cache },
		{ ks->profile, "--profile", "is not applied here; use --chunksize and --metadatasize" },
		{ ks->bytes_per_inode, "--bytes-per-inode", "use --mkfsoptions=\"-i NUMBER\"" },
		{ ks->thinpool && ks->encrypted, "--encrypted", "encrypt the pool's volumes, not the pool" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(never); i++)
		if (never[i].said)
			return plan_input(err, &ks->at, never[i].word, "%s", never[i].why);
	return 0;
}

/* The size as it is before any growing, in units. */
static int lv_size(const struct planner *p, struct lv_want *w, uint64_t unit, struct err *err)
{
	const struct ks_logvol *ks = w->ks;
	uint64_t mib = ks->size_mib > 0 ? (uint64_t)ks->size_mib : 0;

	if (!mib && (ks->recommended || ks->hibernation) && str_eq(w->hold.holds.mntpoint, "swap"))
		mib = plan_swap_mib(p->facts, ks->hibernation);
	w->percent = ks->percent > 0 ? (uint64_t)ks->percent : 0;
	if (w->percent > 100)
		return plan_input(err, &ks->at, "--percent", "%llu is more than 100",
				  (unsigned long long)w->percent);
	if (!mib && !w->percent)
		return plan_input(err, &ks->at, w->name, "--size is missing or 0");
	w->g.size = (mib + unit - 1) / unit;
	w->g.max = ks->maxsize_mib > 0 ? (uint64_t)ks->maxsize_mib / unit : 0;
	w->g.grow = ks->grow && !w->percent;
	if (w->g.max && w->g.max < w->g.size)
		return plan_input(err, &ks->at, w->name, "--maxsize is less than the size");
	return 0;
}

int lv_want(struct planner *p, const struct ks_logvol *ks, uint64_t unit, struct lv_want *w, struct err *err)
{
	const struct plan_ask ask = { .at = &ks->at,
				      .mntpoint = ks->mntpoint,
				      .fstype = ks->fstype,
				      .fsoptions = ks->fsoptions,
				      .mkfsoptions = ks->mkfsoptions,
				      .fsprofile = ks->fsprofile,
				      .label = ks->label,
				      .encrypted = ks->encrypted,
				      .passphrase = ks->passphrase,
				      .luks = &ks->luks };
	int r = lv_refuse(ks, err);

	if (r)
		return r;
	*w = (struct lv_want){ .ks = ks, .name = ks->name };
	if (!name_ok(ks->name))
		return plan_input(err, &ks->at, ks->name ? ks->name : "--name",
				  "is no name for a logical volume");
	if (ks->thinpool)
		return lv_size(p, w, unit, err);
	if (!ks->mntpoint || (ks->mntpoint[0] != '/' && !str_eq(ks->mntpoint, "swap")))
		return plan_input(err, &ks->at, ks->mntpoint ? ks->mntpoint : "logvol",
				  "is no mount point; expected /PATH or swap");
	r = plan_hold(p, &ask, &w->hold, err);
	w->hold.on_lv = true;
	if (!r && str_eq(w->hold.type->name, "efi"))
		r = plan_input(err, &ks->at, ks->mntpoint, "firmware cannot read a logical volume; use part");
	return r ? r : lv_size(p, w, unit, err);
}

int plan_check_lv(struct planner *p, const struct ks_logvol *ks, struct err *err)
{
	struct lv_want w;

	return lv_want(p, ks, 1, &w, err);
}
