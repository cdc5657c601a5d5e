/* Child programs: argv arrays only, exit status and signal checked, output to the log. */
#ifndef BASE_RUN_H
#define BASE_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/argv.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"

struct run {
	struct argv argv;       /* argv.v[0] is searched in PATH */
	const char *chroot;     /* chroot(2) there first; NULL: no */
	const char *stdin_data; /* NULL: /dev/null */
	size_t stdin_len;
	char *const *env; /* whole environment, NULL-terminated; NULL: inherit */
	struct buf *out;  /* stdout is appended here (stderr always goes to the log); NULL: stdout to the log
			     too */
	struct log *log;  /* may be NULL */
	unsigned timeout_s; /* kill after so many seconds; 0: none */
	int ok_status;      /* an exit status besides 0 that counts as success (mdadm's 2, say) */
	bool own_mounts;    /* mounts that in_child makes are the child's alone */
	/* Called in the child between fork and exec (seccomp filters, namespaces); non-zero: exit 126. */
	int (*in_child)(void *arg);
	void *arg;
	uint64_t cpu_ms; /* out: processor time of the child and of the children that it waited for */
};

/* Frees argv only. */
void run_clear(struct run *run);

#define auto_run __attribute__((cleanup(run_clear))) struct run

/*
 * Run the program and wait for it.
 *
 * ERR_TOOL if it is missing, exits non-zero, is killed or times out: the message shows the command line and
 * the last lines that it printed. ERR_SYS if no child can be made.
 */
int run_argv(struct run *run, struct err *err);
/* run_argv of a plain list of words, ended by NULL. */
int run_argvl(struct log *log, unsigned timeout_s, struct err *err, ...) __attribute__((sentinel));

#endif
