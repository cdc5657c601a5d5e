/* Time zones, locales and keymaps by the lists of a Debian system, for faults that syntax can't show. */
#ifndef KICKSTART_NAMES_H
#define KICKSTART_NAMES_H

#include "base/argv.h"
#include "kickstart/ks.h"

/* What a system knows; an empty list is not known, and nothing is checked by it. */
struct ks_names {
	struct argv zones;   /* "Atlantic/Canary" */
	struct argv locales; /* without the codeset: "es_ES", "ca_ES@valencia" */
	struct argv keymaps; /* of the console and XKB: "de-latin1", "de", "de-nodeadkeys" */
	struct argv layouts; /* of XKB: "de" */
};

void ks_names_clear(struct ks_names *names);
/* Add those of tzdata.zi (zic(8)), i18n/SUPPORTED, kbd-model-map (systemd) and xkb/rules/base.lst. */
void ks_names_zones(struct ks_names *names, const char *text);
void ks_names_locales(struct ks_names *names, const char *text);
void ks_names_keymaps(struct ks_names *names, const char *text);
void ks_names_layouts(struct ks_names *names, const char *text);

/* Add what this system knows: of the lists that are there. */
void ks_names_read(struct ks_names *ret);

/* Time zone, languages and keyboard that names doesn't have. Adds to diags; pure. */
void ks_check_names(const struct ks *ks, const struct ks_names *names, enum ks_severity severity,
		    struct ks_diags *diags);
/* The same by what this system knows, as errors. */
void ks_check_names_here(const struct ks *ks, struct ks_diags *diags);

#endif
