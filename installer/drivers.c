#include "installer/drivers.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <glob.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/ks_signed.h"
#include "installer/ks_source.h"
#include "kickstart/table.h"

#define MOUNT_DIR "/run/xenith/drivers-medium"
#define MAX_BYTES (512u << 20) /* of one archive, and of what is unpacked of it */
#define SETTLE_S  "60"

void drivers_of_cmdline(const char *cmdline, struct argv *ret)
{
	auto_argv words = { 0 };

	argv_split(&words, cmdline, " \t\n");
	for (size_t i = 0; i < words.n; i++) {
		const char *w = words.v[i] + (str_starts(words.v[i], "inst.") ? strlen("inst.") : 0);

		if (str_starts(w, "dd=") && w[3])
			argv_add(ret, w + 3);
	}
}

void drivers_of_ks(const struct ks *ks, struct argv *ret)
{
	for (size_t i = 0; i < ks->n_others; i++) {
		const struct ks_other *o = &ks->others[i];
		const char *source, *partition;

		if (!str_eq(o->cmd->name, "driverdisk"))
			continue;
		source = ks_other_word(o, "--source");
		partition = ks_other_word(o, "PARTITION");
		if (source && *source)
			argv_add(ret, source);
		else if (partition && *partition)
			argv_addf(ret, "hd:%s:/", partition);
	}
}

/* Where below the system's root an entry goes; NULL: it is neither a module nor firmware. free(3). */
static char *place_of(const char *name)
{
	while (str_starts(name, "./") || *name == '/')
		name += *name == '/' ? 1 : 2;
	if (str_starts(name, "usr/"))
		name += strlen("usr/");
	if ((!str_starts(name, "lib/modules/") && !str_starts(name, "lib/firmware/")) || strstr(name, ".."))
		return NULL;
	/* Files that depmod makes would hide the medium's own. */
	if (strstr(name, "/modules.") && str_starts(name, "lib/modules/"))
		return NULL;
	return xasprintf("usr/%s", name);
}

static int read_entry(struct archive *a, const char *where, struct buf *ret, struct err *err)
{
	la_ssize_t n;

	ret->len = 0;
	while ((n = archive_read_data(a, buf_room(ret, 65536), 65536)) > 0) {
		buf_used(ret, (size_t)n);
		if (ret->len > MAX_BYTES)
			return err_set(err, ERR_HW_DRIVERS, "%s: more than %u MiB", where, MAX_BYTES >> 20);
	}
	return n < 0 ? err_set(err, ERR_HW_DRIVERS, "%s: %s", where, archive_error_string(a)) : 0;
}

static int put_entry(struct archive *a, struct archive_entry *e, const char *to, const char *where,
		     struct door *door, struct err *err)
{
	auto_buf data = { 0 };
	int r;

	if (archive_entry_filetype(e) == AE_IFLNK)
		return strstr(archive_entry_symlink(e), "..") || archive_entry_symlink(e)[0] == '/'
			       ? 0
			       : door_symlink(door, archive_entry_symlink(e), to, err);
	if (archive_entry_filetype(e) != AE_IFREG)
		return 0;
	r = read_entry(a, where, &data, err);
	return r ? r : door_write(door, to, buf_str(&data), data.len, 0644, err);
}

/* A .deb is an archive whose data.tar is one, too. */
static int unpack(const struct buf *b, const char *where, const char *dir, bool inner, size_t *n,
		  struct door *door, struct err *err)
{
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	int r = 0, got;

	archive_read_support_filter_all(a);
	archive_read_support_format_all(a);
	got = archive_read_open_memory(a, b->data, b->len);
	while (got == ARCHIVE_OK && !r && (got = archive_read_next_header(a, &e)) == ARCHIVE_OK) {
		const char *name = archive_entry_pathname(e);
		auto_free char *place = name ? place_of(name) : NULL;
		auto_free char *to = place ? path_join(dir, place) : NULL;
		auto_buf data = { 0 };

		if (to) {
			r = put_entry(a, e, to, where, door, err);
			*n += archive_entry_filetype(e) == AE_IFREG;
		} else if (!inner && name && str_starts(name, "data.tar")) {
			r = read_entry(a, where, &data, err);
			if (!r)
				r = unpack(&data, where, dir, true, n, door, err);
		}
	}
	if (!r && got != ARCHIVE_EOF)
		r = err_set(err, ERR_HW_DRIVERS, "%s: is no .deb, tar, cpio or zip: %s", where,
			    archive_error_string(a));
	archive_read_free(a);
	return r;
}

static int add(const struct drivers *d, const char *where, const struct buf *b, const struct facts *facts,
	       struct door *door, struct err *err)
{
	size_t n = 0;
	int r = ks_signed_check(d->keyring, where, true, b, facts, door, err);

	if (!r)
		r = unpack(b, where, d->dir, false, &n, door, err);
	if (!r && !n)
		r = err_set(err, ERR_HW_DRIVERS, "%s: holds nothing below lib/modules or lib/firmware",
			    where);
	if (!r)
		log_printf(door->log, "%s: %zu files of drivers and firmware", where, n);
	return r;
}

/* hd:DEVICE:/ and the like: every archive at the top of it. */
static int add_folder(const struct drivers *d, const char *where, const struct facts *facts,
		      struct door *door, struct err *err)
{
	static const char *const names[] = { "*.deb", "*.tar", "*.tar.*", "*.tgz", "*.zip", "*.cpio" };
	const char *device = where + strlen("hd:"), *colon = strchr(device, ':');
	auto_free char *node = ks_source_device(device, (size_t)(colon - device));
	auto_free char *dir = path_join(MOUNT_DIR, colon + 1);
	glob_t found = { 0 };
	int r;

	for (unsigned waited = 0; !file_exists(node);)
		if (!ks_source_may_wait(&waited))
			return err_set(err, ERR_HW_DRIVERS, "%s: this machine has no %s", where, node);
	r = ks_source_mount(node, MOUNT_DIR, door, err);
	if (r)
		return err_set(err, ERR_HW_DRIVERS, "%s: %s", where, err->msg);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		auto_free char *pattern = path_join(dir, names[i]);

		glob(pattern, i ? GLOB_APPEND : 0, NULL, &found);
	}
	if (!found.gl_pathc)
		r = err_set(err, ERR_HW_DRIVERS, "%s: no .deb or archive lies there", where);
	for (size_t i = 0; i < found.gl_pathc && !r; i++) {
		auto_free char *url = xasprintf("%s%s", where, strrchr(found.gl_pathv[i], '/') + 1);
		auto_buf b = { 0 };

		r = file_read_max(found.gl_pathv[i], MAX_BYTES, &b, err);
		/* Its signature is read from the device by itself. */
		door_umount(door, MOUNT_DIR, 0, NULL);
		if (!r)
			r = add(d, url, &b, facts, door, err);
		if (!r)
			r = ks_source_mount(node, MOUNT_DIR, door, err);
	}
	globfree(&found);
	door_umount(door, MOUNT_DIR, 0, NULL);
	return r;
}

/* udev loads what fits a device as if the devices had just come. */
static int use(const struct drivers *d, struct door *door, struct err *err)
{
	auto_free char *from = path_join(d->dir, "usr/lib");
	auto_free char *to = path_join(d->root, "usr");
	int r = door_runl(door, err, "cp", "-r", from, to, NULL);

	if (!r)
		r = door_runl(door, err, "depmod", "-a", NULL);
	if (!r)
		r = door_runl(door, err, "udevadm", "control", "--reload", NULL);
	if (!r)
		r = door_runl(door, err, "udevadm", "trigger", "--type=devices", "--action=add", NULL);
	if (!r && door_runl(door, err, "udevadm", "settle", "--timeout=" SETTLE_S, NULL))
		log_printf(door->log, "%s", err->msg);
	return r;
}

int drivers_load(const struct drivers *d, const char *where, const struct facts *facts, struct door *door,
		 struct err *err)
{
	auto_buf b = { 0 };
	int r;

	if (str_starts(where, "hd:") && str_ends(where, "/") && strchr(where + strlen("hd:"), ':')) {
		r = add_folder(d, where, facts, door, err);
	} else {
		r = ks_source_read_max(where, MAX_BYTES, facts, door, &b, err);
		if (!r)
			r = add(d, where, &b, facts, door, err);
	}
	return r || !d->root ? r : use(d, door, err);
}

/* The kernels in lib/modules of a root or of what was loaded. */
static void releases(const char *dir, struct argv *ret)
{
	auto_free char *path = path_join(dir, "usr/lib/modules");
	DIR *folder = opendir(path);
	struct dirent *e;

	while (folder && (e = readdir(folder)))
		if (e->d_name[0] != '.')
			argv_add(ret, e->d_name);
	if (folder)
		closedir(folder);
}

int drivers_copy(const struct drivers *d, const char *root, struct door *door, char **warning,
		 struct err *err)
{
	auto_free char *from = path_join(d->dir, "usr/lib");
	auto_free char *to = path_join(root, "usr");
	auto_argv here = { 0 }, loaded = { 0 };
	int r;

	*warning = NULL;
	if (!file_exists(from))
		return 0;
	releases(root, &here);
	releases(d->dir, &loaded);
	r = door_runl(door, err, "cp", "-r", from, to, NULL);
	for (size_t i = 0; i < loaded.n && !r; i++) {
		if (argv_has(&here, loaded.v[i])) {
			r = door_runl(door, err, "depmod", "-b", root, loaded.v[i], NULL);
			continue;
		}
		free(*warning);
		*warning = xasprintf(
			"the further drivers are for the kernel %s, and the host's is %s: it starts "
			"without them",
			loaded.v[i], here.n ? here.v[0] : "none");
	}
	return r;
}
