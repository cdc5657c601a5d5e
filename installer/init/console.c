#include "installer/init/console.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>

#include "base/argv.h"
#include "base/file.h"
#include "base/util.h"
#include "facts/facts.h"

static bool there(const struct consoles *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (str_eq(c->v[i].path + strlen("/dev/"), name))
			return true;
	return false;
}

static void add_console(struct consoles *c, const char *name)
{
	struct console *con = &c->v[c->n];

	if (c->n == CONSOLES_MAX || there(c, name))
		return;
	snprintf(con->path, sizeof(con->path), "/dev/%s", name);
	con->fd = open(con->path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (con->fd >= 0)
		c->n++;
}

/* 8n1 without flow control; what the driver doesn't know stays as it is. */
static void set_line(int fd, unsigned baud)
{
	static const struct {
		unsigned baud;
		speed_t speed;
	} speeds[] = { { 9600, B9600 }, { 19200, B19200 }, { 57600, B57600 }, { 115200, B115200 } };
	struct termios t;

	if (tcgetattr(fd, &t))
		return;
	t.c_cflag = (t.c_cflag & ~(tcflag_t)(CSIZE | PARENB | CSTOPB | CRTSCTS)) | CS8 | CREAD | CLOCAL;
	for (size_t i = 0; i < ARRAY_SIZE(speeds); i++)
		if (speeds[i].baud == baud)
			cfsetspeed(&t, speeds[i].speed);
	tcsetattr(fd, TCSANOW, &t);
}

/* Where the firmware sends its own words to: that is the line that somebody far away looks at (ACPI SPCR). */
static void add_firmware_console(struct consoles *c)
{
	struct console_facts serial;
	char name[32];
	size_t n = c->n;

	if (!facts_firmware_console("/", &serial))
		return;
	snprintf(name, sizeof(name), "ttyS%d", serial.serial_port);
	add_console(c, name);
	if (c->n > n) /* the kernel has not set it up */
		set_line(c->v[n].fd, serial.baud);
}

void consoles_open(struct consoles *c, const char *log_path)
{
	auto_free char *active = file_line("/sys/class/tty/console/active");
	auto_argv names = { 0 };

	c->n = 0;
	argv_split(&names, active ? active : "", " ");
	for (size_t i = 0; i < names.n; i++)
		add_console(c, names.v[i]);
	add_firmware_console(c);
	if (!c->n)
		add_console(c, "console");
	c->log_fd = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

void consoles_close(struct consoles *c)
{
	for (size_t i = 0; i < c->n; i++)
		close(c->v[i].fd);
	if (c->log_fd >= 0)
		close(c->log_fd);
	c->n = 0;
	c->log_fd = -1;
}

static void write_all(int fd, const char *data, size_t len)
{
	while (len) {
		struct pollfd p = { fd, POLLOUT, 0 };
		ssize_t n = write(fd, data, len);

		if (n > 0) {
			data += n;
			len -= (size_t)n;
		} else if (n < 0 && errno != EAGAIN && errno != EINTR) {
			return;
		} else if (poll(&p, 1, 1000) <= 0) {
			return;
		}
	}
}

void consoles_write(struct consoles *c, const char *data, size_t len)
{
	for (size_t i = 0; i < c->n; i++)
		write_all(c->v[i].fd, data, len);
	if (c->log_fd >= 0)
		write_all(c->log_fd, data, len);
}

void consoles_printf(struct consoles *c, const char *fmt, ...)
{
	auto_buf b = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	consoles_write(c, b.data, b.len);
}

/* One key at a time, without Enter; keep what is written as it is. */
static void key_mode(struct consoles *c, struct termios old[CONSOLES_MAX])
{
	for (size_t i = 0; i < c->n; i++) {
		struct termios t;

		if (tcgetattr(c->v[i].fd, &old[i]))
			continue;
		t = old[i];
		t.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
		tcsetattr(c->v[i].fd, TCSAFLUSH, &t);
	}
}

static char read_key(struct consoles *c, const char *keys, struct pollfd *p, size_t *which)
{
	for (size_t i = 0; i < c->n; i++) {
		char key;

		if (!(p[i].revents & POLLIN)) {
			if (p[i].revents) /* hung up: don't spin */
				p[i].fd = -1;
			continue;
		}
		while (read(c->v[i].fd, &key, 1) == 1)
			if (key && strchr(keys, key)) {
				*which = i;
				return key;
			}
	}
	return 0;
}

char consoles_key(struct consoles *c, const char *keys, unsigned timeout_s, size_t *which)
{
	struct termios old[CONSOLES_MAX] = { 0 };
	struct pollfd p[CONSOLES_MAX];
	int64_t end = clock_ms(CLOCK_MONOTONIC) + (int64_t)timeout_s * 1000;
	char key = 0;

	key_mode(c, old);
	for (size_t i = 0; i < c->n; i++)
		p[i] = (struct pollfd){ c->v[i].fd, POLLIN, 0 };
	while (!key) {
		if (timeout_s && clock_ms(CLOCK_MONOTONIC) >= end)
			break;
		if (poll(p, (nfds_t)c->n, 1000) > 0)
			key = read_key(c, keys, p, which);
	}
	for (size_t i = 0; i < c->n; i++)
		if (old[i].c_cflag)
			tcsetattr(c->v[i].fd, TCSANOW, &old[i]);
	return key;
}

static void shell_side(const char *path)
{
	static const char words[] = "Rescue shell; \"exit\" goes back.\n";
	int fd;

	setsid();
	fd = open(path, O_RDWR);
	if (fd < 0)
		_exit(1);
	ioctl(fd, TIOCSCTTY, 1);
	for (int i = 0; i < 3; i++)
		dup2(fd, i);
	if (write(1, words, sizeof(words) - 1) < 0 || chdir("/root"))
		_exit(1);
	execl("/bin/sh", "-sh", (char *)NULL);
	_exit(127);
}

pid_t console_shell(const struct console *console)
{
	/* tty0 is whichever virtual terminal is in front: no terminal to log in on. */
	const char *path = str_eq(console->path, "/dev/tty0") ? "/dev/tty1" : console->path;
	pid_t pid = fork();

	if (pid == 0)
		shell_side(path);
	return pid;
}
