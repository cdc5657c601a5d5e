/* One program on a terminal of its own that every console shows and types into: one session on VGA and
 * serial.
 */
#ifndef INSTALLER_INIT_SESSION_H
#define INSTALLER_INIT_SESSION_H

#include <stdbool.h>

#include "base/err.h"
#include "installer/init/console.h"

/* What may end a session that nobody has touched yet: over is asked every other second for seconds, or until
 * the first key. NULL: nothing. */
struct session_watch {
	bool (*over)(void *arg);
	void *arg;
	unsigned seconds;
	bool ended; /* it was: the program was told to end (SIGTERM), and the consoles were wiped */
};

/* A command of this very program, in a child that needs no exec: words after its name, NULL at the end; its
 * exit status. */
typedef int session_command(char **words);

/* Never returns: the command in a child of fork(2) that keeps the standard files alone. */
void session_become(session_command *command, char **words) __attribute__((noreturn));

/*
 * Run a command, or, where command is NULL, the program argv[0], on a vt100 of 80 by 24 characters until it
 * ends; its wait(2) status in *status. A console that is lost or hangs doesn't disturb the others; Ctrl-L
 * redraws for one that comes back. ERR_SYS when there is no pseudo-terminal.
 */
int session_run(struct consoles *c, session_command *command, char **argv, struct session_watch *watch,
		int *status, struct err *err);

#endif
