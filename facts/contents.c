/* What is on a disk and its partitions, and what stands on them. */
#include <fcntl.h>

#include "base/util.h"
#include "facts/disk.h"
#include "facts/mark.h"

#define HOLDERS_DEPTH 8

static struct disk_content *push(const struct disk_source *src, struct disk_facts *d, const char *node,
				 uint64_t size)
{
	struct contents list = { d->contents, d->n_contents };
	struct disk_content *c = contents_push(src->sr->arena, &list, node, size);

	d->contents = list.v;
	d->n_contents = list.n;
	return c;
}

static void from_udev(const struct disk_source *src, const struct udev *u, struct disk_facts *d,
		      const char *node, uint64_t size)
{
	const char *fs = udev_get(u, "ID_FS_TYPE");
	const char *table = udev_get(u, "ID_PART_TABLE_TYPE");
	struct disk_content *c;

	if (fs) {
		c = push(src, d, node, size);
		c->type = arena_strdup(src->sr->arena, fs);
		c->label = udev_text(u, "ID_FS_LABEL_ENC", "ID_FS_LABEL", src->sr->arena);
		c->uuid = udev_text(u, "ID_FS_UUID_ENC", "ID_FS_UUID", src->sr->arena);
	}
	if (table && str_eq(node, src->name)) {
		c = push(src, d, node, size);
		c->type = arena_strdup(src->sr->arena, table);
		c->uuid = udev_text(u, "ID_PART_TABLE_UUID", "ID_PART_TABLE_UUID", src->sr->arena);
	}
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

/* What the table says of a partition; sysfs counts in units of 512 bytes. */
static struct disk_part *add_part(const struct sysroot *sr, struct disk_facts *d, const char *dir,
				  const char *name)
{
	struct disk_part *p = arena_push(sr->arena, &d->parts, &d->n_parts, sizeof(*d->parts));

	p->node = arena_strdup(sr->arena, name);
	p->number = (unsigned)sysroot_u64(sr, 0, "%s/%s/partition", dir, name);
	p->start_bytes = sysroot_u64(sr, 0, "%s/%s/start", dir, name) * 512;
	p->size_bytes = sysroot_u64(sr, 0, "%s/%s/size", dir, name) * 512;
	return p;
}

static void read_partition(const struct disk_source *src, struct disk_facts *d, const char *dir,
			   const char *name)
{
	const struct sysroot *sr = src->sr;
	const char *dev = sysroot_line(sr, "%s/%s/dev", dir, name);
	struct disk_part *part = add_part(sr, d, dir, name);
	auto_free char *record = xasprintf("b%s", dev ? dev : "");
	auto_udev udev = { 0 };

	if (sr->live) {
		from_blkid(src, d, name, part->size_bytes);
	} else if (!strchr(record, '/')) {
		udev_read(sr, record, &udev);
		from_udev(src, &udev, d, name, part->size_bytes);
		part->name = udev_text(&udev, "ID_PART_ENTRY_NAME", "ID_PART_ENTRY_NAME", sr->arena);
		part->type = udev_text(&udev, "ID_PART_ENTRY_TYPE", "ID_PART_ENTRY_TYPE", sr->arena);
		part->uuid = udev_text(&udev, "ID_PART_ENTRY_UUID", "ID_PART_ENTRY_UUID", sr->arena);
	}
}

/* An unreadable disk has none. */
static void read_mark(const struct sysroot *sr, struct disk_facts *d)
{
	const char *table = mark_table(d);
	auto_close int fd = table ? open(d->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
	char block[MARK_LEN];

	if (fd >= 0 && pread(fd, block, sizeof(block), MARK_START) == sizeof(block))
		d->host = mark_parse(sr->arena, block, sizeof(block), table);
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
	if (sr->live) {
		disk_probe_table(sr->arena, d);
		read_mark(sr, d);
	}
}
