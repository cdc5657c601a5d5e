/*
 * The network's files of the installed system.
 *
 * systemd-networkd is the default: Debian 13 has it installed anyway, it pins a bridge's MAC, makes bonds and
 * VLANs in whatever order their NICs appear (ifupdown waits for them one after the other), moves an address
 * without taking the link down (`networkctl reload`), and leaves alone what no file of its names: the vifs
 * that Xen's vif-bridge script puts into the bridges. ifupdown is there for those whose tools edit
 * interfaces(5).
 */
#include "base/file.h"
#include "base/util.h"
#include "netbridge/files.h"
#include "netbridge/kind.h"

#define STUB_RESOLV "../run/systemd/resolve/stub-resolv.conf" /* systemd-resolved(8) */

int net_out_put(const struct net_out *o, const char *path, const struct buf *text, struct err *err)
{
	auto_free char *full = path_join(o->root, path);

	return door_write(o->door, full, buf_str(text), text->len, 0644, err);
}

static int write_units(const struct net_out *o, struct err *err)
{
	struct net_units units = { 0 };
	int r = 0;

	net_units_make(o->plan, &units);
	for (size_t i = 0; i < units.n && !r; i++) {
		r = net_out_put(o, units.v[i].name, &units.v[i].text, err);
	}
	net_units_clear(&units);
	return r;
}

/* ifupdown has the NICs to itself. */
static int disable_networkd(const struct net_out *o, struct err *err)
{
	return door_symlink_below(o->door, o->root, "/dev/null",
				  "/etc/systemd/system/systemd-networkd.service", err);
}

/* What `systemctl enable systemd-networkd` links (its [Install] and those of its Also=), and nothing beside
 * it. */
static int enable_networkd(const struct net_out *o, struct err *err)
{
	static const struct {
		const char *unit, *link;
	} links[] = {
		{ "systemd-networkd.service", "multi-user.target.wants/systemd-networkd.service" },
		{ "systemd-networkd.service", "dbus-org.freedesktop.network1.service" },
		{ "systemd-networkd.socket", "sockets.target.wants/systemd-networkd.socket" },
		{ "systemd-network-generator.service",
		  "sysinit.target.wants/systemd-network-generator.service" },
		{ "systemd-networkd-wait-online.service",
		  "network-online.target.wants/systemd-networkd-wait-online.service" },
	};
	static const char *const ifupdown[] = { "lib/systemd/system/networking.service",
						"usr/lib/systemd/system/networking.service" };
	int r = 0;

	if (o->plan->files == NET_FILES_IFUPDOWN)
		return disable_networkd(o, err);
	for (size_t i = 0; i < ARRAY_SIZE(links) && !r; i++) {
		auto_free char *unit = path_join("/usr/lib/systemd/system", links[i].unit);
		auto_free char *link = path_join("/etc/systemd/system", links[i].link);

		r = door_symlink_below(o->door, o->root, unit, link, err);
	}
	for (size_t i = 0; i < ARRAY_SIZE(ifupdown) && !r; i++) {
		auto_free char *path = path_join(o->root, ifupdown[i]);

		if (file_exists(path))
			r = door_symlink_below(o->door, o->root, "/dev/null",
					       "/etc/systemd/system/networking.service", err);
	}
	return r;
}

static bool has_ipv6(const struct net_address *addr)
{
	for (size_t i = 0; i < addr->n_more; i++)
		if (strchr(addr->more[i], ':'))
			return true;
	return addr->ipv6 != NULL;
}

/* udev applies net.ipv6.conf.NAME.* when NAME appears, and net.bridge.* when br_netfilter is loaded. */
static int write_sysctl(const struct net_out *o, struct err *err)
{
	auto_buf b = { 0 };

	buf_adds(&b, "# Frames between guests are not for the host's firewall, and bridges without an "
		     "address have no "
		     "IPv6.\n"
		     "-net.bridge.bridge-nf-call-arptables = 0\n"
		     "-net.bridge.bridge-nf-call-ip6tables = 0\n"
		     "-net.bridge.bridge-nf-call-iptables = 0\n");
	for (size_t i = 0; i < o->plan->n_ifs; i++)
		if (net_if_is_bridge(o->plan->ifs[i]) && !has_ipv6(&o->plan->ifs[i]->addr))
			buf_addf(&b, "-net.ipv6.conf.%s.disable_ipv6 = 1\n", o->plan->ifs[i]->name);
	return net_out_put(o, "/etc/sysctl.d/60-xen-bridges.conf", &b, err);
}

/* hosts(5) in Debian's way: a host with a fixed address has its name there, others have 127.0.1.1. */
static int write_names(const struct net_out *o, struct err *err)
{
	const char *name = o->plan->hostname;
	const struct net_address *addr = o->plan->manage ? &o->plan->manage->addr : NULL;
	int len = name ? (int)strcspn(name, ".") : 0;
	auto_buf hosts = { 0 };
	auto_buf host = { 0 };

	buf_adds(&hosts, "127.0.0.1\tlocalhost\n");
	if (name) {
		buf_addf(&hosts, "%s\t", addr && addr->proto == NET_STATIC ? addr->ip : "127.0.1.1");
		buf_addf(&hosts, name[len] ? "%s %.*s\n" : "%s\n", name, len, name);
		buf_addf(&host, "%.*s\n", len, name);
	}
	buf_adds(&hosts, "\n::1\tlocalhost ip6-localhost "
			 "ip6-loopback\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n");
	if (name) {
		int r = net_out_put(o, "/etc/hostname", &host, err);

		if (r)
			return r;
	}
	return net_out_put(o, "/etc/hosts", &hosts, err);
}

bool net_wants_resolved(const struct net_plan *plan)
{
	bool dhcp = false;

	if (plan->files == NET_FILES_IFUPDOWN) /* the DHCP client writes resolv.conf itself */
		return false;
	for (size_t i = 0; i < plan->n_ifs; i++) {
		const struct net_address *addr = &plan->ifs[i]->addr;

		if (addr->nameservers && addr->nameservers[0])
			return false;
		dhcp = dhcp || (!addr->no_dns && (addr->proto == NET_DHCP || str_eq(addr->ipv6, "dhcp")));
	}
	return dhcp;
}

static void packages_of(const struct net_if *dev, bool ifupdown, struct argv *want)
{
	if (net_if_is_bridge(dev))
		argv_addl(want, "iproute2", "nftables", NULL); /* of vif-bridge and our hook behind it */
	if (net_if_is_bridge(dev) && ifupdown)
		argv_add(want, "bridge-utils");
	if (net_if_is_bond(dev) && ifupdown)
		argv_add(want, "ifenslave");
	if (dev->n_ethtool && ifupdown)
		argv_add(want, "ethtool");
	if (dev->addr.proto == NET_DHCP && ifupdown)
		argv_add(want, "dhcpcd-base");
}

void net_packages(const struct net_plan *plan, struct argv *want)
{
	bool ifupdown = plan->files == NET_FILES_IFUPDOWN;

	for (size_t i = 0; i < plan->n_ifs; i++)
		packages_of(plan->ifs[i], ifupdown, want);
	if (ifupdown)
		argv_add(want, "ifupdown");
	if (net_wants_resolved(plan))
		argv_add(want, "systemd-resolved");
}

static int write_resolv(const struct net_out *o, struct err *err)
{
	auto_buf search = { 0 };
	auto_buf b = { 0 };

	if (net_wants_resolved(o->plan))
		return door_symlink_below(o->door, o->root, STUB_RESOLV, "/etc/resolv.conf", err);
	for (size_t i = 0; i < o->plan->n_ifs; i++) {
		const struct net_address *addr = &o->plan->ifs[i]->addr;

		for (const char **s = addr->search; s && *s; s++)
			buf_addf(&search, " %s", *s);
		for (const char **s = addr->nameservers; s && *s; s++)
			buf_addf(&b, "nameserver %s\n", *s);
	}
	if (search.len)
		buf_addf(&b, "search%s\n", buf_str(&search));
	return b.len ? net_out_put(o, "/etc/resolv.conf", &b, err) : 0;
}

/* As net_device_files may write them, but for the units. */
void net_device_files_paths(struct argv *paths)
{
	argv_addl(paths, "/etc/sysctl.d/60-xen-bridges.conf", "/etc/resolv.conf", "/etc/xen/xl.conf",
		  "/etc/systemd/system/networking.service", "/etc/systemd/system/systemd-networkd.service",
		  "/etc/systemd/system/multi-user.target.wants/systemd-networkd.service",
		  "/etc/systemd/system/dbus-org.freedesktop.network1.service",
		  "/etc/systemd/system/sockets.target.wants/systemd-networkd.socket",
		  "/etc/systemd/system/sysinit.target.wants/systemd-network-generator.service",
		  "/etc/systemd/system/network-online.target.wants/systemd-networkd-wait-online.service",
		  NULL);
}

static int run_steps(const struct net_out *o, int (*const *steps)(const struct net_out *o, struct err *err),
		     size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		int r = steps[i](o, err);

		if (r)
			return err_wrap(err, "network files");
	}
	return 0;
}

int net_device_files(const struct net_plan *plan, const char *root, struct door *door, struct err *err)
{
	static int (*const steps[])(const struct net_out *o, struct err *err) = {
		write_units, enable_networkd, write_sysctl, write_resolv, net_out_xl_conf,
	};
	const struct net_out o = { plan, root, door };

	return run_steps(&o, steps, ARRAY_SIZE(steps), err);
}

int net_apply_files(const struct net_plan *plan, const char *root, struct door *door, struct err *err)
{
	static int (*const steps[])(const struct net_out *o, struct err *err) = {
		write_units,  enable_networkd, write_sysctl,     write_names,
		write_resolv, net_out_xl_conf, net_out_vif_hook,
	};
	const struct net_out o = { plan, root, door };

	return run_steps(&o, steps, ARRAY_SIZE(steps), err);
}
