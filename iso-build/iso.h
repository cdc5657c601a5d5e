/* The boot medium: kernel, initramfs that holds all the installer needs, hybrid ISO for BIOS and UEFI. */
#ifndef ISO_BUILD_ISO_H
#define ISO_BUILD_ISO_H

#include "base/door.h"
#include "packages/packages.h"

struct iso_opts {
	const char *output;
	const char *ks_file;    /* put into the medium; or NULL */
	const char *ks_url;     /* put on the kernel's command line as ks=; or NULL */
	const char *append;     /* further kernel arguments; or NULL */
	const char *self;       /* the xenith program to put in; NULL: /proc/self/exe */
	const char *work_dir;   /* NULL: a temporary folder beside output */
	const char *kernel_dir; /* a folder that holds an unpacked linux-image; NULL: fetch it */
	const char *thin_url; /* a thin image instead: iPXE, which goes on from a folder of pxe.h; or NULL */
	const char *ca;       /* PEM certificates that the installer trusts besides the usual; or NULL */
	const char *ks_keyring; /* the installer takes kickstart files signed by a key of it only; or NULL */
	struct buf *versions;   /* what is in the medium is appended, "PACKAGE VERSION" a line; or NULL */
	struct pkg_request
		*packages; /* put in what this request installs, so that no network is needed; or NULL */
	bool secure_boot;  /* Debian's signed loaders for UEFI */
	bool firmware;     /* firmware from non-free-firmware */
	struct pkg_request kernel; /* where linux-image and the other parts come from */
	bool xz;                   /* a smaller image, that takes longer to unpack */
	int level; /* of zstd, 1 to 19, and modules as Debian packed them; 0: the smallest that is possible */
};

/* ERR_INPUT for a wrong kickstart file (checked first), ERR_TOOL, ERR_FETCH, ERR_SYS. Same inputs, same
 * bytes, given SOURCE_DATE_EPOCH. */
int iso_build(const struct iso_opts *opts, struct door *door, struct err *err);

#endif
