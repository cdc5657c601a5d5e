/* cloud-init's user-data, and the Ubuntu installer's autoinstall in it. */
#include "answers/netplan.h"
#include "answers/value.h"
#include "base/util.h"

#define S   YAML_STR
#define B   YAML_BOOL
#define I   YAML_INT
#define L   YAML_LIST
#define M   YAML_MAP
#define NIL YAML_NULL
#define ANY UINT32_MAX

static const char *hash_type(const char *s)
{
	return strcmp(s, "hash") == 0 || strcmp(s, "text") == 0 || strcmp(s, "RANDOM") == 0
		       ? NULL
		       : "is neither hash nor text nor RANDOM";
}

/* The answers are in a file that others may read: only hashes are taken. */
static const char *plain(const char *s)
{
	(void)s;
	return "a plain-text password: write its hash, ${name|crypt}";
}

static const struct yaml_rule chpasswd_user[] = {
	{ "name", S, NULL, 0, NULL, true },
	{ "password", S, NULL, 0, answer_hash, false },
	{ "type", S, NULL, 0, hash_type, false },
	{ 0 },
};

static const struct yaml_rule chpasswd[] = {
	{ "expire", B, NULL, 0, NULL, false },
	{ "users", L, chpasswd_user, M, NULL, false },
	{ "list", L | S, NULL, S, NULL, false },
	{ 0 },
};

static const struct yaml_rule user[] = {
	{ "name", S, NULL, 0, NULL, false },
	{ "gecos", S, NULL, 0, NULL, false },
	{ "groups", S | L | M, NULL, 0, NULL, false },
	{ "primary_group", S, NULL, 0, NULL, false },
	{ "homedir", S, NULL, 0, NULL, false },
	{ "shell", S, NULL, 0, NULL, false },
	{ "sudo", S | L | B | NIL, NULL, S, NULL, false },
	{ "passwd", S, NULL, 0, answer_hash, false },
	{ "hashed_passwd", S, NULL, 0, answer_hash, false },
	{ "plain_text_passwd", S, NULL, 0, plain, false },
	{ "lock_passwd", B, NULL, 0, NULL, false },
	{ "lock-passwd", B, NULL, 0, NULL, false },
	{ "ssh_authorized_keys", L, NULL, S, answer_ssh_key, false },
	{ "ssh_import_id", L, NULL, S, NULL, false },
	{ "ssh_redirect_user", B, NULL, 0, NULL, false },
	{ "uid", I | S, NULL, 0, NULL, false },
	{ "system", B, NULL, 0, NULL, false },
	{ "no_create_home", B, NULL, 0, NULL, false },
	{ "no_user_group", B, NULL, 0, NULL, false },
	{ "no_log_init", B, NULL, 0, NULL, false },
	{ "create_groups", B, NULL, 0, NULL, false },
	{ "expiredate", S, NULL, 0, NULL, false },
	{ "inactive", S, NULL, 0, NULL, false },
	{ "selinux_user", S, NULL, 0, NULL, false },
	{ "snapuser", S, NULL, 0, NULL, false },
	{ "doas", L, NULL, S, NULL, false },
	{ 0 },
};

static const struct yaml_rule ntp[] = {
	{ "enabled", B, NULL, 0, NULL, false },          { "servers", L, NULL, S, answer_hostname, false },
	{ "pools", L, NULL, S, answer_hostname, false }, { "ntp_client", S, NULL, 0, NULL, false },
	{ "config", M, NULL, 0, NULL, false },           { 0 },
};

static const struct yaml_rule write_file[] = {
	{ "path", S, NULL, 0, NULL, true },
	{ "content", S, NULL, 0, NULL, false },
	{ "owner", S, NULL, 0, NULL, false },
	{ "permissions", S, NULL, 0, NULL, false },
	{ "encoding", S, NULL, 0, NULL, false },
	{ "append", B, NULL, 0, NULL, false },
	{ "defer", B, NULL, 0, NULL, false },
	{ "source", M, NULL, 0, NULL, false },
	{ 0 },
};

static const struct yaml_rule keyboard[] = {
	{ "layout", S, NULL, 0, NULL, true },        { "variant", S, NULL, 0, NULL, false },
	{ "model", S, NULL, 0, NULL, false },        { "options", S, NULL, 0, NULL, false },
	{ "toggle", S | NIL, NULL, 0, NULL, false }, { 0 },
};

static const struct yaml_rule power_state[] = {
	{ "mode", S, NULL, 0, NULL, true },
	{ "delay", S | I, NULL, 0, NULL, false },
	{ "message", S, NULL, 0, NULL, false },
	{ "timeout", I, NULL, 0, NULL, false },
	{ "condition", S | B | L, NULL, 0, NULL, false },
	{ 0 },
};

#define CLOUD_KEYS                                                                                           \
	{ "hostname", S, NULL, 0, answer_hostname, false }, { "fqdn", S, NULL, 0, answer_hostname, false },  \
		{ "preserve_hostname", B, NULL, 0, NULL, false },                                            \
		{ "prefer_fqdn_over_hostname", B, NULL, 0, NULL, false },                                    \
		{ "manage_etc_hosts", B | S, NULL, 0, NULL, false },                                         \
		{ "create_hostname_file", B, NULL, 0, NULL, false },                                         \
		{ "locale", S | B, NULL, 0, NULL, false }, { "locale_configfile", S, NULL, 0, NULL, false }, \
		{ "timezone", S, NULL, 0, NULL, false }, { "keyboard", M, keyboard, 0, NULL, false },        \
		{ "users", L | S | M, user, S | M | L, NULL, false },                                        \
		{ "user", S | M, user, 0, NULL, false }, { "groups", S | L | M, NULL, 0, NULL, false },      \
		{ "password", S, NULL, 0, answer_hash, false }, { "chpasswd", M, chpasswd, 0, NULL, false }, \
		{ "ssh_pwauth", B | S, NULL, 0, NULL, false }, { "disable_root", B, NULL, 0, NULL, false },  \
		{ "disable_root_opts", S, NULL, 0, NULL, false },                                            \
		{ "ssh_authorized_keys", L, NULL, S, answer_ssh_key, false },                                \
		{ "ssh_import_id", L, NULL, S, NULL, false }, { "ssh_keys", M, NULL, 0, NULL, false },       \
		{ "ssh_deletekeys", B, NULL, 0, NULL, false },                                               \
		{ "ssh_genkeytypes", L, NULL, S, NULL, false },                                              \
		{ "ssh_quiet_keygen", B, NULL, 0, NULL, false }, { "ssh", M, NULL, 0, NULL, false },         \
		{ "ssh_publish_hostkeys", M, NULL, 0, NULL, false },                                         \
		{ "allow_public_ssh_keys", B, NULL, 0, NULL, false },                                        \
		{ "no_ssh_fingerprints", B, NULL, 0, NULL, false },                                          \
		{ "authkey_hash", S, NULL, 0, NULL, false },                                                 \
		{ "packages", L, NULL, S | L | M, NULL, false },                                             \
		{ "package_update", B, NULL, 0, NULL, false },                                               \
		{ "package_upgrade", B, NULL, 0, NULL, false },                                              \
		{ "package_reboot_if_required", B, NULL, 0, NULL, false },                                   \
		{ "apt", M, NULL, 0, NULL, false }, { "apt_pipelining", I | B | S, NULL, 0, NULL, false },   \
		{ "yum_repos", M, NULL, 0, NULL, false }, { "yum_repo_dir", S, NULL, 0, NULL, false },       \
		{ "zypper", M, NULL, 0, NULL, false }, { "apk_repos", M, NULL, 0, NULL, false },             \
		{ "snap", M, NULL, 0, NULL, false }, { "bootcmd", L, NULL, S | L, NULL, false },             \
		{ "runcmd", L, NULL, S | L | NIL, NULL, false },                                             \
		{ "write_files", L, write_file, M, NULL, false }, { "ntp", M | NIL, ntp, 0, NULL, false },   \
		{ "mounts", L, NULL, L, NULL, false }, { "mount_default_fields", L, NULL, 0, NULL, false },  \
		{ "swap", M, NULL, 0, NULL, false }, { "growpart", M, NULL, 0, NULL, false },                \
		{ "resize_rootfs", ANY, NULL, 0, NULL, false }, { "disk_setup", M, NULL, 0, NULL, false },   \
		{ "fs_setup", L, NULL, M, NULL, false }, { "device_aliases", M, NULL, 0, NULL, false },      \
		{ "ca_certs", M, NULL, 0, NULL, false }, { "ca-certs", M, NULL, 0, NULL, false },            \
		{ "rsyslog", M, NULL, 0, NULL, false }, { "resolv_conf", M, NULL, 0, NULL, false },          \
		{ "manage_resolv_conf", B, NULL, 0, NULL, false },                                           \
		{ "final_message", S, NULL, 0, NULL, false }, { "phone_home", M, NULL, 0, NULL, false },     \
		{ "power_state", M, power_state, 0, NULL, false },                                           \
		{ "random_seed", M, NULL, 0, NULL, false }, { "vendor_data", M, NULL, 0, NULL, false },      \
		{ "reporting", M, NULL, 0, NULL, false }, { "updates", M, NULL, 0, NULL, false },            \
		{ "output", M, NULL, 0, NULL, false }, { "merge_how", ANY, NULL, 0, NULL, false },           \
		{ "merge_type", ANY, NULL, 0, NULL, false }, { "datasource", M, NULL, 0, NULL, false },      \
		{ "grub_dpkg", M, NULL, 0, NULL, false }, { "lxd", M, NULL, 0, NULL, false },                \
		{ "landscape", M, NULL, 0, NULL, false }, { "ubuntu_advantage", M, NULL, 0, NULL, false },   \
		{ "ubuntu_pro", M, NULL, 0, NULL, false }, { "drivers", M, NULL, 0, NULL, false },           \
		{ "ansible", M, NULL, 0, NULL, false }, { "puppet", M, NULL, 0, NULL, false },               \
		{ "salt_minion", M, NULL, 0, NULL, false }, { "chef", M, NULL, 0, NULL, false },             \
		{ "mcollective", M, NULL, 0, NULL, false }, { "rh_subscription", M, NULL, 0, NULL, false },  \
		{ "spacewalk", M, NULL, 0, NULL, false }, { "wireguard", M | NIL, NULL, 0, NULL, false },    \
		{ "fan", M, NULL, 0, NULL, false }, { "byobu_by_default", S, NULL, 0, NULL, false },         \
		{ "cloud_init_modules", L, NULL, 0, NULL, false },                                           \
		{ "cloud_config_modules", L, NULL, 0, NULL, false },                                         \
	{                                                                                                    \
		"cloud_final_modules", L, NULL, 0, NULL, false                                               \
	}

static const struct yaml_rule user_data[] = { CLOUD_KEYS, { 0 } };

static const struct yaml_rule identity[] = {
	{ "hostname", S, NULL, 0, answer_hostname, true },
	{ "username", S, NULL, 0, NULL, true },
	{ "password", S, NULL, 0, answer_hash, true },
	{ "realname", S, NULL, 0, NULL, false },
	{ 0 },
};

static const struct yaml_rule ssh[] = {
	{ "install-server", B, NULL, 0, NULL, false },
	{ "authorized-keys", L, NULL, S, answer_ssh_key, false },
	{ "allow-pw", B, NULL, 0, NULL, false },
	{ 0 },
};

static const struct yaml_rule layout[] = {
	{ "name", S, NULL, 0, NULL, true },
	{ "match", M | L, NULL, 0, NULL, false },
	{ "sizing-policy", S, NULL, 0, NULL, false },
	{ "password", S, NULL, 0, NULL, false },
	{ "reset-partition", B | S | I, NULL, 0, NULL, false },
	{ "mode", S, NULL, 0, NULL, false },
	{ 0 },
};

static const struct yaml_rule storage[] = {
	{ "layout", M, layout, 0, NULL, false }, { "config", L, NULL, M, NULL, false },
	{ "swap", M, NULL, 0, NULL, false },     { "grub", M, NULL, 0, NULL, false },
	{ "version", I, NULL, 0, NULL, false },  { 0 },
};

static const struct yaml_rule apt[] = {
	{ "preserve_sources_list", B, NULL, 0, NULL, false },
	{ "primary", L, NULL, M, NULL, false },
	{ "mirror-selection", M, NULL, 0, NULL, false },
	{ "security", L, NULL, M, NULL, false },
	{ "fallback", S, NULL, 0, NULL, false },
	{ "geoip", B, NULL, 0, NULL, false },
	{ "sources", M, NULL, 0, NULL, false },
	{ "sources_list", S, NULL, 0, NULL, false },
	{ "preferences", L, NULL, M, NULL, false },
	{ "conf", S, NULL, 0, NULL, false },
	{ "debconf_selections", M, NULL, 0, NULL, false },
	{ "disable_components", L, NULL, S, NULL, false },
	{ "disable_suites", L, NULL, S, NULL, false },
	{ "http_proxy", S, NULL, 0, NULL, false },
	{ "https_proxy", S, NULL, 0, NULL, false },
	{ "proxy", S, NULL, 0, NULL, false },
	{ 0 },
};

static const struct yaml_rule autoinstall[] = {
	{ "version", I, NULL, 0, NULL, true },
	{ "interactive-sections", L, NULL, S, NULL, false },
	{ "early-commands", L, NULL, S | L, NULL, false },
	{ "late-commands", L, NULL, S | L, NULL, false },
	{ "error-commands", L, NULL, S | L, NULL, false },
	{ "locale", S, NULL, 0, NULL, false },
	{ "refresh-installer", M, NULL, 0, NULL, false },
	{ "keyboard", M, keyboard, 0, NULL, false },
	{ "source", M, NULL, 0, NULL, false },
	{ "network", M, NULL, 0, NULL, false },
	{ "proxy", S | NIL, NULL, 0, answer_url, false },
	{ "apt", M, apt, 0, NULL, false },
	{ "storage", M, storage, 0, NULL, false },
	{ "identity", M, identity, 0, NULL, false },
	{ "active-directory", M, NULL, 0, NULL, false },
	{ "ubuntu-pro", M, NULL, 0, NULL, false },
	{ "ssh", M, ssh, 0, NULL, false },
	{ "codecs", M, NULL, 0, NULL, false },
	{ "drivers", M, NULL, 0, NULL, false },
	{ "oem", M, NULL, 0, NULL, false },
	{ "snaps", L, NULL, M, NULL, false },
	{ "debconf-selections", S, NULL, 0, NULL, false },
	{ "packages", L, NULL, S, NULL, false },
	{ "kernel", M, NULL, 0, NULL, false },
	{ "kernel-crash-dumps", M, NULL, 0, NULL, false },
	{ "timezone", S, NULL, 0, NULL, false },
	{ "updates", S, NULL, 0, NULL, false },
	{ "shutdown", S, NULL, 0, NULL, false },
	{ "user-data", M, user_data, 0, NULL, false },
	{ "reporting", M, NULL, 0, NULL, false },
	{ "zdevs", L, NULL, M, NULL, false },
	{ 0 },
};

static const struct yaml_rule cloud_config[] = { { "autoinstall", M, autoinstall, 0, NULL, false },
						 CLOUD_KEYS,
						 { 0 } };
static const struct yaml_rule top_rule = { "user-data", M, cloud_config, 0, NULL, false };
static const struct yaml_rule network_rule = { "network", M, netplan_keys, 0, NULL, false };

static void check_autoinstall(struct dialect_check *c, const struct yaml_node *a)
{
	const struct yaml_node *version = yaml_get(a, "version"), *network = yaml_get(a, "network");

	if (version && !str_eq(version->text, "1"))
		dialect_error(c, version->line, "version", "must be 1");
	if (!yaml_get(a, "identity") && !yaml_get(a, "user-data"))
		dialect_error(c, a->line, "autoinstall", "wants identity or user-data");
	/* The first installers wanted it twice. */
	if (yaml_get(network, "network"))
		network = yaml_get(network, "network");
	if (network && network->kind == YAML_MAP)
		yaml_check(c, network, &network_rule);
}

static void check(struct dialect_check *c, bool installer)
{
	static const char first[] = "#cloud-config\n";
	struct arena a = { 0 };
	const struct yaml_node *top = yaml_read(c, &a), *inner = yaml_get(top, "autoinstall");

	if (c->len < strlen(first) || memcmp(c->text, first, strlen(first)) != 0)
		dialect_error(c, 1, NULL, "the first line must be #cloud-config");
	if (top)
		yaml_check(c, top, &top_rule);
	if (inner)
		check_autoinstall(c, inner);
	else if (top && installer)
		dialect_error(c, 0, "autoinstall", "is needed");
	arena_clear(&a);
}

void dialect_check_cloud_config(struct dialect_check *c)
{
	check(c, false);
}

void dialect_check_autoinstall(struct dialect_check *c)
{
	check(c, true);
}
