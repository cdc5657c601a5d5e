#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/util.h"
#include "packages/export.h"
#include "packages/export_kernel.h"

/* Which words want the kernel's client. */
static void test_wanted(void **state)
{
	static const struct {
		const char *words;
		bool kernel;
	} cases[] = {
		{ "", false },
		{ "ro,hard", false },
		{ "vers=3", false },
		{ "vers=4", false },
		{ "vers=4.0", false },
		{ "version=4&nfsport=12049", false },
		{ "vers=4,minorversion=0", false },
		{ "minorversion=1", false },
		{ "vers=4.1", true },
		{ "ro,nfsvers=4.1,port=12049", true },
		{ "nfsvers=4.2", true },
		{ "vers=4,minorversion=1", true },
	};

	(void)state;
	assert_false(export_kernel_wanted(NULL, 0));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (export_kernel_wanted(cases[i].words, strlen(cases[i].words)) != cases[i].kernel)
			fail_msg("%s", cases[i].words);
	/* Behind len is somebody else's. */
	assert_false(export_kernel_wanted("vers=4.1", strlen("vers=4")));
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
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_wanted), cmocka_unit_test(test_plain),
					    cmocka_unit_test(test_unknown_host) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
