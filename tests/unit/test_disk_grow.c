#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/util.h"
#include "installer/disk/grow.h"

static void shares_in_proportion(void **state)
{
	struct grow v[] = { { 100, 0, true }, { 300, 0, true }, { 50, 0, false } };

	(void)state;
	assert_int_equal(disk_grow(v, 3, 400), 0);
	assert_int_equal(v[0].size, 200);
	assert_int_equal(v[1].size, 600);
	assert_int_equal(v[2].size, 50);
}

static void limits_pass_the_rest_on(void **state)
{
	struct grow v[] = { { 100, 150, true }, { 100, 0, true } };
	struct grow all[] = { { 1, 10, true }, { 1, 20, true } };

	(void)state;
	assert_int_equal(disk_grow(v, 2, 1000), 0);
	assert_int_equal(v[0].size, 150);
	assert_int_equal(v[1].size, 1050);
	assert_int_equal(disk_grow(all, 2, 1000), 1002 - 30);
	assert_int_equal(all[0].size, 10);
	assert_int_equal(all[1].size, 20);
}

static void rounding_loses_nothing(void **state)
{
	struct grow v[] = { { 1, 0, true }, { 1, 0, true }, { 1, 0, true } };

	(void)state;
	assert_int_equal(disk_grow(v, 3, 11), 0);
	assert_int_equal(v[0].size + v[1].size + v[2].size, 14);
	assert_int_equal(v[0].size, 5);
}

static void nobody_grows(void **state)
{
	struct grow v[] = { { 5, 0, false } };

	(void)state;
	assert_int_equal(disk_grow(v, 1, 7), 7);
	assert_int_equal(disk_grow(v, 0, 7), 7);
}

static void huge_sizes_do_not_overflow(void **state)
{
	struct grow v[] = { { (uint64_t)1 << 44, 0, true }, { (uint64_t)1 << 44, 0, true } };

	(void)state;
	assert_int_equal(disk_grow(v, 2, (uint64_t)1 << 44), 0);
	assert_int_equal(v[0].size, ((uint64_t)1 << 44) + ((uint64_t)1 << 43));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shares_in_proportion),       cmocka_unit_test(limits_pass_the_rest_on),
		cmocka_unit_test(rounding_loses_nothing),     cmocka_unit_test(nobody_grows),
		cmocka_unit_test(huge_sizes_do_not_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
