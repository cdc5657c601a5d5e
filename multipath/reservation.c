/* Persistent reservations, asked of a path through SG_IO. */
#include <scsi/sg.h>
#include <sys/ioctl.h>

#include "base/util.h"
#include "multipath/probe.h"

#define PERSISTENT_RESERVE_IN 0x5e
#define READ_RESERVATION      1
#define LIMIT_MS              5000

bool reservation_parse(const unsigned char *d, size_t len, struct buf *ret)
{
	static const char *const types[16] = {
		[1] = "write exclusive",
		[3] = "exclusive access",
		[5] = "write exclusive, registrants only",
		[6] = "exclusive access, registrants only",
		[7] = "write exclusive, all registrants",
		[8] = "exclusive access, all registrants",
	};
	size_t more = len >= 8 ? (size_t)d[4] << 24 | (size_t)d[5] << 16 | (size_t)d[6] << 8 | d[7] : 0;
	const char *type;

	/* 8 bytes of head; one descriptor: key[8], obsolete[4], reserved, scope and type. */
	if (more < 16 || len < 24)
		return false;
	type = types[d[21] & 0x0f];
	buf_addf(ret, "a SCSI-3 reservation (%s) with key 0x", type ? type : "of an unknown type");
	for (int i = 8; i < 16; i++)
		buf_addf(ret, "%02x", d[i]);
	return true;
}

bool reservation_read(int fd, struct buf *ret)
{
	unsigned char data[64] = { 0 }, sense[32] = { 0 };
	unsigned char cdb[10] = {
		PERSISTENT_RESERVE_IN, READ_RESERVATION, 0, 0, 0, 0, 0, 0, sizeof(data), 0
	};
	struct sg_io_hdr io = { .interface_id = 'S',
				.dxfer_direction = SG_DXFER_FROM_DEV,
				.cmd_len = sizeof(cdb),
				.cmdp = cdb,
				.dxfer_len = sizeof(data),
				.dxferp = data,
				.mx_sb_len = sizeof(sense),
				.sbp = sense,
				.timeout = LIMIT_MS };

	if (ioctl(fd, SG_IO, &io) || (io.info & SG_INFO_OK_MASK) != SG_INFO_OK)
		return false;
	return reservation_parse(data, sizeof(data) - (size_t)MAX(io.resid, 0), ret);
}
