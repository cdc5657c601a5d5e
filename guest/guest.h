/*
 * Guests: what is asked (struct guest_spec), the dom0 that it is asked of (struct guest_host), and what will
 * be done (struct guest_plan). Planning is pure; all strings belong to the arena of the struct that holds
 * them, or to what it was made from.
 */
#ifndef GUEST_GUEST_H
#define GUEST_GUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/argv.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"

enum guest_type { GUEST_PVH, GUEST_PV, GUEST_HVM };

/* How its system gets onto its first disk. */
enum guest_route {
	GUEST_DISK,      /* it is there already */
	GUEST_DIRECT,    /* packages/ writes a Debian root into the volume */
	GUEST_IMAGE,     /* a composed root is streamed into the volume */
	GUEST_INSTALLER, /* an installer's kernel and initrd are booted, the answers in the initrd */
};

enum guest_disk_kind { GDISK_LV, GDISK_THIN, GDISK_FILE, GDISK_EXISTING };

struct guest_disk {
	enum guest_disk_kind kind;
	const char *vg, *lv, *pool; /* of an LV; pool: a thin one's */
	const char *path;           /* "/dev/VG/LV", or the file */
	const char *format;         /* "raw", "qcow2" */
	const char *vdev;           /* "xvda" */
	uint64_t size_mib;          /* to make; 0: as it is there */
	bool read_only, discard, cdrom;
	const char *word; /* as it was asked, for errors */
};

struct guest_nic {
	const char *bridge, *mac, *vifname, *rate;
	unsigned vlan, mtu; /* 0: none, default */
	const char *word;
};

struct guest_spec {
	struct arena arena;
	const char *name;
	const char *uuid; /* NULL: made from the name and the host */
	enum guest_type type;
	bool type_said;
	uint64_t memory_mib, maxmem_mib; /* maxmem 0: the same */
	uint64_t vcpus, maxvcpus;
	struct guest_disk *disks;
	size_t n_disks;
	struct guest_nic *nics;
	size_t n_nics;
	const char *graphics; /* "none", "vnc" */
	bool autostart;
	uint64_t order, delay_s; /* of autostart */
	struct argv xl;          /* further lines of xl.cfg(5), "cpuid=..." */
	/* What the rendered answers say; */
	enum guest_route route;
	const char *template;                                  /* its name; NULL: none */
	const char *dialect;                                   /* of its first file */
	const char *source_url;                                /* of the tree, suite or image; NULL: none */
	const char *iso;                                       /* or the installer's medium */
	const char *kernel, *initrd;                           /* or its kernel, by name */
	bool kernel_known, kernel_pv, kernel_pvh, kernel_zstd; /* what guest_source_probe found in it */
	const char *append, *extra; /* for the kernel's command line: of the answers' bootloader, as asked */
	const char *ip;    /* the address that the values give, without /LENGTH; NULL: none or DHCP */
	uint64_t root_mib; /* that its root wants at least; 0: not said */
};

struct guest_vg {
	const char *name, *uuid;
	uint64_t extent_bytes, free_extents;
	bool shared;          /* vgs' attribute: clustered or shared; or its tag says so */
	const char *lock;     /* "sanlock", "dlm" or NULL */
	bool san;             /* a PV of it is on a multipath map or a fabric */
	const char **missing; /* PVs that aren't there, NULL-terminated; NULL: none */
};

struct guest_lv {
	const char *vg, *name;
	uint64_t size_bytes;
	const char *pool, *origin; /* or NULL */
	bool is_pool, open;
	const char *tags; /* "a,b" or "" */
};

/* A guest that is configured on the host. */
struct guest_known {
	const char *file; /* "/etc/xen/web1.cfg" */
	const char *name, *uuid;
	json_t *config; /* guest/xlcfg.h */
	json_t *record; /* what create stored beside it; or NULL */
	bool autostart; /* /etc/xen/start or /etc/xen/auto has it */
};

struct guest_host {
	struct arena arena;
	const char *root; /* "/" or a captured machine's folder */
	const char *id;   /* machine-id(5) */
	const char *name; /* hostname */
	struct guest_vg *vgs;
	size_t n_vgs;
	struct guest_lv *lvs;
	size_t n_lvs;
	const char **bridges;      /* sorted; NULL-terminated */
	const char **vlan_bridges; /* those that filter VLANs */
	struct guest_known *guests;
	size_t n_guests;
	const char **unread;    /* "FILE: reason" of configs that can't be read; NULL-terminated */
	const char *pvh_loader; /* grub-xen-host's image, or NULL */
	const char *pv_loader;
	const char *pygrub; /* of the newest Xen that is here, or NULL */
	uint64_t mem_mib;   /* of the machine; 0: unknown */
	uint64_t cpus;
	bool hvm; /* the processor and Xen can run HVM and PVH guests */
};

struct guest_plan {
	struct arena arena;
	const struct guest_spec *spec;
	const char *name, *uuid, *config_path;
	enum guest_type type;
	const char *why_type; /* one sentence */
	struct guest_disk *disks;
	size_t n_disks;
	struct guest_nic *nics;
	size_t n_nics;
	json_t *config;  /* the guest's own xl.cfg */
	json_t *install; /* the one that boots the installer; NULL: none */
};

const char *guest_type_name(enum guest_type type);
const char *guest_route_name(enum guest_route route);

/* spec.c: words of the command line. Each: ERR_USAGE names the word. */
int guest_size_mib(const char *text, uint64_t *ret); /* "2G", "512M", "2048" (MiB); 0 or -1 */
int guest_spec_disk(struct guest_spec *spec, const char *word, struct err *err);
int guest_spec_nic(struct guest_spec *spec, const char *word, struct err *err);
int guest_spec_type(struct guest_spec *spec, const char *word, struct err *err);
void guest_spec_clear(struct guest_spec *spec);
/* Whether it can name a domain, a volume and a host: letters, digits, and . _ - inside; 63 at most. */
bool guest_name_ok(const char *name);

/* host.c: read what planning needs. root "/" or a captured machine. ERR_SYS, ERR_TOOL. */
int guest_host_read(const char *root, struct guest_host *ret, struct err *err);
void guest_host_clear(struct guest_host *host);
const struct guest_known *guest_host_find(const struct guest_host *host, const char *name);
const struct guest_lv *guest_host_lv(const struct guest_host *host, const char *vg, const char *name);
const struct guest_vg *guest_host_vg(const struct guest_host *host, const char *name);
/* Whether a configured guest has it. */
bool guest_host_has_mac(const struct guest_host *host, const char *mac);

/* The command line of a kernel whose root was written by GUEST_DIRECT or GUEST_IMAGE; added to ret. */
void guest_kernel_words(const struct guest_spec *spec, enum guest_type type, struct buf *ret);

/*
 * plan.c: pure. All that is wrong (ERR_INPUT, ERR_MACHINE) is said in one pass: names, MACs, addresses and
 * volumes that are taken, bridges and groups that aren't there, sizes that don't fit.
 */
int guest_plan_make(const struct guest_host *host, const struct guest_spec *spec, struct guest_plan *ret,
		    struct err *err);
void guest_plan_clear(struct guest_plan *plan);
/* print.c */
void guest_plan_print(const struct guest_plan *plan, struct buf *b);
json_t *guest_plan_json(const struct guest_plan *plan);
/* libvirt.c: the guest as libvirt's domain XML (driver libxl). */
void guest_libvirt_xml(const struct guest_plan *plan, struct buf *b);

/* ident.c: 00:16:3e and three bytes of a hash of the name and n: the same on every host. free(3). */
char *guest_mac(const char *name, unsigned n, unsigned turn);
/* A version 8 UUID of text. free(3). */
char *guest_uuid(const char *text);

#endif
