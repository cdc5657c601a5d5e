/* The xenith program on the installed host: for its guests, its LUNs, its bridges. */
#ifndef INSTALLER_TARGET_TOOLKIT_H
#define INSTALLER_TARGET_TOOLKIT_H

#include "base/door.h"

/*
 * Copy this program to root's /usr/sbin, its libraries (all but the C library's, which the host has in this
 * version or a newer one) to /usr/lib/xenith, where it looks first, and the ready templates to
 * /usr/share/xenith. ERR_SYS, ERR_TOOL.
 */
int target_toolkit(const char *root, struct door *door, struct err *err);

/* The libraries of a program by its /proc/PID/maps text, without the C library's. */
void toolkit_libraries(const char *maps, struct argv *ret);

#endif
