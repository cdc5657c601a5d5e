#include "pkg_archive.h"

#include "packages/control.h"
#include "packages/fetch.h"

static void masks_passwords(void **state)
{
	static const char *const pairs[][2] = {
		{ "http://user:secret@mirror.example.org/x", "http://user:***@mirror.example.org/x" },
		{ "http://mirror.example.org:80/a@b:c", "http://mirror.example.org:80/a@b:c" },
		{ "http://user@mirror.example.org/", "http://user@mirror.example.org/" },
		{ "http://u:p@q@mirror.example.org", "http://u:***@mirror.example.org" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		auto_free char *masked = fetch_url_masked(pairs[i][0]);

		assert_string_equal(masked, pairs[i][1]);
	}
}

static void reads_files_and_says_why_not(void **state)
{
	struct fetch_opts opts = { .max_bytes = 4, .timeout_s = 5, .tries = 1 };
	char dir[] = "/tmp/xenith-test-fetch.XXXXXX";
	auto_free char *url = NULL;
	auto_buf b = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_non_null(mkdtemp(dir));
	archive_put(dir, "file", 0644, "hello");
	url = xasprintf("file://%s/file", dir);
	assert_int_equal(fetch_to_buf(url, NULL, NULL, &b, &err), 0);
	assert_string_equal(buf_str(&b), "hello");
	assert_int_equal(fetch_to_buf(url, &opts, NULL, &b, &err), -ERR_FETCH);
	assert_non_null(strstr(err.msg, "larger than the 4 bytes"));
	assert_int_equal(fetch_to_buf("http://u:secret@127.0.0.1:1/x", &opts, NULL, &b, &err), -ERR_FETCH);
	assert_null(strstr(err.msg, "secret"));
	assert_non_null(strstr(err.msg, "http://u:***@127.0.0.1:1/x"));
	file_remove_tree(dir, NULL);
}

static void reads_control_fields(void **state)
{
	static const char text[] = "Package: a\ndepends:  b,\n c\nEmpty:\nLast: x";
	auto_free char *depends = control_field(text, "Depends");
	auto_free char *empty = control_field(text, "Empty");
	auto_free char *last = control_field(text, "Last");

	(void)state;
	assert_string_equal(depends, "b,\n c");
	assert_string_equal(empty, "");
	assert_string_equal(last, "x");
	assert_null(control_field(text, "Pack"));
	assert_true(control_field_has(text, "Depends", "c"));
	assert_false(control_field_has(text, "Depends", "b"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(masks_passwords),
		cmocka_unit_test(reads_files_and_says_why_not),
		cmocka_unit_test(reads_control_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
