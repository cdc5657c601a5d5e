#include "guest/clone.h"

#include <sys/random.h>

#include "base/file.h"
#include "base/util.h"
#include "guest/manage.h"
#include "guest/record.h"
#include "guest/volume.h"
#include "guest/xlcfg.h"
#include "guest/xlcfg_word.h"
#include "packages/chroot.h"

#define COPY_S    86400
#define MOUNT_DIR "/run/xenith/clone-"

/* "web1-disk2" of guest web1 becomes "web2-disk2" of web2; a name of its own gets the new one in front. */
static char *new_name(const char *old, const char *guest, const char *name)
{
	if (str_starts(old, guest) && (!old[strlen(guest)] || strchr("-._", old[strlen(guest)])))
		return xasprintf("%s%s", name, old + strlen(guest));
	return xasprintf("%s-%s", name, old);
}

static char *new_place(const struct guest_volume *v, const char *guest, const char *name)
{
	const char *slash = strrchr(v->target, '/');
	auto_free char *base = new_name(v->lv ? v->lv : slash + 1, guest, name);

	return v->lv ? xasprintf("/dev/%s/%s", v->vg, base)
		     : xasprintf("%.*s/%s", (int)(slash - v->target), v->target, base);
}

static bool mac_taken(const struct guest_host *host, const char *mac)
{
	for (size_t i = 0; i < host->n_guests; i++) {
		const json_t *v;
		size_t k;

		json_array_foreach (json_object_get(host->guests[i].config, "vif"), k, v) {
			auto_free char *m =
				json_is_string(v) ? xlcfg_vif_get(json_string_value(v), "mac") : NULL;

			if (m && strcasecmp(m, mac) == 0)
				return true;
		}
	}
	return false;
}

static void new_vifs(const struct guest_host *host, json_t *config, const char *name)
{
	json_t *vifs = json_object_get(config, "vif"), *fresh = json_array();
	const json_t *v;
	size_t i;

	json_array_foreach (vifs, i, v) {
		const char *word = json_string_value(v) ? json_string_value(v) : "";
		auto_free char *mac = NULL, *set = NULL;
		auto_argv parts = { 0 };
		auto_buf b = { 0 };

		for (unsigned turn = 0; !mac || mac_taken(host, mac); turn++) {
			free(mac);
			mac = guest_mac(name, (unsigned)i, turn);
		}
		set = xlcfg_word_set(word, "mac", mac);
		argv_split(&parts, set, ",");
		for (size_t k = 0; k < parts.n; k++) {
			const char *p = parts.v[k] + strspn(parts.v[k], " ");

			/* Both are of the one guest. */
			if (!str_starts(p, "vifname=") && !str_starts(p, "ip="))
				buf_addf(&b, "%s%s", b.len ? "," : "", p);
		}
		json_array_append_new(fresh, json_string(buf_str(&b)));
	}
	json_object_set_new(config, "vif", fresh);
}

static int new_disks(const struct guest_host *host, const struct guest_volumes *vols, json_t *config,
		     const char *old_name, const char *name, struct argv *places, struct err *err)
{
	json_t *disks = json_array();
	int r = 0;

	for (size_t i = 0; !r && i < vols->n; i++) {
		const struct guest_volume *v = &vols->v[i];
		auto_free char *place = NULL, *word = NULL;
		const char *at = v->target ? strstr(v->word, v->target) : NULL;

		if (v->read_only || !at) {
			json_array_append_new(disks, json_string(v->word));
			continue;
		}
		if (!v->lv && str_starts(v->target, "/dev/")) {
			r = err_set(err, ERR_GUEST_DISK,
				    "%s is neither a logical volume nor a file: it can't be cloned",
				    v->target);
			continue;
		}
		place = new_place(v, old_name, name);
		for (size_t k = 0; k < host->n_lvs; k++) {
			auto_free char *path = xasprintf("/dev/%s/%s", host->lvs[k].vg, host->lvs[k].name);

			if (strcmp(path, place) == 0)
				r = err_set(err, ERR_GUEST_THERE, "%s is there already", place);
		}
		if (!v->lv && file_exists(place))
			r = err_set(err, ERR_GUEST_THERE, "%s is there already", place);
		argv_addf(places, "%s\n%s", v->target, place);
		word = xasprintf("%.*s%s%s", (int)(at - v->word), v->word, place, at + strlen(v->target));
		json_array_append_new(disks, json_string(word));
	}
	json_object_set_new(config, "disk", disks);
	return r;
}

/* A kernel that is kept beside the guest is kept beside the new one; its start puts it there. */
static void new_kernel(json_t *config, const char *old_name, const char *name)
{
	static const char *const keys[] = { "kernel", "ramdisk" };
	auto_free char *old = xasprintf(GUEST_STATE_DIR "/%s/", old_name);

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *value = xlcfg_str(config, keys[i]);
		auto_free char *fresh = NULL;

		if (!value || !str_starts(value, old))
			continue;
		fresh = xasprintf(GUEST_STATE_DIR "/%s/%s", name, value + strlen(old));
		json_object_set_new(config, keys[i], json_string(fresh));
	}
}

int guest_clone_config(const struct guest_host *host, const json_t *config, const char *name, json_t **ret,
		       struct argv *places, struct err *err)
{
	auto_free char *text = xasprintf("xenith guest %s %s", host->id, name);
	auto_free char *uuid = guest_uuid(text);
	const char *old_name = xlcfg_str(config, "name");
	auto_free char *file = xasprintf("/etc/xen/%s.cfg", name);
	struct guest_volumes vols = { 0 };
	json_t *c;
	int r;

	if (!guest_name_ok(name))
		return err_set(err, ERR_USAGE, "\"%s\" can't name a guest", name);
	if (guest_host_find(host, name) || file_exists(file))
		return err_set(err, ERR_GUEST_THERE, "there is a guest %s already", name);
	c = json_deep_copy(config);
	json_object_set_new(c, "name", json_string(name));
	json_object_set_new(c, "uuid", json_string(uuid));
	new_kernel(c, old_name ? old_name : "", name);
	new_vifs(host, c, name);
	guest_volumes_of(host, config, &vols);
	r = new_disks(host, &vols, c, old_name, name, places, err);
	guest_volumes_clear(&vols);
	if (r)
		json_decref(c);
	else
		*ret = c;
	return r;
}

static int put(const char *root, const char *path, const char *text, mode_t mode, struct door *door,
	       struct err *err)
{
	auto_free char *full = path_join(root, path);

	return door_write(door, full, text, strlen(text), mode, err);
}

static int new_machine_id(const char *root, struct door *door, struct err *err)
{
	unsigned char id[16];
	auto_buf b = { 0 };

	if (getrandom(id, sizeof(id), 0) != (ssize_t)sizeof(id))
		return err_sys(err, "cannot make a machine id: no random bytes");
	id[6] = (unsigned char)((id[6] & 0x0f) | 0x40);
	id[8] = (unsigned char)((id[8] & 0x3f) | 0x80);
	for (size_t i = 0; i < sizeof(id); i++)
		buf_addf(&b, "%02x", id[i]);
	buf_addc(&b, '\n');
	return put(root, "etc/machine-id", buf_str(&b), 0444, door, err);
}

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
	int r = put(root, "etc/hostname", line, 0644, door, err);

	if (!r)
		r = replace_in(root, "etc/hosts", old_name, name, door, err);
	for (size_t i = 0; !r && i < json_array_size(olds) && i < json_array_size(fresh); i++) {
		auto_free char *a = xlcfg_vif_get(json_string_value(json_array_get(olds, i)), "mac");
		auto_free char *b = xlcfg_vif_get(json_string_value(json_array_get(fresh, i)), "mac");

		if (a && b)
			r = replace_in(root, "etc/systemd/network/10-guest.network", a, b, door, err);
	}
	if (!r)
		r = new_machine_id(root, door, err);
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

static int copy_volume(const struct guest_host *host, const struct guest_volume *v, const char *place,
		       const char *name, struct guest_journal *j, struct door *door, struct err *err)
{
	const struct guest_lv *lv = v->lv ? guest_host_lv(host, v->vg, v->lv) : NULL;
	auto_free char *tag = xasprintf("xenith.guest.%s", name);
	auto_free char *what = lv ? xasprintf("%s/%s", v->vg, strrchr(place, '/') + 1) : NULL;
	auto_free char *origin = lv ? xasprintf("%s/%s", v->vg, v->lv) : NULL;
	auto_run copy = { .timeout_s = COPY_S };
	int r = guest_journal_add(j, lv ? "lv" : "file", lv ? what : place, err);

	if (r)
		return r;
	if (!lv)
		return door_runl(door, err, "cp", "--sparse=always", "--reflink=auto", v->target, place,
				 NULL);
	if (lv->pool) /* a thin snapshot is a volume as any other */
		return door_runl(door, err, "lvm", "lvcreate", "--yes", "-s", "-kn", "-ay", "-n",
				 strrchr(place, '/') + 1, "--addtag", tag, origin, NULL);
	{
		auto_free char *size = xasprintf("%llub", (unsigned long long)lv->size_bytes);

		r = door_runl(door, err, "lvm", "lvcreate", "--yes", "--wipesignatures", "y", "-n",
			      strrchr(place, '/') + 1, "-L", size, "--addtag", tag, v->vg, NULL);
	}
	argv_addl(&copy.argv, "dd", "bs=4M", "conv=fsync", "status=none", NULL);
	argv_addf(&copy.argv, "if=%s", v->target);
	argv_addf(&copy.argv, "of=%s", place);
	return r ? r : door_run(door, &copy, err);
}

static int copy_all(const struct guest_host *host, const struct guest_known *guest, const struct argv *places,
		    const char *name, struct guest_journal *j, struct door *door, struct err *err)
{
	struct guest_volumes vols = { 0 };
	size_t n = 0;
	int r = 0;

	guest_volumes_of(host, guest->config, &vols);
	for (size_t i = 0; !r && i < vols.n; i++)
		if (!vols.v[i].read_only && vols.v[i].target && n < places->n)
			r = copy_volume(host, &vols.v[i], strchr(places->v[n++], '\n') + 1, name, j, door,
					err);
	guest_volumes_clear(&vols);
	return r;
}

static int write_new(const struct guest_known *guest, const char *name, const json_t *config,
		     const struct argv *places, struct guest_journal *j, struct door *door, struct err *err)
{
	auto_free char *path = xasprintf("/etc/xen/%s.cfg", name);
	auto_free char *record_path = xasprintf(GUEST_RECORD_DIR "/%s.json", name);
	auto_json *record = json_object(), *disks = json_array();
	auto_buf b = { 0 };
	int r = guest_journal_add(j, "config", path, err);

	buf_addf(&b, "# Written by xenith guest: made of guest %s. xl.cfg(5)\n", guest->name);
	xlcfg_print(config, &b);
	if (!r)
		r = door_write(door, path, b.data, b.len, 0600, err);
	json_put_str(record, "name", name);
	json_put_str(record, "clone_of", guest->name);
	for (size_t i = 0; i < places->n; i++)
		json_array_append_new(disks, json_pack("{s:s, s:s}", "kind", "clone", "path",
						       strchr(places->v[i], '\n') + 1));
	json_object_set_new(record, "disks", json_incref(disks));
	if (!r)
		r = guest_journal_add(j, "state", record_path, err);
	return r ? r : guest_record_write(name, record, door, err);
}

int guest_clone(const struct guest_host *host, const struct guest_known *guest, const char *name, bool *own,
		struct door *door, struct err *err)
{
	struct guest_journal j = { .fd = -1 };
	auto_argv places = { 0 };
	json_t *config = NULL;
	struct err undo = { 0 };
	int r = guest_must_be_off(guest->name, "clone", err);

	if (!r)
		r = guest_clone_config(host, guest->config, name, &config, &places, err);
	if (!r)
		r = guest_journal_open(name, &j, err);
	if (r) {
		json_decref(config);
		return r;
	}
	r = copy_all(host, guest, &places, name, &j, door, err);
	if (!r && places.n)
		r = guest_clone_identity(strchr(places.v[0], '\n') + 1, guest->name, name, guest->config,
					 config, own, door, err);
	if (!r)
		r = write_new(guest, name, config, &places, &j, door, err);
	if (!r)
		r = guest_journal_done(&j, err);
	else
		guest_journal_undo(&j, door, &undo);
	guest_journal_close(&j);
	json_decref(config);
	return r;
}
