/*
 * A DHCP lease through busybox's udhcpc.
 *
 * udhcpc hands what it got to a script, in the environment. Ours only writes it down; the address is then set
 * where all addresses are, by rtnetlink.
 */
#include <arpa/inet.h>

#include "base/file.h"
#include "base/util.h"
#include "netbridge/live.h"

#define STATE_DIR  "/run/xenith"
#define SCRIPT     STATE_DIR "/udhcpc"
#define PER_TRY_S  3
#define LEASE_KEYS "ip mask router dns search domain lease serverid"

static const char script[] =
	"#!/bin/sh\n"
	"# udhcpc calls this with what happened as $1; the lease is in the environment.\n"
	"[ \"$1\" = bound ] || [ \"$1\" = renew ] || exit 0\n"
	"for key in " LEASE_KEYS "; do\n"
	"\teval \"value=\\$$key\"\n"
	"\t[ -z \"$value\" ] || printf '%s=%s\\n' \"$key\" \"$value\"\n"
	"done >\"" STATE_DIR "/lease.$interface\"\n";

static bool ip4(const char *s)
{
	struct in_addr a;

	return inet_pton(AF_INET, s, &a) == 1;
}

/* The words of value that are good, at most 3 (resolv.conf(5) takes no more name servers). */
static const char **good_words(struct arena *a, const char *value, bool (*good)(const char *))
{
	const char **ret = arena_alloc(a, 4 * sizeof(*ret));
	auto_argv words = { 0 };
	size_t n = 0;

	argv_split(&words, value, " \t");
	for (size_t i = 0; i < words.n && n < 3; i++)
		if (good(words.v[i]))
			ret[n++] = arena_strdup(a, words.v[i]);
	return ret;
}

static void take(struct arena *a, const char *key, const char *value, struct net_address *ret)
{
	uint64_t len;

	if (str_eq(key, "ip") && ip4(value))
		ret->ip = arena_strdup(a, value);
	else if (str_eq(key, "mask") && str_u64(value, &len) && len >= 1 && len <= 32)
		ret->prefix_len = (unsigned)len;
	else if (str_eq(key, "router"))
		ret->gateway = good_words(a, value, ip4)[0];
	else if (str_eq(key, "dns"))
		ret->nameservers = good_words(a, value, ip4);
	else if (str_eq(key, "search") || (str_eq(key, "domain") && !ret->search[0]))
		ret->search = good_words(a, value, net_hostname_ok);
}

/* What the network says is checked before it is believed: it comes from whoever answered first. */
static int read_lease(const struct net_dev *dev, const char *path, struct arena *a, struct net_address *ret,
		      struct err *err)
{
	static const char *none[] = { NULL };
	struct net_address lease = { .proto = NET_STATIC, .nameservers = none, .search = none };
	auto_argv lines = { 0 };
	auto_buf b = { 0 };
	int r = file_read(path, &b, err);

	if (r)
		return r;
	log_text(dev->log, "dhcp", buf_str(&b), b.len);
	argv_split(&lines, buf_str(&b), "\n");
	for (size_t i = 0; i < lines.n; i++) {
		char *eq = strchr(lines.v[i], '=');

		if (!eq)
			continue;
		*eq = '\0';
		take(a, lines.v[i], eq + 1, &lease);
	}
	if (!lease.ip || !lease.prefix_len)
		return err_set(err, ERR_NET_NO_DHCP,
			       "%s (%s): the DHCP server's answer has no address or no netmask", dev->name,
			       dev->mac);
	*ret = lease;
	return 0;
}

static void udhcpc_argv(const struct net_dev *dev, unsigned wait_s, struct argv *argv)
{
	/* Foreground, give up without a lease, quit with one; the search list is not asked for by itself. */
	argv_addl(argv, "busybox", "udhcpc", "-f", "-n", "-q", "-i", dev->name, "-s", SCRIPT, "-O", "search",
		  NULL);
	argv_addf(argv, "-t");
	argv_addf(argv, "%u", MAX(wait_s / PER_TRY_S, 1));
	argv_addf(argv, "-T");
	argv_addf(argv, "%d", PER_TRY_S);
	argv_addf(argv, "-A");
	argv_addf(argv, "1");
}

int net_dhcp_lease(const struct net_dev *dev, unsigned wait_s, struct door *door, struct arena *a,
		   struct net_address *ret, struct err *err)
{
	auto_free char *path = xasprintf(STATE_DIR "/lease.%s", dev->name);
	auto_run run = { .timeout_s = wait_s + 15 };
	struct err why = { 0 };
	int r = door_write(door, SCRIPT, script, strlen(script), 0755, err);

	if (!r)
		r = door_write(door, path, "", 0, 0644, err); /* no lease of an earlier run */
	if (r)
		return r;
	udhcpc_argv(dev, wait_s, &run.argv);
	if (door_run(door, &run, &why))
		return err_set(err, ERR_NET_NO_DHCP, "%s (%s): no DHCP lease within %u s: %s", dev->name,
			       dev->mac, wait_s, why.msg);
	if (door->record) {
		*ret = (struct net_address){ .proto = NET_STATIC };
		return 0;
	}
	return read_lease(dev, path, a, ret, err);
}
