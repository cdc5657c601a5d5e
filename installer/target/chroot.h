/* Programs of the installed system, run inside it with an environment of their own. */
#ifndef INSTALLER_TARGET_CHROOT_H
#define INSTALLER_TARGET_CHROOT_H

#include "base/door.h"

/* PATH, HOME, LC_ALL=C.UTF-8, DEBIAN_FRONTEND=noninteractive; NULL-terminated. */
extern char *const chroot_env[];

/* door_run inside root; run->env is chroot_env unless it is set. */
int chroot_run(struct door *door, const char *root, struct run *run, struct err *err);
/* chroot_run of a plain list of words, ended by NULL. */
int chroot_runl(struct door *door, const char *root, struct err *err, ...) __attribute__((sentinel));

#endif
