/* facts_read on the machines of tests/facts, which are read from the source tree's top folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/util.h"
#include "facts/facts.h"

static void read_machine(const char *name, struct facts *f)
{
	auto_free char *root = xasprintf("tests/facts/%s", name);
	struct err err = { 0 };

	if (facts_read(root, f, &err))
		fail_msg("%s", err.msg);
}

static void test_qemu_bios(void **state)
{
	struct facts f;

	(void)state;
	read_machine("qemu-bios", &f);
	assert_false(f.uefi);
	assert_false(f.under_xen);
	assert_int_equal(f.mem_mib, 2942);
	assert_string_equal(f.vendor, "QEMU");
	assert_null(f.serial);
	assert_string_equal(f.kernel, "6.12.107+deb13-amd64");
	assert_string_equal(f.cpu.vendor, "AuthenticAMD");
	assert_string_equal(f.cpu.model, "QEMU Virtual CPU version 2.5+");
	assert_int_equal(f.cpu.threads, 2);
	assert_true(f.cpu.long_mode);
	assert_int_equal(f.cpu.hvm, CPU_PRESENT);
	assert_int_equal(f.cpu.slat, CPU_PRESENT);
	assert_int_equal(f.cpu.iommu, CPU_ABSENT);
	assert_int_equal(f.cpu.level, VIRT_HAP);
	assert_null(f.cpu.why);
	assert_int_equal(f.console.serial_port, 0);
	assert_int_equal(f.console.baud, 115200);
	assert_string_equal(f.console.parity, "8n1");
	assert_true(f.console.from_cmdline);
	assert_true(f.console.vga);
	facts_clear(&f);
}

static void test_qemu_devices(void **state)
{
	struct facts f;

	(void)state;
	read_machine("qemu-uefi", &f);
	assert_true(f.uefi);
	assert_false(f.secure_boot);
	assert_int_equal(f.n_disks, 1);
	assert_string_equal(f.disks[0].id, "serial-xenith-disk-0");
	assert_string_equal(f.disks[0].path, "/dev/vda");
	assert_string_equal(f.disks[0].transport, "virtio");
	assert_string_equal(f.disks[0].by_path, "pci-0000:00:04.0");
	assert_string_equal(f.disks[0].by_id[0], "virtio-xenith-disk-0");
	assert_null(f.disks[0].by_id[1]);
	assert_null(f.disks[0].vendor);
	assert_null(f.disks[0].holders[0]);
	assert_true(f.disks[0].size_bytes == 8ull << 30);
	assert_int_equal(f.disks[0].n_contents, 0);
	assert_int_equal(f.n_nics, 2);
	assert_string_equal(f.nics[0].name, "ens16");
	assert_string_equal(f.nics[0].mac, "52:54:00:12:34:10");
	assert_string_equal(f.nics[0].driver, "e1000");
	assert_string_equal(f.nics[0].pci, "0000:00:10.0");
	assert_string_equal(f.nics[0].id_path, "pci-0000:00:10.0");
	assert_true(f.nics[0].carrier);
	assert_int_equal(f.nics[0].speed_mbit, 1000);
	assert_string_equal(f.nics[1].name, "ens17");
	facts_clear(&f);
}

static void test_disk_matches(void **state)
{
	static const char *const yes[] = { "vda",
					   "/dev/vda",
					   "serial-xenith-disk-0",
					   "serial=xenith-disk-0",
					   "disk/by-id/virtio-xenith-disk-0",
					   "/dev/disk/by-id/virtio-xenith-disk-0",
					   "virtio-xenith-disk-0",
					   "disk/by-path/pci-0000:00:04.0",
					   "disk/by-path/virtio-pci-0000:00:04.0",
					   "size=8GiB",
					   "size=8.6G",
					   "size=8589934592" };
	static const char *const no[] = { "",        "/dev/",    "vd",       "vda1",        "sda",
					  "serial=", "wwid=",    "model=",   "size=8G",     "size=",
					  "size=x",  "size=8Gx", "size=-8G", "disk/by-id/", "disk/by-path/",
					  "wwn-0x0" };
	struct facts f;

	(void)state;
	read_machine("qemu-bios", &f);
	for (size_t i = 0; i < ARRAY_SIZE(yes); i++)
		if (!facts_disk_matches(&f.disks[0], yes[i]))
			fail_msg("%s does not match", yes[i]);
	for (size_t i = 0; i < ARRAY_SIZE(no); i++)
		if (facts_disk_matches(&f.disks[0], no[i]))
			fail_msg("%s matches", no[i]);
	facts_clear(&f);
}

static void test_cmdline(void **state)
{
	const char *line = "ro ks=http://a/b quiet ks=http://c/d text=\"two words\" \"also=with blanks\"";
	struct arena a = { 0 };

	(void)state;
	assert_string_equal(facts_cmdline_get(&a, line, "ks"), "http://c/d");
	assert_string_equal(facts_cmdline_get(&a, line, "quiet"), "");
	assert_string_equal(facts_cmdline_get(&a, line, "text"), "two words");
	assert_string_equal(facts_cmdline_get(&a, line, "also"), "with blanks");
	assert_null(facts_cmdline_get(&a, line, "qui"));
	assert_null(facts_cmdline_get(&a, NULL, "ks"));
	arena_clear(&a);
}

static void test_no_folder(void **state)
{
	struct facts f = { .mem_mib = 7 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(facts_read("tests/facts/none", &f, &err), -ERR_SYS);
	assert_non_null(strstr(err.msg, "tests/facts/none"));
	assert_int_equal(f.mem_mib, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_qemu_bios),    cmocka_unit_test(test_qemu_devices),
		cmocka_unit_test(test_disk_matches), cmocka_unit_test(test_cmdline),
		cmocka_unit_test(test_no_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
