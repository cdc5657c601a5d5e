/* All the consoles that the kernel was told of, written to and read from at once: VGA and serial. */
#ifndef INSTALLER_INIT_CONSOLE_H
#define INSTALLER_INIT_CONSOLE_H

#include <stddef.h>
#include <sys/types.h>

#define CONSOLES_MAX 8

struct console {
	char path[64]; /* "/dev/ttyS0" */
	int fd;
};

struct consoles {
	struct console v[CONSOLES_MAX];
	size_t n;
	int log_fd; /* everything written is kept here, too; -1: nowhere */
};

/* Open those of /sys/class/tty/console/active and the serial port that the firmware redirects to;
 * /dev/console if there is none of them. */
void consoles_open(struct consoles *c, const char *log_path);
void consoles_close(struct consoles *c);
/* A console that takes nothing for a second is passed over. */
void consoles_write(struct consoles *c, const char *data, size_t len);
void consoles_printf(struct consoles *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * Wait for one of the keys on any console; what was typed before doesn't count. Returns the key, or 0 after
 * timeout_s seconds (0: no limit). *which is the console's index.
 */
char consoles_key(struct consoles *c, const char *keys, unsigned timeout_s, size_t *which);

/* Start a shell with the console as its terminal; -1 if it can't be. */
pid_t console_shell(const struct console *console);

#endif
