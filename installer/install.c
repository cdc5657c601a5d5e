#include "installer/install.h"

#include "base/file.h"
#include "base/util.h"
#include "installer/apply.h"
#include "installer/attended.h"
#include "installer/prove.h"
#include "installer/read.h"
#include "installer/san.h"
#include "installer/watch.h"

#define RETRY_S     10
#define RETRY_MAX_S 600

/* A NIC that is named by its link, or not at all, can only be told once the ports are up. */
static bool wants_link(const struct ks *ks)
{
	for (size_t i = 0; i < ks->n_networks; i++)
		if (str_eq(ks->networks[i].device, "link"))
			return true;
	return ks->n_networks == 0;
}

/* LUNs that can't be had are no reason to keep back what else is wrong; where the system was to go to one,
 * nothing more is known of its disks. */
static void add_other_faults(const struct install_run *run, struct err *err)
{
	struct install_plan plan = { 0 };
	struct err more = { 0 };

	for (size_t i = 0; i < run->ks.n_luns; i++)
		if (run->ks.luns[i].root)
			return;
	if (err->code != ERR_INPUT && err->code != ERR_MACHINE)
		return;
	if (install_plan_make(&run->facts, &run->ks, NULL, &plan, &more))
		err_add(err, &more);
	install_plan_clear(&plan);
}

static int make_plan(struct install_run *run, struct err *err)
{
	int r = run->opts->from_cmdline && wants_link(&run->ks) ? install_see_links(run, err) : 0;

	if (!r) {
		r = install_san(run, err);
		if (r)
			add_other_faults(run, err);
	}
	if (!r)
		r = install_plan_make(&run->facts, &run->ks, &run->san_plan, &run->plan, err);
	if (r)
		return r;
	events_set_host(run->events, run->plan.net.hostname);
	if (run->plan.virt_warning)
		event_send(run->events, "facts", EVENT_WARNING, "%s", run->plan.virt_warning);
	return 0;
}

static void print_plan(const struct install_run *run)
{
	auto_buf b = { 0 };

	(run->opts->plan_json ? install_plan_json : install_plan_print)(&run->plan, &b);
	log_text(run->log, "plan", buf_str(&b), b.len);
	fputs(buf_str(&b), stdout);
	fflush(stdout);
}

/* A person types "yes"; the boot medium counts down; --yes goes on. */
static int confirm(struct install_run *run, struct err *err)
{
	char line[16] = "";

	run->step = "disk";
	if (run->opts->from_cmdline && !run->dialog) {
		if (run->opts->countdown_s)
			event_send(run->events, run->step, EVENT_START,
				   "the disks named above will be erased in %llu s",
				   (unsigned long long)run->opts->countdown_s);
		sleep((unsigned)run->opts->countdown_s);
		return 0;
	}
	if (run->opts->yes || run->dialog)
		return 0;
	if (!isatty(0))
		return err_set(err, ERR_USAGE,
			       "the plan above erases disks: say --yes, or --dry-run to see it only");
	fputs("Carry this plan out? Type yes: ", stdout);
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin) || strcmp(line, "yes\n") != 0)
		return err_set(err, ERR_RUN_STOPPED, "stopped; nothing was written");
	return 0;
}

static void pkg_progress_event(void *arg, const char *step, uint64_t done, uint64_t total, const char *what)
{
	event_progress(arg, step, total ? (unsigned)(done * 100 / total) : 0, done, what);
}

static void start(struct install_run *run, const struct install_opts *opts)
{
	*run = (struct install_run){ .opts = opts, .step = "facts" };
	run->drivers =
		(struct drivers){ opts->ks_keyring, INSTALL_RUN "/drivers", opts->from_cmdline ? "/" : NULL };
	if (!opts->dry_run)
		file_mkdirs(INSTALL_RUN, 0700, NULL);
	run->log = log_new(opts->dry_run ? NULL : INSTALL_RUN "/install.log");
	run->door.log = run->log;
	run->events = events_new(run->log);
	if (!opts->dry_run) {
		events_to_fd(run->events, STDOUT_FILENO, opts->json);
		events_to_file(run->events, INSTALL_RUN "/events.jsonl");
	}
	run->progress = (struct pkg_progress){ pkg_progress_event, run->events, NULL };
}

static void finish(struct install_run *run)
{
	install_plan_clear(&run->plan);
	mpath_plan_clear(&run->san_plan);
	mpath_clear(&run->san);
	dialog_free(run->dialog);
	net_lldp_close(run->lldp);
	events_free(run->events);
	facts_clear(&run->facts);
	ks_clear(&run->ks);
	log_free(run->log);
	arena_clear(&run->arena);
}

/* The collector for failures that come before there is a kickstart file. */
static void early_report(struct install_run *run)
{
	const char *url = run->facts.cmdline
				  ? facts_cmdline_get(&run->arena, run->facts.cmdline, "xenith.report")
				  : NULL;

	if (run->opts->from_cmdline && url && *url)
		events_to_url(run->events, url, NULL);
}

static int carry_out(struct install_run *run, struct err *err)
{
	struct watch *watch = watch_begin(run);
	int r = install_apply(run, err);

	watch_end(watch);
	return r;
}

/* From the kickstart file to the installed host; or from the step that failed. */
static int attempt(struct install_run *run, struct err *err)
{
	int r;

	if (run->resume)
		return carry_out(run, err);
	r = install_read(run, err);
	if (!r)
		r = make_plan(run, err);
	if (!r)
		r = install_prove(run, err);
	if (r)
		return r;
	print_plan(run);
	if (run->opts->dry_run)
		return 0;
	r = confirm(run, err);
	return r ? r : carry_out(run, err);
}

/* From where: the step that failed. But if a program fails there again, what was done before may be at fault.
 */
static const char *retry_from(struct install_run *run, const struct err *err)
{
	bool again = str_eq(run->again, run->step) && err->code != ERR_FETCH;

	run->again = run->step;
	return install_resumable(run) && !again ? run->step : NULL;
}

/* From a kickstart file that says so: wait, and try again. Errors of the file or the machine stay. */
static bool retry(struct install_run *run, unsigned tries, const struct err *err)
{
	const struct ks_retry *want = &run->ks.retry;
	uint64_t wait_s = want->delay_s >= 0 ? (uint64_t)want->delay_s : RETRY_S;

	if (run->dialog || !KS_SAID(*want) || tries >= want->times ||
	    (err->code != ERR_FETCH && err->code != ERR_TOOL && err->code != ERR_SYS))
		return false;
	wait_s = MIN(wait_s << MIN(tries, 10), RETRY_MAX_S);
	run->resume = retry_from(run, err);
	event_send(run->events, run->step, EVENT_WARNING,
		   "try %u failed, %lld more, the next in %llu s from %s: %s", tries + 1,
		   (long long)want->times - tries, (unsigned long long)wait_s,
		   run->resume ? run->resume : "the beginning", err->msg);
	install_cleanup(run);
	if (!run->resume)
		install_plan_clear(&run->plan);
	sleep((unsigned)wait_s);
	return true;
}

static int story(struct install_run *run, struct err *err)
{
	for (unsigned tries = 0;;) {
		int r = run->dialog || run->resume ? 0 : install_read_facts(run, err);

		if (!r) {
			early_report(run);
			r = attempt(run, err);
		}
		if (!r)
			attended_done(run);
		if (!r || run->opts->dry_run)
			return r;
		if (retry(run, tries, err)) {
			tries++;
			continue;
		}
		install_failed(run, err);
		if (!attended_again(run, err))
			return r;
	}
}

int install_run(const struct install_opts *opts, struct err *err)
{
	struct install_opts full = *opts;
	struct install_run run;
	int r;

	full.dry_run = opts->dry_run || opts->facts_dir;
	start(&run, &full);
	r = story(&run, err);
	finish(&run);
	return r;
}
