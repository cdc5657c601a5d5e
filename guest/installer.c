#include "guest/installer.h"

#include <archive.h>
#include <archive_entry.h>

#include "base/file.h"
#include "base/util.h"
#include "guest/console.h"
#include "guest/domain.h"
#include "guest/xlcfg.h"

#define LOOK_S        60
#define BLKID_S       60
#define BLKID_NOTHING 2 /* its exit status where it finds nothing */

static la_ssize_t add_bytes(struct archive *a, void *arg, const void *data, size_t len)
{
	(void)a;
	buf_add(arg, data, len);
	return (la_ssize_t)len;
}

static int add_file(struct archive *a, const struct guest_answer_file *f, struct err *err)
{
	struct archive_entry *e = archive_entry_new();
	int r = 0;

	archive_entry_set_pathname(e, f->name);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0600);
	archive_entry_set_nlink(e, 1);
	archive_entry_set_size(e, (la_int64_t)f->len);
	if (archive_write_header(a, e) != ARCHIVE_OK ||
	    archive_write_data(a, f->text, f->len) != (la_ssize_t)f->len)
		r = err_set(err, ERR_SYS, "cannot pack %s: %s", f->name, archive_error_string(a));
	archive_entry_free(e);
	return r;
}

static int pack(struct archive *a, const struct guest_answers *answers, struct buf *ret, struct err *err)
{
	int r = 0;

	if (archive_write_open2(a, ret, NULL, add_bytes, NULL, NULL) != ARCHIVE_OK)
		r = err_set(err, ERR_SYS, "cannot pack the answers: %s", archive_error_string(a));
	for (size_t i = 0; !r && i < answers->n_files; i++)
		r = add_file(a, &answers->files[i], err);
	if (!r && archive_write_close(a) != ARCHIVE_OK)
		r = err_set(err, ERR_SYS, "cannot pack the answers: %s", archive_error_string(a));
	archive_write_free(a);
	return r;
}

int guest_initrd_inject(const struct guest_answers *answers, struct buf *initrd, struct err *err)
{
	struct archive *a = archive_write_new();

	/* The kernel looks for the next archive at a multiple of 4. */
	while (initrd->len % 4)
		buf_addc(initrd, '\0');
	archive_write_set_format_cpio_newc(a);
	archive_write_add_filter_none(a);
	return pack(a, answers, initrd, err);
}

int guest_seed_make(const struct guest_plan *plan, const struct guest_answers *answers,
		    struct guest_journal *j, struct door *door, struct err *err)
{
	struct archive *a = archive_write_new();
	auto_free char *path = path_join(j->dir, "seed.iso");
	auto_buf iso = { 0 };
	int r;

	(void)plan;
	archive_write_set_format_iso9660(a);
	archive_write_set_format_option(a, "iso9660", "volume-id", "CIDATA");
	archive_write_set_format_option(a, "iso9660", "rockridge", "useful");
	archive_write_set_format_option(a, "iso9660", "joliet", "1");
	archive_write_add_filter_none(a);
	r = pack(a, answers, &iso, err);
	if (!r)
		r = guest_journal_add(j, "state", path, err);
	return r ? r : door_write(door, path, iso.data, iso.len, 0600, err);
}

static int put_state(struct guest_journal *j, const char *name, const struct buf *data, struct door *door,
		     struct err *err)
{
	auto_free char *path = path_join(j->dir, name);
	int r = guest_journal_add(j, "state", path, err);

	return r ? r : door_write(door, path, data->data, data->len, 0600, err);
}

static bool wants_seed(const struct guest_spec *s)
{
	return str_eq(s->dialect, "autoinstall") || str_eq(s->dialect, "cloud-config");
}

static int put_all(const struct guest_plan *plan, const struct guest_answers *answers,
		   struct guest_journal *j, struct door *door, struct err *err)
{
	auto_buf kernel = { 0 }, initrd = { 0 }, config = { 0 };
	int r = file_read(plan->spec->kernel, &kernel, err);

	if (!r)
		r = file_read(plan->spec->initrd, &initrd, err);
	if (!r)
		r = wants_seed(plan->spec) ? guest_seed_make(plan, answers, j, door, err)
					   : guest_initrd_inject(answers, &initrd, err);
	xlcfg_print(plan->install, &config);
	if (!r)
		r = put_state(j, "install-kernel", &kernel, door, err);
	if (!r)
		r = put_state(j, "install-initrd", &initrd, door, err);
	return r ? r : put_state(j, "install.cfg", &config, door, err);
}

/* The installer's files hold the answers, so hashes: they go when it has ended. */
static void remove_all(const struct guest_journal *j, struct door *door)
{
	static const char *const names[] = { "install-kernel", "install-initrd", "install.cfg", "seed.iso" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		auto_free char *path = path_join(j->dir, names[i]);

		door_runl(door, NULL, "rm", "-f", path, NULL);
	}
}

/* A guest that was switched off ends as one does that is ready: it must have written something. */
static int check_written(const struct guest_plan *plan, struct door *door, struct err *err)
{
	const struct guest_disk *d = &plan->disks[0];
	auto_buf out = { 0 };
	auto_run run = { .out = &out, .timeout_s = BLKID_S, .ok_status = BLKID_NOTHING };

	if (str_eq(d->format, "qcow2"))
		return 0;
	argv_addl(&run.argv, "blkid", "-p", "-o", "export", d->path, NULL);
	if (door_run(door, &run, err))
		return -(int)err->code;
	return out.len || door->record
		       ? 0
		       : err_set(err, ERR_TOOL, "has ended and left %s empty (%s)", d->vdev, d->path);
}

/* What is not answered would stand there until the time is over; seen twice, it is not just being passed
 * over. */
static int wait_end(const char *name, const char *log, unsigned timeout_s, struct err *err)
{
	unsigned seen = 0;

	for (unsigned left = timeout_s;;) {
		unsigned now_s = MIN(left, LOOK_S);
		struct err one = { 0 };
		int r = domain_wait_end(name, now_s, &one);

		left -= now_s;
		if (r && one.id == ERR_GUEST_STATE && left) {
			seen = console_asks(log) ? seen + 1 : 0;
			if (seen < 2)
				continue;
			return err_set(err, ERR_GUEST_INSTALLER, "asks what its answers don't say");
		}
		if (r && one.id == ERR_GUEST_STATE)
			return err_set(err, ERR_GUEST_INSTALLER, "guest %s still runs after %u s", name,
				       timeout_s);
		return r ? err_copy(err, &one) : 0;
	}
}

int guest_installer_run(const struct guest_plan *plan, const struct guest_answers *answers,
			struct guest_journal *j, unsigned timeout_s, struct door *door, struct err *err)
{
	auto_free char *config = path_join(j->dir, "install.cfg");
	auto_free char *log = xasprintf("/var/log/xenith/guest-%s-install.log", plan->name);
	pid_t console = 0;
	int r = put_all(plan, answers, j, door, err);

	if (!r)
		r = guest_journal_add(j, "domain", plan->name, err);
	if (!r)
		r = domain_create(config, door, err);
	if (!r && !door->record) {
		unlink(log);
		console_record(plan->name, log, &console, NULL);
		r = wait_end(plan->name, log, timeout_s, err);
		console_stop(console);
		if (!r)
			r = check_written(plan, door, err);
	}
	if (r) {
		auto_free char *tail = console ? console_tail(log) : NULL;

		return tail ? err_wrap(err, "its installer (%s has its console, which ends: %s)", log, tail)
			    : err_wrap(err, "its installer");
	}
	remove_all(j, door);
	return 0;
}
