/* Partitions: which disk they go to, and where on it. */
#include "base/util.h"
#include "installer/disk/grow.h"
#include "installer/disk/plan.h"

#define TABLE_MIB     2 /* the first MiB (table, alignment) and the last (the table's copy) */
#define GPT_PARTS_MAX 128
#define MBR_PRIMARY   4  /* of these the last is the extended one when there are more partitions */
#define MBR_PARTS_MAX 60 /* the kernel's minors for one disk are 63 */

uint64_t plan_usable_mib(const struct disk_target *t)
{
	if (t->partial)
		return t->room_mib;
	return MAX(t->disk->size_bytes / MIB, (uint64_t)TABLE_MIB) - TABLE_MIB;
}

static bool is_mbr(const struct disk_target *t)
{
	return str_eq(t->table, "msdos");
}

/* How many of n partitions are logical ones: each has a MiB in front of it for its link of the chain. */
static size_t logicals(const struct disk_target *t, size_t n)
{
	return is_mbr(t) && n > MBR_PRIMARY ? n - (MBR_PRIMARY - 1) : 0;
}

static uint64_t used_mib(const struct planner *p, size_t disk)
{
	uint64_t sum = 0;
	size_t n = 0;

	for (size_t i = 0; i < p->n_wants; i++)
		if (p->wants[i].disk == disk) {
			sum += p->wants[i].size_mib;
			n++;
		}
	return sum + logicals(&p->plan->disks[disk], n);
}

/* Move what is bound to no disk, and does not fit on the boot disk, to the first that has room. */
static void spread(struct planner *p)
{
	for (size_t i = p->n_wants; i-- > 0;) {
		struct part_want *w = &p->wants[i];

		if (w->bound || str_eq(w->kind, "boot") ||
		    used_mib(p, p->boot) <= plan_usable_mib(&p->plan->disks[p->boot]))
			continue;
		for (size_t d = 0; d < p->plan->n_disks; d++)
			if (d != p->boot &&
			    used_mib(p, d) + w->size_mib <= plan_usable_mib(&p->plan->disks[d])) {
				w->disk = d;
				break;
			}
	}
}

/* Boot loader's places first, then /boot, then the rest as the file has it. */
static int rank(const struct planner *p, const struct part_want *w)
{
	if (str_eq(w->kind, "biosboot"))
		return 0;
	if (str_eq(w->kind, "esp"))
		return 1;
	return str_eq(w->kind, "boot") || w->at == &p->ks->reqpart.at || w->asprimary ? 2 : 3;
}

static const char *gpt_name(struct arena *a, const struct part_want *w)
{
	const struct disk_holds *holds = &w->hold.holds;

	if (holds->member)
		return arena_strndup(a, holds->member, 36); /* GPT's limit */
	if (!holds->mntpoint)
		return w->kind;
	if (str_eq(holds->mntpoint, "/"))
		return "root";
	return arena_strndup(a, holds->mntpoint + (holds->mntpoint[0] == '/'), 36);
}

/* The extended partition that holds the last `n` of mine, from `start` on. */
static void add_extended(struct planner *p, struct disk_target *t, const struct grow *g, size_t n,
			 uint64_t start)
{
	struct disk_part_plan *part = arena_push(&p->plan->arena, &t->parts, &t->n_parts, sizeof(*part));

	*part = (struct disk_part_plan){ .number = MBR_PRIMARY, .start_mib = start, .kind = "extended" };
	for (size_t i = 0; i < n; i++)
		part->size_mib += 1 + g[i].size;
}

/* The next number that no partition has which stays. */
static unsigned next_number(const struct disk_target *t, unsigned number)
{
	bool taken = true;

	while (taken) {
		number++;
		taken = false;
		for (size_t i = 0; t->partial && i < t->disk->n_parts; i++)
			taken = taken || (t->disk->parts[i].number == number &&
					  !disk_loses(t, t->disk->parts[i].node));
	}
	return number;
}

/* Number, size and place of the partitions in mine, which are in the order that they get on the disk. */
static int place(struct planner *p, struct disk_target *t, struct part_want **mine, size_t n, struct err *err)
{
	struct grow *g = arena_alloc(&p->plan->arena, (n + 1) * sizeof(*g));
	size_t first_logical = n - logicals(t, n);
	uint64_t start = t->partial ? t->first_mib : 1;
	unsigned number = 0;

	for (size_t i = 0; i < n; i++)
		g[i] = (struct grow){ mine[i]->size_mib, mine[i]->max_mib, mine[i]->grow };
	disk_grow(g, n, plan_usable_mib(t) - used_mib(p, (size_t)(t - p->plan->disks)));
	for (size_t i = 0; i < n; i++) {
		const struct disk_type *type = mine[i]->hold.type;
		struct disk_part_plan *part;

		if (type && g[i].size < type->min_mib)
			return err_set(err, ERR_DISK_FS_SMALL,
				       "disk %s is too small: %s gets %llu MiB, and %s needs at least %llu",
				       t->id, mine[i]->hold.holds.mntpoint, (unsigned long long)g[i].size,
				       type->name, (unsigned long long)type->min_mib);
		if (i == first_logical)
			add_extended(p, t, g + i, n - i, start);
		if (i >= first_logical)
			start++;
		if (i == first_logical)
			number++; /* the extended one */
		mine[i]->number = number = next_number(t, number);
		mine[i]->size_mib = g[i].size;
		part = arena_push(&p->plan->arena, &t->parts, &t->n_parts, sizeof(*part));
		*part = (struct disk_part_plan){ .number = mine[i]->number,
						 .start_mib = start,
						 .size_mib = g[i].size,
						 .kind = mine[i]->kind,
						 .name = gpt_name(&p->plan->arena, mine[i]),
						 .holds = mine[i]->hold.holds };
		start += g[i].size;
	}
	return 0;
}

/* What the table can hold. */
static int check_table(const struct disk_target *t, size_t n, struct err *err)
{
	size_t most = is_mbr(t) ? MBR_PARTS_MAX : GPT_PARTS_MAX;
	uint64_t sector = t->disk->logical_sector ? t->disk->logical_sector : 512;

	if (is_mbr(t) && n && t->disk->size_bytes / sector > UINT32_MAX)
		return err_set(
			err, ERR_DISK_TABLE,
			"disk %s is too large for --disklabel=msdos, which ends at 2 TiB with sectors of "
			"512 bytes; use gpt",
			t->id);
	if (n && t->keep)
		return err_set(err, ERR_DISK_TABLE,
			       "disk %s keeps its table because something on it is used, and new partitions "
			       "would go "
			       "to it; name another disk for them with --ondisk",
			       t->id);
	if (n + (t->partial ? t->disk->n_parts - t->n_gone : 0) > most)
		return err_set(err, ERR_DISK_TABLE, "disk %s would get %zu partitions, and %zu are the limit",
			       t->id, n, most);
	return 0;
}

/* Each has its place now: what is done with it. */
static int use_parts(struct planner *p, struct err *err)
{
	for (size_t d = 0; d < p->plan->n_disks; d++)
		for (size_t i = 0; i < p->plan->disks[d].n_parts; i++)
			for (size_t w = 0; w < p->n_wants; w++)
				if (p->wants[w].disk == d &&
				    p->wants[w].number == p->plan->disks[d].parts[i].number &&
				    plan_use(p, (struct disk_dev){ NULL, d, p->wants[w].number },
					     p->wants[w].size_mib, &p->wants[w].hold, err))
					plan_wrong(p, err);
	return 0;
}

/* Leave out the disks that nothing is done to; indices move. */
static void drop_untouched(struct planner *p)
{
	struct disk_plan *plan = p->plan;
	size_t n = 0;

	for (size_t d = 0; d < plan->n_disks; d++) {
		if (!plan->disks[d].wipe && !plan->disks[d].keep && !plan->disks[d].partial)
			continue;
		for (size_t i = 0; i < p->n_reuses; i++)
			if (p->reuses[i].dev.disk == d)
				p->reuses[i].dev.disk = n;
		for (size_t i = 0; i < p->n_wants; i++)
			if (p->wants[i].disk == d)
				p->wants[i].disk = n;
		for (size_t i = 0; i < p->n_boots; i++)
			if (p->boots[i] == d)
				p->boots[i] = n;
		plan->disks[n++] = plan->disks[d];
	}
	plan->n_disks = n;
}

/* The partitions of one disk, those first that are needed first. */
static int disk_parts(struct planner *p, size_t d, struct err *err)
{
	struct part_want **mine = arena_alloc(&p->plan->arena, (p->n_wants + 1) * sizeof(*mine));
	struct disk_target *t = &p->plan->disks[d];
	size_t n = 0;
	int r;

	for (int k = 0; k <= 3; k++)
		for (size_t i = 0; i < p->n_wants; i++)
			if (p->wants[i].disk == d && rank(p, &p->wants[i]) == k)
				mine[n++] = &p->wants[i];
	if (used_mib(p, d) > plan_usable_mib(t))
		return err_set(err, ERR_DISK_SMALL,
			       "disk %s is too small: the partitions need %llu MiB, and %llu MiB of it can "
			       "be used%s",
			       t->id, (unsigned long long)used_mib(p, d),
			       (unsigned long long)plan_usable_mib(t),
			       t->partial ? ", the largest gap between the partitions that stay" : "");
	r = check_table(t, n, err);
	t->wipe = t->wipe || (n > 0 && !t->partial);
	return r ? r : place(p, t, mine, n, err);
}

int plan_parts(struct planner *p, struct err *err)
{
	spread(p);
	for (size_t d = 0; d < p->plan->n_disks; d++)
		if (disk_parts(p, d, err))
			plan_wrong(p, err);
	if (p->wrong.code)
		return 0;
	drop_untouched(p);
	return use_parts(p, err);
}
