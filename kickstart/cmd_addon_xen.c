/* xen, in %addon xenith: the hypervisor's own command line. */
#include "base/util.h"
#include "kickstart/table.h"

/* As Xen reads sizes: a number, then B, K, M, G or T; without one it would mean KiB, which nobody means. */
static bool memory(struct ks_line *line, const struct ks_opt *opt, const char **value)
{
	static const char *const units[] = { "K", "M", "G", "T", "KiB", "MiB", "GiB", "TiB" };
	size_t digits = strspn(*value, "0123456789");
	const char *unit = *value + digits;

	if (digits && digits <= 12 && **value != '0')
		for (size_t i = 0; i < ARRAY_SIZE(units); i++)
			if (strcasecmp(unit, units[i]) == 0) {
				*value = arena_printf(&line->ks->arena, "%.*s%.1s", (int)digits, *value,
						      units[i]);
				return true;
			}
	ks_line_error(line, opt->name, "\"%s\" is no size: a number and M or G, like 2048M", *value);
	return false;
}

static bool console(struct ks_line *line, const struct ks_opt *opt, const char **value)
{
	static const char *const words[] = { "auto", "none", "com1", "com2" };
	size_t len = strcspn(*value, ",");
	const char *speed = (*value)[len] ? *value + len + 1 : NULL;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strlen(words[i]) != len || strncmp(*value, words[i], len) != 0)
			continue;
		if (!speed || (*speed && !speed[strspn(speed, "0123456789")] && words[i][0] == 'c'))
			return true;
	}
	ks_line_error(line, opt->name, "\"%s\" is none of: auto, none, com1, com2, and com1,115200", *value);
	return false;
}

static const struct ks_opt opts[] = {
	{ "--dom0-mem", KS_STRING, KS_OFF(ks_xen, dom0_mem), .convert = memory },
	{ "--dom0-vcpus", KS_INT, KS_OFF(ks_xen, dom0_vcpus), .none = -1, .min = 1, .max = 4096 },
	{ "--console", KS_STRING, KS_OFF(ks_xen, console), .convert = console },
	{ "--args", KS_STRING, KS_OFF(ks_xen, args) },
	{ 0 },
};

const struct ks_cmd ks_cmd_addon_xen = {
	.name = "xen",
	.versions = KS_ALWAYS,
	.opts = opts,
	KS_ONE(xen, ks_xen),
};
