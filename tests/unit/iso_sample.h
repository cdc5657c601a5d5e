/* A boot medium with a kernel and an initramfs of a few bytes, for tests of what is done to images. */
#ifndef TESTS_UNIT_ISO_SAMPLE_H
#define TESTS_UNIT_ISO_SAMPLE_H

#include "base/file.h"
#include "base/util.h"
#include "iso-build/image.h"

/* DIR/NAME, made in DIR/tree and DIR/work; free(3). */
static inline char *iso_sample(const char *dir, const char *name, const char *cmdline)
{
	auto_free char *tree = path_join(dir, "tree");
	auto_free char *work = path_join(dir, "work");
	auto_free char *kernel = path_join(tree, "boot/vmlinuz");
	auto_free char *initrd = path_join(tree, "boot/initrd");
	char *output = path_join(dir, name);
	struct image_opts o = { .tree = tree, .work = work, .cmdline = cmdline, .mtime = 315532800 };
	struct door door = { .log = log_new(NULL) };
	struct err err = { 0 };

	assert_int_equal(file_write(kernel, "the kernel", 10, 0644, NULL), 0);
	assert_int_equal(file_write(initrd, "the initramfs", 13, 0644, NULL), 0);
	if (image_boot_files(&o, &door, &err) || image_write(&o, output, &door, &err))
		fail_msg("%s", err.msg);
	log_free(door.log);
	return output;
}

#endif
