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

/* Apply and files of a kickstart text, on two disks sda and sdb. */
static void record_of(const char *text, struct buf *record)
{
	const struct ks_parse_opts opts = { 0 };
	struct ks_diags diags = { 0 };
	struct disk_plan plan = { 0 };
	struct door door = { .record = record };
	struct err err = { 0 };
	struct ks ks = { 0 };
	struct sample s;

	sample_init(&s);
	s.disks[0].path = "/dev/sda";
	s.disks[1] = sample_disk("sdb", "wwn-0x5000c500a1b2c3d5", 20 * GIB);
	s.disks[1].path = "/dev/sdb";
	s.facts.n_disks = 2;
	if (ks_parse("t.ks", text, strlen(text), &opts, &ks, &diags, &err) ||
	    disk_plan_make(&s.facts, &ks, &plan, &err) || disk_apply(&plan, &door, &err))
		fail_msg("%s", err.msg);
	disk_plan_clear(&plan);
	ks_diags_clear(&diags);
	ks_clear(&ks);
}

static void in_this_order(const char *text, const char *const *want)
{
	for (const char *at = text; *want; want++) {
		at = strstr(at, *want);
		if (!at)
			fail_msg("\"%s\" is missing, or comes too early, in:\n%s", *want, text);
		at += strlen(*want);
	}
}

static void layers_through_the_door(void **state)
{
	static const char text[] =
		"ignoredisk --only-use=sda,sdb\nclearpart --all\nreqpart --add-boot\n"
		"part raid.1 --size=9000 --ondisk=sda\npart raid.2 --size=9000 --ondisk=sdb\n"
		"raid pv.1 --device=0 --level=RAID1 --encrypted --passphrase=canary-pw raid.1 raid.2\n"
		"volgroup vg0 pv.1\nlogvol none --vgname=vg0 --name=pool --thinpool --size=4000\n"
		"logvol / --vgname=vg0 --name=root --thin --poolname=pool --size=3000\n"
		"logvol /srv --vgname=vg0 --name=srv --size=1000 --encrypted --passphrase=canary-pw "
		"--cipher=aes-xts-plain64 --pbkdf=pbkdf2 --pbkdf-iterations=1000\n";
	static const char *const want[] = {
		"disk wwn-0x5000c500a1b2c3d5: wait for its partitions\n",
		"run mdadm --create /dev/md0 --run --homehost=any --name=md0 --metadata=1.2 --level=1 "
		"--raid-devices=2 --bitmap=internal --data-offset=8M --size=8992M /dev/sda4 /dev/sdb4\n"
		"wait for /dev/md0\nraid md0: resync slowly\n",
		"run mdadm --create /dev/md/esp --run --homehost=any --name=esp --metadata=1.0 --level=1 "
		"--raid-devices=2 --bitmap=none --size=511M /dev/sda2 /dev/sdb2\n",
		"run cryptsetup luksFormat --batch-mode --key-file=- --type=luks2 /dev/md0\n"
		"run cryptsetup open --type=luks --key-file=- --allow-discards /dev/md0 crypt-pv.1\n",
		"run lvm pvcreate",
		"--zero y /dev/mapper/crypt-pv.1\n",
		"--type thin-pool --name pool --size=4000m --poolmetadatasize=8m --chunksize=64k vg0\n",
		"--type thin --name root --thinpool pool --virtualsize=3000m vg0\n",
		"run cryptsetup luksFormat --batch-mode --key-file=- --type=luks2 --cipher=aes-xts-plain64 "
		"--pbkdf=pbkdf2 --pbkdf-force-iterations=1000 /dev/mapper/vg0-srv\n",
		"run mkfs.vfat -F 32 -n EFI /dev/md/esp\n",
		"run mkfs.ext4 -F -q /dev/md/boot\n",
		"run mkfs.ext4 -F -q /dev/mapper/crypt-srv\n",
		NULL
	};
	auto_buf record = { 0 };

	(void)state;
	record_of(text, &record);
	in_this_order(buf_str(&record), want);
	assert_null(strstr(buf_str(&record), "canary"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(applies_through_the_door),
		cmocka_unit_test(mounts_through_the_door),
		cmocka_unit_test(root_on_lvm_is_named),
		cmocka_unit_test(layers_through_the_door),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
