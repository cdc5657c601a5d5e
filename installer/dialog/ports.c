/* A network port as it is shown where one is chosen. */
#include "base/util.h"
#include "installer/dialog/question.h"

#define SWITCH_MAX 12
#define PORT_MAX   12

static const struct net_lldp *switch_of(const struct dialog *d, const struct nic_facts *nic)
{
	return d->opts->lldp ? net_lldp_of(d->opts->lldp, nic->name) : NULL;
}

/* The switch's name without its domain, and the end of the port's, which tells them apart: "sw1 Gi1/0/3". */
static void put_switch(const struct net_lldp *lldp, struct buf *b)
{
	const char *name = lldp->name ? lldp->name : lldp->chassis;
	size_t name_len = lldp->name ? strcspn(name, ".") : strlen(name), port_len = strlen(lldp->port);

	buf_addf(b, ", %.*s %s", (int)MIN(name_len, (size_t)SWITCH_MAX), name,
		 lldp->port + (port_len > PORT_MAX ? port_len - PORT_MAX : 0));
}

static void put_speed(const struct nic_facts *nic, struct buf *b)
{
	if (!nic->carrier || !nic->speed_mbit)
		buf_adds(b, nic->carrier ? "link" : "NO LINK");
	else if (nic->speed_mbit % 1000)
		buf_addf(b, "%u Mb/s", nic->speed_mbit);
	else
		buf_addf(b, "%u Gb/s", nic->speed_mbit / 1000);
}

char *ports_line(const struct dialog *d, const struct nic_facts *nic)
{
	const struct net_lldp *lldp = switch_of(d, nic);
	auto_buf b = { 0 };

	buf_addf(&b, "%s %s, ", nic->mac, nic->driver ? nic->driver : "no driver");
	put_speed(nic, &b);
	if (lldp)
		put_switch(lldp, &b);
	return buf_take(&b);
}

char *ports_help(const struct dialog *d, const struct nic_facts *nic)
{
	const struct net_lldp *lldp = switch_of(d, nic);
	auto_buf b = { 0 };

	buf_addf(&b, "%s", nic->pci ? nic->pci : nic->name);
	if (lldp)
		buf_adds(&b, ": ");
	if (lldp)
		net_lldp_print(lldp, &b);
	return buf_take(&b);
}
