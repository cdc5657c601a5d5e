/* A run without a kickstart file: somebody at a terminal answers, before, after a failure and at the end. */
#ifndef INSTALLER_ATTENDED_H
#define INSTALLER_ATTENDED_H

#include "installer/apply.h"

/* The answers as a kickstart file; run->dialog holds them from then on. Errors as those of dialog_ask. */
int attended_ask(struct install_run *run, struct buf *text, struct err *err);

/* The run failed (and install_failed was called): whether somebody wants it tried again. Either run->resume
 * is the step to go on with, or the plan is cleared: everything is read anew but the machine, which the
 * answers name. */
bool attended_again(struct install_run *run, const struct err *err);

/* It went well: say so, with the address, and wait for Enter. */
void attended_done(struct install_run *run);

#endif
