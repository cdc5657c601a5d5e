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

/* Two disks with one WWID and one size are two paths to the same LUN. */
static bool has_twin(const struct facts *f, const struct disk_facts *d)
{
	for (size_t i = 0; d->wwid && i < f->n_disks; i++) {
		const struct disk_facts *o = &f->disks[i];

		if (o != d && str_eq(o->wwid, d->wwid) && o->size_bytes == d->size_bytes)
			return true;
	}
	return false;
}

void disks_mark_multipath(const struct sysroot *sr, struct facts *f)
{
	for (size_t i = 0; i < f->n_disks; i++) {
		struct disk_facts *d = &f->disks[i];

		d->multipath_wwid = map_wwid(sr, d);
		if (!d->multipath_wwid && (has_content(d, "mpath_member") || has_twin(f, d)))
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
