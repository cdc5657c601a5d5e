/* Partitions as the file asks for them. */
#include "base/util.h"
#include "installer/disk/plan.h"

/* What cannot be done here, said before anything else is looked at. */
static int refuse(const struct ks_part *part, struct err *err)
{
	static const char no_power[] = "is for firmware of POWER and Apple machines, where Xen does not run";
	const struct {
		bool said;
		const char *word, *why;
	} never[] = {
		{ part->resize, "--resize", "file systems are not resized here; do it before the install" },
		{ part->start > 0, "--start", "places are found by the installer; give --size" },
		{ part->end > 0, "--end", "places are found by the installer; give --size" },
		{ part->onbiosdisk, "--onbiosdisk", "BIOS numbers say nothing of disks; use --ondisk" },
		{ part->bytes_per_inode, "--bytes-per-inode", "use --mkfsoptions=\"-i NUMBER\"" },
		{ str_eq(part->fstype, "prepboot") || str_eq(part->mntpoint, "prepboot"), "prepboot",
		  no_power },
		{ str_eq(part->fstype, "appleboot") || str_eq(part->mntpoint, "appleboot"), "appleboot",
		  no_power },
		{ part->noformat, "--noformat", "needs --onpart" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(never); i++)
		if (never[i].said)
			return plan_input(err, &part->at, never[i].word, "%s", never[i].why);
	return 0;
}

static int want_size(const struct planner *p, const struct ks_part *part, struct part_want *w,
		     struct err *err)
{
	const struct disk_type *type = w->hold.type;
	uint64_t least = type ? type->min_mib : 1;

	if (part->size_mib > 0)
		w->size_mib = (uint64_t)part->size_mib;
	else if (str_eq(w->hold.holds.mntpoint, "swap") && (part->recommended || part->hibernation))
		w->size_mib = plan_swap_mib(p->facts, part->hibernation);
	else if (str_eq(w->kind, "biosboot"))
		w->size_mib = BIOS_MIB;
	else if (str_eq(w->kind, "esp"))
		w->size_mib = ESP_MIB;
	else
		return plan_input(err, &part->at, part->mntpoint, "--size is missing or 0");
	w->grow = part->grow;
	w->max_mib = part->maxsize_mib > 0 ? (uint64_t)part->maxsize_mib : 0;
	if (w->max_mib && w->max_mib < w->size_mib)
		return plan_input(err, &part->at, part->mntpoint,
				  "--maxsize=%llu is less than the size, %llu MiB",
				  (unsigned long long)w->max_mib, (unsigned long long)w->size_mib);
	/* A growing partition starts from any size; the check that counts is the one on what it gets. */
	if (!w->grow && w->size_mib < least)
		return plan_input(err, &part->at, part->mntpoint,
				  "%llu MiB are too few for %s: at least %llu",
				  (unsigned long long)w->size_mib, type ? type->name : w->kind,
				  (unsigned long long)least);
	return 0;
}

/* A member of the array that firmware reads has the type that firmware looks for. */
static bool is_esp_member(const struct planner *p, const char *member)
{
	for (size_t i = 0; i < p->n_raids; i++)
		for (const char **m = p->raids[i].members; *m; m++)
			if (str_eq(*m, member) && str_eq(p->raids[i].hold.holds.mntpoint, "/boot/efi"))
				return true;
	return false;
}

static const char *member_kind(const struct planner *p, const char *member)
{
	if (str_starts(member, "pv."))
		return "lvm";
	if (str_starts(member, "btrfs."))
		return "linux";
	return is_esp_member(p, member) ? "esp" : "raid";
}

static int want(struct planner *p, const struct ks_part *part, struct part_want *w, struct err *err)
{
	const struct plan_ask ask = { .at = &part->at,
				      .mntpoint = part->mntpoint,
				      .fstype = part->fstype,
				      .fsoptions = part->fsoptions,
				      .mkfsoptions = part->mkfsoptions,
				      .fsprofile = part->fsprofile,
				      .label = part->label,
				      .encrypted = part->encrypted,
				      .passphrase = part->passphrase,
				      .luks = &part->luks };
	const struct disk_holds *holds = &w->hold.holds;
	int r = refuse(part, err);

	if (r)
		return r;
	*w = (struct part_want){ .at = &part->at, .ondisk = part->ondisk, .asprimary = part->asprimary };
	if (str_eq(part->mntpoint, "biosboot") || str_eq(part->fstype, "biosboot")) {
		w->kind = "biosboot";
		return want_size(p, part, w, err);
	}
	if (part->mntpoint[0] != '/' && !str_eq(part->mntpoint, "swap") &&
	    !str_starts(part->mntpoint, "pv.") && !str_starts(part->mntpoint, "raid.") &&
	    !str_starts(part->mntpoint, "btrfs."))
		return plan_input(
			err, &part->at, part->mntpoint,
			"is no mount point; expected /PATH, swap, pv.N, raid.N, btrfs.N or biosboot");
	r = plan_hold(p, &ask, &w->hold, err);
	if (r)
		return r;
	w->kind = holds->member                      ? member_kind(p, holds->member)
		  : str_eq(holds->mntpoint, "/boot") ? "boot"
		  : holds->luks                      ? "linux"
						     : w->hold.type->kind;
	return want_size(p, part, w, err);
}

int plan_check_part(struct planner *p, const struct ks_part *part, struct err *err)
{
	struct part_want w;

	return want(p, part, &w, err);
}

/* The members of an array that name no disk go to the disks in turn. */
static size_t in_turn(const struct planner *p, const char *member)
{
	for (size_t i = 0; i < p->n_raids; i++)
		for (size_t m = 0; p->raids[i].members[m]; m++)
			if (str_eq(p->raids[i].members[m], member))
				return m % p->plan->n_disks;
	return p->boot;
}

static bool asked_before(const struct planner *p, const char *member)
{
	for (size_t j = 0; member && j < p->n_wants; j++)
		if (str_eq(p->wants[j].hold.holds.member, member))
			return true;
	return false;
}

static int add(struct planner *p, const struct ks_part *part, struct err *err)
{
	struct part_want w;
	const char *member;
	int r = want(p, part, &w, err);

	if (r)
		return r;
	member = w.hold.holds.member;
	if (asked_before(p, member))
		return plan_input(err, w.at, member, "this is asked for twice");
	w.disk = w.ondisk ? plan_disk_index(p, w.ondisk) : p->boot;
	w.bound = w.ondisk != NULL;
	if (!w.ondisk && member && str_starts(member, "raid.")) {
		w.disk = in_turn(p, member);
		w.bound = true;
	}
	*(struct part_want *)arena_push(&p->plan->arena, &p->wants, &p->n_wants, sizeof(w)) = w;
	return 0;
}

int plan_wants(struct planner *p, struct err *err)
{
	const struct ks *ks = p->ks;
	int r = plan_raid_wants(p, err);

	/* Those with --onpart are plan_exist's. */
	for (size_t i = 0; !r && i < ks->n_parts; i++)
		if (!ks->parts[i].onpart && add(p, &ks->parts[i], err))
			plan_wrong(p, err);
	return r || p->wrong.code ? r : plan_boot(p, err);
}
