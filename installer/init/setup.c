#include "installer/init/setup.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

#include "base/argv.h"
#include "base/file.h"
#include "base/run.h"
#include "base/util.h"
#include "multipath/live.h"

static const struct {
	const char *type, *path;
	unsigned long flags;
	const char *data;
} mounts[] = {
	{ "proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL },
	{ "sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL },
	{ "devtmpfs", "/dev", MS_NOSUID, "mode=0755" },
	{ "devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC, "gid=5,mode=0620" },
	{ "tmpfs", "/dev/shm", MS_NOSUID | MS_NODEV, "mode=1777" },
	{ "tmpfs", "/run", MS_NOSUID | MS_NODEV, "mode=0755" },
	{ "tmpfs", "/tmp", MS_NOSUID | MS_NODEV, "mode=1777" },
};

int setup_mounts(struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
		if (mkdir(mounts[i].path, 0755) && errno != EEXIST)
			return err_sys(err, "cannot make %s", mounts[i].path);
		if (mount(mounts[i].type, mounts[i].path, mounts[i].type, mounts[i].flags, mounts[i].data) &&
		    errno != EBUSY)
			return err_sys(err, "cannot mount %s", mounts[i].path);
	}
	if ((mkdir("/run/xenith", 0755) || mkdir("/run/lock", 0755)) && errno != EEXIST)
		return err_sys(err, "cannot make folders below /run");
	/* Programs look for open files below /dev/fd. */
	if ((symlink("/proc/self/fd", "/dev/fd") || symlink("/proc/self/fd/0", "/dev/stdin") ||
	     symlink("/proc/self/fd/1", "/dev/stdout") || symlink("/proc/self/fd/2", "/dev/stderr")) &&
	    errno != EEXIST)
		return err_sys(err, "cannot make links below /dev");
	return 0;
}

int setup_cmdline_add(const char *words, struct err *err)
{
	static const char path[] = "/run/xenith/cmdline";
	auto_free char *line = file_line("/proc/cmdline");
	auto_free char *text = xasprintf("%s %s\n", words, line ? line : "");
	int r = file_write(path, text, strlen(text), 0444, err);

	if (r)
		return r;
	umount2("/proc/cmdline", MNT_DETACH);
	return mount(path, "/proc/cmdline", NULL, MS_BIND, NULL)
		       ? err_sys(err, "cannot mount %s over /proc/cmdline", path)
		       : 0;
}

int setup_embedded(struct err *err)
{
	static const char ks[] = "/embed/ks.cfg";
	auto_free char *line = file_line("/embed/cmdline");
	auto_free char *words =
		xasprintf("%s%s", file_exists(ks) ? "ks=file:/embed/ks.cfg " : "", line ? line : "");

	return *words ? setup_cmdline_add(words, err) : 0;
}

/* Where UEFI keeps its boot entries. */
static void mount_efivars(struct log *log)
{
	static const char path[] = "/sys/firmware/efi/efivars";

	if (file_exists(path) &&
	    mount("efivarfs", path, "efivarfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) && errno != EBUSY)
		log_printf(log, "cannot mount %s: %s", path, strerror(errno));
}

/*
 * Before any disk is found: the handlers attach to paths as these appear, and the kernel tells ALUA's states
 * from then on. multipathd maps nothing yet, since no LUN is named; a machine without a SAN does without it.
 */
static void start_multipath(struct log *log)
{
	static const struct ks nothing;
	struct door door = { .log = log };
	struct err err = { 0 };

	if (mpath_live_start(&nothing, MPATH_NEVER_QUEUE, &door, &err))
		log_printf(log, "%s", err.msg);
}

/* The kernel looks every 2 s for media that come and go (udev's 60-block.rules do this on other systems). */
static void watch_media(struct log *log)
{
	static const char path[] = "/sys/module/block/parameters/events_dfl_poll_msecs";
	auto_close int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "2000", 4) < 0)
		log_printf(log, "cannot write %s: %s", path, strerror(errno));
}

/* What no device's alias loads, and what the processors' does; file systems come when they are mounted. */
static void load_modules(struct log *log)
{
	auto_free char *processors = file_line("/sys/devices/system/cpu/modalias");
	struct err err = { 0 };

	if (run_argvl(log, 120, &err, "modprobe", "-a", "msr", "cpuid", "loop", "dm-mod", processors, NULL))
		log_printf(log, "%s", err.msg);
}

/* Every device once more, but those that no driver waits for: terminals, memory (a large machine has
 * thousands of blocks), processors. */
static int trigger(struct log *log, struct err *err)
{
	static const char *const without[] = { "tty",     "vc",           "mem*",   "cpu",
					       "wakeup",  "event_source", "clock*", "machinecheck",
					       "bdi",     "leds",         "node",   "workqueue",
					       "thermal", "container" };
	auto_run run = { .log = log, .timeout_s = 60 };

	argv_addl(&run.argv, "udevadm", "trigger", "--type=devices", "--action=add", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(without); i++)
		argv_addf(&run.argv, "--subsystem-nomatch=%s", without[i]);
	return run_argv(&run, err);
}

int setup_devices(struct log *log, struct err *err)
{
	struct err own = { 0 };
	int r = 0;

	if (!file_exists("/run/udev/control"))
		r = run_argvl(log, 60, err, "/usr/lib/systemd/systemd-udevd", "--daemon", NULL);
	watch_media(log);
	if (!r)
		start_multipath(log);
	if (!r)
		r = trigger(log, err);
	if (!r)
		load_modules(log);
	mount_efivars(log);
	/* A slow device is no reason to stop: the installer looks for its disks again. */
	if (!r && run_argvl(log, 150, &own, "udevadm", "settle", "--timeout=120", NULL))
		log_printf(log, "%s", own.msg);
	return r;
}

static int loopback_up(struct err *err)
{
	auto_close int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP };

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &ifr))
		return err_sys(err, "cannot bring up the loopback interface");
	return 0;
}

int setup_names(struct err *err)
{
	static const char name[] = "xenith";

	if (sethostname(name, strlen(name)))
		return err_sys(err, "cannot set the host name");
	return loopback_up(err);
}

char *setup_clock(const char *built_path)
{
	auto_free char *line = file_line(built_path);
	struct timespec now, built = { 0 };
	char before[32], after[32];
	uint64_t s = 0;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	if (!line || !str_u64(line, &s) || s > INT32_MAX || now.tv_sec >= (time_t)s)
		return NULL;
	built.tv_sec = (time_t)s;
	strftime(before, sizeof(before), "%Y-%m-%d %H:%M", gmtime_r(&now.tv_sec, &tm));
	strftime(after, sizeof(after), "%Y-%m-%d %H:%M", gmtime_r(&built.tv_sec, &tm));
	if (clock_settime(CLOCK_REALTIME, &built))
		return xasprintf("the clock says %s UTC, before this medium was made, and cannot be set: %s",
				 before, strerror(errno));
	return xasprintf("the clock said %s UTC, before this medium was made: it is set to %s", before,
			 after);
}

char *setup_kernel_arg(const char *name)
{
	auto_free char *line = file_line("/proc/cmdline");
	size_t len = strlen(name);
	auto_argv words = { 0 };

	argv_split(&words, line ? line : "", " ");
	for (size_t i = 0; i < words.n; i++)
		if (strncmp(words.v[i], name, len) == 0 && (!words.v[i][len] || words.v[i][len] == '='))
			return xstrdup(words.v[i] + len + (words.v[i][len] == '='));
	return NULL;
}
