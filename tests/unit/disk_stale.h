/* What other systems leave on disks: made with their own tools where Debian has them, else by the on-disk
 * format. */
#ifndef TESTS_UNIT_DISK_STALE_H
#define TESTS_UNIT_DISK_STALE_H

#include "base/file.h"
#include "tests/unit/disk_loop.h"

/* Where a signature is put: a whole disk or a part of one. Bytes. */
struct place {
	const struct loop *disk;
	uint64_t start, size;
};

static inline void put(const struct place *p, uint64_t at, const void *data, size_t len)
{
	assert_true(at + len <= p->size);
	assert_int_equal(pwrite(p->disk->fd, data, len, (off_t)(p->start + at)), len);
}

static inline void put32(const struct place *p, uint64_t at, uint32_t v)
{
	put(p, at, &v, sizeof(v)); /* little-endian machines only, as Xenith is */
}

static inline void put64(const struct place *p, uint64_t at, uint64_t v)
{
	put(p, at, &v, sizeof(v));
}

/* md(4), superblock 0.90: in the last 64 KiB-aligned 64 KiB. */
static inline void stale_md_090(const struct place *p)
{
	uint64_t at = (p->size & ~(uint64_t)65535) - 65536;

	put32(p, at, 0xa92b4efc);
	put32(p, at + 8, 90);
	put32(p, at + 20, 0x11223344);
}

static inline void stale_md_1(const struct place *p, uint64_t at)
{
	put32(p, at, 0xa92b4efc);
	put32(p, at + 4, 1);
	put(p, at + 16, "0123456789abcdef", 16);
	put(p, at + 32, "oldhost:7", 9);
	put64(p, at + 144, at / 512);
}

static inline void stale_md_10(const struct place *p)
{
	stale_md_1(p, (p->size - 8192) & ~(uint64_t)4095);
}

static inline void stale_md_11(const struct place *p)
{
	stale_md_1(p, 0);
}

static inline void stale_md_12(const struct place *p)
{
	stale_md_1(p, 4096);
}

/* All four labels, each with its ring of uberblocks (OpenZFS on-disk format, 1.3). */
static inline void stale_zfs(const struct place *p)
{
	uint64_t end = p->size & ~(uint64_t)((256 << 10) - 1);
	const uint64_t labels[] = { 0, 256 << 10, end - (512 << 10), end - (256 << 10) };

	for (size_t i = 0; i < ARRAY_SIZE(labels); i++)
		for (uint64_t u = 0; u < 128; u++)
			put64(p, labels[i] + (128 << 10) + u * 1024, 0x00bab10c);
}

/* The last two labels alone: what is left when only the start of a disk was cleared. */
static inline void stale_zfs_end(const struct place *p)
{
	static const char zeros[512 << 10];

	stale_zfs(p);
	put(p, 0, zeros, sizeof(zeros));
}

/* A copy in the place: mkfs and the like want a device or image that ends where the file system does. */
static inline void put_image(const struct place *p, const char *const *words)
{
	char image[] = P_tmpdir "/test_stale_XXXXXX";
	auto_close int fd = mkstemp(image);
	auto_run run = { 0 };
	struct err err = { 0 };
	auto_buf out = { 0 };
	auto_buf copied = { 0 };
	auto_free char *seek = xasprintf("seek=%llu", (unsigned long long)p->start);
	auto_free char *in = xasprintf("if=%s", image);
	auto_free char *of = xasprintf("of=%s", p->disk->path);

	assert_true(fd >= 0 && !ftruncate(fd, (off_t)p->size));
	run.out = &out;
	for (; *words; words++)
		argv_add(&run.argv, *words);
	argv_add(&run.argv, image);
	if (run_argv(&run, &err))
		fail_msg("%s", err.msg);
	run_words(&copied, 0, "dd", in, of, seek, "bs=64K", "oflag=seek_bytes", "conv=notrunc,sparse", NULL);
	unlink(image);
}

#define STALE_TOOL(name, ...)                                             \
	static inline void stale_##name(const struct place *p)            \
	{                                                                 \
		static const char *const words[] = { __VA_ARGS__, NULL }; \
		put_image(p, words);                                      \
	}

STALE_TOOL(ext4, "mkfs.ext4", "-q", "-F", "-L", "old")
STALE_TOOL(xfs, "mkfs.xfs", "-q", "-f")
STALE_TOOL(btrfs, "mkfs.btrfs", "-q", "-f")
STALE_TOOL(swap, "mkswap")
STALE_TOOL(vfat, "mkfs.vfat", "-F", "32")

/* LVM's CRC of a label: from its offset field to the sector's end, not inverted at the end (lib/misc/crc.c).
 */
static inline uint32_t lvm_crc(const struct place *p)
{
	unsigned char label[492];
	uint32_t crc = 0xf597a6cf;

	assert_int_equal(pread(p->disk->fd, label, sizeof(label), (off_t)(p->start + 532)), sizeof(label));
	for (size_t i = 0; i < sizeof(label); i++) {
		crc ^= label[i];
		for (int b = 0; b < 8; b++)
			crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
	}
	return crc;
}

static inline void stale_lvm(const struct place *p)
{
	/* label_header and pv_header (LVM2, lib/format_text/layout.h). */
	put(p, 512, "LABELONE", 8);
	put64(p, 520, 1);
	put32(p, 532, 32);
	put(p, 536, "LVM2 001", 8);
	put(p, 544, "AbCdEf0123456789AbCdEf0123456789", 32);
	put32(p, 528, lvm_crc(p));
}

/* LUKS: one header at the start (version 1), two (version 2; docs/on-disk-format-luks2.pdf of cryptsetup). */
static inline void stale_luks1(const struct place *p)
{
	put(p, 0, "LUKS\xba\xbe\0\1", 8);
	put(p, 168, "01234567-89ab-cdef-0123-456789abcdef", 36);
}

static inline void luks2_header(const struct place *p, uint64_t at, const char *magic)
{
	uint64_t offset = __builtin_bswap64(at), size = __builtin_bswap64(0x400000);

	put(p, at, magic, 6);
	put(p, at + 6, "\0\2", 2);
	put(p, at + 8, &size, 8);
	put(p, at + 168, "01234567-89ab-cdef-0123-456789abcdef", 36);
	put(p, at + 256, &offset, 8);
}

/* With the largest header that there is, so that the second one is far from the start. */
static inline void stale_luks2(const struct place *p)
{
	luks2_header(p, 0, "LUKS\xba\xbe");
	luks2_header(p, 0x400000, "SKUL\xba\xbe");
}

static inline void stale_luks2_second(const struct place *p)
{
	luks2_header(p, 0x400000, "SKUL\xba\xbe");
}

/* VMFS: the volume's member record at 1 MiB, the file system at 2 MiB. */
static inline void stale_vmfs(const struct place *p)
{
	put(p, 1 << 20, "\x0d\xd0\x01\xc0", 4);
	put(p, 2 << 20, "\x5e\xf1\xab\x2f", 4);
}

/* SNIA DDF: the anchor in the last sector names the primary header. */
static inline void stale_ddf(const struct place *p)
{
	uint64_t at[] = { p->size - 512, p->size - 33 * 512 };

	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		uint64_t lba = __builtin_bswap64(at[1] / 512);

		put(p, at[i], "\xde\x11\xde\x11", 4);
		put(p, at[i] + 8, "Dell    0123456789012345", 24);
		put(p, at[i] + 32, "01.00.00", 8);
		put(p, at[i] + 96, &lba, 8);
	}
}

/* Intel Matrix Storage: last sector but one. */
static inline void stale_imsm(const struct place *p)
{
	put(p, p->size - 1024, "Intel Raid ISM Cfg Sig. 1.3.00", 30);
}

/* bcache's superblock in the second 4 KiB. */
static inline void stale_bcache(const struct place *p)
{
	put64(p, 4096 + 8, 8);
	put(p, 4096 + 24, "\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf5\x7f\x48\xba\x6d\x81", 16);
}

/* A BitLocker volume of Windows 7 and later: boot sector, and the metadata that it names. */
static inline void stale_bitlocker(const struct place *p)
{
	put(p, 0, "\xeb\x58\x90-FVE-FS-", 11);
	put(p, 160, "\x3b\xd6\x67\x49\x29\x2e\xd8\x4a\x83\x99\xf6\xa3\x39\xe3\xd0\x01", 16);
	for (uint64_t i = 0; i < 3; i++) {
		put64(p, 176 + 8 * i, (i + 1) << 20);
		put(p, (i + 1) << 20, "-FVE-FS-\0\0\2\0", 12);
	}
	put(p, 510, "\x55\xaa", 2);
}

struct stale {
	const char *name;
	void (*make)(const struct place *p);
	bool whole_only; /* a RAID controller's: never in a partition */
};

static const struct stale stales[] = {
	{ "md 0.90", stale_md_090, false },
	{ "md 1.0", stale_md_10, false },
	{ "md 1.1", stale_md_11, false },
	{ "md 1.2", stale_md_12, false },
	{ "ZFS", stale_zfs, false },
	{ "ZFS, last labels", stale_zfs_end, false },
	{ "LVM", stale_lvm, false },
	{ "LUKS1", stale_luks1, false },
	{ "LUKS2", stale_luks2, false },
	{ "LUKS2, second header", stale_luks2_second, false },
	{ "VMFS", stale_vmfs, false },
	{ "DDF", stale_ddf, true },
	{ "IMSM", stale_imsm, true },
	{ "bcache", stale_bcache, false },
	{ "BitLocker", stale_bitlocker, false },
	{ "btrfs", stale_btrfs, false },
	{ "ext4", stale_ext4, false },
	{ "xfs", stale_xfs, false },
	{ "swap", stale_swap, false },
	{ "vfat", stale_vfat, false },
};

#endif
