/* Time zones that this machine's tz database knows. */
#ifndef INSTALLER_ZONE_H
#define INSTALLER_ZONE_H

#include "kickstart/ks.h"

/* ERR_INPUT "file:line: word: reason" for a zone that tzdata doesn't have; without tzdata nothing is known.
 */
int zone_check(const struct ks_timezone *tz, struct err *err);

#endif
