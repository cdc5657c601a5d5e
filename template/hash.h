/* Plain-text passwords into crypt(5) hashes, so that no rendered file holds one. */
#ifndef TEMPLATE_HASH_H
#define TEMPLATE_HASH_H

#include "template/template.h"

/* md5 is for systems before 2008 (glibc 2.7) alone. */
enum tmpl_hash_method {
	TMPL_HASH_NONE,
	TMPL_HASH_YESCRYPT,
	TMPL_HASH_SHA512,
	TMPL_HASH_MD5,
	TMPL_HASH_COUNT
};

/* A password is hashed once a run, however many hosts have it: yescrypt takes long by design. */
struct tmpl_hasher {
	json_t *known[TMPL_HASH_COUNT]; /* by the password */
};

/* TMPL_HASH_NONE for an unknown name: there are yescrypt, sha512 and md5. */
enum tmpl_hash_method tmpl_hash_find(const char *name);
/*
 * Append the hash. What is a crypt(5) hash already is taken over. ERR_INPUT for an empty or too long
 * password; no message holds the password.
 */
int tmpl_hash(struct tmpl_hasher *hasher, enum tmpl_hash_method method, const char *plain, struct buf *ret,
	      struct err *err);
void tmpl_hasher_clear(struct tmpl_hasher *hasher);

#endif
