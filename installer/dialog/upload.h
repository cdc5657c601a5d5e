/* Putting a file on a server: http(s) PUT, scp and sftp. */
#ifndef INSTALLER_DIALOG_UPLOAD_H
#define INSTALLER_DIALOG_UPLOAD_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

/* Whether the URL is one of scp or sftp, whose server is told by its host key. */
bool upload_by_ssh(const char *url);

/* A server's host key. */
struct upload_key {
	char fingerprint[64]; /* "SHA256:..." as ssh-keygen -l prints it */
	const char *type;     /* "ED25519" */
	enum { UPLOAD_KEY_NEW, UPLOAD_KEY_KNOWN, UPLOAD_KEY_CHANGED } is; /* by the known_hosts file */
};

/*
 * Look at the key of an scp or sftp server, and go away again: nothing is sent, not even who calls.
 * known_hosts: a file as sshd(8) has it, or NULL. ERR_FETCH if there is no such server.
 */
int upload_see_key(const char *url, const char *known_hosts, struct upload_key *ret, struct err *err);

/*
 * Whether the key may be taken without asking: one of `given` (fingerprints with commas between them; NULL:
 * none were given), or else one that is known. ERR_RUN_HOSTKEY if another one was given or is known.
 */
int upload_key_check(const char *url, const struct upload_key *key, const char *given, bool *ret_sure,
		     struct err *err);

/*
 * Send text. password: for scp and sftp; "": by the key that libcurl finds. fingerprint: scp and sftp send
 * nothing to a server with another key (ERR_RUN_HOSTKEY). ERR_FETCH with the reason; no password is in it.
 */
int upload_put(const char *url, const char *password, const char *fingerprint, const struct buf *text,
	       struct err *err);

#endif
