/* What Debian's own units lack, as drop-ins beside them, and a unit of ours: systemd.unit(5). */
#include "installer/target/settings.h"

#include "base/file.h"
#include "base/util.h"

static const struct {
	const char *unit, *text;
} dropins[] = {
	/* It runs while /run/lock is mounted over the initramfs's folder of LVM's locks, and finds neither.
	 */
	{ "lvm2-monitor.service", "[Unit]\nRequiresMountsFor=/run/lock\n" },
};

/*
 * Guests that start with the host are started by the toolkit, which sees first whose their volumes are;
 * xendomains(8) saves and restores them. KillMode: the xl of each guest stays behind.
 */
static const char guests_unit[] = "[Unit]\n"
				  "Description=Start guests with the host\n"
				  "After=xendomains.service network-online.target multipathd.service\n"
				  "Wants=network-online.target\n"
				  "ConditionDirectoryNotEmpty=/etc/xen/start\n"
				  "\n"
				  "[Service]\n"
				  "Type=exec\n"
				  "RemainAfterExit=yes\n"
				  "KillMode=process\n"
				  "ExecStart=/usr/sbin/xenith guest start --auto\n"
				  "\n"
				  "[Install]\n"
				  "WantedBy=multi-user.target\n";

int units_guests(const char *root, struct door *door, struct err *err)
{
	auto_free char *xendomains = path_join(root, "usr/lib/systemd/system/xendomains.service");
	auto_free char *unit = path_join(root, "etc/systemd/system/xenith-guests.service");
	auto_free char *wants = path_join(root, "etc/systemd/system/multi-user.target.wants");
	auto_free char *link = path_join(wants, "xenith-guests.service");
	int r;

	if (!file_exists(xendomains) || file_exists(unit))
		return 0;
	r = door_write(door, unit, guests_unit, strlen(guests_unit), 0644, err);
	if (!r)
		r = door_mkdirs(door, wants, 0755, err);
	return r ? r : door_symlink(door, "../xenith-guests.service", link, err);
}

int units_apply(const char *root, struct door *door, struct err *err)
{
	int r = 0;

	for (size_t i = 0; !r && i < ARRAY_SIZE(dropins); i++) {
		auto_free char *unit = xasprintf("%s/usr/lib/systemd/system/%s", root, dropins[i].unit);
		auto_free char *path =
			xasprintf("%s/etc/systemd/system/%s.d/xenith.conf", root, dropins[i].unit);

		if (file_exists(unit))
			r = door_write(door, path, dropins[i].text, strlen(dropins[i].text), 0644, err);
	}
	return r ? r : units_guests(root, door, err);
}
