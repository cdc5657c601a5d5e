#include <ctype.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/util.h"
#include "facts/parts.h"
#include "facts/pci.h"
#include "facts/udev.h"

#define ETH_LEN 6

/* The address that the card was made with; all zeros when the driver doesn't tell. Live only. */
static const char *permanent_mac(const struct sysroot *sr, const char *name)
{
	auto_close int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char room[sizeof(struct ethtool_perm_addr) + 32] = { 0 };
	struct ethtool_perm_addr *addr = (struct ethtool_perm_addr *)(void *)room;
	struct ifreq ifr = { 0 };
	static const unsigned char none[ETH_LEN];
	const unsigned char *m = addr->data;

	addr->cmd = ETHTOOL_GPERMADDR;
	addr->size = 32;
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	ifr.ifr_data = (void *)addr;
	if (fd < 0 || ioctl(fd, SIOCETHTOOL, &ifr) || addr->size != ETH_LEN || !memcmp(m, none, ETH_LEN))
		return NULL;
	return arena_printf(sr->arena, "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
}

/* Lower case with colons; NULL for anything else than an Ethernet address that a port can have. */
static const char *clean_mac(const struct sysroot *sr, const char *s)
{
	char *mac = s ? arena_strdup(sr->arena, s) : NULL;

	if (!mac || strlen(mac) != 17 || str_eq(mac, "00:00:00:00:00:00"))
		return NULL;
	for (size_t i = 0; i < 17; i++) {
		if (i % 3 == 2 ? mac[i] != ':' : !isxdigit((unsigned char)mac[i]))
			return NULL;
		mac[i] = (char)tolower((unsigned char)mac[i]);
	}
	return mac;
}

static const char *nic_mac(const struct sysroot *sr, const char *name)
{
	const char *mac = sr->live ? permanent_mac(sr, name) : NULL;

	/* A bond's ports all show the bond's address. */
	if (!mac)
		mac = clean_mac(sr, sysroot_line(sr, "sys/class/net/%s/bonding_slave/perm_hwaddr", name));
	return mac ? mac : clean_mac(sr, sysroot_line(sr, "sys/class/net/%s/address", name));
}

/*
 * A port is what has a device behind it: bridges, bonds, VLANs and lo have none. The dom0 ends of guests'
 * interfaces do (they sit on the bus xen-backend), and so do virtual functions (physfn): neither is a port.
 */
static bool is_port(const struct sysroot *sr, const char *name)
{
	const char *driver = sysroot_link(sr, "sys/class/net/%s/device/driver", name);

	return sysroot_exists(sr, "sys/class/net/%s/device", name) &&
	       sysroot_u64(sr, 1, "sys/class/net/%s/type", name) == 1 &&
	       !(driver && strstr(driver, "/xen-backend/")) &&
	       !sysroot_link(sr, "sys/class/net/%s/device/physfn", name);
}

static const char *nic_driver(const struct sysroot *sr, const char *name)
{
	const char *link = sysroot_link(sr, "sys/class/net/%s/device/driver", name);
	const char *slash = link ? strrchr(link, '/') : NULL;

	if (link && str_ends(link, "/xen/drivers/vif"))
		return "xen-netfront";
	return slash ? slash + 1 : link;
}

static void read_nic(const struct sysroot *sr, const char *name, struct nic_facts *nic)
{
	const char *real = sysroot_real(sr, "sys/class/net/%s", name);
	const char *ifindex = sysroot_line(sr, "sys/class/net/%s/ifindex", name);
	const char *s;
	auto_udev udev = { 0 };
	auto_free char *record = xasprintf("n%s", ifindex ? ifindex : "");
	uint64_t speed = sysroot_u64(sr, 0, "sys/class/net/%s/speed", name);

	if (!strchr(record, '/'))
		udev_read(sr, record, &udev);
	nic->name = arena_strdup(sr->arena, name);
	nic->driver = nic_driver(sr, name);
	nic->pci = real ? pci_address(sr->arena, real) : NULL;
	s = udev_get(&udev, "ID_PATH");
	if (s)
		nic->id_path = arena_strdup(sr->arena, s);
	else if (nic->pci)
		nic->id_path = arena_printf(sr->arena, "pci-%s", nic->pci);
	nic->carrier = sysroot_u64(sr, 0, "sys/class/net/%s/carrier", name) == 1;
	nic->speed_mbit = speed < 10000000 ? (unsigned)speed : 0;
	nic->mtu =
		(unsigned)MIN(sysroot_u64(sr, 1500, "sys/class/net/%s/mtu", name), (uint64_t)UINT16_MAX + 1);
}

static int by_pci(const void *pa, const void *pb)
{
	const struct nic_facts *a = pa, *b = pb;
	int r = (!a->pci) - (!b->pci);

	if (!r && a->pci)
		r = strcmp(a->pci, b->pci);
	return r ? r : strverscmp(a->name, b->name);
}

void facts_read_nics(const struct sysroot *sr, struct facts *f)
{
	auto_argv names = { 0 };

	sysroot_list(sr, &names, "sys/class/net");
	for (size_t i = 0; i < names.n; i++) {
		const char *mac = is_port(sr, names.v[i]) ? nic_mac(sr, names.v[i]) : NULL;
		struct nic_facts *nic;

		if (!mac)
			continue;
		nic = arena_push(sr->arena, &f->nics, &f->n_nics, sizeof(*f->nics));
		nic->mac = mac;
		read_nic(sr, names.v[i], nic);
	}
	if (f->n_nics)
		qsort(f->nics, f->n_nics, sizeof(*f->nics), by_pci);
}
