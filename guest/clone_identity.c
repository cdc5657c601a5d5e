#include "guest/clone_identity.h"

#include <ctype.h>

#include "base/file.h"
#include "base/util.h"
#include "base/within.h"
#include "guest/inside.h"
#include "guest/xlcfg_word.h"
#include "installer/target/target.h"

#define KEY_DIR  "/run/xenith/keys-"
#define KEYGEN_S 300

/* Where the network's files name cards by their MAC: networkd, ifupdown, NetworkManager, netplan, udev. */
static const char *const net_folders[] = {
	"etc/systemd/network",
	"etc/network/interfaces.d",
	"etc/NetworkManager/system-connections",
	"etc/sysconfig/network-scripts",
	"etc/netplan",
	"etc/udev/rules.d",
};

/* Seeds and secrets that no two machines may share; each is made anew where it is missing. */
static const char *const private_files[] = { "var/lib/systemd/random-seed",
					     "var/lib/systemd/credential.secret",
					     "var/lib/NetworkManager/secret_key" };

struct identity {
	const char *root, *name;
	struct door *door;
};

static bool in_word(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_';
}

/* Every old that is a word of its own, whatever its case, by fresh; whether there was one. */
static bool replace_words(const char *text, const char *old, const char *fresh, struct buf *ret)
{
	size_t len = strlen(old);
	bool any = false;

	for (const char *s = text; *s;) {
		if (len && strncasecmp(s, old, len) == 0 && !in_word(s[len]) &&
		    (s == text || !in_word(s[-1]))) {
			buf_adds(ret, fresh);
			s += len;
			any = true;
		} else {
			buf_addc(ret, *s++);
		}
	}
	return any;
}

static int replace_in(const struct identity *id, const char *path, const char *old, const char *fresh,
		      struct err *err)
{
	auto_buf text = { 0 }, b = { 0 };

	if (within_read(id->root, path, &text, NULL) || strlen(buf_str(&text)) != text.len ||
	    !replace_words(buf_str(&text), old, fresh, &b))
		return 0;
	return door_write_within(id->door, id->root, path, &b, 0644, err);
}

/* The domain behind it stays. */
static int set_hostname(const struct identity *id, const char *old_name, struct err *err)
{
	auto_buf text = { 0 }, b = { 0 };

	if (within_read(id->root, "etc/hostname", &text, NULL) ||
	    !replace_words(buf_str(&text), old_name, id->name, &b)) {
		buf_clear(&b);
		buf_addf(&b, "%s\n", id->name);
	}
	return door_write_within(id->door, id->root, "etc/hostname", &b, 0644, err);
}

static int replace_mac(const struct identity *id, const char *old, const char *fresh, struct err *err)
{
	int r = replace_in(id, "etc/network/interfaces", old, fresh, err);

	for (size_t i = 0; i < ARRAY_SIZE(net_folders); i++) {
		auto_argv names = { 0 };

		within_names(id->root, net_folders[i], &names);
		for (size_t k = 0; !r && k < names.n; k++) {
			auto_free char *path = path_join(net_folders[i], names.v[k]);

			r = replace_in(id, path, old, fresh, err);
		}
	}
	return r;
}

static int replace_macs(const struct identity *id, const json_t *old_config, const json_t *config,
			struct err *err)
{
	const json_t *olds = json_object_get(old_config, "vif"), *fresh = json_object_get(config, "vif");
	int r = 0;

	for (size_t i = 0; !r && i < json_array_size(olds) && i < json_array_size(fresh); i++) {
		auto_free char *a = xlcfg_vif_get(json_string_value(json_array_get(olds, i)), "mac");
		auto_free char *b = xlcfg_vif_get(json_string_value(json_array_get(fresh, i)), "mac");

		if (a && b)
			r = replace_mac(id, a, b, err);
	}
	return r;
}

static int set_machine_id(const struct identity *id, struct err *err)
{
	static const char dbus[] = "var/lib/dbus/machine-id";
	auto_buf b = { 0 }, there = { 0 };
	int r = machine_id_make(&b, err);

	if (!r)
		r = door_write_within(id->door, id->root, "etc/machine-id", &b, 0444, err);
	/* Most have a link there. */
	if (!r && !within_read(id->root, dbus, &there, NULL) && !str_eq(buf_str(&there), buf_str(&b)))
		r = door_write_within(id->door, id->root, dbus, &b, 0444, err);
	return r;
}

/* A pair of keys in place of the one that is there, made by this host's program. */
static int new_key(const struct identity *id, const char *dir, const char *type, struct err *err)
{
	static const char *const parts[] = { "", ".pub" };
	auto_free char *key = xasprintf("%s/%s", dir, type);
	auto_free char *comment = xasprintf("root@%s", id->name);
	int r = door_runl_for(id->door, KEYGEN_S, err, "ssh-keygen", "-q", "-t", type, "-N", "", "-C",
			      comment, "-f", key, NULL);

	for (size_t i = 0; !r && i < ARRAY_SIZE(parts); i++) {
		auto_free char *from = xasprintf("%s%s", key, parts[i]);
		auto_free char *to = xasprintf("etc/ssh/ssh_host_%s_key%s", type, parts[i]);
		auto_buf b = { 0 };

		r = file_read(from, &b, err);
		if (!r)
			r = door_write_within(id->door, id->root, to, &b, i ? 0644 : 0600, err);
	}
	return r;
}

/* Of each type that there is; what else there is, a certificate say, speaks of the old ones. */
static int new_host_keys(const struct identity *id, struct err *err)
{
	static const char *const types[] = { "rsa", "ecdsa", "ed25519" };
	auto_free char *dir = xasprintf(KEY_DIR "%s", id->name);
	auto_argv names = { 0 };
	int r = door_mkdirs(id->door, dir, 0700, err);

	within_names(id->root, "etc/ssh", &names);
	for (size_t i = 0; !r && i < ARRAY_SIZE(types); i++) {
		auto_free char *key = xasprintf("ssh_host_%s_key", types[i]);

		if (argv_has(&names, key))
			r = new_key(id, dir, types[i], err);
	}
	for (size_t i = 0; !r && i < names.n; i++) {
		auto_free char *path = path_join("etc/ssh", names.v[i]);

		if (str_starts(names.v[i], "ssh_host_") &&
		    (str_ends(names.v[i], "-cert.pub") || strstr(names.v[i], "_dsa_")))
			r = door_remove_within(id->door, id->root, path, err);
	}
	file_remove_tree(dir, NULL);
	return r;
}

static int make_own(const struct identity *id, const char *old_name, const json_t *old_config,
		    const json_t *config, bool new_groups, struct err *err)
{
	int r = set_hostname(id, old_name, err);

	if (!r)
		r = replace_in(id, "etc/hosts", old_name, id->name, err);
	if (!r)
		r = replace_macs(id, old_config, config, err);
	if (!r)
		r = set_machine_id(id, err);
	for (size_t i = 0; !r && i < ARRAY_SIZE(private_files); i++)
		r = door_remove_within(id->door, id->root, private_files[i], err);
	/* It names physical volumes by their UUIDs, and LVM uses no other ones (lvmdevices(8)). */
	if (!r && new_groups)
		r = door_remove_within(id->door, id->root, "etc/lvm/devices/system.devices", err);
	return r ? r : new_host_keys(id, err);
}

int guest_clone_identity(const struct argv *disks, const char *old_name, const char *name,
			 const json_t *old_config, const json_t *config, struct guest_journal *j, bool *done,
			 struct door *door, struct err *err)
{
	struct guest_inside in = { 0 };
	struct identity id = { .name = name, .door = door };
	auto_argv paths = { 0 };
	int r;

	for (size_t i = 0; i < disks->n; i++)
		argv_add(&paths, strchr(disks->v[i], '\n') + 1);
	r = guest_inside_open(&paths, name, GUEST_INSIDE_WRITE, j, &in, door, err);
	*done = !r && in.root;
	id.root = in.root;
	if (*done)
		r = make_own(&id, old_name, old_config, config, in.groups.n, err);
	return guest_inside_close(&in, r, door, err);
}
