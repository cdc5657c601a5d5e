#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/init/memory.h"
#include "installer/init/setup.h"

static char path[] = "/tmp/xenith-built-XXXXXX";

static void built(const char *text)
{
	assert_int_equal(file_write(path, text, strlen(text), 0644, NULL), 0);
}

/* A clock that may be right, and a medium that doesn't say: nothing is touched. */
static void test_clock_left_alone(void **state)
{
	auto_free char *now = xasprintf("%lld\n", (long long)time(NULL) - 1);

	(void)state;
	assert_null(setup_clock("/nonexistent"));
	built("");
	assert_null(setup_clock(path));
	built("soon\n");
	assert_null(setup_clock(path));
	built("99999999999999\n");
	assert_null(setup_clock(path));
	built("1000000000\n");
	assert_null(setup_clock(path));
	built(now);
	assert_null(setup_clock(path));
}

static void test_memory(void **state)
{
	static const char text[] = "MemTotal:         346212 kB\nMemFree:          241604 kB\n"
				   "MemAvailable:     238552 kB\nSwapTotal:             0 kB\n";

	(void)state;
	assert_int_equal(meminfo_mib(text, "MemTotal"), 338);
	assert_int_equal(meminfo_mib(text, "MemAvailable"), 232);
	assert_int_equal(meminfo_mib(text, "SwapTotal"), 0);
	assert_int_equal(meminfo_mib(text, "Mem"), 0);
	assert_int_equal(meminfo_mib("", "MemTotal"), 0);
	assert_true(memory_available_mib() > 0);
	assert_true(memory_is_small(338));
	assert_false(memory_is_small(1969));
	assert_false(memory_is_small(0));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_clock_left_alone),
					    cmocka_unit_test(test_memory) };
	int fd = mkstemp(path), r;

	if (fd < 0)
		return 1;
	close(fd);
	r = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return r;
}
