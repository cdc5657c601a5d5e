/* The disk that is erased, and how it is shared out. */
#include "base/util.h"
#include "installer/dialog/question.h"
#include "kickstart/table.h"

#define GIB        ((uint64_t)1 << 30)
#define ROOT_GIB   8
#define SMALL_GIB  16 /* a disk below this gets a smaller root */
#define SMALL_ROOT 4
#define TITLE_MAX  24 /* characters that leave room beside them in a menu */

const char *disk_title(const struct disk_facts *d)
{
	if (d->serial)
		return d->serial;
	return d->id && strlen(d->id) <= TITLE_MAX ? d->id : d->name;
}

void size_words(uint64_t bytes, struct buf *b)
{
	static const char *const units[] = { "kB", "MB", "GB", "TB", "PB" };
	double v = (double)bytes / 1000;
	size_t u = 0;

	for (; v >= 1000 && u + 1 < ARRAY_SIZE(units); u++)
		v /= 1000;
	buf_addf(b, "%.1f %s", v, units[u]);
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

/* Why it can't be chosen; NULL: it can. LUNs have a question of their own. */
static const char *unusable(const struct disk_facts *d)
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

static bool likely(const struct disk_facts *d)
{
	return !unusable(d) && !d->removable && !str_eq(d->transport, "usb");
}

static char *line_of(const struct disk_facts *d)
{
	const char *why = unusable(d);
	auto_buf b = { 0 };

	size_words(d->size_bytes, &b);
	if (why) {
		buf_addf(&b, " - not possible: %s", why);
		return buf_take(&b);
	}
	buf_addf(&b, " - %s - %s%s%s", d->n_contents ? "NOT EMPTY" : "empty", d->model ? d->model : "disk",
		 d->transport ? " " : "", d->transport ? d->transport : "");
	return buf_take(&b);
}

const struct disk_facts *chosen_disk(const struct dialog *d)
{
	for (size_t i = 0; i < d->facts->n_disks; i++)
		if (str_eq(d->facts->disks[i].name, d->a.disk))
			return &d->facts->disks[i];
	return NULL;
}

static void default_sizes(struct answers *a, const struct disk_facts *disk)
{
	bool small = disk->size_bytes < SMALL_GIB * GIB;

	if (!*a->root_gib)
		snprintf(a->root_gib, sizeof(a->root_gib), "%d", small ? SMALL_ROOT : ROOT_GIB);
	if (!*a->swap_gib)
		snprintf(a->swap_gib, sizeof(a->swap_gib), "1");
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
			size_words(vg->lvs[i].size_bytes, b);
			for (size_t c = 0; c < vg->lvs[i].n_contents; c++)
				buf_addf(b, "%s%s", c ? ", " : ": ", vg->lvs[i].contents[c].type);
		}
	}
}

/* What will be lost, before anything else is asked. False: another disk. */
static bool may_be_lost(const struct facts *f, const struct disk_facts *d)
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

/* Sets a.disk. Every disk is listed, also those that can't be chosen: people look for them. */
static enum ui_answer choose(struct dialog *d)
{
	size_t n = d->facts->n_disks, at = 0;
	auto_free struct ui_choice *choices = xcalloc(n + 1, sizeof(*choices));
	const struct disk_facts *disk = NULL;
	enum ui_answer answer = UI_NEXT;
	bool offered = false;

	for (size_t i = 0; i < n; i++) {
		choices[i] = (struct ui_choice){ disk_title(&d->facts->disks[i]),
						 line_of(&d->facts->disks[i]), false };
		if (&d->facts->disks[i] == chosen_disk(d) ||
		    (!chosen_disk(d) && !offered && likely(&d->facts->disks[i]))) {
			at = i;
			offered = true;
		}
	}
	while (answer == UI_NEXT && !disk) {
		answer = ui_menu("Disk",
				 "Which disk is the host installed on? All that is on it will be lost.",
				 choices, n, &at);
		disk = &d->facts->disks[at];
		if (answer == UI_NEXT && unusable(disk)) {
			auto_free char *text = xasprintf("Disk %s can't be used: %s. Choose another one.",
							 disk_title(disk), unusable(disk));
			ui_message("Disk", text);
			disk = NULL;
		} else if (answer == UI_NEXT && !may_be_lost(d->facts, disk)) {
			disk = NULL;
		}
	}
	if (answer == UI_NEXT)
		snprintf(d->a.disk, sizeof(d->a.disk), "%s", disk->name);
	for (size_t i = 0; i < n; i++)
		free((void *)choices[i].text);
	return answer;
}

static enum ui_answer ask(struct dialog *d)
{
	struct answers *a = &d->a;
	struct ui_field fields[] = {
		{ "Root file system, GiB", a->root_gib, sizeof(a->root_gib), false },
		{ "Swap, GiB (0: none)", a->swap_gib, sizeof(a->swap_gib), false },
	};
	enum ui_answer answer = UI_BACK;

	if (!d->facts->n_disks) {
		ui_message("Disk",
			   "This machine shows no disk. Is its controller's driver there, and is the "
			   "controller in a mode that Linux knows (not Intel RST or VMD)? The log and a "
			   "shell say more.");
		return UI_BACK;
	}
	while (answer == UI_BACK) {
		answer = choose(d);
		if (answer != UI_NEXT)
			return answer;
		default_sizes(a, chosen_disk(d));
		answer =
			ui_form("Disk",
				"How large shall the host's own volumes be? What is left of the volume group "
				"vg0 is for guests.",
				fields, ARRAY_SIZE(fields));
	}
	return answer;
}

static int check_size(const char *what, const char *word, uint64_t min, struct err *err)
{
	uint64_t gib = 0;

	if (!str_u64(word, &gib) || gib < min || gib > 1 << 20)
		return err_set(err, ERR_INPUT, "%s: \"%s\" is no whole number of GiB from %llu", what, word,
			       (unsigned long long)min);
	return 0;
}

static int check(const struct dialog *d, struct err *err)
{
	int r = check_size("root file system", d->a.root_gib, 1, err);

	return r ? r : check_size("swap", d->a.swap_gib, 0, err);
}

/* A name that one disk has and keeps: as the kickstart language wants it. */
static void write_name(const struct disk_facts *d, struct buf *b)
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

static void write_lines(const struct dialog *d, struct ks_text *t)
{
	const struct disk_facts *disk = chosen_disk(d);
	uint64_t root = 0, swap = 0;
	auto_buf name = { 0 };
	auto_free char *only = NULL;

	/* Gone: the planner says so, and asks for another one. */
	if (disk)
		write_name(disk, &name);
	else
		buf_adds(&name, d->a.disk);
	only = text_option("--only-use", buf_str(&name));
	str_u64(d->a.root_gib, &root);
	str_u64(d->a.swap_gib, &swap);
	text_line(t, "ignoredisk%s", only);
	text_line(t, "zerombr");
	text_line(t, "clearpart --all --initlabel");
	/* A person has seen the host that goes, and says so by its token: once, like everyone. */
	if (disk && disk->host)
		text_addon_line(t, "guard --reinstall=allow-token=%s", disk->host->token);
	text_line(t, "reqpart --add-boot");
	text_line(t, "part pv.1 --size=1 --grow");
	text_line(t, "volgroup vg0 pv.1");
	text_line(t, "logvol / --vgname=vg0 --name=root --fstype=ext4 --size=%llu",
		  (unsigned long long)root * 1024);
	if (swap)
		text_line(t, "logvol swap --vgname=vg0 --name=swap --fstype=swap --size=%llu",
			  (unsigned long long)swap * 1024);
}

const struct question question_disk = {
	.name = "disk",
	.title = "Disk",
	.ask = ask,
	.write = write_lines,
	.check = check,
};
