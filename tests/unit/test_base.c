/* base/: buffers, words, arenas, files, numbers, errors, hashes, the log. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/argv.h"
#include "base/err.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/util.h"
#include "base/xml.h"

static void test_buf_grows(void **state)
{
	auto_buf b = { 0 };

	(void)state;
	assert_string_equal(buf_str(&b), "");
	for (int i = 0; i < 1000; i++)
		buf_addf(&b, "%d,", i);
	assert_int_equal(b.len, 3890);
	assert_true(str_ends(buf_str(&b), "998,999,"));
}

static void test_argv_words(void **state)
{
	auto_argv a = { 0 };
	auto_buf b = { 0 };

	(void)state;
	argv_split(&a, " b  a\tb ", " \t");
	assert_int_equal(a.n, 3);
	argv_sort_unique(&a);
	assert_int_equal(a.n, 2);
	argv_add(&a, "it's");
	argv_add(&a, "");
	argv_quote(&a, &b);
	assert_string_equal(buf_str(&b), "a b 'it'\\''s' ''");
	assert_null(a.v[a.n]);
}

static void test_numbers(void **state)
{
	static const char *const wrong[] = {
		"18446744073709551616", "", "-1", "+1", "1 ", " 1", "0x10", "1.5"
	};
	uint64_t v = 7;

	(void)state;
	assert_true(str_u64("18446744073709551615", &v));
	assert_true(v == UINT64_MAX);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_false(str_u64(wrong[i], &v));
}

static void test_nearest(void **state)
{
	static const char *const words[] = { "network", "rootpw", "reboot" };

	(void)state;
	assert_string_equal(str_nearest("netwrok", words, 3), "network");
	assert_string_equal(str_nearest("rootpwd", words, 3), "rootpw");
	assert_null(str_nearest("xyzzy", words, 3));
}

static void test_err_wraps(void **state)
{
	struct err err = { 0 };

	(void)state;
	assert_int_equal(err_set(&err, ERR_FETCH, "HTTP status %d", 404), -5);
	assert_int_equal(err_wrap(&err, "cannot read %s", "x"), -5);
	assert_string_equal(err.msg, "cannot read x: HTTP status 404");
	errno = ENOENT;
	assert_int_equal(err_sys(&err, "open"), -7);
	assert_string_equal(err.msg, "open: No such file or directory");
	assert_int_equal(err_set(NULL, ERR_TOOL, "x"), -6);
}

static void test_err_is_cut_not_overrun(void **state)
{
	struct err err = { 0 };
	auto_buf big = { 0 };

	(void)state;
	for (int i = 0; i < 3 * ERR_MSG_MAX; i++)
		buf_addc(&big, 'x');
	err_set(&err, ERR_INPUT, "%s", buf_str(&big));
	assert_int_equal(strlen(err.msg), ERR_MSG_MAX - 1);
	err_wrap(&err, "%s", buf_str(&big));
	assert_true(strlen(err.msg) < ERR_MSG_MAX);
}

static void test_arena(void **state)
{
	struct item {
		int n;
	} *items = NULL;
	struct arena a = { 0 };
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		struct item *item = arena_push(&a, &items, &n, sizeof(*items));

		assert_int_equal(item->n, 0);
		item->n = i;
	}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(items[i].n, i);
	assert_string_equal(arena_printf(&a, "%s-%d", "x", 3), "x-3");
	arena_alloc(&a, 100000);
	arena_clear(&a);
}

static void test_files(void **state)
{
	char dir[] = "/tmp/xenith-test-XXXXXX";
	struct err err = { 0 };
	auto_buf b = { 0 };
	struct stat st;

	(void)state;
	assert_non_null(mkdtemp(dir));
	auto_free char *path = path_join(dir, "/a/b/c");
	auto_free char *sub = path_join(dir, "a");
	auto_free char *link = path_join(dir, "a/link");
	assert_int_equal(file_write(path, "one\n", 4, 0640, &err), 0);
	assert_int_equal(file_append(path, "two\n", 4, 0640, &err), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(file_read(path, &b, &err), 0);
	assert_string_equal(buf_str(&b), "one\ntwo\n");
	auto_free char *line = file_line(path);
	assert_string_equal(line, "one");
	assert_int_equal(symlink("/etc", link), 0);
	assert_int_equal(file_remove_tree(sub, &err), 0);
	assert_false(file_exists(sub));
	assert_true(file_exists("/etc/passwd")); /* the link was not followed */
	assert_int_equal(file_remove_tree(sub, &err), 0);
	assert_int_equal(file_read(path, &b, &err), -ERR_SYS);
	assert_non_null(strstr(err.msg, path));
	rmdir(dir);
}

static void test_xml(void **state)
{
	auto_buf b = { 0 };

	(void)state;
	buf_add_xml(&b, NULL);
	buf_add_xml(&b, "a<b>&'\"\t\x7f.\xc3\xbc\xf0\x9f\x90\xa7");
	buf_add_xml(&b, "\xfc\xc0\xaf\xed\xa0\x80\xe2\x82");
	assert_string_equal(buf_str(&b), "a&lt;b&gt;&amp;&apos;&quot;??.\xc3\xbc\xf0\x9f\x90\xa7"
					 "????????");
}

static void test_hash(void **state)
{
	char hex[HASH_HEX_LEN + 1];

	(void)state;
	hash_mem("abc", 3, hex); /* FIPS 180-2, appendix B.1 */
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void test_log_masks_secrets(void **state)
{
	struct log *log = log_new(NULL);
	auto_buf tail = { 0 };

	(void)state;
	log_mask(log, "sesame-open");
	log_printf(log, "password is sesame-open, twice sesame-open");
	log_text(log, "prog", "one\ntwo\n", 8);
	log_tail(log, 400, &tail);
	assert_null(strstr(buf_str(&tail), "sesame"));
	assert_non_null(strstr(buf_str(&tail), "password is ***, twice ***\n"));
	assert_non_null(strstr(buf_str(&tail), "prog: one\n"));
	tail.len = 0;
	log_tail(log, 1, &tail);
	assert_true(str_ends(buf_str(&tail), "prog: two\n"));
	assert_null(strstr(buf_str(&tail), "one"));
	log_free(log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buf_grows),
		cmocka_unit_test(test_argv_words),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_err_wraps),
		cmocka_unit_test(test_err_is_cut_not_overrun),
		cmocka_unit_test(test_arena),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_xml),
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_log_masks_secrets),
	};

	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
