/* Plain-text passwords into crypt(5) hashes, so that no rendered file holds one. */
#ifndef TEMPLATE_HASH_H
#define TEMPLATE_HASH_H

#include "template/template.h"

enum tmpl_hash_method { TMPL_HASH_YESCRYPT, TMPL_HASH_SHA512 };

/* A password is hashed once a run, however many hosts have it: yescrypt takes long by design. */
struct tmpl_hasher {
	enum tmpl_hash_method method;
	json_t *known; /* by the password */
};

/*
 * A tmpl_hash_fn whose arg is a struct tmpl_hasher. What is a crypt(5) hash already is taken over. ERR_INPUT
 * for an empty or too long password; no message holds the password.
 */
int tmpl_hash(void *hasher, const char *plain, struct buf *ret, struct err *err);
void tmpl_hasher_clear(struct tmpl_hasher *hasher);

#endif
