/* A volume group on two loop devices, made without device-mapper: root on the first, vm1 over both. */
#ifndef TESTS_UNIT_VG_SAMPLE_H
#define TESTS_UNIT_VG_SAMPLE_H

#include "base/file.h"
#include "tests/unit/disk_loop.h"

#define VG_DISK ((uint64_t)400 << 20)
#define VG_ROOT ((uint64_t)1 << 20) /* where its extents begin: pe_start */
#define VG_VM1  (VG_ROOT + ((uint64_t)100 << 20))
#define VG_CONFIG                                                                                       \
	"devices{use_devicesfile=0 obtain_device_list_from_udev=0 external_device_info_source=\"none\"" \
	" hints=\"none\"} backup{backup=0 archive=0} activation{udev_sync=0 udev_rules=0}"

#define VG_LV(name, n, segs)                                             \
	name " {\nid = \"LVlvlv-0000-0000-0000-0000-0000-00000" n "\"\n" \
	     "status = [\"READ\", \"WRITE\", \"VISIBLE\"]\nflags = []\nsegment_count = " segs "\n"
#define VG_SEG(n, start, count, pv, at)                                        \
	"segment" n " {\nstart_extent = " start "\nextent_count = " count "\n" \
	"type = \"striped\"\nstripe_count = 1\nstripes = [ \"" pv "\", " at " ]\n}\n"
#define VG_PV(name, n)                                                       \
	name " {\nid = \"PVpvpv-0000-0000-0000-0000-0000-00000" n "\"\n"     \
	     "device = \"/dev/x\"\nstatus = [\"ALLOCATABLE\"]\nflags = []\n" \
	     "dev_size = 819200\npe_start = 2048\npe_count = 99\n}\n"

static const char vg_text[] =
	"contents = \"Text Format Volume Group\"\nversion = 1\nvgt {\n"
	"id = \"VGvgvg-0000-0000-0000-0000-0000-000001\"\nseqno = 5\nformat = \"lvm2\"\n"
	"status = [\"RESIZEABLE\", \"READ\", \"WRITE\"]\nflags = []\nextent_size = 8192\n"
	"max_lv = 0\nmax_pv = 0\nmetadata_copies = 0\nphysical_volumes {\n" VG_PV("pv0", "1")
		VG_PV("pv1", "2") "}\nlogical_volumes {\n" VG_LV("root", "1", "1")
			VG_SEG("1", "0", "25", "pv0", "0") "}\n" VG_LV("vm1", "2", "2")
				VG_SEG("1", "0", "74", "pv0", "25")
					VG_SEG("2", "74", "10", "pv1", "0") "}\n}\n}\n";

static inline void vg_make(const struct loop *a, const struct loop *b)
{
	auto_free char *devices = xasprintf("%s,%s", a->path, b->path);
	char file[] = P_tmpdir "/test_vg_XXXXXX";
	auto_close int fd = mkstemp(file);
	auto_buf out = { 0 };
	struct err err = { 0 };

	if (fd < 0 || file_write(file, vg_text, sizeof(vg_text) - 1, 0600, &err))
		fail_msg("%s: %s", file, err.msg);
	run_words(&out, 0, "lvm", "pvcreate", "--yes", "--config", VG_CONFIG, "--devices", devices,
		  "--norestorefile", "--uuid", "PVpvpv-0000-0000-0000-0000-0000-000001", a->path, NULL);
	run_words(&out, 0, "lvm", "pvcreate", "--yes", "--config", VG_CONFIG, "--devices", devices,
		  "--norestorefile", "--uuid", "PVpvpv-0000-0000-0000-0000-0000-000002", b->path, NULL);
	run_words(&out, 0, "lvm", "vgcfgrestore", "--yes", "--config", VG_CONFIG, "--devices", devices, "-f",
		  file, "vgt", NULL);
	unlink(file);
}

#endif
