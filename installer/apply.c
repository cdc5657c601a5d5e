#include "installer/apply.h"

#include <sys/mount.h>

#include "base/file.h"
#include "base/util.h"
#include "facts/mark.h"
#include "installer/bundle.h"
#include "installer/guests.h"
#include "installer/holders.h"
#include "installer/medium.h"
#include "installer/target/chroot.h"
#include "installer/target/san.h"
#include "installer/target/target.h"
#include "installer/target/toolkit.h"
#include "multipath/live.h"
#include "netbridge/host.h"

#define OLD_ROOT   INSTALL_RUN "/old-root"
#define GUESTS_TAR INSTALL_RUN "/guests.tar"

/* Kernel file systems that the target's own tools need while it is being made, in mount order. */
static const struct {
	const char *source, *dir, *fstype;
	unsigned long flags;
} kernel_mounts[] = {
	{ "proc", "/proc", "proc", 0 },    { "sysfs", "/sys", "sysfs", 0 },
	{ "/dev", "/dev", NULL, MS_BIND }, { "devpts", "/dev/pts", "devpts", 0 },
	{ "/run", "/run", NULL, MS_BIND }, /* udev's database and LVM's: grub-probe and lvm read them */
};

static int mount_kernel(struct install_run *run, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(kernel_mounts); i++) {
		auto_free char *dir = path_join(INSTALL_ROOT, kernel_mounts[i].dir);
		int r = door_mount(&run->door, kernel_mounts[i].source, dir, kernel_mounts[i].fstype,
				   kernel_mounts[i].flags, NULL, err);

		if (r)
			return r;
	}
	if (run->facts.uefi && door_mount(&run->door, "efivarfs", INSTALL_ROOT "/sys/firmware/efi/efivars",
					  "efivarfs", 0, NULL, NULL))
		event_send(run->events, run->step, EVENT_WARNING,
			   "the firmware's variables can't be written");
	return 0;
}

/* Undo every mount that this run or an earlier one made, in reverse; what isn't mounted is skipped. */
static int unmount_all(struct install_run *run, struct err *err)
{
	run->mounted = false;
	holders_stop(INSTALL_ROOT, &run->door);
	door_umount(&run->door, INSTALL_ROOT "/sys/firmware/efi/efivars", 0, NULL);
	for (size_t i = ARRAY_SIZE(kernel_mounts); i-- > 0;) {
		auto_free char *dir = path_join(INSTALL_ROOT, kernel_mounts[i].dir);

		if (door_umount(&run->door, dir, 0, NULL))
			door_umount(&run->door, dir, MNT_DETACH, NULL);
	}
	return disk_umount(&run->plan.disk, INSTALL_ROOT, &run->door, err);
}

/* Where scripts for Anaconda look for the target. */
static int sysroot_links(struct install_run *run, struct err *err)
{
	int r = door_symlink(&run->door, INSTALL_ROOT, "/mnt/sysroot", err);

	return r ? r : door_symlink(&run->door, INSTALL_ROOT, "/mnt/sysimage", err);
}

static int step_disk(struct install_run *run, struct err *err)
{
	int r = unmount_all(run, err);

	if (!r)
		r = guests_save(&run->plan.disk, OLD_ROOT, GUESTS_TAR, &run->door, err);
	if (!r)
		r = disk_apply(&run->plan.disk, &run->door, err);
	if (!r)
		r = mpath_vg_apply(&run->san_plan, INSTALL_RUN "/luns-made", &run->door, err);
	if (!r)
		r = disk_mount(&run->plan.disk, INSTALL_ROOT, &run->door, err);
	run->mounted = !r;
	/* At once, so that they are not in memory alone while packages come. */
	if (!r)
		r = guests_restore(GUESTS_TAR, INSTALL_ROOT, &run->door, err);
	if (!r && run->opts->from_cmdline)
		r = sysroot_links(run, err);
	return r ? r : target_scripts(&run->ks, KS_PREINSTALL, INSTALL_ROOT, &run->door, err);
}

static int step_unpack(struct install_run *run, struct err *err)
{
	int r;

	if (run->plan.image)
		return image_unpack(run->plan.image, INSTALL_ROOT, &run->door, &run->progress, err);
	r = pkg_unpack(&run->plan.request, &run->plan.set, INSTALL_ROOT, &run->door, &run->progress, err);
	if (!r && medium_wanted(&run->ks)) {
		medium_close(&run->door);
		event_send(run->events, run->step, EVENT_START, "the medium may be detached");
	}
	return r;
}

static int step_configure(struct install_run *run, struct err *err)
{
	auto_buf debconf = { 0 };
	struct pkg_configure_opts opts = { .no_initramfs = true };
	auto_free char *warning = NULL;
	int r = disk_write_config(&run->plan.disk, INSTALL_ROOT, &run->door, err);

	target_debconf(&run->ks, &debconf);
	opts.debconf = buf_str(&debconf);
	/* An image's packages were configured where it was built. */
	if (!r && !run->plan.image)
		r = pkg_configure(INSTALL_ROOT, &opts, &run->door, &run->progress, err);
	if (!r)
		r = drivers_copy(&run->drivers, INSTALL_ROOT, &run->door, &warning, err);
	if (warning)
		event_send(run->events, run->step, EVENT_WARNING, "%s", warning);
	return r ? r : pkg_write_sources(&run->plan.request, INSTALL_ROOT, &run->door, err);
}

/* Each host of an image gets ssh keys of its own; packages bring theirs when they are configured. */
static int make_host_keys(struct install_run *run, struct err *err)
{
	if (!run->plan.image || !file_exists(INSTALL_ROOT "/usr/bin/ssh-keygen"))
		return 0;
	return chroot_runl(&run->door, INSTALL_ROOT, err, "ssh-keygen", "-A", NULL);
}

/* The network's files, and what looks after it at the first boot. */
static int write_network(struct install_run *run, struct err *err)
{
	int r = net_apply_files(&run->plan.net, INSTALL_ROOT, &run->door, err);

	return r ? r : net_host_files(&run->plan.net, &run->facts, &run->ks, INSTALL_ROOT, &run->door, err);
}

static int step_target(struct install_run *run, struct err *err)
{
	int r = mount_kernel(run, err);

	if (!r)
		r = make_host_keys(run, err);
	if (!r)
		r = guests_restore(GUESTS_TAR, INSTALL_ROOT, &run->door, err);
	if (!r)
		r = target_apply(&run->facts, &run->ks, INSTALL_ROOT, &run->door, err);
	if (!r)
		r = write_network(run, err);
	if (!r)
		r = san_apply(&run->san_plan, &run->ks, &run->plan.disk, INSTALL_ROOT, &run->door, err);
	if (!r)
		r = target_toolkit(INSTALL_ROOT, &run->door, err);
	return r ? r : target_firstboot(&run->facts, &run->ks, INSTALL_ROOT, &run->door, err);
}

static int step_boot(struct install_run *run, struct err *err)
{
	auto_free char *warning = NULL;
	int r = boot_apply(&run->plan.boot, &run->facts, &run->plan.disk, INSTALL_ROOT, &run->door, &warning,
			   err);

	if (warning)
		event_send(run->events, run->step, EVENT_WARNING, "%s", warning);
	return r;
}

static int step_post(struct install_run *run, struct err *err)
{
	return target_scripts(&run->ks, KS_POST, INSTALL_ROOT, &run->door, err);
}

/* What init does with the machine when this process has ended well. */
static int write_end(struct install_run *run, struct err *err)
{
	static const char *const words[] = { "halt", "halt", "poweroff", "reboot", "poweroff" };
	const char *word = words[run->ks.reboot.how];

	return door_write(&run->door, INSTALL_RUN "/end", word, strlen(word), 0600, err);
}

/* Where the administrator finds what a reinstall of this host needs. */
static int write_token(struct install_run *run, struct err *err)
{
	auto_free char *text = xasprintf("# What the kickstart file must say to install over this host.\n"
					 "guard --reinstall=allow-token=%s\n",
					 run->token);

	return door_write(&run->door, INSTALL_ROOT "/etc/xenith/reinstall", text, strlen(text), 0600, err);
}

static int step_report(struct install_run *run, struct err *err)
{
	const char *hostname = run->plan.net.hostname ? run->plan.net.hostname : "-";
	char id[33];
	int r = disk_mark_id(id, err);

	if (r)
		return r;
	run->token = mark_token(&run->arena, id);
	r = write_token(run, err);
	if (!r)
		r = bundle_logs_to(run, INSTALL_ROOT "/var/log/xenith", err);
	sync();
	if (!r)
		r = unmount_all(run, err);
	if (!r)
		r = door_write(&run->door, INSTALL_TOKEN, run->token, strlen(run->token), 0600, err);
	if (!r)
		r = disk_mark(&run->plan.disk, id, hostname, &run->door, err);
	if (!r && run->opts->from_cmdline)
		r = write_end(run, err);
	return r;
}

static const struct install_step {
	const char *name;
	const char *what;
	int (*fn)(struct install_run *run, struct err *err);
	/* What it finds mounted: nothing, since it begins with the disks; the target; that with the kernel's
	 * file systems. */
	enum { ON_DISKS, ON_TARGET, ON_KERNEL } stands;
} steps[] = {
	{ "disk", "making partitions, volumes and file systems", step_disk, ON_DISKS },
	{ "unpack", "fetching and unpacking packages", step_unpack,
	  ON_DISKS }, /* on empty file systems only */
	{ "configure", "configuring packages", step_configure, ON_TARGET },
	{ "target", "writing this host's settings", step_target, ON_TARGET },
	{ "boot", "making the initramfs and the boot loader", step_boot, ON_KERNEL },
	{ "post", "running %post scripts", step_post, ON_KERNEL },
	{ "report", "saving logs", step_report, ON_KERNEL },
};

const char *install_phase(size_t i)
{
	return i < ARRAY_SIZE(steps) ? steps[i].name : NULL;
}

const char *install_phase_what(size_t i)
{
	return i < ARRAY_SIZE(steps) ? steps[i].what : NULL;
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

	while (i < ARRAY_SIZE(steps) && !str_eq(steps[i].name, name))
		i++;
	return i;
}

const char *install_resumable(const struct install_run *run)
{
	size_t i = index_of(run->step);

	return i < ARRAY_SIZE(steps) && steps[i].stands != ON_DISKS ? steps[i].what : NULL;
}

/* What the steps before had mounted, and a failure unmounted. */
static int mount_again(struct install_run *run, const struct install_step *step, struct err *err)
{
	int r = disk_mount(&run->plan.disk, INSTALL_ROOT, &run->door, err);

	run->mounted = !r;
	return r || step->stands != ON_KERNEL ? r : mount_kernel(run, err);
}

int install_apply(struct install_run *run, struct err *err)
{
	size_t i = run->resume ? index_of(run->resume) : 0;
	int r = run->resume ? mount_again(run, &steps[i], err) : 0;

	for (; !r && i < ARRAY_SIZE(steps); i++) {
		run->step = steps[i].name;
		journal(run, "start");
		event_send(run->events, run->step, EVENT_START, "%s", steps[i].what);
		r = steps[i].fn(run, err);
		journal(run, r ? "failed" : "done");
		if (!r)
			event_send(run->events, run->step, EVENT_DONE, "%s", steps[i].what);
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

	if (unmount_all(run, &err))
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
