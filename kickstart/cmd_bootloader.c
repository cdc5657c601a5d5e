/* bootloader: where it goes and what it hands to the kernel. */
#include "base/util.h"
#include "kickstart/table.h"

static const struct ks_choice locations[] = {
	{ "mbr", 0 }, { "partition", 0 }, { "none", 0 }, { "boot", 0 }, { 0 }
};

static const struct ks_opt opts[] = {
	{ "--append", KS_STRING, KS_OFF(ks_bootloader, append) },
	{ "--location", KS_CHOICE, KS_OFF(ks_bootloader, location), .choices = locations,
	  .flags = KS_FORGETS },
	{ "--boot-drive", KS_STRING, KS_OFF(ks_bootloader, boot_drive), .versions = KS_SINCE(F17, RHEL7),
	  .flags = KS_FORGETS },
	{ "--driveorder", KS_LIST, KS_OFF(ks_bootloader, driveorder) },
	{ "--timeout", KS_INT, KS_OFF(ks_bootloader, timeout), .versions = KS_SINCE(F8, RHEL6), .none = -1 },
	{ "--default", KS_STRING, KS_OFF(ks_bootloader, default_entry), .versions = KS_SINCE(F8, RHEL6) },
	{ "--password", KS_STRING, KS_OFF(ks_bootloader, password), .flags = KS_SECRET | KS_FORGETS },
	{ "--iscrypted", KS_FLAG, KS_OFF(ks_bootloader, iscrypted), .versions = KS_SINCE(F15, RHEL6) },
	{ "--md5pass", KS_STRING, KS_OFF(ks_bootloader, md5pass), .flags = KS_SECRET | KS_FORGETS },
	{ "--leavebootorder", KS_FLAG, KS_OFF(ks_bootloader, leavebootorder),
	  .versions = KS_SINCE(F18, RHEL7) },
	{ "--nombr", KS_FLAG, KS_OFF(ks_bootloader, nombr), .versions = KS_SINCE(F21, RHEL7) },
	{ "--disabled", KS_FLAG, KS_OFF(ks_bootloader, disabled), .versions = KS_SINCE(F21, RHEL7) },
	{ "--extlinux", KS_FLAG, KS_OFF(ks_bootloader, extlinux), .versions = KS_SINCE(F19, RHEL7) },
	{ "--sdboot", KS_FLAG, KS_OFF(ks_bootloader, sdboot), .versions = KS_SINCE(F39, RHEL10) },
	{ "--hvargs", KS_STRING, KS_OFF(ks_bootloader, hvargs), .versions = KS_V(RHEL5) },
	{ "--upgrade", KS_FLAG, KS_OFF(ks_bootloader, upgrade), .versions = KS_UNTIL(F33, RHEL8),
	  .deprecated = KS_BETWEEN(F29, F33, RHEL8, RHEL8) },
	{ "--lba32", KS_FLAG, KS_OFF(ks_bootloader, lba32), .versions = KS_UNTIL(F13, RHEL6),
	  .deprecated = KS_BETWEEN(F12, F13, RHEL6, RHEL6) },
	{ "--linear", KS_FLAG, KS_OFF(ks_bootloader, linear), .versions = KS_UNTIL(FC3, RHEL4), .rival = 1 },
	{ "--nolinear", KS_FLAG, KS_OFF(ks_bootloader, nolinear), .versions = KS_UNTIL(FC3, RHEL4),
	  .rival = 1 },
	{ "--useLilo", KS_FLAG, KS_OFF(ks_bootloader, use_lilo), .versions = KS_UNTIL(FC3, RHEL4) },
	{ 0 },
};

static void check(struct ks_line *line, void *data)
{
	struct ks_bootloader *b = data;

	if (b->boot_drive && strchr(b->boot_drive, ','))
		ks_line_error(line, "--boot-drive", "takes one drive");
	if (b->sdboot && b->extlinux)
		ks_line_error(line, "--sdboot", "contradicts --extlinux");
	/* Since Fedora 15 it is only another way to give the password. */
	if (!ks_line_gave(line, "--md5pass") || !*b->md5pass || !KS_HAS(KS_SINCE(F15, RHEL6), line->version))
		return;
	b->password = b->md5pass;
	b->iscrypted = true;
	b->md5pass = NULL;
	for (const struct ks_opt *o = opts; o->name; o++) {
		size_t row = (size_t)(o - opts);

		if (strcmp(o->name, "--md5pass") == 0)
			b->at.set[row / 64] &= ~(UINT64_C(1) << (row % 64));
		else if (strcmp(o->name, "--password") == 0 || strcmp(o->name, "--iscrypted") == 0)
			b->at.set[row / 64] |= UINT64_C(1) << (row % 64);
	}
}

const struct ks_cmd ks_cmd_bootloader = {
	.name = "bootloader",
	.versions = KS_ALWAYS,
	.opts = opts,
	.check = check,
	KS_ONE(bootloader, ks_bootloader),
};
