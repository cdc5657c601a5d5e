/* JSON through jansson: printing helpers that every --json command shares. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <jansson.h>
#include <stdio.h>

#include "base/buf.h"

static inline void json_cleanup(json_t **j)
{
	json_decref(*j);
}

/* `auto_json *j = ...;` gives its reference back at the end of the block. */
#define auto_json __attribute__((cleanup(json_cleanup))) json_t

/*
 * Give jansson's tables their seed: it would take it of /dev/urandom, and the kernel would make randomness
 * for seconds first where a machine has just started (random(4)). To be called once, before the first value.
 */
void json_begin(void);
/* Set key to a string, or to null where s is NULL or isn't UTF-8. */
void json_put_str(json_t *obj, const char *key, const char *s);
void json_put_bool(json_t *obj, const char *key, int v);
void json_put_u64(json_t *obj, const char *key, unsigned long long v);
/* A list of the words of a NULL-ended list; NULL is an empty one. */
json_t *json_words(const char *const *words);
/* Append the value on one line, keys in the order they were put, without a newline. */
void json_line(const json_t *j, struct buf *b);
/* Append the value indented, with a final newline: what --json prints. */
void json_pretty(const json_t *j, struct buf *b);

#endif
