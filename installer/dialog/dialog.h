/*
 * The installer's questions: what a kickstart file says, asked for at a terminal.
 *
 * The answers become the text of a kickstart file, which the same code reads as any other: where it comes
 * from is the only difference. Each answer is tried with the real checks and planners; what they refuse is
 * asked again.
 */
#ifndef INSTALLER_DIALOG_DIALOG_H
#define INSTALLER_DIALOG_DIALOG_H

#include "base/buf.h"
#include "base/door.h"
#include "facts/facts.h"
#include "kickstart/ks.h"

/* The name that the answers' text has in messages: "answers:12: ...". */
#define DIALOG_NAME "answers"

struct dialog_opts {
	const struct facts *facts;
	struct door *door;
	/* Bring up the network that ks says, and fetch from the mirror that it names; NULL: don't try. */
	int (*try_network)(void *arg, const struct ks *ks, struct err *err);
	int (*try_mirror)(void *arg, const struct ks *ks, struct err *err);
	void *arg;
};

/*
 * Ask until the plan is confirmed by typing the serial number of the disk that will be erased. *ret is then
 * the kickstart file (passwords are in it as hashes only). Writes nothing but what the user asks to be saved.
 * ERR_STOPPED if the user doesn't want to go on, ERR_USAGE if there is no terminal.
 */
int dialog_ask(const struct dialog_opts *opts, struct buf *ret, struct err *err);

#endif
