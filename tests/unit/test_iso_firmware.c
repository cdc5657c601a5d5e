#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/util.h"
#include "iso-build/firmware.h"
#include "iso-build/kernel_xz.h"
#include "temp_dir.h"

static struct door door;

static char *at(const char *name)
{
	return path_join(temp_dir, name);
}

static void put(const char *name)
{
	auto_free char *path = xasprintf("%s/parts/usr/lib/firmware/%s", temp_dir, name);

	assert_int_equal(file_write(path, name, strlen(name), 0644, NULL), 0);
}

/* Its contents are its name. */
static void assert_copied(const char *name, bool want)
{
	auto_free char *path = xasprintf("%s/stage/usr/lib/firmware/%s.xz", temp_dir, name);
	auto_buf packed = { 0 };
	auto_buf data = { 0 };

	if (file_exists(path) != want)
		fail_msg("%s is %s", name, want ? "missing" : "there");
	if (!want)
		return;
	assert_int_equal(file_read(path, &packed, NULL), 0);
	assert_int_equal(kernel_xz_unpack(&packed, &data, NULL), 0);
	assert_string_equal(buf_str(&data), name);
}

/* Of several versions the newest that is there; chips that have numbers are no versions. */
static void test_newest(void **state)
{
	static const struct {
		const char *name;
		bool there, copied;
	} files[] = {
		{ "bnx2x/bnx2x-e2-7.13.15.0.fw", true, false },
		{ "bnx2x/bnx2x-e2-7.13.21.0.fw", true, true },
		{ "bnx2x/bnx2x-e1-7.13.15.0.fw", true, true },
		{ "bnx2x/bnx2x-e1-7.13.21.0.fw", false, false },
		{ "qed/x-8.9.1.0.bin", true, false },
		{ "qed/x-8.10.0.0.bin", true, true },
		{ "bnx2/bnx2-rv2p-09-6.0.17.fw", true, true },
		{ "bnx2/bnx2-rv2p-09ax-6.0.17.fw", true, true },
		{ "rtl_nic/rtl8168e-1.fw", true, true },
		{ "rtl_nic/rtl8168e-3.fw", true, true },
		{ "ql2400_fw.bin", true, true },
		{ "ql2500_fw.bin", true, true },
	};
	auto_free char *parts = at("parts");
	auto_free char *stage = at("stage");
	auto_argv names = { 0 };
	struct err err = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		if (files[i].there)
			put(files[i].name);
		argv_add(&names, files[i].name);
	}
	if (firmware_copy(&names, parts, stage, &door, &err))
		fail_msg("%s", err.msg);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		assert_copied(files[i].name, files[i].copied);
}

static void test_none(void **state)
{
	auto_free char *empty = at("empty");
	auto_free char *stage = at("stage2");
	auto_argv names = { 0 };
	struct err err = { 0 };

	(void)state;
	argv_add(&names, "ql2400_fw.bin");
	assert_int_equal(firmware_copy(&names, empty, stage, &door, &err), -ERR_MACHINE);
	assert_non_null(strstr(err.msg, "holds no firmware"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_newest),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, temp_dir_make, temp_dir_remove);
}
