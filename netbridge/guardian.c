#include "netbridge/guardian.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

#include "base/file.h"
#include "base/run.h"
#include "base/util.h"
#include "netbridge/guard_files.h"

#define SOCKET        "/run/xenith/net-guardian"
#define RESTORE_TRIES 5
#define GRACE_S       60 /* for making the change itself */

/* What the guardian works with. */
struct guarding {
	const struct net_guard_paths *paths;
	const struct net_state *before;
	struct log *log;
	int caller, asks; /* pipe from the caller, socket for confirm and rollback */
	unsigned timer_s;
};

static const char *socket_path(const struct net_guard_paths *paths)
{
	return paths && paths->socket ? paths->socket : SOCKET;
}

int guard_address(const struct net_guard_paths *paths, struct sockaddr_un *ret, struct err *err)
{
	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if ((size_t)snprintf(ret->sun_path, sizeof(ret->sun_path), "%s", socket_path(paths)) >=
	    sizeof(ret->sun_path))
		return err_set(err, ERR_SYS, "%s: too long for a socket", socket_path(paths));
	return 0;
}

static int listen_at(const struct net_guard_paths *paths, struct err *err)
{
	auto_free char *dir =
		xstrndup(socket_path(paths), (size_t)(strrchr(socket_path(paths), '/') - socket_path(paths)));
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), r;
	struct sockaddr_un at;

	r = file_mkdirs(dir, 0755, err);
	if (!r)
		r = guard_address(paths, &at, err);
	if (r)
		return r;
	unlink(at.sun_path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) || chmod(at.sun_path, 0600) ||
	    listen(fd, 4))
		return err_sys(err, "%s", at.sun_path);
	return fd;
}

/* systemd-networkd reads the files that are there again. */
static void reload(struct log *log)
{
	auto_run run = { .log = log, .timeout_s = 30 };

	if (!file_exists("/run/systemd/netif/state"))
		return;
	argv_addl(&run.argv, "networkctl", "reload", NULL);
	run_argv(&run, NULL);
}

static void restore_live(const struct guarding *g)
{
	struct net_state now = { 0 };
	struct net_batch batch = { 0 };
	struct arena a = { 0 };
	struct err err = { 0 };

	/* Until nothing is left to do: what the kernel drops along the way is said again. */
	for (int i = 0; i < RESTORE_TRIES; i++) {
		const struct timespec pause = { .tv_nsec = 50 * 1000 * 1000 };
		size_t left;

		if (net_state_read(&a, &now, &err)) {
			log_printf(g->log, "%s", err.msg);
			continue;
		}
		net_batch_make(&now, g->before, &batch);
		left = batch.n_ops;
		if (net_batch_send(&batch, g->log, &err))
			log_printf(g->log, "%s", err.msg);
		net_batch_clear(&batch);
		if (!left)
			break;
		nanosleep(&pause, NULL);
	}
	arena_clear(&a);
}

static void roll_back(const struct guarding *g, const char *why)
{
	struct err err = { 0 };

	log_printf(g->log, "rolling back: %s", why);
	if (guard_files_restore(g->paths, g->log, &err))
		log_printf(g->log, "%s", err.msg);
	restore_live(g);
	reload(g->log);
	guard_files_forget(g->paths);
	log_printf(g->log, "rolled back");
}

static void answer(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) < 0)
		return; /* whoever asked has gone */
}

/* True when it is over. */
static bool asked(const struct guarding *g)
{
	auto_close int fd = accept4(g->asks, NULL, NULL, SOCK_CLOEXEC);
	char word = '\0';

	if (fd < 0 || read(fd, &word, 1) != 1)
		return false;
	if (word == 'c') {
		guard_files_forget(g->paths);
		log_printf(g->log, "confirmed");
		answer(fd, "confirmed");
		return true;
	}
	if (word == 'r') {
		roll_back(g, "asked to");
		answer(fd, "rolled back");
		return true;
	}
	return false;
}

static void watch(struct guarding *g)
{
	int64_t end = clock_ms(CLOCK_BOOTTIME) + (int64_t)(g->timer_s + GRACE_S) * 1000;

	for (;;) {
		struct pollfd fds[] = { { g->asks, POLLIN, 0 }, { g->caller, POLLIN, 0 } };
		int64_t left = end - clock_ms(CLOCK_BOOTTIME);
		char word = '\0';

		if (left <= 0) {
			roll_back(g, "nobody confirmed in time");
			return;
		}
		if (poll(fds, 2, (int)MIN(left, 60000)) < 0)
			continue;
		if (fds[1].revents) {
			ssize_t n = read(g->caller, &word, 1);

			if (n != 1 || word != 'a') {
				roll_back(g, n == 1 ? "the change failed"
						    : "the program that made the change died");
				answer(g->caller, "r");
				return;
			}
			log_printf(g->log, "applied; %u s to confirm", g->timer_s);
			end = clock_ms(CLOCK_BOOTTIME) + (int64_t)g->timer_s * 1000;
			answer(g->caller, "a");
			close(g->caller);
			g->caller = -1; /* poll(2) passes it over */
		}
		if (fds[0].revents && asked(g))
			return;
	}
}

/* Everything that could end with the terminal or the caller is left behind. */
static void become_guardian(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	setsid();
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	if (chdir("/"))
		return;
}

static void guardian(struct guarding *g)
{
	become_guardian();
	g->log = log_new(file_mkdirs("/var/log/xenith", 0755, NULL) ? NULL : NET_GUARD_LOG);
	answer(g->caller, "g");
	watch(g);
	unlink(socket_path(g->paths));
	log_free(g->log);
	_exit(0);
}

/* Its parent ends at once: init has it from the first moment on. */
static int start(struct guarding *g, int mine, struct err *err)
{
	pid_t pid = fork();
	char word = '\0';
	int status;

	if (pid < 0)
		return err_sys(err, "cannot start the guardian");
	if (pid == 0) {
		close(mine);
		if (fork() == 0)
			guardian(g);
		_exit(0);
	}
	close(g->caller);
	close(g->asks);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (read(mine, &word, 1) != 1 || word != 'g')
		return err_set(err, ERR_NET_GUARDIAN, "the guardian did not start");
	return 0;
}

int net_guard_start(const struct net_guard_paths *paths, const char *const *files,
		    const struct net_state *now, unsigned timer_s, struct net_guard *ret, struct err *err)
{
	struct guarding g = { .paths = paths, .before = now, .timer_s = timer_s, .caller = -1, .asks = -1 };
	int pair[2], r = guard_files_keep(paths, files, err);

	if (r)
		return r;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return err_sys(err, "cannot talk to a guardian");
	g.caller = pair[1];
	g.asks = listen_at(paths, err);
	r = g.asks < 0 ? g.asks : start(&g, pair[0], err);
	if (r) {
		close(pair[0]);
		guard_files_forget(paths);
		return r;
	}
	ret->link = pair[0];
	return 0;
}

int net_guard_applied(struct net_guard *guard, struct err *err)
{
	char word = 'a';
	int r = 0;

	if (write(guard->link, &word, 1) != 1 || read(guard->link, &word, 1) != 1)
		r = err_set(err, ERR_NET_GUARDIAN,
			    "the guardian has gone: nothing will be rolled back by itself");
	close(guard->link);
	return r;
}

void net_guard_undo(struct net_guard *guard)
{
	char word = 'x';

	if (write(guard->link, &word, 1) == 1 && read(guard->link, &word, 1) < 0)
		word = '\0';
	close(guard->link);
}
