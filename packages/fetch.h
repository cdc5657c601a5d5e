/* Fetching one thing over HTTP(S) or from a file (libcurl), or from an NFS export (export.h), with retries
 * and a total deadline. */
#ifndef PACKAGES_FETCH_H
#define PACKAGES_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/argv.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"

struct fetch_opts {
	const char *proxy;
	bool insecure;   /* don't check the server's certificate */
	const char *pin; /* "sha256//BASE64": the server's public key, which then is proof enough; or NULL */
	struct argv headers; /* "Name: value" */
	unsigned timeout_s;  /* for all tries together; 0: 60 */
	unsigned tries;      /* 0: 3; with backoff */
	uint64_t max_bytes;  /* larger is an error; 0: 64 MiB */
	const char *post;    /* POST this body; NULL: GET */
	uint64_t post_len;   /* its bytes; 0: up to its NUL */
	bool resume; /* a body that breaks is taken up where it broke: only where its hash is checked */
	uint64_t first_bytes; /* no more than these, also of a server without ranges; 0: all */
};

/* ERR_FETCH names the URL (without its password) and the reason, "HTTP status 404", "connection refused"; ret
 * holds the body on success. */
int fetch_to_buf(const char *url, const struct fetch_opts *opts, struct log *log, struct buf *ret,
		 struct err *err);

/* The URL with any password in it replaced by ***. free(3). */
char *fetch_url_masked(const char *url);

#endif
