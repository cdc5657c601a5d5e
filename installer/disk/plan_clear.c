/*
 * What clearpart takes off a disk: all of it, or the partitions that --linux or --list mean.
 *
 * What stays keeps its place and number. New partitions come into the largest gap, one behind the other: the
 * sum of all gaps is no place for a partition.
 */
#include <strings.h>

#include "base/util.h"
#include "installer/disk/plan.h"

#define BIOSBOOT_GUID "21686148-6449-6e6f-744e-656564454649"

/* Types of Linux' own (systemd's DPS; MBR's), for a partition that holds nothing that is known. */
static const char *const linux_types[] = {
	"0fc63daf-8483-4772-8e79-3d69d8477de4", /* file system data */
	BIOSBOOT_GUID,                          /* GRUB's own */
	"e6d6d379-f507-44c2-a23c-238f2a3df928", /* LVM */
	"a19d880f-05fc-4d3b-a006-743f0f84911e", /* RAID */
	"0657fd6d-a4ab-43c4-84e5-0933c84b4f4f", /* swap */
	"4f68bce3-e8cd-4db1-96e7-fbcaf984b709", /* root, x86-64 */
	"bc13c2ff-59e6-4262-a352-b275fd6f7172", /* XBOOTLDR */
	"933ac7e1-2eb4-4f13-b844-0e14e2aef915", /* home */
	"3b8f8425-20e0-4f3b-907f-1a25a76f98e8", /* srv */
	"0x82",
	"0x83",
	"0x8e",
	"0xfd",
};

static const char *const linux_contents[] = {
	"ext2",        "ext3", "ext4",   "xfs", "btrfs", "swap", "LVM2_member", "linux_raid_member",
	"crypto_LUKS", "f2fs", "bcache",
};

static bool listed(const char *word, const char *const *list, size_t n)
{
	for (size_t i = 0; word && i < n; i++)
		if (strcasecmp(word, list[i]) == 0)
			return true;
	return false;
}

static bool is_linux(const struct disk_facts *d, const struct disk_part *part)
{
	const struct disk_content *c = plan_content_on(d, part->node);

	return c ? listed(c->type, linux_contents, ARRAY_SIZE(linux_contents))
		 : listed(part->type, linux_types, ARRAY_SIZE(linux_types));
}

static bool in_drives(const struct ks *ks, const struct disk_facts *disk)
{
	const struct ks_list *drives = &ks->clearpart.drives;

	for (size_t i = 0; i < drives->n; i++)
		if (facts_disk_matches(disk, drives->v[i]))
			return true;
	return drives->n == 0;
}

bool plan_cleared(const struct ks *ks, const struct disk_facts *disk)
{
	return KS_SAID(ks->clearpart) && ks->clearpart.all && in_drives(ks, disk);
}

static bool goes(const struct ks *ks, const struct disk_facts *d, const struct disk_part *part)
{
	const struct ks_list *list = &ks->clearpart.list;

	for (size_t i = 0; i < list->n; i++)
		if (facts_disk_matches(d, list->v[i]) || plan_part_matches(d, part, list->v[i]))
			return true;
	return ks->clearpart.linux_only && in_drives(ks, d) && is_linux(d, part);
}

bool plan_clears_some(const struct ks *ks, const struct disk_facts *disk)
{
	for (size_t i = 0; i < disk->n_parts; i++)
		if (goes(ks, disk, &disk->parts[i]))
			return true;
	return false;
}

/* A disk that is one file system or volume without a table. */
static bool goes_whole(const struct ks *ks, const struct disk_facts *d)
{
	const struct ks_list *list = &ks->clearpart.list;
	bool all_linux = ks->clearpart.linux_only && in_drives(ks, d) && d->n_contents;

	if (d->n_parts)
		return false;
	for (size_t i = 0; i < list->n; i++)
		if (facts_disk_matches(d, list->v[i]))
			return true;
	for (size_t i = 0; i < d->n_contents; i++)
		all_linux =
			all_linux && listed(d->contents[i].type, linux_contents, ARRAY_SIZE(linux_contents));
	return all_linux;
}

int plan_clear_names(struct planner *p, struct err *err)
{
	const struct ks_clearpart *c = &p->ks->clearpart;

	for (size_t i = 0; i < c->list.n; i++) {
		struct found f;
		bool disk = false;

		for (size_t d = 0; d < p->facts->n_disks; d++)
			disk = disk || facts_disk_matches(&p->facts->disks[d], c->list.v[i]);
		if (!disk && plan_find(p, &c->at, c->list.v[i], &f, err))
			plan_wrong(p, err);
		else if (!disk && f.lv &&
			 plan_input(err, &c->at, c->list.v[i], "clearpart takes partitions, not volumes"))
			plan_wrong(p, err);
	}
	return 0;
}

static int by_start(const void *pa, const void *pb)
{
	const struct disk_part *a = *(struct disk_part *const *)pa, *b = *(struct disk_part *const *)pb;

	return (a->start_bytes > b->start_bytes) - (a->start_bytes < b->start_bytes);
}

static bool is_gone(const struct disk_target *t, unsigned number)
{
	for (size_t i = 0; i < t->n_gone; i++)
		if (t->gone[i] == number)
			return true;
	return false;
}

bool disk_loses(const struct disk_target *t, const char *node)
{
	for (size_t i = 0; t->partial && i < t->disk->n_parts; i++)
		if (str_eq(t->disk->parts[i].node, node))
			return is_gone(t, t->disk->parts[i].number);
	return t->wipe;
}

/* The largest gap between what stays, in whole MiB; the table takes the first MiB and the last. */
static void largest_gap(struct planner *p, struct disk_target *t)
{
	static const char *const biosboot[] = { BIOSBOOT_GUID };
	const struct disk_facts *d = t->disk;
	const struct disk_part **kept = arena_alloc(&p->plan->arena, (d->n_parts + 1) * sizeof(*kept));
	uint64_t at = 1, last = d->size_bytes / MIB ? d->size_bytes / MIB - 1 : 0;
	size_t n = 0;

	for (size_t i = 0; i < d->n_parts; i++)
		if (!is_gone(t, d->parts[i].number)) {
			kept[n++] = &d->parts[i];
			t->biosboot = t->biosboot || listed(d->parts[i].type, biosboot, 1);
		}
	qsort(kept, n, sizeof(*kept), by_start);
	for (size_t i = 0; i <= n; i++) {
		uint64_t end = i < n ? MIN(kept[i]->start_bytes / MIB, last) : last;

		if (end > at && end - at > t->room_mib) {
			t->first_mib = at;
			t->room_mib = end - at;
		}
		if (i < n)
			at = MAX(at, (kept[i]->start_bytes + kept[i]->size_bytes + MIB - 1) / MIB);
	}
}

int plan_clear(struct planner *p, struct disk_target *t, struct err *err)
{
	const struct disk_facts *d = t->disk;
	const struct disk_content *table = plan_content_on(d, d->name);
	const struct ks *ks = p->ks;

	t->wipe = plan_cleared(ks, d) || goes_whole(ks, d);
	t->first_mib = 1;
	t->room_mib = plan_usable_mib(t);
	if (t->wipe || !plan_clears_some(ks, d))
		return 0;
	t->gone = arena_alloc(&p->plan->arena, d->n_parts * sizeof(*t->gone));
	for (size_t i = 0; i < d->n_parts; i++)
		if (goes(ks, d, &d->parts[i]))
			t->gone[t->n_gone++] = d->parts[i].number;
	if (t->n_gone == d->n_parts) {
		t->wipe = true; /* nothing is left that the old table would be kept for */
		return 0;
	}
	if (!table || !str_eq(table->type, "gpt"))
		return plan_input(
			err, &ks->clearpart.at, "clearpart",
			"some partitions of disk %s would stay, and only those of a gpt table can; it has "
			"%s",
			t->id, table ? table->type : "none");
	t->partial = true;
	t->table = "gpt";
	t->first_mib = t->room_mib = 0;
	largest_gap(p, t);
	return 0;
}
