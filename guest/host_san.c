/* Disks that other hosts may see too. */
#include <limits.h>

#include "base/file.h"
#include "base/util.h"
#include "guest/host_priv.h"

/* What is in the path of a disk below /sys/devices that comes over Fibre Channel, iSCSI, NVMe over fabrics.
 */
static const char *const fabrics[] = { "/rport-", "/session", "/nvme-fabrics/" };

static char *attribute(const struct guest_host *h, const char *name, const char *attr)
{
	auto_free char *path = xasprintf("%s/sys/class/block/%s/%s", h->root, name, attr);

	return file_line(path);
}

/* The kernel's name of a map: "dm-3"; free(3). */
static char *map_name(const struct guest_host *h, const char *map)
{
	auto_argv names = { 0 };

	ghost_names(h, "sys/class/block", &names);
	for (size_t i = 0; i < names.n; i++) {
		auto_free char *is = attribute(h, names.v[i], "dm/name");

		if (str_eq(is, map))
			return xstrdup(names.v[i]);
	}
	return NULL;
}

static bool by_name(const struct guest_host *h, const char *name)
{
	auto_free char *path = xasprintf("%s/sys/class/block/%s", h->root, name);
	auto_free char *real = realpath(path, NULL);
	auto_free char *slaves = xasprintf("sys/class/block/%s/slaves", name);
	auto_free char *uuid = attribute(h, name, "dm/uuid");
	auto_argv below = { 0 };

	if (uuid && strstr(uuid, "mpath-"))
		return true;
	for (size_t i = 0; real && i < ARRAY_SIZE(fabrics); i++)
		if (strstr(real, fabrics[i]))
			return true;
	ghost_names(h, slaves, &below);
	for (size_t i = 0; i < below.n; i++)
		if (by_name(h, below.v[i]))
			return true;
	return false;
}

bool ghost_on_san(const struct guest_host *h, const char *device)
{
	static const char maps[] = "/dev/mapper/";
	auto_free char *map = str_starts(device, maps) ? map_name(h, device + strlen(maps)) : NULL;
	auto_free char *real = ghost_is_live(h) ? realpath(device, NULL) : xstrdup(device);
	const char *slash = real ? strrchr(real, '/') : NULL;

	return by_name(h, map ? map : slash ? slash + 1 : device);
}
