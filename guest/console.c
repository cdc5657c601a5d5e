#include "guest/console.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/argv.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/util.h"

#define TAIL_LINES 3
#define ESCAPE     '\033'

extern char **environ;

int console_record(const char *name, const char *path, pid_t *ret, struct err *err)
{
	char *argv[] = { (char *)(uintptr_t) "xl", (char *)(uintptr_t) "console", (char *)(uintptr_t)name,
			 NULL };
	posix_spawn_file_actions_t files;
	pid_t pid;
	int r;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
	r = posix_spawnp(&pid, argv[0], &files, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	if (r) {
		errno = r;
		return err_sys(err, "cannot read the console of %s", name);
	}
	*ret = pid;
	return 0;
}

void console_stop(pid_t pid)
{
	int status;

	if (pid <= 0)
		return;
	kill(pid, SIGTERM);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
}

/* Letters, and what stands for a new line; ESC [ ... LETTER is passed over. */
static void plain(const char *s, struct buf *b)
{
	for (; *s; s++) {
		if (*s == ESCAPE && s[1] == '[') {
			s += 2;
			while (*s && !(*s >= '@' && *s <= '~'))
				s++;
			if (!*s)
				return;
		} else if (*s == '\n' || *s == '\r') {
			buf_addc(b, '\n');
		} else if ((unsigned char)*s >= ' ') {
			buf_addc(b, *s);
		}
	}
}

/* The bar that screen(1) draws anew each minute: "[  (1*installer)  2 shell  3 shell  4- log  ][ Nov 22 16:30
 * ]". */
static bool is_bar(const char *line)
{
	return *line == '[' && strstr(line, "(1*") && strstr(line, " shell ");
}

static void read_lines(const char *path, struct argv *ret)
{
	auto_buf raw = { 0 }, text = { 0 };
	auto_argv lines = { 0 };

	if (file_read(path, &raw, NULL))
		return;
	plain(buf_str(&raw), &text);
	argv_split(&lines, buf_str(&text), "\n");
	for (size_t i = 0; i < lines.n; i++)
		if (!is_bar(lines.v[i]))
			argv_add(ret, lines.v[i]);
}

char *console_tail(const char *path)
{
	auto_buf tail = { 0 };
	auto_argv lines = { 0 };

	read_lines(path, &lines);
	for (size_t i = lines.n > TAIL_LINES ? lines.n - TAIL_LINES : 0; i < lines.n; i++)
		buf_addf(&tail, "%s%s", tail.len ? " | " : "", lines.v[i]);
	return tail.len ? buf_take(&tail) : NULL;
}

bool console_asks(const char *path)
{
	auto_argv lines = { 0 };
	const char *last;

	read_lines(path, &lines);
	last = lines.n ? lines.v[lines.n - 1] : "";
	return str_starts(last, "Prompt: '?' for help") || str_starts(last, "[Press enter to continue]");
}
