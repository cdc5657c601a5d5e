/* What a host must be for a guest to run there, as xl and lvm say it: of this host, or of another by ssh(1).
 */
#ifndef GUEST_MIGRATE_HOST_H
#define GUEST_MIGRATE_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/argv.h"
#include "base/err.h"

struct migrate_host {
	uint64_t xen_major, xen_minor, free_mib;
	char *cpu_features; /* xl info's hw_caps: eight words of hex */
	struct argv bridges;
	struct argv vgs;         /* "NAME UUID" */
	struct argv lvs;         /* "VG/LV" */
	struct argv guests;      /* domains that run there */
	bool caps_known, shadow; /* virt_caps */
	char *hostname;
	char *id; /* machine-id(5) */
};

/* Ask the host that ssh reaches as root; NULL: this one. ERR_TOOL. */
int migrate_host_ask(const char *to, struct migrate_host *ret, struct err *err);
/* A line each: "info KEY=VALUE", "bridge", "vg", "lv", "guest", "hostname", "id"; others are passed over.
 * Pure. */
void migrate_host_parse(const char *text, struct migrate_host *ret);
void migrate_host_clear(struct migrate_host *host);

#endif
