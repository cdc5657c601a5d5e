#include "guest/backup.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>

#include "base/util.h"
#include "guest/domain.h"
#include "guest/manage.h"
#include "guest/owner.h"
#include "guest/stream.h"
#include "guest/xlcfg.h"

#define BLOCK      ((size_t)1 << 20)
#define SNAP_LABEL "backup"

struct writer {
	struct stream *to;
	struct archive *a;
	struct hash *hash; /* of the whole stream */
	struct buf sums;
	struct guest_backup_sums *ret;
	struct err *err;
};

static la_ssize_t on_bytes(struct archive *a, void *arg, const void *data, size_t len)
{
	struct writer *w = arg;

	if (stream_put(w->to, data, len, w->err)) {
		archive_set_error(a, EIO, "%s", w->err->msg);
		return -1;
	}
	hash_add(w->hash, data, len);
	w->ret->bytes += len;
	return (la_ssize_t)len;
}

static int failed(struct writer *w)
{
	return w->err->code ? -(int)w->err->code
			    : err_set(w->err, ERR_SYS, "the backup: %s", archive_error_string(w->a));
}

static struct archive_entry *entry_new(const char *name, uint64_t size)
{
	struct archive_entry *e = archive_entry_new();

	archive_entry_set_pathname(e, name);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0600);
	archive_entry_set_mtime(e, time(NULL), 0);
	archive_entry_set_size(e, (la_int64_t)size);
	return e;
}

static int add_text(struct writer *w, const char *name, const struct buf *text)
{
	struct archive_entry *e = entry_new(name, text->len);
	int r = 0;

	if (archive_write_header(w->a, e) != ARCHIVE_OK ||
	    archive_write_data(w->a, buf_str(text), text->len) != (la_ssize_t)text->len)
		r = failed(w);
	archive_entry_free(e);
	return r;
}

static void add_sum(struct writer *w, const char *name, const struct buf *text)
{
	char hex[HASH_HEX_LEN + 1];

	hash_mem(buf_str(text), text->len, hex);
	buf_addf(&w->sums, "%s  %s\n", hex, name);
}

static int size_of(int fd, uint64_t *ret)
{
	struct stat st;

	if (fstat(fd, &st))
		return -1;
	if (S_ISBLK(st.st_mode))
		return ioctl(fd, BLKGETSIZE64, ret);
	*ret = (uint64_t)st.st_size;
	return 0;
}

/* The data of a file; a block device is all data. */
static void add_extents(int fd, uint64_t size, struct archive_entry *e)
{
	off_t at = 0, hole;

	while ((uint64_t)at < size && (at = lseek(fd, at, SEEK_DATA)) >= 0) {
		hole = lseek(fd, at, SEEK_HOLE);
		if (hole < 0)
			break;
		archive_entry_sparse_add_entry(e, at, hole - at);
		at = hole;
	}
	/* A file of nothing but a hole. */
	if (!archive_entry_sparse_count(e))
		archive_entry_sparse_add_entry(e, (la_int64_t)size, 0);
}

/* The hash is of all bytes, zeros of holes too: what is restored is what it is of. */
static int add_data(struct writer *w, int fd, uint64_t size, struct hash *hash)
{
	char *block = xmalloc(BLOCK);
	int r = 0;

	for (uint64_t at = 0; !r && at < size;) {
		ssize_t n = pread(fd, block, MIN(BLOCK, size - at), (off_t)at);

		if (n <= 0) {
			r = err_sys(w->err, "cannot read a volume at %llu", (unsigned long long)at);
			break;
		}
		hash_add(hash, block, (size_t)n);
		/* What lies in holes libarchive takes out by itself. */
		if (archive_write_data(w->a, block, (size_t)n) < 0)
			r = failed(w);
		at += (uint64_t)n;
	}
	free(block);
	return r;
}

static int add_disk(struct writer *w, const struct guest_volume *v, const char *source)
{
	auto_close int fd = open(source, O_RDONLY | O_CLOEXEC);
	auto_free char *name = xasprintf("disk/%s", v->vdev);
	struct archive_entry *e;
	struct hash *hash;
	char hex[HASH_HEX_LEN + 1];
	uint64_t size = 0;
	int r = 0;

	if (fd < 0 || size_of(fd, &size))
		return err_sys(w->err, "cannot read %s", source);
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	e = entry_new(name, size);
	if (!v->lv)
		add_extents(fd, size, e);
	hash = hash_new();
	lseek(fd, 0, SEEK_SET);
	if (archive_write_header(w->a, e) != ARCHIVE_OK)
		r = failed(w);
	if (!r)
		r = add_data(w, fd, size, hash);
	hash_hex(hash, hex);
	hash_free(hash);
	buf_addf(&w->sums, "%s  %s\n", hex, name);
	w->ret->disk_bytes += size;
	archive_entry_free(e);
	return r;
}

static int add_all(struct writer *w, const struct guest_known *guest, const struct guest_volumes *vols,
		   bool snapshot)
{
	auto_buf config = { 0 }, record = { 0 };
	int r;

	xlcfg_print(guest->config, &config);
	add_sum(w, "guest.cfg", &config);
	r = add_text(w, "guest.cfg", &config);
	if (guest->record)
		json_pretty(guest->record, &record);
	if (!r && record.len) {
		add_sum(w, "guest.json", &record);
		r = add_text(w, "guest.json", &record);
	}
	for (size_t i = 0; !r && i < vols->n; i++) {
		const struct guest_volume *v = &vols->v[i];
		auto_free char *snap =
			v->lv ? xasprintf("/dev/%s/%s" GUEST_SNAP_INFIX SNAP_LABEL, v->vg, v->lv) : NULL;

		if (!v->read_only && v->target && v->vdev)
			r = add_disk(w, v, snapshot && snap ? snap : v->target);
	}
	return r ? r : add_text(w, "SHA256SUMS", &w->sums);
}

static int write_stream(const struct guest_known *guest, const struct guest_volumes *vols, bool snapshot,
			const char *to, unsigned level, struct guest_backup_sums *ret, struct err *err)
{
	struct writer w = { .ret = ret, .err = err, .hash = hash_new(), .a = archive_write_new() };
	auto_free char *level_text = xasprintf("%u", level ? level : 3);
	int r = stream_create(to, &w.to, err), closed;

	archive_write_set_format_pax(w.a);
	archive_write_add_filter_zstd(w.a);
	archive_write_set_filter_option(w.a, "zstd", "compression-level", level_text);
	archive_write_set_filter_option(w.a, "zstd", "threads", "0");
	archive_write_set_bytes_in_last_block(w.a, 1);
	if (!r && archive_write_open2(w.a, &w, NULL, on_bytes, NULL, NULL) != ARCHIVE_OK)
		r = failed(&w);
	if (!r)
		r = add_all(&w, guest, vols, snapshot);
	closed = archive_write_close(w.a);
	if (!r && closed != ARCHIVE_OK)
		r = failed(&w);
	archive_write_free(w.a);
	hash_hex(w.hash, ret->sha256);
	hash_free(w.hash);
	buf_clear(&w.sums);
	if (w.to) {
		/* What the far end says is the reason of a broken pipe. */
		struct err far = { 0 };
		int c = stream_close(w.to, !r, &far);

		if (c && !r)
			r = err_set(err, far.code, "%s", far.msg);
	}
	return r;
}

/* A snapshot of each volume, at one moment, to be read: thin ones may not be active by themselves. */
static int take_snapshot(const struct guest_host *host, const struct guest_known *guest,
			 const struct guest_volumes *vols, struct door *door, struct err *err)
{
	int r = guest_snapshot(host, guest, SNAP_LABEL, 0, door, err);

	for (size_t i = 0; !r && i < vols->n; i++) {
		const struct guest_volume *v = &vols->v[i];
		const struct guest_lv *lv = v->read_only ? NULL : guest_host_lv(host, v->vg, v->lv);
		auto_free char *snap =
			lv ? xasprintf("%s/%s" GUEST_SNAP_INFIX SNAP_LABEL, v->vg, v->lv) : NULL;

		if (lv && lv->pool)
			r = door_runl(door, err, "lvm", "lvchange", "-a", "y", snap, NULL);
	}
	return r;
}

static bool all_lvs(const struct guest_volumes *vols)
{
	for (size_t i = 0; i < vols->n; i++)
		if (!vols->v[i].read_only && !vols->v[i].lv)
			return false;
	return true;
}

int guest_backup(const struct guest_host *host, const struct guest_known *guest, const char *to,
		 unsigned level, struct guest_backup_sums *ret, struct door *door, struct err *err)
{
	struct guest_volumes vols = { 0 };
	struct domain_info info = { 0 };
	struct guest_loan loan = { 0 };
	struct guest_host now = { 0 };
	bool snapshot = false, paused = false;
	int r = domain_info(guest->name, &info, err);

	*ret = (struct guest_backup_sums){ 0 };
	guest_volumes_of(host, guest->config, &vols);
	if (!r && info.state != DOMAIN_NONE) {
		if (all_lvs(&vols)) {
			r = take_snapshot(host, guest, &vols, door, err);
			snapshot = true;
		} else if (info.state != DOMAIN_PAUSED) {
			r = domain_pause(guest->name, true, door, err);
			paused = !r;
		}
	}
	if (!r)
		r = guest_borrow(host, guest, &loan, door, err);
	if (!r)
		r = write_stream(guest, &vols, snapshot, to, level, ret, err);
	if (paused)
		domain_pause(guest->name, false, door, NULL);
	/* The host is read again: the snapshot is new. */
	if (snapshot && !guest_host_read(host->root, &now, NULL))
		guest_snapshot_drop(&now, guest, SNAP_LABEL, door, NULL);
	guest_host_clear(&now);
	guest_volumes_clear(&vols);
	return guest_give_back(&loan, r, door, err);
}
