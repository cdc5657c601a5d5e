/* Disk plans of captured machines, from kickstart text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/util.h"
#include "installer/disk/disk.h"

/* The plan's text, or "-CODE: message". */
static void is(const char *machine, const char *text, const char *want)
{
	struct facts facts = { 0 };
	struct ks ks = { 0 };
	struct ks_diags diags = { 0 };
	const struct ks_parse_opts opts = { 0 };
	struct disk_plan plan = { 0 };
	struct err err = { 0 };
	auto_buf got = { 0 };
	int r;

	if (facts_read(machine, &facts, &err) ||
	    ks_parse("host.ks", text, strlen(text), &opts, &ks, &diags, &err))
		fail_msg("%s", err.msg);
	r = disk_plan_make(&facts, &ks, &plan, &err);
	if (r)
		buf_addf(&got, "%d: %s", r, err.msg);
	else
		disk_plan_print(&plan, &got);
	assert_string_equal(buf_str(&got), want);
	disk_plan_clear(&plan);
	ks_diags_clear(&diags);
	ks_clear(&ks);
	facts_clear(&facts);
}

#define REST                                                            \
	"zerombr\nclearpart --all --initlabel\nreqpart --add-boot\n"    \
	"part pv.1 --size=1 --grow\nvolgroup vg0 pv.1\n"                \
	"logvol / --vgname=vg0 --name=root --size=8192 --fstype=ext4\n" \
	"logvol swap --vgname=vg0 --name=swap --size=1024\n"

static void reinstall(void **state)
{
	(void)state;
	is("tests/facts/under-xen",
	   "ignoredisk --only-use=disk/by-id/wwn-0x600508b1001c0000000000000000c003\n" REST,
	   "disk wwn-0x600508b1001c0000000000000000c003 (LOGICAL VOLUME, 300.0 GB): wipe (gpt, ext4 \"boot\" "
	   "on part "
	   "2, LVM2_member on part 3)\n"
	   "disk wwn-0x600508b1001c0000000000000000c003: new table (gpt)\n"
	   "disk wwn-0x600508b1001c0000000000000000c003: part 1, 1 MiB at 1 MiB, biosboot\n"
	   "disk wwn-0x600508b1001c0000000000000000c003: part 2, 512 MiB at 2 MiB, esp, vfat, label \"EFI\", "
	   "/boot/efi\n"
	   "disk wwn-0x600508b1001c0000000000000000c003: part 3, 1024 MiB at 514 MiB, boot, ext4, /boot\n"
	   "disk wwn-0x600508b1001c0000000000000000c003: part 4, 284531 MiB at 1538 MiB, lvm, pv.1\n"
	   "vg vg0: on pv.1, extents of 4096 KiB, 275312 MiB stay free\n"
	   "lv vg0/root: 8192 MiB, ext4, /\n"
	   "lv vg0/swap: 1024 MiB, swap\n"
	   "disk wwn-0x600508b1001c0000000000000000c003: boot loader for BIOS and UEFI\n");
}

static void plain_parts(void **state)
{
	(void)state;
	is("tests/facts/qemu-uefi",
	   "zerombr\nclearpart --all\n"
	   "part /boot/efi --fstype=efi --size=300\n"
	   "part / --fstype=xfs --size=2000 --grow --maxsize=4000\n"
	   "part swap --recommended\n",
	   "disk serial-xenith-disk-0 (8.6 GB): wipe (empty)\n"
	   "disk serial-xenith-disk-0: new table (gpt)\n"
	   "disk serial-xenith-disk-0: part 1, 300 MiB at 1 MiB, esp, vfat, /boot/efi\n"
	   "disk serial-xenith-disk-0: part 2, 4000 MiB at 301 MiB, linux, xfs, /\n"
	   "disk serial-xenith-disk-0: part 3, 2942 MiB at 4301 MiB, swap\n"
	   "disk serial-xenith-disk-0: boot loader for UEFI\n");
}

static void refused(void **state)
{
	(void)state;
	is("tests/facts/two-equal-disks", REST,
	   "-3: the kickstart file names no disk, and this machine has 2; add \"ignoredisk --only-use=\" "
	   "with one "
	   "of:\n"
	   "  wwn-0x5000c500a1b2c3d4  1.0 TB  ST1000NX0453  serial=S4700A01\n"
	   "  wwn-0x5000c500a1b2c7e8  1.0 TB  ST1000NX0453  serial=S4700B02");
	is("tests/facts/two-equal-disks", "ignoredisk --only-use=size=1T\n" REST,
	   "-4: host.ks:1: size=1T: 2 disks of this machine match, and exactly one must; name one of them by "
	   "its id "
	   "or serial:\n"
	   "  wwn-0x5000c500a1b2c3d4  1.0 TB  ST1000NX0453  serial=S4700A01\n"
	   "  wwn-0x5000c500a1b2c7e8  1.0 TB  ST1000NX0453  serial=S4700B02");
	is("tests/facts/san-8path", "ignoredisk --only-use=sdb\n" REST,
	   "-4: host.ks:1: sdb: disk wwn-0x60050768019081acf80000000000022b cannot be used: it is only one "
	   "path to a "
	   "LUN that has several");
	is("tests/facts/qemu-bios", "ignoredisk --only-use=serial=nope\n" REST,
	   "-3: host.ks:1: serial=nope: no disk of this machine has that name; its disks are:\n"
	   "  serial-xenith-disk-0  8.6 GB  (no model name)  serial=xenith-disk-0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reinstall),
		cmocka_unit_test(plain_parts),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
