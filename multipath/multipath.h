/*
 * LUNs of a SAN and the paths to them, read from sysfs and VPD page 0x83 without any daemon.
 *
 * Reading only: nothing here opens a map, which may queue for ever when its paths are gone (mpath_probe says
 * how contents are looked at).
 */
#ifndef MULTIPATH_MULTIPATH_H
#define MULTIPATH_MULTIPATH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum mpath_verdict {
	MPATH_OK,
	MPATH_DEGRADED,    /* fewer paths are up than are known or expected */
	MPATH_SINGLE_HBA,  /* all that are up leave through one HBA */
	MPATH_SINGLE_PORT, /* all that are up lead to one port of the storage */
	MPATH_MIXED_PRIO,  /* paths of one group have different priorities */
	MPATH_NO_PATH,     /* none is up */
	MPATH_DUPLICATE,   /* disks that can't be one LUN say the same WWID */
};

/* A port of this machine: a SCSI host. */
struct mpath_hba {
	unsigned host;                  /* of /sys/class/scsi_host/hostN */
	const char *driver;             /* "qla2xxx"; NULL: unknown */
	const char *pci;                /* "0000:04:00.0", or NULL */
	const char *wwpn, *wwnn;        /* Fibre Channel, "0x5001…"; else NULL */
	const char *port_state, *speed; /* "Online", "8 Gbit"; or NULL */
};

struct mpath_path {
	const char *name; /* kernel name, "sda": changes from boot to boot */
	unsigned host, channel, target;
	uint64_t lun;
	const char *state;       /* device/state: "running", "offline", "blocked", ... */
	const char *access;      /* ALUA: "active/optimized", ...; NULL: none */
	const char *target_port; /* WWPN of the storage's port, iSCSI target; else NULL */
	uint64_t size_bytes;
	bool read_only, preferred;
	bool up; /* can carry I/O as far as sysfs tells */
};

/* What libblkid, or udev's database, finds on it. */
struct mpath_content {
	const char *type, *label, *uuid;
};

/* The volume group of a physical volume, from its metadata. */
struct mpath_vg {
	const char *name, *uuid; /* NULL: unknown */
	const char **lvs;        /* names, NULL-terminated; NULL: none */
	size_t n_pvs;
};

struct mpath_lun {
	const char *wwid; /* as multipath spells it, "3600…" */
	const char *vendor, *product, *serial;
	uint64_t size_bytes; /* of the first path that has one */
	struct mpath_path *paths;
	size_t n_paths, n_up;
	size_t expected;         /* paths that /etc/xenith/luns names; 0: not said */
	bool sizes_differ;       /* between paths */
	bool fabric;             /* on Fibre Channel, FCoE or iSCSI */
	const char *hidden;      /* why it is never offered ("a LUNZ placeholder", …); NULL: it is */
	const char *map, *alias; /* kernel name and device-mapper name of its map, or NULL */
	enum mpath_verdict verdict;
	struct mpath_content *contents;
	size_t n_contents;
	struct mpath_vg vg;
	bool made;               /* the volume group is of an earlier try of this installation */
	const char *own_vg_uuid; /* of the volume group that this host was installed with; or NULL */
	const char *reservation; /* a SCSI-3 reservation for people; NULL: none known */
	const char *unread;      /* why its contents aren't known; NULL: they are */
};

struct mpath {
	struct arena arena;
	struct mpath_hba *hbas; /* by host number */
	size_t n_hbas;
	struct mpath_lun *luns; /* by WWID */
	size_t n_luns;
};

/*
 * Every disk with a WWID that hangs on a SCSI host, grouped by WWID; local disks are among them with their
 * one path. root is "/" or a captured machine. Contents come from udev's database and from what a capture
 * holds (xenith/lvm, xenith/reservations). ERR_SYS only when root itself can't be read.
 */
int mpath_read(const char *root, struct mpath *ret, struct err *err);
void mpath_clear(struct mpath *san);

/*
 * Look at the contents of LUNs on this machine, through one path that is up and never through a map: in a
 * child that is given up after timeout_s, so that a dead path can't hang the caller. wwid NULL: of all.
 */
void mpath_probe(struct mpath *san, const char *wwid, unsigned timeout_s);

/*
 * One spelling of a WWID: lower case, with the type digit in front. Takes what storage tools print: upper
 * case, without the leading 3, "0x…", "wwn-0x…", "naa.…", "eui.…". free(3).
 */
char *mpath_wwid(const char *text);
/* The LUN with that WWID, in any spelling; NULL: none. */
struct mpath_lun *mpath_find(const struct mpath *san, const char *wwid);
/* Whether it is a LUN of a SAN: on Fibre Channel, iSCSI or FCoE, or with more than one path. */
bool mpath_is_san(const struct mpath *san, const struct mpath_lun *lun);

const char *mpath_verdict_name(enum mpath_verdict v); /* "DEGRADED" */
/* "DEGRADED 2/4": paths up, of those known or (if more) expected. */
void mpath_verdict_print(const struct mpath_lun *lun, struct buf *b);
/* "LVM volume group guests (web1, db1), reserved by …"; "empty" if nothing is known. */
void mpath_contents_print(const struct mpath_lun *lun, struct buf *b);

/* `xenith multipath list`: text, --json, and --xml in the form of XCP's `xe sr-probe type=lvmohba`. */
void mpath_list_print(const struct mpath *san, struct buf *b);
void mpath_list_json(const struct mpath *san, struct buf *b);
void mpath_list_xml(const struct mpath *san, struct buf *b);

#endif
