/* What an offline medium must carry, from the kickstart file of the hosts that are installed from it. */
#ifndef INSTALLER_OFFLINE_H
#define INSTALLER_OFFLINE_H

#include "kickstart/ks.h"
#include "packages/packages.h"

/*
 * Read the file, and ask for its packages and those that some hosts need for their disks, boot loaders and
 * networks, from the archives that it names: url, else main (of which name, base and suite are given), and
 * each repo. ks and arena own what the request points to; install_packages_request_clear.
 */
int install_offline_request(const char *ks_url, const struct pkg_source *main, struct door *door,
			    struct ks *ks, struct arena *arena, struct pkg_request *ret, struct err *err);

#endif
