#include "installer/target/settings.h"

#include "base/util.h"
#include "installer/target/chroot.h"

/* Units that Red Hat's and Debian's packages call differently. */
static const char *const unit_names[][2] = {
	{ "chronyd", "chrony" }, { "crond", "cron" }, { "named", "bind9" },
	{ "ntpd", "ntpsec" },    { "sshd", "ssh" },
};

static const char *unit_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(unit_names); i++)
		if (str_eq(unit_names[i][0], name))
			return unit_names[i][1];
	return name;
}

/* systemctl(1) sees that it is in a chroot and only moves links. */
int services_apply(const struct ks *ks, const char *root, struct door *door, struct err *err)
{
	const struct ks_services *s = &ks->services;
	int r = 0;

	for (size_t i = 0; !r && i < s->enabled.n; i++) {
		r = chroot_runl(door, root, err, "systemctl", "enable", unit_of(s->enabled.v[i]), NULL);
		if (r)
			err_wrap(err, "%s:%u: services --enabled=%s", s->at.file, s->at.line,
				 s->enabled.v[i]);
	}
	for (size_t i = 0; !r && i < s->disabled.n; i++) {
		auto_run run = { .ok_status = 1 }; /* one that isn't installed doesn't run either */

		argv_addl(&run.argv, "systemctl", "disable", unit_of(s->disabled.v[i]), NULL);
		r = chroot_run(door, root, &run, err);
	}
	return r;
}

void services_print(const struct ks *ks, struct buf *b)
{
	for (size_t i = 0; i < ks->services.enabled.n; i++)
		buf_addf(b, "service %s: on\n", unit_of(ks->services.enabled.v[i]));
	for (size_t i = 0; i < ks->services.disabled.n; i++)
		buf_addf(b, "service %s: off\n", unit_of(ks->services.disabled.v[i]));
}
