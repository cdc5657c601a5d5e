/* The machine's ports with their switches: who is at the other end of each cable. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include "base/file.h"
#include "base/util.h"
#include "netbridge/lldp.h"
#include "netbridge/live.h"
#include "netbridge/nics.h"

/* One NIC that is listened to. */
struct ear {
	const char *nic;
	int fd;
	bool heard;
	struct net_lldp lldp;
};

struct net_lldp_listener {
	struct arena arena;
	struct ear *ears;
	size_t n_ears;
};

/* Nearest bridge, nearest non-TPMR bridge, nearest customer bridge (802.1AB table 7-1). */
static const uint8_t groups[][6] = { { 0x01, 0x80, 0xc2, 0, 0, 0x0e },
				     { 0x01, 0x80, 0xc2, 0, 0, 0x03 },
				     { 0x01, 0x80, 0xc2, 0, 0, 0x00 } };

static int listen_on(const char *nic)
{
	struct sockaddr_ll here = { .sll_family = AF_PACKET,
				    .sll_protocol = htons(LLDP_ETHERTYPE),
				    .sll_ifindex = (int)if_nametoindex(nic) };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	for (size_t i = 0; fd >= 0 && i < ARRAY_SIZE(groups); i++) {
		struct packet_mreq m = { .mr_ifindex = here.sll_ifindex,
					 .mr_type = PACKET_MR_MULTICAST,
					 .mr_alen = sizeof(groups[i]) };

		memcpy(m.mr_address, groups[i], sizeof(groups[i]));
		setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &m, sizeof(m));
	}
	if (fd >= 0 && here.sll_ifindex && bind(fd, (struct sockaddr *)&here, sizeof(here)) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

struct net_lldp_listener *net_lldp_open(const struct facts *facts)
{
	struct net_lldp_listener *l = xcalloc(1, sizeof(*l));

	for (size_t i = 0; i < facts->n_nics; i++) {
		struct ear ear = { .nic = arena_strdup(&l->arena, facts->nics[i].name) };
		struct net_dev dev;

		if (!net_dev_open(ear.nic, NULL, &dev, NULL))
			net_dev_up(&dev, NULL);
		ear.fd = listen_on(ear.nic);
		if (ear.fd >= 0)
			*(struct ear *)arena_push(&l->arena, &l->ears, &l->n_ears, sizeof(ear)) = ear;
	}
	return l;
}

/* Frames that this machine sent itself come too. */
static void take(struct net_lldp_listener *l, struct ear *ear)
{
	uint8_t frame[LLDP_FRAME_MAX];
	struct sockaddr_ll from;
	socklen_t len = sizeof(from);
	ssize_t n;

	/* That the NIC was down for a moment (it joined a bond, say) is told once, in front of the frames. */
	while ((n = recvfrom(ear->fd, frame, sizeof(frame), 0, (struct sockaddr *)&from, &len)) > 0 ||
	       (n < 0 && errno == ENETDOWN)) {
		struct net_lldp one;

		if (n > 0 && from.sll_pkttype != PACKET_OUTGOING &&
		    net_lldp_parse(frame, (size_t)n, &l->arena, &one)) {
			ear->lldp = one;
			ear->heard = one.ttl_s != 0;
		}
		len = sizeof(from);
	}
}

static bool has_link(const char *nic)
{
	auto_free char *path = xasprintf("/sys/class/net/%s/carrier", nic);
	auto_free char *carrier = file_line(path);

	return str_eq(carrier, "1");
}

void net_lldp_read(struct net_lldp_listener *l, unsigned wait_s)
{
	int64_t end = clock_ms(CLOCK_MONOTONIC) + (int64_t)wait_s * 1000;

	for (;;) {
		auto_free struct pollfd *fds = xcalloc(l->n_ears + 1, sizeof(*fds));
		int64_t left = end - clock_ms(CLOCK_MONOTONIC);
		nfds_t waited_for = 0;

		for (size_t i = 0; i < l->n_ears; i++) {
			take(l, &l->ears[i]);
			if (!l->ears[i].heard && has_link(l->ears[i].nic))
				fds[waited_for++] = (struct pollfd){ l->ears[i].fd, POLLIN, 0 };
		}
		if (left <= 0 || !waited_for)
			return;
		poll(fds, waited_for, (int)MIN(left, 1000)); /* links may come meanwhile */
	}
}

const struct net_lldp *net_lldp_of(const struct net_lldp_listener *l, const char *nic)
{
	for (size_t i = 0; l && i < l->n_ears; i++)
		if (l->ears[i].heard && str_eq(l->ears[i].nic, nic))
			return &l->ears[i].lldp;
	return NULL;
}

void net_lldp_close(struct net_lldp_listener *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n_ears; i++)
		close(l->ears[i].fd);
	arena_clear(&l->arena);
	free(l);
}

static const char *link_text(const struct nic_facts *nic, char ret[24])
{
	if (!nic->carrier)
		return "no link";
	if (!nic->speed_mbit)
		return "link";
	snprintf(ret, 24, nic->speed_mbit % 1000 ? "%u Mbit/s" : "%u Gbit/s",
		 nic->speed_mbit % 1000 ? nic->speed_mbit : nic->speed_mbit / 1000);
	return ret;
}

void net_nics_print(const struct facts *facts, const struct net_lldp_listener *l, struct buf *b)
{
	int width = 4, driver_width = 6;

	for (size_t i = 0; i < facts->n_nics; i++) {
		width = MAX(width, (int)strlen(facts->nics[i].name));
		if (facts->nics[i].driver)
			driver_width = MAX(driver_width, (int)strlen(facts->nics[i].driver));
	}
	for (size_t i = 0; i < facts->n_nics; i++) {
		const struct nic_facts *nic = &facts->nics[i];
		const struct net_lldp *lldp = net_lldp_of(l, nic->name);
		char speed[24];

		buf_addf(b, "%-*s  %s  %-*s  %-10s  ", width, nic->name, nic->mac, driver_width,
			 nic->driver ? nic->driver : "-", link_text(nic, speed));
		if (lldp)
			net_lldp_print(lldp, b);
		else
			buf_adds(b, "-");
		buf_addc(b, '\n');
	}
}

static json_t *lldp_json(const struct net_lldp *l)
{
	json_t *j = json_object(), *vlans = json_array();

	for (size_t i = 0; i < l->n_vlans; i++)
		json_array_append_new(vlans, json_integer(l->vlans[i]));
	json_put_str(j, "chassis", l->chassis);
	json_put_str(j, "name", l->name);
	json_put_str(j, "description", l->name_text);
	json_put_str(j, "port", l->port);
	json_put_str(j, "port_description", l->port_text);
	json_put_str(j, "address", l->address);
	json_put_u64(j, "ttl_s", l->ttl_s);
	json_put_u64(j, "pvid", l->pvid);
	json_object_set_new(j, "vlans", vlans);
	json_put_bool(j, "aggregated", l->aggregated);
	json_put_u64(j, "max_frame", l->max_frame);
	return j;
}

json_t *net_nics_json(const struct facts *facts, const struct net_lldp_listener *l)
{
	json_t *list = json_array();

	for (size_t i = 0; i < facts->n_nics; i++) {
		const struct nic_facts *nic = &facts->nics[i];
		const struct net_lldp *lldp = net_lldp_of(l, nic->name);
		json_t *j = json_object();

		json_put_str(j, "name", nic->name);
		json_put_str(j, "mac", nic->mac);
		json_put_str(j, "driver", nic->driver);
		json_put_str(j, "pci", nic->pci);
		json_put_bool(j, "link", nic->carrier);
		json_put_u64(j, "speed_mbit", nic->speed_mbit);
		json_object_set_new(j, "lldp", lldp ? lldp_json(lldp) : json_null());
		json_array_append_new(list, j);
	}
	return list;
}

int net_nics_listen(unsigned wait_s, struct facts *ret, struct net_lldp_listener **ret_l, struct err *err)
{
	struct facts first = { 0 };
	struct net_lldp_listener *l;
	int r = facts_read_ports("/", &first, err);

	if (r)
		return r;
	l = net_lldp_open(&first);
	net_lldp_read(l, wait_s);
	facts_clear(&first);
	r = facts_read_ports("/", ret, err); /* links and speeds as they are now */
	if (r)
		net_lldp_close(l);
	else
		*ret_l = l;
	return r;
}
