#include "installer/apply.h"

#include "base/file.h"
#include "base/util.h"
#include "installer/bundle.h"
#include "installer/mounts.h"
#include "installer/prove.h"
#include "installer/steps.h"
#include "installer/target/target.h"

const char *install_phase(size_t i)
{
	return i < n_install_steps ? install_steps[i].name : NULL;
}

const char *install_phase_what(size_t i)
{
	return i < n_install_steps ? install_steps[i].what : NULL;
}

static void journal(const struct install_run *run, const char *state)
{
	auto_free char *line = xasprintf("%s %s\n", run->step, state);

	file_append(INSTALL_RUN "/journal", line, strlen(line), 0600, NULL);
	if (run->mounted && !file_mkdirs(INSTALL_ROOT "/var/log/xenith", 0755, NULL))
		file_append(INSTALL_ROOT "/var/log/xenith/journal", line, strlen(line), 0640, NULL);
}

static size_t index_of(const char *name)
{
	size_t i = 0;

	while (i < n_install_steps && !str_eq(install_steps[i].name, name))
		i++;
	return i;
}

const char *install_resumable(const struct install_run *run)
{
	size_t i = index_of(run->step);

	if (i == n_install_steps || install_steps[i].stands == ON_DISKS ||
	    (install_steps[i].stands == ON_EMPTY && !disk_can_empty(&run->plan.disk)))
		return NULL;
	return install_steps[i].what;
}

/* Half a system goes again, but not the file systems that it is on; the mirror may have others by now. */
static int begin_packages_anew(struct install_run *run, struct err *err)
{
	int r = disk_empty(&run->plan.disk, INSTALL_ROOT, &run->door, err);

	if (!r)
		r = install_before_packages(run, err);
	return r ? r : install_solve(run, err);
}

/* What the steps before had mounted, and a failure unmounted. */
static int mount_again(struct install_run *run, const struct install_step *step, struct err *err)
{
	int r = install_mount(run, err);

	if (!r && step->stands == ON_EMPTY)
		r = begin_packages_anew(run, err);
	return r || step->stands != ON_KERNEL ? r : install_mount_kernel(run, err);
}

int install_apply(struct install_run *run, struct err *err)
{
	size_t i = run->resume ? index_of(run->resume) : 0;
	int r = run->resume ? mount_again(run, &install_steps[i], err) : 0;

	for (; !r && i < n_install_steps; i++) {
		run->step = install_steps[i].name;
		journal(run, "start");
		event_send(run->events, run->step, EVENT_START, "%s", install_steps[i].what);
		r = install_steps[i].fn(run, err);
		if ((r == -ERR_TOOL || r == -ERR_SYS) && install_steps[i].about)
			err_about(err, install_steps[i].about, false);
		journal(run, r ? "failed" : "done");
		if (!r)
			event_send(run->events, run->step, EVENT_DONE, "%s", install_steps[i].what);
	}
	if (r)
		return r;
	event_send(run->events, "install", EVENT_DONE,
		   "installed; to install over this host: guard --reinstall=allow-token=%s", run->token);
	unlink(INSTALL_TOKEN);
	return 0;
}

void install_cleanup(struct install_run *run)
{
	struct err err = { 0 };

	if (install_unmount(run, &err))
		log_printf(run->log, "%s", err.msg);
}

void install_failed(struct install_run *run, struct err *err)
{
	struct err ignored = { 0 };

	event_failed(run->events, run->step, err);
	if (target_scripts(&run->ks, KS_ONERROR, INSTALL_ROOT, &run->door, &ignored))
		log_printf(run->log, "%%onerror: %s", ignored.msg);
	/* Where neither the file nor the machine nor the network is at fault. */
	if ((err->code == ERR_TOOL || err->code == ERR_SYS) &&
	    target_scripts(&run->ks, KS_TRACEBACK, INSTALL_ROOT, &run->door, &ignored))
		log_printf(run->log, "%%traceback: %s", ignored.msg);
	if (file_exists(INSTALL_ROOT "/var/log"))
		bundle_logs_to(run, INSTALL_ROOT "/var/log/xenith", NULL);
	install_cleanup(run);
	if (bundle_write(run, err, INSTALL_RUN "/failure.tar", &ignored))
		log_printf(run->log, "%s", ignored.msg);
	else
		events_send_bundle(run->events, INSTALL_RUN "/failure.tar");
}
