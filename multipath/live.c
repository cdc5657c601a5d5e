#include "multipath/live.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

#include "base/file.h"
#include "base/util.h"
#include "facts/sysroot.h"

#define SCAN_S         30 /* an HBA that takes longer to scan is not waited for */
#define DAEMON_S       60
#define DAEMON_UP_MS   20000
#define DAEMON_POLL_US 20000
#define MAPS_S         60
#define PROBE_S        5
#define SAY_EVERY_S    10

static uint64_t now_s(void)
{
	return (uint64_t)clock_ms(CLOCK_MONOTONIC) / 1000;
}

/* Whether the daemon takes commands on its socket (multipathd(8); before 0.10 it had the first name only). */
static bool daemon_listens(void)
{
	static const char *const names[] = { "@/org/kernel/linux/storage/multipathd",
					     "/run/multipathd.socket" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		auto_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		struct sockaddr_un to = { .sun_family = AF_UNIX };
		size_t len = strlen(names[i]);

		memcpy(to.sun_path, names[i], len);
		if (*to.sun_path == '@')
			*to.sun_path = '\0';
		if (fd >= 0 && connect(fd, (struct sockaddr *)&to,
				       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) == 0)
			return true;
	}
	return false;
}

static int start_daemon(struct door *door, struct err *err)
{
	int64_t until = clock_ms(CLOCK_MONOTONIC) + DAEMON_UP_MS;
	int r;

	if (!door->record && daemon_listens())
		return door_runl_for(door, DAEMON_S, err, "multipathd", "reconfigure", NULL);
	r = door_runl_for(door, DAEMON_S, err, "multipathd", NULL);
	while (!r && !door->record && !daemon_listens()) {
		if (clock_ms(CLOCK_MONOTONIC) >= until)
			return err_set(err, ERR_SAN_TOOL, "multipathd was started and does not answer");
		usleep(DAEMON_POLL_US);
	}
	return r;
}

int mpath_live_start(const struct ks *ks, unsigned retries, struct door *door, struct err *err)
{
	static const char *const modules[] = { "dm-multipath", "dm-service-time", "dm-round-robin",
					       "scsi_dh_alua", "scsi_dh_rdac",    "scsi_dh_emc",
					       "scsi_dh_hp_sw" };
	auto_run load = { .timeout_s = DAEMON_S };
	auto_buf conf = { 0 }, wwids = { 0 };
	int r;

	argv_addl(&load.argv, "modprobe", "-a", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(modules); i++)
		argv_add(&load.argv, modules[i]);
	/* One that the kernel has built in, or lacks, is told by what follows. */
	door_run(door, &load, NULL);
	mpath_conf(ks, retries, &conf);
	mpath_wwids(ks, &wwids);
	r = door_write(door, "/etc/multipath.conf", buf_str(&conf), conf.len, 0644, err);
	if (!r)
		r = door_write(door, "/etc/multipath/wwids", buf_str(&wwids), wwids.len, 0600, err);
	if (!r)
		r = start_daemon(door, err);
	return r == -ERR_TOOL ? err_about(err, ERR_SAN_TOOL, false) : r;
}

static void child_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	_exit(fd < 0 || write(fd, text, strlen(text)) < 0);
}

/* Add the names in a folder of sysfs that start so. */
static void names_in(const char *dir, const char *prefix, struct argv *names)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (name_numbered(e->d_name, prefix))
			argv_add(names, e->d_name);
	if (d)
		closedir(d);
	argv_sort_unique(names);
}

/* A write to sysfs's scan returns when the bus was walked, which a dead fabric may never let it: each HBA has
 * a child of its own, and those that are late are left behind. */
static int scan_fn(void *arg, struct err *err)
{
	struct log *log = arg;
	auto_argv hosts = { 0 };
	auto_free pid_t *pids = NULL;
	uint64_t until = now_s() + SCAN_S;
	size_t left;

	(void)err;
	names_in("/sys/class/scsi_host", "host", &hosts);
	left = hosts.n;
	pids = xcalloc(hosts.n + 1, sizeof(*pids));
	fflush(NULL);
	for (size_t i = 0; i < hosts.n; i++) {
		auto_free char *path = xasprintf("/sys/class/scsi_host/%s/scan", hosts.v[i]);

		pids[i] = fork();
		if (pids[i] == 0)
			child_write(path, "- - -");
	}
	while (left && now_s() < until) {
		for (size_t i = 0; i < hosts.n; i++)
			if (pids[i] > 0 && waitpid(pids[i], NULL, WNOHANG) == pids[i]) {
				pids[i] = 0;
				left--;
			}
		usleep(50000);
	}
	for (size_t i = 0; i < hosts.n; i++)
		if (pids[i] > 0) {
			log_printf(log, "%s: its scan takes more than %d s and is not waited for", hosts.v[i],
				   SCAN_S);
			kill(pids[i], SIGKILL);
		}
	return 0;
}

/* Whether all lines have their paths; else what to say of those that don't. */
static bool enough(const struct ks *ks, const struct mpath *san, uint64_t waited_s, bool *more, struct buf *b)
{
	bool all = true;

	*more = false;
	for (size_t i = 0; i < ks->n_luns; i++) {
		const struct mpath_lun *lun = mpath_find(san, ks->luns[i].wwid);
		size_t want = mpath_min_paths(&ks->luns[i]), have = lun ? lun->n_up : 0;

		buf_addf(b, "%sLUN %s: %zu of %zu paths", b->len ? ", " : "", ks->luns[i].wwid, have, want);
		if (have >= want)
			continue;
		all = false;
		*more = *more || waited_s < mpath_wait_s(&ks->luns[i]);
	}
	return all;
}

int mpath_live_wait(const struct ks *ks, struct door *door, mpath_progress_fn fn, void *arg,
		    struct mpath *ret, struct err *err)
{
	uint64_t begun = now_s(), said = 0;
	auto_buf last = { 0 };
	bool more = true;
	int r;

	for (;;) {
		auto_buf text = { 0 };

		r = door_call(door, "have all HBAs look for LUNs", scan_fn, door->log, err);
		if (!r)
			door_runl_for(door, 30, NULL, "udevadm", "settle", "--timeout=20", NULL);
		mpath_clear(ret);
		if (!r)
			r = mpath_read("/", ret, err);
		if (r)
			return r;
		if (enough(ks, ret, now_s() - begun, &more, &text))
			more = false;
		if (fn && (strcmp(buf_str(&text), buf_str(&last)) != 0 || now_s() >= said + SAY_EVERY_S)) {
			fn(arg, buf_str(&text));
			said = now_s();
		}
		last.len = 0;
		buf_adds(&last, buf_str(&text));
		if (!more)
			break;
		sleep(2);
	}
	for (size_t i = 0; i < ks->n_luns; i++)
		if (mpath_find(ret, ks->luns[i].wwid))
			mpath_probe(ret, ks->luns[i].wwid, PROBE_S);
	return 0;
}

char *mpath_map_of(const char *wwid)
{
	auto_free char *want = xasprintf("mpath-%s", wwid);
	auto_argv names = { 0 };

	names_in("/sys/block", "dm-", &names);
	for (size_t i = 0; i < names.n; i++) {
		auto_free char *path = xasprintf("/sys/block/%s/dm/uuid", names.v[i]);
		auto_free char *uuid = file_line(path);

		if (str_eq(uuid, want))
			return xstrdup(names.v[i]);
	}
	return NULL;
}

static size_t slaves_of(const char *map)
{
	auto_free char *path = xasprintf("/sys/block/%s/slaves", map);
	DIR *d = opendir(path);
	struct dirent *e;
	size_t n = 0;

	while (d && (e = readdir(d)))
		n += e->d_name[0] != '.';
	if (d)
		closedir(d);
	return n;
}

/* The plan's LUNs whose maps aren't there or lack paths, by name. */
static void missing_maps(const struct mpath_plan *plan, struct buf *b)
{
	for (size_t i = 0; i < plan->n_luns; i++) {
		const struct mpath_lun_plan *l = &plan->luns[i];
		auto_free char *map = mpath_map_of(l->wwid);
		auto_free char *node = xasprintf("/dev/mapper/%s", l->name);
		size_t n = map ? slaves_of(map) : 0;

		if (!map || n < mpath_min_paths(l->ks) || access(node, F_OK))
			buf_addf(b, "%s%s (%zu of %zu paths are in its map)", b->len ? ", " : "", l->name, n,
				 mpath_min_paths(l->ks));
	}
}

int mpath_live_maps(const struct mpath_plan *plan, struct door *door, mpath_progress_fn fn, void *arg,
		    struct err *err)
{
	uint64_t until = now_s() + MAPS_S;
	int r = door_runl_for(door, DAEMON_S, err, "multipathd", "reconfigure", NULL);

	while (!r && !door->record) {
		auto_buf b = { 0 };

		missing_maps(plan, &b);
		if (!b.len)
			break;
		if (now_s() >= until)
			return err_set(
				err, ERR_SAN_TOOL,
				"multipathd made no whole map of %s within %d s; see its lines in the log",
				buf_str(&b), MAPS_S);
		if (fn)
			fn(arg, buf_str(&b));
		sleep(2);
	}
	return r ? r : door_runl_for(door, 60, err, "udevadm", "settle", "--timeout=50", NULL);
}
