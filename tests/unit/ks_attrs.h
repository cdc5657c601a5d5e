/*
 * What the reference made of a file (the records' `attrs`) against a struct ks: every attribute must be held
 * by the option it comes from, with that value, or be what the reference takes where the option isn't given.
 */
#ifndef TESTS_KS_ATTRS_H
#define TESTS_KS_ATTRS_H

#include <ctype.h>
#include <jansson.h>

#include "base/util.h"
#include "kickstart/table.h"

/*
 * An attribute that isn't named like its option. With a value the option must be given where the attribute
 * has that value, and as OPTION=VALUE with that one; an option of "" means that the reference takes the value
 * itself.
 */
static const struct attr_name {
	const char *command, *attr, *value, *option;
} attr_names[] = {
#define DEVICE(c)                                                                                   \
	{ c, "mountpoint", "", "MOUNTPOINT" }, { c, "fsopts", "", "--fsoptions" },                  \
		{ c, "mkfsopts", "", "--mkfsoptions" }, { c, "maxSizeMB", "", "--maxsize" },        \
		{ c, "primOnly", "", "--asprimary" }, { c, "disk", "", "--ondisk" },                \
		{ c, "format", "false", "--noformat" }, { c, "preexist", "true", "--useexisting" }, \
		{ c, "preexist", "true", "--noformat" },                                            \
	{                                                                                           \
		c, "members", "", "MEMBER"                                                          \
	}
	DEVICE("part"),
	DEVICE("partition"),
	DEVICE("raid"),
	DEVICE("logvol"),
	DEVICE("btrfs"),
	{ "btrfs", "dataLevel", "", "--data" },
	{ "btrfs", "metaDataLevel", "", "--metadata" },
	{ "btrfs", "devices", "", "MEMBER" },
	{ "logvol", "thin_volume", "", "--thin" },
	{ "volgroup", "vgname", "", "NAME" },
	{ "volgroup", "name", "", "" }, /* all words of the line */
	{ "volgroup", "physvols", "", "PV" },
	{ "volgroup", "format", "false", "--noformat" },
	{ "volgroup", "preexist", "true", "--useexisting" },
	{ "volgroup", "preexist", "true", "--noformat" },
	{ "volgroup", "pesize", "32768", "" },
	{ "volgroup", "pesize", "", "--pesize" },
	{ "rootpw", "isCrypted", "true", "--iscrypted" },
	{ "rootpw", "password", "", "PASSWORD" },
	{ "sshpw", "password", "", "PASSWORD" },
	{ "sshkey", "key", "", "KEY" },
	{ "keyboard", "vc_keymap", "", "--vckeymap" },
	{ "keyboard", "x_layouts", "", "--xlayouts" },
	{ "keyboard", "switch_options", "", "--switch" },
	{ "keyboard", "keyboard", "", "KEYMAP" },
	{ "lang", "lang", "", "LANG" },
	{ "timezone", "timezone", "", "ZONE" },
	{ "bootloader", "appendLine", "", "--append" },
	{ "bootloader", "forceLBA", "", "--lba32" },
	{ "bootloader", "linear", "false", "--nolinear" },
	{ "clearpart", "type", "0", "--linux" },
	{ "clearpart", "type", "1", "--all" },
	{ "clearpart", "type", "2", "--none" },
	{ "clearpart", "type", "3", "--list" },
	{ "clearpart", "initAll", "", "--initlabel" },
	{ "clearpart", "devices", "", "--list" },
	{ "firstboot", "firstboot", "0", "--enable" },
	{ "firstboot", "firstboot", "1", "--disable" },
	{ "firstboot", "firstboot", "2", "--reconfig" },
	{ "selinux", "selinux", "0", "--disabled" },
	{ "selinux", "selinux", "1", "--enforcing" },
	{ "selinux", "selinux", "2", "--permissive" },
	{ "zipl", "secure_boot", "0", "--no-secure-boot" },
	{ "zipl", "secure_boot", "1", "--force-secure-boot" },
	{ "zipl", "secure_boot", "2", "--secure-boot" },
	{ "firewall", "enabled", "false", "--disable" },
	{ "firewall", "trusts", "", "--trust" },
	{ "firewall", "remove_services", "", "--remove-service" },
	{ "ignoredisk", "onlyuse", "", "--only-use" },
	{ "ignoredisk", "ignoredisk", "", "--drives" },
	{ "xconfig", "startX", "", "--startxonboot" },
	{ "rhsm", "activation_keys", "", "--activation-key" },
	{ "syspurpose", "addons", "", "--addon" },
	{ "dmraid", "devices", "", "--dev" },
	{ "monitor", "monitor", "", "--monitor" },
	{ "langsupport", "deflang", "", "--default" },
	{ "langsupport", "supported", "", "LANG" },
	{ "nvdimm", "action", "", "ACTION" },
	{ "mount", "device", "", "DEVICE" },
	{ "mount", "mount_point", "", "MNTPOINT" },
	{ "mount", "mount_opts", "", "--mountoptions" },
	{ "ostreecontainer", "noSignatureVerification", "", "--no-signature-verification" },
	{ "bootc", "sourceImgRef", "", "--source-imgref" },
	{ "driverdisk", "partition", "", "PARTITION" },
	{ "iscsi", "user_in", "", "--reverse-user" },
	{ "iscsi", "port", "3260", "" },
	{ "iscsi", "port", "", "--port" },
	{ "network", "onboot", "true", "" },
	{ "network", "bootProto", "dhcp", "" },
	{ "network", "bootProto", "", "--bootproto" },
	{ "bootloader", "location", "mbr", "" },
	{ "bootloader", "location", "", "--location" },
	{ "lilo", "location", "mbr", "" },
	{ "lilo", "useLilo", "true", "" },
	{ "part", "bytesPerInode", "4096", "" },
	{ "partition", "bytesPerInode", "4096", "" },
	{ "raid", "bytesPerInode", "4096", "" },
	{ "logvol", "bytesPerInode", "4096", "" },
	{ "autopart", "type", "0", "--nolvm" },
	{ "autopart", "type", "0", "--type=plain" },
	{ "autopart", "type", "0", "--type=partition" },
	{ "autopart", "type", "1", "--type=btrfs" },
	{ "autopart", "type", "2", "--type=lvm" },
	{ "autopart", "type", "3", "--type=thinp" },
	{ "snapshot", "when", "0", "--when=post-install" },
	{ "snapshot", "when", "1", "--when=pre-install" },
	{ "mount", "reformat", "true", "--reformat" },
	{ "mount", "format", "", "--reformat" },
	{ "eula", "agreed", "true", "--agreed" },
	{ "eula", "agreed", "true", "--accepted" },
	{ "nvdimm", "mode", "sector", "" },
	{ "langsupport", "deflang", "en_US.UTF-8", "" },
	{ "bootc", "stateroot", "default", "" },
	{ "bootc", "stateroot", "", "--stateroot" },
	{ "bootc", "targetImgRef", "", "--target-imgref" },
	{ "bootc", "targetImgRef", "", "--source-imgref" },
	{ "ostreecontainer", "remote", "", "--remote" },
	{ "ostreecontainer", "remote", "", "--stateroot" },
	{ "vnc", "host", "", "--host" },
	{ "vnc", "host", "HOSTNAME", "--connect" }, /* HOST[:PORT] */
	{ "vnc", "port", "", "--port" },
	{ "vnc", "port", "PORT", "--connect" },
	{ "vnc", "connect", "", "--connect" },
	{ "iscsi", "password_in", "", "--reverse-password" },
};

/* The same letters, but for dashes, underscores and case: ignoregroups, --ignoregroups; isUtc, --isUtc. */
static bool attr_is_option(const char *attr, const char *option)
{
	while (*attr && *option) {
		option += strspn(option, "-");
		attr += strspn(attr, "_");
		if (tolower((unsigned char)*attr) != tolower((unsigned char)*option))
			return false;
		attr++, option++;
	}
	return !*attr && !*option;
}

static void attr_text(const json_t *value, struct buf *b)
{
	json_t *item;
	size_t i;

	if (json_is_string(value))
		buf_adds(b, json_string_value(value));
	else if (json_is_integer(value))
		buf_addf(b, "%lld", (long long)json_integer_value(value));
	else if (json_is_boolean(value))
		buf_adds(b, json_is_true(value) ? "true" : "false");
	json_array_foreach (value, i, item) {
		if (json_is_array(item)) { /* a member of a team and its settings */
			const char *config = json_string_value(json_array_get(item, 1));

			buf_addf(b, "%s%s", i ? "," : "", json_string_value(json_array_get(item, 0)));
			if (*config)
				buf_addf(b, "'%s'", config);
		} else {
			buf_addf(b, "%s%s", i ? "," : "", json_string_value(item));
		}
	}
}

static void option_text(const struct ks_opt *o, const void *p, struct buf *b)
{
	const struct ks_list *list = p;

	b->len = 0;
	if (o->type == KS_FLAG)
		buf_adds(b, *(const bool *)p ? "true" : "false");
	else if (o->type == KS_INT)
		buf_addf(b, "%lld", (long long)*(const int64_t *)p);
	else if (o->type != KS_LIST)
		buf_adds(b, *(const char *const *)p ? *(const char *const *)p : "");
	for (size_t i = 0; o->type == KS_LIST && i < list->n; i++)
		buf_addf(b, "%s%s", i ? "," : "", list->v[i]);
}

static bool is_yes(const char *word)
{
	return strcasecmp(word, "yes") == 0 || strcasecmp(word, "on") == 0 || strcasecmp(word, "true") == 0 ||
	       strcmp(word, "1") == 0;
}

/* The texts mean the same: numbers of arrays with and without "md", names with and without their folder. */
static bool same_value(const struct ks_opt *o, const char *got, const char *want)
{
	const char *base = strrchr(got, '/') ? strrchr(got, '/') + 1 : got;

	return strcmp(got, want) == 0 || (o->type == KS_BOOL && is_yes(got) == (strcmp(want, "true") == 0)) ||
	       (str_starts(got, "md") && strcmp(got + 2, want) == 0) || (*want && strcmp(base, want) == 0);
}

/* The entry n, whose attribute has the value text, holds for the row o. */
static bool entry_holds(const struct attr_name *n, const struct ks_cmd *cmd, const struct ks_opt *o,
			const void *data, const char *text, const char *got)
{
	size_t len = strcspn(n->option, "=");

	if (strncmp(n->option, o->name, len) != 0 || o->name[len])
		return false;
	if (!*n->value)
		return same_value(o, got, text);
	return ks_opt_given(cmd, o, data) && (!n->option[len] || strcmp(n->option + len + 1, got) == 0);
}

/* 1: held; 0: not held, or with another value (in *ret); -1: no option is named so. */
static int attr_held(const struct ks_cmd *cmd, const void *data, const char *attr, const char *text,
		     enum ks_version version, struct buf *ret)
{
	bool listed = false, found = false;

	for (size_t i = 0; i < ARRAY_SIZE(attr_names); i++) {
		const struct attr_name *n = &attr_names[i];

		if (strcmp(n->command, cmd->name) != 0 || strcmp(n->attr, attr) != 0 ||
		    (*n->value && strcmp(n->value, text) != 0))
			continue;
		if (!*n->option)
			return 1;
		listed = true;
		for (const struct ks_opt *o = cmd->opts; o && o->name; o++) {
			option_text(o, ks_opt_at(cmd, o, (void *)(uintptr_t)data), ret);
			if (ks_opt_known(o, version) && entry_holds(n, cmd, o, data, text, buf_str(ret)))
				return 1;
		}
	}
	for (const struct ks_opt *o = cmd->opts; !listed && o && o->name; o++) {
		if (!ks_opt_known(o, version) || !attr_is_option(attr, o->name))
			continue;
		found = true;
		option_text(o, ks_opt_at(cmd, o, (void *)(uintptr_t)data), ret);
		if (same_value(o, buf_str(ret), text))
			return 1;
	}
	return listed || found ? 0 : -1;
}

#endif
