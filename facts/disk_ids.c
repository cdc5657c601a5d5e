#include <ctype.h>

#include "base/util.h"
#include "facts/disk.h"
#include "facts/scsi.h"

static const char *prop(const struct disk_source *src, const char *key)
{
	const char *v = udev_get(&src->udev, key);

	return v ? arena_strdup(src->sr->arena, v) : NULL;
}

static const char *attr(const struct disk_source *src, const char *name)
{
	return sysroot_line(src->sr, "sys/block/%s/%s", src->name, name);
}

static bool is_hex(const char *s)
{
	return *s && strspn(s, "0123456789abcdefABCDEF") == strlen(s);
}

/* The kernel's spelling of the same bits: "naa.5000…", "eui.0025…", "t10.…". */
static const char *kernel_wwid(const struct disk_source *src)
{
	const char *s = attr(src, "wwid");

	return s ? s : attr(src, "device/wwid");
}

static const char *disk_wwn(const struct disk_source *src)
{
	const char *s = prop(src, "ID_WWN_WITH_EXTENSION");

	if (!s)
		s = prop(src, "ID_WWN");
	if (s)
		return s;
	s = kernel_wwid(src);
	if (!s)
		return NULL;
	if (str_starts(s, "naa.") && is_hex(s + 4))
		return arena_printf(src->sr->arena, "0x%s", s + 4);
	return str_starts(s, "eui.") || str_starts(s, "nvme.") || str_starts(s, "uuid.") ? s : NULL;
}

static const char *vpd(const struct disk_source *src, const char *page,
		       const char *(*parse)(struct arena *a, const unsigned char *p, size_t len))
{
	auto_buf b = { 0 };

	if (!sysroot_read(src->sr, &b, "sys/block/%s/device/%s", src->name, page) || !b.len)
		return NULL;
	return parse(src->sr->arena, (const unsigned char *)b.data, b.len);
}

/* multipath's default uid_attribute is udev's ID_SERIAL for SCSI and ID_WWN for NVMe; USB is left out there.
 */
static const char *disk_wwid(const struct disk_source *src, const struct disk_facts *d)
{
	const char *s = NULL;

	if (d->cdrom || str_eq(d->transport, "usb"))
		return NULL;
	if (str_starts(src->name, "nvme"))
		return d->wwn;
	if (!str_starts(src->name, "sd"))
		return NULL;
	s = prop(src, "ID_SERIAL");
	if (!s)
		s = vpd(src, "vpd_pg83", scsi_wwid_from_pg83);
	if (s)
		return s;
	s = kernel_wwid(src);
	if (s && str_starts(s, "naa."))
		return arena_printf(src->sr->arena, "3%s", s + 4);
	return s && str_starts(s, "eui.") ? arena_printf(src->sr->arena, "2%s", s + 4) : NULL;
}

static const char *disk_serial(const struct disk_source *src)
{
	static const char *const keys[] = { "ID_SCSI_SERIAL", "SCSI_IDENT_SERIAL", "ID_SERIAL_SHORT" };
	const char *s;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		s = prop(src, keys[i]);
		if (s)
			return s;
	}
	s = attr(src, "serial"); /* virtio */
	if (!s)
		s = attr(src, "device/serial"); /* NVMe, eMMC */
	return s ? s : vpd(src, "vpd_pg80", scsi_serial_from_pg80);
}

/* sysfs cuts ATA models at 16 characters, udev doesn't. virtio's device/vendor is a PCI number, no name. */
static void read_model(const struct disk_source *src, struct disk_facts *d)
{
	const char *enc = udev_get(&src->udev, "ID_MODEL_ENC");
	bool named = !str_eq(d->transport, "virtio") || str_starts(src->name, "sd");
	auto_free char *model = enc ? udev_decode(enc) : NULL;

	if (model && *model)
		d->model = arena_strdup(src->sr->arena, model);
	else if (named)
		d->model = attr(src, "device/model");
	if (!d->model && str_starts(src->name, "mmcblk"))
		d->model = attr(src, "device/name");
	if (named && !str_starts(src->name, "nvme"))
		d->vendor = attr(src, "device/vendor");
	if (str_eq(d->vendor, "ATA"))
		d->vendor = NULL;
}

/* udev's way of making a link out of names: blanks become "_". */
static void add_link(struct argv *links, const char *prefix, const char *a, const char *b)
{
	auto_free char *s = b ? xasprintf("%s-%s_%s", prefix, a, b) : xasprintf("%s-%s", prefix, a);

	for (char *p = s; *p; p++)
		if (isspace((unsigned char)*p) || *p == '/')
			*p = '_';
	argv_add(links, s);
}

/* The names that udev's rules (60-persistent-storage.rules) would give, for where udev does not run. */
static void make_links(const struct disk_source *src, const struct disk_facts *d, struct argv *links)
{
	bool nvme = str_starts(src->name, "nvme");

	if (d->wwn)
		add_link(links, nvme ? "nvme" : "wwn", d->wwn, NULL);
	if (nvme && d->model && d->serial)
		add_link(links, "nvme", d->model, d->serial);
	if (str_eq(d->transport, "virtio") && str_starts(src->name, "vd") && d->serial)
		add_link(links, "virtio", d->serial, NULL);
	if (str_eq(d->transport, "sata") && d->model && d->serial)
		add_link(links, "ata", d->model, d->serial);
	else if (str_starts(src->name, "sd") && d->wwid)
		add_link(links, "scsi", d->wwid, NULL);
}

static void read_links(const struct disk_source *src, struct disk_facts *d)
{
	auto_argv links = { 0 };

	for (size_t i = 0; i < src->udev.links.n; i++)
		if (str_starts(src->udev.links.v[i], "disk/by-id/"))
			argv_add(&links, src->udev.links.v[i] + strlen("disk/by-id/"));
	if (!links.n)
		make_links(src, d, &links);
	argv_sort_unique(&links);
	d->by_id = disk_list_make(src->sr->arena, &links);
}

void disk_read_ids(const struct disk_source *src, struct disk_facts *d)
{
	struct arena *a = src->sr->arena;

	d->transport = disk_transport(src);
	d->by_path = prop(src, "ID_PATH");
	if (!d->by_path)
		d->by_path = disk_by_path(src, d->transport);
	d->wwn = disk_wwn(src);
	d->wwid = disk_wwid(src, d);
	d->serial = disk_serial(src);
	read_model(src, d);
	read_links(src, d);
	if (d->wwn)
		d->id = arena_printf(a, "wwn-%s", d->wwn);
	else if (d->serial)
		d->id = arena_printf(a, "serial-%s", d->serial);
	else
		d->id = d->by_path;
}
