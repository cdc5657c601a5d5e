/*
 * Templates made of guests: the root of one as an image, and beside it the ready template that makes others
 * of it.
 */
#ifndef GUEST_TEMPLATE_H
#define GUEST_TEMPLATE_H

#include "base/door.h"
#include "guest/guest.h"
#include "packages/image.h"

#define GUEST_TEMPLATE_DIR "/etc/xenith/templates"
#define GUEST_IMAGE_DIR    "/var/lib/xenith/images"

/*
 * Make the template `name` of a guest that is off and whose root is Debian's, on the whole of its first disk:
 * GUEST_IMAGE_DIR/NAME.img, without what is private to the guest, and then GUEST_TEMPLATE_DIR/NAME.ks. Both
 * appear only when they are whole. level: of zstd, 0: image_build's own. ERR_USAGE, ERR_MACHINE, ERR_TOOL,
 * ERR_SYS.
 */
int guest_template_make(const struct guest_host *host, const struct guest_known *guest, const char *name,
			unsigned level, struct image_sums *ret, struct door *door, struct err *err);
/* Remove both. ERR_INPUT: there is none, or nobody made it so. */
int guest_template_delete(const char *name, struct door *door, struct err *err);

#endif
