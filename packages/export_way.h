/* The way to a folder of an NFS export: by libnfs or by the kernel's client, whichever version the server
 * has. */
#ifndef PACKAGES_EXPORT_WAY_H
#define PACKAGES_EXPORT_WAY_H

#include "base/err.h"

struct nfs_context;

struct export_way {
	struct nfs_context *nfs; /* libnfs's; NULL: */
	int dir;                 /* the folder, by the kernel; or -1 */
};

enum export_version { EXPORT_V3, EXPORT_V4_0, EXPORT_V4_1, EXPORT_V4_2 };

#define EXPORT_VERSIONS 4

/*
 * The versions that are tried for these options, in order: that which is said; all four if none is, and 4.0
 * and later for a bare 4. Their number; 0: what is said is no version.
 */
size_t export_versions(const char *options, size_t len, enum export_version ret[EXPORT_VERSIONS]);

/*
 * Connect to the folder of that host. The version that answered is asked first from then on: another may
 * take long to fail. ERR_SRC_UNREACHED if no version reaches an export, ERR_SRC_STATUS if the server says
 * that this isn't one, ERR_KS_URL_FORM for options that say no version; each tells what every version said.
 */
int export_way_open(const char *host, const char *folder, const char *options, size_t len,
		    struct export_way *ret, struct err *err);
void export_way_close(struct export_way *way);

/* What a negative errno of a server means: ERR_SRC_STATUS where it answers, and what it says stays so. */
enum err_code export_kind(int r);

#endif
