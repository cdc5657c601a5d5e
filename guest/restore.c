#include "guest/restore.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

#include "base/util.h"
#include "guest/clone_identity.h"
#include "guest/owner.h"
#include "guest/record.h"
#include "guest/restore_priv.h"
#include "guest/stream.h"
#include "guest/xlcfg.h"

#define TEXT_MAX ((size_t)16 << 20)
#define BLOCK    ((size_t)1 << 20)

static la_ssize_t on_read(struct archive *a, void *arg, const void **data)
{
	struct restore *rd = arg;
	ssize_t n = stream_get(rd->from, rd->block, sizeof(rd->block), rd->err);

	*data = rd->block;
	if (n < 0)
		archive_set_error(a, EIO, "%s", rd->err->msg);
	return n;
}

int grestore_damaged(struct restore *rd, const char *what)
{
	return rd->err->code ? -(int)rd->err->code
			     : err_set(rd->err, ERR_FETCH, "%s: %s%s%s", rd->want->from, what,
				       archive_error_string(rd->a) ? ": " : "",
				       archive_error_string(rd->a) ? archive_error_string(rd->a) : "");
}

static int read_text(struct restore *rd, struct archive_entry *e, struct buf *b)
{
	ssize_t n;

	if ((size_t)archive_entry_size(e) > TEXT_MAX)
		return grestore_damaged(rd, "a text in it is too large");
	while ((n = archive_read_data(rd->a, buf_room(b, BLOCK), BLOCK)) > 0)
		buf_used(b, (size_t)n);
	return n < 0 ? grestore_damaged(rd, "is damaged") : 0;
}

static void add_sum(struct restore *rd, const char *name, const struct buf *text)
{
	char hex[HASH_HEX_LEN + 1];

	hash_mem(buf_str(text), text->len, hex);
	argv_addf(&rd->sums, "%s  %s", hex, name);
}

/* The last entry: each sum that it says must be one that was found, and the other way round. */
static int take_sums(struct restore *rd, const struct buf *text)
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

static int take_entry(struct restore *rd, struct archive_entry *e)
{
	const char *name = archive_entry_pathname(e);
	auto_buf text = { 0 };
	int r;

	if (!name)
		return grestore_damaged(rd, "an entry without a name");
	if (str_starts(name, "disk/"))
		return grestore_disk(rd, e, name);
	r = read_text(rd, e, &text);
	if (r)
		return r;
	if (str_eq(name, "SHA256SUMS"))
		return take_sums(rd, &text);
	add_sum(rd, name, &text);
	if (str_eq(name, "guest.cfg"))
		return grestore_config(rd, &text);
	if (str_eq(name, "guest.json"))
		rd->record = json_loads(buf_str(&text), 0, NULL);
	return 0;
}

static int read_all(struct restore *rd)
{
	struct archive_entry *e;
	int r = 0, got = ARCHIVE_OK;

	archive_read_support_filter_zstd(rd->a);
	archive_read_support_format_tar(rd->a);
	if (archive_read_open(rd->a, rd, NULL, on_read, NULL) != ARCHIVE_OK)
		return grestore_damaged(rd, "is no backup");
	while (!r && !rd->whole && (got = archive_read_next_header(rd->a, &e)) == ARCHIVE_OK)
		r = take_entry(rd, e);
	if (!r && got != ARCHIVE_OK && got != ARCHIVE_EOF)
		r = grestore_damaged(rd, "is damaged");
	if (!r && !rd->whole)
		r = grestore_damaged(rd, "is cut short: its sums are missing");
	return r;
}

static int write_config(struct restore *rd)
{
	const char *name = xlcfg_str(rd->config, "name");
	auto_json *record = rd->record ? json_incref(rd->record) : json_object();

	json_put_str(record, "name", name);
	json_object_del(record, "verify");
	guest_record_disks(record, "restored", &rd->places);
	return guest_files_write(name, "guest restore", rd->config, record, &rd->j, rd->door, rd->err);
}

int guest_restore(const struct guest_restore *restore, char **name, struct door *door, struct err *err)
{
	struct restore *rd = xcalloc(1, sizeof(*rd));
	struct err undo = { 0 };
	bool own;
	int r;

	rd->want = restore;
	rd->door = door;
	rd->err = err;
	rd->j.fd = -1;
	rd->a = archive_read_new();
	r = stream_open(restore->from, &rd->from, err);
	if (!r)
		r = read_all(rd);
	if (!r && restore->name && rd->places.n)
		r = guest_clone_identity(&rd->places, xlcfg_str(rd->old, "name"), restore->name, rd->old,
					 rd->config, &rd->j, &own, door, err);
	if (!r)
		r = write_config(rd);
	if (!r)
		r = guest_disown(&rd->host, &rd->lvs, door, err);
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
	guest_host_clear(&rd->host);
	argv_clear(&rd->places);
	argv_clear(&rd->lvs);
	argv_clear(&rd->sums);
	free(rd);
	return r;
}
