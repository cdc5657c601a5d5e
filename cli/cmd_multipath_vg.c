/* A LUN for guests on a host that runs already: mapped, and its volume group made or joined. */
#include "base/file.h"
#include "base/util.h"
#include "cli/cli.h"
#include "cli/multipath_ks.h"
#include "multipath/live.h"

#define CONF         "/etc/multipath.conf"
#define LUNS         "/etc/xenith/luns"
#define DEVICES      "/etc/lvm/devices/system.devices"
#define MARK         "# Written by xenith"
#define INITRAMFS_S  3600
#define LVMDEVICES_S 120

struct values {
	bool dry_run, yes, json;
};

static const struct opt opts[] = {
	{ "--dry-run", 0, OPT_FLAG, offsetof(struct values, dry_run), NULL,
	  "print the plan, change nothing" },
	{ "--yes", 0, OPT_FLAG, offsetof(struct values, yes), NULL, "don't ask" },
	{ "--json", 0, OPT_FLAG, offsetof(struct values, json), NULL, "print data instead of text" },
	{ 0 },
};

static bool named(const struct ks *ks, const char *wwid)
{
	for (size_t i = 0; i < ks->n_luns; i++) {
		auto_free char *one = mpath_wwid(ks->luns[i].wwid);

		if (strcmp(one, wwid) == 0)
			return true;
	}
	return false;
}

/* The files are written anew from the kickstart file: what others wrote, or LUNs that it leaves out, would be
 * lost. */
static int check_files(const struct ks *ks, struct err *err)
{
	auto_argv lines = { 0 };
	auto_buf conf = { 0 }, luns = { 0 };

	if (!file_read(CONF, &conf, NULL) && conf.len && !str_starts(buf_str(&conf), MARK))
		return err_set(
			err, ERR_MACHINE,
			CONF " is not xenith's and is not overwritten; move it away if the lun lines say all "
			     "that it says");
	file_read(LUNS, &luns, NULL);
	argv_split(&lines, buf_str(&luns), "\n");
	for (size_t i = 0; i < lines.n; i++) {
		auto_argv words = { 0 };

		argv_split(&words, lines.v[i], " ");
		if (words.v[0][0] != '#' && !named(ks, words.v[0]))
			return err_set(err, ERR_INPUT,
				       "%s:1: lun: this host uses LUN %s too (" LUNS
				       "), and no line names it\n",
				       ks->file ? ks->file : "-", words.v[0]);
	}
	return 0;
}

static int confirm(const struct values *v, struct err *err)
{
	char line[16] = "";

	if (v->yes)
		return 0;
	if (!isatty(0))
		return err_set(err, ERR_USAGE, "say --yes, or --dry-run to see the plan only");
	fputs("Carry this plan out? Type yes: ", stdout);
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin) || strcmp(line, "yes\n") != 0)
		return err_set(err, ERR_STOPPED, "stopped; nothing was written");
	return 0;
}

/* LVM and the initramfs learn of the LUNs. */
static int tell_host(const struct mpath_plan *plan, struct door *door, struct err *err)
{
	auto_buf luns = { 0 };
	int r;

	mpath_luns_file(plan, &luns);
	r = door_write(door, LUNS, buf_str(&luns), luns.len, 0644, err);
	for (size_t i = 0; !r && file_exists(DEVICES) && i < plan->n_luns; i++) {
		auto_free char *device = xasprintf("/dev/mapper/%s", plan->luns[i].name);

		if (plan->luns[i].vg)
			r = door_runl_for(door, LVMDEVICES_S, err, "lvm", "lvmdevices", "--yes", "--adddev",
					  device, NULL);
	}
	return r ? r : door_runl_for(door, INITRAMFS_S, err, "update-initramfs", "-u", "-k", "all", NULL);
}

static int carry_out(const struct ks *ks, struct mpath_plan *plan, struct door *door, struct err *err)
{
	int r = mpath_live_start(ks, MPATH_QUEUE, door, err);

	if (!r)
		r = mpath_live_maps(plan, door, multipath_ks_progress, NULL, err);
	if (!r)
		r = mpath_vg_apply(plan, NULL, door, err);
	return r ? r : tell_host(plan, door, err);
}

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	struct door door = { 0 };
	struct mpath_plan plan = { 0 };
	struct mpath san = { 0 };
	struct ks ks = { 0 };
	int r = multipath_ks_read(args->v[0], &ks, err);

	if (!r)
		r = check_files(&ks, err);
	if (!r)
		r = mpath_live_wait(&ks, &door, multipath_ks_progress, NULL, &san, err);
	if (!r)
		r = mpath_plan_make(&san, &ks, true, &plan, err);
	if (!r)
		multipath_ks_print(&plan, v->json);
	if (!r && !v->dry_run)
		r = confirm(v, err);
	if (!r && !v->dry_run)
		r = carry_out(&ks, &plan, &door, err);
	mpath_plan_clear(&plan);
	mpath_clear(&san);
	ks_clear(&ks);
	return r;
}

const struct command cmd_multipath_vg = {
	.name = "multipath vg",
	.args = "FILE|-",
	.summary = "Map the LUNs of a kickstart file's lun lines, and make or join their volume groups",
	.opts = opts,
	.values_size = sizeof(struct values),
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
