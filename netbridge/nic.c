/* NICs: found by the words that a kickstart file may use, and their names in the installed system. */
#include <ctype.h>
#include <net/if.h>
#include <netinet/ether.h>

#include "base/util.h"
#include "netbridge/kind.h"

bool net_mac_parse(const char *text, uint8_t ret[6])
{
	return text && ether_aton_r(text, (struct ether_addr *)ret);
}

/* "pci-0000:00:10.0", "0000:00:10.0" and "00:10.0" are the same port; false: not this NIC's. */
static bool pci_is(const struct nic_facts *nic, const char *word)
{
	if (!nic->pci)
		return false;
	if (str_starts(word, "pci-"))
		word += strlen("pci-");
	if (str_eq(nic->pci, word))
		return true;
	return str_starts(nic->pci, "0000:") && str_eq(nic->pci + strlen("0000:"), word);
}

static bool pci_parse(const char *pci, unsigned *domain, unsigned *bus, unsigned *slot, unsigned *function)
{
	int end = 0;

	return pci && sscanf(pci, "%x:%x:%x.%u%n", domain, bus, slot, function, &end) == 4 && !pci[end];
}

static bool multi_function(const struct facts *facts, const struct nic_facts *nic)
{
	const char *dot = strrchr(nic->pci, '.');

	if (!str_eq(dot, ".0"))
		return true;
	for (size_t i = 0; i < facts->n_nics; i++) {
		const char *other = facts->nics[i].pci;

		if (&facts->nics[i] != nic && other &&
		    !strncmp(other, nic->pci, (size_t)(dot - nic->pci) + 1))
			return true;
	}
	return false;
}

/* ID_NET_NAME_PATH of systemd.net-naming-scheme(7), "enp0s16", "enP1p2s0f1"; NULL for a NIC that isn't on
 * PCI. */
static const char *path_name(struct arena *a, const struct facts *facts, const struct nic_facts *nic)
{
	unsigned domain, bus, slot, function;
	auto_buf b = { 0 };

	if (!pci_parse(nic->pci, &domain, &bus, &slot, &function))
		return NULL;
	buf_adds(&b, "en");
	if (domain)
		buf_addf(&b, "P%u", domain);
	buf_addf(&b, "p%us%u", bus, slot);
	if (multi_function(facts, nic))
		buf_addf(&b, "f%u", function);
	return b.len < IFNAMSIZ ? arena_strdup(a, b.data) : NULL;
}

/* ethN is the kernel's to hand out, in the order the drivers load: udev can't pin such a name without a race.
 */
static bool racing_name(const char *name)
{
	return str_starts(name, "eth") && isdigit((unsigned char)name[3]);
}

const char *net_nic_target_name(struct arena *a, const struct facts *facts, const struct nic_facts *nic)
{
	auto_buf b = { 0 };
	const char *path;

	if (!racing_name(nic->name))
		return arena_strdup(a, nic->name);
	path = path_name(a, facts, nic);
	if (path)
		return path;
	buf_adds(&b, "enx");
	for (const char *c = nic->mac; *c; c++)
		if (*c != ':')
			buf_addc(&b, *c);
	return arena_strdup(a, b.data);
}

static const struct nic_facts *by_mac(const struct facts *facts, const char *mac)
{
	for (size_t i = 0; i < facts->n_nics; i++)
		if (facts->nics[i].mac && !strcasecmp(facts->nics[i].mac, mac))
			return &facts->nics[i];
	return NULL;
}

/* PXELINUX writes BOOTIF=01-52-54-00-12-34-10: the ARP hardware type, then the address. iPXE may leave the
 * type. */
static const struct nic_facts *by_bootif(const struct facts *facts)
{
	struct arena a = { 0 };
	const char *value = facts->cmdline ? facts_cmdline_get(&a, facts->cmdline, "BOOTIF") : NULL;
	const struct nic_facts *nic = NULL;

	if (value) {
		char *mac = arena_strdup(&a, value);

		for (char *c = mac; *c; c++)
			if (*c == '-')
				*c = ':';
		nic = by_mac(facts, mac);
		if (!nic && str_starts(mac, "01:"))
			nic = by_mac(facts, mac + strlen("01:"));
	}
	arena_clear(&a);
	return nic;
}

/* The first NIC with a carrier; without any, the one booted from, or the only one. */
static const struct nic_facts *by_link(const struct facts *facts)
{
	const struct nic_facts *boot;

	for (size_t i = 0; i < facts->n_nics; i++)
		if (facts->nics[i].carrier)
			return &facts->nics[i];
	boot = by_bootif(facts);
	return boot ? boot : facts->n_nics == 1 ? facts->nics : NULL;
}

static const struct nic_facts *by_path_name(const struct facts *facts, const char *word)
{
	const struct nic_facts *nic = NULL;
	struct arena a = { 0 };

	for (size_t i = 0; i < facts->n_nics && !nic; i++)
		if (str_eq(path_name(&a, facts, &facts->nics[i]), word))
			nic = &facts->nics[i];
	arena_clear(&a);
	return nic;
}

const struct nic_facts *net_nic_find(const struct facts *facts, const char *word)
{
	const struct nic_facts *nic;

	if (str_eq(word, "link"))
		return by_link(facts);
	if (str_eq(word, "bootif"))
		return by_bootif(facts);
	for (size_t i = 0; i < facts->n_nics; i++)
		if (str_eq(facts->nics[i].name, word) || pci_is(&facts->nics[i], word))
			return &facts->nics[i];
	nic = by_mac(facts, word);
	return nic ? nic : by_path_name(facts, word);
}
