#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/util.h"
#include "packages/export.h"
#include "packages/export_way.h"

/* Which versions are tried, in order: '3', '0' for 4.0, '1', '2'. */
static void test_versions(void **state)
{
	static const struct {
		const char *words, *versions;
	} cases[] = {
		{ "", "3012" },
		{ "ro,hard", "3012" },
		{ "port=12049", "3012" },
		{ "minorversion=1", "3012" },
		{ "vers=3", "3" },
		{ "vers=4", "012" },
		{ "version=4&nfsport=12049", "012" },
		{ "vers=4.0", "0" },
		{ "vers=4,minorversion=0", "0" },
		{ "vers=4.1", "1" },
		{ "ro,nfsvers=4.1,port=12049", "1" },
		{ "nfsvers=4.2", "2" },
		{ "vers=4,minorversion=1", "1" },
		{ "vers=2", "" },
		{ "vers=4.7", "" },
	};
	static const char names[] = "3012";
	enum export_version v[EXPORT_VERSIONS];

	(void)state;
	assert_int_equal(export_versions(NULL, 0, v), 4);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char got[EXPORT_VERSIONS + 1] = "";
		size_t n = export_versions(cases[i].words, strlen(cases[i].words), v);

		for (size_t k = 0; k < n; k++)
			got[k] = names[v[k]];
		if (!str_eq(got, cases[i].versions))
			fail_msg("%s: %s", cases[i].words, got);
	}
	/* Behind len is somebody else's. */
	assert_int_equal(export_versions("vers=4.1", strlen("vers=4"), v), 3);
}

static void test_plain(void **state)
{
	static const char *const urls[][2] = {
		{ "nfs://h/m/dists/x?vers=4.1", "nfs:vers=4.1:h:/m/dists/x" },
		{ "nfs:h:/m/dists/x", "nfs:h:/m/dists/x" },
		{ "nfs:vers=4.1,port=2:[2001:db8::1]:/m", "nfs:vers=4.1,port=2:[2001:db8::1]:/m" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(urls); i++) {
		auto_free char *plain = export_plain(urls[i][0]);

		assert_string_equal(plain, urls[i][1]);
	}
}

/* A host that isn't there is said to be so, whatever is to read it. */
static void test_unknown_host(void **state)
{
	struct export *e = NULL;
	struct err err = { 0 };

	(void)state;
	assert_int_equal(export_open(&e, "nfs:vers=4.1:no-such-host.invalid:/m/dists/x/InRelease", &err),
			 -ERR_FETCH);
	assert_non_null(strstr(err.msg, "no-such-host.invalid"));
	assert_null(e);
	assert_int_equal(export_open(&e, "nfs:vers=5:127.0.0.1:/m/dists/x/InRelease", &err), -ERR_INPUT);
	assert_non_null(strstr(err.msg, "vers=5: wants 3, 4, 4.0, 4.1 or 4.2"));
	assert_null(e);
	/* Nothing listens: one version is tried. */
	assert_int_equal(export_open(&e, "nfs:port=1,mountport=1:127.0.0.1:/m/dists/x/InRelease", &err),
			 -ERR_FETCH);
	assert_non_null(strstr(err.msg, "port 1 does not answer"));
	assert_null(strstr(err.msg, "NFSv4.0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_versions), cmocka_unit_test(test_plain),
					    cmocka_unit_test(test_unknown_host) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
