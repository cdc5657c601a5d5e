/* What can be known of the outside world before the first write. */
#include "installer/prove.h"

#include "base/util.h"
#include "installer/image_source.h"
#include "installer/medium.h"
#include "installer/sshd.h"
#include "netbridge/nics.h"
#include "netbridge/verify.h"

#define LLDP_WAIT_S 31 /* switches speak every 30 s */

int install_solve(struct install_run *run, struct err *err)
{
	struct install_plan *plan = &run->plan;

	image_free(TAKE(plan->image));
	pkg_set_clear(&plan->set);
	if (KS_SAID(run->ks.liveimg))
		return install_image_open(&run->ks, &plan->request.want, run->log, &plan->image, err);
	return pkg_solve(&plan->request, run->log, &run->progress, &plan->set, err);
}

static int prove_image(struct install_run *run, struct err *err)
{
	int r;

	event_send(run->events, run->step, EVENT_START, "reading the image's manifest");
	r = install_solve(run, err);
	if (!r)
		event_send(run->events, run->step, EVENT_DONE, "image of %zu packages, %llu MB",
			   image_n_packages(run->plan.image),
			   (unsigned long long)image_bytes(run->plan.image) / 1000000);
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

int install_prove(struct install_run *run, struct err *err)
{
	int r = 0;

	if (run->opts->facts_dir)
		return 0;
	run->step = "network";
	if (run->opts->from_cmdline) {
		event_send(run->events, run->step, EVENT_START, "bringing the network up");
		r = prove_network(run, err);
	}
	if (r)
		return r;
	let_in(run);
	run->step = "packages";
	if (KS_SAID(run->ks.liveimg))
		return prove_image(run, err);
	event_send(run->events, run->step, EVENT_START, "reading the archive's indices");
	if (medium_wanted(&run->ks))
		r = medium_open(&run->ks, &run->facts, &run->door, &run->plan.request, &run->plan.arena, err);
	if (!r)
		r = install_solve(run, err);
	if (!r)
		event_send(run->events, run->step, EVENT_DONE, "%zu packages, %llu MB", run->plan.set.n,
			   (unsigned long long)run->plan.set.download_bytes / 1000000);
	return r;
}
