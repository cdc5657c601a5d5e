/* Kickstart files that are signed. */
#ifndef INSTALLER_KS_SIGNED_H
#define INSTALLER_KS_SIGNED_H

#include "base/door.h"
#include "facts/facts.h"

/* The keys that may sign, an OpenPGP keyring as gpgv(1) reads it, or public keys of minisign(1); where there
 * is none, nothing is asked for. */
#define KS_KEYRING "/etc/xenith/ks-keyring"

/*
 * Where a keyring is named (else KS_KEYRING, if that is there), text (the kickstart file that came from url)
 * must have a good signature: beside the file, as URL.sig (URL.minisig), or where ks.sig= on the kernel's
 * command line says, in which ${...} is filled in as in ks=. An included file's is always beside it. Files of
 * the medium itself (file:) are as good as its keyring and need none. ERR_FETCH for a missing, bad or unknown
 * signature.
 */
int ks_signed_check(const char *keyring, const char *url, bool included, const struct buf *text,
		    const struct facts *facts, struct door *door, struct err *err);

#endif
