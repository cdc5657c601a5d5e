/*
 * The installer's questions: what a kickstart file says, asked for at a terminal.
 *
 * The answers become the text of a kickstart file, which the same code reads as any other: where it comes
 * from is the only difference. Each answer is tried with the real checks and planners; what they refuse is
 * asked again.
 */
#ifndef INSTALLER_DIALOG_DIALOG_H
#define INSTALLER_DIALOG_DIALOG_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/door.h"
#include "facts/facts.h"
#include "kickstart/ks.h"
#include "netbridge/lldp.h"

/* The name that the answers' text has in messages: "answers:12: ...". */
#define DIALOG_NAME      "answers"
/* What stands above every box. */
#define DIALOG_BACKTITLE "Xenith: install a Xen host on this machine"

struct dialog_opts {
	const struct facts *facts; /* may be read anew between two calls */
	const char *root;          /* where from: "/", or a captured machine */
	struct door *door;
	const char *hostkeys; /* fingerprints of the servers to save on, "SHA256:...,..."; NULL: ask */
	struct net_lldp_listener *lldp; /* what the switches say; NULL: nobody listens */
	/* Bring up the network that ks says, and read from the mirror or the image that it names; NULL: don't
	 * try. */
	int (*try_network)(void *arg, const struct ks *ks, struct err *err);
	int (*try_source)(void *arg, const struct ks *ks, struct err *err);
	void *arg;
};

struct dialog;

/* opts must live as long as the dialog. */
struct dialog *dialog_new(const struct dialog_opts *opts);
void dialog_free(struct dialog *d); /* forgets the answers */

/*
 * Ask until the plan is confirmed by typing the serial number of the disk that will be erased. *ret is then
 * the kickstart file (passwords are in it as hashes only). Writes nothing but what the user asks to be saved.
 * ERR_STOPPED if the user doesn't want to go on, ERR_USAGE if there is no terminal. After dialog_failed it
 * goes on from the answers given before.
 */
int dialog_ask(struct dialog *d, struct buf *ret, struct err *err);

/* What somebody wants after a failure: the failed step once more, all of it with the same answers, with other
 * ones, a reboot, or an end. */
enum dialog_next { DIALOG_LEAVE, DIALOG_STEP, DIALOG_ANEW, DIALOG_CHANGE, DIALOG_REBOOT };

struct dialog_failure {
	const char *step;                   /* what the failed step does, if it can be repeated alone; NULL */
	const char *log_path, *bundle_path; /* the log, and the tar file with all of them */
	bool medium;                        /* this is the boot medium: it can be left by a reboot */
};

/* Show why the install failed, and ask what to do; the log, a shell and saving the logs are answered here.
 * After DIALOG_STEP and DIALOG_ANEW dialog_ask asks nothing. */
enum dialog_next dialog_failed(struct dialog *d, const struct err *why, const struct dialog_failure *failure);

/* The end: what was installed and where it can be reached. Waits for Enter. */
void dialog_done(struct dialog *d, const char *address);

#endif
