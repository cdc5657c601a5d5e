#ifndef INSTALLER_PROVE_H
#define INSTALLER_PROVE_H

#include "installer/apply.h"

/*
 * All that can be known of the outside world before the first write: the network answers, the mirror is
 * signed, the packages exist. Without a network an install from a medium goes on, with a warning.
 * ERR_NET_NOT_SO, ERR_FETCH.
 */
int install_prove(struct install_run *run, struct err *err);
/* Only the part of it about packages, or the image: as they are now, in place of what the plan has of them.
 */
int install_solve(struct install_run *run, struct err *err);

#endif
