/* What can be told of a disk only when all are known, or when something else names it. */
#include "base/util.h"
#include "facts/cmdline.h"
#include "facts/disk.h"

#define MEDIUM_LABEL "XENITH"

static bool has_content(const struct disk_facts *d, const char *type)
{
	for (size_t i = 0; i < d->n_contents; i++)
		if (str_eq(d->contents[i].type, type))
			return true;
	return false;
}

/* The WWID of a device-mapper map among the holders: its uuid is "mpath-WWID". */
static const char *map_wwid(const struct sysroot *sr, const struct disk_facts *d)
{
	for (const char **h = d->holders; *h; h++) {
		const char *uuid = sysroot_line(sr, "sys/block/%s/dm/uuid", *h);

		if (uuid && str_starts(uuid, "mpath-"))
			return uuid + strlen("mpath-");
	}
	return NULL;
}

static int by_lun(const void *pa, const void *pb)
{
	const struct disk_facts *a = *(struct disk_facts *const *)pa, *b = *(struct disk_facts *const *)pb;
	int r = (!a->wwid) - (!b->wwid);

	if (!r && a->wwid)
		r = strcmp(a->wwid, b->wwid);
	if (!r)
		r = (a->size_bytes > b->size_bytes) - (a->size_bytes < b->size_bytes);
	return r ? r : (a > b) - (a < b);
}

struct disk_facts **disks_by_lun(const struct sysroot *sr, const struct facts *f)
{
	struct disk_facts **list = arena_alloc(sr->arena, (f->n_disks + 1) * sizeof(*list));

	for (size_t i = 0; i < f->n_disks; i++)
		list[i] = &f->disks[i];
	if (f->n_disks)
		qsort(list, f->n_disks, sizeof(*list), by_lun);
	return list;
}

/* Two disks with one WWID and one size are two paths to the same LUN. */
static bool are_twins(const struct disk_facts *a, const struct disk_facts *b)
{
	return a->wwid && str_eq(a->wwid, b->wwid) && a->size_bytes == b->size_bytes;
}

void disks_mark_multipath(const struct sysroot *sr, struct facts *f)
{
	struct disk_facts **list = disks_by_lun(sr, f);

	for (size_t i = 0; i < f->n_disks; i++) {
		struct disk_facts *d = list[i];

		d->multipath_wwid = map_wwid(sr, d);
		if (!d->multipath_wwid &&
		    (has_content(d, "mpath_member") || (i && are_twins(d, list[i - 1])) ||
		     (i + 1 < f->n_disks && are_twins(d, list[i + 1]))))
			d->multipath_wwid = d->wwid;
	}
}

static bool content_named(const struct disk_content *c, const char *name)
{
	if (str_starts(name, "LABEL="))
		return str_eq(c->label, name + 6);
	if (str_starts(name, "UUID="))
		return str_eq(c->uuid, name + 5);
	if (str_starts(name, "/dev/"))
		name += 5;
	return str_eq(c->node, name);
}

static bool is_medium(const struct disk_facts *d, const char *name)
{
	if (name && facts_disk_matches(d, name))
		return true;
	for (size_t i = 0; i < d->n_contents; i++) {
		const struct disk_content *c = &d->contents[i];

		if (str_eq(c->type, "iso9660") && str_eq(c->label, MEDIUM_LABEL))
			return true;
		if (name && content_named(c, name))
			return true;
	}
	return false;
}

/* /run/xenith/medium or xenith.medium= on the kernel command line name it too: a node, LABEL=, UUID= or an
 * id. */
void disks_mark_medium(const struct sysroot *sr, struct facts *f)
{
	const char *name = sysroot_line(sr, "run/xenith/medium");

	if (!name)
		name = facts_cmdline_get(sr->arena, f->cmdline, "xenith.medium");
	for (size_t i = 0; i < f->n_disks; i++)
		f->disks[i].boot_medium = is_medium(&f->disks[i], name && *name ? name : NULL);
}
