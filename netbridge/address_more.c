/* Further addresses and routes (%addon xenith), and addresses that two devices have. */
#include <arpa/inet.h>

#include "base/util.h"
#include "netbridge/kind.h"

/* "ADDRESS/LENGTH" of either family; the address in network order. */
static bool parse_prefix(const char *text, uint8_t ret[16], unsigned *len, bool *ipv6)
{
	const char *slash = strchr(text, '/');
	auto_free char *ip = slash ? xstrndup(text, (size_t)(slash - text)) : NULL;
	uint64_t n;

	if (!slash || !str_u64(slash + 1, &n))
		return false;
	*ipv6 = strchr(ip, ':') != NULL;
	if (inet_pton(*ipv6 ? AF_INET6 : AF_INET, ip, ret) != 1 || n > (*ipv6 ? 128u : 32u))
		return false;
	*len = (unsigned)n;
	return true;
}

static bool has_host_bits(const uint8_t *addr, unsigned len, bool ipv6)
{
	for (unsigned bit = len; bit < (ipv6 ? 128u : 32u); bit++)
		if (addr[bit / 8] & (0x80 >> bit % 8))
			return true;
	return false;
}

static struct net_if *device_of(struct net_make *m, const struct ks_at *at, const char *word)
{
	struct net_if *dev = net_if_known(m, word);

	if (!dev)
		net_bad(m, ERR_INPUT, at, word, "no network line describes a device of this name");
	else if (dev->master)
		net_bad(m, ERR_INPUT, at, word, "is a port of %s: say %s here", dev->master->name,
			dev->master->name);
	return dev && !dev->master ? dev : NULL;
}

static void add_address(struct net_make *m, const struct ks_address *line)
{
	struct net_if *dev = device_of(m, &line->at, line->device);
	uint8_t addr[16];
	const char **slot;
	unsigned len;
	bool ipv6;

	if (!parse_prefix(line->ip, addr, &len, &ipv6) || !len) {
		net_bad(m, ERR_INPUT, &line->at, line->ip, "--ip is ADDRESS/LENGTH");
		return;
	}
	if (!dev)
		return;
	slot = arena_push(&m->plan->arena, &dev->addr.more, &dev->addr.n_more, sizeof(*slot));
	*slot = line->ip;
}

static void add_route(struct net_make *m, const struct ks_route *line)
{
	struct net_if *dev = device_of(m, &line->at, line->device);
	bool all = str_eq(line->to, "default"), to6 = false, via6 = line->via && strchr(line->via, ':');
	struct net_route *route;
	uint8_t addr[16];
	unsigned len = 0;

	if (line->via && inet_pton(via6 ? AF_INET6 : AF_INET, line->via, addr) != 1) {
		net_bad(m, ERR_INPUT, &line->at, line->via, "--via is an address");
		return;
	}
	if (!all && !parse_prefix(line->to, addr, &len, &to6)) {
		net_bad(m, ERR_INPUT, &line->at, line->to, "--to is NETWORK/LENGTH or default");
		return;
	}
	if (!all && has_host_bits(addr, len, to6)) {
		net_bad(m, ERR_INPUT, &line->at, line->to, "is no network: it has bits set behind /%u", len);
		return;
	}
	if (!all && line->via && to6 != via6) {
		net_bad(m, ERR_INPUT, &line->at, line->via, "is of another family than %s", line->to);
		return;
	}
	if (!dev)
		return;
	route = arena_push(&m->plan->arena, &dev->addr.routes, &dev->addr.n_routes, sizeof(*route));
	*route = (struct net_route){ .to = line->to,
				     .via = line->via,
				     .ipv6 = all ? via6 : to6,
				     .metric = line->metric > 0 ? (unsigned)line->metric : 0 };
}

/* The addresses of a device as "ADDRESS", each once. */
static void addresses_of(const struct net_if *dev, struct argv *all)
{
	const struct net_address *a = &dev->addr;

	if (a->proto == NET_STATIC && a->ip)
		argv_add(all, a->ip);
	for (size_t i = 0; i < a->n_more + 1; i++) {
		const char *text = i < a->n_more ? a->more[i] : net_address_fixed6(a) ? a->ipv6 : NULL;
		char canonical[INET6_ADDRSTRLEN];
		uint8_t addr[16];
		unsigned len;
		bool ipv6;

		if (text && parse_prefix(text, addr, &len, &ipv6))
			argv_add(all,
				 inet_ntop(ipv6 ? AF_INET6 : AF_INET, addr, canonical, sizeof(canonical)));
	}
}

static const struct ks_at *more_at(struct net_make *m, const struct net_if *dev)
{
	for (size_t i = 0; i < m->ks->n_addresses; i++)
		if (net_if_known(m, m->ks->addresses[i].device) == dev)
			return &m->ks->addresses[i].at;
	return &dev->at;
}

static void check_doubles(struct net_make *m)
{
	const struct net_plan *plan = m->plan;

	for (size_t i = 0; i < plan->n_ifs; i++) {
		auto_argv mine = { 0 };

		addresses_of(plan->ifs[i], &mine);
		for (size_t a = 0; a < mine.n; a++) {
			for (size_t b = 0; b < a; b++)
				if (str_eq(mine.v[a], mine.v[b]))
					net_bad(m, ERR_INPUT, more_at(m, plan->ifs[i]), mine.v[a],
						"%s has this address already", plan->ifs[i]->name);
			for (size_t j = 0; j < i; j++) {
				auto_argv other = { 0 };

				addresses_of(plan->ifs[j], &other);
				if (argv_has(&other, mine.v[a]))
					net_bad(m, ERR_INPUT, &plan->ifs[i]->at, mine.v[a],
						"%s has this address already, by line %u", plan->ifs[j]->name,
						plan->ifs[j]->at.line);
			}
		}
	}
}

void net_address_more(struct net_make *m)
{
	for (size_t i = 0; i < m->ks->n_addresses; i++)
		add_address(m, &m->ks->addresses[i]);
	for (size_t i = 0; i < m->ks->n_routes; i++)
		add_route(m, &m->ks->routes[i]);
	check_doubles(m);
}
