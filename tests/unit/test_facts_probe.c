/* What libblkid finds on real images, made here with sfdisk and mkfs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>

#include "base/run.h"
#include "base/util.h"
#include "facts/disk.h"

#define IMAGE_LEN (32 << 20)

static int make_image(void **state)
{
	char *path = xstrdup(P_tmpdir "/xenith-image-XXXXXX");
	int fd = mkstemp(path);
	int r = fd < 0 || ftruncate(fd, IMAGE_LEN);

	if (fd >= 0)
		close(fd);
	*state = path;
	return r;
}

static int drop_image(void **state)
{
	unlink(*state);
	free(*state);
	return 0;
}

static void run_on(const char *image, const char *input, const char *prog, const char *a1, const char *a2,
		   const char *a3)
{
	auto_run run = { .stdin_data = input, .stdin_len = strlen(input) };
	struct err err = { 0 };

	argv_addl(&run.argv, prog, a1, a2, a3, image, NULL);
	if (run_argv(&run, &err))
		fail_msg("%s", err.msg);
}

static void test_probe(void **state)
{
	struct arena a = { 0 };
	struct disk_facts empty = { 0 }, fs = { 0 }, table = { 0 }, part = { 0 }, none = { 0 };

	disk_probe(&a, *state, "sdx", true, IMAGE_LEN, &empty);
	assert_int_equal(empty.n_contents, 0);
	disk_probe(&a, "/nonexistent", "sdx", true, IMAGE_LEN, &none);
	assert_int_equal(none.n_contents, 0);

	run_on(*state, "", "mkfs.ext4", "-q", "-L", "data");
	disk_probe(&a, *state, "sdx", true, IMAGE_LEN, &fs);
	assert_int_equal(fs.n_contents, 1);
	assert_string_equal(fs.contents[0].type, "ext4");
	assert_string_equal(fs.contents[0].label, "data");
	assert_non_null(fs.contents[0].uuid);

	/* The table leaves the old file system's superblock where it is: both are contents. */
	run_on(*state, "label: dos\n", "sfdisk", "-q", "--wipe", "never");
	disk_probe(&a, *state, "sdx", true, IMAGE_LEN, &table);
	assert_int_equal(table.n_contents, 2);
	assert_string_equal(table.contents[0].type, "ext4");
	assert_string_equal(table.contents[1].type, "dos");
	assert_non_null(table.contents[1].uuid);
	disk_probe(&a, *state, "sdx1", false, IMAGE_LEN, &part);
	assert_int_equal(part.n_contents, 1);
	arena_clear(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_probe, make_image, drop_image),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
