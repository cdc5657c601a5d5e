/* Machines that are cut, odd or hostile: made below a temporary folder, one file at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"
#include "facts/facts.h"
#include "facts/scsi.h"

static int make_root(void **state)
{
	char *root = xstrdup(P_tmpdir "/xenith-facts-XXXXXX");

	*state = mkdtemp(root);
	return *state ? 0 : -1;
}

static int drop_root(void **state)
{
	int r = file_remove_tree(*state, NULL);

	free(*state);
	return r;
}

static void put(const char *root, const char *path, const void *data, size_t len)
{
	auto_free char *full = path_join(root, path);
	struct err err = { 0 };

	if (file_write(full, data, len, 0644, &err))
		fail_msg("%s", err.msg);
}

static void puts_at(const char *root, const char *path, const char *text)
{
	put(root, path, text, strlen(text));
}

static void link_at(const char *root, const char *path, const char *target)
{
	auto_free char *full = path_join(root, path);

	assert_int_equal(symlink(target, full), 0);
}

static void read_root(const char *root, struct facts *f)
{
	struct err err = { 0 };
	auto_buf b = { 0 };

	if (facts_read(root, f, &err))
		fail_msg("%s", err.msg);
	facts_print(f, &b);
	facts_json(f, &b);
}

static void test_empty(void **state)
{
	struct facts f;

	read_root(*state, &f);
	assert_int_equal(f.cpu.hvm, CPU_UNKNOWN);
	assert_int_equal(f.cpu.iommu, CPU_UNKNOWN);
	assert_int_equal(f.cpu.level, VIRT_NONE);
	assert_int_equal(f.n_disks + f.n_nics, 0);
	assert_null(f.cmdline);
	facts_clear(&f);
}

/* An ACPI table of each length up to the whole, with a length field that claims it all. */
static void test_cut_tables(void **state)
{
	static const unsigned char dmar[64] = { 'D', 'M', 'A', 'R', 64, [48] = 0, 0, 16 };
	static const unsigned char spcr[80] = {
		'S', 'P', 'C', 'R', 80, [40] = 1, [44] = 0xf8, [45] = 0x02, [58] = 6
	};
	struct facts f;

	for (size_t len = 0; len <= sizeof(spcr); len++) {
		put(*state, "sys/firmware/acpi/tables/DMAR", dmar, MIN(len, sizeof(dmar)));
		put(*state, "sys/firmware/acpi/tables/SPCR", spcr, len);
		read_root(*state, &f);
		assert_int_equal(f.cpu.iommu, len < sizeof(dmar) ? CPU_UNKNOWN : CPU_PRESENT);
		assert_int_equal(f.console.serial_port, len < sizeof(spcr) ? -1 : 1);
		facts_clear(&f);
	}
}

/* The medium's own console= gives way to what the firmware says; a person's word doesn't. */
static void test_default_console(void **state)
{
	static const unsigned char spcr[80] = {
		'S', 'P', 'C', 'R', 80, [40] = 1, [44] = 0xf8, [45] = 0x02, [58] = 6
	};
	static const struct {
		const char *line;
		int port, without;
	} cases[] = {
		{ "console=tty0 console=ttyS0,115200 xenith.console-default=ttyS0,115200", 1, 0 },
		{ "console=tty0 console=ttyS2,9600 xenith.console-default=ttyS0,115200", 2, 2 },
		{ "console=tty0 console=ttyS0,115200", 0, 0 },
		{ "console=tty0 xenith.console-default=ttyS0,115200", 1, -1 },
		{ "quiet", 1, -1 },
	};
	struct console_facts there = { 0 };
	struct facts f;

	assert_false(facts_firmware_console(*state, &there));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		puts_at(*state, "proc/cmdline", cases[i].line);
		read_root(*state, &f);
		assert_int_equal(f.console.serial_port, cases[i].without);
		facts_clear(&f);
	}
	put(*state, "sys/firmware/acpi/tables/SPCR", spcr, sizeof(spcr));
	assert_true(facts_firmware_console(*state, &there));
	assert_int_equal(there.serial_port, 1);
	assert_int_equal(there.baud, 57600);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		puts_at(*state, "proc/cmdline", cases[i].line);
		read_root(*state, &f);
		assert_int_equal(f.console.serial_port, cases[i].port);
		assert_int_equal(f.console.from_cmdline, i == 1 || i == 2);
		facts_clear(&f);
	}
}

/* Structures of length 0 must not loop. */
static void test_table_loop(void **state)
{
	static const unsigned char dmar[64] = { 'D', 'M', 'A', 'R', 64, [48] = 1 };
	static const unsigned char ivrs[64] = { 'I', 'V', 'R', 'S', 64, [48] = 0x20 };
	struct facts f;

	put(*state, "sys/firmware/acpi/tables/DMAR", dmar, sizeof(dmar));
	put(*state, "sys/firmware/acpi/tables/IVRS", ivrs, sizeof(ivrs));
	read_root(*state, &f);
	assert_int_equal(f.cpu.iommu, CPU_ABSENT);
	facts_clear(&f);
}

static void test_odd_numbers(void **state)
{
	static const char *const values[] = {
		"", "-1", "x", "0", "18446744073709551615", "99999999999999999999", "513"
	};
	struct facts f;

	link_at(*state, "none", "none");
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		const char *v = values[i];

		puts_at(*state, "proc/meminfo", v);
		puts_at(*state, "sys/devices/pci0/sda/size", i == 6 ? "513" : v);
		puts_at(*state, "sys/devices/pci0/sda/dev", "../../../etc/passwd");
		puts_at(*state, "sys/devices/pci0/sda/queue/logical_block_size", v);
		puts_at(*state, "sys/devices/pci0/sda/queue/physical_block_size", v);
		puts_at(*state, "sys/devices/pci0/net/eth0/address", "02:00:00:00:00:0A");
		puts_at(*state, "sys/devices/pci0/net/eth0/speed", v);
		puts_at(*state, "sys/devices/pci0/net/eth0/mtu", v);
		puts_at(*state, "sys/devices/pci0/net/eth0/carrier", v);
		puts_at(*state, "proc/cmdline",
			"console=ttyS99999999999999999999,99999999999999999999z console=ttyS7,0");
		if (i == 0) {
			puts_at(*state, "sys/block/x", "");
			puts_at(*state, "sys/class/net/x", "");
			link_at(*state, "sys/block/sda", "../devices/pci0/sda");
			link_at(*state, "sys/class/net/eth0", "../../devices/pci0/net/eth0");
			link_at(*state, "sys/devices/pci0/net/eth0/device", "../..");
		}
		read_root(*state, &f);
		assert_int_equal(f.n_disks, i == 6);
		if (f.n_disks)
			assert_int_equal(f.disks[0].logical_sector, 512);
		assert_int_equal(f.n_nics, 1);
		assert_string_equal(f.nics[0].mac, "02:00:00:00:00:0a");
		assert_int_equal(f.console.serial_port, 7);
		assert_int_equal(f.console.baud, 115200);
		facts_clear(&f);
	}
}

/* Absolute links and ".." stay inside the root, loops end, and a FIFO does not block. */
static void test_links(void **state)
{
	auto_free char *fifo = path_join(*state, "proc/meminfo");
	struct facts f;

	puts_at(*state, "etc/inside", "from inside");
	puts_at(*state, "proc/x", "");
	assert_int_equal(mkfifo(fifo, 0600), 0);
	link_at(*state, "proc/cmdline", "/etc/inside");
	puts_at(*state, "sys/class/dmi/id/product_name", "x");
	link_at(*state, "sys/class/dmi/id/sys_vendor", "../../../../../../../../../../etc/inside");
	link_at(*state, "sys/class/dmi/id/product_serial", "/etc/hostname");
	link_at(*state, "sys/class/dmi/id/product_uuid", "product_uuid");
	read_root(*state, &f);
	assert_string_equal(f.cmdline, "from inside");
	assert_string_equal(f.vendor, "from inside");
	assert_null(f.serial);
	assert_null(f.uuid);
	assert_int_equal(f.mem_mib, 0);
	facts_clear(&f);
}

/* Without CPUID and MSRs, /proc/cpuinfo's flags are all there is. */
static void test_cpuinfo_only(void **state)
{
	struct facts f;

	puts_at(*state, "proc/cpuinfo",
		"processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: Some CPU\nflags\t\t: lm vmx ept\n");
	read_root(*state, &f);
	assert_int_equal(f.cpu.level, VIRT_HAP);
	assert_string_equal(f.cpu.model, "Some CPU");
	facts_clear(&f);

	puts_at(*state, "proc/cpuinfo", "vendor_id\t: AuthenticAMD\nflags\t\t: lm\n");
	read_root(*state, &f);
	assert_int_equal(f.cpu.hvm, CPU_ABSENT);
	assert_int_equal(f.cpu.level, VIRT_PV);
	facts_clear(&f);
}

static void put_amd(const char *root, const char *msr)
{
	puts_at(root, "xenith/cpuid",
		"0 0 1 68747541 444d4163 69746e65\n80000001 0 0 0 5 20000000\n8000000a 0 1 10 0 1\n");
	puts_at(root, "xenith/msr", msr);
}

static void test_amd_verdicts(void **state)
{
	struct facts f;

	put_amd(*state, "c0010114 18\n");
	read_root(*state, &f);
	assert_int_equal(f.cpu.hvm, CPU_LOCKED);
	assert_int_equal(f.cpu.slat, CPU_LOCKED);
	facts_clear(&f);

	/* Unreadable, and the kernel has taken the flag away. */
	put_amd(*state, "c0010114 -\n");
	puts_at(*state, "proc/cpuinfo", "vendor_id\t: AuthenticAMD\nflags\t\t: lm fpu\n");
	read_root(*state, &f);
	assert_int_equal(f.cpu.hvm, CPU_LOCKED);
	facts_clear(&f);

	/* Unreadable, and nothing else known. */
	puts_at(*state, "proc/cpuinfo", "");
	read_root(*state, &f);
	assert_int_equal(f.cpu.hvm, CPU_UNKNOWN);
	assert_non_null(strstr(f.cpu.why, "msr"));
	facts_clear(&f);
}

static void test_dom0_without_physinfo(void **state)
{
	struct facts f;

	put_amd(*state, "c0010114 -\n");
	puts_at(*state, "proc/xen/capabilities", "control_d\n");
	puts_at(*state, "sys/hypervisor/properties/capabilities", "xen-3.0-x86_64 hvm-3.0-x86_64 \n");
	read_root(*state, &f);
	assert_true(f.under_xen);
	assert_int_equal(f.cpu.hvm, CPU_PRESENT);
	assert_int_equal(f.cpu.slat, CPU_PRESENT);
	facts_clear(&f);

	puts_at(*state, "sys/hypervisor/properties/capabilities", "xen-3.0-x86_64\n");
	read_root(*state, &f);
	assert_int_equal(f.cpu.hvm, CPU_UNKNOWN);
	assert_int_equal(f.cpu.level, VIRT_PV);
	facts_clear(&f);

	/* Xen's own word: the processor has SVM (hw_caps), Xen could not use it. */
	puts_at(*state, "xenith/xl-info",
		"hw_caps : 0:0:0:4:0\nvirt_caps : pv shadow\ntotal_memory : 8191\n");
	read_root(*state, &f);
	assert_int_equal(f.cpu.hvm, CPU_LOCKED);
	assert_int_equal(f.mem_mib, 8191);
	facts_clear(&f);
}

/* SPC-5 7.7.6: an IBM 2145's page 0x83, whole and cut. */
static void test_vpd(void **state)
{
	static const unsigned char pg83[] = { 0,    0x83, 0,    0x22, 2,    1,    0,    0x0a, 'I',  'B',
					      'M',  ' ',  ' ',  ' ',  ' ',  ' ',  'a',  'b',  1,    3,
					      0,    0x10, 0x60, 0x05, 0x07, 0x68, 0x01, 0x90, 0x81, 0xac,
					      0xf8, 0,    0,    0,    0,    0,    0x02, 0x2b };
	static const unsigned char pg80[] = { 0, 0x80, 0, 6, ' ', 'A', '1', ' ', ' ', ' ' };
	struct arena a = { 0 };

	(void)state;
	assert_string_equal(scsi_wwid_from_pg83(&a, pg83, sizeof(pg83)), "360050768019081acf80000000000022b");
	for (size_t len = 0; len < sizeof(pg83); len++) {
		unsigned char *cut = xmalloc(len + 1);
		const char *s;

		memcpy(cut, pg83, len);
		s = scsi_wwid_from_pg83(&a, cut, len);
		if (len < 18)
			assert_null(s);
		else
			assert_string_equal(s, "1IBM_ab");
		free(cut);
	}
	assert_string_equal(scsi_serial_from_pg80(&a, pg80, sizeof(pg80)), "A1");
	assert_null(scsi_serial_from_pg80(&a, pg80, 4));
	arena_clear(&a);
}

#define on_root(fn) cmocka_unit_test_setup_teardown(fn, make_root, drop_root)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_root(test_empty),        on_root(test_cut_tables),   on_root(test_default_console),
		on_root(test_table_loop),   on_root(test_odd_numbers),  on_root(test_links),
		on_root(test_cpuinfo_only), on_root(test_amd_verdicts), on_root(test_dom0_without_physinfo),
		cmocka_unit_test(test_vpd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
