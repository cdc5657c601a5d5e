#include "installer/init/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/pidfd.h>
#include <sys/reboot.h>
#include <sys/wait.h>

#include "base/argv.h"
#include "base/file.h"
#include "base/manifest.h"
#include "base/util.h"
#include "installer/init/console.h"
#include "installer/init/init.h"
#include "installer/init/memory.h"
#include "installer/init/session.h"
#include "installer/init/setup.h"
#include "installer/ks_source.h"

#define XENITH      "/usr/sbin/xenith"
#define CONSOLE_LOG "/run/xenith/console.log"
#define INIT_LOG    "/run/xenith/init.log"

/* A medium labelled so is looked for when no ks= says where the kickstart file is: /ks.cfg on it. */
static const char *const ks_medium_labels[] = { "XENITHKS", "OEMDRV" };

struct worker {
	struct consoles con;
	struct log *log;
	unsigned retry_s; /* 0: ask */
	bool shell;
	bool json;                   /* events on the consoles as JSON lines */
	pid_t second;                /* the shell on tty2; 0: none yet */
	struct session_watch medium; /* for the kickstart file on a second medium */
	const char *label;           /* of that, once it is there */
};

/* Stop everything, unmount what can be, and end the machine. */
static void end_machine(struct worker *w, const char *word)
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

/* Shells on n of the consoles; the first one that is left ends the others. */
static void run_shells(struct worker *w, size_t from, size_t n)
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

/* Ask on every console what next. Returns for "retry", and when retry_s is over. */
static void menu(struct worker *w, bool can_retry)
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
			run_shells(w, which, 1);
			break;
		case 'b':
			end_machine(w, "reboot");
			break;
		case 'p':
			end_machine(w, "poweroff");
			break;
		default:
			return;
		}
	}
}

static void install_side(int out, bool json)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	dup2(null, 0);
	dup2(out, 1);
	dup2(out, 2);
	execl(XENITH, "xenith", "install", "--ks-from-cmdline", json ? "--json" : (char *)NULL, (char *)NULL);
	dprintf(2, "xenith: cannot run " XENITH ": %s\n", strerror(errno));
	_exit(ERR_SYS);
}

/* Copy what the child says to the consoles until it has ended (daemons that it left may keep the pipe). */
static void relay(struct worker *w, int fd, int pidfd)
{
	struct pollfd p[2] = { { fd, POLLIN, 0 }, { pidfd, POLLIN, 0 } };
	char data[4096];

	fcntl(fd, F_SETFL, O_NONBLOCK);
	for (bool ended = false; !ended;) {
		ssize_t n;

		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return;
		ended = p[1].revents;
		while ((n = read(fd, data, sizeof(data))) > 0)
			consoles_write(&w->con, data, (size_t)n);
		if (n == 0)
			p[0].fd = -1;
	}
}

int worker_ended(int status, struct err *err)
{
	if (WIFSIGNALED(status))
		return err_set(err, ERR_RUN_KILLED, "the installer was killed by signal %d (%s)",
			       WTERMSIG(status), strsignal(WTERMSIG(status)));
	if (WEXITSTATUS(status))
		return err_set(err, ERR_TOOL, "the installer failed with status %d", WEXITSTATUS(status));
	return 0;
}

static void kickstart_urls(struct argv *ret)
{
	auto_buf cmdline = { 0 };

	file_read("/proc/cmdline", &cmdline, NULL);
	ks_source_list(buf_str(&cmdline), ret);
}

/* Whether nobody said where the kickstart file is: then it is asked for. */
static bool attended(void)
{
	auto_argv urls = { 0 };

	kickstart_urls(&urls);
	return urls.n == 0;
}

/* Whether a second medium has the kickstart file; the kernel's command line then says so. */
static bool second_medium(void *arg)
{
	struct worker *w = arg;
	struct err err = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(ks_medium_labels); i++) {
		auto_free char *node = xasprintf("/dev/disk/by-label/%s", ks_medium_labels[i]);
		auto_free char *word = xasprintf("ks=hd:LABEL=%s:/ks.cfg", ks_medium_labels[i]);

		if (!file_exists(node))
			continue;
		w->label = ks_medium_labels[i];
		if (!setup_cmdline_add(word, &err))
			return true;
		log_printf(w->log, "%s", err.msg);
	}
	return false;
}

/*
 * The dialog, on all consoles at once; and a shell on the screen's second terminal, where there is a screen.
 * It is there at once, and goes away again for a second medium that comes before anybody has pressed a key:
 * devices behind USB come late.
 */
static int run_dialog(struct worker *w, struct err *err)
{
	static char *const argv[] = { (char *)XENITH, (char *)"install", (char *)"--ks-from-cmdline", NULL };
	static const struct console second = { .path = "/dev/tty2" };
	int status = 0, r;

	unlink(INIT_END_FILE);
	if (w->second <= 0 || kill(w->second, 0))
		w->second = file_exists(second.path) ? console_shell(&second) : -1;
	r = session_run(&w->con, argv, &w->medium, &status, err);
	w->medium.seconds = 0;
	return r ? r : worker_ended(status, err);
}

/* 0 when the host is installed. */
static int run_install(struct worker *w, struct err *err)
{
	auto_close int in = -1;
	auto_close int out = -1;
	auto_close int pidfd = -1;
	int pipes[2], status = 0;
	pid_t pid;

	unlink(INIT_END_FILE);
	if (pipe2(pipes, O_CLOEXEC))
		return err_sys(err, "cannot make a pipe");
	in = pipes[0];
	out = pipes[1];
	pid = fork();
	if (pid < 0)
		return err_sys(err, "cannot fork");
	if (pid == 0)
		install_side(out, w->json);
	close(out);
	out = -1;
	pidfd = pidfd_open(pid, 0);
	relay(w, in, pidfd);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return worker_ended(status, err);
}

/* With a kickstart file, or by asking for what would be in it. */
static int run_either(struct worker *w, struct err *err)
{
	int r;

	if (!attended())
		return run_install(w, err);
	if (!second_medium(w)) {
		r = run_dialog(w, err);
		if (!w->medium.ended)
			return r;
	}
	consoles_printf(&w->con, "xenith: kickstart file from the medium %s\n", w->label);
	return run_install(w, err);
}

/* What the installer left to be done with the machine; never returns if there is something. */
static void end_as_told(struct worker *w)
{
	auto_free char *word = file_line(INIT_END_FILE);

	if (str_eq(word, "reboot") || str_eq(word, "poweroff") || str_eq(word, "halt") ||
	    str_eq(word, "shutdown"))
		end_machine(w, word);
}

static void install_until_done(struct worker *w)
{
	struct err err = { 0 };

	while (run_either(w, &err)) {
		end_as_told(w); /* somebody chose so */
		consoles_printf(&w->con, "xenith: %s\n", err.msg);
		if (err.id == ERR_RUN_KILLED)
			consoles_printf(&w->con, "%s: %s\n", err_entry(&err)->code, err_entry(&err)->next);
		menu(w, true);
	}
	end_as_told(w);
	consoles_printf(&w->con, "xenith: installed; the medium can be removed\n");
	menu(w, false);
}

static int check_initramfs(struct worker *w, struct err *err)
{
	struct manifest_sum sum;
	auto_buf m = { 0 };
	int r = file_read("/manifest", &m, err);

	if (!r)
		r = manifest_check("/", buf_str(&m), &sum, err);
	if (r)
		return r;
	consoles_printf(&w->con, "xenith: initramfs whole: %llu files, %llu MiB; %lu MiB of RAM free\n",
			(unsigned long long)sum.files, (unsigned long long)sum.bytes >> 20,
			memory_available_mib());
	return 0;
}

static void set_clock(struct worker *w)
{
	auto_free char *text = setup_clock("/etc/xenith/built");

	if (text)
		consoles_printf(&w->con, "xenith: %s\n", text);
}

static void spare_memory(struct worker *w)
{
	struct err err = { 0 };
	bool made;

	if (memory_spare(w->log, &made, &err))
		log_printf(w->log, "%s", err.msg);
	if (made)
		consoles_printf(&w->con, "xenith: little RAM: swapping to compressed memory\n");
}

/* Nothing is read from the medium any more, unless the kickstart file is on it. */
static void say_detachable(struct worker *w)
{
	auto_free char *offline = setup_kernel_arg(INIT_ARG_OFFLINE);
	auto_argv urls = { 0 };

	if (offline) {
		consoles_printf(&w->con,
				"xenith: this medium carries the packages: leave it until the installer "
				"says that it may be detached\n");
		return;
	}
	kickstart_urls(&urls);
	for (size_t i = 0; i < urls.n; i++)
		if (str_starts(urls.v[i], "cdrom:") || str_starts(urls.v[i], "hd:")) {
			consoles_printf(&w->con,
					"xenith: the medium of %s is needed until its file was read\n",
					urls.v[i]);
			return;
		}
	consoles_printf(&w->con, "xenith: the medium may be detached\n");
}

static void read_args(struct worker *w)
{
	auto_free char *shell = setup_kernel_arg(INIT_ARG_SHELL);
	auto_free char *json = setup_kernel_arg(INIT_ARG_JSON);
	auto_free char *retry = setup_kernel_arg(INIT_ARG_RETRY);
	uint64_t s = 0;

	w->shell = shell;
	w->json = json;
	if (retry && str_u64(retry, &s) && s <= 86400)
		w->retry_s = (unsigned)s;
	else if (retry)
		consoles_printf(&w->con,
				"xenith: " INIT_ARG_RETRY
				"=%s is no number of seconds up to 86400; ignored\n",
				retry);
}

static int prepare(struct worker *w, struct err *err)
{
	int r = setup_names(err);

	if (!r) {
		consoles_printf(&w->con, "xenith: looking for devices\n");
		r = setup_devices(w->log, err);
	}
	return r;
}

void worker_run(const char *version)
{
	struct worker w = { .con.log_fd = -1 };
	struct err err = { 0 };
	int r = setup_mounts(&err);

	consoles_open(&w.con, CONSOLE_LOG);
	w.log = log_new(INIT_LOG);
	consoles_printf(&w.con, "\nXenith %s\n", version);
	if (!r)
		r = setup_embedded(&err);
	read_args(&w);
	if (r)
		consoles_printf(&w.con, "xenith: %s\n", err.msg);
	if (check_initramfs(&w, &err)) {
		consoles_printf(&w.con,
				"\n*** THE BOOT MEDIUM WAS NOT LOADED WHOLE: %s\n"
				"*** Too little RAM (384 MiB are needed; %lu MiB are free), or a damaged "
				"medium. Nothing "
				"was installed.\n",
				err.msg, memory_available_mib());
		menu(&w, false);
	}
	set_clock(&w);
	spare_memory(&w);
	say_detachable(&w);
	while (prepare(&w, &err)) {
		consoles_printf(&w.con, "xenith: %s\n", err.msg);
		menu(&w, true);
	}
	if (w.shell) {
		run_shells(&w, 0, w.con.n);
		menu(&w, true);
	}
	w.medium = (struct session_watch){ second_medium, &w, KS_MEDIUM_WAIT_S, false };
	install_until_done(&w);
}
