/* xl.cfg(5), as a JSON object: strings, numbers, lists of both; keys in their order. */
#ifndef GUEST_XLCFG_H
#define GUEST_XLCFG_H

#include <stdbool.h>

#include "base/err.h"
#include "base/json.h"

/*
 * Read a whole file's text. ERR_INPUT: "name:line: reason" of the first error. Of a key that stands twice the
 * last counts, as in xl. *ret is the caller's.
 */
int xlcfg_parse(const char *name, const char *text, json_t **ret, struct err *err);
/* Append as text that xl reads. */
void xlcfg_print(const json_t *config, struct buf *b);
/* A string value; NULL where there is none. */
const char *xlcfg_str(const json_t *config, const char *key);
/* Whether xl.cfg(5) knows the key; else *near is the nearest one, or NULL. */
bool xlcfg_known(const char *key, const char **near);

/* A disk's or vif's words: "format=raw,vdev=xvda,target=/dev/x" and the old "phy:/dev/x,xvda,w". NULL: none.
 * free(3). */
char *xlcfg_disk_get(const char *word, const char *key); /* target, vdev, format, access */
char *xlcfg_vif_get(const char *word, const char *key);  /* mac, bridge, ... */
/* The word with key=value in the place of what it says of key, or added. free(3). */
char *xlcfg_word_set(const char *word, const char *key, const char *value);

#endif
