/* A failed step done again: what is mounted for it, and what isn't done a second time. */
#include "pkg_archive.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "installer/apply.h"
#include "tests/unit/child.h"
#include "tests/unit/disk_loop.h"

#define RECORD "/run/record"

/* With a door that records, on empty folders of its own: the exit status says what was wrong. */
static int resume(const char *step)
{
	struct install_opts opts = { 0 };
	struct install_run run = { .opts = &opts, .step = step, .resume = step };
	struct buf record = { 0 };
	struct err err = { 0 };

	run.log = log_new(NULL);
	run.events = events_new(run.log);
	run.door.record = &record;
	if (install_apply(&run, &err))
		return 2;
	if (file_write(RECORD, buf_str(&record), record.len, 0600, NULL))
		return 3;
	return run.token ? 0 : 4;
}

/* What the door recorded, and the journal behind it. */
static int in_a_namespace(void *step, int out)
{
	static const char *const files[] = { RECORD, INSTALL_RUN "/journal",
					     INSTALL_ROOT "/var/log/xenith/journal" };
	int status;

	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("tmpfs", "/run", "tmpfs", 0, NULL) || mount("tmpfs", INSTALL_ROOT, "tmpfs", 0, NULL) ||
	    mkdir(INSTALL_RUN, 0700))
		return 1;
	status = resume(step);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		auto_buf b = { 0 };

		if (file_read(files[i], &b, NULL) || write(out, buf_str(&b), b.len) < 0)
			return 5;
	}
	return status;
}

static void run_step(char *step, struct buf *said)
{
	bool made = mkdir(INSTALL_ROOT, 0755) == 0;
	int status = child_run(in_a_namespace, step, said);

	if (made)
		rmdir(INSTALL_ROOT);
	if (status == 1)
		skip(); /* no namespaces here */
	assert_int_equal(status, 0);
}

static void post(void **state)
{
	char step[] = "post";
	auto_buf said = { 0 };
	const char *mounted, *written, *unmounted;

	(void)state;
	if (geteuid() != 0)
		skip();
	run_step(step, &said);
	mounted = strstr(buf_str(&said), "mount proc on " INSTALL_ROOT "/proc");
	written = strstr(buf_str(&said), "write " INSTALL_ROOT "/etc/xenith/reinstall");
	unmounted = strstr(buf_str(&said), "unmount everything below " INSTALL_ROOT);
	assert_true(mounted && written && unmounted && mounted < written && written < unmounted);
	assert_non_null(strstr(buf_str(&said), "post start\npost done\nreport start\nreport done\n"));
	assert_null(strstr(buf_str(&said), "disk start"));
	assert_null(strstr(buf_str(&said), "unpack"));
	assert_null(strstr(buf_str(&said), "wipe"));
}

/* One package, in an archive that is signed. */
static void make_archive(struct archive_dir *a)
{
	auto_free char *control = archive_control("base-files", "1", "");
	auto_free char *work = path_join(a->dir, "stage");
	auto_free char *deb = path_join(a->dir, "mirror/pool/base-files_1.deb");
	auto_free char *pool = path_join(a->dir, "mirror/pool");
	static char large[3 << 20];

	archive_put(work, "DEBIAN/control", 0644, control);
	archive_put(work, "usr/share/base", 0644, "whole\n");
	memset(large, 'x', sizeof(large) - 1);
	archive_put(work, "usr/share/large", 0644, large);
	assert_int_equal(file_mkdirs(pool, 0755, NULL), 0);
	archive_tool(NULL, "dpkg-deb", "-Zxz", "-z0", "--root-owner-group", "-b", work, deb, NULL);
	archive_list(a, control, deb, "pool/base-files_1.deb");
	archive_publish(a, "test", "");
}

/* What a failed try left on the new root, and what /home had all along. */
static void leave_behind(const struct loop *root, const struct loop *home)
{
	archive_tool(NULL, "mkfs.ext4", "-q", "-F", root->path, NULL);
	archive_tool(NULL, "mkfs.ext4", "-q", "-F", home->path, NULL);
	if (mount(root->path, INSTALL_ROOT, "ext4", 0, NULL))
		_exit(1);
	archive_put(INSTALL_ROOT, "usr/share/base", 0644, "ha");
	archive_put(INSTALL_ROOT, "half/a/package", 0644, "half");
	archive_put(INSTALL_ROOT, "var/lib/dpkg/status", 0644, "Package: base-files\n");
	mkdir(INSTALL_ROOT "/home", 0755);
	if (mount(home->path, INSTALL_ROOT "/home", "ext4", 0, NULL))
		_exit(1);
	archive_put(INSTALL_ROOT, "home/kept", 0644, "kept");
	umount(INSTALL_ROOT "/home");
	umount(INSTALL_ROOT);
}

/* Unpacking again: 0 when all is as it must be. Either the root is too small for it, or it stops at the next
 * step, since nothing can run in this root. */
static int unpack_again(const struct archive_dir *a, const struct loop *root, const struct loop *home,
			bool small)
{
	struct install_opts opts = { 0 };
	struct pkg_source source = { .name = "main", .base = a->base, .suite = "test" };
	struct disk_format format = { .dev = { .node = root->path }, .fstype = "ext4" };
	struct disk_mount mounts[] = { { "/", "ext4", "defaults", NULL, { .node = root->path } },
				       { "/home", "ext4", "defaults", NULL, { .node = home->path } } };
	struct ks_script script = { .at = { .line = 5 },
				    .type = KS_PREINSTALL,
				    .interp = "/bin/sh",
				    .body = "echo before the packages >$ANA_INSTALL_PATH/by-script\n" };
	struct install_run run = { .opts = &opts, .step = "unpack", .resume = "unpack" };
	struct err err = { 0 };
	int r;

	run.log = log_new(NULL);
	run.events = events_new(run.log);
	run.plan.request = (struct pkg_request){
		.sources = &source, .n_sources = 1, .arch = "amd64", .keyring = a->keyring, .no_minimal = true
	};
	argv_add(&run.plan.request.want, "base-files");
	run.ks.scripts = &script;
	run.ks.n_scripts = 1;
	run.plan.disk.mounts = mounts;
	run.plan.disk.n_mounts = ARRAY_SIZE(mounts);
	if (install_resumable(&run))
		return 2; /* this root may be somebody's */
	run.plan.disk.formats = &format;
	run.plan.disk.n_formats = 1;
	if (!install_resumable(&run))
		return 3;
	r = install_apply(&run, &err);
	if (small)
		return r == -ERR_SYS && err.id == ERR_PKG_WRITE && str_eq(run.step, "unpack") ? 0 : 7;
	return str_eq(run.step, "configure") ? 0 : 4;
}

/* What a failure leaves: the file's scripts ran in their interpreters, and all is in one tar, without the
 * password. */
static int tell_failure(struct install_run *run, struct err *err)
{
	static struct ks_script scripts[] = {
		{ .at = { .line = 6 },
		  .type = KS_ONERROR,
		  .interp = "/bin/sh",
		  .body = "echo onerror >>/run/scripts\nexit 3\n" },
		{ .at = { .line = 7 },
		  .type = KS_ONERROR,
		  .interp = "/usr/bin/python3",
		  .body = "open('/run/scripts', 'a').write('python\\n')\n" },
		{ .at = { .line = 8 },
		  .type = KS_TRACEBACK,
		  .interp = "/bin/sh",
		  .log = "/run/traceback.log",
		  .body = "echo traceback >>/run/scripts\necho said\n" },
	};
	auto_buf ran = { 0 }, said = { 0 }, tar = { 0 };

	log_mask(run->log, "canary-of-the-step");
	log_printf(run->log, "canary-of-the-step was here");
	run->ks.scripts = scripts;
	run->ks.n_scripts = ARRAY_SIZE(scripts);
	run->ks.rootpw = (struct ks_rootpw){ .at = { .line = 9 }, .password = "canary-of-the-step" };
	install_failed(run, err);
	if (file_read("/run/scripts", &ran, NULL) || !str_eq(buf_str(&ran), "onerror\npython\ntraceback\n") ||
	    file_read("/run/traceback.log", &said, NULL) || !str_eq(buf_str(&said), "said\n"))
		return 9;
	if (file_read(INSTALL_RUN "/failure.tar", &tar, NULL) ||
	    !memmem(tar.data, tar.len, "XEN-DISK-022", 12) || memmem(tar.data, tar.len, "canary-of", 9))
		return 10;
	unlink("/run/scripts");
	err_set(err, ERR_FETCH, "not reached");
	install_failed(run, err); /* no fault of this program */
	ran.len = 0;
	return file_read("/run/scripts", &ran, NULL) || !str_eq(buf_str(&ran), "onerror\npython\n") ? 11 : 0;
}

/* A disk that can't be made what it is to be: the tool's own words. */
static int disk_fails(const struct loop *root)
{
	struct install_opts opts = { 0 };
	struct disk_format format = { .dev = { .node = root->path },
				      .fstype = "ext4",
				      .mkfsoptions = "--no-such-option" };
	struct install_run run = { .opts = &opts };
	struct err err = { 0 };

	run.log = log_new(INSTALL_RUN "/install.log");
	run.door.log = run.log;
	run.events = events_new(run.log);
	events_to_file(run.events, INSTALL_RUN "/events.jsonl");
	run.plan.disk.formats = &format;
	run.plan.disk.n_formats = 1;
	if (install_apply(&run, &err) != -ERR_TOOL || err.id != ERR_DISK_MAKE ||
	    !strstr(err.msg, "mkfs.ext4"))
		return 8;
	return tell_failure(&run, &err);
}

static bool holds(const char *name, const char *text)
{
	auto_free char *path = path_join(INSTALL_ROOT, name);
	auto_buf b = { 0 };

	return !file_read(path, &b, NULL) && str_eq(buf_str(&b), text);
}

/* On a root of this size; then the disk step, on the same. */
static void unpack_in_a_namespace(const struct archive_dir *a, unsigned mib)
{
	auto_loop root = { 0 }, home = { 0 };
	int r;

	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("tmpfs", "/run", "tmpfs", 0, NULL) || mkdir(INSTALL_RUN, 0700) ||
	    !loop_open(&root, (uint64_t)mib << 20, 512) || !loop_open(&home, 16 << 20, 512))
		_exit(1);
	leave_behind(&root, &home);
	r = unpack_again(a, &root, &home, mib < 64);
	if (!r && mib < 64) {
		umount2(INSTALL_ROOT, MNT_DETACH);
		_exit(disk_fails(&root));
	}
	if (!r && (!holds("usr/share/base", "whole\n") || !holds("home/kept", "kept") ||
		   !holds("by-script", "before the packages\n") || file_exists(INSTALL_ROOT "/half") ||
		   !file_exists(INSTALL_ROOT "/lost+found")))
		r = 5;
	if (!r && !holds("var/log/xenith/journal",
			 "unpack start\nunpack done\nconfigure start\nconfigure failed\n"))
		r = 6;
	umount2(INSTALL_ROOT, MNT_DETACH);
	loop_close(&root);
	loop_close(&home);
	_exit(r);
}

static void unpack_on(unsigned mib)
{
	bool made = mkdir(INSTALL_ROOT, 0755) == 0;
	struct archive_dir a;
	int status = -1;
	pid_t pid;

	if (geteuid() != 0)
		skip();
	archive_init(&a);
	make_archive(&a);
	pid = fork();
	if (pid == 0)
		unpack_in_a_namespace(&a, mib);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	archive_clear(&a);
	if (made)
		rmdir(INSTALL_ROOT);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 1)
		skip(); /* no namespaces or loop devices here */
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void unpack(void **state)
{
	(void)state;
	unpack_on(64);
}

/* What has no room, and what can't be made, has a code. */
static void fails(void **state)
{
	(void)state;
	unpack_on(2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unpack),
		cmocka_unit_test(fails),
		cmocka_unit_test(post),
	};

	return cmocka_run_group_tests_name("install resume", tests, NULL, NULL);
}
