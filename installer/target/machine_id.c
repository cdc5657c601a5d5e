#include <sys/random.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/target/target.h"

int machine_id_make(struct buf *ret, struct err *err)
{
	unsigned char id[16];

	if (getrandom(id, sizeof(id), 0) != (ssize_t)sizeof(id))
		return err_sys(err, "cannot make a machine id: no random bytes");
	id[6] = (unsigned char)((id[6] & 0x0f) | 0x40); /* a version 4 UUID, RFC 9562 */
	id[8] = (unsigned char)((id[8] & 0x3f) | 0x80);
	for (size_t i = 0; i < sizeof(id); i++)
		buf_addf(ret, "%02x", id[i]);
	buf_addc(ret, '\n');
	return 0;
}

int target_machine_id(const char *root, struct door *door, struct err *err)
{
	auto_free char *path = path_join(root, "etc/machine-id");
	auto_free char *dbus = path_join(root, "var/lib/dbus/machine-id");
	auto_buf b = { 0 };
	int r = machine_id_make(&b, err);

	if (r)
		return r;
	r = door_write(door, path, b.data, b.len, 0444, err);
	if (!r && file_exists(dbus))
		r = door_symlink(door, "/etc/machine-id", dbus, err);
	return r;
}
