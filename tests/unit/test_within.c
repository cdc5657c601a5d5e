#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/tree.h"
#include "base/util.h"
#include "base/within.h"
#include "temp_dir.h"

static char *root, *secret;

static void put(const char *path, const char *text)
{
	assert_int_equal(file_write(path, text, strlen(text), 0644, NULL), 0);
}

static void put_below(const char *name, const char *text)
{
	auto_free char *path = path_join(root, name);

	put(path, text);
}

static void link_below(const char *target, const char *name)
{
	auto_free char *path = path_join(root, name);

	assert_int_equal(symlink(target, path), 0);
}

static int set_up(void **state)
{
	(void)state;
	file_remove_tree(temp_dir, NULL);
	assert_int_equal(file_mkdirs(temp_dir, 0755, NULL), 0);
	free(root);
	free(secret);
	root = path_join(temp_dir, "root");
	secret = path_join(temp_dir, "secret");
	put(secret, "the host's");
	put_below("etc/hosts", "the guest's");
	return 0;
}

static int finish(void **state)
{
	free(root);
	free(secret);
	return temp_dir_remove(state);
}

static bool text_is(const char *path, const char *text)
{
	auto_buf b = { 0 };

	assert_int_equal(file_read(path, &b, NULL), 0);
	return str_eq(buf_str(&b), text);
}

/* An absolute link, one by dots, and a folder that is a link: all of them stay below root. */
static void test_no_way_out(void **state)
{
	static const char *const paths[] = { "etc/absolute", "etc/dots", "out/secret" };
	auto_free char *copy = path_join(temp_dir, "copy");
	struct buf text = { .data = (char *)"new", .len = 3 };

	(void)state;
	link_below(secret, "etc/absolute");
	link_below("../../secret", "etc/dots");
	link_below(temp_dir, "out");
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		auto_buf b = { 0 };
		struct err err = { 0 };

		assert_int_equal(within_read(root, paths[i], &b, &err), -ERR_SYS);
		assert_non_null(strstr(err.msg, paths[i]));
		assert_int_equal(b.len, 0);
		assert_int_equal(within_copy(root, paths[i], copy, 0600, NULL), -ERR_SYS);
		assert_false(within_exists(root, paths[i]));
	}
	assert_int_equal(within_write(root, "etc/absolute", text.data, text.len, 0644, NULL), 0);
	assert_int_equal(within_write(root, "out/secret", text.data, text.len, 0644, NULL), -ERR_SYS);
	assert_int_equal(within_remove(root, "out/secret", NULL), 0);
	assert_true(text_is(secret, "the host's"));
	assert_false(file_exists(copy));
}

/* As the guest itself follows them. */
static void test_links_inside(void **state)
{
	auto_free char *copy = path_join(temp_dir, "copy");

	(void)state;
	put_below("usr/lib/os-release", "ID=debian\n");
	link_below("../usr/lib/os-release", "etc/os-release");
	link_below("/usr/lib/os-release", "vmlinuz");
	assert_int_equal(within_copy(root, "etc/os-release", copy, 0600, NULL), 0);
	assert_true(text_is(copy, "ID=debian\n"));
	assert_true(within_exists(root, "vmlinuz"));
}

static void test_looks_are_kept(void **state)
{
	auto_free char *path = path_join(root, "etc/hosts");
	auto_free char *fresh = path_join(root, "etc/fresh");
	struct stat st;

	(void)state;
	if (geteuid() == 0)
		assert_int_equal(chown(path, 3, 101), 0);
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(within_write(root, "etc/hosts", "other", 5, 0600, NULL), 0);
	assert_true(text_is(path, "other"));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	if (geteuid() == 0) {
		assert_int_equal(st.st_uid, 3);
		assert_int_equal(st.st_gid, 101);
	}
	assert_int_equal(within_write(root, "etc/fresh", "x", 1, 0600, NULL), 0);
	assert_int_equal(stat(fresh, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(within_write(root, "none/file", "x", 1, 0600, NULL), -ERR_SYS);
}

/* A pipe would be waited at for ever. */
static void test_only_files(void **state)
{
	auto_free char *pipe_path = path_join(root, "etc/pipe");
	auto_buf b = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(mkfifo(pipe_path, 0600), 0);
	assert_int_equal(within_read(root, "etc/pipe", &b, &err), -ERR_SYS);
	assert_non_null(strstr(err.msg, "is no file"));
	assert_int_equal(within_read(root, "etc", &b, NULL), -ERR_SYS);
}

static void test_names(void **state)
{
	auto_argv names = { 0 }, none = { 0 };

	(void)state;
	put_below("etc/b", "");
	put_below("etc/a", "");
	within_names(root, "etc", &names);
	assert_int_equal(names.n, 3);
	assert_string_equal(names.v[0], "a");
	within_names(root, "nowhere", &none);
	assert_int_equal(none.n, 0);
	assert_int_equal(within_remove(root, "etc/a", NULL), 0);
	assert_int_equal(within_remove(root, "etc/a", NULL), 0);
	assert_int_equal(within_remove(root, "nowhere/a", NULL), 0);
	assert_false(within_exists(root, "etc/a"));
}

static int write_order(void *arg, const struct tree_entry *e, struct err *err)
{
	(void)err;
	buf_addf(arg, "%s;", *e->below ? e->below : "top");
	return str_ends(e->below, "/stop") ? -7 : 0;
}

static bool is_file(const struct tree_entry *e)
{
	return S_ISREG(e->st->st_mode);
}

static void test_tree(void **state)
{
	auto_free char *none = path_join(temp_dir, "none");
	auto_buf first = { 0 }, last = { 0 }, stopped = { 0 };
	auto_argv files = { 0 };
	struct err err = { 0 };

	(void)state;
	link_below("..", "up");
	assert_int_equal(unlink(secret), 0);
	assert_int_equal(tree_walk(root, 0, write_order, &first, NULL), 0);
	assert_true(str_starts(buf_str(&first), "top;"));
	assert_non_null(strstr(buf_str(&first), "/etc;/etc/hosts;"));
	assert_non_null(strstr(buf_str(&first), "/up;"));
	assert_int_equal(tree_walk(root, TREE_FOLDERS_LAST, write_order, &last, NULL), 0);
	assert_non_null(strstr(buf_str(&last), "/etc/hosts;/etc;"));
	assert_true(str_ends(buf_str(&last), ";top;"));
	put_below("etc/stop", "");
	assert_int_equal(tree_walk(root, 0, write_order, &stopped, NULL), -7);
	assert_int_equal(tree_list(root, 0, is_file, &files, NULL), 0);
	assert_int_equal(files.n, 2);
	assert_string_equal(files.v[0], "/etc/hosts");
	assert_int_equal(tree_walk(none, 0, write_order, &first, &err), -ERR_SYS);
	assert_non_null(strstr(err.msg, none));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_no_way_out, set_up),
		cmocka_unit_test_setup(test_links_inside, set_up),
		cmocka_unit_test_setup(test_looks_are_kept, set_up),
		cmocka_unit_test_setup(test_only_files, set_up),
		cmocka_unit_test_setup(test_names, set_up),
		cmocka_unit_test_setup(test_tree, set_up),
	};

	return cmocka_run_group_tests(tests, temp_dir_make, finish);
}
