#include "guest/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"
#include "guest/domain.h"
#include "guest/guest.h"
#include "guest/inner_lvm.h"

#define LVM_S 300

int guest_journal_open(const char *name, struct guest_journal *ret, struct err *err)
{
	struct guest_journal j = { .name = xstrdup(name), .fd = -1 };
	int r;

	j.dir = xasprintf(GUEST_STATE_DIR "/%s", name);
	j.path = path_join(j.dir, "journal");
	r = file_mkdirs(j.dir, 0700, err);
	if (!r) {
		j.fd = open(j.path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
		if (j.fd < 0)
			r = err_sys(err, "cannot open %s", j.path);
		else if (flock(j.fd, LOCK_EX | LOCK_NB))
			r = err_set(err, ERR_GUEST_BUSY, "another xenith is at work on guest %s", name);
	}
	if (r)
		guest_journal_close(&j);
	else
		*ret = j;
	return r;
}

void guest_journal_close(struct guest_journal *j)
{
	if (j->fd >= 0)
		close(j->fd);
	/* The folder stays only if something is kept in it. */
	if (j->path && j->fd >= 0 && !guest_journal_unfinished(j)) {
		unlink(j->path);
		rmdir(j->dir);
	}
	free(j->name);
	free(j->dir);
	free(j->path);
	*j = (struct guest_journal){ .fd = -1 };
}

bool guest_journal_unfinished(const struct guest_journal *j)
{
	struct stat st;

	return stat(j->path, &st) == 0 && st.st_size > 0;
}

int guest_journal_add(struct guest_journal *j, const char *kind, const char *what, struct err *err)
{
	auto_free char *line = xasprintf("%s %s\n", kind, what);
	ssize_t len = (ssize_t)strlen(line);

	if (write(j->fd, line, (size_t)len) != len || fsync(j->fd))
		return err_sys(err, "cannot write %s", j->path);
	return 0;
}

/* Only what carries the guest's tag was made for it. */
static int undo_lv(const struct guest_journal *j, const char *lv, struct door *door, struct err *err)
{
	auto_buf out = { 0 };
	auto_free char *tag = xasprintf("xenith.guest.%s", j->name);
	auto_run ask = { .out = &out, .timeout_s = LVM_S };
	auto_argv tags = { 0 };

	argv_addl(&ask.argv, "lvm", "lvs", "--noheadings", "-o", "lv_tags", lv, NULL);
	if (door_run(door, &ask, NULL))
		return 0; /* it was not made any more */
	argv_split(&tags, buf_str(&out), " ,\n");
	if (!door->record && !argv_has(&tags, tag))
		return 0;
	return door_runl(door, err, "lvm", "lvremove", "--yes", "-f", lv, NULL);
}

static int undo_domain(const char *name, struct door *door)
{
	domain_destroy(name, door, NULL); /* it may not run any more */
	return 0;
}

/* The loop devices of a disk of this guest: nobody else has one. */
static int undo_loop(const char *disk, struct door *door, struct err *err)
{
	auto_buf out = { 0 };
	auto_run ask = { .out = &out, .timeout_s = LVM_S };
	auto_argv loops = { 0 };
	int r = 0;

	argv_addl(&ask.argv, "losetup", "--raw", "--noheadings", "--output", "NAME", "-j", disk, NULL);
	if (door_run(door, &ask, NULL))
		return 0;
	argv_split(&loops, buf_str(&out), "\n");
	for (size_t i = 0; !r && i < loops.n; i++)
		r = door_runl(door, err, "losetup", "-d", loops.v[i], NULL);
	return r;
}

/* "NAME PV,PV"; it may not be active, or gone with the devices. */
static int undo_group(char *what, struct door *door)
{
	char *pvs = strchr(what, ' ');

	if (pvs) {
		*pvs++ = '\0';
		inner_lvm_activate(what, false, pvs, door, NULL);
	}
	return 0;
}

static int undo_line(const struct guest_journal *j, char *line, struct door *door, struct err *err)
{
	char *what = strchr(line, ' ');

	if (!what)
		return 0;
	*what++ = '\0';
	if (str_eq(line, "lv"))
		return undo_lv(j, what, door, err);
	if (str_eq(line, "mount"))
		return door_umount(door, what, MNT_DETACH, err);
	if (str_eq(line, "loop"))
		return undo_loop(what, door, err);
	if (str_eq(line, "group"))
		return undo_group(what, door);
	if (str_eq(line, "domain"))
		return undo_domain(what, door);
	return door_remove(door, what, err); /* file, config, link, state */
}

int guest_journal_undo(struct guest_journal *j, struct door *door, struct err *err)
{
	auto_buf text = { 0 };
	auto_argv lines = { 0 };
	int r = file_read(j->path, &text, err), first = 0;

	argv_split(&lines, buf_str(&text), "\n");
	for (size_t i = lines.n; i-- > 0;) {
		struct err one = { 0 };

		r = undo_line(j, lines.v[i], door, &one);
		if (r && !first)
			first = err_set(err, one.code, "%s", one.msg);
	}
	return first ? first : guest_journal_done(j, err);
}

int guest_journal_done(struct guest_journal *j, struct err *err)
{
	return ftruncate(j->fd, 0) || fsync(j->fd) ? err_sys(err, "cannot write %s", j->path) : 0;
}

int guest_journal_recover(const char *name, struct door *door, bool *found, struct err *err)
{
	struct guest_journal j = { .fd = -1 };
	int r;

	*found = false;
	if (!guest_name_ok(name) || !file_exists(GUEST_STATE_DIR))
		return 0;
	r = guest_journal_open(name, &j, err);
	if (r)
		return r;
	if (guest_journal_unfinished(&j)) {
		*found = true;
		r = guest_journal_undo(&j, door, err);
	}
	guest_journal_close(&j);
	return r;
}
