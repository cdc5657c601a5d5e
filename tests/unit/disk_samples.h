/* Machines and kickstart files, built by hand, for the tests of installer/disk. */
#ifndef TESTS_UNIT_DISK_SAMPLES_H
#define TESTS_UNIT_DISK_SAMPLES_H

#include "base/util.h"
#include "facts/facts.h"
#include "kickstart/ks.h"

#define GIB ((uint64_t)1 << 30)

static const char *no_words[] = { NULL };

/* An ordinary empty disk. */
static inline struct disk_facts sample_disk(const char *name, const char *wwn, uint64_t size)
{
	struct disk_facts d = { .name = name,
				.path = "/dev/unset",
				.id = wwn,
				.wwn = wwn ? wwn + 4 : NULL,
				.model = "TESTDISK",
				.transport = "sas",
				.size_bytes = size,
				.logical_sector = 512,
				.physical_sector = 4096,
				.by_id = no_words,
				.holders = no_words };
	return d;
}

static inline struct ks_at sample_at(unsigned line)
{
	return (struct ks_at){ .file = "t.ks", .line = line };
}

static inline struct ks_part sample_part(const char *mntpoint, int64_t size, bool grow)
{
	return (struct ks_part){
		.at = sample_at(10), .mntpoint = mntpoint, .size_mib = size, .maxsize_mib = -1, .grow = grow
	};
}

static inline struct ks_logvol sample_logvol(const char *mntpoint, const char *name, int64_t size, bool grow)
{
	return (struct ks_logvol){ .at = sample_at(20),
				   .mntpoint = mntpoint,
				   .name = name,
				   .vgname = "vg0",
				   .size_mib = size,
				   .maxsize_mib = -1,
				   .percent = -1,
				   .grow = grow };
}

#define SAMPLE_MAX 8

/* The example of shared kickstart files: reqpart --add-boot, one PV, one VG, / and swap on LVs. */
struct sample {
	struct facts facts;
	struct ks ks;
	struct disk_facts disks[SAMPLE_MAX];
	struct ks_part parts[SAMPLE_MAX];
	struct ks_logvol lvs[SAMPLE_MAX];
	struct ks_volgroup vgs[2];
	const char *names[SAMPLE_MAX];
	const char *pvs[SAMPLE_MAX];
};

static inline void sample_words(struct ks_list *list, const char **v, size_t n)
{
	list->v = v;
	list->n = n;
}

static inline void sample_init(struct sample *s)
{
	*s = (struct sample){ 0 };
	s->disks[0] = sample_disk("sda", "wwn-0x5000c500a1b2c3d4", 20 * GIB);
	s->facts.disks = s->disks;
	s->facts.n_disks = 1;
	s->facts.mem_mib = 4096;
	s->ks.clearpart = (struct ks_clearpart){ .at = sample_at(5), .all = true, .initlabel = true };
	s->ks.zerombr.at = sample_at(4);
	s->ks.reqpart = (struct ks_reqpart){ .at = sample_at(6), .add_boot = true };
	s->parts[0] = sample_part("pv.1", 1, true);
	s->ks.parts = s->parts;
	s->ks.n_parts = 1;
	s->pvs[0] = "pv.1";
	s->vgs[0] = (struct ks_volgroup){ .at = sample_at(15), .name = "vg0", .pesize_kib = -1 };
	sample_words(&s->vgs[0].pvs, s->pvs, 1);
	s->ks.volgroups = s->vgs;
	s->ks.n_volgroups = 1;
	s->lvs[0] = sample_logvol("/", "root", 8192, false);
	s->lvs[1] = sample_logvol("swap", "swap", 1024, false);
	s->ks.logvols = s->lvs;
	s->ks.n_logvols = 2;
}

#endif
