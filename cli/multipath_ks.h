/* The `lun` lines of a kickstart file, for the commands of xenith multipath. */
#ifndef CLI_MULTIPATH_KS_H
#define CLI_MULTIPATH_KS_H

#include "base/door.h"
#include "kickstart/ks.h"
#include "multipath/plan.h"

/* Read FILE or "-"; ERR_INPUT with all that is wrong, also when it has no lun line. */
int multipath_ks_read(const char *file, struct ks *ret, struct err *err);
/* A progress function that writes lines to standard error. */
void multipath_ks_progress(void *arg, const char *text);
/* Print the plan, as text or JSON, to standard output. */
void multipath_ks_print(const struct mpath_plan *plan, bool json);

#endif
