/* What init does while process 1 watches over it. */
#ifndef INSTALLER_INIT_WORKER_H
#define INSTALLER_INIT_WORKER_H

#include "base/err.h"
#include "installer/init/session.h"

/* Set up, check, install, end the machine. Returns only when even that fails. */
void worker_run(const char *version, session_command *install);

/* The error that the installer's wait(2) status is; 0 if it did well. */
int worker_ended(int status, struct err *err);

#endif
