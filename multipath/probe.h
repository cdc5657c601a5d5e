/* Inside this room: what a child may find out by asking a path. */
#ifndef MULTIPATH_PROBE_H
#define MULTIPATH_PROBE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* A SCSI-3 reservation (PERSISTENT RESERVE IN, READ RESERVATION: SPC-5 6.16), for people; false: none, or the
 * device doesn't know the command. May take as long as the device does, 5 seconds at most by the command's
 * own limit. */
bool reservation_read(int fd, struct buf *ret);
/* The answer of the command alone. */
bool reservation_parse(const unsigned char *data, size_t len, struct buf *ret);

#endif
