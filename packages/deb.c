#include "packages/deb.h"

#include <archive_entry.h>
#include <errno.h>

#include "base/util.h"

#define CONTROL_MAX_BYTES (16u << 20)
#define CONTROL_MAX_FILES 1000u

static la_ssize_t read_source(struct archive *a, void *arg, const void **data)
{
	struct deb_source *source = arg;
	ssize_t n = source->fn(source->arg, data, &source->err);

	if (n < 0)
		archive_set_error(a, EIO, "%s", source->err.msg);
	return n;
}

static la_ssize_t read_member(struct archive *a, void *arg, const void **data)
{
	size_t len = 0;
	la_int64_t offset;
	int r = archive_read_data_block(arg, data, &len, &offset);

	if (r == ARCHIVE_EOF)
		return 0;
	if (r < ARCHIVE_WARN) {
		archive_set_error(a, EIO, "%s", archive_error_string(arg));
		return -1;
	}
	return (la_ssize_t)len;
}

/* The source's own failure says more than what libarchive makes of it. */
static int damaged(struct deb_source *source, struct archive *a, struct err *err)
{
	const char *why = archive_error_string(a);

	if (source->err.code)
		return err_copy(err, &source->err);
	return err_set(err, ERR_SRC_DAMAGED, "the package file is damaged: %s",
		       why ? why : "it ends too early");
}

static ssize_t read_compressed(void *arg, const void **data)
{
	return read_member(arg, arg, data);
}

static la_ssize_t read_xz(struct archive *a, void *arg, const void **data)
{
	const struct deb *deb = arg;
	ssize_t n = xz_read(deb->xz, data);
	const char *why = xz_why(deb->xz);

	if (n < 0)
		archive_set_error(a, EIO, "%s", why ? why : archive_error_string(deb->outer));
	return n;
}

/* xz: what has set deb->xz up, decompressed by it. */
static struct archive *tar_in_member(struct deb *deb, bool xz)
{
	struct archive *tar = archive_read_new(), *outer = deb->outer;
	int a;

	archive_read_support_format_tar(tar);
	archive_read_support_format_empty(tar);
	if (!xz)
		archive_read_support_filter_all(tar);
	a = xz ? archive_read_open(tar, deb, NULL, read_xz, NULL)
	       : archive_read_open(tar, outer, NULL, read_member, NULL);
	if (a == ARCHIVE_OK)
		return tar;
	archive_set_error(outer, EIO, "%s", archive_error_string(tar));
	archive_read_free(tar);
	return NULL;
}

static int read_file(struct archive *tar, struct archive_entry *entry, struct deb *deb,
		     struct deb_source *source, struct err *err)
{
	const char *name = archive_entry_pathname(entry);
	struct deb_file *f;
	la_ssize_t n;

	if (str_starts(name, "./"))
		name += 2;
	if (archive_entry_filetype(entry) != AE_IFREG || !*name || strchr(name, '/'))
		return 0;
	if (deb->n_files >= CONTROL_MAX_FILES)
		return err_set(err, ERR_SRC_DAMAGED, "the package has more than %u control files",
			       CONTROL_MAX_FILES);
	xgrow(&deb->files, &deb->files_cap, deb->n_files, sizeof(*deb->files));
	f = &deb->files[deb->n_files++];
	*f = (struct deb_file){ .name = xstrdup(name), .mode = archive_entry_perm(entry) };
	do {
		n = archive_read_data(tar, buf_room(&f->data, 16384), 16384);
		if (n > 0)
			buf_used(&f->data, (size_t)n);
		if (n < 0)
			return damaged(source, tar, err);
		deb->control_bytes += (size_t)n;
		if (deb->control_bytes > CONTROL_MAX_BYTES)
			return err_set(err, ERR_SRC_DAMAGED,
				       "the package's control files are larger than %u bytes",
				       CONTROL_MAX_BYTES);
	} while (n > 0);
	return 0;
}

static int read_control(struct deb *deb, struct deb_source *source, struct err *err)
{
	struct archive *tar = tar_in_member(deb, false);
	struct archive_entry *entry;
	int r = 0, a;

	if (!tar)
		return damaged(source, deb->outer, err);
	while (!r && (a = archive_read_next_header(tar, &entry)) != ARCHIVE_EOF)
		r = a < ARCHIVE_WARN ? damaged(source, tar, err) : read_file(tar, entry, deb, source, err);
	archive_read_free(tar);
	if (!r && !deb_file(deb, "control"))
		r = err_set(err, ERR_SRC_DAMAGED, "the package file is damaged: it has no control file");
	return r;
}

static void parse_conffiles(struct deb *deb)
{
	static const char flag[] = "remove-on-upgrade ";
	const struct buf *text = deb_file(deb, "conffiles");
	auto_argv lines = { 0 };

	if (text)
		argv_split(&lines, buf_str(text), "\n");
	for (size_t i = 0; i < lines.n; i++) {
		bool remove = str_starts(lines.v[i], flag);
		char *path = lines.v[i] + (remove ? strlen(flag) : 0);

		path[strcspn(path, " \t\r")] = '\0';
		if (path[0] != '/')
			continue;
		xgrow(&deb->conffiles, &deb->conffiles_cap, deb->n_conffiles, sizeof(*deb->conffiles));
		deb->conffiles[deb->n_conffiles++] =
			(struct deb_conffile){ .path = xstrdup(path), .remove_on_upgrade = remove };
	}
}

int deb_open(struct deb *deb, struct deb_source *source, struct err *err)
{
	struct archive_entry *entry;
	bool have_control = false;
	int a;

	deb->outer = archive_read_new();
	archive_read_support_format_ar(deb->outer);
	if (archive_read_open(deb->outer, source, NULL, read_source, NULL) != ARCHIVE_OK)
		return damaged(source, deb->outer, err);
	while ((a = archive_read_next_header(deb->outer, &entry)) == ARCHIVE_OK || a == ARCHIVE_WARN) {
		const char *name = archive_entry_pathname(entry);
		int r;

		if (name && str_starts(name, "data.tar") && have_control) {
			bool xz = str_ends(name, ".xz");

			if (xz)
				deb->xz = xz_new(deb->xz_lib, read_compressed, deb->outer);
			deb->data = tar_in_member(deb, xz);
			return deb->data ? 0 : damaged(source, deb->outer, err);
		}
		if (!name || !str_starts(name, "control.tar"))
			continue;
		r = read_control(deb, source, err);
		if (r)
			return r;
		parse_conffiles(deb);
		have_control = true;
	}
	return a == ARCHIVE_EOF
		       ? err_set(err, ERR_SRC_DAMAGED, "the package file is damaged: it has no %s.tar",
				 have_control ? "data" : "control")
		       : damaged(source, deb->outer, err);
}

const struct buf *deb_file(const struct deb *deb, const char *name)
{
	for (size_t i = 0; i < deb->n_files; i++)
		if (str_eq(deb->files[i].name, name))
			return &deb->files[i].data;
	return NULL;
}

void deb_clear(struct deb *deb)
{
	if (deb->data)
		archive_read_free(deb->data);
	xz_free(deb->xz);
	if (deb->outer)
		archive_read_free(deb->outer);
	for (size_t i = 0; i < deb->n_files; i++) {
		free(deb->files[i].name);
		buf_clear(&deb->files[i].data);
	}
	for (size_t i = 0; i < deb->n_conffiles; i++)
		free(deb->conffiles[i].path);
	free(deb->files);
	free(deb->conffiles);
	free(deb->conflict);
	buf_clear(&deb->list);
	buf_clear(&deb->md5sums);
	argv_clear(&deb->made);
	*deb = (struct deb){ 0 };
}
