/* A Debian root written into the guest's first volume: by packages/, or from an image. */
#ifndef GUEST_ROOT_H
#define GUEST_ROOT_H

#include "guest/answers.h"
#include "guest/journal.h"
#include "packages/packages.h"

/* See, before anything is made, that an image is there and has what the guest needs. ERR_FETCH, ERR_INPUT. */
int guest_root_check(const struct guest_plan *plan, const struct guest_answers *answers, struct door *door,
		     struct err *err);
/*
 * Make a file system on plan's first disk, fill it by answers' kickstart file, make it this guest's own, and
 * unmount it. ERR_FETCH, ERR_TOOL, ERR_SYS, ERR_INPUT.
 */
int guest_root_make(const struct guest_plan *plan, const struct guest_answers *answers,
		    struct guest_journal *j, struct pkg_progress *progress, struct door *door,
		    struct err *err);
/* Copy the kernel and initramfs that the links at the top of a root name to state_dir, as vmlinuz and initrd.
 */
int guest_kernel_copy(const char *root, const char *state_dir, struct door *door, struct err *err);
/* settings.c: host name, addresses, fstab, boot menu, the report of its first boot. */
int guest_settings_apply(const struct guest_plan *plan, const struct ks *ks, const char *root,
			 struct door *door, struct err *err);
/* What its kernel must find in the initramfs, before packages are configured. */
int guest_initramfs_conf(const char *root, struct door *door, struct err *err);
/* Further packages that the settings need. */
void guest_settings_packages(const struct ks *ks, struct argv *want);

#endif
