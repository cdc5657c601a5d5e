/* Where the kickstart file comes from: http(s):, ftp:, nfs:, cdrom:, hd:, file:, or a path. */
#ifndef INSTALLER_KS_SOURCE_H
#define INSTALLER_KS_SOURCE_H

#include "base/door.h"
#include "facts/facts.h"

#define KS_MEDIUM_WAIT_S 60

/*
 * Read one. ${mac}, ${serial}, ${uuid} and ${hostname} in the URL are filled in from facts (the MAC of the
 * port that BOOTIF= names, else of the first), and the headers
 * X-RHN-Provisioning-MAC-N and X-System-Serial-Number are sent, as Anaconda does (its boot options
 * documentation, inst.ks.sendmac and inst.ks.sendsn). nfs:[OPTIONS:]HOST:/PATH or nfs://HOST/PATH[?OPTIONS]
 * (packages/export.h); cdrom:/PATH on any medium with an ISO 9660 file system, optical drives first;
 * hd:DEVICE:/PATH, where DEVICE may be LABEL=NAME or UUID=ID. On the boot medium a device may take
 * KS_MEDIUM_WAIT_S seconds to appear.
 */
int ks_source_read(const char *url, const struct facts *facts, struct door *door, struct buf *ret,
		   struct err *err);

/* The same for what may be larger than a kickstart file, when it comes over the network. */
int ks_source_read_max(const char *url, uint64_t max_bytes, const struct facts *facts, struct door *door,
		       struct buf *ret, struct err *err);

/* Whether it may hold an image of a boot medium: a drive, a RAM disk, or a disk with an ISO 9660 file system.
 */
bool ks_source_may_hold(const struct disk_facts *d);
/* "sdb1", "/dev/sdb1", "LABEL=OEMDRV", "UUID=1234-ABCD" (len bytes) -> the node. free(3). */
char *ks_source_device(const char *name, size_t len);
/* Mount a device read-only, whatever its file system is. */
int ks_source_mount(const char *device, const char *dir, struct door *door, struct err *err);
/* USB devices come late: wait a little and count it in *waited (s, from 0), or false when that was long
 * enough. */
bool ks_source_may_wait(unsigned *waited);

/* Every ks= and inst.ks= word of a kernel command line, in order. */
void ks_source_list(const char *cmdline, struct argv *urls);

/* Whether reading it needs the network. */
bool ks_source_remote(const char *url);

/* url with ${…} filled in; an unknown or unset name is ERR_INPUT. free(3) *ret. */
int ks_source_expand(const char *url, const struct facts *facts, char **ret, struct err *err);

#endif
