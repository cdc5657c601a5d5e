/* A function in a child process, whose exit status is what it returns. */
#ifndef TESTS_UNIT_CHILD_H
#define TESTS_UNIT_CHILD_H

#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"

/* What fn writes to out is added to said. Wants cmocka.h in front. */
static inline int child_run(int (*fn)(void *arg, int out), void *arg, struct buf *said)
{
	int ends[2], status = -1;
	char data[512];
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		_exit(fn(arg, ends[1]));
	}
	close(ends[1]);
	while ((n = read(ends[0], data, sizeof(data))) > 0)
		buf_add(said, data, (size_t)n);
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

#endif
