/* A .deb (deb(5)) read as a stream: its control files into memory, its data into the current folder. */
#ifndef PACKAGES_DEB_H
#define PACKAGES_DEB_H

#include <archive.h>

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/argv.h"
#include "base/buf.h"
#include "base/err.h"
#include "packages/xz.h"

struct deb_file { /* a file of control.tar */
	char *name;
	mode_t mode;
	struct buf data;
};

/* A path of "conffiles". */
struct deb_conffile {
	char *path; /* "/etc/x" */
	bool remove_on_upgrade;
	char md5[33]; /* of the unpacked file; "" while it isn't */
};

struct deb {
	struct deb_file *files;
	size_t n_files, files_cap, control_bytes;
	struct deb_conffile *conffiles;
	size_t n_conffiles, conffiles_cap;
	/* Filled while the data is unpacked: */
	struct buf list;             /* dpkg's info/NAME.list */
	struct buf md5sums;          /* info/NAME.md5sums, when the package brings none */
	struct argv made;            /* paths of all that isn't a folder, in the order it was made */
	char *conflict;              /* a path that was there already, and was left as it is */
	const struct xz_lib *xz_lib; /* set it before deb_open, or NULL */
	uint64_t max_bytes;          /* of all files together, more is ERR_FETCH; 0: any number */
	uint64_t bytes;              /* up to now */
	size_t n_entries;
	/* For the reader. */
	struct archive *outer;
	struct xz *xz;        /* of data.tar.xz */
	struct archive *data; /* of data.tar */
};

/* Where the bytes come from: their number, 0 at the end, -1 with err. */
typedef ssize_t (*deb_source_fn)(void *arg, const void **data, struct err *err);

struct deb_source {
	deb_source_fn fn;
	void *arg;
	struct err err; /* why fn failed; before all that libarchive says */
};

/* Read up to the start of data.tar. Damage is ERR_FETCH. */
int deb_open(struct deb *deb, struct deb_source *source, struct err *err);
/* The content of a control file; NULL if there is none of that name. */
const struct buf *deb_file(const struct deb *deb, const char *name);
void deb_clear(struct deb *deb);

/*
 * Unpack the data into the current folder through disk (deb_disk_new), as dpkg would: folders that exist stay
 * as they are, and so does anything else that exists (deb->conflict). Conffiles get their final names. Names
 * with ".." are ERR_FETCH; the caller sees to it that links lead nowhere else (chroot(2)). Devices, and more
 * than max_bytes or a million names, are ERR_FETCH, too: no package of Debian's has them.
 */
int deb_unpack(struct deb *deb, struct deb_source *source, struct archive *disk, bool exclude_docs,
	       struct err *err);
/* For all packages of one thread. The umask must be 022. */
struct archive *deb_disk_new(bool as_root);

#endif
