/* What the parts of download.h share: download.c (the thread), transfer.c (one try), stream.c (the reader).
 */
#ifndef PACKAGES_DOWNLOAD_PRIV_H
#define PACKAGES_DOWNLOAD_PRIV_H

#include <pthread.h>

#include "packages/download.h"
#include "packages/easy.h"
#include "packages/mirrors.h"

#define QUEUE_HIGH (2u << 20) /* bytes that a stream holds before it pauses */
#define QUEUE_LOW  (1u << 20)

#define DOWNLOAD_NFS_THREADS 3

struct chunk {
	struct chunk *next;
	size_t len;
	char data[];
};

enum stream_state { STREAM_WAITING, STREAM_RUNNING, STREAM_PAUSED, STREAM_FILE, STREAM_ENDED, STREAM_FAILED };

struct stream {
	struct downloads *d;
	const struct pkg_item *item;
	const char *single[2];   /* the item's URL, where it has no others */
	const char *const *urls; /* ended by NULL */
	enum stream_state state;
	bool done; /* the reader is through with it */
	CURL *easy;
	int url;       /* which of the URLs is under way */
	int last_url;  /* which failed last; -1: none */
	uint32_t gone; /* bits of URLs that don't have the file, or have another one */
	char why[CURL_ERROR_SIZE];
	struct chunk *first, **last, *current;
	size_t queued;
	uint64_t received; /* bytes of the file */
	uint64_t skip;     /* bytes of this try that were received before */
	uint64_t at_start; /* received when this try began */
	bool checked;      /* this try's answer to a range was looked at */
	unsigned tries;    /* without one byte of progress */
	int64_t retry_ms;  /* not before */
	char *failure;
	bool too_long, refetched;
	int fd; /* of a local file, which the reader reads itself (STREAM_FILE) */
};

struct downloads {
	const struct pkg_request *req;
	struct log *log;
	struct stream *streams;
	size_t n, taken, window;
	size_t first_open; /* all streams before this one are done */
	bool stop;
	int64_t deadline_ms;
	struct mirrors mirrors;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t thread;
	pthread_t nfs_threads[DOWNLOAD_NFS_THREADS];
	bool nfs; /* these run */
	CURLM *multi;
};

/* All with the lock held. */

/* Begin a try, or set when to begin one, or fail. */
void transfer_start(struct stream *s);
/* A try is over: the file is there, or another try is due, or none. */
void transfer_finish(struct stream *s, CURLcode code);
/* Drop a transfer that is under way. */
void transfer_stop(struct stream *s);
void stream_fail(struct stream *s, const char *why);
/* Drop what was received and not read. */
void stream_drop(struct stream *s);
/* Open the file if it needs no transfer; false if it comes over the network. */
bool stream_open_local(struct stream *s);

/* A thread that fetches what comes from NFS exports; arg: the struct downloads. Takes the lock by itself. */
void *download_nfs_thread(void *arg);

#endif
