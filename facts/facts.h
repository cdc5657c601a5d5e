/*
 * What this machine is. Read-only: nothing here changes anything.
 *
 * Everything is read below a root folder, "/" on the machine itself, or a folder that tools/capture-facts
 * made.
 */
#ifndef FACTS_FACTS_H
#define FACTS_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum cpu_state {
	CPU_ABSENT,  /* the processor does not have it */
	CPU_LOCKED,  /* it has it, and the firmware's setup switched it off (MSR 0x3A, VM_CR.SVMDIS) */
	CPU_PRESENT, /* usable */
	CPU_UNKNOWN, /* can't be told from here (an MSR can't be read, say) */
};

enum virt_level { VIRT_NONE, VIRT_PV, VIRT_HVM, VIRT_HAP, VIRT_IOMMU };

struct cpu_facts {
	const char *vendor; /* CPUID's, "GenuineIntel" */
	const char *model;
	unsigned threads;      /* logical CPUs online; under Xen, what dom0 sees */
	bool long_mode;        /* 64-bit */
	enum cpu_state hvm;    /* VT-x or SVM */
	const char *hvm_name;  /* "VT-x", "SVM", or NULL when neither vendor's */
	enum cpu_state slat;   /* EPT or NPT */
	enum cpu_state iommu;  /* ACPI DMAR or IVRS table */
	const char *why;       /* one sentence for people when hvm isn't CPU_PRESENT; else NULL */
	enum virt_level level; /* the highest level of `virt --require=` that this machine meets */
};

/* One signature, file system or partition table found on a disk or a partition (libblkid, or udev's ID_FS_*).
 */
struct disk_content {
	const char *node;  /* kernel name of what holds it, "sda" or "sda1" */
	const char *type;  /* "ext4", "LVM2_member", "linux_raid_member", "gpt", "iso9660", ... */
	const char *label; /* or NULL; an array's or pool's name, for its members */
	const char *uuid; /* or NULL; of the whole array, pool or multi-device file system, for its members */
	const char *hint; /* what else people know it by: "last mounted on /home", "volume group vg0",
			     "raid1 of 2 disks"; or NULL */
	unsigned inside;  /* number of the partition inside node that it was found in: a guest's disk; 0: none
			   */
	uint64_t size_bytes;
};

/* A partition that the kernel shows. */
struct disk_part {
	const char *node; /* "sda1" */
	unsigned number;
	uint64_t start_bytes, size_bytes;
	const char *name, *type, *uuid; /* of the table: GPT's name or NULL, "0x83" or a GUID, PARTUUID */
};

/* An earlier install of Xenith, as its mark on the disk says (facts/mark.h). */
struct disk_host {
	const char *hostname;
	const char *installed; /* ISO 8601, UTC */
	const char *token;     /* what `guard --reinstall=allow-token=` must say */
};

struct disk_facts {
	const char *name; /* kernel name, "sda": changes from boot to boot, never used as an id */
	const char *path; /* device node, "/dev/sda" (without the root folder in front) */
	const char *id;  /* stable id for people and plans: "wwn-0x...", else "serial-...", else by-path; NULL
			    if none */
	const char *wwn; /* "0x5000c500a1b2c3d4", "eui.…"; or NULL */
	const char *wwid; /* as multipath spells it, "3600…"; or NULL */
	const char *serial, *vendor, *model, *by_path;
	const char **by_id; /* names in /dev/disk/by-id, NULL-terminated, sorted */
	const char
		*transport; /* "sata", "sas", "fc", "iscsi", "nvme", "usb", "virtio", "xen", "ide", or NULL */
	uint64_t size_bytes;
	unsigned logical_sector, physical_sector; /* bytes */
	bool rotational, removable, read_only;
	bool cdrom;                 /* optical (also virtual media) */
	bool boot_medium;           /* the installer itself came from it */
	const char *multipath_wwid; /* the map that it is one path of; or NULL */
	const char **holders; /* kernel names of what is stacked on it or its partitions ("dm-0", "md127"),
				 NULL-terminated */
	struct disk_content *contents;
	size_t n_contents;
	struct disk_part *parts; /* by number */
	size_t n_parts;
	const struct disk_host *host; /* NULL: no Xenith host was installed on it */
};

/* A physical volume of a group; node and disk are NULL when it is not on this machine. */
struct vg_pv {
	const char *uuid;
	const char *node; /* "sda2" */
	const char *disk; /* kernel name of the whole disk, "sda"; NULL too for one on md or dm */
	uint64_t pe_start_bytes, extents;
};

/* One run of extents of a volume. */
struct vg_seg {
	const char *type;        /* "linear", "striped", "thin", "raid1", ... */
	uint64_t start, extents; /* in the volume */
	const char *pv_node; /* where a linear one lies; NULL: on no node of this machine, or on several */
	uint64_t pv_extent;
};

struct vg_lv {
	const char *name, *uuid, *layout; /* layout: LVM's words, "linear", "thin,sparse", "thin,pool" */
	uint64_t size_bytes;
	struct vg_seg *segs;
	size_t n_segs;
	struct disk_content *contents; /* node is the volume's name */
	size_t n_contents;
};

struct vg_facts {
	const char *name, *uuid;
	uint64_t extent_bytes, extents, free_extents;
	struct vg_pv *pvs;
	size_t n_pvs;
	struct vg_lv *lvs; /* those that people see: no hidden parts of raid or thin volumes */
	size_t n_lvs;
};

struct nic_facts {
	const char *name; /* kernel name now, "ens16" */
	const char *mac;  /* permanent address, lower case with colons */
	const char *driver;
	const char *pci;     /* "0000:00:10.0", or NULL */
	const char *id_path; /* udev ID_PATH, or NULL */
	bool carrier;        /* link is up; false also when the interface is down */
	unsigned speed_mbit; /* 0: unknown */
	unsigned mtu;
};

/* A PCI function for storage or network that hides what is behind it: mostly for want of a driver. */
struct undriven {
	const char *pci;
	unsigned class_code, vendor, device; /* class_code without the interface: 0x0104 */
	const char *name;                    /* of pci.ids; NULL where that isn't there */
	const char *modules;                 /* that are for it, by modules.alias; NULL: none */
	const char *hint;                    /* a sentence for people */
};

struct console_facts {
	int serial_port;    /* 0 for ttyS0 = com1; -1: no serial console */
	unsigned baud;      /* 115200 when not said */
	const char *parity; /* "8n1" */
	bool from_cmdline;  /* console=ttyS0,… said so; otherwise ACPI SPCR did */
	bool vga;           /* a screen is a console too */
};

struct facts {
	struct arena arena;
	struct cpu_facts cpu;
	bool uefi;
	bool secure_boot;
	bool under_xen;   /* read in a dom0 or guest */
	uint64_t mem_mib; /* of the machine (under Xen: of the host where it can be told) */
	const char *vendor, *product, *serial, *uuid; /* SMBIOS; NULL where unknown */
	const char *kernel;                           /* release, "6.12.107+deb13-amd64" */
	const char *cmdline;
	struct console_facts console;
	struct disk_facts *disks; /* whole disks only, no partitions, dm or md; sorted by id, then name */
	size_t n_disks;
	struct vg_facts *vgs; /* sorted by name */
	size_t n_vgs;
	struct nic_facts *nics; /* real ports only: no bridges, bonds, vif; sorted by PCI path, then name */
	size_t n_nics;
	struct undriven *undriven;
	size_t n_undriven;
	const char **firmware; /* files that the kernel asked for and didn't find */
	size_t n_firmware;
};

/* Read all of it. root is "/" or a captured machine's folder. ERR_SYS only when root itself can't be read. */
int facts_read(const char *root, struct facts *ret, struct err *err);
/* Only what the network needs: ports, command line, what has no driver. No disk is looked at. */
int facts_read_ports(const char *root, struct facts *ret, struct err *err);
void facts_clear(struct facts *facts);

/* A word of the boot medium's command line: its value is a console= of the medium's own, no person's. Where
 * the firmware redirects to another serial port (ACPI SPCR), that one is the console. */
#define FACTS_DEFAULT_CONSOLE "xenith.console-default"
/* The serial port that the firmware redirects to, in ret's serial_port, baud and parity; false: none is
 * known. */
bool facts_firmware_console(const char *root, struct console_facts *ret);

/* The text of `xenith facts`, and of `--json` (schema in xenith-facts(1)). */
void facts_print(const struct facts *facts, struct buf *b);
void facts_json(const struct facts *facts, struct buf *b);

enum facts_missing { MISSING_DISK = 1, MISSING_NIC = 2 };

/* Why a disk or a port may be missing here: each sentence with `before` in front; nothing if nothing is
 * known. */
void facts_diagnose(const struct facts *facts, enum facts_missing what, const char *before, struct buf *b);
const char *facts_undriven_kind(const struct undriven *u); /* "RAID controller" */

const char *facts_virt_name(enum virt_level level); /* "pv", "hvm", ... */

/*
 * Whether a disk is the one that a kickstart file names. The name is "disk/by-id/X", "disk/by-path/X" (a
 * leading /dev/ is allowed), "wwn-0x…", "serial=X", "wwid=X", "size=20G" (decimal; sizes within 1 %),
 * "model=X", or a kernel name ("sda").
 */
bool facts_disk_matches(const struct disk_facts *disk, const char *name);

/* The value of a kernel command line word "key=value"; "" for a bare key; NULL if absent. The last one wins.
 * arena owns it. */
const char *facts_cmdline_get(struct arena *a, const char *cmdline, const char *key);

#endif
