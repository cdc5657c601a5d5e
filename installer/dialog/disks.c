/* What the questions about disks share: their names, and what is on them. */
#include "base/util.h"
#include "installer/dialog/question.h"

#define TITLE_MAX 24 /* characters that leave room beside them in a menu */

const char *disk_title(const struct disk_facts *d)
{
	if (d->serial)
		return d->serial;
	return d->id && strlen(d->id) <= TITLE_MAX ? d->id : d->name;
}

void contents_words(const struct disk_facts *d, const char *each, struct buf *b)
{
	for (size_t i = 0; i < d->n_contents; i++) {
		const struct disk_content *c = &d->contents[i];

		buf_addf(b, "%s%s: %s", each, c->node, c->type);
		if (c->label)
			buf_addf(b, " \"%s\"", c->label);
		if (c->hint)
			buf_addf(b, " (%s)", c->hint);
	}
}

const char *disk_unusable(const struct disk_facts *d)
{
	if (d->boot_medium)
		return "boot medium";
	if (d->cdrom)
		return "optical";
	if (d->read_only)
		return "read-only";
	if (!d->size_bytes)
		return "no medium";
	if (d->multipath_wwid)
		return "one path of a LUN";
	return NULL;
}

bool disk_likely(const struct disk_facts *d)
{
	return !disk_unusable(d) && !d->removable && !str_eq(d->transport, "usb");
}

char *disk_line(const struct disk_facts *d)
{
	const char *why = disk_unusable(d);
	auto_buf b = { 0 };

	buf_add_bytes(&b, d->size_bytes);
	if (why) {
		buf_addf(&b, " - not possible: %s", why);
		return buf_take(&b);
	}
	buf_addf(&b, " - %s - %s%s%s", d->n_contents ? "NOT EMPTY" : "empty", d->model ? d->model : "disk",
		 d->transport ? " " : "", d->transport ? d->transport : "");
	return buf_take(&b);
}

/* The volumes of the groups on a disk, and the guests' disks in them. */
static void volumes_words(const struct facts *f, const struct disk_facts *d, struct buf *b)
{
	for (size_t v = 0; v < f->n_vgs; v++) {
		const struct vg_facts *vg = &f->vgs[v];
		bool here = false;

		for (size_t i = 0; i < vg->n_pvs; i++)
			here = here || str_eq(vg->pvs[i].disk, d->name);
		for (size_t i = 0; here && i < vg->n_lvs; i++) {
			buf_addf(b, "\n  volume %s/%s, ", vg->name, vg->lvs[i].name);
			buf_add_bytes(b, vg->lvs[i].size_bytes);
			for (size_t c = 0; c < vg->lvs[i].n_contents; c++)
				buf_addf(b, "%s%s", c ? ", " : ": ", vg->lvs[i].contents[c].type);
		}
	}
}

bool disk_may_be_lost(const struct facts *f, const struct disk_facts *d)
{
	auto_buf b = { 0 };

	if (!d->n_contents)
		return true;
	buf_addf(&b, "Disk %s is not empty. All of this will be lost:\n", disk_title(d));
	contents_words(d, "\n  ", &b);
	volumes_words(f, d, &b);
	if (d->host)
		buf_addf(&b, "\n  the Xenith host %s, installed %s",
			 d->host->hostname ? d->host->hostname : "(without a name)",
			 d->host->installed ? d->host->installed : "(unknown date)");
	buf_adds(&b, "\n\nUse this disk?");
	return ui_yesno("Disk", buf_str(&b));
}

void disk_name(const struct disk_facts *d, struct buf *b)
{
	if (d->wwn && d->id && str_starts(d->id, "wwn-"))
		buf_adds(b, d->id);
	else if (d->serial)
		buf_addf(b, "serial=%s", d->serial);
	else if (d->by_path)
		buf_addf(b, "disk/by-path/%s", d->by_path);
	else
		buf_adds(b, d->name);
}
