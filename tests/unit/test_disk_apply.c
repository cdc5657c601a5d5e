#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "installer/disk/disk.h"
#include "tests/unit/disk_samples.h"

#define LVM(command, devices)                                                                           \
	"run lvm " command " --yes --config 'devices{use_devicesfile=0 obtain_device_list_from_udev=0 " \
	"external_device_info_source=\"none\" hints=\"none\" data_alignment_detection=0 "               \
	"data_alignment_offset_detection=0} backup{backup=0 archive=0} activation{udev_sync=0 "         \
	"udev_rules=0}' --devices " devices " "

static void applies_through_the_door(void **state)
{
	struct disk_plan plan = { 0 };
	struct err err = { 0 };
	auto_buf record = { 0 };
	struct door door = { .record = &record };
	struct sample s;

	(void)state;
	sample_init(&s);
	s.disks[0].path = "/dev/sda";
	s.lvs[0].fstype = "xfs";
	s.lvs[0].label = "root";
	s.lvs[0].mkfsoptions = "-i size=1024";
	assert_int_equal(disk_plan_make(&s.facts, &s.ks, &plan, &err), 0);
	if (disk_apply(&plan, &door, &err))
		fail_msg("%s", err.msg);
	assert_string_equal(buf_str(&record),
			    "disk wwn-0x5000c500a1b2c3d4: stop what uses it\n"
			    "disk wwn-0x5000c500a1b2c3d4: wipe all signatures and check that none is left\n"
			    "disk wwn-0x5000c500a1b2c3d4: write the partition table\n"
			    "disk wwn-0x5000c500a1b2c3d4: wait for its partitions\n"
			    /* clang-format off */
		LVM("pvcreate", "/dev/sda4") "--zero y /dev/sda4\n"
		LVM("vgcreate", "/dev/sda4") "--physicalextentsize 4096k vg0 /dev/sda4\n"
		LVM("lvcreate", "/dev/sda4") "--wipesignatures y --zero y --name root --size 8192m vg0\n"
		LVM("lvcreate", "/dev/sda4") "--wipesignatures y --zero y --name swap --size 1024m vg0\n"
									  /* clang-format on */
									  "run mkfs.vfat -F 32 -n EFI "
									  "/dev/sda2\n"
									  "run mkfs.ext4 -F -q /dev/sda3\n"
									  "wait for /dev/mapper/vg0-root\n"
									  "run mkfs.xfs -f -q -L root -i "
									  "size=1024 /dev/mapper/vg0-root\n"
									  "wait for /dev/mapper/vg0-swap\n"
									  "run mkswap -f "
									  "/dev/mapper/vg0-swap\n");
	disk_plan_clear(&plan);
}

static void mounts_through_the_door(void **state)
{
	struct disk_plan plan = { 0 };
	struct err err = { 0 };
	auto_buf record = { 0 };
	struct door door = { .record = &record };
	struct sample s;

	(void)state;
	sample_init(&s);
	s.disks[0].path = "/dev/nvme0n1";
	assert_int_equal(disk_plan_make(&s.facts, &s.ks, &plan, &err), 0);
	assert_int_equal(disk_mount(&plan, "/target", &door, &err), 0);
	assert_int_equal(disk_umount(&plan, "/target", &door, &err), 0);
	assert_string_equal(buf_str(&record), "mount /dev/mapper/vg0-root on /target (ext4)\n"
					      "mount /dev/nvme0n1p3 on /target/boot (ext4)\n"
					      "mount /dev/nvme0n1p2 on /target/boot/efi (vfat)\n"
					      "unmount everything below /target\n");
	disk_plan_clear(&plan);
}

static void root_on_lvm_is_named(void **state)
{
	struct disk_plan plan = { 0 };
	struct err err = { 0 };
	auto_free char *root = NULL;
	struct sample s;

	(void)state;
	sample_init(&s);
	assert_int_equal(disk_plan_make(&s.facts, &s.ks, &plan, &err), 0);
	assert_int_equal(disk_root_arg(&plan, &root, &err), 0);
	assert_string_equal(root, "/dev/mapper/vg0-root");
	disk_plan_clear(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(applies_through_the_door),
		cmocka_unit_test(mounts_through_the_door),
		cmocka_unit_test(root_on_lvm_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
