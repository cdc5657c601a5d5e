/* The dialog's screen while the install is at work: how far it is, and keys for details and the log. */
#ifndef INSTALLER_WATCH_H
#define INSTALLER_WATCH_H

#include "installer/apply.h"

struct watch;

/* A thread draws from here on; nobody else may use the screen, and no event is printed. NULL when there is no
 * terminal. */
struct watch *watch_begin(struct install_run *run);
/* NULL is fine. */
void watch_end(struct watch *watch);

#endif
