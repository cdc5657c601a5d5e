/* One record of the udev database, /run/udev/data/bMAJ:MIN or nIFINDEX (systemd, src/libsystemd/sd-device).
 */
#ifndef FACTS_UDEV_H
#define FACTS_UDEV_H

#include "base/argv.h"
#include "facts/sysroot.h"

/* Zero-initialise; udev_clear frees. */
struct udev {
	struct argv links; /* "disk/by-id/…", below /dev */
	struct argv props; /* "KEY=value" */
};

#define auto_udev __attribute__((cleanup(udev_clear))) struct udev

void udev_clear(struct udev *u);
/* A missing record is an empty one. name is "b8:0" or "n2". */
void udev_read(const struct sysroot *sr, const char *name, struct udev *ret);
/* The value of a property; NULL if absent or empty. It lives as long as u. */
const char *udev_get(const struct udev *u, const char *key);
/* Undo udev's \xNN (ID_MODEL_ENC) and the blanks around. free(3). */
char *udev_decode(const char *s);
/* The value of key_enc, decoded, or else that of key; NULL if both are absent or empty. In the arena. */
const char *udev_text(const struct udev *u, const char *key_enc, const char *key, struct arena *arena);

#endif
