#include "installer/init/worker.h"

#include "base/file.h"
#include "base/manifest.h"
#include "base/util.h"
#include "installer/init/init.h"
#include "installer/init/memory.h"
#include "installer/init/setup.h"
#include "installer/init/worker_priv.h"
#include "installer/ks_source.h"

#define INIT_LOG "/run/xenith/init.log"

/* What the installer left to be done with the machine; never returns if there is something. */
static void end_as_told(struct worker *w)
{
	auto_free char *word = file_line(INIT_END_FILE);

	if (str_eq(word, "reboot") || str_eq(word, "poweroff") || str_eq(word, "halt") ||
	    str_eq(word, "shutdown"))
		worker_end_machine(w, word);
}

static void install_until_done(struct worker *w)
{
	struct err err = { 0 };

	while (worker_install(w, &err)) {
		end_as_told(w); /* somebody chose so */
		consoles_printf(&w->con, "xenith: %s\n", err.msg);
		if (err.id == ERR_RUN_KILLED)
			consoles_printf(&w->con, "%s: %s\n", err_entry(&err)->code, err_entry(&err)->next);
		worker_menu(w, true);
	}
	end_as_told(w);
	consoles_printf(&w->con, "xenith: installed; the medium can be removed\n");
	worker_menu(w, false);
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
	worker_kickstart_urls(&urls);
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

void worker_run(const char *version, session_command *install)
{
	struct worker w = { .con.log_fd = -1, .install = install };
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
		worker_menu(&w, false);
	}
	set_clock(&w);
	spare_memory(&w);
	say_detachable(&w);
	while (prepare(&w, &err)) {
		consoles_printf(&w.con, "xenith: %s\n", err.msg);
		worker_menu(&w, true);
	}
	if (w.shell) {
		worker_shells(&w, 0, w.con.n);
		worker_menu(&w, true);
	}
	w.medium = (struct session_watch){ worker_second_medium, &w, KS_MEDIUM_WAIT_S, false };
	install_until_done(&w);
}
