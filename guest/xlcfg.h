/* xl.cfg(5), as a JSON object: strings, numbers, lists of both; keys in their order. */
#ifndef GUEST_XLCFG_H
#define GUEST_XLCFG_H

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

#endif
