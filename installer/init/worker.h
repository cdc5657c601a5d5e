/* What init does while process 1 watches over it. */
#ifndef INSTALLER_INIT_WORKER_H
#define INSTALLER_INIT_WORKER_H

/* Set up, check, install, end the machine. Returns only when even that fails. */
void worker_run(const char *version);

#endif
