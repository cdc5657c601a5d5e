#include "installer/install.h"

#include <fcntl.h>
#include <termios.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/apply.h"
#include "installer/attended.h"
#include "installer/guard.h"
#include "installer/image_source.h"
#include "installer/ks_signed.h"
#include "installer/ks_source.h"
#include "installer/medium.h"
#include "installer/net_early.h"
#include "installer/san.h"
#include "installer/sshd.h"
#include "installer/target/target.h"
#include "installer/watch.h"
#include "kickstart/names.h"
#include "netbridge/nics.h"
#include "netbridge/verify.h"
#include "packages/fetch.h"

#define LINK_WAIT_S      10
#define LLDP_WAIT_S      31 /* switches speak every 30 s */
#define RETRY_S          10
#define RETRY_MAX_S      600
#define STAGE(step_name) (run->step = (step_name))

static void mask_secret(void *log, const char *secret)
{
	log_mask(log, secret);
}

/* A try that was stopped after it had marked its disks left no host. */
static int look(struct install_run *run, struct err *err)
{
	auto_free char *begun = run->opts->facts_dir ? NULL : file_line(INSTALL_TOKEN);
	int r;

	facts_clear(&run->facts);
	r = facts_read(run->opts->facts_dir ? run->opts->facts_dir : "/", &run->facts, err);
	if (!r && begun)
		guard_forget(&run->facts, begun);
	return r;
}

static int read_facts(struct install_run *run, struct err *err)
{
	int r;

	STAGE("facts");
	event_send(run->events, run->step, EVENT_START, "looking at this machine");
	r = look(run, err);
	if (!r && run->opts->from_cmdline && !run->lldp)
		run->lldp = net_lldp_open(&run->facts);
	return r;
}

/* Read the machine again once its ports had the time to find a link. */
static int see_links(struct install_run *run, struct err *err)
{
	int r = net_live_links_up(&run->facts, LINK_WAIT_S, &run->door, err);

	return r ? r : look(run, err);
}

/* What the boot medium lacks; then the machine is another one. */
static int load_drivers(struct install_run *run, const struct argv *where, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < where->n && !r; i++) {
		auto_free char *shown = fetch_url_masked(where->v[i]);

		event_send(run->events, run->step, EVENT_START, "further drivers from %s", shown);
		if (run->opts->from_cmdline && ks_source_remote(where->v[i]))
			r = net_early_up(&run->facts, &run->door, err);
		if (!r)
			r = drivers_load(&run->drivers, where->v[i], &run->facts, &run->door, err);
	}
	return !r && where->n ? look(run, err) : r;
}

static int load_cmdline_drivers(struct install_run *run, struct err *err)
{
	auto_argv where = { 0 };

	if (run->opts->from_cmdline && !run->opts->dry_run)
		drivers_of_cmdline(run->facts.cmdline ? run->facts.cmdline : "", &where);
	return load_drivers(run, &where, err);
}

static int load_ks_drivers(struct install_run *run, struct err *err)
{
	auto_argv where = { 0 };

	if (!run->opts->dry_run)
		drivers_of_ks(&run->ks, &where);
	return load_drivers(run, &where, err);
}

/* The first ks= that can be read; the error of the last one otherwise. */
static int fetch_kickstart(struct install_run *run, struct buf *text, const char **name, struct err *err)
{
	auto_argv urls = { 0 };
	int r;

	STAGE("kickstart");
	if (run->opts->ks_url)
		argv_add(&urls, run->opts->ks_url);
	if (run->opts->from_cmdline)
		ks_source_list(run->facts.cmdline ? run->facts.cmdline : "", &urls);
	if (!urls.n) {
		*name = DIALOG_NAME;
		r = run->opts->from_cmdline && !run->dialog ? see_links(run, err) : 0;
		return r ? r : attended_ask(run, text, err);
	}
	for (size_t i = 0; i < urls.n; i++) {
		auto_free char *shown = fetch_url_masked(urls.v[i]);

		event_send(run->events, run->step, EVENT_START, "reading %s", shown);
		r = 0;
		if (run->opts->from_cmdline && ks_source_remote(urls.v[i]))
			r = net_early_up(&run->facts, &run->door, err);
		text->len = 0;
		if (!r)
			r = ks_source_read(urls.v[i], &run->facts, &run->door, text, err);
		if (!r)
			r = ks_signed_check(run->opts->ks_keyring, urls.v[i], false, text, &run->facts,
					    &run->door, err);
		if (!r) {
			*name = arena_strdup(&run->arena, shown);
			return 0;
		}
		if (i + 1 < urls.n)
			event_send(run->events, run->step, EVENT_WARNING, "%s", err->msg);
	}
	if (err->code == ERR_FETCH || err->code == ERR_SYS)
		err_about(err, ERR_KS_UNREAD, err->id == ERR_SRC_UNREACHED || err->id == ERR_SRC_STATUS);
	return r;
}

/* What the file %includes may come from wherever the file itself may. */
static int read_include(void *arg, const char *path, const char *from, struct buf *ret, struct err *err)
{
	struct install_run *run = arg;

	int r = ks_source_read(path, &run->facts, &run->door, ret, err);

	(void)from;
	/* What %pre wrote is as good as the file that it came with. */
	if (r || path[0] == '/')
		return r;
	return ks_signed_check(run->opts->ks_keyring, path, true, ret, &run->facts, &run->door, err);
}

/* Parse, and open the sinks that the file names even when it has errors: whoever waits for the report should
 * see them. */
static int parse_kickstart(struct install_run *run, const char *name, const struct buf *text, struct err *err)
{
	struct ks_parse_opts opts = { .include = read_include, .include_arg = run };
	struct ks_diags diags = { 0 };
	auto_buf lines = { 0 };
	struct ks *ks = &run->ks;
	int r;

	ks_clear(ks);
	r = ks_parse(name, buf_str(text), text->len, &opts, ks, &diags, err);
	ks_secrets(ks, mask_secret, run->log);
	for (size_t i = 0; i < ks->n_networks; i++)
		if (ks->networks[i].hostname)
			events_set_host(run->events, ks->networks[i].hostname);
	if (ks->report.url && !run->opts->dry_run)
		events_to_url(run->events, ks->report.url, NULL);
	if (ks->report.syslog && !run->opts->dry_run)
		events_to_syslog(run->events, ks->report.syslog);
	ks_check_install(ks, &diags);
	ks_check_names_here(ks, &diags);
	if (!r && ks_diags_errors(&diags))
		r = -ERR_INPUT;
	ks_diags_print(&diags, &lines);
	if (r)
		err_set(err, r == -ERR_FETCH ? ERR_KS_INCLUDE : ERR_KS_FAULTS, "%s",
			diags.n ? buf_str(&lines) : err->msg);
	else if (lines.len)
		event_send(run->events, run->step, EVENT_WARNING, "%s", buf_str(&lines));
	ks_diags_clear(&diags);
	return r;
}

static bool has_script(const struct ks *ks, enum ks_script_type type)
{
	for (size_t i = 0; i < ks->n_scripts; i++)
		if (ks->scripts[i].type == type)
			return true;
	return false;
}

/* %pre scripts may write what the file %includes, so the file is parsed again behind them. */
static int read_kickstart(struct install_run *run, struct err *err)
{
	auto_buf text = { 0 };
	const char *name = NULL;
	int r = fetch_kickstart(run, &text, &name, err);

	if (r)
		return r;
	r = parse_kickstart(run, name, &text, err);
	if (!run->opts->dry_run && has_script(&run->ks, KS_PRE)) {
		r = target_scripts(&run->ks, KS_PRE, "/", &run->door, err);
		if (!r)
			r = parse_kickstart(run, name, &text, err);
	}
	if (!r)
		r = target_check(&run->ks, err);
	return r;
}

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
	int r = run->opts->from_cmdline && wants_link(&run->ks) ? see_links(run, err) : 0;

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

static int prove_image(struct install_run *run, struct err *err)
{
	struct install_plan *plan = &run->plan;
	int r;

	event_send(run->events, run->step, EVENT_START, "reading the image's manifest");
	r = install_image_open(&run->ks, &plan->request.want, run->log, &plan->image, err);
	if (!r)
		event_send(run->events, run->step, EVENT_DONE, "image of %zu packages, %llu MB",
			   image_n_packages(plan->image),
			   (unsigned long long)image_bytes(plan->image) / 1000000);
	return r;
}

/* Which cable is which: the machine's ports, with the switches that spoke by now. */
static void nics_table(struct install_run *run, unsigned wait_s, struct buf *b)
{
	struct facts now = { 0 };

	net_lldp_read(run->lldp, wait_s);
	if (!facts_read_ports("/", &now, NULL))
		net_nics_print(&now, run->lldp, b);
	facts_clear(&now);
}

/* With the table behind what is wrong: the switches have as long as it takes them to speak. */
static int network_refused(struct install_run *run, struct err *err)
{
	auto_free char *what = xstrdup(err->msg);
	auto_buf b = { 0 };

	nics_table(run, LLDP_WAIT_S, &b);
	return err_set(err, err->id, "%s\nports of this machine:\n%s", what, buf_str(&b));
}

/* As soon as the network is there: somebody may want to look. */
static void let_in(struct install_run *run)
{
	struct err err = { 0 };
	const char *said = NULL;

	if (!run->opts->from_cmdline)
		return;
	if (sshd_start(&run->facts, &run->ks, &run->arena, &run->door, &said, &err))
		said = err.msg;
	if (said)
		event_send(run->events, run->step, EVENT_WARNING, "%s", said);
}

/* Without a network there is an installed host all the same, where the packages are on a medium. */
static int network_missing(struct install_run *run, struct err *err)
{
	int r = network_refused(run, err);

	if (!medium_wanted(&run->ks))
		return r;
	event_send(run->events, run->step, EVENT_WARNING, "%s", err->msg);
	*err = (struct err){ 0 };
	return 0;
}

static int prove_network(struct install_run *run, struct err *err)
{
	struct net_verify_opts opts = { .log = run->log };
	struct net_findings found = { 0 };
	bool found_grave;
	auto_buf b = { 0 };
	int r = net_live_up(&run->plan.net, &run->door, err);

	if (r)
		return network_missing(run, err);
	net_verify(&run->plan.net, &opts, &found);
	if (found.n_grave) {
		net_findings_print(&found, NET_FINDINGS_GRAVE, &b);
		err_set(err, ERR_NET_NOT_SO, "the network is not what the kickstart file says:\n%s",
			buf_str(&b));
		r = network_missing(run, err);
	} else if (found.n_bad) {
		net_findings_print(&found, NET_FINDINGS_BAD, &b);
		event_send(run->events, run->step, EVENT_WARNING, "%s", buf_str(&b));
	}
	found_grave = found.n_grave;
	net_findings_clear(&found);
	b.len = 0;
	nics_table(run, 0, &b);
	if (!r && !found_grave)
		event_send(run->events, run->step, EVENT_DONE,
			   "the network works; ports of this machine:\n%s", buf_str(&b));
	return r;
}

/* All that can be known of the outside world before the first write: the network answers, the mirror is
 * signed, the packages exist. */
static int prove(struct install_run *run, struct err *err)
{
	int r = 0;

	if (run->opts->facts_dir)
		return 0;
	STAGE("network");
	if (run->opts->from_cmdline) {
		event_send(run->events, run->step, EVENT_START, "bringing the network up");
		r = prove_network(run, err);
	}
	if (r)
		return r;
	let_in(run);
	STAGE("packages");
	if (KS_SAID(run->ks.liveimg))
		return prove_image(run, err);
	event_send(run->events, run->step, EVENT_START, "reading the archive's indices");
	if (medium_wanted(&run->ks))
		r = medium_open(&run->ks, &run->facts, &run->door, &run->plan.request, &run->plan.arena, err);
	if (!r)
		r = pkg_solve(&run->plan.request, run->log, &run->progress, &run->plan.set, err);
	if (!r)
		event_send(run->events, run->step, EVENT_DONE, "%zu packages, %llu MB", run->plan.set.n,
			   (unsigned long long)run->plan.set.download_bytes / 1000000);
	return r;
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

	STAGE("disk");
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
	r = load_cmdline_drivers(run, err);
	if (!r)
		r = read_kickstart(run, err);
	if (!r)
		r = load_ks_drivers(run, err);
	if (!r)
		r = make_plan(run, err);
	if (!r)
		r = prove(run, err);
	if (r)
		return r;
	print_plan(run);
	if (run->opts->dry_run)
		return 0;
	r = confirm(run, err);
	return r ? r : carry_out(run, err);
}

/* From a kickstart file that says so: wait, and begin anew. Errors of the file or the machine stay. */
static bool retry(struct install_run *run, unsigned tries, const struct err *err)
{
	const struct ks_retry *want = &run->ks.retry;
	uint64_t wait_s = want->delay_s >= 0 ? (uint64_t)want->delay_s : RETRY_S;

	if (run->dialog || !KS_SAID(*want) || tries >= want->times ||
	    (err->code != ERR_FETCH && err->code != ERR_TOOL && err->code != ERR_SYS))
		return false;
	wait_s = MIN(wait_s << MIN(tries, 10), RETRY_MAX_S);
	event_send(run->events, run->step, EVENT_WARNING, "try %u failed, %lld more, the next in %llu s: %s",
		   tries + 1, (long long)want->times - tries, (unsigned long long)wait_s, err->msg);
	install_cleanup(run);
	install_plan_clear(&run->plan);
	sleep((unsigned)wait_s);
	return true;
}

static int story(struct install_run *run, struct err *err)
{
	for (unsigned tries = 0;;) {
		int r = run->dialog ? 0 : read_facts(run, err);

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
