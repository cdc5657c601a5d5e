/* disk_apply, disk_mount and disk_fstab with the real tools, on real block devices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <errno.h>
#include <sys/mount.h>
#include <sys/swap.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "installer/disk/apply.h"
#include "tests/unit/disk_loop.h"
#include "tests/unit/disk_samples.h"

#define DISK (3 * GIB)

static char dir[] = P_tmpdir "/test_disk_mnt_XXXXXX";
static char swap_on[32];

static void open_or_skip(struct loop *l, uint64_t size, unsigned sector)
{
	if (loop_open(l, size, sector))
		return;
	print_message("# needs root and a kernel with loop devices: %s\n", strerror(errno));
	skip();
}

/* biosboot, / on ext4, /data on xfs, swap. */
static void sample_plain(struct sample *s, const struct loop *l)
{
	sample_init(s);
	s->disks[0].name = l->path + 5;
	s->disks[0].path = l->path;
	s->disks[0].size_bytes = DISK;
	s->ks.n_volgroups = s->ks.n_logvols = 0;
	s->ks.reqpart.at.line = 0;
	s->parts[0] = sample_part("biosboot", 1, false);
	s->parts[1] = sample_part("/", 500, true);
	s->parts[1].label = "root";
	s->parts[2] = sample_part("/data", 400, false);
	s->parts[2].fstype = "xfs";
	s->parts[3] = sample_part("swap", 64, false);
	s->ks.n_parts = 4;
}

static void apply(const struct sample *s, struct disk_plan *plan)
{
	struct door door = { 0 };
	struct err err = { 0 };

	if (disk_plan_make(&s->facts, &s->ks, plan, &err) || disk_apply(plan, &door, &err))
		fail_msg("%s", err.msg);
}

static void has(const char *device, const char *tag, const char *want)
{
	auto_buf b = { 0 };

	run_words(&b, 0, "blkid", "-p", "-o", "value", "-s", tag, device, NULL);
	if (b.len && b.data[b.len - 1] == '\n')
		b.data[--b.len] = '\0';
	assert_string_equal(buf_str(&b), want);
}

static json_t *table_of(const struct loop *l)
{
	auto_buf b = { 0 };
	auto_json *all = NULL;

	run_words(&b, 0, "sfdisk", "--json", l->path, NULL);
	all = json_loadb(b.data, b.len, 0, NULL);
	assert_non_null(all);
	return json_incref(json_object_get(all, "partitiontable"));
}

static void part_is(const json_t *table, size_t i, uint64_t start_mib, uint64_t size_mib, const char *type,
		    const char *name, uint64_t sector)
{
	const json_t *p = json_array_get(json_object_get(table, "partitions"), i);

	assert_int_equal(json_integer_value(json_object_get(p, "start")), (start_mib << 20) / sector);
	assert_int_equal(json_integer_value(json_object_get(p, "size")), (size_mib << 20) / sector);
	assert_string_equal(json_string_value(json_object_get(p, "type")), type);
	assert_string_equal(json_string_value(json_object_get(p, "name")), name);
}

#define LINUX "0FC63DAF-8483-4772-8E79-3D69D8477DE4"
#define SWAP  "0657FD6D-A4AB-43C4-84E5-0933C84B4F4F"
#define BIOS  "21686148-6449-6E6F-744E-656564454649"
#define ESP   "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"
#define PV    "E6D6D379-F507-44C2-A23C-238F2A3DF928"

static void partitions_and_file_systems(void **state)
{
	auto_loop l = { .fd = -1 };
	struct disk_plan plan = { 0 };
	struct err err = { 0 };
	auto_free char *root = NULL;
	auto_json *table = NULL;
	auto_buf fstab = { 0 };
	auto_argv lines = { 0 };
	struct sample s;

	(void)state;
	open_or_skip(&l, DISK, 512);
	sample_plain(&s, &l);
	apply(&s, &plan);
	table = table_of(&l);
	assert_string_equal(json_string_value(json_object_get(table, "label")), "gpt");
	part_is(table, 0, 1, 1, BIOS, "biosboot", 512);
	part_is(table, 1, 2, 2605, LINUX, "root", 512);
	part_is(table, 2, 2607, 400, LINUX, "data", 512);
	part_is(table, 3, 3007, 64, SWAP, "swap", 512);
	for (unsigned i = 0; i < 3; i++) {
		static const char *const types[] = { "ext4", "xfs", "swap" };
		auto_free char *device = disk_part_path(l.path, i + 2);

		has(device, "TYPE", types[i]);
		if (i == 0)
			has(device, "LABEL", "root");
	}
	if (disk_fstab(&plan, &fstab, &err) || disk_root_arg(&plan, &root, &err))
		fail_msg("%s", err.msg);
	argv_split(&lines, buf_str(&fstab), "\n");
	assert_int_equal(lines.n, 4);
	assert_true(str_starts(lines.v[1], root));
	assert_true(str_ends(lines.v[1], "\t/\text4\terrors=remount-ro\t0\t1"));
	assert_true(str_ends(lines.v[2], "\t/data\txfs\tdefaults\t0\t0"));
	assert_true(str_starts(lines.v[3], "UUID="));
	assert_true(str_ends(lines.v[3], "\tnone\tswap\tsw\t0\t0"));
	disk_plan_clear(&plan);
}

/* UEFI and BIOS at once, 4096-byte sectors, and a PV as large as the plan reckons. */
static void usual_host_on_4k_sectors(void **state)
{
	auto_loop l = { .fd = -1 };
	struct disk_plan plan = { 0 };
	struct door door = { 0 };
	struct err err = { 0 };
	auto_json *table = NULL;
	auto_buf vgs = { 0 };
	auto_argv count = { 0 };
	auto_free char *esp = NULL;
	auto_free char *pv = NULL;
	struct sample s;

	(void)state;
	open_or_skip(&l, DISK, 4096);
	sample_init(&s);
	s.disks[0].name = l.path + 5;
	s.disks[0].path = l.path;
	s.disks[0].size_bytes = DISK;
	s.vgs[0].name = "xenith-test";
	s.ks.n_logvols = 1;
	s.lvs[0] = sample_logvol("/", "root", 4, true);
	s.lvs[0].vgname = "xenith-test";
	if (disk_plan_make(&s.facts, &s.ks, &plan, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(plan.vgs[0].lvs[0].size_mib, 1532);
	/* LVs need device-mapper, which needn't be here. */
	plan.vgs[0].n_lvs = 0;
	plan.n_formats--;
	if (disk_apply(&plan, &door, &err))
		fail_msg("%s", err.msg);
	table = table_of(&l);
	part_is(table, 0, 1, 1, BIOS, "biosboot", 4096);
	part_is(table, 1, 2, 512, ESP, "boot/efi", 4096);
	part_is(table, 2, 514, 1024, LINUX, "boot", 4096);
	part_is(table, 3, 1538, 1533, PV, "pv.1", 4096);
	esp = disk_part_path(l.path, 2);
	pv = disk_part_path(l.path, 4);
	has(esp, "TYPE", "vfat");
	has(esp, "VERSION", "FAT32");
	has(pv, "TYPE", "LVM2_member");
	run_words(&vgs, 0, "lvm", "vgs", "--devices", pv, "--noheadings", "-o", "vg_extent_count", NULL);
	argv_split(&count, buf_str(&vgs), " \n");
	assert_string_equal(count.v[0], "383");
	disk_plan_clear(&plan);
}

/* What a failed test leaves behind would keep its disk. */
static int tidy(void **state)
{
	auto_free char *data = path_join(dir, "data");
	auto_free char *srv = path_join(dir, "srv");

	(void)state;
	umount2(srv, MNT_DETACH);
	umount2(data, MNT_DETACH);
	umount2(dir, MNT_DETACH);
	rmdir(dir);
	if (swap_on[0])
		swapoff(swap_on);
	return 0;
}

/* Mounted and swapped on from a run that was cut short: the next one works at once. Other disks stay. */
static void again_over_a_half_done_run(void **state)
{
	auto_loop l = { .fd = -1 };
	auto_loop other = { .fd = -1 };
	char before[HASH_HEX_LEN + 1], after[HASH_HEX_LEN + 1];
	struct disk_plan plan = { 0 };
	struct door door = { 0 };
	struct err err = { 0 };
	auto_free char *swap = NULL;
	struct sample s;

	(void)state;
	open_or_skip(&l, DISK, 512);
	open_or_skip(&other, GIB / 4, 512);
	run_words(NULL, 0, "mkfs.ext4", "-q", "-F", "-L", "keep", other.path, "100M", NULL);
	fsync(other.fd);
	assert_int_equal(hash_file(other.path, before, &err), 0);
	sample_plain(&s, &l);
	s.disks[1] = sample_disk(other.path + 5, "wwn-0x1", GIB / 4);
	s.disks[1].path = other.path;
	s.facts.n_disks = 2;
	s.names[0] = "wwn-0x5000c500a1b2c3d4";
	sample_words(&s.ks.ignoredisk.only_use, s.names, 1);
	apply(&s, &plan);
	snprintf(dir, sizeof(dir), P_tmpdir "/test_disk_mnt_XXXXXX");
	assert_non_null(mkdtemp(dir));
	if (disk_mount(&plan, dir, &door, &err))
		fail_msg("%s", err.msg);
	swap = disk_part_path(l.path, 4);
	snprintf(swap_on, sizeof(swap_on), "%s", swap);
	assert_int_equal(swapon(swap, 0), 0);
	disk_plan_clear(&plan);
	apply(&s, &plan);
	assert_int_equal(disk_mount(&plan, dir, &door, &err), 0);
	if (disk_umount(&plan, dir, &door, &err) || disk_umount(&plan, dir, &door, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(rmdir(dir), 0);
	assert_int_equal(hash_file(other.path, after, &err), 0);
	assert_string_equal(before, after);
	disk_plan_clear(&plan);
}

/* Four primaries' worth of numbers and logical ones behind the extended one, as sfdisk(8) reads them. */
static void mbr_with_logicals(void **state)
{
	static const struct {
		uint64_t start_mib, size_mib;
		const char *type;
	} want[] = { { 1, 500, "83" },  { 501, 64, "82" },   { 565, 40, "83" },  { 605, 2466, "5" },
		     { 606, 30, "8e" }, { 637, 2203, "83" }, { 2841, 230, "83" } };
	auto_loop l = { .fd = -1 };
	struct disk_plan plan = { 0 };
	auto_json *table = NULL;
	const json_t *parts;
	struct sample s;

	(void)state;
	open_or_skip(&l, DISK, 512);
	sample_plain(&s, &l);
	s.ks.clearpart.disklabel = "msdos";
	s.parts[0] = sample_part("/", 500, false);
	s.parts[1] = sample_part("swap", 64, false);
	s.parts[2] = sample_part("/opt", 40, false);
	s.parts[3] = sample_part("pv.1", 30, false);
	s.parts[4] = sample_part("/srv", 100, true);
	s.parts[5] = sample_part("/home", 230, false);
	s.ks.n_parts = 6;
	s.ks.n_volgroups = 1;
	s.vgs[0].name = "xenith-mbr";
	apply(&s, &plan);
	table = table_of(&l);
	assert_string_equal(json_string_value(json_object_get(table, "label")), "dos");
	parts = json_object_get(table, "partitions");
	assert_int_equal(json_array_size(parts), ARRAY_SIZE(want));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		const json_t *p = json_array_get(parts, i);

		assert_int_equal(json_integer_value(json_object_get(p, "start")), want[i].start_mib * 2048);
		assert_int_equal(json_integer_value(json_object_get(p, "size")), want[i].size_mib * 2048);
		assert_string_equal(json_string_value(json_object_get(p, "type")), want[i].type);
	}
	for (unsigned i = 5; i <= 7; i++) {
		static const char *const types[] = { "LVM2_member", "ext4", "ext4" };
		auto_free char *device = disk_part_path(l.path, i);

		has(device, "TYPE", types[i - 5]);
	}
	disk_plan_clear(&plan);
}

/* A volume over two disks with a subvolume in a subvolume, mounted by its name. */
static void btrfs_over_two_disks(void **state)
{
	static const char text[] = "btrfs none --data=raid1 --metadata=raid1 --label=files btrfs.1 btrfs.2\n"
				   "btrfs none --subvol --name=a LABEL=files\n"
				   "btrfs /srv --subvol --name=a/b LABEL=files\n";
	const struct ks_parse_opts opts = { 0 };
	struct ks_diags diags = { 0 };
	struct ks ks = { 0 };
	auto_loop l = { .fd = -1 }, second = { .fd = -1 };
	struct disk_plan plan = { 0 };
	struct door door = { 0 };
	struct err err = { 0 };
	auto_free char *member = NULL;
	auto_buf fstab = { 0 };
	struct sample s;

	(void)state;
	open_or_skip(&l, DISK, 512);
	open_or_skip(&second, DISK, 512);
	sample_plain(&s, &l);
	s.disks[1] = sample_disk(second.path + 5, "wwn-0x2", DISK);
	s.disks[1].path = second.path;
	s.facts.n_disks = 2;
	s.parts[2] = sample_part("btrfs.1", 400, false);
	s.parts[3] = sample_part("btrfs.2", 400, false);
	s.parts[2].ondisk = s.disks[0].name;
	s.parts[3].ondisk = s.disks[1].name;
	if (ks_parse("t.ks", text, strlen(text), &opts, &ks, &diags, &err))
		fail_msg("%s", err.msg);
	s.ks.others = ks.others;
	s.ks.n_others = ks.n_others;
	apply(&s, &plan);
	member = disk_part_path(second.path, 1);
	has(member, "TYPE", "btrfs");
	has(member, "LABEL", "files");
	if (disk_fstab(&plan, &fstab, &err))
		fail_msg("%s", err.msg);
	assert_non_null(strstr(buf_str(&fstab), "\t/srv\tbtrfs\tsubvol=a/b\t0\t0\n"));
	snprintf(dir, sizeof(dir), P_tmpdir "/test_disk_mnt_XXXXXX");
	assert_non_null(mkdtemp(dir));
	if (disk_mount(&plan, dir, &door, &err) || disk_umount(&plan, dir, &door, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(rmdir(dir), 0);
	disk_plan_clear(&plan);
	ks_diags_clear(&diags);
	ks_clear(&ks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(partitions_and_file_systems),
		cmocka_unit_test(usual_host_on_4k_sectors),
		cmocka_unit_test(mbr_with_logicals),
		cmocka_unit_test_teardown(btrfs_over_two_disks, tidy),
		cmocka_unit_test_teardown(again_over_a_half_done_run, tidy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
