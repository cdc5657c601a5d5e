/* SHA-256 of memory and files, and a running one for streams (libcrypto). */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>

#include "base/err.h"

#define HASH_HEX_LEN 64

struct hash;

struct hash *hash_new(void);
void hash_free(struct hash *h);
void hash_add(struct hash *h, const void *data, size_t len);
/* Write 64 lower-case hex digits and a NUL; the hash can be used for a new stream afterwards. */
void hash_hex(struct hash *h, char hex[HASH_HEX_LEN + 1]);
void hash_mem(const void *data, size_t len, char hex[HASH_HEX_LEN + 1]);
int hash_file(const char *path, char hex[HASH_HEX_LEN + 1], struct err *err);

#endif
