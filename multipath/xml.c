/* The form of XCP's `xe sr-probe type=lvmohba`, which tools for XenServer read. */
#include "base/util.h"
#include "base/xml.h"
#include "multipath/read.h"

/* XCP names an HBA by its maker's word; where it isn't known, by the driver. */
static const struct {
	const char *driver, *name, *maker;
} makers[] = {
	{ "qla2xxx", "qlogic", "QLogic HBA Driver" }, { "qla4xxx", "qlogic", "QLogic HBA Driver" },
	{ "lpfc", "emulex", "Emulex Device Driver" }, { "bfa", "brocade", "Brocade HBA Driver" },
	{ "fnic", "cisco", "Cisco HBA Driver" },
};

static void maker_of(const struct mpath_hba *h, const char **name, const char **maker)
{
	*name = *maker = h && h->driver ? h->driver : "unknown";
	for (size_t i = 0; h && h->driver && i < ARRAY_SIZE(makers); i++)
		if (strcmp(makers[i].driver, h->driver) == 0) {
			*name = makers[i].name;
			*maker = makers[i].maker;
		}
}

static void text(struct buf *b, const char *tag, const char *s)
{
	buf_addf(b, "<%s>", tag);
	buf_add_xml(b, s);
	buf_addf(b, "</%s>", tag);
}

static void number(struct buf *b, const char *tag, uint64_t v)
{
	buf_addf(b, "<%s>%llu</%s>", tag, (unsigned long long)v, tag);
}

static void block_device(const struct mpath *san, const struct mpath_lun *lun, struct buf *b)
{
	const struct mpath_path *first = &lun->paths[0];
	const char *name, *maker;
	auto_buf path = { 0 };

	for (size_t i = 0; i < lun->n_paths; i++)
		buf_addf(&path, i ? " [%s]" : "/dev/%s", lun->paths[i].name);
	maker_of(mpath_hba(san, first->host), &name, &maker);
	buf_adds(b, "  <BlockDevice>");
	text(b, "path", buf_str(&path));
	number(b, "numpaths", lun->n_paths);
	text(b, "SCSIid", lun->wwid);
	text(b, "vendor", lun->vendor);
	text(b, "serial", lun->serial);
	number(b, "size", lun->size_bytes);
	number(b, "adapter", first->host);
	number(b, "channel", first->channel);
	number(b, "id", first->target);
	number(b, "lun", first->lun);
	text(b, "hba", name);
	buf_adds(b, "</BlockDevice>\n");
}

static void adapter(const struct mpath_hba *h, struct buf *b)
{
	const char *name, *maker;

	maker_of(h, &name, &maker);
	buf_addf(b, "  <Adapter><host>host%u</host>", h->host);
	text(b, "name", name);
	text(b, "manufacturer", maker);
	number(b, "id", h->host);
	if (h->wwpn) {
		buf_adds(b, "<fc_host>");
		text(b, "node_name", h->wwnn);
		text(b, "port_name", h->wwpn);
		text(b, "port_state", h->port_state);
		text(b, "speed", h->speed);
		buf_adds(b, "</fc_host>");
	}
	buf_adds(b, "</Adapter>\n");
}

void mpath_list_xml(const struct mpath *san, struct buf *b)
{
	buf_adds(b, "<?xml version=\"1.0\" ?>\n<Devlist>\n");
	for (size_t i = 0; i < san->n_luns; i++)
		if (!san->luns[i].hidden && mpath_is_san(san, &san->luns[i]))
			block_device(san, &san->luns[i], b);
	for (size_t i = 0; i < san->n_hbas; i++) {
		bool used = false;

		for (size_t l = 0; !used && l < san->n_luns; l++)
			for (size_t p = 0; mpath_is_san(san, &san->luns[l]) && p < san->luns[l].n_paths; p++)
				used = used || san->luns[l].paths[p].host == san->hbas[i].host;
		if (used)
			adapter(&san->hbas[i], b);
	}
	buf_adds(b, "</Devlist>\n");
}
