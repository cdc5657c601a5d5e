/*
 * A folder to be served by TFTP and HTTP, from which machines start the installer over the network: loaders
 * for BIOS and UEFI, iPXE's script, an entry for each host of a table, the configuration of dnsmasq(8),
 * checksums.
 */
#ifndef ISO_BUILD_PXE_H
#define ISO_BUILD_PXE_H

#include <stdbool.h>

#include "base/door.h"

#define PXE_HOSTS_FILE "hosts.list" /* "MAC NAME" a line */
#define PXE_LOCAL_DIR  "local"

struct pxe_host {
	char *mac;    /* "52:54:00:12:34:10", lower case */
	char *name;   /* or NULL */
	char *ks;     /* URL; a path: below the folder's own URL */
	char *append; /* further words for the kernel, or NULL */
};

struct pxe_opts {
	const char *output;
	const char *url;    /* where output is served: "http://192.0.2.9/xenith" */
	const char *ks_url; /* for machines that the table doesn't have; NULL: those start from their disks */
	const char *append; /* for all; or NULL */
	const char *interface, *dhcp_range; /* of dnsmasq; or NULL */
	struct pxe_host *hosts;
	size_t n_hosts;
};

void pxe_hosts_clear(struct pxe_host *hosts, size_t n);

/* Append the hosts of a table's text (template/table.h; mac and ks, name and append). ERR_INPUT names every
 * error. */
int pxe_hosts_read(const char *file, struct pxe_host **ret, size_t *n, struct err *err);

/*
 * Write the folder, with the kernel and initramfs of a boot medium (iso). ERR_USAGE for a wrong option,
 * ERR_INPUT when iso is none or holds a kickstart file, which would be served to anybody.
 */
int pxe_build(const struct pxe_opts *opts, const char *iso, struct door *door, struct err *err);

/*
 * From now on a host starts from its own disk, or (install) the installer again. host: a name of the table,
 * with or without its domain, or a MAC. ERR_INPUT if the folder's table has none such.
 */
int pxe_set_local(const char *dir, const char *host, bool install, struct err *err);

/* The texts; pure. args: the kernel's words. */
void pxe_text_ipxe(const struct pxe_opts *opts, const char *args, struct buf *ret);
void pxe_text_ipxe_host(const struct pxe_opts *opts, const struct pxe_host *host, const char *args,
			struct buf *ret);
void pxe_text_ipxe_local(struct buf *ret);
void pxe_text_grub_early(const struct pxe_opts *opts, struct buf *ret);
void pxe_text_grub(const struct pxe_opts *opts, const char *args, struct buf *ret);
void pxe_text_grub_host(const struct pxe_opts *opts, const struct pxe_host *host, const char *args,
			struct buf *ret);
void pxe_text_grub_local(struct buf *ret);
#define PXE_GRUB_INSTALLS "# starts the installer\n" /* instead of pxe_text_grub_local's */
void pxe_text_dnsmasq(const struct pxe_opts *opts, struct buf *ret);
/* "52:54:00:12:34:10" with dashes, as iPXE's :hexhyp writes it. free(3). */
char *pxe_mac_dashes(const char *mac);

#endif
