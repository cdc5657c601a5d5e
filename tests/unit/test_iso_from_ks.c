#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/util.h"
#include "iso-build/from_ks.h"
#include "temp_dir.h"

static const char good[] =
	"url --url=http://mirror.example.org/debian/dists/trixie --proxy=http://proxy.example.org:3128\n"
	"timezone --utc Etc/UTC\n"
	"rootpw --plaintext secret\n"
	"zerombr\n"
	"clearpart --all --initlabel\n"
	"ignoredisk --only-use=disk/by-id/wwn-0x5000c500a1b2c3d4\n"
	"reqpart --add-boot\n"
	"part / --size=4096 --grow --fstype=ext4\n";

static char *put(const char *name, const char *text)
{
	char *path = path_join(temp_dir, name);

	assert_int_equal(file_write(path, text, strlen(text), 0600, NULL), 0);
	return path;
}

static void test_source(void **state)
{
	auto_free char *path = put("good.ks", good);
	struct ks_source s = { 0 };
	struct err err = { 0 };

	(void)state;
	if (iso_check_ks(path, &s, &err))
		fail_msg("%s", err.msg);
	assert_string_equal(s.base, "http://mirror.example.org/debian");
	assert_string_equal(s.suite, "trixie");
	assert_string_equal(s.proxy, "http://proxy.example.org:3128");
	ks_source_clear(&s);
}

static void test_wrong(void **state)
{
	auto_free char *text = xasprintf("%szerombrr\nreqpart --nonsense\n", good);
	auto_free char *path = put("wrong.ks", text);
	struct err err = { 0 };

	(void)state;
	assert_int_equal(iso_check_ks(path, NULL, &err), -ERR_INPUT);
	assert_non_null(strstr(err.msg, "wrong.ks:9: zerombrr: "));
	assert_non_null(strstr(err.msg, "wrong.ks:10: "));
	assert_int_equal(err.id, ERR_KS_FAULTS);
	assert_int_equal(iso_check_ks("/nonexistent", NULL, &err), -ERR_SYS);
}

static void test_split(void **state)
{
	static const struct {
		const char *url, *base, *suite;
	} cases[] = {
		{ "http://m/debian/dists/trixie", "http://m/debian", "trixie" },
		{ "http://m/debian/dists/trixie/", "http://m/debian", "trixie" },
		{ "http://m/debian", NULL, NULL },
		{ "http://m/debian/dists/", NULL, NULL },
		{ "http://m/debian/dists/trixie/main", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		auto_free char *base = NULL;
		auto_free char *suite = NULL;

		assert_int_equal(ks_split_url(cases[i].url, &base, &suite), cases[i].base != NULL);
		if (cases[i].base) {
			assert_string_equal(base, cases[i].base);
			assert_string_equal(suite, cases[i].suite);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_source),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_split),
	};

	return cmocka_run_group_tests(tests, temp_dir_make, temp_dir_remove);
}
