/*
 * What packages ask for beside their files, done beside dpkg by another processor and once only: the list of
 * a kernel's modules (depmod), its initramfs, and the folder of CA certificates, which ca-certificates makes
 * when it is configured and once more when its trigger runs.
 */
#ifndef PACKAGES_KERNEL_JOBS_H
#define PACKAGES_KERNEL_JOBS_H

#include "base/door.h"
#include "packages/packages.h"

struct kernel_jobs;

/* The kernels that have modules below dir, sorted. */
void kernel_versions(const char *dir, struct argv *ret);

/*
 * Begin with depmod(8) for every kernel in /lib/modules below dir, then wait for kernel_jobs_go. No kernel is
 * no error. The arguments must outlive it. initramfs: make that too, by update-initramfs(8).
 */
struct kernel_jobs *kernel_jobs_start(const char *dir, bool initramfs, struct door *door,
				      struct pkg_progress *progress);
/* All packages that shape the initramfs are configured. */
void kernel_jobs_go(struct kernel_jobs *jobs);
/* That package is configured. */
void kernel_jobs_configured(struct kernel_jobs *jobs, const char *package);
/*
 * Wait for the end (or, if r, what the work beside came to, is a failure: let it end early), and free.
 * Returns r, or the jobs' own failure. again: something asked for another initramfs after kernel_jobs_go.
 */
int kernel_jobs_finish(struct kernel_jobs *jobs, int r, bool again, struct err *err);

#endif
