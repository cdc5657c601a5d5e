#include "packages/groups.h"

#include "base/util.h"

struct group {
	const char *name;
	const char *packages; /* separated by blanks */
};

/*
 * One line a group. The kernel and the boot loader depend on the machine and come from the caller. HVM guests
 * need qemu-system-xen, which xen-utils only recommends; PVH and PV ones boot by grub-xen-host, and their
 * roots are written by xenith, which checks signatures with gpgv.
 */
static const struct group groups[] = {
	{ "core",
	  "systemd-sysv udev dbus kmod iproute2 iputils-ping procps ifupdown openssh-server ca-certificates "
	  "tzdata less nano netbase" },
	{ "standard",
	  "bash-completion bind9-host bzip2 ca-certificates cron dbus file groff-base inetutils-telnet "
	  "less logrotate lsof man-db manpages media-types netcat-traditional openssh-client "
	  "pciutils perl reportbug traceroute ucf wget xz-utils" },
	{ "xen",
	  "xen-system-amd64 xen-utils-common xenstore-utils qemu-system-xen bridge-utils ifupdown lvm2 "
	  "grub-xen-host gpgv e2fsprogs openssh-client" },
	{ "multipath", "multipath-tools multipath-tools-boot sg3-utils lvm2" },
	{ "storage", "lvm2 mdadm parted gdisk e2fsprogs xfsprogs dosfstools smartmontools" },
	{ "ha", "pacemaker corosync crmsh fence-agents resource-agents lvm2-lockd sanlock" },
};

static const struct group *group_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		if (str_eq(groups[i].name, name))
			return &groups[i];
	return NULL;
}

int group_add(const char *name, struct argv *ret)
{
	const struct group *g = group_find(name);

	if (!g)
		return -1;
	argv_split(ret, g->packages, " ");
	return 0;
}

const char *const *group_names(size_t *n)
{
	static const char *names[ARRAY_SIZE(groups)];

	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		names[i] = groups[i].name;
	*n = ARRAY_SIZE(groups);
	return names;
}
