#include "facts/disk.h"

#include "base/util.h"
#include "facts/parts.h"

const char **disk_list_make(struct arena *a, const struct argv *words)
{
	const char **list = arena_alloc(a, (words->n + 1) * sizeof(*list));

	for (size_t i = 0; i < words->n; i++)
		list[i] = arena_strdup(a, words->v[i]);
	return list;
}

/*
 * Whole disks only. Everything stacked or in memory (dm, md, loop, ram, zram, nbd) is under devices/virtual;
 * floppies and the boot areas of eMMC are no place for a system; "hidden" are NVMe's single paths.
 */
static bool is_disk(const struct sysroot *sr, const char *name, const char *real)
{
	static const char *const skip[] = { "loop", "ram", "zram", "dm-", "md", "fd", "nbd" };

	for (size_t i = 0; i < ARRAY_SIZE(skip); i++)
		if (name_numbered(name, skip[i]))
			return false;
	if (str_starts(real, "/sys/devices/virtual/block/"))
		return false;
	if (str_starts(name, "mmcblk") && (strstr(name, "boot") || strstr(name, "rpmb")))
		return false;
	return sysroot_u64(sr, 0, "sys/block/%s/hidden", name) == 0;
}

/* 0 for sizes that can't be: 2^53 sectors are 4 EiB. */
static uint64_t size_bytes(const struct sysroot *sr, const char *name)
{
	uint64_t sectors = sysroot_u64(sr, 0, "sys/block/%s/size", name);

	return sectors >> 53 ? 0 : sectors * 512;
}

static unsigned sector_size(const struct sysroot *sr, const char *name, const char *which)
{
	uint64_t v = sysroot_u64(sr, 512, "sys/block/%s/queue/%s_block_size", name, which);

	return v >= 512 && v <= 1024 * 1024 && (v & (v - 1)) == 0 ? (unsigned)v : 512;
}

/* "/dev/sda"; sysfs writes the slash of "cciss/c0d0" as "!". */
static const char *node_path(struct arena *a, const char *name)
{
	char *path = arena_printf(a, "/dev/%s", name);

	for (char *p = path; *p; p++)
		if (*p == '!')
			*p = '/';
	return path;
}

static void read_disk(const struct sysroot *sr, struct disk_source *src, struct disk_facts *d)
{
	const char *name = src->name, *dev = sysroot_line(sr, "sys/block/%s/dev", name);
	auto_free char *record = xasprintf("b%s", dev ? dev : "");

	if (!strchr(record, '/'))
		udev_read(sr, record, &src->udev);
	d->name = arena_strdup(sr->arena, name);
	d->path = node_path(sr->arena, name);
	d->logical_sector = sector_size(sr, name, "logical");
	d->physical_sector = MAX(sector_size(sr, name, "physical"), d->logical_sector);
	d->rotational = sysroot_u64(sr, 0, "sys/block/%s/queue/rotational", name) == 1;
	d->removable = sysroot_u64(sr, 0, "sys/block/%s/removable", name) == 1;
	d->read_only = sysroot_u64(sr, 0, "sys/block/%s/ro", name) == 1;
	d->cdrom = name_numbered(name, "sr") || str_eq(udev_get(&src->udev, "ID_CDROM"), "1") ||
		   sysroot_u64(sr, 0, "sys/block/%s/device/type", name) == 5;
	disk_read_ids(src, d);
	disk_read_contents(src, d);
}

static int by_id(const void *pa, const void *pb)
{
	const struct disk_facts *a = pa, *b = pb;
	int r = (!a->id) - (!b->id);

	if (!r && a->id)
		r = strcmp(a->id, b->id);
	return r ? r : strverscmp(a->name, b->name);
}

void facts_read_disks(const struct sysroot *sr, struct facts *f)
{
	auto_argv names = { 0 };

	sysroot_list(sr, &names, "sys/block");
	for (size_t i = 0; i < names.n; i++) {
		struct disk_source src = { .sr = sr, .name = names.v[i] };
		uint64_t size = size_bytes(sr, src.name);
		struct disk_facts *d;

		src.real = sysroot_real(sr, "sys/block/%s", src.name);
		if (!src.real || !size || !is_disk(sr, src.name, src.real))
			continue;
		d = arena_push(sr->arena, &f->disks, &f->n_disks, sizeof(*f->disks));
		d->size_bytes = size;
		read_disk(sr, &src, d);
		udev_clear(&src.udev);
	}
	if (f->n_disks)
		qsort(f->disks, f->n_disks, sizeof(*f->disks), by_id);
	disks_read_vgs(sr, f);
	disks_read_recorded(sr, f);
	disks_mark_multipath(sr, f);
	disks_mark_medium(sr, f);
}
