/*
 * The installer's driver: read facts, get the kickstart file, plan, check, print, confirm, apply, report.
 */
#ifndef INSTALLER_INSTALL_H
#define INSTALLER_INSTALL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* Where the target's root is mounted while it is made, and where the run's own files are. */
#define INSTALL_ROOT "/target"
#define INSTALL_RUN  "/run/xenith"

struct install_opts {
	const char *ks_url; /* NULL with from_cmdline */
	bool from_cmdline;  /* ks= of the kernel's command line; bring the network up for it: PID 1's child on
			       the boot medium */
	bool dry_run;       /* print the plan, change nothing */
	bool plan_json;     /* the plan as data */
	bool json;          /* events as JSON lines instead of lines for people */
	const char *facts_dir; /* plan for a captured machine; implies dry_run, and nothing is fetched but the
				  kickstart file */
	bool yes;              /* don't ask */
	const char *hostkeys; /* ssh fingerprints of the servers that answers are saved on, with commas; NULL:
				 ask */
	const char *ks_keyring; /* who may sign the kickstart file; NULL: KS_KEYRING, if it is there */
	uint64_t countdown_s;   /* with from_cmdline: wait so long before the first write */
};

/*
 * Runs the whole story. Events go to standard output (none in a dry run), the plan to standard
 * output. Any error before the first write leaves every disk as it was; after a later one the same call can
 * be made again.
 */
int install_run(const struct install_opts *opts, struct err *err);

#endif
