/* What a run is told: the machine, and the kickstart file or the dialog's answers. */
#include "installer/read.h"

#include "base/file.h"
#include "base/util.h"
#include "installer/attended.h"
#include "installer/guard.h"
#include "installer/ks_signed.h"
#include "installer/ks_source.h"
#include "installer/net_early.h"
#include "installer/target/target.h"
#include "kickstart/names.h"
#include "netbridge/nics.h"
#include "packages/fetch.h"

#define LINK_WAIT_S 10

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

int install_read_facts(struct install_run *run, struct err *err)
{
	int r;

	run->step = "facts";
	event_send(run->events, run->step, EVENT_START, "looking at this machine");
	r = look(run, err);
	if (!r && run->opts->from_cmdline && !run->lldp)
		run->lldp = net_lldp_open(&run->facts);
	return r;
}

/* Read the machine again once its ports had the time to find a link. */
int install_see_links(struct install_run *run, struct err *err)
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

	run->step = "kickstart";
	if (run->opts->ks_url)
		argv_add(&urls, run->opts->ks_url);
	if (run->opts->from_cmdline)
		ks_source_list(run->facts.cmdline ? run->facts.cmdline : "", &urls);
	if (!urls.n) {
		*name = DIALOG_NAME;
		r = run->opts->from_cmdline && !run->dialog ? install_see_links(run, err) : 0;
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

int install_read(struct install_run *run, struct err *err)
{
	int r = load_cmdline_drivers(run, err);

	if (!r)
		r = read_kickstart(run, err);
	return r ? r : load_ks_drivers(run, err);
}
