#include "netbridge/host.h"

#include "base/file.h"
#include "base/util.h"
#include "netbridge/kind.h"

#define UNIT "xenith-net-boot.service"

static const char unit[] = "[Unit]\n"
			   "Description=Prove the network of this Xen host, or fall back\n"
			   "Documentation=man:xenith-bridge(1)\n"
			   "After=systemd-networkd.service networking.service\n"
			   "Before=xenith-firstboot.service\n"
			   "ConditionPathExists=/var/lib/xenith/net-unproven\n"
			   "\n"
			   "[Service]\n"
			   "Type=oneshot\n"
			   "ExecStart=/usr/sbin/xenith bridge boot --ks " NET_HOST_KS "\n"
			   "StandardOutput=journal+console\n"
			   "TimeoutStartSec=infinity\n"
			   "\n"
			   "[Install]\n"
			   "WantedBy=multi-user.target\n";

/* What the lines below share. */
struct naming {
	const struct net_plan *plan;
	const struct facts *facts;
};

/* A NIC's MAC in the place of whatever names it. */
static const char *mac_of(const struct naming *n, const char *word)
{
	const struct net_if *dev = word ? net_plan_find(n->plan, word) : NULL;
	const struct nic_facts *nic;

	if (!word || (dev && !dev->nic))
		return word;
	nic = net_nic_find(n->facts, word);
	return nic ? nic->mac : word;
}

static void name_list(struct ks *own, const struct naming *n, struct ks_list *list)
{
	const char **v = arena_alloc(&own->arena, (list->n + 1) * sizeof(*v));

	for (size_t i = 0; i < list->n; i++)
		v[i] = mac_of(n, list->v[i]);
	list->v = v;
}

static void add_network(struct ks *own, const struct naming *n, const struct ks_network *line)
{
	struct ks_network *copy = ks_add(own, &own->networks);

	*copy = *line;
	/* A line without --device is about the NIC that has a link; or about the host's name alone. */
	if (!line->device && (line->bootproto || line->ip || !line->hostname))
		copy->device = "link";
	copy->device = mac_of(n, copy->device);
	name_list(own, n, &copy->bondslaves);
	name_list(own, n, &copy->bridgeslaves);
}

/* Without any line: what the planner took. */
static void add_default(struct ks *own, const struct naming *n)
{
	for (size_t i = 0; i < n->plan->n_ifs; i++)
		if (n->plan->ifs[i]->nic) {
			struct ks_network *line = ks_add(own, &own->networks);

			line->device = n->plan->ifs[i]->mac;
			line->bootproto = "dhcp";
		}
}

void net_host_lines(const struct net_plan *plan, const struct facts *facts, const struct ks *ks,
		    struct buf *b)
{
	struct naming n = { plan, facts };
	struct ks own = { 0 };

	ks_init(&own);
	for (size_t i = 0; i < ks->n_networks; i++)
		add_network(&own, &n, &ks->networks[i]);
	if (!ks->n_networks)
		add_default(&own, &n);
	own.net = ks->net;
	for (size_t i = 0; i < ks->n_addresses; i++) {
		struct ks_address *copy = ks_add(&own, &own.addresses);

		*copy = ks->addresses[i];
		copy->device = mac_of(&n, copy->device);
	}
	for (size_t i = 0; i < ks->n_routes; i++) {
		struct ks_route *copy = ks_add(&own, &own.routes);

		*copy = ks->routes[i];
		copy->device = mac_of(&n, copy->device);
	}
	ks_print(&own, false, b);
	ks_clear(&own);
}

int net_host_files(const struct net_plan *plan, const struct facts *facts, const struct ks *ks,
		   const char *root, struct door *door, struct err *err)
{
	auto_buf lines = { 0 }, text = { 0 };
	int r;

	buf_adds(&lines, "# This host's network, for `xenith bridge verify --ks " NET_HOST_KS "`.\n");
	net_host_lines(plan, facts, ks, &lines);
	buf_adds(&text, unit);
	r = door_write_below(door, root, NET_HOST_KS, buf_str(&lines), 0644, err);
	if (!r)
		r = door_write_below(door, root, "/etc/systemd/system/" UNIT, buf_str(&text), 0644, err);
	if (!r)
		r = door_symlink_below(door, root, "../" UNIT,
				       "/etc/systemd/system/multi-user.target.wants/" UNIT, err);
	return r ? r : door_write_below(door, root, "/var/lib/xenith/net-unproven", "", 0644, err);
}
