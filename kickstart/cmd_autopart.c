/* autopart: the installer lays out the disks itself. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_choice types[] = {
	{ "lvm", 0 }, { "btrfs", 0 }, { "plain", 0 }, { "partition", 0 }, { "thinp", KS_SINCE(F20, RHEL7) },
	{ 0 }
};

static const struct ks_opt opts[] = {
	{ "--backuppassphrase", KS_FLAG, .versions = KS_SINCE(F12, RHEL6) },
	{ "--cipher", KS_STRING, .versions = KS_SINCE(F18, RHEL6) },
	{ "--encrypted", KS_FLAG, .versions = KS_SINCE(F9, RHEL5) },
	{ "--escrowcert", KS_STRING, .versions = KS_SINCE(F12, RHEL6) },
	{ "--fstype", KS_STRING, .versions = KS_SINCE(F21, RHEL7) },
	{ "--hibernation", KS_FLAG, .versions = KS_SINCE(F38, RHEL10) },
	{ "--hw-passphrase", KS_STRING, .versions = KS_SINCE(F41, RHEL11), .flags = KS_SECRET | KS_FORGETS },
	{ "--luks-version", KS_STRING, .versions = KS_SINCE(F29, RHEL8), .flags = KS_FORGETS },
	{ "--noboot", KS_FLAG, .versions = KS_SINCE(F26, RHEL8) },
	{ "--nohome", KS_FLAG, .versions = KS_SINCE(F26, RHEL7) },
	{ "--nolvm", KS_FLAG, .versions = KS_SINCE(F16, RHEL7), .rival = 1, .flags = KS_STAYS },
	{ "--noswap", KS_FLAG, .versions = KS_SINCE(F26, RHEL8) },
	{ "--passphrase", KS_STRING, .versions = KS_SINCE(F9, RHEL5), .flags = KS_SECRET },
	{ "--pbkdf", KS_STRING, .versions = KS_SINCE(F29, RHEL8), .flags = KS_FORGETS },
	{ "--pbkdf-iterations", KS_INT, .none = -1, .versions = KS_SINCE(F29, RHEL8),
	  .flags = KS_FORGETS | KS_SIZE },
	{ "--pbkdf-memory", KS_INT, .none = -1, .versions = KS_SINCE(F29, RHEL8),
	  .flags = KS_FORGETS | KS_SIZE },
	{ "--pbkdf-time", KS_INT, .none = -1, .versions = KS_SINCE(F29, RHEL8),
	  .flags = KS_FORGETS | KS_SIZE },
	{ "--type", KS_CHOICE, .choices = types, .versions = KS_SINCE(F17, RHEL7), .rival = 1 },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	const char *type = ks_other_word(data, "--type");
	const char *fstype = ks_other_word(data, "--fstype"), *hw = ks_other_word(data, "--hw-passphrase");
	const char *luks = ks_other_word(data, "--luks-version");

	if (line->ks->n_volgroups && KS_HAS(KS_RANGE(F16, F19), line->version))
		ks_line_error(line, NULL, "can't be used together with volgroup on line %u",
			      line->ks->volgroups[0].at.line);
	if (str_eq(type, "btrfs") && KS_HAS(KS_RANGE(RHEL8, RHEL10), line->version))
		ks_line_error(line, "--type", "%s has no btrfs", ks_version_name(line->version));
	if (KS_HAS(KS_SINCE(F21, RHEL7), line->version) && fstype && *fstype) {
		if (strcmp(fstype, "btrfs") == 0)
			ks_line_error(line, "--fstype", "btrfs is chosen with --type=btrfs");
		else if (str_eq(type, "btrfs"))
			ks_line_error(line, "--fstype", "contradicts --type=btrfs");
	}
	if (hw && *hw && !(ks_line_gave(line, "--encrypted") && luks && str_starts(luks, "luks2-")))
		ks_line_error(line, "--hw-passphrase", "needs --encrypted --luks-version=luks2-hw-opal");
	if (ks_line_gave(line, "--hibernation") && ks_line_gave(line, "--noswap"))
		ks_line_error(line, "--hibernation", "contradicts --noswap");
	if (ks_line_gave(line, "--pbkdf-time") && ks_line_gave(line, "--pbkdf-iterations"))
		ks_line_error(line, "--pbkdf-time", "contradicts --pbkdf-iterations");
}

static const char *const conflicts[] = { "logvol", "mount", "part", "raid", "reqpart", "volgroup", NULL };

const struct ks_cmd ks_cmd_autopart = {
	.name = "autopart",
	.versions = KS_ALWAYS,
	.opts = opts,
	.check = check,
	.conflicts = conflicts,
};
