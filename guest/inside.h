/*
 * The root file system on a guest's disks, mounted on the host: on a whole disk, on a partition, or on a
 * logical volume of the guest's own LVM. A guest writes it as it likes: open what is in it by base/within.h,
 * and run none of its programs.
 */
#ifndef GUEST_INSIDE_H
#define GUEST_INSIDE_H

#include "base/argv.h"
#include "base/door.h"
#include "guest/journal.h"

struct guest_inside {
	char *root;         /* where it is mounted; NULL: no root file system that is known */
	char *name;         /* of the guest whose disks they are */
	struct argv loops;  /* loop devices of disks that have partitions */
	struct argv groups; /* "NAME TEMPORARY-NAME PV,PV": volume groups of the guest */
};

enum {
	GUEST_INSIDE_WRITE = 1 << 0, /* else it is mounted read-only, and LVM is left alone */
};

/* Whether a disk has a file system on the whole of it. */
bool guest_inside_whole(const char *disk, struct door *door);
/*
 * Find and mount it. The disks (paths of block devices and files) belong to guest name, which is off. With
 * GUEST_INSIDE_WRITE its volume groups get UUIDs of their own, as vgimportclone(8) gives them, so that it
 * must be a copy whose like exists; their names are other ones until guest_inside_close(). What is set up is
 * in the journal (may be NULL) before. ERR_SYS, ERR_TOOL; nothing is left open then.
 */
int guest_inside_open(const struct argv *disks, const char *name, unsigned flags, struct guest_journal *j,
		      struct guest_inside *ret, struct door *door, struct err *err);
/* Undo all of it. r is what the work between came to: it is returned, unless only the undoing fails. */
int guest_inside_close(struct guest_inside *in, int r, struct door *door, struct err *err);

#endif
