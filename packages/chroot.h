/* Running maintainer scripts inside a new system, without what they might do to the machine around it. */
#ifndef PACKAGES_CHROOT_H
#define PACKAGES_CHROOT_H

#include <stdbool.h>

#include "base/door.h"

struct chroot {
	const char *dir;
	struct door *door;
	struct argv mounted; /* in the order of mounting */
	bool lent_hostname;  /* etc/hostname is ours, until chroot_close */
};

/*
 * Mount /proc, /sys and a /dev without disks below dir, where nothing is mounted there yet, and see to it
 * that no service is started (policy-rc.d). dir must outlive it.
 */
int chroot_open(struct chroot *root, const char *dir, struct door *door, struct err *err);
/* Undo all of that. r is what the work between came to: it is returned, unless only the undoing fails. */
int chroot_close(struct chroot *root, int r, struct err *err);
/* Put a harmless program (true) in another's place until chroot_close; a program that isn't there is none. */
int chroot_mute(struct chroot *root, const char *program, struct err *err);

/*
 * Set the environment of a child that will run in the chroot, and let it skip every fsync(2) and its kin: one
 * sync follows the whole work.
 */
void chroot_run_setup(struct run *run);
/* The in_child hook that skips the syncs; also for use with another hook. */
int chroot_skip_syncs(void *arg);

#endif
