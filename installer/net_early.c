#include "installer/net_early.h"

#include <arpa/inet.h>
#include <strings.h>

#include "base/util.h"

#define DHCP_TIMEOUT_S 45

static const struct nic_facts *find_nic(const struct facts *facts, const char *name)
{
	for (size_t i = 0; i < facts->n_nics; i++)
		if (str_eq(facts->nics[i].name, name) || strcasecmp(facts->nics[i].mac, name) == 0)
			return &facts->nics[i];
	return NULL;
}

/* BOOTIF=01-aa-bb-cc-dd-ee-ff, as PXELINUX and iPXE write it: a hardware type, then the address with dashes.
 */
const struct nic_facts *net_early_boot_nic(const struct facts *facts)
{
	const struct nic_facts *nic = NULL;
	struct arena a = { 0 };
	const char *word = facts->cmdline ? facts_cmdline_get(&a, facts->cmdline, "BOOTIF") : NULL;

	if (word && strlen(word) == 20) {
		char *mac = arena_strdup(&a, word + 3);

		for (char *s = mac; *s; s++)
			if (*s == '-')
				*s = ':';
		nic = find_nic(facts, mac);
	}
	arena_clear(&a);
	return nic;
}

/* Prefix length of "255.255.255.0" or "24"; 0: neither. */
static unsigned prefix_len(const char *mask)
{
	struct in_addr a;
	uint64_t n;
	uint32_t bits;

	if (str_u64(mask, &n))
		return n <= 32 ? (unsigned)n : 0;
	if (inet_pton(AF_INET, mask, &a) != 1)
		return 0;
	bits = ntohl(a.s_addr);
	if (!bits || (~bits & (~bits + 1)))
		return 0;
	return (unsigned)__builtin_popcount(bits);
}

static const char **name_servers(struct arena *a, const char *cmdline)
{
	const char **list = arena_alloc(a, 5 * sizeof(*list));
	auto_argv words = { 0 };
	size_t n = 0;

	argv_split(&words, cmdline, " \t\n");
	for (size_t i = 0; i < words.n && n < 4; i++)
		if (str_starts(words.v[i], "nameserver="))
			list[n++] = arena_strdup(a, words.v[i] + strlen("nameserver="));
	return list;
}

/* CLIENT:PEER:GATEWAY:NETMASK:HOSTNAME:NIC:METHOD */
static int static_plan(const struct facts *facts, const char *word, struct net_plan *plan, struct err *err)
{
	const char *field[7] = { "", "", "", "", "", "", "" };
	char *s = arena_strdup(&plan->arena, word);
	struct net_address *addr = &plan->install_addr;
	struct in_addr ignored;

	for (size_t i = 0; i < ARRAY_SIZE(field) && s; i++)
		field[i] = strsep(&s, ":");
	addr->proto = NET_STATIC;
	addr->ip = field[0];
	addr->gateway = *field[2] ? field[2] : NULL;
	addr->prefix_len = prefix_len(field[3]);
	addr->nameservers = name_servers(&plan->arena, facts->cmdline);
	plan->hostname = *field[4] ? field[4] : NULL;
	if (*field[5])
		plan->install_nic = find_nic(facts, field[5]);
	else if (facts->n_nics == 1)
		plan->install_nic = &facts->nics[0];
	if (inet_pton(AF_INET, addr->ip, &ignored) != 1 || !addr->prefix_len ||
	    (addr->gateway && inet_pton(AF_INET, addr->gateway, &ignored) != 1))
		return err_set(
			err, ERR_NET_IP_WORD,
			"kernel command line: ip=%s: wants ip=ADDRESS::GATEWAY:NETMASK:HOSTNAME:NIC:none",
			word);
	if (!plan->install_nic)
		return err_set(err, ERR_NET_IP_NIC, "kernel command line: ip=%s: %s", word,
			       *field[5] ? "there is no such NIC" : "name the NIC: this machine has several");
	return 0;
}

int net_early_plan(const struct facts *facts, struct net_plan *ret, bool *static_addr, struct err *err)
{
	struct net_plan plan = { .install_addr.proto = NET_DHCP };
	const char *word = facts->cmdline ? facts_cmdline_get(&plan.arena, facts->cmdline, "ip") : NULL;
	int r = 0;

	*static_addr = false;
	if (word && *word && !str_eq(word, "dhcp")) {
		if (str_ends(word, ":dhcp") && strchr(word, ':') == strrchr(word, ':')) {
			char *nic = arena_strndup(&plan.arena, word, strlen(word) - strlen(":dhcp"));

			plan.install_nic = find_nic(facts, nic);
			if (!plan.install_nic)
				r = err_set(err, ERR_NET_IP_NIC,
					    "kernel command line: ip=%s: there is no NIC %s", word, nic);
		} else {
			*static_addr = true;
			r = static_plan(facts, word, &plan, err);
		}
	} else {
		plan.install_nic = net_early_boot_nic(facts);
	}
	if (r)
		net_plan_clear(&plan);
	else
		*ret = plan;
	return r;
}

/* Every port in turn; first is tried first, and may be NULL. */
static int dhcp_any(const struct facts *facts, const struct nic_facts *first, struct door *door,
		    struct err *err)
{
	struct err one = { 0 };
	auto_buf tried = { 0 };

	if (first && net_live_dhcp(first->name, DHCP_TIMEOUT_S, door, &one) == 0)
		return 0;
	if (first)
		buf_addf(&tried, "; %s", one.msg);
	for (size_t i = 0; i < facts->n_nics; i++) {
		if (&facts->nics[i] == first)
			continue;
		if (net_live_dhcp(facts->nics[i].name, DHCP_TIMEOUT_S, door, &one) == 0)
			return 0;
		buf_addf(&tried, "; %s", one.msg);
	}
	return err_set(
		err, ERR_NET_NO_DHCP,
		"no NIC got an address by DHCP%s; check cables, or say ip= on the kernel's command line",
		buf_str(&tried));
}

/* Over a bond or a VLAN, if the command line makes one. */
static int stack_up(const struct facts *facts, bool *done, struct door *door, struct err *err)
{
	struct net_plan plan = { 0 };
	struct ks ks = { 0 };
	int r;

	ks_init(&ks);
	r = net_early_stack(facts, &ks, done, err);
	if (!r && *done)
		r = net_plan_make_plain(facts, &ks, &plan, err);
	if (!r && *done)
		r = net_live_up(&plan, door, err);
	net_plan_clear(&plan);
	ks_clear(&ks);
	return r;
}

int net_early_up(const struct facts *facts, struct door *door, struct err *err)
{
	struct net_plan plan = { 0 };
	bool static_addr, stacked = false;
	int r;

	if (!facts->n_nics)
		return err_set(
			err, ERR_HW_NO_NIC,
			"this machine shows no NIC: its driver or firmware may be missing from the medium");
	r = net_live_reset(door, err);
	if (!r)
		r = stack_up(facts, &stacked, door, err);
	if (!r && !stacked)
		r = net_early_plan(facts, &plan, &static_addr, err);
	if (r || stacked)
		return r;
	r = static_addr ? net_live_up(&plan, door, err) : dhcp_any(facts, plan.install_nic, door, err);
	net_plan_clear(&plan);
	return r;
}
