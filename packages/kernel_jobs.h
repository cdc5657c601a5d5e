/*
 * What a kernel package asks for beside its files, done beside dpkg by another processor and once only: the
 * list of its modules (depmod) and its initramfs.
 */
#ifndef PACKAGES_KERNEL_JOBS_H
#define PACKAGES_KERNEL_JOBS_H

#include "base/door.h"

struct kernel_jobs;

/*
 * Begin with depmod(8) for every kernel in /lib/modules below dir, then wait for kernel_jobs_go. No kernel is
 * no error. dir and door must outlive it. initramfs: make that too, by update-initramfs(8).
 */
struct kernel_jobs *kernel_jobs_start(const char *dir, bool initramfs, struct door *door);
/* All packages that shape the initramfs are configured. */
void kernel_jobs_go(struct kernel_jobs *jobs);
/*
 * Wait for the end (or, if r, what the work beside came to, is a failure: let it end early), and free.
 * Returns r, or the jobs' own failure. again: something asked for another initramfs after kernel_jobs_go.
 */
int kernel_jobs_finish(struct kernel_jobs *jobs, int r, bool again, struct err *err);

/*
 * Make a folder of programs that take the place of depmod and update-initramfs in maintainer scripts, when it
 * is searched first (path, below dir). Who called update-initramfs is then listed in CALLS below dir.
 */
#define STAND_IN_PATH  "/var/cache/xenith/bin"
#define STAND_IN_CALLS "var/cache/xenith/update-initramfs"
int stand_ins_write(const char *dir, struct door *door, struct err *err);

#endif
