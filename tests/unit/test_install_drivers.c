/* Further drivers and firmware: what is taken out of archives and partitions, and what the installed host
 * gets. */
#include "pkg_archive.h"

#include <errno.h>
#include <sched.h>
#include <sys/mount.h>

#include "disk_loop.h"
#include "installer/drivers.h"

struct lab {
	char *dir, *tree, *kept;
};

static int set_up(void **state)
{
	struct lab *lab = xcalloc(1, sizeof(*lab));

	lab->dir = xstrdup("/tmp/test-drivers-XXXXXX");
	assert_non_null(mkdtemp(lab->dir));
	lab->tree = path_join(lab->dir, "tree");
	lab->kept = path_join(lab->dir, "kept");
	archive_put(lab->tree, "lib/firmware/acme/nic.bin", 0644, "firmware");
	archive_put(lab->tree, "lib/modules/6.12.1/updates/acme.ko", 0644, "module");
	archive_put(lab->tree, "lib/modules/6.12.1/modules.dep", 0644, "not ours");
	archive_put(lab->tree, "etc/passwd", 0644, "root::0:0::/:/bin/sh\n");
	*state = lab;
	return 0;
}

static int tear_down(void **state)
{
	struct lab *lab = *state;

	file_remove_tree(lab->dir, NULL);
	free(lab->dir);
	free(lab->tree);
	free(lab->kept);
	free(lab);
	return 0;
}

static int load(struct lab *lab, const char *where, struct err *err)
{
	struct drivers d = { .dir = lab->kept };
	struct facts facts = { 0 };
	struct door door = { 0 };

	return drivers_load(&d, where, &facts, &door, err);
}

static bool kept(const struct lab *lab, const char *name)
{
	auto_free char *path = path_join(lab->kept, name);

	return file_exists(path);
}

static void wants_kept(struct lab *lab)
{
	assert_true(kept(lab, "usr/lib/firmware/acme/nic.bin"));
	assert_true(kept(lab, "usr/lib/modules/6.12.1/updates/acme.ko"));
	assert_false(kept(lab, "usr/lib/modules/6.12.1/modules.dep"));
	assert_false(kept(lab, "etc") || kept(lab, "usr/etc"));
	assert_int_equal(file_remove_tree(lab->kept, NULL), 0);
}

static void loads(struct lab *lab, const char *where)
{
	struct err err = { 0 };

	if (load(lab, where, &err))
		fail_msg("%s: %s", where, err.msg);
	wants_kept(lab);
}

/* Every format, and a package. */
static void archives(void **state)
{
	static const char *const names[][2] = { { "d.tar", "c" }, { "d.tar.xz", "cJ" }, { "d.tgz", "cz" } };
	struct lab *lab = *state;
	auto_free char *deb = path_join(lab->dir, "d.deb");
	auto_free char *url = xasprintf("file://%s", deb);

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		auto_free char *path = path_join(lab->dir, names[i][0]);
		auto_free char *words = xasprintf("-%sf", names[i][1]);

		archive_tool(NULL, "tar", "-C", lab->tree, words, path, ".", NULL);
		loads(lab, path);
	}
	archive_put(lab->tree, "DEBIAN/control", 0644,
		    "Package: acme\nVersion: 1\nArchitecture: all\nMaintainer: Test <test@example.org>\n"
		    "Description: a test\n");
	archive_tool(NULL, "dpkg-deb", "--root-owner-group", "-b", lab->tree, deb, NULL);
	loads(lab, url);
}

static void wrong(void **state)
{
	struct lab *lab = *state;
	auto_free char *empty = path_join(lab->dir, "empty.tar");
	auto_free char *text = path_join(lab->dir, "text");
	auto_free char *evil = path_join(lab->dir, "evil.tar");
	auto_free char *out = path_join(lab->dir, "out");
	struct err err = { 0 };

	archive_tool(NULL, "tar", "-C", lab->tree, "-cf", empty, "etc", NULL);
	assert_int_equal(load(lab, empty, &err), -ERR_MACHINE);
	assert_int_equal(err.id, ERR_HW_DRIVERS);
	assert_non_null(strstr(err.msg, "holds nothing below lib/modules or lib/firmware"));
	archive_put(lab->dir, "text", 0644, "no archive, whatever its name is\n");
	assert_int_equal(load(lab, text, &err), -ERR_MACHINE);
	assert_int_equal(err.id, ERR_HW_DRIVERS);
	assert_int_equal(load(lab, "hd:/dev/none:/", &err), -ERR_MACHINE);
	assert_non_null(strstr(err.msg, "/dev/none"));
	/* Nothing gets out of the folder. */
	archive_tool(NULL, "tar", "-C", lab->tree, "-P", "--transform",
		     "s,^lib/firmware,lib/firmware/../../../out,", "-cf", evil, "lib/firmware", NULL);
	assert_int_equal(load(lab, evil, &err), -ERR_MACHINE);
	assert_false(file_exists(out));
}

static void partition(void **state)
{
	struct lab *lab = *state;
	auto_free char *top = path_join(lab->dir, "top");
	auto_free char *one = path_join(top, "one.tar");
	auto_free char *two = path_join(top, "two.tar.gz");
	auto_free char *where = NULL;
	auto_loop loop;

	if (geteuid() || !loop_open(&loop, 16 << 20, 512))
		skip();
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("tmpfs", "/run", "tmpfs", 0, NULL))
		fail_msg("no mounts of its own: %s", strerror(errno));
	assert_int_equal(file_mkdirs(top, 0755, NULL), 0);
	archive_tool(NULL, "tar", "-C", lab->tree, "-cf", one, "lib/firmware", NULL);
	archive_tool(NULL, "tar", "-C", lab->tree, "-czf", two, "lib/modules", NULL);
	run_words(NULL, 0, "mkfs.ext4", "-q", "-d", top, loop.path, NULL);
	where = xasprintf("hd:%s:/", loop.path);
	loads(lab, where);
}

/* To the installed host: into its kernel's folder, where that is there. */
static void host(void **state)
{
	struct lab *lab = *state;
	struct drivers d = { .dir = lab->kept };
	auto_free char *tar = path_join(lab->dir, "d.tar");
	auto_free char *root = path_join(lab->dir, "root");
	auto_free char *module = path_join(root, "usr/lib/modules/6.12.1/updates/acme.ko");
	auto_free char *warning = NULL;
	struct door door = { 0 };
	auto_buf record = { 0 };
	struct err err = { 0 };

	archive_put(root, "usr/lib/modules/6.12.9/modules.order", 0644, "");
	assert_int_equal(drivers_copy(&d, root, &door, &warning, &err), 0);
	assert_null(warning);
	archive_tool(NULL, "tar", "-C", lab->tree, "-cf", tar, ".", NULL);
	assert_int_equal(load(lab, tar, &err), 0);
	assert_int_equal(drivers_copy(&d, root, &door, &warning, &err), 0);
	assert_string_equal(
		warning, "the further drivers are for the kernel 6.12.1, and the host's is 6.12.9: it starts "
			 "without them");
	assert_true(file_exists(module));
	/* The folder is there now: the host's own. */
	free(TAKE(warning));
	door.record = &record;
	assert_int_equal(drivers_copy(&d, root, &door, &warning, &err), 0);
	assert_null(warning);
	assert_non_null(strstr(buf_str(&record), "depmod -b"));
}

static void named(void **state)
{
	static const char text[] =
		"driverdisk --source=http://mirror.example.org/acme.deb\ndriverdisk LABEL=OEMDRV\n";
	struct ks_parse_opts opts = { 0 };
	struct ks_diags diags = { 0 };
	auto_argv words = { 0 };
	struct err err = { 0 };
	struct ks ks = { 0 };

	(void)state;
	if (ks_parse("host.ks", text, strlen(text), &opts, &ks, &diags, &err))
		fail_msg("%s", err.msg);
	drivers_of_ks(&ks, &words);
	drivers_of_cmdline("quiet inst.dd=hd:sdb1:/ dd=http://192.0.2.9/d.tar add=1", &words);
	assert_int_equal(words.n, 4);
	assert_string_equal(words.v[0], "http://mirror.example.org/acme.deb");
	assert_string_equal(words.v[1], "hd:LABEL=OEMDRV:/");
	assert_string_equal(words.v[2], "hd:sdb1:/");
	assert_string_equal(words.v[3], "http://192.0.2.9/d.tar");
	ks_diags_clear(&diags);
	ks_clear(&ks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(archives, set_up, tear_down),
		cmocka_unit_test_setup_teardown(wrong, set_up, tear_down),
		cmocka_unit_test_setup_teardown(host, set_up, tear_down),
		cmocka_unit_test(named),
		cmocka_unit_test_setup_teardown(partition, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("install_drivers", tests, NULL, NULL);
}
