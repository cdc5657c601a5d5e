/* Signatures of minisign(1): a file beside the signed one, by an Ed25519 key (libcrypto). */
#ifndef PACKAGES_MINISIGN_H
#define PACKAGES_MINISIGN_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"

/* Whether the file is minisign's, by its first line: a public key, a secret one, or a signature. */
bool minisign_is(const struct buf *file);

/* ERR_ISO_KEYS names the line that is no public key; name is the file's. */
int minisign_check_keys(const struct buf *keys, const char *name, struct err *err);

/*
 * Check the signature of text, its trusted comment included, by one of the public keys (a file of minisign
 * -G, or several in one). Both kinds are taken, of the text and of its BLAKE2b hash. The trusted comment goes
 * to the log. ERR_SRC_SIGNATURE says why not; keys_name is the file of the keys.
 */
int minisign_verify(const struct buf *text, const struct buf *signature, const struct buf *keys,
		    const char *keys_name, struct log *log, struct err *err);

#endif
