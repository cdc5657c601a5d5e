/* A backup, back. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"
#include "guest/backup.h"
#include "guest/clone_config.h"
#include "guest/clone_identity.h"
#include "guest/journal.h"
#include "guest/manage.h"
#include "guest/record.h"
#include "guest/stream.h"
#include "guest/xlcfg.h"
#include "guest/xlcfg_word.h"

#define TEXT_MAX ((size_t)16 << 20)
#define BLOCK    ((size_t)1 << 20)

struct reader {
	const struct guest_host *host;
	const struct guest_restore *want;
	struct stream *from;
	struct archive *a;
	struct door *door;
	struct err *err;
	char block[1 << 16];
	struct guest_journal j;
	bool open;            /* the journal */
	json_t *old, *config; /* configurations: of the backup, of what is made */
	struct argv places;   /* "VDEV\nPATH" of the disks to come */
	struct argv sums;     /* "SUM  NAME" of what came */
	char *first;          /* the first disk made */
	json_t *record;
	bool whole;
};

static la_ssize_t on_read(struct archive *a, void *arg, const void **data)
{
	struct reader *rd = arg;
	ssize_t n = stream_get(rd->from, rd->block, sizeof(rd->block), rd->err);

	*data = rd->block;
	if (n < 0)
		archive_set_error(a, EIO, "%s", rd->err->msg);
	return n;
}

static int damaged(struct reader *rd, const char *what)
{
	return rd->err->code ? -(int)rd->err->code
			     : err_set(rd->err, ERR_FETCH, "%s: %s%s%s", rd->want->from, what,
				       archive_error_string(rd->a) ? ": " : "",
				       archive_error_string(rd->a) ? archive_error_string(rd->a) : "");
}

static int read_text(struct reader *rd, struct archive_entry *e, struct buf *b)
{
	ssize_t n;

	if ((size_t)archive_entry_size(e) > TEXT_MAX)
		return damaged(rd, "a text in it is too large");
	while ((n = archive_read_data(rd->a, buf_room(b, BLOCK), BLOCK)) > 0)
		b->len += (size_t)n;
	return n < 0 ? damaged(rd, "is damaged") : 0;
}

static void add_sum(struct reader *rd, const char *name, const struct buf *text)
{
	char hex[HASH_HEX_LEN + 1];

	hash_mem(buf_str(text), text->len, hex);
	argv_addf(&rd->sums, "%s  %s", hex, name);
}

/* Where a disk goes: as it was, or into another group or folder. */
static char *place_of(const struct reader *rd, const struct guest_volume *v, const char *name)
{
	const char *base = strrchr(v->target, '/') + 1;

	if (rd->want->dir)
		return xasprintf("%s/%s-%s.raw", rd->want->dir, name, v->vdev);
	if (rd->want->vg)
		return xasprintf("/dev/%s/%s", rd->want->vg, base);
	return xstrdup(v->target);
}

/* The configuration with its disks at their places; a new name changes what must differ too. */
static int plan_places(struct reader *rd, const char *name)
{
	struct guest_volumes vols = { 0 };
	json_t *disks = json_array();
	int r = 0;

	guest_volumes_of(rd->host, rd->old, &vols);
	for (size_t i = 0; !r && i < vols.n; i++) {
		const struct guest_volume *v = &vols.v[i];
		const char *at = v->target ? strstr(v->word, v->target) : NULL;
		auto_free char *place = NULL, *named = NULL, *word = NULL, *typed = NULL;
		const char *base;

		if (v->read_only || !at || !v->vdev) {
			json_array_append_new(disks, json_string(v->word));
			continue;
		}
		place = place_of(rd, v, name);
		base = strrchr(place, '/') + 1;
		if (rd->want->name && !rd->want->dir) {
			const char *old = xlcfg_str(rd->old, "name");

			named = str_starts(base, old)
					? xasprintf("%.*s%s%s", (int)(base - place), place, name,
						    base + strlen(old))
					: xasprintf("%.*s%s-%s", (int)(base - place), place, name, base);
		}
		argv_addf(&rd->places, "%s\n%s", v->vdev, named ? named : place);
		word = xasprintf("%.*s%s%s", (int)(at - v->word), v->word, named ? named : place,
				 at + strlen(v->target));
		typed = rd->want->dir  ? xlcfg_word_set(word, "backendtype", "qdisk")
			: rd->want->vg ? xlcfg_word_set(word, "backendtype", "phy")
				       : xstrdup(word);
		json_array_append_new(disks, json_string(typed));
	}
	guest_volumes_clear(&vols);
	json_object_set_new(rd->config, "disk", disks);
	return r;
}

static int take_config(struct reader *rd, const struct buf *text)
{
	const char *old_name, *name;
	auto_argv unused = { 0 };
	auto_free char *path = NULL;
	int r = xlcfg_parse("guest.cfg", buf_str(text), &rd->old, rd->err);

	if (r)
		return r;
	old_name = xlcfg_str(rd->old, "name");
	name = rd->want->name ? rd->want->name : old_name;
	if (!name || !guest_name_ok(name))
		return damaged(rd, "its guest has no name");
	path = xasprintf("/etc/xen/%s.cfg", name);
	if (guest_host_find(rd->host, name) || file_exists(path))
		return err_set(rd->err, ERR_GUEST_THERE, "there is a guest %s already", name);
	if (rd->want->name) {
		json_t *bare = json_deep_copy(rd->old);

		json_object_set_new(bare, "disk", json_array());
		r = guest_clone_config(rd->host, bare, name, &rd->config, &unused, rd->err);
		json_decref(bare);
	} else {
		rd->config = json_deep_copy(rd->old);
	}
	if (!r)
		r = plan_places(rd, name);
	if (!r)
		r = guest_journal_open(name, &rd->j, rd->err);
	rd->open = !r;
	return r;
}

static int make_place(struct reader *rd, const char *place, uint64_t size)
{
	auto_argv parts = { 0 };
	auto_free char *what = NULL,
		       *bytes = xasprintf("%llub", (unsigned long long)((size + 511) / 512 * 512));
	auto_free char *tag = xasprintf("xenith.guest.%s", xlcfg_str(rd->config, "name"));
	int r;

	if (!str_starts(place, "/dev/")) {
		if (file_exists(place))
			return err_set(rd->err, ERR_GUEST_THERE, "%s is there already", place);
		return guest_journal_add(&rd->j, "file", place, rd->err);
	}
	argv_split(&parts, place + strlen("/dev/"), "/");
	if (parts.n != 2 || !guest_host_vg(rd->host, parts.v[0]))
		return err_set(rd->err, ERR_MACHINE,
			       "%s: there is no such volume group here; say --vg or --dir", place);
	if (guest_host_lv(rd->host, parts.v[0], parts.v[1]))
		return err_set(rd->err, ERR_GUEST_THERE, "%s is there already", place);
	what = xasprintf("%s/%s", parts.v[0], parts.v[1]);
	r = guest_journal_add(&rd->j, "lv", what, rd->err);
	return r ? r
		 : door_runl(rd->door, rd->err, "lvm", "lvcreate", "--yes", "--wipesignatures", "y", "-n",
			     parts.v[1], "-L", bytes, "--addtag", tag, parts.v[0], NULL);
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

static int write_data(struct reader *rd, int fd, uint64_t size, bool block_device, struct hash *hash)
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
		return damaged(rd, "is damaged");
	add_zeros(hash, size - MIN(size, end));
	if (block_device ? fill_zeros(fd, end, size) : ftruncate(fd, (off_t)size))
		return err_sys(rd->err, "cannot write a volume");
	return fsync(fd) ? err_sys(rd->err, "cannot write a volume") : 0;
}

static const char *place_for(const struct reader *rd, const char *vdev)
{
	size_t len = strlen(vdev);

	for (size_t i = 0; i < rd->places.n; i++)
		if (strncmp(rd->places.v[i], vdev, len) == 0 && rd->places.v[i][len] == '\n')
			return rd->places.v[i] + len + 1;
	return NULL;
}

static int take_disk(struct reader *rd, struct archive_entry *e, const char *name)
{
	const char *place = place_for(rd, name + strlen("disk/"));
	uint64_t size = (uint64_t)archive_entry_size(e);
	bool block = place && str_starts(place, "/dev/");
	struct hash *hash;
	char hex[HASH_HEX_LEN + 1];
	auto_close int fd = -1;
	int r;

	if (!rd->config || !place)
		return damaged(rd, "holds a disk that its configuration does not have");
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
	if (!rd->first)
		rd->first = xstrdup(place);
	return r;
}

/* The last entry: each sum that it says must be one that was found, and the other way round. */
static int take_sums(struct reader *rd, const struct buf *text)
{
	auto_argv lines = { 0 };

	argv_split(&lines, buf_str(text), "\n");
	for (size_t i = 0; i < lines.n; i++)
		if (!argv_has(&rd->sums, lines.v[i]))
			return err_set(rd->err, ERR_FETCH, "%s: %s has another SHA-256 than it had",
				       rd->want->from, strlen(lines.v[i]) > 66 ? lines.v[i] + 66 : "a part");
	if (lines.n != rd->sums.n)
		return err_set(rd->err, ERR_FETCH, "%s: %zu parts have sums, and %zu came", rd->want->from,
			       lines.n, rd->sums.n);
	rd->whole = true;
	return 0;
}

static int take_entry(struct reader *rd, struct archive_entry *e)
{
	const char *name = archive_entry_pathname(e);
	auto_buf text = { 0 };
	int r;

	if (!name)
		return damaged(rd, "an entry without a name");
	if (str_starts(name, "disk/"))
		return take_disk(rd, e, name);
	r = read_text(rd, e, &text);
	if (r)
		return r;
	if (str_eq(name, "SHA256SUMS"))
		return take_sums(rd, &text);
	add_sum(rd, name, &text);
	if (str_eq(name, "guest.cfg"))
		return take_config(rd, &text);
	if (str_eq(name, "guest.json"))
		rd->record = json_loads(buf_str(&text), 0, NULL);
	return 0;
}

static int read_all(struct reader *rd)
{
	struct archive_entry *e;
	int r = 0, got = ARCHIVE_OK;

	archive_read_support_filter_zstd(rd->a);
	archive_read_support_format_tar(rd->a);
	if (archive_read_open(rd->a, rd, NULL, on_read, NULL) != ARCHIVE_OK)
		return damaged(rd, "is no backup");
	while (!r && !rd->whole && (got = archive_read_next_header(rd->a, &e)) == ARCHIVE_OK)
		r = take_entry(rd, e);
	if (!r && got != ARCHIVE_OK && got != ARCHIVE_EOF)
		r = damaged(rd, "is damaged");
	if (!r && !rd->whole)
		r = damaged(rd, "is cut short: its sums are missing");
	return r;
}

static int write_config(struct reader *rd)
{
	const char *name = xlcfg_str(rd->config, "name");
	auto_free char *path = xasprintf("/etc/xen/%s.cfg", name);
	auto_free char *record_path = xasprintf(GUEST_RECORD_DIR "/%s.json", name);
	auto_json *record = rd->record ? json_incref(rd->record) : json_object();
	auto_json *disks = json_array();
	auto_buf b = { 0 };
	int r = guest_journal_add(&rd->j, "config", path, rd->err);

	buf_adds(&b, "# Written by xenith guest restore. xl.cfg(5)\n");
	xlcfg_print(rd->config, &b);
	if (!r)
		r = door_write(rd->door, path, b.data, b.len, 0600, rd->err);
	json_put_str(record, "name", name);
	json_object_del(record, "verify");
	for (size_t i = 0; i < rd->places.n; i++)
		json_array_append_new(disks, json_pack("{s:s, s:s}", "kind", "restored", "path",
						       strchr(rd->places.v[i], '\n') + 1));
	json_object_set_new(record, "disks", json_incref(disks));
	if (!r)
		r = guest_journal_add(&rd->j, "state", record_path, rd->err);
	return r ? r : guest_record_write(name, record, rd->door, rd->err);
}

int guest_restore(const struct guest_host *host, const struct guest_restore *restore, char **name,
		  struct door *door, struct err *err)
{
	struct reader *rd = xcalloc(1, sizeof(*rd));
	struct err undo = { 0 };
	bool own;
	int r;

	rd->host = host;
	rd->want = restore;
	rd->door = door;
	rd->err = err;
	rd->j.fd = -1;
	rd->a = archive_read_new();
	r = stream_open(restore->from, &rd->from, err);
	if (!r)
		r = read_all(rd);
	if (!r && restore->name && rd->first)
		r = guest_clone_identity(rd->first, xlcfg_str(rd->old, "name"), restore->name, rd->old,
					 rd->config, &own, door, err);
	if (!r)
		r = write_config(rd);
	if (!r) {
		r = guest_journal_done(&rd->j, err);
		*name = xstrdup(xlcfg_str(rd->config, "name"));
	} else if (rd->open) {
		guest_journal_undo(&rd->j, door, &undo);
	}
	archive_read_free(rd->a);
	if (rd->from) {
		struct err far = { 0 };

		/* A transfer that failed is why it was cut short. */
		if (stream_close(rd->from, true, &far) && r && err->code == ERR_FETCH) {
			err_set(err, ERR_FETCH, "%s", far.msg);
			err_about(err, far.id, true);
		}
	}
	if (rd->open)
		guest_journal_close(&rd->j);
	json_decref(rd->old);
	json_decref(rd->config);
	json_decref(rd->record);
	argv_clear(&rd->places);
	argv_clear(&rd->sums);
	free(rd->first);
	free(rd);
	return r;
}
