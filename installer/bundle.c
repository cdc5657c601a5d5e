#include "installer/bundle.h"

#include <archive.h>
#include <archive_entry.h>

#include "base/file.h"
#include "base/util.h"

/* The masked text of one of the run's files; empty where there is none yet. */
static void text_of(struct install_run *run, const char *name, struct buf *b)
{
	if (str_eq(name, "install.log"))
		file_read(INSTALL_RUN "/install.log", b, NULL);
	else if (str_eq(name, "events.jsonl"))
		file_read(INSTALL_RUN "/events.jsonl", b, NULL);
	else if (str_eq(name, "host.ks"))
		ks_print(&run->ks, true, b);
	else if (str_eq(name, "plan.txt") && run->plan.facts)
		install_plan_print(&run->plan, b);
	else if (str_eq(name, "facts.json"))
		facts_json(&run->facts, b);
	log_mask_buf(run->log, b);
}

int bundle_logs_to(struct install_run *run, const char *dir, struct err *err)
{
	static const char *const names[] = { "install.log", "events.jsonl", "host.ks", "plan.txt" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		auto_free char *path = path_join(dir, names[i]);
		auto_buf b = { 0 };
		int r;

		text_of(run, names[i], &b);
		r = door_write(&run->door, path, buf_str(&b), b.len, 0640, err);
		if (r)
			return r;
	}
	return 0;
}

static void add_file(struct archive *tar, const char *name, const struct buf *b)
{
	struct archive_entry *entry = archive_entry_new();

	archive_entry_set_pathname(entry, name);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0600);
	archive_entry_set_size(entry, (la_int64_t)b->len);
	archive_entry_set_mtime(entry, time(NULL), 0);
	archive_write_header(tar, entry);
	archive_write_data(tar, buf_str(b), b->len);
	archive_entry_free(entry);
}

int bundle_write(struct install_run *run, const struct err *failure, const char *path, struct err *err)
{
	static const char *const names[] = { "facts.json", "host.ks", "plan.txt", "install.log",
					     "events.jsonl" };
	struct archive *tar = archive_write_new();
	auto_buf error = { 0 };
	int r = 0;

	archive_write_set_format_pax_restricted(tar);
	if (archive_write_open_filename(tar, path) != ARCHIVE_OK) {
		r = err_set(err, ERR_SYS, "cannot write %s: %s", path, archive_error_string(tar));
		archive_write_free(tar);
		return r;
	}
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		auto_buf b = { 0 };

		text_of(run, names[i], &b);
		add_file(tar, names[i], &b);
	}
	buf_addf(&error, "%s: exit status %d, %s: %s\n%s\n", run->step, failure->code,
		 err_entry(failure)->code, failure->msg, err_entry(failure)->next);
	log_mask_buf(run->log, &error);
	add_file(tar, "error.txt", &error);
	if (archive_write_close(tar) != ARCHIVE_OK)
		r = err_set(err, ERR_SYS, "cannot write %s: %s", path, archive_error_string(tar));
	archive_write_free(tar);
	return r;
}
