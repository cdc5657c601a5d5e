/* Programs at work in a folder that is to be unmounted. */
#ifndef INSTALLER_HOLDERS_H
#define INSTALLER_HOLDERS_H

#include "base/door.h"

/*
 * Kill every process but this one that has its root, its working folder, its program or an open file below
 * dir: what a script or a run that was killed left. Waits up to five seconds until they are gone; who can't
 * be killed (it hangs in the kernel) is left to the unmount to complain about.
 */
void holders_stop(const char *dir, struct door *door);

#endif
