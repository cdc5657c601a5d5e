/* disk_wipe on real block devices that hold every kind of old signature. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <errno.h>
#include <sys/mount.h>

#include "installer/disk/apply.h"
#include "tests/unit/disk_loop.h"
#include "tests/unit/disk_samples.h"

#define DISK_MIB 400
#define DISK     ((uint64_t)DISK_MIB << 20)

static void put(const struct loop *l, uint64_t at, const void *data, size_t len)
{
	assert_int_equal(pwrite(l->fd, data, len, (off_t)at), len);
}

static void put32(const struct loop *l, uint64_t at, uint32_t v)
{
	put(l, at, &v, sizeof(v)); /* little-endian machines only, as Xenith is */
}

/* md(4), superblock 0.90: in the last 64 KiB-aligned 64 KiB. */
static void md_090(const struct loop *l)
{
	uint64_t at = (DISK & ~(uint64_t)65535) - 65536;

	put32(l, at, 0xa92b4efc);
	put32(l, at + 8, 90);
	put32(l, at + 20, 0x11223344);
}

static void md_1(const struct loop *l, uint64_t at)
{
	uint64_t sectors = at / 512;

	put32(l, at, 0xa92b4efc);
	put32(l, at + 4, 1);
	put(l, at + 16, "0123456789abcdef", 16);
	put(l, at + 32, "oldhost:7", 9);
	put(l, at + 144, &sectors, sizeof(sectors));
}

static void md_10(const struct loop *l)
{
	md_1(l, (DISK - 8192) & ~(uint64_t)4095);
}

static void md_12(const struct loop *l)
{
	md_1(l, 4096);
}

/* All four labels, each with its ring of uberblocks (OpenZFS on-disk format, 1.3). */
static void zfs(const struct loop *l)
{
	const uint64_t labels[] = { 0, 256 << 10, DISK - (512 << 10), DISK - (256 << 10) };
	uint64_t magic = 0x00bab10c;

	for (size_t i = 0; i < ARRAY_SIZE(labels); i++)
		for (uint64_t u = 0; u < 128; u++)
			put(l, labels[i] + (128 << 10) + u * 1024, &magic, sizeof(magic));
}

static void ext4(const struct loop *l)
{
	run_words(NULL, 0, "mkfs.ext4", "-q", "-F", "-L", "old", l->path, NULL);
}

static void xfs(const struct loop *l)
{
	run_words(NULL, 0, "mkfs.xfs", "-q", "-f", l->path, NULL);
}

static void swap(const struct loop *l)
{
	auto_buf b = { 0 };

	run_words(&b, 0, "mkswap", l->path, NULL);
}

static void lvm(const struct loop *l)
{
	auto_buf b = { 0 };

	run_words(&b, 0, "lvm", "pvcreate", "--yes", "--devices", l->path, l->path, NULL);
}

static void table(const struct loop *l, const char *script)
{
	auto_buf out = { 0 };
	auto_run run = { .stdin_data = script, .stdin_len = strlen(script), .out = &out };
	struct err err = { 0 };

	argv_addl(&run.argv, "sfdisk", "-q", "--no-reread", l->path, NULL);
	if (run_argv(&run, &err))
		fail_msg("%s", err.msg);
}

static void gpt(const struct loop *l)
{
	table(l, "label: gpt\nstart=2048,size=200M\nsize=50M\n");
	run_words(NULL, 0, "mkfs.ext4", "-q", "-F", "-E", "offset=1048576", l->path, "100M", NULL);
}

static void gpt_copy_only(const struct loop *l)
{
	static const char zeros[34 * 512];

	gpt(l);
	put(l, 0, zeros, sizeof(zeros));
}

static void dos(const struct loop *l)
{
	table(l, "label: dos\nstart=2048,size=100M,type=83\nsize=200M,type=5\nsize=50M,type=83\n");
	run_words(NULL, 0, "mkfs.ext4", "-q", "-F", "-E", "offset=1048576", l->path, "50M", NULL);
}

static void vfat(const struct loop *l)
{
	auto_buf b = { 0 };

	run_words(&b, 0, "mkfs.vfat", "-I", l->path, NULL);
}

/* What an independent program sees. */
static void shows(const struct loop *l, bool anything)
{
	auto_buf b = { 0 };
	auto_buf w = { 0 };

	run_words(&b, 2, "blkid", "-p", "-o", "value", l->path, NULL);
	run_words(&w, 0, "wipefs", "--noheadings", l->path, NULL);
	if (!anything) {
		assert_string_equal(buf_str(&b), "");
		assert_string_equal(buf_str(&w), "");
	} else {
		assert_true(w.len > 0);
	}
}

static struct disk_target target(const struct loop *l, struct disk_facts *facts, struct disk_part_plan *parts,
				 size_t n)
{
	*facts = sample_disk(l->path + 5, NULL, DISK);
	facts->path = l->path;
	return (struct disk_target){
		.disk = facts, .id = "serial-TEST", .wipe = true, .parts = parts, .n_parts = n
	};
}

static void open_or_skip(struct loop *l)
{
	if (loop_open(l, DISK, 512))
		return;
	print_message("# needs root and a kernel with loop devices: %s\n", strerror(errno));
	skip();
}

static void wipes(void (*make)(const struct loop *l))
{
	auto_loop l = { .fd = -1 };
	struct disk_facts facts;
	struct disk_target t;
	struct door door = { 0 };
	struct err err = { 0 };

	open_or_skip(&l);
	make(&l);
	fsync(l.fd);
	shows(&l, true);
	t = target(&l, &facts, NULL, 0);
	if (disk_wipe(&t, &door, &err))
		fail_msg("%s", err.msg);
	shows(&l, false);
}

#define WIPES(kind)                            \
	static void wipes_##kind(void **state) \
	{                                      \
		(void)state;                   \
		wipes(kind);                   \
	}

WIPES(md_090)
WIPES(md_10)
WIPES(md_12)
WIPES(zfs)
WIPES(ext4)
WIPES(xfs)
WIPES(swap)
WIPES(lvm)
WIPES(gpt)
WIPES(gpt_copy_only)
WIPES(dos)
WIPES(vfat)

static void all_at_once(const struct loop *l)
{
	lvm(l);
	md_090(l);
	md_10(l);
	zfs(l);
}

WIPES(all_at_once)

/* A file system inside an old partition, and one where a new partition will be, are gone too. */
static void wipes_what_new_partitions_would_show(void **state)
{
	struct disk_part_plan parts[] = {
		{ .number = 1, .start_mib = 300, .size_mib = 50, .kind = "linux" }
	};
	auto_loop l = { .fd = -1 };
	auto_buf old = { 0 };
	auto_buf other = { 0 };
	struct disk_facts facts;
	struct disk_target t;
	struct door door = { 0 };
	struct err err = { 0 };

	(void)state;
	open_or_skip(&l);
	gpt(&l);
	run_words(NULL, 0, "mkfs.ext4", "-q", "-F", "-E", "offset=314572800", l.path, "50M", NULL);
	run_words(&old, 0, "blkid", "-p", "-O", "314572800", "-o", "value", l.path, NULL);
	assert_true(old.len > 0);
	t = target(&l, &facts, parts, 1);
	if (disk_wipe(&t, &door, &err))
		fail_msg("%s", err.msg);
	buf_clear(&old);
	run_words(&old, 2, "blkid", "-p", "-O", "314572800", "-o", "value", l.path, NULL);
	assert_string_equal(buf_str(&old), "");
	run_words(&other, 2, "blkid", "-p", "-O", "1048576", "-o", "value", l.path, NULL);
	assert_string_equal(buf_str(&other), "");
}

static void a_disk_in_use_is_not_wiped(void **state)
{
	auto_loop l = { .fd = -1 };
	struct disk_facts facts;
	struct disk_target t;
	struct door door = { 0 };
	struct err err = { 0 };
	int other;

	(void)state;
	open_or_skip(&l);
	ext4(&l);
	other = open(l.path, O_RDONLY | O_EXCL | O_CLOEXEC);
	assert_true(other >= 0);
	t = target(&l, &facts, NULL, 0);
	assert_int_equal(disk_wipe(&t, &door, &err), -ERR_MACHINE);
	assert_non_null(strstr(err.msg, "is in use and nothing shows by what"));
	close(other);
	shows(&l, true);
}

static void another_disk_in_its_place_is_not_wiped(void **state)
{
	auto_loop l = { .fd = -1 };
	struct disk_facts facts;
	struct disk_target t;
	struct door door = { 0 };
	struct err err = { 0 };

	(void)state;
	open_or_skip(&l);
	ext4(&l);
	t = target(&l, &facts, NULL, 0);
	facts.size_bytes += 512;
	assert_int_equal(disk_wipe(&t, &door, &err), -ERR_MACHINE);
	assert_non_null(strstr(err.msg, "has 419430400 bytes now, and had 419430912"));
	shows(&l, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wipes_md_090),
		cmocka_unit_test(wipes_md_10),
		cmocka_unit_test(wipes_md_12),
		cmocka_unit_test(wipes_zfs),
		cmocka_unit_test(wipes_ext4),
		cmocka_unit_test(wipes_xfs),
		cmocka_unit_test(wipes_swap),
		cmocka_unit_test(wipes_lvm),
		cmocka_unit_test(wipes_gpt),
		cmocka_unit_test(wipes_gpt_copy_only),
		cmocka_unit_test(wipes_dos),
		cmocka_unit_test(wipes_vfat),
		cmocka_unit_test(wipes_all_at_once),
		cmocka_unit_test(wipes_what_new_partitions_would_show),
		cmocka_unit_test(a_disk_in_use_is_not_wiped),
		cmocka_unit_test(another_disk_in_its_place_is_not_wiped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
