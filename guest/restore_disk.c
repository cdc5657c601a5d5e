/* A disk of a backup: its place made, its bytes written, its sum taken. */
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>

#include "base/file.h"
#include "base/util.h"
#include "guest/owner.h"
#include "guest/restore_priv.h"
#include "guest/volume.h"
#include "guest/xlcfg.h"

static int make_place(struct restore *rd, const char *place, uint64_t size)
{
	struct guest_lv_new new = { .guest = xlcfg_str(rd->config, "name"),
				    .bytes = (size + 511) / 512 * 512 };
	auto_argv parts = { 0 }, made = { 0 };
	int r;

	if (!str_starts(place, "/dev/")) {
		if (file_exists(place))
			return err_set(rd->err, ERR_GUEST_THERE, "%s is there already", place);
		return guest_journal_add(&rd->j, "file", place, rd->err);
	}
	argv_split(&parts, place + strlen("/dev/"), "/");
	if (parts.n != 2 || !guest_host_vg(&rd->host, parts.v[0]))
		return err_set(rd->err, ERR_MACHINE,
			       "%s: there is no such volume group here; say --vg or --dir", place);
	new.vg = parts.v[0];
	new.lv = parts.v[1];
	if (guest_host_lv(&rd->host, new.vg, new.lv))
		return err_set(rd->err, ERR_GUEST_THERE, "%s is there already", place);
	argv_addf(&made, "%s/%s", new.vg, new.lv);
	argv_addv(&rd->lvs, made.v);
	r = guest_lv_make(&rd->host, &new, &rd->j, rd->door, rd->err);
	return r ? r : guest_own_confirm(&rd->host, &made, rd->door, rd->err);
}

static void add_zeros(struct hash *h, uint64_t n)
{
	static const char zeros[65536];

	for (; n; n -= MIN(n, sizeof(zeros)))
		hash_add(h, zeros, MIN(n, sizeof(zeros)));
}

/* Holes are written where they may not be zeros already: on a volume that was something else before. */
static int fill_zeros(int fd, uint64_t from, uint64_t to)
{
	static const char zeros[65536];

	while (from < to) {
		ssize_t n = pwrite(fd, zeros, MIN(to - from, sizeof(zeros)), (off_t)from);

		if (n <= 0)
			return -1;
		from += (uint64_t)n;
	}
	return 0;
}

static bool is_zero(const void *data, size_t len)
{
	const char *p = data;

	return !len || (!p[0] && memcmp(p, p + 1, len - 1) == 0);
}

static int write_data(struct restore *rd, int fd, uint64_t size, bool block_device, struct hash *hash)
{
	const void *data;
	size_t len;
	la_int64_t at;
	uint64_t end = 0;
	int r;

	while ((r = archive_read_data_block(rd->a, &data, &len, &at)) == ARCHIVE_OK) {
		add_zeros(hash, (uint64_t)at - end);
		if (block_device && fill_zeros(fd, end, (uint64_t)at))
			return err_sys(rd->err, "cannot write a volume");
		hash_add(hash, data, len);
		for (size_t done = 0; done < len && (block_device || !is_zero(data, len));) {
			ssize_t n = pwrite(fd, (const char *)data + done, len - done, at + (off_t)done);

			if (n <= 0)
				return err_sys(rd->err, "cannot write a volume");
			done += (size_t)n;
		}
		end = (uint64_t)at + len;
	}
	if (r != ARCHIVE_EOF)
		return grestore_damaged(rd, "is damaged");
	add_zeros(hash, size - MIN(size, end));
	if (block_device ? fill_zeros(fd, end, size) : ftruncate(fd, (off_t)size))
		return err_sys(rd->err, "cannot write a volume");
	return fsync(fd) ? err_sys(rd->err, "cannot write a volume") : 0;
}

static const char *place_for(const struct restore *rd, const char *vdev)
{
	size_t len = strlen(vdev);

	for (size_t i = 0; i < rd->places.n; i++)
		if (strncmp(rd->places.v[i], vdev, len) == 0 && rd->places.v[i][len] == '\n')
			return rd->places.v[i] + len + 1;
	return NULL;
}

int grestore_disk(struct restore *rd, struct archive_entry *e, const char *name)
{
	const char *place = place_for(rd, name + strlen("disk/"));
	uint64_t size = (uint64_t)archive_entry_size(e);
	bool block = place && str_starts(place, "/dev/");
	struct hash *hash;
	char hex[HASH_HEX_LEN + 1];
	auto_close int fd = -1;
	int r;

	if (!rd->config || !place)
		return grestore_damaged(rd, "holds a disk that its configuration does not have");
	r = make_place(rd, place, size);
	if (r)
		return r;
	fd = open(place, block ? O_WRONLY | O_CLOEXEC : O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(rd->err, "cannot open %s", place);
	hash = hash_new();
	r = write_data(rd, fd, size, block, hash);
	hash_hex(hash, hex);
	hash_free(hash);
	argv_addf(&rd->sums, "%s  %s", hex, name);
	return r;
}
