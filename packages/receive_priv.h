/* What receive.c (the threads) and receive_package.c (one package) share. */
#ifndef PACKAGES_RECEIVE_PRIV_H
#define PACKAGES_RECEIVE_PRIV_H

#include <pthread.h>

#include "packages/download.h"
#include "packages/receive.h"

struct shared {
	struct receive *rc;
	struct downloads *downloads;
	pthread_mutex_t lock;
	struct err failure; /* the first */
};

/* Whether something failed: the rest is of no use then. */
bool receive_stopped(struct shared *sh);
/* Read, check and unpack one package into the current folder; cache_dir: a descriptor, or -1. */
void receive_stream(struct shared *sh, struct stream *stream, struct archive *disk, int cache_dir);

#endif
