#include "installer/steps.h"

#include "base/file.h"
#include "base/util.h"
#include "facts/mark.h"
#include "installer/bundle.h"
#include "installer/medium.h"
#include "installer/mounts.h"
#include "installer/target/chroot.h"
#include "installer/target/san.h"
#include "installer/target/target.h"
#include "installer/target/toolkit.h"
#include "multipath/live.h"
#include "netbridge/host.h"

static int step_disk(struct install_run *run, struct err *err)
{
	int r = install_unmount(run, err);

	if (!r)
		r = install_guests_save(run, err);
	if (!r)
		r = disk_apply(&run->plan.disk, &run->door, err);
	if (!r)
		r = mpath_vg_apply(&run->san_plan, INSTALL_RUN "/luns-made", &run->door, err);
	if (!r)
		r = install_mount(run, err);
	return r ? r : install_before_packages(run, err);
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
	int r = install_mount_kernel(run, err);

	if (!r)
		r = make_host_keys(run, err);
	if (!r)
		r = install_guests_restore(run, err);
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
		r = install_unmount(run, err);
	if (!r)
		r = door_write(&run->door, INSTALL_TOKEN, run->token, strlen(run->token), 0600, err);
	if (!r)
		r = disk_mark(&run->plan.disk, id, hostname, &run->door, err);
	if (!r && run->opts->from_cmdline)
		r = write_end(run, err);
	return r;
}

const struct install_step install_steps[] = {
	{ "disk", "making partitions, volumes and file systems", step_disk, ON_DISKS, ERR_DISK_MAKE },
	{ "unpack", "fetching and unpacking packages", step_unpack, ON_EMPTY, ERR_PKG_WRITE },
	{ "configure", "configuring packages", step_configure, ON_TARGET, ERR_PKG_WRITE },
	{ "target", "writing this host's settings", step_target, ON_TARGET, ERR_HOST_TOOL },
	{ "boot", "making the initramfs and the boot loader", step_boot, ON_KERNEL, ERR_BOOT_TOOL },
	{ "post", "running %post scripts", step_post, ON_KERNEL, 0 },
	{ "report", "saving logs", step_report, ON_KERNEL, 0 },
};

const size_t n_install_steps = ARRAY_SIZE(install_steps);
