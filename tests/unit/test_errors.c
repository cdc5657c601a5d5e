/* The catalogue of errors: its codes, its manual page, and that each error has a test that provokes it. */
#include "pkg_archive.h"

#include <dirent.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "installer/image_source.h"
#include "installer/init/worker.h"
#include "installer/net_early.h"
#include "installer/target/settings.h"
#include "installer/target/target.h"
#include "iso-build/versions.h"
#include "multipath/live.h"
#include "packages/fetch.h"
#include "packages/image.h"
#include "packages/preinst.h"
#include "packages/unshare.h"
#include "tests/unit/child.h"

static void codes(void **state)
{
	const struct err_entry *all;
	struct err err = { 0 };
	size_t n;

	(void)state;
	all = err_entries(&n);
	for (size_t i = 0; i < n; i++) {
		err_set(&err, all[i].id, "x");
		assert_ptr_equal(err_entry(&err), &all[i]);
		assert_ptr_equal(err_entry_find(all[i].code), &all[i]);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(all[i].code, all[k].code);
	}
	assert_string_equal(err_entry(&(struct err){ .code = ERR_MACHINE, .id = ERR_DISK_SMALL })->code,
			    "XEN-DISK-008");
	assert_int_equal(err_set(&err, ERR_DISK_SMALL, "x"), -ERR_MACHINE);
	assert_int_equal(err.code, ERR_MACHINE);
	assert_int_equal(err.id, ERR_DISK_SMALL);
	assert_int_equal(err_about(&err, ERR_DISK_NONE, false), -ERR_MACHINE);
	assert_int_equal(err.id, ERR_DISK_SMALL);
	err_wrap(&err, "in front");
	assert_int_equal(err.id, ERR_DISK_SMALL);
}

/* What has no error of its own is told by its kind. */
static void kinds(void **state)
{
	static const struct {
		enum err_code kind, id;
	} of[] = {
		{ ERR_USAGE, ERR_GEN_USAGE },     { ERR_INPUT, ERR_GEN_INPUT },
		{ ERR_MACHINE, ERR_GEN_MACHINE }, { ERR_FETCH, ERR_GEN_FETCH },
		{ ERR_TOOL, ERR_GEN_TOOL },       { ERR_SYS, ERR_GEN_SYS },
		{ ERR_STOPPED, ERR_GEN_STOPPED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(of); i++) {
		struct err err = { 0 };

		err_set(&err, of[i].kind, "x");
		assert_int_equal(err_entry(&err)->id, of[i].id);
	}
}

/* An error that a caller knows better keeps its kind, and so its exit status. */
static void known_better(void **state)
{
	struct err err = { 0 };

	(void)state;
	err_set(&err, ERR_SYS, "no such file");
	assert_int_equal(err_about(&err, ERR_KS_UNREAD, false), -ERR_SYS);
	assert_string_equal(err_entry(&err)->code, "XEN-KS-002");
}

static void no_nic(void **state)
{
	struct facts facts = { 0 };
	struct door door = { 0 };
	struct err err = { 0 };

	(void)state;
	net_early_up(&facts, &door, &err);
	assert_int_equal(err.id, ERR_HW_NO_NIC);
}

static void no_zone(void **state)
{
	struct ks ks = { .timezone = { .at = { .file = "t.ks", .line = 3 }, .timezone = "Europe/Nowhere" } };
	char dir[] = "/tmp/test-errors-XXXXXX";
	struct door door = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(clock_apply(&ks, dir, &door, &err), -ERR_INPUT);
	assert_int_equal(err.id, ERR_HOST_ZONE);
	file_remove_tree(dir, NULL);
}

/* A system in which no program runs. */
static void no_programs(void **state)
{
	struct ks ks = { .rootpw = { .at = { .line = 6 }, .password = "canary-pw" } };
	char dir[] = "/tmp/test-errors-XXXXXX";
	struct facts facts = { 0 };
	struct door door = { 0 };
	struct err err = { 0 };

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_non_null(mkdtemp(dir));
	archive_put(dir, "etc/passwd", 0644, "root:x:0:0:root:/root:/bin/sh\n");
	assert_int_equal(target_apply(&facts, &ks, dir, &door, &err), -ERR_TOOL);
	assert_int_equal(err.id, ERR_HOST_TOOL);
	assert_int_equal(preinst_run(dir, "app", "amd64", &door, &err), -ERR_TOOL);
	assert_int_equal(err.id, ERR_PKG_SCRIPT);
	file_remove_tree(dir, NULL);
}

/* The child's end as the boot medium's worker tells it. */
static void killed(void **state)
{
	struct err err = { 0 };
	pid_t pid = fork();
	int status = 0;

	(void)state;
	if (pid == 0) {
		raise(SIGKILL);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(worker_ended(status, &err), -ERR_TOOL);
	assert_int_equal(err.id, ERR_RUN_KILLED);
}

static int opens(const char *url, const char *sum, struct err *err)
{
	struct image_source source = { .url = url, .checksum = sum };
	struct image *image = NULL;
	int r = image_open(&source, NULL, &image, err);

	image_free(image);
	return r;
}

static void images(void **state)
{
	char dir[] = "/tmp/test-errors-XXXXXX";
	auto_free char *root = NULL, *out = NULL, *url = NULL, *into = NULL;
	struct image_build build = { .epoch_s = -1 };
	struct image_sums sums;
	struct image *image = NULL;
	struct ks ks = { .liveimg = { .at = { .file = "t.ks", .line = 4 } } };
	auto_argv want = { 0 };
	struct door door = { 0 };
	struct err err = { 0 };
	char wrong[65];

	(void)state;
	assert_non_null(mkdtemp(dir));
	build.root = root = path_join(dir, "root");
	build.out = out = path_join(dir, "dom0.img");
	into = path_join(dir, "into");
	url = xasprintf("file://%s", out);
	archive_put(root, "var/lib/dpkg/status", 0644,
		    "Package: app\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n");
	archive_put(root, "usr/bin/app", 0755, "x\n");
	if (image_build(&build, NULL, &sums, &err))
		fail_msg("%s", err.msg);
	memset(wrong, '0', 64);
	wrong[64] = '\0';
	opens(url, "abc", &err);
	assert_int_equal(err.id, ERR_IMG_URL);
	assert_int_equal(opens(url, sums.manifest, &err), 0);
	ks.liveimg.url = url;
	ks.liveimg.checksum = sums.manifest;
	argv_addl(&want, "app", "xen-system-amd64", NULL);
	assert_int_equal(install_image_open(&ks, &want, NULL, &image, &err), -ERR_INPUT);
	assert_int_equal(err.id, ERR_IMG_PACKAGES);
	/* Whether it is the sum of the whole file is known at its end. */
	assert_int_equal(
		image_open(&(struct image_source){ .url = url, .checksum = wrong }, NULL, &image, &err), 0);
	assert_int_equal(image_unpack(image, into, &door, NULL, &err), -ERR_FETCH);
	assert_int_equal(err.id, ERR_IMG_CHANGED);
	image_free(image);
	assert_int_equal(image_open(&(struct image_source){ .url = url, .checksum = sums.manifest }, NULL,
				    &image, &err),
			 0);
	assert_int_equal(truncate(out, (off_t)sums.bytes / 2), 0);
	assert_int_equal(image_unpack(image, into, &door, NULL, &err), -ERR_FETCH);
	assert_int_equal(err.id, ERR_IMG_SHORT);
	image_free(image);
	assert_int_equal(file_write(out, wrong, sizeof(wrong), 0644, &err), 0);
	opens(url, sums.manifest, &err);
	assert_int_equal(err.id, ERR_IMG_FORMAT);
	file_remove_tree(dir, NULL);
}

/* With an /etc of its own: 77 where there can't be one. */
static int start_multipathd(void *arg, int out)
{
	struct ks ks = { 0 };
	struct door door = { 0 };
	struct err err = { 0 };

	dup2(out, 2);
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("tmpfs", "/etc", "tmpfs", 0, NULL))
		return 77;
	setenv("PATH", arg, 1);
	if (mpath_live_start(&ks, MPATH_NEVER_QUEUE, &door, &err) != -ERR_TOOL || err.id != ERR_SAN_TOOL)
		return 1;
	return strstr(err.msg, "no memory for paths") ? 0 : 2;
}

static void no_multipathd(void **state)
{
	char dir[] = "/tmp/test-errors-XXXXXX";
	auto_buf said = { 0 };
	int r;

	(void)state;
	assert_non_null(mkdtemp(dir));
	archive_put(dir, "modprobe", 0755, "#!/bin/sh\n");
	archive_put(dir, "multipathd", 0755, "#!/bin/sh\necho no memory for paths >&2\nexit 1\n");
	r = child_run(start_multipathd, dir, &said);
	file_remove_tree(dir, NULL);
	if (r == 77)
		skip();
	assert_int_equal(r, 0);
}

/* Somebody who owns no ids, on a kernel with user namespaces or without. */
static int enter_a_namespace(void *arg, int out)
{
	struct err err = { 0 };
	int status = 0, r;

	(void)arg;
	dup2(out, 2);
	if (geteuid() == 0 && (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534)))
		return 77;
	r = unshare_enter(&status, &err);
	if (r < 0 && err.id == ERR_PKG_UNSHARE)
		dprintf(2, "%s\n", err_entry(&err)->code);
	return r == 1 ? status : -r;
}

static void no_namespace(void **state)
{
	auto_buf said = { 0 };
	int r = child_run(enter_a_namespace, NULL, &said);

	(void)state;
	if (r == 77)
		skip();
	assert_int_equal(r, ERR_MACHINE);
	assert_non_null(strstr(buf_str(&said), "XEN-PKG-006"));
}

static void no_package_has_it(void **state)
{
	auto_argv paths = { 0 };
	auto_buf found = { 0 };
	struct err err = { 0 };

	(void)state;
	argv_add(&paths, "/nowhere/at/all");
	assert_int_equal(versions_of(&paths, NULL, &found, &err), -ERR_MACHINE);
	assert_int_equal(err.id, ERR_ISO_PARTS);
}

/* A row that nothing provokes is a promise that nobody has seen kept. */
static void each_has_a_test(void **state)
{
	static const struct {
		const char *dir, *end;
	} places[] = { { "tests/cases", ".case" },  { "tests/unit", ".c" },       { "tests/cli", ".sh" },
		       { "tests/dialog", ".talk" }, { "tests/guest", ".case" },   { "tests/e2e", ".py" },
		       { "tests/e2e", ".talk" },    { "tests/multipath", ".out" } };
	const struct err_entry *all;
	auto_buf text = { 0 };
	auto_buf without = { 0 };
	size_t n;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		DIR *d = opendir(places[i].dir);

		assert_non_null(d);
		for (struct dirent *e; (e = readdir(d));) {
			auto_free char *path = path_join(places[i].dir, e->d_name);

			if (str_ends(e->d_name, places[i].end))
				assert_int_equal(file_read(path, &text, NULL), 0);
		}
		closedir(d);
	}
	all = err_entries(&n);
	for (size_t i = 0; i < n; i++) {
#define X(name, kind, area, number, found, wanted, next)                       \
	if (all[i].id == ERR_##name && !strstr(buf_str(&text), all[i].code) && \
	    !strstr(buf_str(&text), "ERR_" #name))                             \
		buf_addf(&without, " %s", all[i].code);
		ERR_LIST(X)
#undef X
	}
	if (without.len)
		fail_msg("no test names these errors:%s", buf_str(&without));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes),        cmocka_unit_test(kinds),
		cmocka_unit_test(known_better), cmocka_unit_test(no_nic),
		cmocka_unit_test(no_zone),      cmocka_unit_test(images),
		cmocka_unit_test(no_programs),  cmocka_unit_test(no_multipathd),
		cmocka_unit_test(no_namespace), cmocka_unit_test(no_package_has_it),
		cmocka_unit_test(killed),       cmocka_unit_test(each_has_a_test),
	};

	return cmocka_run_group_tests_name("errors", tests, NULL, NULL);
}
