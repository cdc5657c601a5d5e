/* Sparse images as real block devices with partitions; they vanish with the process. Need root and loop. */
#ifndef TESTS_UNIT_DISK_LOOP_H
#define TESTS_UNIT_DISK_LOOP_H

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>

#include "base/run.h"
#include "base/util.h"

struct loop {
	char image[64], path[32];
	int fd; /* the device; -1: none */
};

/* False when the kernel or the user can't have one. */
static inline bool loop_open(struct loop *l, uint64_t size, unsigned sector)
{
	struct loop_config c = { .block_size = sector };
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), image, n;

	*l = (struct loop){ .image = P_tmpdir "/test_disk_XXXXXX", .fd = -1 };
	if (control < 0)
		return false;
	image = mkostemp(l->image, O_CLOEXEC);
	for (int i = 0; image >= 0 && i < 20 && l->fd < 0 && !ftruncate(image, (off_t)size); i++) {
		n = ioctl(control, LOOP_CTL_GET_FREE);
		snprintf(l->path, sizeof(l->path), "/dev/loop%d", n);
		l->fd = n < 0 ? -1 : open(l->path, O_RDWR | O_CLOEXEC);
		c.fd = (unsigned)image;
		c.info.lo_flags = LO_FLAGS_PARTSCAN | LO_FLAGS_AUTOCLEAR;
		if (l->fd >= 0 && ioctl(l->fd, LOOP_CONFIGURE, &c)) {
			close(l->fd);
			l->fd = -1;
		}
	}
	if (image >= 0) {
		unlink(l->image);
		close(image);
	}
	close(control);
	return l->fd >= 0;
}

static inline void loop_close(struct loop *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}

#define auto_loop __attribute__((cleanup(loop_close))) struct loop

/* Run a program and fail the test if it fails; its output goes to out, which may be NULL. */
static inline int run_words(struct buf *out, int ok_status, ...) __attribute__((sentinel));

static inline int run_words(struct buf *out, int ok_status, ...)
{
	auto_run run = { .out = out, .ok_status = ok_status };
	struct err err = { 0 };
	const char *word;
	va_list ap;
	int r;

	va_start(ap, ok_status);
	while ((word = va_arg(ap, const char *)))
		argv_add(&run.argv, word);
	va_end(ap);
	r = run_argv(&run, &err);
	if (r)
		fail_msg("%s", err.msg);
	return r;
}

#endif
