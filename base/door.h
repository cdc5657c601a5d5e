/*
 * The one door: every change that an apply makes to the machine goes through here.
 *
 * The real door does it; a recording door writes down one line for each call and does nothing, so that tests
 * can compare an apply word for word. All calls return 0 or -err->code.
 */
#ifndef BASE_DOOR_H
#define BASE_DOOR_H

#include <sys/types.h>

#include "base/err.h"
#include "base/log.h"
#include "base/run.h"

struct door {
	struct log *log;    /* may be NULL */
	struct buf *record; /* not NULL: record here instead of acting */
};

/* Run a child. A recording door leaves run->out empty. run->log is set to the door's. */
int door_run(struct door *door, struct run *run, struct err *err);
/* door_run of a plain list of words, ended by NULL. */
int door_runl(struct door *door, struct err *err, ...) __attribute__((sentinel));
/* The same, killed after so many seconds. */
int door_runl_for(struct door *door, unsigned timeout_s, struct err *err, ...) __attribute__((sentinel));
int door_write(struct door *door, const char *path, const void *data, size_t len, mode_t mode,
	       struct err *err);
/* A text at path below root. */
int door_write_below(struct door *door, const char *root, const char *path, const char *text, mode_t mode,
		     struct err *err);
/* within_write(), within_remove() and within_copy() of base/within.h: for trees that others write. */
int door_write_within(struct door *door, const char *root, const char *path, const struct buf *data,
		      mode_t mode, struct err *err);
int door_remove_within(struct door *door, const char *root, const char *path, struct err *err);
int door_copy_within(struct door *door, const char *root, const char *path, const char *to, mode_t mode,
		     struct err *err);
/* A file that isn't there is no error. */
int door_remove(struct door *door, const char *path, struct err *err);
int door_mkdirs(struct door *door, const char *path, mode_t mode, struct err *err);
/* Replaces an existing link or file. */
int door_symlink(struct door *door, const char *target, const char *path, struct err *err);
/* The same at path below root, its folder made (0755). */
int door_symlink_below(struct door *door, const char *root, const char *target, const char *path,
		       struct err *err);
/* mount(2) with the mount point made; data may be NULL. */
int door_mount(struct door *door, const char *source, const char *target, const char *fstype,
	       unsigned long flags, const char *data, struct err *err);
/* umount2(2) with flags; a target that is not mounted is no error. */
int door_umount(struct door *door, const char *target, int flags, struct err *err);
/* Anything else, through a library (libparted, libblkid, rtnetlink): what says it in one line for the log and
 * the record. */
int door_call(struct door *door, const char *what, int (*fn)(void *arg, struct err *err), void *arg,
	      struct err *err);

#endif
