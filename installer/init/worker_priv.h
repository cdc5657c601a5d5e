/* The worker's parts: what it is told and holds, the menu on the consoles, and the installer that it runs. */
#ifndef INSTALLER_INIT_WORKER_PRIV_H
#define INSTALLER_INIT_WORKER_PRIV_H

#include "base/argv.h"
#include "installer/init/session.h"
#include "installer/init/worker.h"

struct worker {
	struct consoles con;
	struct log *log;
	session_command *install; /* xenith install */
	unsigned retry_s;         /* 0: ask */
	bool shell;
	bool json;                   /* events on the consoles as JSON lines */
	pid_t second;                /* the shell on tty2; 0: none yet */
	struct session_watch medium; /* for the kickstart file on a second medium */
	const char *label;           /* of that, once it is there */
};

#define CONSOLE_LOG "/run/xenith/console.log"

/* menu.c: stop everything, unmount what can be, and end the machine: "reboot", "halt", else power off. */
void worker_end_machine(struct worker *w, const char *word);
/* Shells on n of the consoles; the first one that is left ends the others. */
void worker_shells(struct worker *w, size_t from, size_t n);
/* Ask on every console what next. Returns for "retry", and when retry_s is over. */
void worker_menu(struct worker *w, bool can_retry);

/* installer.c: run it with the kickstart file, or on all consoles with its questions. 0 when the host is
 * installed. */
int worker_install(struct worker *w, struct err *err);
/* Where ks= says that the kickstart file is. */
void worker_kickstart_urls(struct argv *ret);
/* For worker->medium: whether a second medium has the kickstart file; the kernel's command line then says so.
 */
bool worker_second_medium(void *w);

#endif
