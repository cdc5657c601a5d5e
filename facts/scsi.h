/* SCSI identifiers from VPD pages, as udev and multipath spell them. */
#ifndef FACTS_SCSI_H
#define FACTS_SCSI_H

#include <stddef.h>

#include "base/arena.h"

/*
 * The WWID in a page 0x83 (SPC-5 7.7.6.1), picked and spelled as multipath-tools does it (discovery.c,
 * parse_vpd_pg83): the best designator of the logical unit; "3" + NAA, "2" + EUI-64, "8" + name, "1" + T10.
 * NULL if the page has none, or is cut before it.
 */
const char *scsi_wwid_from_pg83(struct arena *a, const unsigned char *page, size_t len);
/* The unit serial number in a page 0x80, trimmed; NULL if empty or cut. */
const char *scsi_serial_from_pg80(struct arena *a, const unsigned char *page, size_t len);

#endif
