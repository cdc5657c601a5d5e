/* LUNs for people and as data. */
#include "base/json.h"
#include "base/util.h"
#include "multipath/read.h"

void mpath_contents_print(const struct mpath_lun *lun, struct buf *b)
{
	size_t start = b->len;

	for (size_t i = 0; i < lun->n_contents; i++) {
		const struct mpath_content *c = &lun->contents[i];

		buf_addf(b, "%s%s", b->len > start ? ", " : "", c->type);
		if (c->label)
			buf_addf(b, " \"%s\"", c->label);
	}
	if (lun->vg.name) {
		buf_addf(b, "%sLVM volume group %s", b->len > start ? ", " : "", lun->vg.name);
		if (lun->vg.uuid)
			buf_addf(b, " %s", lun->vg.uuid);
		for (size_t i = 0; lun->vg.lvs && lun->vg.lvs[i]; i++)
			buf_addf(b, "%s%s", i ? ", " : " with ", lun->vg.lvs[i]);
	}
	if (lun->reservation)
		buf_addf(b, "%s%s", b->len > start ? ", " : "", lun->reservation);
	if (lun->unread)
		buf_addf(b, "%s%s", b->len > start ? ", " : "", lun->unread);
	if (b->len == start)
		buf_adds(b, "empty");
}

static void print_path(const struct mpath *san, const struct mpath_path *p, struct buf *b)
{
	const struct mpath_hba *h = mpath_hba(san, p->host);

	buf_addf(b, "  %-5s %u:%u:%u:%llu  host%u", p->name, p->host, p->channel, p->target,
		 (unsigned long long)p->lun, p->host);
	if (h && h->driver)
		buf_addf(b, " %s", h->driver);
	if (h && h->wwpn)
		buf_addf(b, " %s", h->wwpn);
	if (p->target_port)
		buf_addf(b, " -> %s", p->target_port);
	buf_addf(b, "  %s", p->state);
	if (p->access)
		buf_addf(b, " %s%s", p->access, p->preferred ? " preferred" : "");
	buf_addc(b, '\n');
}

static void print_head(const struct mpath_lun *lun, struct buf *b)
{
	buf_addf(b, "%s  ", lun->wwid);
	mpath_verdict_print(lun, b);
	buf_addf(b, "  %s%s%s  ", lun->vendor ? lun->vendor : "", lun->vendor && lun->product ? " " : "",
		 lun->product ? lun->product : "");
	buf_add_bytes(b, lun->size_bytes);
	if (lun->map)
		buf_addf(b, "  %s %s", lun->map, lun->alias ? lun->alias : "");
	if (lun->sizes_differ)
		buf_adds(b, "  (its paths disagree on the size)");
	buf_addc(b, '\n');
}

void mpath_list_print(const struct mpath *san, struct buf *b)
{
	bool begun = false;

	for (size_t i = 0; i < san->n_luns; i++) {
		const struct mpath_lun *lun = &san->luns[i];

		if (lun->hidden || !mpath_is_san(san, lun))
			continue;
		print_head(lun, b);
		buf_adds(b, "  holds: ");
		mpath_contents_print(lun, b);
		buf_addc(b, '\n');
		for (size_t p = 0; p < lun->n_paths; p++)
			print_path(san, &lun->paths[p], b);
	}
	for (size_t i = 0; i < san->n_luns; i++) {
		const struct mpath_lun *lun = &san->luns[i];

		if (!lun->hidden)
			continue;
		if (!begun)
			buf_adds(b, "Never offered:\n");
		begun = true;
		buf_addf(b, "  %s  %s%s%s: %s\n", lun->wwid, lun->vendor ? lun->vendor : "",
			 lun->vendor && lun->product ? " " : "", lun->product ? lun->product : "",
			 lun->hidden);
	}
}

static json_t *path_json(const struct mpath *san, const struct mpath_path *p)
{
	const struct mpath_hba *h = mpath_hba(san, p->host);
	auto_free char *hctl =
		xasprintf("%u:%u:%u:%llu", p->host, p->channel, p->target, (unsigned long long)p->lun);
	json_t *o = json_object();

	json_put_str(o, "name", p->name);
	json_put_str(o, "hctl", hctl);
	json_put_u64(o, "host", p->host);
	json_put_str(o, "hba_driver", h ? h->driver : NULL);
	json_put_str(o, "hba_wwpn", h ? h->wwpn : NULL);
	json_put_str(o, "target_port", p->target_port);
	json_put_str(o, "state", p->state);
	json_put_str(o, "access", p->access);
	json_put_bool(o, "up", p->up);
	return o;
}

static json_t *contents_json(const struct mpath_lun *lun)
{
	json_t *list = json_array();

	for (size_t i = 0; i < lun->n_contents; i++) {
		json_t *c = json_object();

		json_put_str(c, "type", lun->contents[i].type);
		json_put_str(c, "label", lun->contents[i].label);
		json_put_str(c, "uuid", lun->contents[i].uuid);
		json_array_append_new(list, c);
	}
	return list;
}

static json_t *lun_json(const struct mpath *san, const struct mpath_lun *lun)
{
	json_t *o = json_object(), *paths = json_array();

	json_put_str(o, "wwid", lun->wwid);
	json_put_str(o, "verdict", mpath_verdict_name(lun->verdict));
	json_put_u64(o, "paths_up", lun->n_up);
	json_put_u64(o, "paths_expected", MAX(lun->n_paths, lun->expected));
	json_put_str(o, "vendor", lun->vendor);
	json_put_str(o, "product", lun->product);
	json_put_str(o, "serial", lun->serial);
	json_put_u64(o, "size_bytes", lun->size_bytes);
	json_put_bool(o, "sizes_differ", lun->sizes_differ);
	json_put_str(o, "never_offered", lun->hidden);
	json_put_str(o, "map", lun->map);
	json_put_str(o, "alias", lun->alias);
	json_object_set_new(o, "contents", contents_json(lun));
	json_put_str(o, "vg", lun->vg.name);
	json_put_str(o, "vg_uuid", lun->vg.uuid);
	json_put_str(o, "reservation", lun->reservation);
	json_put_str(o, "unread", lun->unread);
	for (size_t i = 0; i < lun->n_paths; i++)
		json_array_append_new(paths, path_json(san, &lun->paths[i]));
	json_object_set_new(o, "paths", paths);
	return o;
}

void mpath_list_json(const struct mpath *san, struct buf *b)
{
	auto_json *all = json_object();
	json_t *luns = json_array(), *hbas = json_array();

	for (size_t i = 0; i < san->n_luns; i++)
		if (san->luns[i].hidden || mpath_is_san(san, &san->luns[i]))
			json_array_append_new(luns, lun_json(san, &san->luns[i]));
	for (size_t i = 0; i < san->n_hbas; i++) {
		json_t *h = json_object();

		json_put_u64(h, "host", san->hbas[i].host);
		json_put_str(h, "driver", san->hbas[i].driver);
		json_put_str(h, "pci", san->hbas[i].pci);
		json_put_str(h, "wwpn", san->hbas[i].wwpn);
		json_put_str(h, "wwnn", san->hbas[i].wwnn);
		json_put_str(h, "port_state", san->hbas[i].port_state);
		json_put_str(h, "speed", san->hbas[i].speed);
		json_array_append_new(hbas, h);
	}
	json_object_set_new(all, "luns", luns);
	json_object_set_new(all, "hbas", hbas);
	json_pretty(all, b);
}
