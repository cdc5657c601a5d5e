/* The SAN's part of the story: paths waited for and mapped before anything is planned. */
#ifndef INSTALLER_SAN_H
#define INSTALLER_SAN_H

#include "installer/apply.h"

/*
 * Without `lun` lines nothing is done. On the boot medium: multipathd is started with an allow-list of the
 * named LUNs, the HBAs are scanned, paths and maps are waited for in bounded time. Elsewhere the SAN is read
 * as it is. Fills run->san and run->san_plan, and puts the map of a root LUN among the facts' disks.
 * ERR_INPUT and ERR_MACHINE as mpath_plan_make, ERR_TOOL from multipathd.
 */
int install_san(struct install_run *run, struct err *err);

#endif
