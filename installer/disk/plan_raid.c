/* Arrays of md(4): what the file asks for, and their sizes once the members have theirs. */
#include "base/util.h"
#include "installer/disk/plan.h"

#define CHUNK_KIB 512 /* mdadm's default */

/* How many members a level needs at least, and how many of n hold data (in halves, for level 10). */
static const struct level {
	const char *name;
	unsigned level;
	size_t least;
	bool redundant;
} levels[] = {
	{ "RAID0", 0, 2, false }, { "RAID1", 1, 2, true },   { "RAID5", 5, 3, true },
	{ "RAID6", 6, 4, true },  { "RAID10", 10, 4, true },
};

static const struct level *level_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
		if (str_eq(levels[i].name, name))
			return &levels[i];
	return NULL;
}

static int check(const struct ks_raid *ks, struct err *err)
{
	const struct level *level = level_find(ks->level);
	size_t spares = ks->spares > 0 ? (size_t)ks->spares : 0;

	if (ks->noformat || ks->useexisting)
		return plan_input(err, &ks->at, ks->useexisting ? "--useexisting" : "--noformat",
				  "an array that exists is not taken over; its volume group can be (volgroup "
				  "--useexisting)");
	if (!level)
		return plan_input(err, &ks->at, ks->level ? ks->level : "--level",
				  "is no level that is made here: RAID0, RAID1, RAID5, RAID6 and RAID10 are");
	if (strchr(ks->device, '/') || strlen(ks->device) > 32)
		return plan_input(err, &ks->at, ks->device, "is no name for an array");
	if (str_starts(ks->mntpoint, "raid."))
		return plan_input(err, &ks->at, ks->mntpoint,
				  "an array is no member of another; use --level=RAID10");
	if (ks->members.n < level->least + spares)
		return plan_input(err, &ks->at, ks->level, "needs at least %zu members%s, and has %zu",
				  level->least, spares ? " beside its spares" : "",
				  ks->members.n - MIN(spares, ks->members.n));
	if (spares && !level->redundant)
		return plan_input(err, &ks->at, "--spares", "RAID0 has no use for spares");
	if (ks->bytes_per_inode)
		return plan_input(err, &ks->at, "--bytes-per-inode", "use --mkfsoptions=\"-i NUMBER\"");
	if (str_eq(ks->mntpoint, "/boot/efi") && level->level != 1)
		return plan_input(err, &ks->at, ks->level, "firmware reads RAID1 only: each member alone");
	if (str_eq(ks->mntpoint, "/boot") && level->level == 0)
		return plan_input(err, &ks->at, ks->level,
				  "/boot must survive the loss of a disk; use RAID1");
	if (ks->chunksize > 0 && (ks->chunksize < 4 || (ks->chunksize & (ks->chunksize - 1))))
		return plan_input(err, &ks->at, "--chunksize", "%lld KiB is no power of two from 4 on",
				  (long long)ks->chunksize);
	return 0;
}

/* *ret is what the line asks for. */
static int want(struct planner *p, const struct ks_raid *ks, struct raid_want *ret, struct err *err)
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
	bool named = ks->device[strspn(ks->device, "0123456789")] != '\0';
	struct raid_want w = { .at = &ks->at,
			       .device =
				       named ? ks->device : arena_printf(&p->plan->arena, "md%s", ks->device),
			       .level = ks->level,
			       .members = ks->members.v,
			       .spares = ks->spares > 0 ? (size_t)ks->spares : 0,
			       .chunk_kib = ks->chunksize > 0 ? (unsigned)ks->chunksize : 0 };
	int r = check(ks, err);

	for (size_t i = 0; !r && i < p->n_raids; i++)
		if (str_eq(p->raids[i].device, w.device))
			r = plan_input(err, &ks->at, w.device, "this array is asked for twice");
	if (!r)
		r = plan_hold(p, &ask, &w.hold, err);
	if (!r)
		*ret = w;
	return r;
}

int plan_check_raid(struct planner *p, const struct ks_raid *ks, struct err *err)
{
	struct raid_want w;

	return want(p, ks, &w, err);
}

int plan_raid_wants(struct planner *p, struct err *err)
{
	for (size_t i = 0; i < p->ks->n_raids; i++) {
		struct raid_want w;

		if (want(p, &p->ks->raids[i], &w, err))
			plan_wrong(p, err);
		else
			*(struct raid_want *)arena_push(&p->plan->arena, &p->raids, &p->n_raids, sizeof(w)) =
				w;
	}
	return 0;
}

/* The array with that mount point, or that is this physical volume. */
static const struct raid_want *raid_with(const struct planner *p, const char *mntpoint, const char *member)
{
	for (size_t i = 0; i < p->n_raids; i++)
		if ((mntpoint && str_eq(p->raids[i].hold.holds.mntpoint, mntpoint)) ||
		    (member && str_eq(p->raids[i].hold.holds.member, member)))
			return &p->raids[i];
	return NULL;
}

static const struct raid_want *raid_of_root_vg(const struct planner *p)
{
	const struct ks *ks = p->ks;
	const char *vg = NULL;
	const struct raid_want *raid = NULL;

	for (size_t i = 0; i < ks->n_logvols; i++)
		if (str_eq(ks->logvols[i].mntpoint, "/"))
			vg = ks->logvols[i].vgname;
	for (size_t i = 0; i < ks->n_volgroups; i++)
		for (size_t j = 0; str_eq(ks->volgroups[i].name, vg) && j < ks->volgroups[i].pvs.n; j++)
			raid = raid ? raid : raid_with(p, NULL, ks->volgroups[i].pvs.v[j]);
	return raid;
}

const struct raid_want *plan_boot_raid(const struct planner *p)
{
	const struct raid_want *raid = raid_with(p, "/boot", NULL);

	for (size_t i = 0; !raid && i < p->n_wants; i++)
		if (str_eq(p->wants[i].hold.holds.mntpoint, "/boot"))
			return NULL;
	if (!raid)
		raid = raid_with(p, "/", NULL);
	if (!raid)
		raid = raid_of_root_vg(p);
	return raid && level_find(raid->level)->redundant ? raid : NULL;
}

/*
 * Where the data starts in a member (metadata 1.2), in MiB: mdadm leaves a thousandth of a member, at most
 * 128 MiB, for reshaping later; here it is the power of two below that, so that sizes can be reckoned
 * beforehand.
 */
static uint64_t data_offset(uint64_t member_mib)
{
	uint64_t want = MIN(member_mib / 1024, (uint64_t)128), offset = 1;

	while (offset * 2 <= want)
		offset *= 2;
	return offset;
}

static uint64_t floor_to(uint64_t mib, unsigned chunk_kib)
{
	uint64_t unit = MAX(chunk_kib / 1024u, 1u);

	return mib / unit * unit;
}

/* The size of the array; *used of a member is taken. */
static uint64_t array_mib(unsigned level, const uint64_t *sizes, size_t n, uint64_t offset,
			  unsigned chunk_kib, uint64_t *used)
{
	uint64_t least = UINT64_MAX, sum = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t room =
			sizes[i] > offset ? floor_to(sizes[i] - offset, level == 1 ? 0 : chunk_kib) : 0;

		least = MIN(least, room);
		sum += room;
	}
	*used = level == 0 ? 0 : least;
	switch (level) {
	case 0:
		return sum;
	case 1:
		return least;
	case 5:
		return least * (n - 1);
	case 6:
		return least * (n - 2);
	default:
		return floor_to(least * n / 2, chunk_kib);
	}
}

/* A disk that fails takes one member with it, not two. */
static int check_disks(const struct planner *p, const struct raid_want *w, const struct disk_dev *devs,
		       size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			if (!devs[i].node && !devs[j].node && devs[i].disk == devs[j].disk)
				return plan_input(
					err, w->at, w->device,
					"%s and %s are both on disk %s, whose loss would be the array's; "
					"put each on a disk of its own with --ondisk",
					w->members[j], w->members[i], p->plan->disks[devs[i].disk].id);
	return 0;
}

static bool is_md_number(const char *s)
{
	return str_starts(s, "md") && s[2] && !s[2 + strspn(s + 2, "0123456789")];
}

static int make(struct planner *p, const struct raid_want *w, struct err *err)
{
	const struct level *level = level_find(w->level);
	bool esp = str_eq(w->hold.holds.mntpoint, "/boot/efi");
	struct arena *a = &p->plan->arena;
	struct disk_raid_plan *raid;
	uint64_t sizes[64], offset = UINT64_MAX;
	struct disk_dev *devs;
	size_t n = 0, active;
	int r;

	while (w->members[n])
		n++;
	if (n > ARRAY_SIZE(sizes))
		return plan_input(err, w->at, w->device, "%zu members are too many: %zu at most", n,
				  ARRAY_SIZE(sizes));
	r = plan_take(p, w->at, w->members, n, "member", &devs, err);
	if (!r && level->redundant)
		r = check_disks(p, w, devs, n, err);
	if (r)
		return r;
	for (size_t i = 0; i < n; i++) {
		sizes[i] = plan_member(p, w->members[i])->size_mib;
		offset = MIN(offset, data_offset(sizes[i]));
	}
	active = n - w->spares;
	raid = arena_push(a, &p->plan->raids, &p->plan->n_raids, sizeof(*raid));
	*raid = (struct disk_raid_plan){
		.name = w->device,
		.node = arena_printf(a, is_md_number(w->device) ? "/dev/%s" : "/dev/md/%s", w->device),
		.level = level->level,
		.metadata = esp ? "1.0" : "1.2",
		.members = w->members,
		.devs = devs,
		.n_devs = n,
		.spares = w->spares,
		.offset_mib = esp ? 0 : offset,
		.holds = w->hold.holds
	};
	if (level->level != 1)
		raid->chunk_kib = w->chunk_kib ? w->chunk_kib : CHUNK_KIB;
	/* With 1.0 the superblock is in the last MiB of each member. */
	raid->size_mib =
		array_mib(level->level, sizes, active, esp ? 1 : offset, raid->chunk_kib, &raid->used_mib);
	if (level->level != 0 && w->spares)
		for (size_t i = active; i < n; i++)
			if (sizes[i] < raid->used_mib + raid->offset_mib)
				return plan_input(err, w->at, w->members[i], "is too small for a spare");
	if (!raid->size_mib)
		return plan_input(err, w->at, w->device, "the members are too small");
	return plan_use(p, (struct disk_dev){ .node = raid->node }, raid->size_mib, &w->hold, err);
}

int plan_raids(struct planner *p, struct err *err)
{
	for (size_t i = 0; i < p->n_raids; i++)
		if (make(p, &p->raids[i], err))
			plan_wrong(p, err);
	return 0;
}
