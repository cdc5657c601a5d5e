/* What is done with guests that are there. Volumes are those of their configuration. */
#ifndef GUEST_MANAGE_H
#define GUEST_MANAGE_H

#include "base/door.h"
#include "guest/guest.h"

/* Between the name of a volume and the label of its snapshot. */
#define GUEST_SNAP_INFIX ".snap."

/* A disk of a configured guest. Strings belong to the arena. */
struct guest_volume {
	const char *word, *target, *vdev, *format;
	const char *vg, *lv; /* NULL: a file */
	bool read_only, cdrom;
};

struct guest_volumes {
	struct arena arena;
	struct guest_volume *v;
	size_t n;
};

/* The volumes in a configuration; LVs are told by the host's list of them. */
void guest_volumes_of(const struct guest_host *host, const json_t *config, struct guest_volumes *ret);
void guest_volumes_clear(struct guest_volumes *volumes);
/* Those that are LVs of the guest's own, written to: "VG/LV" each; added to ret. */
void guest_volumes_lvs(const struct guest_volumes *volumes, struct argv *ret);
/* The guest of that name. ERR_INPUT with the nearest name. */
int guest_find(const struct guest_host *host, const char *name, const struct guest_known **ret,
	       struct err *err);
/* ERR_MACHINE unless the guest is off; what says for what. */
int guest_must_be_off(const char *name, const char *what, struct err *err);

/* Take its volumes as this host's own (refused if another host has one) and start it. ERR_MACHINE, ERR_TOOL.
 */
int guest_start(const struct guest_host *host, const struct guest_known *guest, struct door *door,
		struct err *err);
/* Shut it down, wait, and let shared volumes go (owner's tag, activation). */
int guest_stop(const struct guest_host *host, const struct guest_known *guest, unsigned timeout_s, bool force,
	       struct door *door, struct err *err);
/* Its configuration, record and, unless keep, its volumes. Only volumes that create made (by their tag), and
 * files. */
int guest_delete(const struct guest_host *host, const struct guest_known *guest, bool keep, struct door *door,
		 struct err *err);

/* Everything of it on this host but its volumes: links, record, the kernel beside it, its configuration. */
int guest_forget(const struct guest_known *guest, struct door *door, struct err *err);

/* A snapshot of every writable LV of it, NAME.snap.LABEL each; the guest is paused for that moment. */
int guest_snapshot(const struct guest_host *host, const struct guest_known *guest, const char *label,
		   uint64_t size_mib, struct door *door, struct err *err);
/* The labels that all its LVs have. */
void guest_snapshot_list(const struct guest_host *host, const struct guest_known *guest, struct argv *ret);
int guest_snapshot_drop(const struct guest_host *host, const struct guest_known *guest, const char *label,
			struct door *door, struct err *err);
/* Every volume as it was: merged back; the snapshot is used up. The guest must be off. */
int guest_revert(const struct guest_host *host, const struct guest_known *guest, const char *label,
		 struct door *door, struct err *err);
/* A disk larger, with the file system of a whole-disk root. ERR_MACHINE: no room; ERR_INPUT: smaller. */
int guest_resize(const struct guest_host *host, const struct guest_known *guest, const char *vdev,
		 uint64_t size_mib, struct door *door, struct err *err);

#endif
