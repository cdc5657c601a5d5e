/* What somebody at a console can do when there is nothing to install, or when it failed. */
#include <errno.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/init/worker_priv.h"

void worker_end_machine(struct worker *w, const char *word)
{
	auto_argv lines = { 0 };
	auto_buf b = { 0 };
	int how = str_eq(word, "reboot") ? RB_AUTOBOOT : str_eq(word, "halt") ? RB_HALT_SYSTEM : RB_POWER_OFF;

	consoles_printf(&w->con, "xenith: %s\n", word);
	sync();
	kill(-1, SIGTERM);
	sleep(1);
	kill(-1, SIGKILL);
	file_read("/proc/self/mounts", &b, NULL);
	argv_split(&lines, buf_str(&b), "\n");
	for (size_t i = lines.n; i-- > 0;) {
		auto_argv words = { 0 };

		argv_split(&words, lines.v[i], " ");
		if (words.n > 2 && (str_starts(words.v[0], "/dev/") || str_starts(words.v[1], "/mnt")))
			umount2(words.v[1], MNT_DETACH);
	}
	sync();
	reboot(how);
}

void worker_shells(struct worker *w, size_t from, size_t n)
{
	pid_t pids[CONSOLES_MAX], dead;
	bool left = false;

	for (size_t i = 0; i < n; i++)
		pids[i] = console_shell(&w->con.v[from + i]);
	while (!left) {
		dead = wait(NULL);
		left = dead < 0 && errno != EINTR;
		for (size_t i = 0; i < n; i++)
			if (dead > 0 && dead == pids[i]) {
				pids[i] = -1;
				left = true;
			}
	}
	for (size_t i = 0; i < n; i++)
		if (pids[i] > 0) {
			kill(-pids[i], SIGHUP);
			kill(pids[i], SIGKILL);
			waitpid(pids[i], NULL, 0);
		}
	/* A terminal is hung up when its session ends: what was open on it is dead (setsid(2), termios(3)).
	 */
	consoles_close(&w->con);
	consoles_open(&w->con, CONSOLE_LOG);
}

void worker_menu(struct worker *w, bool can_retry)
{
	for (;;) {
		size_t which = 0;
		unsigned limit = can_retry ? w->retry_s : 0;

		consoles_printf(&w->con, "%ss shell, b reboot, p poweroff", can_retry ? "r retry, " : "");
		if (limit)
			consoles_printf(&w->con, " (retrying in %u seconds)", limit);
		consoles_printf(&w->con, "\n");
		switch (consoles_key(&w->con, can_retry ? "rsbp" : "sbp", limit, &which)) {
		case 's':
			worker_shells(w, which, 1);
			break;
		case 'b':
			worker_end_machine(w, "reboot");
			break;
		case 'p':
			worker_end_machine(w, "poweroff");
			break;
		default:
			return;
		}
	}
}
