#include "base/util.h"
#include "facts/disk.h"
#include "facts/pci.h"

/* PCI class 0x0101xx is IDE (PCI Code and ID Assignment); libata drives it like SATA. */
static bool is_ide(const struct disk_source *src)
{
	const char *pci = pci_parent(src->sr->arena, src->real);
	const char *at = pci ? strstr(src->real, pci) : NULL, *class;
	auto_free char *dir = NULL;

	if (!at)
		return false;
	dir = xstrndup(src->real, (size_t)(at - src->real) + strlen(pci));
	class = sysroot_line(src->sr, "%s/class", dir);
	return class && str_starts(class, "0x0101");
}

/* The component of a path that is prefix and a number, "ata3"; NULL if none. free(3). */
static char *component(const char *path, const char *prefix)
{
	auto_argv words = { 0 };

	argv_split(&words, path, "/");
	for (size_t i = 0; i < words.n; i++)
		if (name_numbered(words.v[i], prefix))
			return xstrdup(words.v[i]);
	return NULL;
}

const char *disk_transport(const struct disk_source *src)
{
	auto_free char *usb = component(src->real, "usb"), *ata = component(src->real, "ata");

	if (str_starts(src->name, "nvme"))
		return "nvme";
	if (str_starts(src->name, "xvd"))
		return "xen";
	if (str_starts(src->name, "mmcblk"))
		return "mmc";
	if (usb)
		return "usb";
	if (ata)
		return is_ide(src) ? "ide" : "sata";
	if (strstr(src->real, "/rport-"))
		return "fc";
	if (strstr(src->real, "/session"))
		return "iscsi";
	if (strstr(src->real, "/end_device-"))
		return "sas";
	return strstr(src->real, "/virtio") ? "virtio" : NULL;
}

/* "usb-0:1.2:1.0" for ".../usb1/1-1/1-1.2/1-1.2:1.0/…"; free(3). NULL if there is no interface in the path.
 */
static char *usb_part(const char *real)
{
	auto_argv words = { 0 };

	argv_split(&words, real, "/");
	for (size_t i = words.n; i-- > 0;) {
		const char *dash = strchr(words.v[i], '-'), *colon = strchr(words.v[i], ':');

		if (dash && colon && dash < colon &&
		    strspn(words.v[i], "0123456789") == (size_t)(dash - words.v[i]) &&
		    strspn(dash + 1, "0123456789.:") == strlen(dash + 1))
			return xasprintf("-usb-0:%s", dash + 1);
	}
	return NULL;
}

/* "scsi-0:0:1:0": the host counts from the first one of its controller, as udev does it. free(3). */
static char *scsi_part(const struct disk_source *src)
{
	auto_free char *host = component(src->real, "host");
	const char *device = sysroot_real(src->sr, "sys/block/%s/device", src->name);
	const char *hctl = device ? strrchr(device, '/') + 1 : NULL, *at;
	auto_free char *parent = NULL, *infix = NULL;
	auto_argv names = { 0 };
	long first, n;

	if (!host || !hctl || !strchr(hctl, ':'))
		return NULL;
	infix = xasprintf("/%s/", host);
	at = strstr(src->real, infix);
	parent = xstrndup(src->real, at ? (size_t)(at - src->real) : 0);
	first = n = strtol(host + 4, NULL, 10);
	sysroot_list(src->sr, &names, "%s", parent);
	for (size_t i = 0; i < names.n; i++)
		if (name_numbered(names.v[i], "host") && strtol(names.v[i] + 4, NULL, 10) < first)
			first = strtol(names.v[i] + 4, NULL, 10);
	return xasprintf("-scsi-%ld%s", n - first, strchr(hctl, ':'));
}

static char *ata_part(const struct disk_source *src)
{
	auto_free char *ata = component(src->real, "ata");
	const char *device = sysroot_real(src->sr, "sys/block/%s/device", src->name);
	const char *hctl = device ? strrchr(device, '/') + 1 : NULL, *port;
	unsigned host, channel, target, lun;

	port = ata ? sysroot_line(src->sr, "sys/class/ata_port/%s/port_no", ata) : NULL;
	if (!port || !hctl || sscanf(hctl, "%9u:%9u:%9u:%9u", &host, &channel, &target, &lun) != 4)
		return NULL;
	return xasprintf("-ata-%s.%u", port, target);
}

const char *disk_by_path(const struct disk_source *src, const char *transport)
{
	const char *pci = pci_parent(src->sr->arena, src->real);
	const char *nsid = sysroot_line(src->sr, "sys/block/%s/nsid", src->name);
	auto_free char *usb = NULL, *rest = NULL;

	if (!pci || !transport || str_eq(transport, "fc") || str_eq(transport, "sas") ||
	    str_eq(transport, "iscsi"))
		return NULL;
	if (str_eq(transport, "nvme"))
		rest = nsid ? xasprintf("-nvme-%s", nsid) : NULL;
	else if (str_eq(transport, "virtio") && str_starts(src->name, "vd"))
		rest = xstrdup("");
	else if (str_eq(transport, "sata") || str_eq(transport, "ide"))
		rest = ata_part(src);
	else
		rest = scsi_part(src);
	if (str_eq(transport, "usb"))
		usb = usb_part(src->real);
	return rest ? arena_printf(src->sr->arena, "pci-%s%s%s", pci, usb ? usb : "", rest) : NULL;
}
