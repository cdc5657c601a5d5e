#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <unistd.h>

#include "base/file.h"
#include "base/manifest.h"
#include "base/util.h"
#include "temp_dir.h"

static char *at(const char *name)
{
	return path_join(temp_dir, name);
}

static void put(const char *name, const char *text)
{
	auto_free char *path = at(name);

	assert_int_equal(file_write(path, text, strlen(text), 0644, NULL), 0);
}

static int set_up(void **state)
{
	auto_free char *link = at("usr/sh");

	(void)state;
	file_remove_tree(temp_dir, NULL);
	assert_int_equal(file_mkdirs(temp_dir, 0755, NULL), 0);
	put("init", "the first");
	put("usr/tool", "a tool with some content");
	put("usr/zz last", "the last in the archive");
	return symlink("tool", link);
}

static void check(enum err_code want, const char *manifest, const char *word)
{
	struct err err = { 0 };
	int r = manifest_check(temp_dir, manifest, NULL, &err);

	assert_int_equal(-r, want);
	if (want)
		assert_int_equal(err.id, want == ERR_INPUT ? ERR_HW_LIST : ERR_HW_MEDIUM);
	if (word && !strstr(err.msg, word))
		fail_msg("\"%s\" is not in \"%s\"", word, err.msg);
}

static void test_whole_tree(void **state)
{
	struct manifest_sum sum;
	auto_buf m = { 0 };

	(void)state;
	assert_int_equal(manifest_make(temp_dir, &m, NULL), 0);
	assert_true(str_starts(m.data, "xenith-manifest 2 4\n"));
	put("etc/new", "further files don't matter");
	assert_int_equal(manifest_check(temp_dir, m.data, &sum, NULL), 0);
	assert_int_equal(sum.files, 4);
	assert_int_equal(sum.bytes, 9 + 24 + 23 + 4);
}

static void test_truncated_tree(void **state)
{
	auto_free char *last = at("usr/zz last");
	auto_buf m = { 0 };

	(void)state;
	assert_int_equal(manifest_make(temp_dir, &m, NULL), 0);
	assert_int_equal(truncate(last, 5), 0);
	check(ERR_MACHINE, m.data, "0 are missing, 1 cut, 0 changed (first: /usr/zz last has the wrong size");
	unlink(last);
	check(ERR_MACHINE, m.data, "1 are missing, 0 cut");
}

static void test_changed_content(void **state)
{
	auto_free char *link = at("usr/sh");
	auto_buf m = { 0 };

	(void)state;
	assert_int_equal(manifest_make(temp_dir, &m, NULL), 0);
	put("usr/tool", "a t00l with some content");
	check(ERR_MACHINE, m.data, "1 changed (first: /usr/tool has the wrong content");
	put("usr/tool", "a tool with some content");
	check(ERR_NONE, m.data, NULL);
	unlink(link);
	assert_int_equal(symlink("evil", link), 0);
	check(ERR_MACHINE, m.data, "/usr/sh has the wrong content");
}

/* Wherever a manifest is cut, it must not pass. */
static void test_truncated_manifest(void **state)
{
	auto_buf m = { 0 };

	(void)state;
	assert_int_equal(manifest_make(temp_dir, &m, NULL), 0);
	for (size_t n = 0; n < m.len; n++) {
		auto_free char *part = xstrndup(m.data, n);

		check(ERR_INPUT, part, "manifest is damaged");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_whole_tree, set_up),
		cmocka_unit_test_setup(test_truncated_tree, set_up),
		cmocka_unit_test_setup(test_changed_content, set_up),
		cmocka_unit_test_setup(test_truncated_manifest, set_up),
	};

	return cmocka_run_group_tests(tests, temp_dir_make, temp_dir_remove);
}
