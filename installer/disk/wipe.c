/* Every old signature of a disk, overwritten. */
#include "installer/disk/apply.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

#include "base/util.h"
#include "installer/disk/plan.h"
#include "installer/disk/regions.h"

/* Signatures in one place; more means that wiping has no effect. */
#define ROUNDS_MAX  256
/* Zeroed at the ends whatever is found there: tables, ZFS labels, LVM metadata, md 0.90 and 1.0, GPT's copy.
 */
#define DISK_END    (4 * MIB)
#define PART_END    MIB
#define BTRFS_SUPER 4096
#define TRIES       25
#define TRY_US      200000

static int zero(int fd, uint64_t start, uint64_t len, struct err *err)
{
	static const char zeros[65536];

	while (len) {
		ssize_t n = pwrite(fd, zeros, MIN(len, sizeof(zeros)), (off_t)start);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_sys(err, "cannot write at byte %llu", (unsigned long long)start);
		start += (uint64_t)n;
		len -= (uint64_t)n;
	}
	return 0;
}

/* The type of the first signature in a region, for messages; NULL: none. free(3). */
static char *signature(int fd, const struct region *g)
{
	blkid_probe pr = region_probe(fd, g);
	const char *type = NULL;
	char *ret = NULL;

	if (pr && blkid_do_probe(pr) == 0) {
		if (blkid_probe_lookup_value(pr, "TYPE", &type, NULL))
			blkid_probe_lookup_value(pr, "PTTYPE", &type, NULL);
		ret = xstrdup(type ? type : "an unknown signature");
	}
	blkid_free_probe(pr);
	return ret;
}

/*
 * Copies that libblkid doesn't look for: btrfs' superblocks at 64 MiB and 256 GiB (btrfs(5)), magic at 64.
 * From these, tools bring the old file system back.
 */
static const uint64_t btrfs_copies[] = { 64 * MIB, 256 * 1024 * MIB };

static bool is_btrfs_copy(int fd, const struct region *g, uint64_t at)
{
	char magic[8];

	return at < g->size && g->size - at >= BTRFS_SUPER &&
	       pread(fd, magic, sizeof(magic), (off_t)(g->start + at + 64)) == sizeof(magic) &&
	       memcmp(magic, "_BHRfS_M", sizeof(magic)) == 0;
}

static int wipe_copies(int fd, const struct region *g, struct log *log, struct err *err)
{
	int r = 0;

	for (size_t i = 0; !r && i < ARRAY_SIZE(btrfs_copies); i++) {
		if (!is_btrfs_copy(fd, g, btrfs_copies[i]))
			continue;
		log_printf(log, "wipe a btrfs copy at byte %llu + %llu", (unsigned long long)g->start,
			   (unsigned long long)btrfs_copies[i]);
		r = zero(fd, g->start + btrfs_copies[i], BTRFS_SUPER, err);
	}
	return r;
}

/* The ends go first: where a ZFS label is, libblkid would find each of its uberblocks. */
static int wipe_region(int fd, const struct region *g, uint64_t end, struct log *log, struct err *err)
{
	uint64_t len = MIN(end, g->size);
	int r = zero(fd, g->start, len, err);
	blkid_probe pr;

	if (!r)
		r = zero(fd, g->start + g->size - len, len, err);
	if (!r)
		r = wipe_copies(fd, g, log, err);
	if (r)
		return r;
	pr = region_probe(fd, g);
	for (int i = 0; pr && i < ROUNDS_MAX && blkid_do_probe(pr) == 0; i++) {
		const char *type = NULL, *off = NULL;

		if (blkid_probe_lookup_value(pr, "TYPE", &type, NULL))
			blkid_probe_lookup_value(pr, "PTTYPE", &type, NULL);
		if (blkid_probe_lookup_value(pr, "SBMAGIC_OFFSET", &off, NULL))
			blkid_probe_lookup_value(pr, "PTMAGIC_OFFSET", &off, NULL);
		log_printf(log, "wipe %s at byte %llu + %s", type ? type : "signature",
			   (unsigned long long)g->start, off ? off : "?");
		/* Steps back, so that the next probe looks for further copies. */
		if (blkid_do_wipe(pr, 0))
			break; /* the check afterwards tells */
	}
	blkid_free_probe(pr);
	return 0;
}

/* Alone on the disk: what udev started meanwhile is stopped again. */
static int open_alone(const struct disk_target *t, struct door *door, struct err *err)
{
	for (int i = 0;; i++) {
		int fd = open(t->disk->path, O_RDWR | O_EXCL | O_CLOEXEC), r;

		if (fd >= 0)
			return fd;
		if (errno != EBUSY)
			return err_sys(err, "cannot open disk %s (%s) for writing", t->id, t->disk->path);
		if (i == TRIES)
			return err_set(err, ERR_DISK_BUSY, "disk %s (%s) is in use and nothing shows by what",
				       t->id, t->disk->path);
		usleep(TRY_US);
		r = disk_stop(t->disk, door, err);
		if (r)
			return r;
	}
}

/* Facts are older than the apply: another disk may have taken the node. */
static int same_size(int fd, const struct disk_target *t, struct err *err)
{
	uint64_t size = 0;

	if (!ioctl(fd, BLKGETSIZE64, &size) && size == t->disk->size_bytes)
		return 0;
	return err_set(err, ERR_DISK_CHANGED,
		       "disk %s (%s) has %llu bytes now, and had %llu when it was looked at", t->id,
		       t->disk->path, (unsigned long long)size, (unsigned long long)t->disk->size_bytes);
}

/* Drop the kernel's partitions, and with them what it has cached of them. */
static int forget_partitions(int fd, const struct disk_target *t, struct err *err)
{
	if (fsync(fd))
		return err_sys(err, "cannot write to disk %s", t->id);
	ioctl(fd, BLKFLSBUF, 0);
	for (int i = 0; ioctl(fd, BLKRRPART, 0); i++) {
		if (errno == EINVAL || errno == ENOTTY)
			return 0; /* a device that never has partitions */
		if (errno != EBUSY || i == TRIES)
			return err_sys(err, "cannot have the kernel read the table of disk %s again", t->id);
		usleep(TRY_US);
	}
	return 0;
}

static int verify(const struct disk_target *t, const struct regions *regions, struct err *err)
{
	auto_close int fd = open(t->disk->path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(err, "cannot open disk %s (%s)", t->id, t->disk->path);
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	for (size_t i = 0; i < regions->n; i++) {
		auto_free char *left = signature(fd, &regions->v[i]);

		if (left)
			return err_set(
				err, ERR_DISK_UNUSABLE,
				"disk %s still shows %s at byte %llu after it was overwritten; does the disk "
				"take writes?",
				t->id, left, (unsigned long long)regions->v[i].start);
	}
	return 0;
}

int disk_wipe(const struct disk_target *t, struct door *door, struct err *err)
{
	__attribute__((cleanup(regions_clear))) struct regions regions = { 0 };
	uint64_t size = t->disk->size_bytes;
	auto_close int fd = open_alone(t, door, err);
	int r = 0;

	if (fd < 0)
		return fd;
	r = same_size(fd, t, err);
	if (r)
		return r;
	regions_of(t, fd, &regions);
	for (size_t i = 0; !r && i < regions.n; i++)
		r = wipe_region(fd, &regions.v[i], regions.v[i].size == size ? DISK_END : PART_END, door->log,
				err);
	if (r)
		return err_wrap(err, "disk %s", t->id);
	r = forget_partitions(fd, t, err);
	close(fd);
	fd = -1;
	return r ? r : verify(t, &regions, err);
}
