/* The disk that is erased, and how it is shared out. */
#include "base/util.h"
#include "installer/dialog/question.h"

#define GIB        ((uint64_t)1 << 30)
#define ROOT_GIB   8
#define SMALL_GIB  16 /* a disk below this gets a smaller root */
#define SMALL_ROOT 4

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

size_t chosen_disks(const struct dialog *d, const struct disk_facts **ret)
{
	const struct disk_facts *first = chosen_disk(d);
	size_t n = 0;

	if (first)
		ret[n++] = first;
	for (size_t i = 0; i < d->facts->n_disks && first; i++)
		for (size_t c = 0; c < d->a.n_copies; c++)
			if (&d->facts->disks[i] != first && str_eq(d->facts->disks[i].name, d->a.copies[c]))
				ret[n++] = &d->facts->disks[i];
	return n;
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
						 disk_line(&d->facts->disks[i]), false };
		if (&d->facts->disks[i] == chosen_disk(d) ||
		    (!chosen_disk(d) && !offered && disk_likely(&d->facts->disks[i]))) {
			at = i;
			offered = true;
		}
	}
	while (answer == UI_NEXT && !disk) {
		answer = ui_menu("Disk",
				 "Which disk is the host installed on? All that is on it will be lost.",
				 choices, n, &at);
		disk = &d->facts->disks[at];
		if (answer == UI_NEXT && disk_unusable(disk)) {
			auto_free char *text = xasprintf("Disk %s can't be used: %s. Choose another one.",
							 disk_title(disk), disk_unusable(disk));
			ui_message("Disk", text);
			disk = NULL;
		} else if (answer == UI_NEXT && !disk_may_be_lost(d->facts, disk)) {
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

/* The volume group on one disk, or on an array over several. */
static void write_group(const struct argv *names, struct ks_text *t)
{
	auto_buf members = { 0 };

	if (names->n < 2) {
		text_line(t, "part pv.1 --size=1 --grow");
	} else {
		for (size_t i = 0; i < names->n; i++) {
			auto_free char *on = text_option("--ondisk", names->v[i]);

			text_line(t, "part raid.%zu --size=1 --grow%s", i + 1, on);
			buf_addf(&members, " raid.%zu", i + 1);
		}
		text_line(t, "raid pv.1 --device=md0 --level=RAID1%s", buf_str(&members));
	}
	text_line(t, "volgroup vg0 pv.1");
}

static void write_lines(const struct dialog *d, struct ks_text *t)
{
	const struct disk_facts *disks[1 + COPIES_MAX];
	size_t n = chosen_disks(d, disks);
	const struct disk_host *host = NULL;
	uint64_t root = 0, swap = 0;
	auto_argv names = { 0 };
	auto_buf all = { 0 };
	auto_free char *only = NULL;

	for (size_t i = 0; i < n; i++) {
		auto_buf name = { 0 };

		disk_name(disks[i], &name);
		argv_add(&names, buf_str(&name));
		host = host ? host : disks[i]->host;
	}
	/* Gone: the planner says so, and asks for another one. */
	if (!n)
		argv_add(&names, d->a.disk);
	for (size_t i = 0; i < names.n; i++)
		buf_addf(&all, "%s%s", i ? "," : "", names.v[i]);
	only = text_option("--only-use", buf_str(&all));
	str_u64(d->a.root_gib, &root);
	str_u64(d->a.swap_gib, &swap);
	text_line(t, "ignoredisk%s", only);
	text_line(t, "zerombr");
	text_line(t, "clearpart --all --initlabel");
	/* A person has seen the host that goes, and says so by its token: once, like everyone. */
	if (host)
		text_addon_line(t, "guard --reinstall=allow-token=%s", host->token);
	text_line(t, "reqpart --add-boot");
	write_group(&names, t);
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
