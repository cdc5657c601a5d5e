/* Where on a disk old signatures are looked for. */
#include "installer/disk/regions.h"

#include <dirent.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/disk/plan.h"

#define TABLES_MAX 8

void regions_clear(struct regions *r)
{
	free(r->v);
}

static void region_add(struct regions *r, uint64_t start, uint64_t size, uint64_t disk_size)
{
	if (start >= disk_size || !size)
		return;
	size = MIN(size, disk_size - start);
	for (size_t i = 0; i < r->n; i++)
		if (r->v[i].start == start && r->v[i].size == size)
			return;
	xgrow(&r->v, &r->cap, r->n, sizeof(*r->v));
	r->v[r->n++] = (struct region){ start, size };
}

blkid_probe region_probe(int fd, const struct region *g)
{
	blkid_probe pr = blkid_new_probe();

	if (!pr || blkid_probe_set_device(pr, fd, (blkid_loff_t)g->start, (blkid_loff_t)g->size)) {
		blkid_free_probe(pr);
		return NULL;
	}
	blkid_probe_enable_superblocks(pr, 1);
	blkid_probe_set_superblocks_flags(pr, BLKID_SUBLKS_MAGIC | BLKID_SUBLKS_TYPE | BLKID_SUBLKS_BADCSUM);
	blkid_probe_enable_partitions(pr, 1);
	blkid_probe_set_partitions_flags(pr, BLKID_PARTS_MAGIC | BLKID_PARTS_FORCE_GPT);
	return pr;
}

/* Have the probe see zeros where the next table's magic is; false: there is no other. */
static bool hide_table(blkid_probe pr)
{
	const char *magic, *at;
	uint64_t offset;
	size_t len;

	return blkid_do_probe(pr) == 0 && !blkid_probe_lookup_value(pr, "PTMAGIC", &magic, &len) &&
	       !blkid_probe_lookup_value(pr, "PTMAGIC_OFFSET", &at, NULL) && str_u64(at, &offset) &&
	       !blkid_probe_hide_range(pr, offset, len);
}

/*
 * The partitions that the disk's own tables name, whether the kernel shows them or not. A table hides the
 * older one that another system left (a GPT's copy at the end, say): each is hidden in turn, in memory only.
 */
static void table_regions(int fd, uint64_t size, struct regions *r)
{
	blkid_probe pr = region_probe(fd, &(struct region){ 0, size });

	if (pr)
		blkid_probe_enable_superblocks(pr, 0);
	for (int round = 0; pr && round < TABLES_MAX; round++) {
		blkid_partlist list = blkid_probe_get_partitions(pr);
		int n = list ? blkid_partlist_numof_partitions(list) : 0;

		for (int i = 0; i < n; i++) {
			blkid_partition p = blkid_partlist_get_partition(list, i);

			region_add(r, (uint64_t)blkid_partition_get_start(p) * 512,
				   (uint64_t)blkid_partition_get_size(p) * 512, size);
		}
		blkid_reset_probe(pr);
		if (!hide_table(pr))
			break;
	}
	blkid_free_probe(pr);
}

static uint64_t sysfs_u64(const char *dir, const char *part, const char *file)
{
	auto_free char *path = xasprintf("%s/%s/%s", dir, part, file);
	auto_free char *text = file_line(path);
	uint64_t v = 0;

	return text && str_u64(text, &v) ? v : 0;
}

/* The partitions that the kernel has, in sysfs' units of 512 bytes. */
static void kernel_regions(const char *name, uint64_t size, struct regions *r)
{
	auto_free char *dir = xasprintf("/sys/class/block/%s", name);
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (str_starts(e->d_name, name))
			region_add(r, sysfs_u64(dir, e->d_name, "start") * 512,
				   sysfs_u64(dir, e->d_name, "size") * 512, size);
	if (d)
		closedir(d);
}

/* Those that go of a disk that is cleared in part. */
static void gone_regions(const struct disk_target *t, uint64_t size, struct regions *r)
{
	for (size_t i = 0; i < t->disk->n_parts; i++) {
		const struct disk_part *part = &t->disk->parts[i];

		if (disk_loses(t, part->node))
			region_add(r, part->start_bytes, part->size_bytes, size);
	}
}

void regions_of(const struct disk_target *t, int fd, struct regions *r)
{
	uint64_t size = t->disk->size_bytes;

	if (t->partial) {
		gone_regions(t, size, r);
	} else {
		table_regions(fd, size, r);
		kernel_regions(t->disk->name, size, r);
	}
	/* Wiped before they become partitions: nothing can take what an older table left there for its own.
	 */
	for (size_t i = 0; i < t->n_parts; i++)
		region_add(r, t->parts[i].start_mib * MIB, t->parts[i].size_mib * MIB, size);
	if (!t->partial)
		region_add(r, 0, size, size);
}
