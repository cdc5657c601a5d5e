/* The mark of a finished install, on each of its disks. */
#include <blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/random.h>
#include <time.h>

#include "base/util.h"
#include "facts/mark.h"
#include "installer/disk/disk.h"

struct mark {
	const struct disk_target *disk;
	const char *id, *hostname, *installed;
};

int disk_mark_id(char id[MARK_ID + 1], struct err *err)
{
	unsigned char bytes[MARK_ID / 2];

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return err_sys(err, "no random numbers for this install's id");
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(id + 2 * i, 3, "%02x", bytes[i]);
	return 0;
}

/* The UUID of the table that is on the disk now. free(3). */
static char *table_uuid(const char *path)
{
	blkid_probe pr = blkid_new_probe_from_filename(path);
	const char *uuid = NULL;
	char *ret = NULL;

	if (pr) {
		blkid_probe_enable_superblocks(pr, 0);
		blkid_probe_enable_partitions(pr, 1);
		if (blkid_do_probe(pr) == 0 && !blkid_probe_lookup_value(pr, "PTUUID", &uuid, NULL))
			ret = xstrdup(uuid);
	}
	blkid_free_probe(pr);
	return ret;
}

static int mark_fn(void *arg, struct err *err)
{
	struct mark *m = arg;
	const char *path = m->disk->disk->path;
	auto_free char *table = table_uuid(path);
	auto_close int fd = open(path, O_WRONLY | O_CLOEXEC);
	char block[MARK_LEN];

	if (fd < 0)
		return err_sys(err, "cannot open disk %s (%s)", m->disk->id, path);
	if (!table)
		return err_set(err, ERR_SYS, "disk %s (%s) has no partition table any more", m->disk->id,
			       path);
	mark_make(m->id, m->hostname, m->installed, table, block);
	if (pwrite(fd, block, sizeof(block), MARK_START) != sizeof(block) || fsync(fd))
		return err_sys(err, "cannot write to disk %s", m->disk->id);
	return 0;
}

/* A partition of an old table that was kept may begin before 1 MiB. */
static bool has_room(const struct disk_target *t)
{
	for (size_t i = 0; !t->wipe && i < t->disk->n_parts; i++)
		if (t->disk->parts[i].start_bytes < MARK_START + MARK_LEN)
			return false;
	return true;
}

int disk_mark(const struct disk_plan *plan, const char *id, const char *hostname, struct door *door,
	      struct err *err)
{
	time_t now = time(NULL);
	char installed[32];
	struct tm tm;
	int r = 0;

	gmtime_r(&now, &tm);
	strftime(installed, sizeof(installed), "%Y-%m-%dT%H:%M:%SZ", &tm);
	for (size_t i = 0; !r && i < plan->n_disks; i++) {
		struct mark m = { &plan->disks[i], id, hostname, installed };
		auto_free char *what = xasprintf("disk %s: mark it as this host's", plan->disks[i].id);

		if (has_room(&plan->disks[i]))
			r = door_call(door, what, mark_fn, &m, err);
	}
	return r;
}
