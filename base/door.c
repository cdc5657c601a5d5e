#include "base/door.h"

#include <errno.h>
#include <stdarg.h>
#include <sys/mount.h>

#include "base/file.h"
#include "base/util.h"
#include "base/within.h"

/* Says the step to the log or the record; true: record only. */
static bool note(struct door *door, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static bool note(struct door *door, const char *fmt, ...)
{
	auto_buf b = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	if (!door->record) {
		log_printf(door->log, "%s", buf_str(&b));
		return false;
	}
	log_mask_buf(door->log, &b);
	buf_addf(door->record, "%s\n", buf_str(&b));
	return true;
}

int door_run(struct door *door, struct run *run, struct err *err)
{
	auto_buf cmd = { 0 };

	run->log = door->log;
	if (!door->record)
		return run_argv(run, err); /* which logs the command */
	argv_quote(&run->argv, &cmd);
	note(door, "run %s%s%s%s", run->chroot ? "in " : "", run->chroot ? run->chroot : "",
	     run->chroot ? ": " : "", buf_str(&cmd));
	return 0;
}

int door_runl(struct door *door, struct err *err, ...)
{
	auto_run run = { 0 };
	va_list ap;

	va_start(ap, err);
	argv_vaddl(&run.argv, ap);
	va_end(ap);
	return door_run(door, &run, err);
}

int door_runl_for(struct door *door, unsigned timeout_s, struct err *err, ...)
{
	auto_run run = { .timeout_s = timeout_s };
	va_list ap;

	va_start(ap, err);
	argv_vaddl(&run.argv, ap);
	va_end(ap);
	return door_run(door, &run, err);
}

int door_write(struct door *door, const char *path, const void *data, size_t len, mode_t mode,
	       struct err *err)
{
	if (note(door, "write %s (%zu bytes, %04o)", path, len, (unsigned)mode))
		return 0;
	return file_write(path, data, len, mode, err);
}

int door_write_below(struct door *door, const char *root, const char *path, const char *text, mode_t mode,
		     struct err *err)
{
	auto_free char *full = path_join(root, path);

	return door_write(door, full, text, strlen(text), mode, err);
}

int door_write_within(struct door *door, const char *root, const char *path, const struct buf *data,
		      mode_t mode, struct err *err)
{
	return note(door, "write %s (%zu bytes, %04o) within %s", path, data->len, (unsigned)mode, root)
		       ? 0
		       : within_write(root, path, data->data, data->len, mode, err);
}

int door_remove_within(struct door *door, const char *root, const char *path, struct err *err)
{
	return note(door, "remove %s within %s", path, root) ? 0 : within_remove(root, path, err);
}

int door_copy_within(struct door *door, const char *root, const char *path, const char *to, mode_t mode,
		     struct err *err)
{
	return note(door, "copy %s within %s to %s (%04o)", path, root, to, (unsigned)mode)
		       ? 0
		       : within_copy(root, path, to, mode, err);
}

int door_remove(struct door *door, const char *path, struct err *err)
{
	if (note(door, "remove %s", path))
		return 0;
	return unlink(path) && errno != ENOENT ? err_sys(err, "cannot remove %s", path) : 0;
}

int door_mkdirs(struct door *door, const char *path, mode_t mode, struct err *err)
{
	if (note(door, "mkdir %s (%04o)", path, (unsigned)mode))
		return 0;
	return file_mkdirs(path, mode, err);
}

int door_symlink(struct door *door, const char *target, const char *path, struct err *err)
{
	if (note(door, "symlink %s -> %s", path, target))
		return 0;
	if (unlink(path) && errno != ENOENT)
		return err_sys(err, "cannot replace %s", path);
	if (symlink(target, path))
		return err_sys(err, "cannot link %s to %s", path, target);
	return 0;
}

int door_symlink_below(struct door *door, const char *root, const char *target, const char *path,
		       struct err *err)
{
	auto_free char *full = path_join(root, path);
	auto_free char *dir = xstrndup(full, (size_t)(strrchr(full, '/') - full));
	int r = door_mkdirs(door, dir, 0755, err);

	return r ? r : door_symlink(door, target, full, err);
}

int door_mount(struct door *door, const char *source, const char *target, const char *fstype,
	       unsigned long flags, const char *data, struct err *err)
{
	int r;

	if (note(door, "mount %s on %s (%s)", source, target, fstype ? fstype : "bind"))
		return 0;
	r = file_mkdirs(target, 0755, err);
	if (r)
		return r;
	if (mount(source, target, fstype, flags, data))
		return err_sys(err, "cannot mount %s on %s", source, target);
	return 0;
}

int door_umount(struct door *door, const char *target, int flags, struct err *err)
{
	if (note(door, "umount %s", target))
		return 0;
	if (umount2(target, flags) && errno != EINVAL && errno != ENOENT)
		return err_sys(err, "cannot unmount %s", target);
	return 0;
}

int door_call(struct door *door, const char *what, int (*fn)(void *arg, struct err *err), void *arg,
	      struct err *err)
{
	if (note(door, "%s", what))
		return 0;
	return fn(arg, err);
}
