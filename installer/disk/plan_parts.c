/* Partitions: what the file asks for, and where it goes. */
#include "base/util.h"
#include "installer/disk/grow.h"
#include "installer/disk/plan.h"

#define BIOSBOOT_MIB  1
#define ESP_MIB       512
#define BOOT_MIB      1024
#define TABLE_MIB     2 /* the first MiB (table, alignment) and the last (the table's copy) */
#define GPT_PARTS_MAX 128

/* What is not made here yet, said before anything else is looked at. */
static int refuse(const struct ks_part *part, struct err *err)
{
	const struct {
		bool said;
		const char *word;
	} not_yet[] = {
		{ part->encrypted, "--encrypted" },
		{ part->onpart, "--onpart" },
		{ part->noformat, "--noformat" },
		{ part->resize, "--resize" },
		{ part->fsprofile, "--fsprofile" },
		{ part->start > 0, "--start" },
		{ part->end > 0, "--end" },
		{ str_starts(part->mntpoint, "raid."), "raid" },
		{ str_starts(part->mntpoint, "btrfs."), "btrfs" },
		{ str_eq(part->fstype, "prepboot") || str_eq(part->mntpoint, "prepboot"), "prepboot" },
		{ str_eq(part->fstype, "appleboot") || str_eq(part->mntpoint, "appleboot"), "appleboot" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(not_yet); i++)
		if (not_yet[i].said)
			return plan_input(err, &part->at, not_yet[i].word, "not supported yet");
	return 0;
}

static int want_size(const struct planner *p, const struct ks_part *part, struct part_want *w,
		     struct err *err)
{
	uint64_t least = w->type ? w->type->min_mib : 1;

	if (part->size_mib > 0)
		w->size_mib = (uint64_t)part->size_mib;
	else if (str_eq(w->kind, "swap") && (part->recommended || part->hibernation))
		w->size_mib = plan_swap_mib(p->facts, part->hibernation);
	else if (str_eq(w->kind, "biosboot"))
		w->size_mib = BIOSBOOT_MIB;
	else if (str_eq(w->kind, "esp") && part->size_mib <= 0)
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
				  (unsigned long long)w->size_mib, w->type ? w->type->name : w->kind,
				  (unsigned long long)least);
	return 0;
}

static int want(const struct planner *p, const struct ks_part *part, struct part_want *w, struct err *err)
{
	int r = refuse(part, err);

	if (r)
		return r;
	*w = (struct part_want){ .at = &part->at,
				 .label = part->label,
				 .options = part->fsoptions,
				 .mkfsoptions = part->mkfsoptions,
				 .ondisk = part->ondisk };
	if (str_starts(part->mntpoint, "pv.")) {
		w->kind = "lvm";
		w->pv = part->mntpoint;
	} else if (str_eq(part->mntpoint, "biosboot") || str_eq(part->fstype, "biosboot")) {
		w->kind = "biosboot";
	} else if (part->mntpoint[0] != '/' && !str_eq(part->mntpoint, "swap")) {
		return plan_input(err, &part->at, part->mntpoint,
				  "is no mount point; expected /PATH, swap, pv.N or biosboot");
	} else {
		r = plan_type(&part->at, part->mntpoint, part->fstype, part->label, &w->type, err);
		if (r)
			return r;
		w->mntpoint = str_eq(w->type->name, "swap") ? "swap" : part->mntpoint;
		w->kind = str_eq(w->mntpoint, "/boot") ? "boot" : w->type->kind;
	}
	return want_size(p, part, w, err);
}

static bool have_kind(const struct planner *p, const char *kind)
{
	for (size_t i = 0; i < p->n_wants; i++)
		if (str_eq(p->wants[i].kind, kind))
			return true;
	return false;
}

static void imply(struct planner *p, const char *kind, const char *mntpoint, const char *type, uint64_t mib)
{
	struct part_want *w;

	if (have_kind(p, kind))
		return;
	w = arena_push(&p->plan->arena, &p->wants, &p->n_wants, sizeof(*w));
	w->at = &p->ks->reqpart.at;
	w->kind = kind;
	w->mntpoint = mntpoint;
	w->type = type ? disk_type_find(type) : NULL;
	w->size_mib = mib;
	w->label = str_eq(kind, "esp") ? "EFI" : NULL;
	w->disk = p->boot;
}

/* What the firmware found here, or either firmware for `reqpart`, can start from. */
static int need_boot(struct planner *p, struct err *err)
{
	const struct ks_bootloader *bl = &p->ks->bootloader;
	bool none = bl->disabled || str_eq(bl->location, "none");

	if (KS_SAID(p->ks->reqpart)) {
		imply(p, "biosboot", NULL, NULL, BIOSBOOT_MIB);
		imply(p, "esp", "/boot/efi", "efi", ESP_MIB);
		if (p->ks->reqpart.add_boot)
			imply(p, "boot", "/boot", "ext4", BOOT_MIB);
	}
	p->plan->bios = !none && have_kind(p, "biosboot");
	p->plan->uefi = !none && have_kind(p, "esp");
	if (!none && !(p->facts->uefi ? p->plan->uefi : p->plan->bios))
		return err_set(
			err, ERR_INPUT,
			"this machine starts by %s and the kickstart file has no %s partition for its boot "
			"loader; add \"reqpart --add-boot\"",
			p->facts->uefi ? "UEFI" : "BIOS", p->facts->uefi ? "/boot/efi" : "biosboot");
	return 0;
}

int plan_wants(struct planner *p, struct err *err)
{
	const struct ks *ks = p->ks;
	int r;

	if (ks->n_raids)
		return plan_input(err, &ks->raids[0].at, "raid", "not supported yet");
	for (size_t i = 0; i < ks->n_parts; i++) {
		struct part_want w;

		r = want(p, &ks->parts[i], &w, err);
		for (size_t j = 0; !r && w.pv && j < p->n_wants; j++)
			if (str_eq(p->wants[j].pv, w.pv))
				r = plan_input(err, w.at, w.pv, "this physical volume is asked for twice");
		if (r)
			return r;
		w.disk = w.ondisk ? plan_disk_index(p, w.ondisk) : p->boot;
		*(struct part_want *)arena_push(&p->plan->arena, &p->wants, &p->n_wants, sizeof(w)) = w;
	}
	return need_boot(p, err);
}

static uint64_t usable_mib(const struct disk_target *t)
{
	uint64_t mib = t->disk->size_bytes / MIB;

	return mib > TABLE_MIB ? mib - TABLE_MIB : 0;
}

static uint64_t used_mib(const struct planner *p, size_t disk)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < p->n_wants; i++)
		if (p->wants[i].disk == disk)
			sum += p->wants[i].size_mib;
	return sum;
}

/* Move what is bound to no disk, and does not fit on the boot disk, to the first that has room. */
static void spread(struct planner *p)
{
	for (size_t i = p->n_wants; i-- > 0;) {
		struct part_want *w = &p->wants[i];

		if (w->ondisk || w->at == &p->ks->reqpart.at || str_eq(w->kind, "boot") ||
		    used_mib(p, p->boot) <= usable_mib(&p->plan->disks[p->boot]))
			continue;
		for (size_t d = 0; d < p->plan->n_disks; d++)
			if (d != p->boot && used_mib(p, d) + w->size_mib <= usable_mib(&p->plan->disks[d])) {
				w->disk = d;
				break;
			}
	}
}

/* Boot loader's places first, then /boot, then the rest as the file has it. */
static int rank(const struct part_want *w)
{
	return str_eq(w->kind, "biosboot") ? 0 : str_eq(w->kind, "esp") ? 1 : str_eq(w->kind, "boot") ? 2 : 3;
}

static const char *gpt_name(struct arena *a, const struct part_want *w)
{
	if (w->pv)
		return w->pv;
	if (!w->mntpoint)
		return w->kind;
	if (str_eq(w->mntpoint, "/"))
		return "root";
	return arena_strndup(a, w->mntpoint + (w->mntpoint[0] == '/'), 36); /* GPT's limit */
}

/* Number, size and place of the partitions in mine, which are in the order that they get on the disk. */
static int place(struct planner *p, struct disk_target *t, struct part_want **mine, size_t n, struct err *err)
{
	struct grow *g = arena_alloc(&p->plan->arena, n * sizeof(*g));
	uint64_t start = 1;

	for (size_t i = 0; i < n; i++)
		g[i] = (struct grow){ mine[i]->size_mib, mine[i]->max_mib, mine[i]->grow };
	disk_grow(g, n, usable_mib(t) - used_mib(p, (size_t)(t - p->plan->disks)));
	for (size_t i = 0; i < n; i++) {
		const struct disk_type *type = mine[i]->type;
		struct disk_part_plan *part;

		if (type && g[i].size < type->min_mib)
			return err_set(err, ERR_MACHINE,
				       "disk %s is too small: %s gets %llu MiB, and %s needs at least %llu",
				       t->id, mine[i]->mntpoint, (unsigned long long)g[i].size, type->name,
				       (unsigned long long)type->min_mib);
		mine[i]->number = (unsigned)i + 1;
		part = arena_push(&p->plan->arena, &t->parts, &t->n_parts, sizeof(*part));
		*part = (struct disk_part_plan){ .number = mine[i]->number,
						 .start_mib = start,
						 .size_mib = g[i].size,
						 .kind = mine[i]->kind,
						 .name = gpt_name(&p->plan->arena, mine[i]),
						 .pv = mine[i]->pv,
						 .fstype = type ? type->name : NULL,
						 .label = mine[i]->label,
						 .mkfsoptions = mine[i]->mkfsoptions };
		start += g[i].size;
	}
	return 0;
}

int plan_parts(struct planner *p, struct err *err)
{
	struct part_want **mine = arena_alloc(&p->plan->arena, (p->n_wants + 1) * sizeof(*mine));
	int r = 0;

	spread(p);
	for (size_t d = 0; !r && d < p->plan->n_disks; d++) {
		struct disk_target *t = &p->plan->disks[d];
		size_t n = 0;

		for (int k = 0; k <= 3; k++)
			for (size_t i = 0; i < p->n_wants; i++)
				if (p->wants[i].disk == d && rank(&p->wants[i]) == k)
					mine[n++] = &p->wants[i];
		if (used_mib(p, d) > usable_mib(t))
			return err_set(err, ERR_MACHINE,
				       "disk %s is too small: the partitions need %llu MiB, and %llu MiB of "
				       "it can be "
				       "used",
				       t->id, (unsigned long long)used_mib(p, d),
				       (unsigned long long)usable_mib(t));
		if (n > GPT_PARTS_MAX)
			return err_set(err, ERR_INPUT,
				       "disk %s would get %zu partitions, and %d are the limit", t->id, n,
				       GPT_PARTS_MAX);
		r = place(p, t, mine, n, err);
		t->wipe = t->wipe || n > 0;
	}
	return r;
}
