/* What libblkid finds on a device, an image, or a part of either. */
#include <blkid/blkid.h>
#include <fcntl.h>
#include <linux/raid/md_p.h>
#include <sys/stat.h>

#include "base/util.h"
#include "facts/disk.h"

#define SIGNATURES_MAX 64 /* of one device: each is found once, and a disk that claims more is broken */
#define INSIDE_MAX     128
#define MD_SECTOR      512

/* Where in the ext2/3/4 superblock the last mount point is: s_last_mounted (fs/ext4/ext4.h). */
#define EXT_LAST_MOUNTED (1024 + 0x88)

struct disk_content *contents_push(struct arena *a, struct contents *list, const char *node, uint64_t size)
{
	struct disk_content *c = arena_push(a, &list->v, &list->n, sizeof(*list->v));

	c->node = arena_strdup(a, node);
	c->size_bytes = size;
	return c;
}

static const char *probe_value(struct arena *a, blkid_probe pr, const char *key)
{
	const char *s;

	return !blkid_probe_lookup_value(pr, key, &s, NULL) && *s ? arena_strdup(a, s) : NULL;
}

static bool read_at(blkid_probe pr, uint64_t at, void *data, size_t len)
{
	return pread(blkid_probe_get_fd(pr), data, len, (off_t)((uint64_t)blkid_probe_get_offset(pr) + at)) ==
	       (ssize_t)len;
}

static const char *ext_hint(struct arena *a, blkid_probe pr)
{
	char dir[65] = "";

	if (!read_at(pr, EXT_LAST_MOUNTED, dir, 64) || dir[0] != '/')
		return NULL;
	return arena_printf(a, "last mounted on %s", dir);
}

static const char *md_hint(struct arena *a, blkid_probe pr)
{
	union {
		mdp_super_t v0;
		struct mdp_superblock_1 v1;
	} sb;
	const char *at = NULL;
	uint64_t offset;
	int level;
	unsigned disks;

	if (blkid_probe_lookup_value(pr, "SBMAGIC_OFFSET", &at, NULL) || !str_u64(at, &offset) ||
	    !read_at(pr, offset, &sb, sizeof(sb.v1)))
		return NULL;
	level = sb.v1.major_version == 1 ? (int)sb.v1.level : (int)sb.v0.level;
	disks = sb.v1.major_version == 1 ? sb.v1.raid_disks : sb.v0.raid_disks;
	return level < 0 ? arena_printf(a, "linear array of %u disks", disks)
			 : arena_printf(a, "raid%d of %u disks", level, disks);
}

static const char *hint(struct arena *a, blkid_probe pr, const char *type)
{
	if (str_eq(type, "ext2") || str_eq(type, "ext3") || str_eq(type, "ext4"))
		return ext_hint(a, pr);
	if (str_eq(type, "linux_raid_member"))
		return md_hint(a, pr);
	return NULL;
}

/* In a partition or volume, a boot sector looks like a table; it counts if it has partitions that fit. */
static bool table_is_real(blkid_probe pr, uint64_t size)
{
	blkid_partlist list = blkid_probe_get_partitions(pr);
	int n = list ? blkid_partlist_numof_partitions(list) : 0;
	bool some = false;

	for (int i = 0; i < n; i++) {
		blkid_partition p = blkid_partlist_get_partition(list, i);
		uint64_t start = (uint64_t)blkid_partition_get_start(p) * 512;
		uint64_t len = (uint64_t)blkid_partition_get_size(p) * 512;

		if (!start || !len || start >= size || len > size - start)
			return false;
		some = true;
	}
	return some;
}

static blkid_probe probe_new(const struct probe_area *at)
{
	blkid_probe pr = blkid_new_probe();

	if (!pr || blkid_probe_set_device(pr, at->fd, (blkid_loff_t)at->start, (blkid_loff_t)at->size)) {
		blkid_free_probe(pr);
		return NULL;
	}
	blkid_probe_enable_superblocks(pr, 1);
	blkid_probe_set_superblocks_flags(pr, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_LABEL | BLKID_SUBLKS_UUID |
						      BLKID_SUBLKS_MAGIC);
	blkid_probe_enable_partitions(pr, 1);
	blkid_probe_set_partitions_flags(pr, BLKID_PARTS_FORCE_GPT);
	return pr;
}

/* What is in the partitions of a guest's disk. */
static void inside(struct arena *a, const struct probe_area *at, struct contents *ret)
{
	struct {
		uint64_t start, size;
		unsigned number;
	} parts[INSIDE_MAX];
	blkid_probe pr = probe_new(at);
	blkid_partlist list = pr ? blkid_probe_get_partitions(pr) : NULL;
	int n = list ? blkid_partlist_numof_partitions(list) : 0, found = 0;

	for (int i = 0; i < n && found < INSIDE_MAX; i++) {
		blkid_partition p = blkid_partlist_get_partition(list, i);

		if (blkid_partition_is_extended(p))
			continue;
		parts[found].start = (uint64_t)blkid_partition_get_start(p) * 512;
		parts[found].size = (uint64_t)blkid_partition_get_size(p) * 512;
		parts[found++].number = (unsigned)blkid_partition_get_partno(p);
	}
	blkid_free_probe(pr);
	for (int i = 0; i < found; i++) {
		struct probe_area part = { .fd = at->fd,
					   .start = at->start + parts[i].start,
					   .size = parts[i].size,
					   .node = at->node,
					   .inside = parts[i].number };

		if (parts[i].start < at->size && parts[i].size <= at->size - parts[i].start)
			contents_probe(a, &part, ret);
	}
}

void contents_probe(struct arena *a, const struct probe_area *at, struct contents *ret)
{
	blkid_probe pr = probe_new(at);
	bool nested = false;

	for (int i = 0; pr && i < SIGNATURES_MAX && blkid_do_probe(pr) == 0; i++) {
		const char *type = probe_value(a, pr, "TYPE"), *table = probe_value(a, pr, "PTTYPE");
		struct disk_content *c;

		if (!type && (!table || (!at->whole && (at->inside || !table_is_real(pr, at->size)))))
			continue;
		nested = nested || (!type && !at->whole);
		c = contents_push(a, ret, at->node, at->size);
		c->inside = at->inside;
		c->type = type ? type : table;
		c->label = type ? probe_value(a, pr, "LABEL") : NULL;
		c->uuid = probe_value(a, pr, type ? "UUID" : "PTUUID");
		c->hint = type ? hint(a, pr, type) : NULL;
	}
	blkid_free_probe(pr);
	if (nested)
		inside(a, at, ret);
}

void disk_probe(struct arena *a, const char *path, const char *node, bool whole, uint64_t size,
		struct disk_facts *d)
{
	struct contents list = { d->contents, d->n_contents };
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct probe_area at = { .fd = fd, .size = size, .node = node, .whole = whole };

	if (fd >= 0)
		contents_probe(a, &at, &list);
	d->contents = list.v;
	d->n_contents = list.n;
}

void disk_probe_table(struct arena *a, struct disk_facts *d)
{
	blkid_probe pr = d->n_parts ? blkid_new_probe_from_filename(d->path) : NULL;
	blkid_partlist list = NULL;

	if (pr) {
		blkid_probe_enable_partitions(pr, 1);
		blkid_probe_set_partitions_flags(pr, BLKID_PARTS_FORCE_GPT);
		list = blkid_probe_get_partitions(pr);
	}
	for (size_t i = 0; list && i < d->n_parts; i++) {
		blkid_partition p = blkid_partlist_get_partition_by_partno(list, (int)d->parts[i].number);
		const char *name = p ? blkid_partition_get_name(p) : NULL;
		const char *type = p ? blkid_partition_get_type_string(p) : NULL;
		const char *uuid = p ? blkid_partition_get_uuid(p) : NULL;

		d->parts[i].name = name && *name ? arena_strdup(a, name) : NULL;
		d->parts[i].uuid = uuid ? arena_strdup(a, uuid) : NULL;
		if (p)
			d->parts[i].type = type ? arena_strdup(a, type)
						: arena_printf(a, "0x%x", blkid_partition_get_type(p));
	}
	blkid_free_probe(pr);
}
