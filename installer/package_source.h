/* What the kickstart file says about packages, as a request to packages/. */
#ifndef INSTALLER_PACKAGE_SOURCE_H
#define INSTALLER_PACKAGE_SOURCE_H

#include "kickstart/ks.h"
#include "packages/packages.h"

/*
 * url (and each repo) names a suite of a Debian archive as its install tree, BASE/dists/SUITE; `%packages`
 * names packages and @groups. To these come a kernel and what every host needs. With liveimg there is
 * no url, and each repo is for the host's apt alone; with cdrom and harddrive, medium_open adds the archives.
 * Strings belong to ks and to arena. ERR_INPUT names file and line of a URL that is no suite's.
 */
int install_packages_request(const struct ks *ks, struct arena *arena, struct pkg_request *ret,
			     struct err *err);
/* What an install adds by the plan for one host, for all of them. */
void install_packages_any_host(struct argv *want);
void install_packages_request_clear(struct pkg_request *req);

#endif
