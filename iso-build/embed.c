#include "iso-build/embed.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>

#include "base/util.h"

#define SECTOR        2048
#define DESCRIPTORS   (16 * SECTOR)
#define RECORD_OFFSET (DESCRIPTORS + 883)
#define RECORD_BYTES  512
#define RECORD_WORD   "xenith-embed"
#define ID_TEXT       "xenith-embed 1\n"

/* data NULL: a folder. */
static bool add_entry(struct archive *a, const char *name, const void *data, size_t len)
{
	struct archive_entry *e = archive_entry_new();
	bool good;

	archive_entry_set_pathname(e, name);
	archive_entry_set_mode(e, data ? S_IFREG | 0600 : S_IFDIR | 0700);
	archive_entry_set_nlink(e, 1);
	archive_entry_set_size(e, (int64_t)len);
	archive_entry_set_mtime(e, 0, 0);
	good = archive_write_header(a, e) == ARCHIVE_OK &&
	       (!len || archive_write_data(a, data, len) == (la_ssize_t)len);
	archive_entry_free(e);
	return good;
}

int embed_make(const struct buf *ks, const char *words, struct buf *ret, struct err *err)
{
	struct archive *a = archive_write_new();
	auto_buf b = { 0 };
	size_t used = 0;
	bool good;

	memset(buf_room(&b, EMBED_BYTES), 0, EMBED_BYTES);
	good = archive_write_set_format_cpio_newc(a) == ARCHIVE_OK &&
	       archive_write_set_bytes_per_block(a, 512) == ARCHIVE_OK &&
	       archive_write_open_memory(a, b.data, EMBED_BYTES, &used) == ARCHIVE_OK &&
	       add_entry(a, "embed", NULL, 0) && add_entry(a, "embed/id", ID_TEXT, strlen(ID_TEXT));
	if (good && ks)
		good = add_entry(a, "embed/ks.cfg", ks->data, ks->len);
	if (good && words)
		good = add_entry(a, "embed/cmdline", words, strlen(words));
	good = archive_write_close(a) == ARCHIVE_OK && good;
	archive_write_free(a);
	if (!good)
		return err_set(
			err, ERR_ISO_FULL,
			"the kickstart file and the words do not fit into the medium's embed area: they "
			"have %zu bytes, it has %u with a few hundred for itself; have the file fetched "
			"(--ks-url)",
			(ks ? ks->len : 0) + (words ? strlen(words) : 0), EMBED_BYTES);
	b.len = EMBED_BYTES;
	buf_clear(ret);
	*ret = b;
	b = (struct buf){ 0 };
	return 0;
}

static int read_at(int fd, const char *iso, void *data, size_t len, uint64_t offset, struct err *err)
{
	ssize_t n = pread(fd, data, len, (off_t)offset);

	if (n < 0)
		return err_sys(err, "cannot read %s", iso);
	if ((size_t)n < len)
		return err_set(err, ERR_ISO_NO_MEDIUM,
			       "%s ends at byte %" PRIu64 ": it is no whole boot medium", iso,
			       offset + (uint64_t)n);
	return 0;
}

static int write_at(int fd, const char *iso, const void *data, size_t len, uint64_t offset, struct err *err)
{
	if (pwrite(fd, data, len, (off_t)offset) != (ssize_t)len || fsync(fd))
		return err_sys(err, "cannot write to %s", iso);
	return 0;
}

/* The sector that begins as an area does, behind the names and times of its first two entries. */
static int search(int fd, const char *iso, uint64_t *ret, struct err *err)
{
	auto_buf empty = { 0 };
	char sector[SECTOR];
	struct stat st;
	int r = embed_make(NULL, NULL, &empty, err);

	if (!r && fstat(fd, &st))
		r = err_sys(err, "cannot look at %s", iso);
	for (uint64_t at = DESCRIPTORS; !r && at + EMBED_BYTES <= (uint64_t)st.st_size; at += SECTOR) {
		r = read_at(fd, iso, sector, sizeof(sector), at, err);
		if (!r && memcmp(sector, empty.data, sizeof(sector)) == 0) {
			*ret = at;
			return 0;
		}
	}
	return r ? r : err_set(err, ERR_SYS, "%s holds no " EMBED_FILE, iso);
}

int embed_record(const char *iso, struct err *err)
{
	auto_close int fd = open(iso, O_RDWR | O_CLOEXEC);
	char record[RECORD_BYTES] = "";
	uint64_t at = 0;
	int r;

	if (fd < 0)
		return err_sys(err, "cannot open %s", iso);
	r = search(fd, iso, &at, err);
	snprintf(record, sizeof(record), RECORD_WORD " %" PRIu64 " %u\n", at, EMBED_BYTES);
	return r ? r : write_at(fd, iso, record, sizeof(record), RECORD_OFFSET, err);
}

/* Where the record says that the area is, if there is one indeed. */
static int find(int fd, const char *iso, uint64_t *ret, struct err *err)
{
	char record[RECORD_BYTES + 1] = "", magic[6], *end = NULL;
	uint64_t at = 0;
	int r = read_at(fd, iso, record, RECORD_BYTES, RECORD_OFFSET, err);

	if (!r && str_starts(record, RECORD_WORD " "))
		at = strtoull(record + strlen(RECORD_WORD), &end, 10);
	if (!r && (!at || at % SECTOR || !end || strtoul(end, NULL, 10) != EMBED_BYTES))
		return err_set(err, ERR_ISO_NO_MEDIUM,
			       "%s has no embed area: it is no boot medium of xenith iso build, or one of an "
			       "earlier version",
			       iso);
	if (!r)
		r = read_at(fd, iso, magic, sizeof(magic), at, err);
	if (!r && memcmp(magic, "070701", sizeof(magic)) != 0)
		return err_set(err, ERR_ISO_NO_MEDIUM, "%s: its embed area at byte %" PRIu64 " is damaged",
			       iso, at);
	*ret = at;
	return r;
}

int embed_write(const char *iso, const struct buf *area, struct err *err)
{
	auto_close int fd = open(iso, O_RDWR | O_CLOEXEC);
	uint64_t at = 0;
	int r;

	if (fd < 0)
		return err_sys(err, "cannot open %s", iso);
	r = find(fd, iso, &at, err);
	return r ? r : write_at(fd, iso, area->data, area->len, at, err);
}
