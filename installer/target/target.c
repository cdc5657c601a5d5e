#include "installer/target/target.h"

#include "base/file.h"
#include "base/util.h"
#include "installer/target/settings.h"

int target_apply(const struct facts *facts, const struct ks *ks, const char *root, struct door *door,
		 struct err *err)
{
	int r = target_machine_id(root, door, err);

	(void)facts;
	if (!r)
		r = accounts_apply(ks, root, door, err);
	if (!r)
		r = sshkeys_apply(ks, root, door, err);
	if (!r)
		r = locale_apply(ks, root, door, err);
	if (!r)
		r = clock_apply(ks, root, door, err);
	if (!r)
		r = services_apply(ks, root, door, err);
	if (!r)
		r = units_apply(root, door, err);
	return r == -ERR_TOOL ? err_about(err, ERR_HOST_TOOL, false) : r;
}

void target_plan_print(const struct facts *facts, const struct ks *ks, struct buf *b)
{
	(void)facts;
	accounts_print(ks, b);
	sshkeys_print(ks, b);
	locale_print(ks, b);
	clock_print(ks, b);
	services_print(ks, b);
}

static bool wants_sudo(const struct ks *ks)
{
	for (size_t i = 0; i < ks->n_users; i++)
		for (size_t g = 0; g < ks->users[i].groups.n; g++) {
			auto_free char *name = accounts_group(ks->users[i].groups.v[g]);

			if (strcmp(name, "sudo") == 0)
				return true;
		}
	return false;
}

static bool wants_locales(const struct ks *ks)
{
	auto_free char *name = locale_name(ks->lang.lang);
	bool wants = !locale_builtin(name);

	for (size_t i = 0; !wants && i < ks->lang.addsupport.n; i++) {
		auto_free char *more = locale_name(ks->lang.addsupport.v[i]);

		wants = !locale_builtin(more);
	}
	return wants;
}

void target_packages(const struct ks *ks, struct argv *want)
{
	struct keyboard kb = { 0 };
	auto_buf sources = { 0 };

	if (ks->n_sshkeys || (KS_SAID(ks->rootpw) && ks->rootpw.allow_ssh))
		argv_add(want, "openssh-server");
	if (wants_sudo(ks))
		argv_add(want, "sudo");
	if (wants_locales(ks))
		argv_add(want, "locales");
	keyboard_make(&ks->keyboard, &kb);
	if (strcmp(kb.layout, "us") != 0 || *kb.variant)
		argv_addl(want, "console-setup", "keyboard-configuration", NULL);
	keyboard_clear(&kb);
	if (KS_SAID(ks->timezone) && ks->timezone.timezone)
		argv_add(want, "tzdata");
	clock_sources(ks, &sources);
	if (sources.len)
		argv_add(want, "chrony");
	if (ks->report.url) /* the first boot's report is posted with it */
		argv_addl(want, "curl", "ca-certificates", NULL);
	if (ks->report.syslog && str_starts(ks->report.syslog, "tls://"))
		argv_addl(want, "openssl", "ca-certificates", NULL);
}

void target_debconf(const struct ks *ks, struct buf *b)
{
	const char *tz = KS_SAID(ks->timezone) ? ks->timezone.timezone : NULL;
	const char *slash = tz ? strchr(tz, '/') : NULL;
	auto_free char *name = locale_name(ks->lang.lang);
	struct keyboard kb = { 0 };

	if (!locale_builtin(name)) {
		const char *dot = strchr(name, '.');

		buf_addf(b, "locales locales/default_environment_locale select %s\n", name);
		buf_addf(b, "locales locales/locales_to_be_generated multiselect %s %s\n", name,
			 dot ? dot + 1 : "UTF-8");
	}
	keyboard_make(&ks->keyboard, &kb);
	buf_addf(b,
		 "keyboard-configuration keyboard-configuration/modelcode string pc105\n"
		 "keyboard-configuration keyboard-configuration/layoutcode string %s\n"
		 "keyboard-configuration keyboard-configuration/variantcode string %s\n"
		 "keyboard-configuration keyboard-configuration/optionscode string %s\n",
		 kb.layout, kb.variant, kb.options);
	keyboard_clear(&kb);
	if (slash)
		buf_addf(b, "tzdata tzdata/Areas select %.*s\ntzdata tzdata/Zones/%.*s select %s\n",
			 (int)(slash - tz), tz, (int)(slash - tz), tz, slash + 1);
}
