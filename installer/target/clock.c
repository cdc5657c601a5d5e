#include "installer/target/settings.h"

#include "base/file.h"
#include "base/util.h"
#include "installer/target/chroot.h"

bool clock_no_ntp(const struct ks *ks)
{
	bool no = KS_SAID(ks->timezone) && ks->timezone.nontp;

	for (size_t i = 0; i < ks->n_timesources; i++)
		no = no || ks->timesources[i].ntp_disable;
	return no;
}

void clock_sources(const struct ks *ks, struct buf *b)
{
	if (clock_no_ntp(ks))
		return;
	for (size_t i = 0; i < ks->timezone.ntpservers.n; i++)
		buf_addf(b, "server %s iburst\n", ks->timezone.ntpservers.v[i]);
	for (size_t i = 0; i < ks->n_timesources; i++) {
		const struct ks_timesource *t = &ks->timesources[i];
		const char *nts = t->nts ? " nts" : "";

		if (t->ntp_server)
			buf_addf(b, "server %s iburst%s\n", t->ntp_server, nts);
		if (t->ntp_pool)
			buf_addf(b, "pool %s iburst%s\n", t->ntp_pool, nts);
	}
}

struct zone_check {
	const struct ks_timezone *tz;
	const char *path;
};

static int check_zone(void *arg, struct err *err)
{
	const struct zone_check *c = arg;

	if (file_exists(c->path))
		return 0;
	return err_set(
		err, ERR_HOST_ZONE,
		"%s:%u: timezone: %s is not in the target's time zone data; old names need the package "
		"tzdata-legacy in %%packages",
		c->tz->at.file, c->tz->at.line, c->tz->timezone);
}

static int apply_zone(const struct ks_timezone *tz, const char *root, struct door *door, struct err *err)
{
	auto_free char *zone = xasprintf("/usr/share/zoneinfo/%s", tz->timezone);
	auto_free char *inside = path_join(root, zone);
	auto_free char *link = path_join(root, "etc/localtime");
	auto_free char *name = path_join(root, "etc/timezone");
	auto_free char *line = xasprintf("%s\n", tz->timezone);
	auto_free char *what = xasprintf("check that %s exists", inside);
	struct zone_check check = { tz, inside };
	int r = door_call(door, what, check_zone, &check, err);

	if (!r)
		r = door_symlink(door, zone, link, err);
	if (!r)
		r = door_write(door, name, line, strlen(line), 0644, err);
	return r;
}

/* The package's own pool is left out when servers are named: a host behind a firewall would wait for it. */
static int apply_sources(const struct buf *sources, const char *root, struct door *door, struct err *err)
{
	auto_free char *path = path_join(root, "etc/chrony/sources.d/xenith.sources");
	auto_free char *conf = path_join(root, "etc/chrony/chrony.conf");
	auto_buf old = { 0 };
	auto_buf new = { 0 };
	int r = door_write(door, path, sources->data, sources->len, 0644, err);

	if (r || file_read(conf, &old, NULL))
		return r;
	for (const char *p = buf_str(&old); *p;) {
		size_t n = strcspn(p, "\n");

		buf_addf(&new, "%s%.*s\n", str_starts(p, "pool ") ? "#" : "", (int)n, p);
		p += n + (p[n] == '\n');
	}
	return door_write(door, conf, new.data, new.len, 0644, err);
}

int clock_apply(const struct ks *ks, const char *root, struct door *door, struct err *err)
{
	auto_free char *adjtime = path_join(root, "etc/adjtime");
	static const char local[] = "0.0 0 0.0\n0\nLOCAL\n"; /* adjtime_config(5) */
	auto_buf sources = { 0 };
	int r = 0;

	if (KS_SAID(ks->timezone) && ks->timezone.timezone) {
		r = apply_zone(&ks->timezone, root, door, err);
		if (!r && !ks->timezone.utc)
			r = door_write(door, adjtime, local, sizeof(local) - 1, 0644, err);
	}
	clock_sources(ks, &sources);
	if (!r && sources.len)
		r = apply_sources(&sources, root, door, err);
	if (!r && clock_no_ntp(ks)) {
		auto_run run = { .ok_status = 1 }; /* neither may be installed */

		argv_addl(&run.argv, "systemctl", "disable", "chrony.service", "systemd-timesyncd.service",
			  NULL);
		r = chroot_run(door, root, &run, err);
	}
	return r;
}

void clock_print(const struct ks *ks, struct buf *b)
{
	auto_buf sources = { 0 };
	auto_argv lines = { 0 };

	if (KS_SAID(ks->timezone) && ks->timezone.timezone)
		buf_addf(b, "time zone %s, hardware clock in %s\n", ks->timezone.timezone,
			 ks->timezone.utc ? "UTC" : "local time");
	clock_sources(ks, &sources);
	argv_split(&lines, buf_str(&sources), "\n");
	for (size_t i = 0; i < lines.n; i++)
		buf_addf(b, "time source %s\n", lines.v[i]);
	if (clock_no_ntp(ks))
		buf_adds(b, "no time synchronisation\n");
}
