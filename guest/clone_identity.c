#include "guest/clone_identity.h"

#include "base/file.h"
#include "base/util.h"
#include "guest/xlcfg_word.h"
#include "installer/target/target.h"
#include "packages/chroot.h"

#define MOUNT_DIR "/run/xenith/clone-"

/* Every `old` in a file by `fresh`; no file is no error. */
static int replace_in(const char *root, const char *path, const char *old, const char *fresh,
		      struct door *door, struct err *err)
{
	auto_free char *full = path_join(root, path);
	auto_buf text = { 0 }, b = { 0 };
	const char *s, *hit;

	if (!file_exists(full) || !old || !*old || file_read(full, &text, NULL))
		return 0;
	for (s = buf_str(&text); (hit = strstr(s, old)); s = hit + strlen(old)) {
		buf_add(&b, s, (size_t)(hit - s));
		buf_adds(&b, fresh);
	}
	buf_adds(&b, s);
	return door_write(door, full, b.data, b.len, 0644, err);
}

static int new_host_keys(const char *root, struct door *door, struct err *err)
{
	auto_free char *keys = path_join(root, "etc/ssh");
	auto_free char *keygen = path_join(root, "usr/bin/ssh-keygen");
	struct chroot jail = { 0 };
	auto_run run = { .chroot = root, .timeout_s = 300 };
	int r;

	if (!file_exists(keygen))
		return 0;
	r = door_runl(door, err, "find", keys, "-name", "ssh_host_*", "-delete", NULL);
	if (!r)
		r = chroot_open(&jail, root, door, err);
	if (r)
		return r;
	argv_addl(&run.argv, "ssh-keygen", "-A", NULL);
	chroot_run_setup(&run);
	r = door_run(door, &run, err);
	return chroot_close(&jail, r, err);
}

static int make_own(const char *root, const char *old_name, const char *name, const json_t *old_config,
		    const json_t *config, struct door *door, struct err *err)
{
	const json_t *olds = json_object_get(old_config, "vif"), *fresh = json_object_get(config, "vif");
	auto_free char *line = xasprintf("%s\n", name);
	int r = door_write_below(door, root, "etc/hostname", line, 0644, err);

	if (!r)
		r = replace_in(root, "etc/hosts", old_name, name, door, err);
	for (size_t i = 0; !r && i < json_array_size(olds) && i < json_array_size(fresh); i++) {
		auto_free char *a = xlcfg_vif_get(json_string_value(json_array_get(olds, i)), "mac");
		auto_free char *b = xlcfg_vif_get(json_string_value(json_array_get(fresh, i)), "mac");

		if (a && b)
			r = replace_in(root, "etc/systemd/network/10-guest.network", a, b, door, err);
	}
	if (!r)
		r = target_machine_id(root, door, err);
	return r ? r : new_host_keys(root, door, err);
}

int guest_clone_identity(const char *disk, const char *old_name, const char *name, const json_t *old_config,
			 const json_t *config, bool *done, struct door *door, struct err *err)
{
	auto_free char *dir = xasprintf(MOUNT_DIR "%s", name);
	auto_free char *etc = path_join(dir, "etc/machine-id");
	auto_buf type = { 0 };
	auto_run ask = { .out = &type, .timeout_s = 60 };
	struct err umount = { 0 };
	int r, u;

	*done = false;
	argv_addl(&ask.argv, "blkid", "-p", "-s", "TYPE", "-o", "value", disk, NULL);
	if (door_run(door, &ask, NULL) ||
	    !(str_starts(buf_str(&type), "ext") || str_starts(buf_str(&type), "xfs")))
		return 0;
	r = door_mkdirs(door, dir, 0700, err);
	if (!r)
		r = door_runl(door, err, "mount", "-o",
			      str_starts(disk, "/dev/") ? "noatime" : "noatime,loop", disk, dir, NULL);
	if (r)
		return r;
	if (file_exists(etc)) {
		r = make_own(dir, old_name, name, old_config, config, door, err);
		*done = !r;
	}
	u = door_umount(door, dir, 0, &umount);
	rmdir(dir);
	return r || !u ? r : err_set(err, umount.code, "%s", umount.msg);
}
