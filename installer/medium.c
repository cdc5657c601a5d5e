#include "installer/medium.h"

#include <glob.h>
#include <sys/mount.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/install.h"
#include "installer/ks_source.h"
#include "packages/copy.h"

#define DISK_DIR  INSTALL_RUN "/medium-disk" /* the partition that holds the image */
#define IMAGE_DIR INSTALL_RUN "/medium"
#define RO_FLAGS  (MS_RDONLY | MS_NODEV | MS_NOSUID | MS_NOEXEC)

bool medium_wanted(const struct ks *ks)
{
	return KS_SAID(ks->cdrom) || KS_SAID(ks->harddrive);
}

void medium_close(struct door *door)
{
	door_umount(door, IMAGE_DIR, 0, NULL);
	door_umount(door, DISK_DIR, 0, NULL);
}

/* The folder's packages/copy.h, where it is below dir. free(3); NULL: it isn't. */
static char *find_folder(const char *dir)
{
	auto_free char *folder = path_join(dir, PKG_COPY_FOLDER);
	auto_free char *sources = path_join(folder, "sources");

	return file_exists(sources) ? TAKE(folder) : NULL;
}

/* Optical drives first; a drive without a medium is no error while another has the right one. */
static int open_cdrom(const struct facts *facts, struct door *door, char **ret, struct err *err)
{
	int r = err_set(err, ERR_SRC_MEDIUM,
			"cdrom: this machine has no drive or disk with an ISO 9660 image");

	for (int drives = 1; drives >= 0 && !*ret; drives--)
		for (size_t i = 0; i < facts->n_disks && !*ret; i++) {
			const struct disk_facts *d = &facts->disks[i];

			if (d->cdrom != drives || !ks_source_may_hold(d) ||
			    door_mount(door, d->path, IMAGE_DIR, "iso9660", RO_FLAGS, NULL, NULL))
				continue;
			*ret = find_folder(IMAGE_DIR);
			if (*ret)
				return 0;
			r = err_set(err, ERR_SRC_MEDIUM, "cdrom: the image on %s carries no packages",
				    d->path);
			door_umount(door, IMAGE_DIR, 0, NULL);
		}
	return r;
}

/* The first image in the folder that has packages, or the file itself. */
static int open_image(const char *path, struct door *door, char **ret, struct err *err)
{
	auto_free char *pattern = str_ends(path, ".iso") ? xstrdup(path) : path_join(path, "*.iso");
	glob_t found = { 0 };
	int r = err_set(err, ERR_SRC_MEDIUM, "harddrive: no " PKG_COPY_FOLDER "/sources and no image in %s",
			path + strlen(DISK_DIR));

	glob(pattern, 0, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc && !*ret; i++) {
		file_mkdirs(IMAGE_DIR, 0755, NULL);
		r = door_runl(door, err, "mount", "-t", "iso9660", "-o", "loop,ro", found.gl_pathv[i],
			      IMAGE_DIR, NULL);
		if (!r)
			*ret = find_folder(IMAGE_DIR);
		if (!r && !*ret) {
			r = err_set(err, ERR_SRC_MEDIUM, "harddrive: the image %s carries no packages",
				    found.gl_pathv[i] + strlen(DISK_DIR));
			door_umount(door, IMAGE_DIR, 0, NULL);
		}
	}
	globfree(&found);
	return r;
}

static int open_harddrive(const struct ks_harddrive *h, struct door *door, char **ret, struct err *err)
{
	auto_free char *device = ks_source_device(h->partition, strlen(h->partition));
	auto_free char *path = path_join(DISK_DIR, h->dir);
	int r;

	if (!file_exists(device))
		return err_set(err, ERR_SRC_MEDIUM, "harddrive: this machine has no %s", device);
	r = ks_source_mount(device, DISK_DIR, door, err);
	if (r)
		return err_set(err, ERR_SRC_MEDIUM, "harddrive: %s", err->msg);
	*ret = find_folder(path);
	return *ret ? 0 : open_image(path, door, ret, err);
}

static int open_once(const struct ks *ks, const struct facts *facts, struct door *door, char **ret,
		     struct err *err)
{
	int r = KS_SAID(ks->cdrom) ? open_cdrom(facts, door, ret, err)
				   : open_harddrive(&ks->harddrive, door, ret, err);

	if (r)
		medium_close(door);
	return r;
}

int medium_open(const struct ks *ks, const struct facts *facts, struct door *door, struct pkg_request *req,
		struct arena *arena, struct err *err)
{
	auto_free char *folder = NULL;
	int r;

	/* An earlier try's. */
	medium_close(door);
	r = open_once(ks, facts, door, &folder, err);
	for (unsigned waited = 0; r && ks_source_may_wait(&waited);) {
		struct facts now = { 0 };

		log_printf(door->log, "looking for media again: %s", err->msg);
		r = facts_read("/", &now, err);
		if (!r)
			r = open_once(ks, &now, door, &folder, err);
		facts_clear(&now);
	}
	if (r)
		return r;
	log_printf(door->log, "packages from %s", folder);
	r = pkg_copied_sources(folder, req, arena, err);
	if (r)
		medium_close(door);
	return r;
}
