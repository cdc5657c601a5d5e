/* A kickstart file as JSON: what xenith ks print --json prints; xenith-ks(1) has its schema. */
#ifndef KICKSTART_JSON_H
#define KICKSTART_JSON_H

#include <jansson.h>

#include "kickstart/ks.h"

/* A new object; with mask, passwords are "***". A text that isn't UTF-8 is null. */
json_t *ks_json(const struct ks *ks, bool mask);

#endif
