#include "netbridge/change.h"

#include <fnmatch.h>
#include <glob.h>

#include "base/file.h"
#include "base/util.h"
#include "netbridge/fallback.h"
#include "netbridge/kind.h"

#define NETWORKD_DIR "/etc/systemd/network"
#define NM_CONF      "/etc/NetworkManager/conf.d/90-xenith.conf"
#define LO_ONLY      "# Written by xenith: systemd-networkd has the devices.\nauto lo\niface lo inet loopback\n"

/* What a change works with. */
struct changing {
	const struct net_plan *plan;
	const struct net_change_opts *opts;
	struct door door;
	struct argv stale; /* files of others that speak of our devices */
	bool interfaces;   /* /etc/network/interfaces is one of them */
};

static bool is_ours(const struct net_plan *plan, const char *pattern)
{
	for (size_t i = 0; i < plan->n_ifs; i++)
		if (fnmatch(pattern, plan->ifs[i]->name, 0) == 0 ||
		    (plan->ifs[i]->nic && strcasecmp(pattern, plan->ifs[i]->mac) == 0))
			return true;
	return false;
}

/* Whether a unit file of networkd matches or makes one of the plan's devices. */
static bool unit_speaks_of_us(const struct net_plan *plan, const char *path)
{
	auto_argv lines = { 0 };
	auto_buf text = { 0 };

	if (file_read(path, &text, NULL))
		return false;
	argv_split(&lines, buf_str(&text), "\n");
	for (size_t i = 0; i < lines.n; i++) {
		const char *eq = strchr(lines.v[i], '=');
		auto_argv words = { 0 };

		if (!eq || (!str_starts(lines.v[i], "Name=") && !str_starts(lines.v[i], "MACAddress=") &&
			    !str_starts(lines.v[i], "PermanentMACAddress=")))
			continue;
		argv_split(&words, eq + 1, " \t");
		for (size_t w = 0; w < words.n; w++)
			if (is_ours(plan, words.v[w]))
				return true;
	}
	return false;
}

static bool is_stale(const struct net_plan *plan, const char *path)
{
	(void)plan, (void)path;
	return true;
}

static bool interfaces_speak_of_us(const struct net_plan *plan, const char *path)
{
	auto_argv lines = { 0 };
	auto_buf text = { 0 };

	if (file_read(path, &text, NULL))
		return false;
	argv_split(&lines, buf_str(&text), "\n");
	for (size_t i = 0; i < lines.n; i++) {
		auto_argv words = { 0 };

		argv_split(&words, lines.v[i], " \t");
		if (words.n > 1 && str_eq(words.v[0], "iface") && is_ours(plan, words.v[1]))
			return true;
	}
	return false;
}

static bool in_units(const struct net_units *units, const char *path)
{
	for (size_t i = 0; i < units->n; i++)
		if (str_eq(units->v[i].name, path))
			return true;
	return false;
}

static void find_stale(struct changing *c, const struct net_units *units, const char *pattern,
		       bool (*speaks)(const struct net_plan *, const char *))
{
	glob_t found = { 0 };

	if (glob(pattern, 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++)
			if (!in_units(units, found.gl_pathv[i]) && speaks(c->plan, found.gl_pathv[i]))
				argv_add(&c->stale, found.gl_pathv[i]);
	globfree(&found);
}

/* Two masters would fight over the devices. */
static int find_others(struct changing *c, const struct net_units *units, struct err *err)
{
	glob_t netplan = { 0 };
	bool has_netplan = glob("/etc/netplan/*.yaml", 0, NULL, &netplan) == 0;

	globfree(&netplan);
	if (has_netplan)
		return err_set(err, ERR_NET_OTHERS,
			       "netplan has this host's network (/etc/netplan): remove its files first, or "
			       "two programs "
			       "would fight over the devices");
	find_stale(c, units, NETWORKD_DIR "/*.network", unit_speaks_of_us);
	find_stale(c, units, NETWORKD_DIR "/*.netdev", unit_speaks_of_us);
	find_stale(c, units, NETWORKD_DIR "/*.link", unit_speaks_of_us);
	find_stale(c, units, NET_FALLBACK_DIR "/*-xenith-fallback-*", is_stale);
	find_stale(c, units, "/etc/network/interfaces.d/*", interfaces_speak_of_us);
	c->interfaces = c->plan->files != NET_FILES_IFUPDOWN &&
			interfaces_speak_of_us(c->plan, "/etc/network/interfaces");
	return 0;
}

static void files_of(const struct changing *c, const struct net_units *units, struct argv *files)
{
	for (size_t i = 0; i < units->n; i++)
		argv_add(files, units->v[i].name);
	argv_addv(files, c->stale.v ? c->stale.v : (char *[]){ NULL });
	if (c->interfaces)
		argv_add(files, "/etc/network/interfaces");
	if (file_exists("/etc/NetworkManager"))
		argv_add(files, NM_CONF);
	net_device_files_paths(files);
}

static int unmanage(struct changing *c, struct err *err)
{
	auto_buf b = { 0 };

	if (!file_exists("/etc/NetworkManager"))
		return 0;
	buf_adds(&b, "[keyfile]\nunmanaged-devices=");
	for (size_t i = 0; i < c->plan->n_ifs; i++)
		buf_addf(&b, "interface-name:%s;", c->plan->ifs[i]->name);
	buf_addc(&b, '\n');
	return door_write(&c->door, NM_CONF, buf_str(&b), b.len, 0644, err);
}

static int write_files(struct changing *c, struct err *err)
{
	int r = net_device_files(c->plan, "/", &c->door, err);

	if (!r)
		r = unmanage(c, err);
	if (!r && c->interfaces)
		r = door_write(&c->door, "/etc/network/interfaces", LO_ONLY, strlen(LO_ONLY), 0644, err);
	for (size_t i = 0; i < c->stale.n && !r; i++)
		if (unlink(c->stale.v[i]))
			r = err_sys(err, "%s", c->stale.v[i]);
	return r;
}

static void reload(struct changing *c)
{
	struct err ignored = { 0 };

	if (file_exists("/run/systemd/netif/state"))
		door_runl(&c->door, &ignored, "networkctl", "reload", NULL);
	if (file_exists("/run/NetworkManager"))
		door_runl(&c->door, &ignored, "nmcli", "general", "reload", NULL);
}

/* A bridge without an address listens to no router. */
void net_no_ipv6(const struct net_plan *plan)
{
	for (size_t i = 0; i < plan->n_ifs; i++) {
		auto_free char *path =
			xasprintf("/proc/sys/net/ipv6/conf/%s/disable_ipv6", plan->ifs[i]->name);
		bool has = plan->ifs[i]->addr.ipv6 || plan->ifs[i]->addr.n_more;
		FILE *f = has || !net_if_is_bridge(plan->ifs[i]) ? NULL : fopen(path, "we");

		if (f) {
			fputs("1\n", f);
			fclose(f);
		}
	}
}

static int change(struct changing *c, const struct net_batch *batch, struct err *err)
{
	int r = net_batch_send(batch, c->door.log, err);

	if (!r)
		net_no_ipv6(c->plan);
	if (!r && !c->opts->no_files)
		r = write_files(c, err);
	if (!r && !c->opts->no_files)
		reload(c);
	return r;
}

/* Whether the files on disk are what the plan wants. */
static bool files_are_there(const struct changing *c, const struct net_units *units)
{
	for (size_t i = 0; i < units->n; i++) {
		auto_buf text = { 0 };

		if (file_read(units->v[i].name, &text, NULL) ||
		    !str_eq(buf_str(&text), buf_str(&units->v[i].text)))
			return false;
	}
	return !c->stale.n && !c->interfaces;
}

static int guarded(struct changing *c, const struct net_units *units, const struct net_state *now,
		   const struct net_batch *batch, struct err *err)
{
	struct net_guard guard;
	auto_argv files = { 0 };
	int r;

	if (c->opts->no_files)
		argv_add(&files, NETWORKD_DIR "/.none");
	else
		files_of(c, units, &files);
	r = net_guard_start(c->opts->paths, (const char *const *)files.v, now, c->opts->timer_s, &guard, err);
	if (r)
		return r;
	net_modules_load(c->plan, &c->door);
	r = change(c, batch, err);
	if (!r)
		return net_guard_applied(&guard, err);
	net_guard_undo(&guard);
	return err_wrap(err, "rolled back");
}

int net_change_apply(const struct net_plan *plan, const struct net_change_opts *opts, struct log *log,
		     struct buf *done, struct err *err)
{
	struct changing c = { .plan = plan, .opts = opts, .door = { .log = log } };
	struct net_state now = { 0 }, want = { 0 };
	struct net_batch batch = { 0 };
	struct net_units units = { 0 };
	struct arena a = { 0 };
	int r = net_state_read(&a, &now, err);

	if (plan->files == NET_FILES_IFUPDOWN && plan->manage && plan->manage->addr.proto == NET_DHCP && !r)
		r = err_set(err, ERR_NET_FOLLOW,
			    "ifupdown's DHCP client can't follow its address to another device: write the "
			    "files and "
			    "reboot, or use `net --files=networkd`");
	if (!r)
		r = net_state_want(plan, &now, &a, &want, err);
	net_units_make(plan, &units);
	if (!r && !opts->no_files)
		r = find_others(&c, &units, err);
	if (!r) {
		net_batch_make(&now, &want, &batch);
		net_batch_print(&batch, done);
		if (!opts->no_files && !files_are_there(&c, &units))
			buf_adds(done, "network: write the files\n");
		if (done->len)
			r = guarded(&c, &units, &now, &batch, err);
	}
	net_batch_clear(&batch);
	net_units_clear(&units);
	argv_clear(&c.stale);
	arena_clear(&a);
	return r;
}
