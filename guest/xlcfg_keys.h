/* The keys of xl.cfg(5). */
#ifndef GUEST_XLCFG_KEYS_H
#define GUEST_XLCFG_KEYS_H

#include <stdbool.h>

/* Whether xl.cfg(5) knows the key; else *near is the nearest one, or NULL. */
bool xlcfg_known(const char *key, const char **near);

#endif
