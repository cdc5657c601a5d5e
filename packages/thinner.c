#include "packages/thinner.h"

#include <archive.h>
#include <pthread.h>

#include "base/util.h"
#include "packages/stanza.h"

#define BLOCK_BYTES 65536
#define QUEUE_MAX   16 /* blocks that wait for the reader */

struct block {
	struct block *next;
	struct buf text;
};

struct thinner {
	struct archive *in;
	struct stanza stanza;
	/* Between the thread and the reader: */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct block *first, **last;
	unsigned n_blocks;
	bool end, stop;
	char why[256];         /* why reading failed */
	struct block *reading; /* the reader's own */
	size_t done;           /* bytes of it that were read */
};

/* Hand what is in out to the reader; false if it wants no more. */
static bool flush(struct thinner *t)
{
	struct block *b;
	bool stop;

	if (!t->stanza.out.len)
		return true;
	b = xcalloc(1, sizeof(*b));
	b->text = t->stanza.out;
	t->stanza.out = (struct buf){ 0 };
	pthread_mutex_lock(&t->lock);
	while (t->n_blocks >= QUEUE_MAX && !t->stop)
		pthread_cond_wait(&t->changed, &t->lock);
	*t->last = b;
	t->last = &b->next;
	t->n_blocks++;
	stop = t->stop;
	pthread_cond_broadcast(&t->changed);
	pthread_mutex_unlock(&t->lock);
	return !stop;
}

static void *run_thread(void *arg)
{
	struct thinner *t = arg;
	auto_free char *block = xmalloc(BLOCK_BYTES);
	la_ssize_t n = 0;

	while (t->in && (n = archive_read_data(t->in, block, BLOCK_BYTES)) > 0) {
		stanza_add(&t->stanza, block, (size_t)n);
		if (t->stanza.out.len >= BLOCK_BYTES && !flush(t))
			break;
	}
	if (n == 0) {
		stanza_finish(&t->stanza);
		flush(t);
	}
	pthread_mutex_lock(&t->lock);
	if (n < 0)
		snprintf(t->why, sizeof(t->why), "%s", archive_error_string(t->in));
	t->end = true;
	pthread_cond_broadcast(&t->changed);
	pthread_mutex_unlock(&t->lock);
	return NULL;
}

static void block_free(struct block *b)
{
	if (b)
		buf_clear(&b->text);
	free(b);
}

/* The next block becomes the reader's; false at the end. */
static bool next_block(struct thinner *t)
{
	block_free(t->reading);
	t->done = 0;
	pthread_mutex_lock(&t->lock);
	while (!t->first && !t->end)
		pthread_cond_wait(&t->changed, &t->lock);
	t->reading = t->first;
	if (t->first) {
		t->first = t->first->next;
		if (!t->first)
			t->last = &t->first;
		t->n_blocks--;
		pthread_cond_broadcast(&t->changed);
	}
	pthread_mutex_unlock(&t->lock);
	return t->reading;
}

ssize_t thinner_read(void *thinner, char *p, size_t n)
{
	struct thinner *t = thinner;

	if ((!t->reading || t->done == t->reading->text.len) && !next_block(t))
		return t->why[0] ? -1 : 0;
	n = MIN(n, t->reading->text.len - t->done);
	memcpy(p, t->reading->text.data + t->done, n);
	t->done += n;
	return (ssize_t)n;
}

const char *thinner_why(const struct thinner *t)
{
	return t->why[0] ? t->why : NULL;
}

/* An empty index is fine: there is no archive then. */
static int open_input(struct thinner *t, const void *data, size_t len, struct err *err)
{
	struct archive_entry *entry;

	if (!len)
		return 0;
	t->in = archive_read_new();
	archive_read_support_filter_all(t->in);
	archive_read_support_format_raw(t->in);
	if (archive_read_open_memory(t->in, data, len) == ARCHIVE_OK &&
	    archive_read_next_header(t->in, &entry) == ARCHIVE_OK)
		return 0;
	err_set(err, ERR_SRC_INDEX, "cannot read it: %s", archive_error_string(t->in));
	archive_read_free(t->in);
	return -ERR_FETCH;
}

int thinner_new(const void *data, size_t len, const char *arch, struct index *index, struct thinner **ret,
		struct err *err)
{
	struct thinner *t = xcalloc(1, sizeof(*t));
	int r = open_input(t, data, len, err);

	if (r) {
		free(t);
		return r;
	}
	stanza_init(&t->stanza, arch, index);
	t->last = &t->first;
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->changed, NULL);
	if (pthread_create(&t->thread, NULL, run_thread, t))
		abort();
	*ret = t;
	return 0;
}

void thinner_free(struct thinner *t)
{
	if (!t)
		return;
	pthread_mutex_lock(&t->lock);
	t->stop = true;
	pthread_cond_broadcast(&t->changed);
	pthread_mutex_unlock(&t->lock);
	pthread_join(t->thread, NULL);
	while (next_block(t))
		;
	stanza_clear(&t->stanza);
	if (t->in)
		archive_read_free(t->in);
	pthread_mutex_destroy(&t->lock);
	pthread_cond_destroy(&t->changed);
	free(t);
}
