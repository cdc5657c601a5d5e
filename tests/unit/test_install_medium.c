/* Packages copied to a medium, and installed from it: cdrom and harddrive of the kickstart file. */
#include "pkg_archive.h"

#include <errno.h>
#include <sched.h>
#include <sys/mount.h>

#include "disk_loop.h"
#include "installer/medium.h"
#include "installer/package_source.h"
#include "iso_sample.h"
#include "packages/copy.h"

struct lab {
	struct archive_dir main, security;
	char *dir; /* of the copy */
};

static void add_package(struct archive_dir *a, const char *name, const char *version, const char *fields)
{
	auto_free char *control = archive_control(name, version, fields);
	auto_free char *filename = xasprintf("pool/%s_%s.deb", name, version);
	auto_free char *below = xasprintf("mirror/%s", filename);
	auto_free char *path = path_join(a->dir, below);
	auto_free char *text = xasprintf("the file of %s %s", name, version);

	archive_put(a->dir, below, 0644, text);
	archive_list(a, control, path, filename);
}

static void make_archives(struct lab *lab)
{
	archive_init(&lab->main);
	add_package(&lab->main, "app", "1", "Depends: lib | other-lib\n");
	add_package(&lab->main, "lib", "1", "");
	add_package(&lab->main, "other-lib", "1", "");
	add_package(&lab->main, "other", "1", "");
	archive_publish(&lab->main, "testing", "");
	lab->security = lab->main;
	lab->security.dir = xasprintf("%s/security", lab->main.dir);
	lab->security.base = xasprintf("file://%s/mirror", lab->security.dir);
	lab->security.index = (struct buf){ 0 };
	add_package(&lab->security, "lib", "2", "");
}

/* With the key of the main one, whose home is beside it. */
static void publish_security(struct lab *lab, const char *fields)
{
	auto_free char *home = path_join(lab->security.dir, "gnupg");
	auto_free char *own = path_join(lab->main.dir, "gnupg");

	if (!file_exists(home))
		assert_int_equal(symlink(own, home), 0);
	archive_publish(&lab->security, "testing-security", fields);
}

static int set_up(void **state)
{
	struct lab *lab = xcalloc(1, sizeof(*lab));

	make_archives(lab);
	publish_security(lab, "Valid-Until: Sat, 01 Jan 2039 00:00:00 UTC\n");
	lab->dir = path_join(lab->main.dir, "tree/" PKG_COPY_FOLDER);
	assert_int_equal(file_mkdirs(lab->dir, 0755, NULL), 0);
	*state = lab;
	return 0;
}

static int tear_down(void **state)
{
	struct lab *lab = *state;

	free(lab->security.dir);
	free(lab->security.base);
	buf_clear(&lab->security.index);
	archive_clear(&lab->main);
	free(lab->dir);
	free(lab);
	return 0;
}

static void request(struct pkg_request *req, const struct lab *lab, const char *want)
{
	*req = (struct pkg_request){ .arch = "amd64", .keyring = lab->main.keyring, .no_minimal = true };
	argv_add(&req->want, want);
}

static void copy(struct lab *lab)
{
	struct pkg_source sources[] = {
		{ .name = "main", .base = lab->main.base, .suite = "testing" },
		{ .name = "security", .base = lab->security.base, .suite = "testing-security" },
	};
	struct pkg_request req;
	struct pkg_set set = { 0 };
	struct door door = { 0 };
	struct err err = { 0 };

	request(&req, lab, "app");
	req.sources = sources;
	req.n_sources = ARRAY_SIZE(sources);
	if (pkg_solve(&req, NULL, NULL, &set, &err) || pkg_copy(&req, &set, lab->dir, &door, NULL, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(set.n, 2);
	pkg_set_clear(&set);
	argv_clear(&req.want);
}

/* What comes of asking the copy for a package. */
static int ask(struct lab *lab, const char *want, struct buf *urls, struct err *err)
{
	struct pkg_request req;
	struct pkg_set set = { 0 };
	struct arena arena = { 0 };
	int r;

	request(&req, lab, want);
	r = pkg_copied_sources(lab->dir, &req, &arena, err);
	if (!r)
		r = pkg_solve(&req, NULL, NULL, &set, err);
	for (size_t i = 0; i < set.n; i++)
		buf_addf(urls, "%s\n", set.items[i].url);
	pkg_set_clear(&set);
	install_packages_request_clear(&req);
	arena_clear(&arena);
	return r;
}

static void copied(void **state)
{
	struct lab *lab = *state;
	auto_free char *files = path_join(lab->dir, "files");
	auto_free char *sources = path_join(lab->dir, "sources");
	auto_free char *wanted =
		xasprintf("main\t0\ttesting\t%s\tmain\nsecurity\t1\ttesting-security\t%s\tmain\n",
			  lab->main.base, lab->security.base);
	auto_free char *app = xasprintf("file://%s/0/pool/app_1.deb\n", lab->dir);
	auto_free char *lib = xasprintf("file://%s/1/pool/lib_2.deb\n", lab->dir);
	auto_buf text = { 0 };
	struct err err = { 0 };

	copy(lab);
	assert_int_equal(file_read(files, &text, NULL), 0);
	assert_string_equal(buf_str(&text), "0/pool/app_1.deb\n1/pool/lib_2.deb\n");
	text.len = 0;
	assert_int_equal(file_read(sources, &text, NULL), 0);
	assert_string_equal(buf_str(&text), wanted);
	text.len = 0;
	if (ask(lab, "app", &text, &err))
		fail_msg("%s", err.msg);
	assert_non_null(strstr(buf_str(&text), app));
	assert_non_null(strstr(buf_str(&text), lib));
	assert_int_equal(ask(lab, "other", &text, &err), -ERR_INPUT);
	assert_non_null(strstr(err.msg, "no package \"other\" on the medium"));
}

/* A mirror's index is too old after its end of validity; a medium's never is. */
static void does_not_age(void **state)
{
	struct lab *lab = *state;
	auto_free char *old = xasprintf("%s/mirror/dists/testing-security/InRelease", lab->security.dir);
	auto_free char *own = xasprintf("%s/1/dists/testing-security/InRelease", lab->dir);
	auto_buf text = { 0 };
	struct err err = { 0 };

	copy(lab);
	publish_security(lab, "Valid-Until: Thu, 01 Jan 2015 00:00:00 UTC\n");
	assert_int_equal(file_read(old, &text, NULL), 0);
	assert_int_equal(file_write(own, text.data, text.len, 0644, NULL), 0);
	if (ask(lab, "app", &text, &err))
		fail_msg("%s", err.msg);
}

/* It is signed like any archive. */
static void is_checked(void **state)
{
	struct lab *lab = *state;
	auto_free char *index = xasprintf("%s/0/dists/testing/main/binary-amd64/Packages", lab->dir);
	auto_free char *sources = path_join(lab->dir, "sources");
	auto_buf text = { 0 };
	struct err err = { 0 };

	copy(lab);
	assert_int_equal(file_read(index, &text, NULL), 0);
	text.data[text.len / 2] ^= 1;
	assert_int_equal(file_write(index, text.data, text.len, 0644, NULL), 0);
	assert_int_equal(ask(lab, "app", &text, &err), -ERR_FETCH);
	assert_int_equal(err.id, ERR_SRC_HASH);
	assert_int_equal(file_write(sources, "main\t../..\n", 11, 0644, NULL), 0);
	assert_int_equal(ask(lab, "app", &text, &err), -ERR_MACHINE);
	assert_int_equal(err.id, ERR_SRC_MEDIUM);
	unlink(sources);
	assert_int_equal(ask(lab, "app", &text, &err), -ERR_MACHINE);
	assert_non_null(strstr(err.msg, "no medium that carries packages"));
}

static void parse(const char *text, struct ks *ks)
{
	struct ks_parse_opts opts = { 0 };
	struct ks_diags diags = { 0 };
	struct err err = { 0 };

	if (ks_parse("host.ks", text, strlen(text), &opts, ks, &diags, &err))
		fail_msg("%s", err.msg);
	ks_diags_clear(&diags);
}

/* A repo of the file that the medium has as well comes from there; the host is told the file's address. */
static void repos(void **state)
{
	static const char text[] =
		"cdrom\nrepo --name=security --cost=500 --baseurl=http://mirror.example.org/s/dists/x\n"
		"repo --name=own --baseurl=http://mirror.example.org/own/dists/x\n";
	struct lab *lab = *state;
	auto_free char *security = NULL;
	struct pkg_request req = { 0 };
	struct arena arena = { 0 };
	struct door door = { 0 };
	struct err err = { 0 };
	auto_buf apt = { 0 };
	struct ks ks = { 0 };

	copy(lab);
	parse(text, &ks);
	assert_int_equal(install_packages_request(&ks, &arena, &req, &err), 0);
	assert_int_equal(pkg_copied_sources(lab->dir, &req, &arena, &err), 0);
	assert_int_equal(req.n_sources, 3);
	assert_string_equal(req.sources[0].name, "main");
	assert_string_equal(req.sources[1].name, "security");
	assert_int_equal(req.sources[1].cost, 500);
	assert_true(req.sources[1].medium && !req.sources[2].medium);
	assert_int_equal(pkg_write_sources(&req, lab->main.dir, &door, &err), 0);
	security = path_join(lab->main.dir, "etc/apt/sources.list.d/security.sources");
	assert_int_equal(file_read(security, &apt, NULL), 0);
	assert_non_null(
		strstr(buf_str(&apt), "URIs: http://mirror.example.org/s\nSuites: testing-security\n"));
	install_packages_request_clear(&req);
	arena_clear(&arena);
	ks_clear(&ks);
}

/* Mounts of its own: other runs of this test don't see them. */
static void own_mounts(void)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("tmpfs", "/run", "tmpfs", 0, NULL))
		fail_msg("no mounts of its own: %s", strerror(errno));
}

static void from_disk(void **state)
{
	struct lab *lab = *state;
	auto_free char *above = path_join(lab->main.dir, "tree");
	auto_free char *text = NULL;
	struct pkg_request req = { 0 };
	struct facts facts = { 0 };
	struct arena arena = { 0 };
	struct door door = { 0 };
	struct err err = { 0 };
	struct ks ks = { 0 };
	auto_loop loop;

	if (geteuid() || !loop_open(&loop, 64 << 20, 512))
		skip();
	own_mounts();
	copy(lab);
	run_words(NULL, 0, "mkfs.ext4", "-q", "-d", above, loop.path, NULL);
	text = xasprintf("harddrive --partition=%s --dir=/\n", loop.path);
	parse(text, &ks);
	if (medium_open(&ks, &facts, &door, &req, &arena, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(req.n_sources, 2);
	assert_string_equal(req.sources[0].base, "file:///run/xenith/medium-disk/archive/0");
	assert_true(file_exists("/run/xenith/medium-disk/archive/0/pool/app_1.deb"));
	medium_close(&door);
	assert_false(file_exists("/run/xenith/medium-disk/archive"));
	install_packages_request_clear(&req);
	ks.harddrive.dir = "/elsewhere";
	assert_int_equal(medium_open(&ks, &facts, &door, &req, &arena, &err), -ERR_MACHINE);
	assert_int_equal(err.id, ERR_SRC_MEDIUM);
	ks.harddrive.partition = "LABEL=NONE";
	assert_int_equal(medium_open(&ks, &facts, &door, &req, &arena, &err), -ERR_MACHINE);
	assert_non_null(strstr(err.msg, "/dev/disk/by-label/NONE"));
	ks_clear(&ks);
	parse("cdrom\n", &ks);
	assert_int_equal(medium_open(&ks, &facts, &door, &req, &arena, &err), -ERR_MACHINE);
	assert_non_null(strstr(err.msg, "no drive or disk"));
	ks_clear(&ks);
	arena_clear(&arena);
}

static bool kernel_has(const char *fs)
{
	auto_buf b = { 0 };

	return !file_read("/proc/filesystems", &b, NULL) && strstr(buf_str(&b), fs);
}

/* An image as iso build writes it, as a file on a disk. */
static void from_image(void **state)
{
	struct lab *lab = *state;
	auto_free char *top = path_join(lab->main.dir, "top");
	auto_free char *images = path_join(top, "images");
	auto_free char *iso = NULL;
	auto_free char *text = NULL;
	struct pkg_request req = { 0 };
	struct facts facts = { 0 };
	struct arena arena = { 0 };
	struct door door = { 0 };
	struct err err = { 0 };
	struct ks ks = { 0 };
	auto_loop loop;

	if (geteuid() || !kernel_has("iso9660") || !loop_open(&loop, 64 << 20, 512))
		skip();
	own_mounts();
	copy(lab);
	assert_int_equal(file_mkdirs(images, 0755, NULL), 0);
	iso = iso_sample(lab->main.dir, "top/images/offline.iso", "quiet");
	run_words(NULL, 0, "mkfs.ext4", "-q", "-d", top, loop.path, NULL);
	text = xasprintf("harddrive --partition=%s --dir=/images\n", loop.path);
	parse(text, &ks);
	if (medium_open(&ks, &facts, &door, &req, &arena, &err))
		fail_msg("%s", err.msg);
	assert_string_equal(req.sources[1].base, "file:///run/xenith/medium/archive/1");
	assert_true(file_exists("/run/xenith/medium/archive/1/pool/lib_2.deb"));
	medium_close(&door);
	assert_false(file_exists("/run/xenith/medium/archive"));
	install_packages_request_clear(&req);
	ks_clear(&ks);
	arena_clear(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(copied, set_up, tear_down),
		cmocka_unit_test_setup_teardown(does_not_age, set_up, tear_down),
		cmocka_unit_test_setup_teardown(is_checked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(repos, set_up, tear_down),
		cmocka_unit_test_setup_teardown(from_disk, set_up, tear_down),
		cmocka_unit_test_setup_teardown(from_image, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("install_medium", tests, NULL, NULL);
}
