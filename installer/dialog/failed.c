/* After a failure: what somebody wants now. */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/dialog/question.h"

static void show_log(const char *path)
{
	auto_buf log = { 0 };

	file_read(path, &log, NULL);
	ui_text("Log", buf_str(&log));
}

static void save_logs(const struct dialog *d, const char *bundle_path)
{
	static const char title[] = "Save the logs";
	struct err err = { 0 };
	auto_buf tar = { 0 };

	if (file_read(bundle_path, &tar, &err))
		ui_message(title, err.msg);
	else
		save_ask(d, title,
			 "As a tar file: a path, http(s)://host/path (PUT), scp://user@host/path, or "
			 "hd:sdb1:/logs.tar for a USB stick. No password is in it.",
			 &tar);
}

/* On the terminal of the dialog, so on all consoles. Ctrl-C is for what runs in it. */
static void run_shell(void)
{
	static const char words[] = "\r\nA shell; \"exit\" goes back to the questions.\r\n";
	struct sigaction ignore = { .sa_handler = SIG_IGN }, old_int, old_out;
	pid_t pid;

	ui_close();
	sigaction(SIGINT, &ignore, &old_int);
	sigaction(SIGTTOU, &ignore, &old_out); /* for tcsetpgrp(3) from the background */
	pid = fork();
	if (pid == 0) {
		signal(SIGINT, SIG_DFL);
		signal(SIGTTOU, SIG_DFL);
		if (write(STDOUT_FILENO, words, sizeof(words) - 1) > 0)
			execl("/bin/sh", "-sh", "-i", (char *)NULL);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	tcsetpgrp(STDIN_FILENO, getpgrp());
	sigaction(SIGTTOU, &old_out, NULL);
	sigaction(SIGINT, &old_int, NULL);
	ui_open(DIALOG_BACKTITLE, NULL);
}

enum { STEP, ANEW, CHANGE, LOG, SAVE, SHELL, REBOOT, LEAVE, N_CHOICES };

/* The choices that there are; which[i] is what choices[i] means. */
static size_t choices_of(const struct dialog_failure *failure, const char *step, struct ui_choice *choices,
			 size_t *which)
{
	const char *const texts[N_CHOICES][2] = {
		[STEP] = { "retry", step },
		[ANEW] = { failure->step ? "anew" : "retry", "try all of it again with the same answers" },
		[CHANGE] = { "change", "change an answer" },
		[LOG] = { "log", "read the log" },
		[SAVE] = { "save", "save the logs" },
		[SHELL] = { "shell", "a shell; \"exit\" comes back here" },
		[REBOOT] = { "reboot", "start the machine again" },
		[LEAVE] = { "leave", failure->medium ? "end this; the machine stays on" : "end this" },
	};
	size_t n = 0;

	for (size_t i = 0; i < N_CHOICES; i++) {
		if ((i == STEP && !failure->step) || (i == REBOOT && !failure->medium))
			continue;
		which[n] = i;
		choices[n++] = (struct ui_choice){ texts[i][0], texts[i][1], false };
	}
	return n;
}

static size_t ask(const struct dialog *d, const struct dialog_failure *failure)
{
	auto_free char *step = xasprintf("that step again: %s", failure->step ? failure->step : "");
	struct ui_choice choices[N_CHOICES];
	size_t which[N_CHOICES], at = 0;
	size_t n = choices_of(failure, step, choices, which);

	for (;;) {
		if (ui_menu("The install failed", "Nothing is mounted any more. What now?", choices, n,
			    &at) != UI_NEXT)
			continue;
		if (which[at] == LOG)
			show_log(failure->log_path);
		else if (which[at] == SAVE)
			save_logs(d, failure->bundle_path);
		else if (which[at] == SHELL)
			run_shell();
		else
			return which[at];
	}
}

enum dialog_next dialog_failed(struct dialog *d, const struct err *why, const struct dialog_failure *failure)
{
	static const enum dialog_next next[N_CHOICES] = {
		[STEP] = DIALOG_STEP,     [ANEW] = DIALOG_ANEW,   [CHANGE] = DIALOG_CHANGE,
		[REBOOT] = DIALOG_REBOOT, [LEAVE] = DIALOG_LEAVE,
	};
	const struct err_entry *entry = err_entry(why);
	auto_buf text = { 0 };
	size_t at;

	if (ui_open(DIALOG_BACKTITLE, NULL))
		return DIALOG_LEAVE;
	buf_addf(&text, "%s%s\n%s\nWanted: %s\nNext: %s\n", why->msg, str_ends(why->msg, "\n") ? "" : "\n",
		 entry->code, entry->wanted, entry->next);
	ui_text("The install failed", buf_str(&text));
	at = ask(d, failure);
	ui_close();
	d->a.confirmed = at == STEP || at == ANEW;
	if (at == CHANGE)
		d->at = n_dialog_questions - 1;
	return next[at];
}
