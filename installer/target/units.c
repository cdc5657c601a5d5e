/* What Debian's own units lack, as drop-ins beside them, systemd.unit(5). */
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
	return r;
}
