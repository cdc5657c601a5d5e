/* One run of the installer, and the half of it that writes. */
#ifndef INSTALLER_APPLY_H
#define INSTALLER_APPLY_H

#include "installer/dialog/dialog.h"
#include "installer/drivers.h"
#include "installer/event.h"
#include "installer/install.h"
#include "installer/plan.h"
#include "netbridge/lldp.h"

/* The token of the host that this run marks its disks with, until all is done. */
#define INSTALL_TOKEN INSTALL_RUN "/token"

struct install_run {
	const struct install_opts *opts;
	struct arena arena;
	struct log *log;
	struct door door;
	struct events *events; /* without a sink in a dry run */
	struct pkg_progress progress;
	struct facts facts;
	struct net_lldp_listener *lldp; /* from the first look at the machine on */
	struct ks ks;
	struct mpath san; /* as far as the file names LUNs */
	struct mpath_plan san_plan;
	struct install_plan plan;
	struct drivers drivers; /* where further ones are kept */
	bool mounted;           /* the target is there: the journal goes there, too */
	const char *token;      /* what installing over this host will need */
	struct dialog *dialog;  /* its answers stand for the kickstart file; NULL: there is one */
	struct dialog_opts dialog_opts;
	const char *step;   /* the step at work, for the failure event */
	const char *resume; /* the step that install_apply begins with; NULL: the first */
	const char *again;  /* the step that was retried last, on what was done before it; NULL: none */
};

/*
 * Carry the plan out, step by step; each step is journalled in INSTALL_RUN/journal as it starts and ends.
 * A step that failed can be done again, where install_resumable says so: what the steps before it had mounted
 * is mounted again, and before packages are unpacked a second time the file systems are emptied, not made. A
 * run that begins anew unmounts, stops what holds the disks, and makes them.
 */
int install_apply(struct install_run *run, struct err *err);

/* What the step does at which the run failed, if install_apply can go on with it (run->resume) on what was
 * done before; NULL: all of it must be done again. */
const char *install_resumable(const struct install_run *run);

/* The names of its steps in order, and what each does; NULL behind the last one. */
const char *install_phase(size_t i);
const char *install_phase_what(size_t i);

/* Unmount whatever a failed try left mounted, in reverse; what can't be is logged. */
void install_cleanup(struct install_run *run);

/* Say that run->step failed: event, %onerror scripts, log copied to the target if it is there, everything
 * unmounted, bundle written. */
void install_failed(struct install_run *run, struct err *err);

#endif
