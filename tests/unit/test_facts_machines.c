/* The verdicts and devices of each machine of tests/facts that is not plain QEMU. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/json.h"
#include "base/util.h"
#include "facts/facts.h"

static void read_machine(const char *name, struct facts *f)
{
	auto_free char *root = xasprintf("tests/facts/%s", name);
	struct err err = { 0 };

	if (facts_read(root, f, &err))
		fail_msg("%s", err.msg);
}

static const struct disk_facts *disk(const struct facts *f, const char *name)
{
	for (size_t i = 0; i < f->n_disks; i++)
		if (str_eq(f->disks[i].name, name))
			return &f->disks[i];
	fail_msg("no disk %s", name);
	return NULL;
}

static void test_equal_disks(void **state)
{
	struct facts f;
	const struct disk_facts *sda, *sdb, *sr0;

	(void)state;
	read_machine("two-equal-disks", &f);
	assert_int_equal(f.n_disks, 4);
	sda = disk(&f, "sda");
	sdb = disk(&f, "sdb");
	assert_string_equal(sda->model, sdb->model);
	assert_string_equal(sda->id, "wwn-0x5000c500a1b2c3d4");
	assert_string_equal(sda->wwid, "35000c500a1b2c3d4");
	assert_string_equal(sda->serial, "S4700A01");
	assert_string_equal(sda->transport, "sas");
	assert_null(sda->multipath_wwid);
	assert_int_equal(sda->n_contents, 3);
	assert_string_equal(sda->contents[0].type, "gpt");
	assert_string_equal(sda->contents[2].node, "sda2");
	assert_string_equal(sda->contents[2].type, "LVM2_member");
	assert_string_equal(sda->holders[0], "dm-0");
	assert_true(facts_disk_matches(sda, "disk/by-id/wwn-0x5000c500a1b2c3d4"));
	assert_false(facts_disk_matches(sdb, "disk/by-id/wwn-0x5000c500a1b2c3d4"));
	assert_true(facts_disk_matches(sda, "size=1T") && facts_disk_matches(sdb, "model=ST1000NX0453"));
	assert_true(disk(&f, "sdc")->removable);
	assert_string_equal(disk(&f, "sdc")->transport, "usb");
	assert_null(disk(&f, "sdc")->wwid);
	sr0 = disk(&f, "sr0");
	assert_true(sr0->cdrom && sr0->boot_medium);
	assert_false(sda->boot_medium);
	assert_int_equal(sr0->logical_sector, 2048);
	assert_true(facts_disk_matches(sr0, "disk/by-path/pci-0000:00:1f.2-ata-1"));
	assert_int_equal(f.console.serial_port, -1);
	facts_clear(&f);
}

static void test_undriven(void **state)
{
	struct facts f;
	auto_buf disks = { 0 };

	(void)state;
	read_machine("no-driver", &f);
	assert_int_equal(f.n_undriven, 2); /* the bnx2 port has a driver, the bridge is no storage */
	assert_string_equal(f.undriven[1].pci, "0000:03:00.0");
	assert_int_equal(f.undriven[1].vendor, 0x1000);
	assert_int_equal(f.undriven[1].class_code, 0x0104);
	assert_string_equal(f.undriven[1].name, "Broadcom / LSI MegaRAID SAS-3 3108 [Invader]");
	assert_string_equal(f.undriven[1].modules, "megaraid_sas");
	assert_null(f.undriven[0].modules);
	assert_int_equal(f.n_firmware, 1);
	assert_string_equal(f.firmware[0], "bnx2/bnx2-mips-09-6.2.1b.fw");
	facts_diagnose(&f, MISSING_DISK, "\n", &disks);
	assert_non_null(strstr(buf_str(&disks), "megaraid_sas is for it"));
	assert_null(strstr(buf_str(&disks), "1d6a"));
	facts_clear(&f);
}

static void test_hp_locked(void **state)
{
	struct facts f;

	(void)state;
	read_machine("hp-gen8", &f);
	assert_int_equal(f.cpu.hvm, CPU_LOCKED);
	assert_int_equal(f.cpu.slat, CPU_LOCKED);
	assert_int_equal(f.cpu.iommu, CPU_PRESENT);
	assert_int_equal(f.cpu.level, VIRT_PV);
	assert_string_equal(f.cpu.hvm_name, "VT-x");
	assert_non_null(strstr(f.cpu.why, "firmware has switched it off"));
	assert_int_equal(f.console.serial_port, 1);
	assert_int_equal(f.console.baud, 115200);
	assert_false(f.console.from_cmdline);
	assert_true(f.console.vga);
	assert_int_equal(f.n_nics, 4);
	assert_string_equal(f.nics[3].name, "eno4");
	assert_false(f.nics[3].carrier);
	assert_int_equal(f.nics[3].speed_mbit, 0);
	assert_true(disk(&f, "sr0")->boot_medium);
	assert_string_equal(disk(&f, "sda")->id, "wwn-0x600508b1001c0000000000000000a001");
	facts_clear(&f);
}

static void test_intel_iommu(void **state)
{
	struct facts f;
	const struct disk_facts *nvme, *sda;

	(void)state;
	read_machine("intel-iommu", &f);
	assert_int_equal(f.cpu.level, VIRT_IOMMU);
	assert_string_equal(facts_virt_name(f.cpu.level), "iommu");
	assert_true(f.uefi && f.secure_boot);
	assert_int_equal(f.console.serial_port, 1);
	assert_int_equal(f.console.baud, 57600);
	assert_string_equal(f.console.parity, "7e1");
	nvme = disk(&f, "nvme0n1");
	assert_string_equal(nvme->wwn, "eui.0025388b71b0a1c2");
	assert_string_equal(nvme->wwid, "eui.0025388b71b0a1c2");
	assert_string_equal(nvme->transport, "nvme");
	assert_false(nvme->rotational);
	/* This one has no udev record. */
	sda = disk(&f, "sda");
	assert_string_equal(sda->wwid, "355cd2e4150a1b2c3");
	assert_string_equal(sda->id, "wwn-0x55cd2e4150a1b2c3");
	assert_string_equal(sda->serial, "BTYF000000000960CG");
	assert_string_equal(sda->transport, "sata");
	assert_string_equal(sda->by_path, "pci-0000:00:17.0-ata-3.0");
	assert_string_equal(sda->by_id[0], "ata-INTEL_SSDSC2KB96_BTYF000000000960CG");
	assert_string_equal(sda->by_id[1], "wwn-0x55cd2e4150a1b2c3");
	assert_int_equal(sda->physical_sector, 4096);
	assert_int_equal(f.nics[0].mtu, 9000);
	assert_int_equal(f.nics[0].speed_mbit, 25000);
	facts_clear(&f);
}

static void test_no_virt(void **state)
{
	struct facts f;

	(void)state;
	read_machine("no-virt", &f);
	assert_int_equal(f.cpu.hvm, CPU_ABSENT);
	assert_int_equal(f.cpu.slat, CPU_ABSENT);
	assert_int_equal(f.cpu.level, VIRT_PV);
	assert_string_equal(f.cpu.why, "the processor does not have SVM");
	assert_false(f.console.vga);
	assert_null(f.uuid);
	assert_string_equal(disk(&f, "sda")->transport, "ide");
	facts_clear(&f);
}

static void test_san(void **state)
{
	struct facts f;
	size_t paths[2] = { 0 };

	(void)state;
	read_machine("san-8path", &f);
	assert_int_equal(f.n_disks, 9);
	for (size_t i = 0; i < f.n_disks; i++) {
		const char *wwid = f.disks[i].multipath_wwid;

		paths[0] += str_eq(wwid, "360050768019081acf80000000000022b");
		paths[1] += str_eq(wwid, "360050768019081acf800000000000230");
	}
	assert_int_equal(paths[0], 4);
	assert_int_equal(paths[1], 4);
	assert_null(disk(&f, "sda")->multipath_wwid);
	assert_string_equal(disk(&f, "sdb")->transport, "fc");
	assert_string_equal(disk(&f, "sdb")->wwn, "0x60050768019081acf80000000000022b");
	facts_clear(&f);
}

/* Other programs rename files all the time; openat2(2) then answers EAGAIN, and no disk may get lost by that.
 */
static void test_renames_meanwhile(void **state)
{
	char one[] = "/tmp/xenith-rename-XXXXXX";
	auto_free char *two = NULL;
	pid_t pid;

	(void)state;
	close(mkstemp(one));
	two = xasprintf("%s.two", one);
	pid = fork();
	if (pid == 0)
		for (prctl(PR_SET_PDEATHSIG, SIGKILL);;) {
			rename(one, two);
			rename(two, one);
		}
	assert_true(pid > 0);
	for (int i = 0; i < 100; i++) {
		struct facts f;

		read_machine("san-8path", &f);
		assert_int_equal(f.n_disks, 9);
		assert_int_equal(f.n_nics, 4);
		facts_clear(&f);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	unlink(one);
	unlink(two);
}

static void test_under_xen(void **state)
{
	struct facts f;

	(void)state;
	read_machine("under-xen", &f);
	assert_true(f.under_xen);
	assert_int_equal(f.mem_mib, 65501);
	assert_int_equal(f.cpu.level, VIRT_IOMMU);
	assert_int_equal(f.n_nics, 2);
	assert_string_equal(f.nics[0].name, "eno1");
	assert_int_equal(f.console.serial_port, 1);
	assert_false(f.console.vga);
	facts_clear(&f);
}

static void test_json(void **state)
{
	static const char *const names[] = { "qemu-bios", "two-equal-disks", "hp-gen8", "san-8path",
					     "under-xen" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		auto_buf b = { 0 };
		auto_json *o = NULL;
		json_error_t e;
		struct facts f;

		read_machine(names[i], &f);
		facts_json(&f, &b);
		o = json_loads(buf_str(&b), 0, &e);
		assert_non_null(o);
		assert_int_equal(json_array_size(json_object_get(o, "disks")), f.n_disks);
		assert_int_equal(json_array_size(json_object_get(o, "nics")), f.n_nics);
		assert_string_equal(json_string_value(json_object_get(json_object_get(o, "cpu"), "level")),
				    facts_virt_name(f.cpu.level));
		facts_clear(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal_disks),       cmocka_unit_test(test_hp_locked),
		cmocka_unit_test(test_undriven),          cmocka_unit_test(test_intel_iommu),
		cmocka_unit_test(test_no_virt),           cmocka_unit_test(test_san),
		cmocka_unit_test(test_under_xen),         cmocka_unit_test(test_json),
		cmocka_unit_test(test_renames_meanwhile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
