#include "installer/init/session.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>

#include "base/util.h"

#define COLUMNS 80
#define ROWS    24
#define WATCH_S 2

struct session {
	struct consoles *c;
	struct termios old[CONSOLES_MAX];
	int master, pidfd;
	struct session_watch *watch; /* NULL: none any more */
	int64_t watch_end_ms;        /* of CLOCK_MONOTONIC */
};

/* The consoles hand every byte on as it comes; the pseudo-terminal does what terminals do. */
static void raw_mode(struct session *s)
{
	for (size_t i = 0; i < s->c->n; i++) {
		struct termios t;

		if (tcgetattr(s->c->v[i].fd, &s->old[i]))
			continue;
		t = s->old[i];
		cfmakeraw(&t);
		tcsetattr(s->c->v[i].fd, TCSAFLUSH, &t);
	}
}

static void old_mode(struct session *s)
{
	for (size_t i = 0; i < s->c->n; i++)
		if (s->old[i].c_cflag)
			tcsetattr(s->c->v[i].fd, TCSADRAIN, &s->old[i]);
}

void session_become(session_command *command, char **words)
{
	close_range(3, ~0U, 0);
	prctl(PR_SET_NAME, "xenith");
	exit(command(words));
}

static void program_side(const char *slave, session_command *command, char **argv)
{
	int fd;

	setsid();
	fd = open(slave, O_RDWR);
	if (fd < 0 || ioctl(fd, TIOCSCTTY, 0))
		_exit(ERR_SYS);
	for (int i = 0; i < 3; i++)
		dup2(fd, i);
	setenv("TERM", "vt100", 1);
	if (command)
		session_become(command, argv);
	execv(argv[0], argv);
	dprintf(2, "xenith: cannot run %s: %s\n", argv[0], strerror(errno));
	_exit(ERR_SYS);
}

/* Whole keys' bytes to the program; what doesn't fit is lost, as on any terminal. */
static void type(struct session *s, int console, struct pollfd *p)
{
	char data[256];
	ssize_t n;

	while ((n = read(console, data, sizeof(data))) > 0) {
		s->watch = NULL;
		if (write(s->master, data, (size_t)n) < 0)
			break;
	}
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) /* hung up: don't spin */
		p->fd = -1;
}

static void show(struct session *s)
{
	char data[4096];
	ssize_t n;

	while ((n = read(s->master, data, sizeof(data))) > 0)
		consoles_write(s->c, data, (size_t)n);
}

static void watch_begin(struct session *s, struct session_watch *watch)
{
	if (!watch)
		return;
	watch->ended = false;
	s->watch = watch;
	s->watch_end_ms = clock_ms(CLOCK_MONOTONIC) + (int64_t)watch->seconds * 1000;
}

/* Asked between two keys: who has typed one has the machine for themselves. */
static void watch_ask(struct session *s)
{
	static const char wipe[] = "\033[m\033[2J\033[H";

	if (clock_ms(CLOCK_MONOTONIC) >= s->watch_end_ms) {
		s->watch = NULL;
	} else if (s->watch->over(s->watch->arg)) {
		s->watch->ended = true;
		s->watch = NULL;
		pidfd_send_signal(s->pidfd, SIGTERM, NULL, 0);
		consoles_write(s->c, wipe, sizeof(wipe) - 1);
	}
}

static void relay(struct session *s)
{
	struct pollfd p[CONSOLES_MAX + 2];
	bool ended = false;

	p[0] = (struct pollfd){ s->master, POLLIN, 0 };
	p[1] = (struct pollfd){ s->pidfd, POLLIN, 0 };
	for (size_t i = 0; i < s->c->n; i++)
		p[i + 2] = (struct pollfd){ s->c->v[i].fd, POLLIN, 0 };
	while (!ended) {
		int n = poll(p, (nfds_t)(s->c->n + 2), s->watch ? WATCH_S * 1000 : -1);

		if (n < 0 && errno != EINTR)
			return;
		if (n == 0 && s->watch)
			watch_ask(s);
		ended = p[1].revents != 0;
		show(s);
		if (p[0].revents & (POLLHUP | POLLERR)) /* the program closed it, and may still be at work */
			p[0].fd = -1;
		for (size_t i = 0; i < s->c->n; i++)
			if (p[i + 2].fd >= 0 && p[i + 2].revents)
				type(s, s->c->v[i].fd, &p[i + 2]);
	}
}

int session_run(struct consoles *c, session_command *command, char **argv, struct session_watch *watch,
		int *status, struct err *err)
{
	struct winsize size = { .ws_row = ROWS, .ws_col = COLUMNS };
	auto_close int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	auto_close int pidfd = -1;
	struct session s = { .c = c, .master = master };
	char slave[64];
	pid_t pid;

	if (master < 0 || grantpt(master) || unlockpt(master) || ptsname_r(master, slave, sizeof(slave)) ||
	    ioctl(master, TIOCSWINSZ, &size))
		return err_sys(err, "cannot make a pseudo-terminal");
	fflush(NULL); /* a command's exit would write it once more */
	pid = fork();
	if (pid < 0)
		return err_sys(err, "cannot fork");
	if (pid == 0)
		program_side(slave, command, argv);
	pidfd = s.pidfd = pidfd_open(pid, 0);
	watch_begin(&s, watch);
	raw_mode(&s);
	relay(&s);
	old_mode(&s);
	while (waitpid(pid, status, 0) < 0 && errno == EINTR)
		;
	return 0;
}
