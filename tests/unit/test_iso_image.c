#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/util.h"
#include "iso-build/image.h"
#include "temp_dir.h"

static char *make_image(const char *name)
{
	auto_free char *tree = xasprintf("%s/%s/tree", temp_dir, name);
	auto_free char *work = xasprintf("%s/%s/work", temp_dir, name);
	auto_free char *kernel = xasprintf("%s/boot/vmlinuz", tree);
	auto_free char *initrd = xasprintf("%s/boot/initrd", tree);
	char *output = xasprintf("%s/%s.iso", temp_dir, name);
	struct image_opts o = { .tree = tree, .work = work, .cmdline = "console=ttyS0", .mtime = 315532800 };
	struct door door = { .log = log_new(NULL) };
	struct err err = { 0 };

	assert_int_equal(file_write(kernel, "kernel", 6, 0644, NULL), 0);
	assert_int_equal(file_write(initrd, "initrd", 6, 0644, NULL), 0);
	if (image_boot_files(&o, &door, &err) || image_write(&o, output, &door, &err))
		fail_msg("%s", err.msg);
	log_free(door.log);
	return output;
}

/* What is where in the image: a partition table that firmware takes for a disk's, and a CD's boot records. */
static void test_hybrid(void **state)
{
	auto_free char *path = make_image("hybrid");
	auto_buf b = { 0 };

	(void)state;
	assert_int_equal(file_read(path, &b, NULL), 0);
	assert_true(b.len > 40 * 2048);
	assert_memory_equal(b.data + 510, "\x55\xaa", 2);
	assert_memory_equal(b.data + 512, "EFI PART", 8);
	assert_memory_equal(b.data + 16 * 2048 + 1, "CD001", 5);
	assert_memory_equal(b.data + 16 * 2048 + 40, "XENITH ", 7);
	assert_memory_equal(b.data + 17 * 2048 + 7, "EL TORITO SPECIFICATION", 23);
}

/* FAT keeps times by 2 seconds: whatever took the time of day would differ. */
static void test_same_bytes(void **state)
{
	auto_free char *one = make_image("one");
	auto_free char *two = NULL;
	char a[HASH_HEX_LEN + 1], b[HASH_HEX_LEN + 1];

	(void)state;
	sleep(3);
	two = make_image("two");
	assert_int_equal(hash_file(one, a, NULL), 0);
	assert_int_equal(hash_file(two, b, NULL), 0);
	assert_string_equal(a, b);
}

static void test_unwritable(void **state)
{
	struct image_opts o = { .tree = temp_dir, .work = temp_dir, .cmdline = "", .mtime = 315532800 };
	struct door door = { .log = log_new(NULL) };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(image_write(&o, "/nonexistent/x.iso", &door, &err), -ERR_TOOL);
	assert_int_equal(err.id, ERR_ISO_WRITE);
	assert_non_null(strstr(err.msg, "/nonexistent/x.iso"));
	log_free(door.log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hybrid),
		cmocka_unit_test(test_same_bytes),
		cmocka_unit_test(test_unwritable),
	};

	return cmocka_run_group_tests(tests, temp_dir_make, temp_dir_remove);
}
