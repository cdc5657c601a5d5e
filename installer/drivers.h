/*
 * Drivers and firmware that the boot medium doesn't have: driverdisk of the kickstart file, and inst.dd= of
 * the kernel's command line.
 *
 * They come as .deb or as an archive that libarchive reads (tar, cpio, zip), of which only lib/firmware and
 * lib/modules count, by http, https, nfs, cdrom: or hd:, as a kickstart file does; or all that lie at the top
 * of a partition.
 */
#ifndef INSTALLER_DRIVERS_H
#define INSTALLER_DRIVERS_H

#include "base/door.h"
#include "facts/facts.h"
#include "kickstart/ks.h"

struct drivers {
	const char *keyring; /* who must have signed them, as in ks_signed_check; or NULL */
	const char *dir;     /* where they are kept for the installed host */
	const char *root;    /* "/": the system that is to use them now; NULL: none */
};

/* The words of the command line that name some, WHERE of inst.dd=WHERE and dd=WHERE. */
void drivers_of_cmdline(const char *cmdline, struct argv *ret);
/* Those of the file; a partition as hd:DEVICE:/. */
void drivers_of_ks(const struct ks *ks, struct argv *ret);

/*
 * Fetch and unpack what where names into dir, and where there is a root, have udev load what now fits a
 * device. ERR_HW_DRIVERS if there is nothing in it, or it can't be read; ERR_FETCH.
 */
int drivers_load(const struct drivers *d, const char *where, const struct facts *facts, struct door *door,
		 struct err *err);

/*
 * Put all that was loaded into a new root, whose initramfs is still to be made. *warning (free(3)): modules
 * are for kernels that aren't there; or NULL.
 */
int drivers_copy(const struct drivers *d, const char *root, struct door *door, char **warning,
		 struct err *err);

#endif
