/* A running guest to another host. */
#ifndef GUEST_MIGRATE_H
#define GUEST_MIGRATE_H

#include "base/door.h"
#include "guest/guest.h"

/* What a host must be for a guest to run there, as `xl info` and lvm say it: of this host, or of another by
 * ssh. */
struct migrate_host {
	uint64_t xen_major, xen_minor, free_mib;
	char *extra;        /* of Xen's version, ".4" */
	char *cpu_features; /* xl info's hw_caps: eight words of hex */
	struct argv bridges;
	struct argv vgs; /* "NAME UUID" */
	struct argv lvs; /* "VG/LV" */
	struct argv files;
	bool caps_known, shadow; /* virt_caps */
	char *hostname;
	char *id;           /* machine-id(5) */
	struct argv guests; /* domains that run there */
};

void migrate_host_clear(struct migrate_host *host);
/* The text that migrate_script prints; pure. */
void migrate_host_parse(const char *text, struct migrate_host *ret);
/* The commands that say it all, for sh -s. */
extern const char migrate_script[];

/*
 * Everything that speaks against it, a line each into wrong: Xen older there, a bridge, a volume group (by
 * UUID) or a volume that is not there, a processor that lacks features, too little memory, a guest of that
 * name. same: it is the very same host.
 */
void guest_migrate_check(const struct guest_host *host, const struct guest_known *guest,
			 const struct migrate_host *here, const struct migrate_host *there, bool same,
			 struct buf *wrong);

/*
 * Check, then `xl migrate`; volumes on shared groups change their owner with the guest, and all that is kept
 * of it beside them moves too. to: what ssh(1) reaches as root. ERR_MACHINE: all that speaks against it.
 */
int guest_migrate(const struct guest_host *host, const struct guest_known *guest, const char *to,
		  bool check_only, struct door *door, struct err *err);

#endif
