/*
 * Process 1 of the boot medium.
 *
 * It forks a worker, which sets the machine up, checks the initramfs, runs the installer and ends the machine
 * as the kickstart file says; process 1 itself only reaps children. A worker that dies leaves a shell, never
 * a kernel panic.
 */
#ifndef INSTALLER_INIT_INIT_H
#define INSTALLER_INIT_INIT_H

#include "base/err.h"
#include "installer/init/session.h"

/* Words of the kernel's command line: "xenith.shell" (a shell at once), "xenith.retry=SECONDS" (try a failed
 * install again by itself), "xenith.json" (events as JSON lines), "xenith.offline" (the medium carries the
 * packages). */
#define INIT_ARG_SHELL   "xenith.shell"
#define INIT_ARG_RETRY   "xenith.retry"
#define INIT_ARG_JSON    "xenith.json"
#define INIT_ARG_OFFLINE "xenith.offline"

/* The installer leaves one word here: reboot, poweroff, halt or shutdown. */
#define INIT_END_FILE "/run/xenith/end"

/* Never returns as process 1; ERR_USAGE for any other. version stands in the banner; install is xenith
 * install. */
int init_run(const char *version, session_command *install, struct err *err);

#endif
