/* The ports of this machine, and the ports of the storage that its paths lead to. */
#include "base/util.h"
#include "facts/pci.h"
#include "multipath/read.h"

const struct mpath_hba *mpath_hba(const struct mpath *san, unsigned host)
{
	for (size_t i = 0; i < san->n_hbas; i++)
		if (san->hbas[i].host == host)
			return &san->hbas[i];
	return NULL;
}

static void read_hba(const struct sysroot *sr, unsigned host, struct mpath_hba *h)
{
	const char *real = sysroot_real(sr, "sys/class/scsi_host/host%u", host);

	h->host = host;
	h->driver = sysroot_line(sr, "sys/class/scsi_host/host%u/proc_name", host);
	h->pci = real ? pci_parent(sr->arena, real) : NULL;
	h->wwpn = sysroot_line(sr, "sys/class/fc_host/host%u/port_name", host);
	h->wwnn = sysroot_line(sr, "sys/class/fc_host/host%u/node_name", host);
	h->port_state = sysroot_line(sr, "sys/class/fc_host/host%u/port_state", host);
	h->speed = sysroot_line(sr, "sys/class/fc_host/host%u/speed", host);
}

/* The storage's ports, read once each. */
struct ports {
	struct port {
		unsigned host, channel, target;
		const char *name;
	} * v;
	size_t n, cap;
};

static const char *port_of(const struct sysroot *sr, struct ports *ports, const struct mpath_path *p)
{
	struct port *t;

	for (size_t i = 0; i < ports->n; i++) {
		t = &ports->v[i];
		if (t->host == p->host && t->channel == p->channel && t->target == p->target)
			return t->name;
	}
	xgrow(&ports->v, &ports->cap, ports->n, sizeof(*ports->v));
	t = &ports->v[ports->n++];
	*t = (struct port){ p->host, p->channel, p->target,
			    sysroot_line(sr, "sys/class/fc_transport/target%u:%u:%u/port_name", p->host,
					 p->channel, p->target) };
	return t->name;
}

static int by_host(const void *pa, const void *pb)
{
	const struct mpath_hba *a = pa, *b = pb;

	return a->host < b->host ? -1 : a->host > b->host;
}

void mpath_read_hbas(const struct sysroot *sr, struct mpath *san)
{
	struct ports ports = { 0 };

	for (size_t l = 0; l < san->n_luns; l++)
		for (size_t i = 0; i < san->luns[l].n_paths; i++) {
			struct mpath_path *p = &san->luns[l].paths[i];

			if (!mpath_hba(san, p->host))
				read_hba(sr, p->host,
					 arena_push(&san->arena, &san->hbas, &san->n_hbas,
						    sizeof(*san->hbas)));
			if (!p->target_port)
				p->target_port = port_of(sr, &ports, p);
		}
	if (san->n_hbas)
		qsort(san->hbas, san->n_hbas, sizeof(*san->hbas), by_host);
	free(ports.v);
}
