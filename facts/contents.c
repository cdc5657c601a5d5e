#include <blkid/blkid.h>

#include "base/util.h"
#include "facts/disk.h"

#define HOLDERS_DEPTH  8
#define SIGNATURES_MAX 64 /* of one device: each is found once, and a disk that claims more is broken */

static struct disk_content *push(struct arena *a, struct disk_facts *d, const char *node, uint64_t size)
{
	struct disk_content *c = arena_push(a, &d->contents, &d->n_contents, sizeof(*d->contents));

	c->node = arena_strdup(a, node);
	c->size_bytes = size;
	return c;
}

static const char *decoded(const struct sysroot *sr, const struct udev *u, const char *key_enc,
			   const char *key)
{
	const char *s = udev_get(u, key_enc);
	auto_free char *text = s ? udev_decode(s) : NULL;

	if (text && *text)
		return arena_strdup(sr->arena, text);
	s = udev_get(u, key);
	return s ? arena_strdup(sr->arena, s) : NULL;
}

static void from_udev(const struct disk_source *src, const struct udev *u, struct disk_facts *d,
		      const char *node, uint64_t size)
{
	const char *fs = udev_get(u, "ID_FS_TYPE");
	const char *table = udev_get(u, "ID_PART_TABLE_TYPE");
	struct disk_content *c;

	if (fs) {
		c = push(src->sr->arena, d, node, size);
		c->type = arena_strdup(src->sr->arena, fs);
		c->label = decoded(src->sr, u, "ID_FS_LABEL_ENC", "ID_FS_LABEL");
		c->uuid = decoded(src->sr, u, "ID_FS_UUID_ENC", "ID_FS_UUID");
	}
	if (table && str_eq(node, src->name)) {
		c = push(src->sr->arena, d, node, size);
		c->type = arena_strdup(src->sr->arena, table);
		c->uuid = decoded(src->sr, u, "ID_PART_TABLE_UUID", "ID_PART_TABLE_UUID");
	}
}

static const char *probe_value(struct arena *a, blkid_probe pr, const char *key)
{
	const char *s;

	return !blkid_probe_lookup_value(pr, key, &s, NULL) && *s ? arena_strdup(a, s) : NULL;
}

void disk_probe(struct arena *a, const char *path, const char *node, bool whole, uint64_t size,
		struct disk_facts *d)
{
	blkid_probe pr = blkid_new_probe_from_filename(path);

	if (!pr)
		return;
	blkid_probe_enable_superblocks(pr, 1);
	blkid_probe_set_superblocks_flags(pr, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_LABEL | BLKID_SUBLKS_UUID);
	blkid_probe_enable_partitions(pr, 1);
	blkid_probe_set_partitions_flags(pr, BLKID_PARTS_FORCE_GPT);
	for (int i = 0; i < SIGNATURES_MAX && blkid_do_probe(pr) == 0; i++) {
		const char *type = probe_value(a, pr, "TYPE"), *table = probe_value(a, pr, "PTTYPE");
		struct disk_content *c;

		/* In a partition, a table is what a boot sector looks like. */
		if (!type && (!table || !whole))
			continue;
		c = push(a, d, node, size);
		c->type = type ? type : table;
		c->label = type ? probe_value(a, pr, "LABEL") : NULL;
		c->uuid = probe_value(a, pr, type ? "UUID" : "PTUUID");
	}
	blkid_free_probe(pr);
}

static void from_blkid(const struct disk_source *src, struct disk_facts *d, const char *node, uint64_t size)
{
	auto_free char *path = xasprintf("/dev/%s", node);

	for (char *p = path; *p; p++)
		if (*p == '!')
			*p = '/';
	disk_probe(src->sr->arena, path, node, str_eq(node, src->name), size, d);
}

/* Names in holders/, and what holds those in turn. */
static void add_holders(const struct sysroot *sr, const char *dir, struct argv *holders, int depth)
{
	auto_argv names = { 0 };

	if (depth == 0)
		return;
	sysroot_list(sr, &names, "%s/holders", dir);
	for (size_t i = 0; i < names.n; i++) {
		auto_free char *next = xasprintf("sys/block/%s", names.v[i]);

		if (argv_has(holders, names.v[i]))
			continue;
		argv_add(holders, names.v[i]);
		add_holders(sr, next, holders, depth - 1);
	}
}

static void read_partition(const struct disk_source *src, struct disk_facts *d, const char *dir,
			   const char *name)
{
	const struct sysroot *sr = src->sr;
	const char *dev = sysroot_line(sr, "%s/%s/dev", dir, name);
	uint64_t sectors = sysroot_u64(sr, 0, "%s/%s/size", dir, name);
	auto_free char *record = xasprintf("b%s", dev ? dev : "");
	auto_udev udev = { 0 };

	if (sr->live) {
		from_blkid(src, d, name, sectors * 512);
	} else if (!strchr(record, '/')) {
		udev_read(sr, record, &udev);
		from_udev(src, &udev, d, name, sectors * 512);
	}
}

static int by_version(const void *pa, const void *pb)
{
	return strverscmp(*(char *const *)pa, *(char *const *)pb);
}

void disk_read_contents(const struct disk_source *src, struct disk_facts *d)
{
	const struct sysroot *sr = src->sr;
	auto_free char *dir = xasprintf("sys/block/%s", src->name);
	auto_argv names = { 0 }, holders = { 0 };

	if (sr->live)
		from_blkid(src, d, src->name, d->size_bytes);
	else
		from_udev(src, &src->udev, d, src->name, d->size_bytes);
	add_holders(sr, dir, &holders, HOLDERS_DEPTH);
	sysroot_list(sr, &names, "%s", dir);
	if (names.n)
		qsort(names.v, names.n, sizeof(*names.v), by_version);
	for (size_t i = 0; i < names.n; i++) {
		auto_free char *part = NULL;

		if (!str_starts(names.v[i], src->name) ||
		    !sysroot_exists(sr, "%s/%s/partition", dir, names.v[i]))
			continue;
		part = xasprintf("%s/%s", dir, names.v[i]);
		read_partition(src, d, dir, names.v[i]);
		add_holders(sr, part, &holders, HOLDERS_DEPTH);
	}
	argv_sort_unique(&holders);
	d->holders = disk_list_make(sr->arena, &holders);
}
