#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "installer/disk/disk.h"
#include "tests/unit/disk_samples.h"

static void plans_to(struct sample *s, const char *want)
{
	struct disk_plan plan = { 0 };
	struct err err = { 0 };
	auto_buf b = { 0 };

	if (disk_plan_make(&s->facts, &s->ks, &plan, &err))
		fail_msg("%s", err.msg);
	disk_plan_print(&plan, &b);
	assert_string_equal(buf_str(&b), want);
	disk_plan_clear(&plan);
}

static void refuses(struct sample *s, enum err_code code, const char *want)
{
	struct disk_plan plan = { 0 };
	struct err err = { 0 };
	int r = disk_plan_make(&s->facts, &s->ks, &plan, &err);

	assert_int_equal(r, -(int)ERR_KIND(code));
	if (code != ERR_KIND(code))
		assert_int_equal(err.id, code);
	assert_string_equal(err.msg, want);
	assert_null(plan.disks);
}

#define LIST_ONE "\n  wwn-0x5000c500a1b2c3d4  21.5 GB  TESTDISK"
#define SDB      "wwn-0x5000c500a1b2c3d5"
#define LIST_TWO LIST_ONE "\n  " SDB "  32.2 GB  TESTDISK"

static void the_usual_host(void **state)
{
	struct sample s;

	(void)state;
	sample_init(&s);
	plans_to(
		&s,
		"disk wwn-0x5000c500a1b2c3d4 (TESTDISK, 21.5 GB): wipe (empty)\n"
		"disk wwn-0x5000c500a1b2c3d4: new table (gpt)\n"
		"disk wwn-0x5000c500a1b2c3d4: part 1, 1 MiB at 1 MiB, biosboot\n"
		"disk wwn-0x5000c500a1b2c3d4: part 2, 512 MiB at 2 MiB, esp, vfat, label \"EFI\", /boot/efi\n"
		"disk wwn-0x5000c500a1b2c3d4: part 3, 1024 MiB at 514 MiB, boot, ext4, /boot\n"
		"disk wwn-0x5000c500a1b2c3d4: part 4, 18941 MiB at 1538 MiB, lvm, pv.1\n"
		"vg vg0: on pv.1, extents of 4096 KiB, 9724 MiB stay free\n"
		"lv vg0/root: 8192 MiB, ext4, /\n"
		"lv vg0/swap: 1024 MiB, swap\n"
		"disk wwn-0x5000c500a1b2c3d4: boot loader for BIOS and UEFI\n");
}

static void plan_as_data(void **state)
{
	struct disk_plan plan = { 0 };
	struct err err = { 0 };
	struct sample s;
	auto_json *j = NULL;
	const json_t *disk;

	(void)state;
	sample_init(&s);
	assert_int_equal(disk_plan_make(&s.facts, &s.ks, &plan, &err), 0);
	j = disk_plan_json(&plan);
	disk = json_array_get(json_object_get(j, "disks"), 0);
	assert_string_equal(json_string_value(json_object_get(disk, "id")), "wwn-0x5000c500a1b2c3d4");
	assert_int_equal(json_array_size(json_object_get(disk, "parts")), 4);
	assert_string_equal(json_string_value(json_object_get(j, "root_device")), "/dev/mapper/vg0-root");
	disk_plan_clear(&plan);
}

static void mounts_in_order(void **state)
{
	static const char *const want[] = { "/", "/boot", "/boot/efi", "/var", "/var/log", "none", "none" };
	struct disk_plan plan = { 0 };
	struct err err = { 0 };
	struct sample s;

	(void)state;
	sample_init(&s);
	s.vgs[0].name = "vg-0";
	s.lvs[2] = sample_logvol("/var/log", "log-a", 64, true);
	s.lvs[3] = sample_logvol("/var", "var", 64, false);
	s.ks.n_logvols = 4;
	for (size_t i = 0; i < 4; i++)
		s.lvs[i].vgname = "vg-0";
	s.lvs[3].fsoptions = "noatime";
	s.parts[1] = sample_part("swap", 100, false);
	s.ks.n_parts = 2;
	assert_int_equal(disk_plan_make(&s.facts, &s.ks, &plan, &err), 0);
	assert_int_equal(plan.n_mounts, ARRAY_SIZE(want));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		assert_string_equal(plan.mounts[i].mntpoint, want[i]);
	assert_string_equal(plan.mounts[4].dev.node, "/dev/mapper/vg--0-log--a");
	assert_string_equal(plan.mounts[3].options, "noatime");
	assert_string_equal(plan.mounts[2].options, "umask=0077,nofail");
	assert_null(plan.mounts[5].dev.node);
	assert_int_equal(plan.mounts[5].dev.part, 5);
	assert_string_equal(plan.root_device, "/dev/mapper/vg--0-root");
	disk_plan_clear(&plan);
}

static void plain_partitions(void **state)
{
	struct sample s;

	(void)state;
	sample_init(&s);
	s.ks.n_volgroups = s.ks.n_logvols = 0;
	s.parts[0] = sample_part("/", 4096, true);
	s.parts[0].fstype = "xfs";
	s.parts[0].label = "root";
	s.parts[1] = sample_part("/home", 4096, true);
	s.parts[1].maxsize_mib = 5000;
	s.parts[1].fstype = "ext3";
	s.parts[2] = sample_part("swap", -1, false);
	s.parts[2].recommended = true;
	s.ks.n_parts = 3;
	s.ks.reqpart.add_boot = false;
	plans_to(
		&s,
		"disk wwn-0x5000c500a1b2c3d4 (TESTDISK, 21.5 GB): wipe (empty)\n"
		"disk wwn-0x5000c500a1b2c3d4: new table (gpt)\n"
		"disk wwn-0x5000c500a1b2c3d4: part 1, 1 MiB at 1 MiB, biosboot\n"
		"disk wwn-0x5000c500a1b2c3d4: part 2, 512 MiB at 2 MiB, esp, vfat, label \"EFI\", /boot/efi\n"
		"disk wwn-0x5000c500a1b2c3d4: part 3, 10869 MiB at 514 MiB, linux, xfs, label \"root\", /\n"
		"disk wwn-0x5000c500a1b2c3d4: part 4, 5000 MiB at 11383 MiB, linux, ext3, /home\n"
		"disk wwn-0x5000c500a1b2c3d4: part 5, 4096 MiB at 16383 MiB, swap\n"
		"disk wwn-0x5000c500a1b2c3d4: boot loader for BIOS and UEFI\n");
}

static void contents_are_shown_first(void **state)
{
	static struct disk_content old[] = { { .node = "sda", .type = "gpt" },
					     { .node = "sda1", .type = "ext4", .label = "old" },
					     { .node = "sda2", .type = "LVM2_member" } };
	struct disk_plan plan = { 0 };
	struct err err = { 0 };
	struct sample s;
	auto_buf b = { 0 };

	(void)state;
	sample_init(&s);
	s.disks[0].contents = old;
	s.disks[0].n_contents = ARRAY_SIZE(old);
	assert_int_equal(disk_plan_make(&s.facts, &s.ks, &plan, &err), 0);
	disk_plan_print(&plan, &b);
	assert_true(str_starts(buf_str(&b),
			       "disk wwn-0x5000c500a1b2c3d4 (TESTDISK, 21.5 GB): wipe (gpt, ext4 \"old\" on "
			       "part 1, LVM2_member on part 2)\n"));
	disk_plan_clear(&plan);
	s.ks.clearpart.at.line = 0;
	refuses(&s, ERR_MACHINE,
		"disk wwn-0x5000c500a1b2c3d4 is not empty and the kickstart file does not allow to clear it: "
		"it "
		"has gpt, ext4 \"old\" on part 1, LVM2_member on part 2; add \"clearpart --all\" if that may "
		"be "
		"destroyed");
	/* Without a table, zerombr is leave enough. */
	s.ks.clearpart.at.line = 0;
	old[0].type = "xfs";
	s.disks[0].n_contents = 1;
	assert_int_equal(disk_plan_make(&s.facts, &s.ks, &plan, &err), 0);
	disk_plan_clear(&plan);
	s.ks.zerombr.at.line = 0;
	assert_int_equal(disk_plan_make(&s.facts, &s.ks, &plan, &err), -ERR_MACHINE);
	old[0].type = "gpt";
}

static void two(struct sample *s)
{
	sample_init(s);
	s->disks[1] = sample_disk("sdb", SDB, 30 * GIB);
	s->facts.n_disks = 2;
}

static void a_disk_must_be_named_among_several(void **state)
{
	struct sample s;

	(void)state;
	two(&s);
	refuses(&s, ERR_INPUT,
		"the kickstart file names no disk, and this machine has 2; add \"ignoredisk --only-use=\" "
		"with one "
		"of:" LIST_TWO);
	s.disks[2] = sample_disk("sr0", "serial-CD", GIB);
	s.disks[2].cdrom = true;
	s.facts.n_disks = 3; /* not worth a mention */
	refuses(&s, ERR_INPUT,
		"the kickstart file names no disk, and this machine has 2; add \"ignoredisk --only-use=\" "
		"with one "
		"of:" LIST_TWO);
	s.facts.n_disks = 2;
	s.disks[1].removable = true;
	s.disks[0].removable = true;
	refuses(&s, ERR_DISK_NONE,
		"no disk of this machine can be installed on; its disks are:" LIST_ONE
		"  (removable, used only when named)\n  " SDB
		"  32.2 GB  TESTDISK  (removable, used only when named)");
}

static void only_use(struct sample *s, const char *a, const char *b)
{
	s->names[0] = a;
	s->names[1] = b;
	s->ks.ignoredisk.at = sample_at(3);
	sample_words(&s->ks.ignoredisk.only_use, s->names, b ? 2 : 1);
}

static void named_disks_match_exactly_one(void **state)
{
	struct disk_plan plan = { 0 };
	struct err err = { 0 };
	struct sample s;

	(void)state;
	two(&s);
	only_use(&s, SDB, NULL);
	assert_int_equal(disk_plan_make(&s.facts, &s.ks, &plan, &err), 0);
	assert_int_equal(plan.n_disks, 1);
	assert_string_equal(plan.disks[0].id, SDB);
	disk_plan_clear(&plan);
	only_use(&s, "wwn-0xdead", NULL);
	refuses(&s, ERR_INPUT,
		"t.ks:3: wwn-0xdead: no disk of this machine has that name; its disks are:" LIST_TWO);
	only_use(&s, "model=TESTDISK", NULL);
	refuses(&s, ERR_MACHINE,
		"t.ks:3: model=TESTDISK: 2 disks of this machine match, and exactly one must; name one of "
		"them by "
		"its id or serial:" LIST_TWO);
	/* A name in any place counts. */
	s.ks.ignoredisk.at.line = 0;
	s.ks.ignoredisk.only_use.n = 0;
	s.ks.bootloader.at = sample_at(9);
	s.ks.bootloader.boot_drive = "sdb";
	assert_int_equal(disk_plan_make(&s.facts, &s.ks, &plan, &err), 0);
	assert_string_equal(plan.disks[0].id, SDB);
	disk_plan_clear(&plan);
}

static void never_written(void **state)
{
	struct sample s;

	(void)state;
	two(&s);
	only_use(&s, "sdb", NULL);
	s.disks[1].boot_medium = true;
	refuses(&s, ERR_MACHINE, "t.ks:3: sdb: disk " SDB " cannot be used: the installer came from it");
	s.disks[1].boot_medium = false;
	s.disks[1].cdrom = true;
	refuses(&s, ERR_MACHINE, "t.ks:3: sdb: disk " SDB " cannot be used: it is optical");
	s.disks[1].cdrom = false;
	s.disks[1].read_only = true;
	refuses(&s, ERR_MACHINE, "t.ks:3: sdb: disk " SDB " cannot be used: it is read-only");
	s.disks[1].read_only = false;
	s.disks[1].multipath_wwid = "3600";
	refuses(&s, ERR_MACHINE,
		"t.ks:3: sdb: disk " SDB " cannot be used: it is only one path to a LUN that has several");
	/* Two paths, and nothing has made a map of them yet. */
	s.disks[1].multipath_wwid = NULL;
	s.disks[1].wwid = s.disks[0].wwid = "3600";
	refuses(&s, ERR_MACHINE,
		"t.ks:3: sdb: disk " SDB " cannot be used: it is only one path to a LUN that has several");
}

static void one_good_disk_is_found(void **state)
{
	struct disk_plan plan = { 0 };
	struct err err = { 0 };
	struct sample s;

	(void)state;
	two(&s);
	s.disks[0].transport = "fc";
	assert_int_equal(disk_plan_make(&s.facts, &s.ks, &plan, &err), 0);
	assert_string_equal(plan.disks[0].id, SDB);
	disk_plan_clear(&plan);
	two(&s);
	s.names[0] = "sda";
	sample_words(&s.ks.ignoredisk.drives, s.names, 1);
	assert_int_equal(disk_plan_make(&s.facts, &s.ks, &plan, &err), 0);
	assert_string_equal(plan.disks[0].id, SDB);
	disk_plan_clear(&plan);
}

static void several_disks(void **state)
{
	struct sample s;

	(void)state;
	two(&s);
	s.parts[0] = sample_part("pv.1", 1000, true);
	s.parts[0].ondisk = "sdb";
	s.parts[1] = sample_part("pv.2", 1000, false);
	s.parts[1].ondisk = "sda";
	s.ks.n_parts = 2;
	s.pvs[1] = "pv.2";
	s.vgs[0].pvs.n = 2;
	only_use(&s, "sda", "sdb");
	s.lvs[0].grow = true;
	s.lvs[0].size_mib = 1;
	plans_to(
		&s,
		"disk wwn-0x5000c500a1b2c3d4 (TESTDISK, 21.5 GB): wipe (empty)\n"
		"disk " SDB " (TESTDISK, 32.2 GB): wipe (empty)\n"
		"disk wwn-0x5000c500a1b2c3d4: new table (gpt)\n"
		"disk wwn-0x5000c500a1b2c3d4: part 1, 1 MiB at 1 MiB, biosboot\n"
		"disk wwn-0x5000c500a1b2c3d4: part 2, 512 MiB at 2 MiB, esp, vfat, label \"EFI\", /boot/efi\n"
		"disk wwn-0x5000c500a1b2c3d4: part 3, 1024 MiB at 514 MiB, boot, ext4, /boot\n"
		"disk wwn-0x5000c500a1b2c3d4: part 4, 1000 MiB at 1538 MiB, lvm, pv.2\n"
		"disk " SDB ": new table (gpt)\n"
		"disk " SDB ": part 1, 30718 MiB at 1 MiB, lvm, pv.1\n"
		"vg vg0: on pv.1 pv.2, extents of 4096 KiB, 0 MiB stay free\n"
		"lv vg0/root: 30688 MiB, ext4, /\n"
		"lv vg0/swap: 1024 MiB, swap\n"
		"disk wwn-0x5000c500a1b2c3d4: boot loader for BIOS and UEFI\n");
	only_use(&s, "sda", NULL);
	refuses(&s, ERR_INPUT, "t.ks:10: sdb: ignoredisk --only-use does not list this disk (line 3)");
}

static void shares_of_a_group(void **state)
{
	struct disk_plan plan = { 0 };
	struct err err = { 0 };
	struct sample s;

	(void)state;
	sample_init(&s);
	s.vgs[0].reserved_percent = 50;
	s.lvs[0] = sample_logvol("/", "root", 1, true);
	s.lvs[0].percent = 50;
	s.lvs[1] = sample_logvol("/srv", "srv", 1, true);
	s.lvs[1].maxsize_mib = 102;
	assert_int_equal(disk_plan_make(&s.facts, &s.ks, &plan, &err), 0);
	/* 18940 MiB are 4735 extents; 2367 stay, 2366 are to be shared. */
	assert_int_equal(plan.vgs[0].lvs[0].size_mib, (1 + 1183) * 4);
	assert_int_equal(plan.vgs[0].lvs[1].size_mib, 100);
	assert_int_equal(plan.vgs[0].free_mib, 4735 * 4 - (1 + 1183) * 4 - 100);
	disk_plan_clear(&plan);
}

static void too_small(void **state)
{
	struct sample s;

	(void)state;
	sample_init(&s);
	s.disks[0].size_bytes = 1 * GIB;
	refuses(&s, ERR_MACHINE,
		"disk wwn-0x5000c500a1b2c3d4 is too small: the partitions need 1538 MiB, and 1022 MiB of it "
		"can be "
		"used");
	s.disks[0].size_bytes = 8 * GIB;
	refuses(&s, ERR_MACHINE,
		"t.ks:15: vg0: this volume group is too small: it has 6652 MiB, and 9216 MiB are needed");
	sample_init(&s);
	s.lvs[0].fstype = "xfs";
	s.lvs[0].size_mib = 100;
	refuses(&s, ERR_DISK_FS_SMALL, "t.ks:20: root: gets 100 MiB, and xfs needs at least 300");
}

static void wrong_lines(void **state)
{
	struct sample s;

	(void)state;
	sample_init(&s);
	s.parts[0].encrypted = true;
	refuses(&s, ERR_INPUT, "t.ks:10: --encrypted: needs --passphrase");
	sample_init(&s);
	s.lvs[0].fstype = "ext5";
	refuses(&s, ERR_INPUT, "t.ks:20: ext5: no such file system type here (did you mean ext4?)");
	sample_init(&s);
	s.lvs[1].mntpoint = "/";
	refuses(&s, ERR_INPUT, "t.ks:20: /: this mount point is used twice");
	sample_init(&s);
	s.lvs[0].mntpoint = "/srv";
	refuses(&s, ERR_DISK_NO_ROOT, "the kickstart file has no part or logvol for /");
	sample_init(&s);
	s.lvs[0].vgname = "vg1";
	refuses(&s, ERR_INPUT, "t.ks:20: vg1: no volgroup line makes this volume group");
	sample_init(&s);
	s.pvs[0] = "pv.2";
	refuses(&s, ERR_INPUT, "t.ks:15: pv.2: no `part` or `raid` line makes this physical volume");
	sample_init(&s);
	s.ks.n_volgroups = s.ks.n_logvols = 0;
	refuses(&s, ERR_INPUT, "t.ks:10: pv.1: no volgroup line uses this physical volume");
	sample_init(&s);
	s.parts[0].size_mib = -1;
	refuses(&s, ERR_INPUT, "t.ks:10: pv.1: --size is missing or 0");
	sample_init(&s);
	s.ks.clearpart.disklabel = "dasd";
	refuses(&s, ERR_INPUT, "t.ks:5: --disklabel=dasd: is for the DASDs of IBM Z, where Xen does not run");
	sample_init(&s);
	s.ks.reqpart.at.line = 0;
	refuses(&s, ERR_INPUT,
		"this machine starts by BIOS and the kickstart file has no biosboot partition for its boot "
		"loader; "
		"add \"reqpart --add-boot\"");
	s.facts.uefi = true;
	refuses(&s, ERR_INPUT,
		"this machine starts by UEFI and the kickstart file has no /boot/efi partition for its boot "
		"loader; "
		"add \"reqpart --add-boot\"");
	sample_init(&s);
	s.lvs[0].label = "a label that is too long";
	refuses(&s, ERR_INPUT,
		"t.ks:20: a label that is too long: a label on ext4 has at most 16 bytes, this has 24");
}

static void partition_nodes(void **state)
{
	static const char *const want[][2] = { { "/dev/sda", "/dev/sda3" },
					       { "/dev/nvme0n1", "/dev/nvme0n1p3" },
					       { "/dev/mapper/mpatha", "/dev/mapper/mpatha-part3" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		auto_free char *got = disk_part_path(want[i][0], 3);

		assert_string_equal(got, want[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_usual_host),
		cmocka_unit_test(plan_as_data),
		cmocka_unit_test(mounts_in_order),
		cmocka_unit_test(plain_partitions),
		cmocka_unit_test(contents_are_shown_first),
		cmocka_unit_test(a_disk_must_be_named_among_several),
		cmocka_unit_test(named_disks_match_exactly_one),
		cmocka_unit_test(never_written),
		cmocka_unit_test(one_good_disk_is_found),
		cmocka_unit_test(several_disks),
		cmocka_unit_test(shares_of_a_group),
		cmocka_unit_test(too_small),
		cmocka_unit_test(wrong_lines),
		cmocka_unit_test(partition_nodes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
