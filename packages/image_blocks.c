#include "packages/image_blocks.h"

#include <pthread.h>
#include <zstd.h>

#include "base/util.h"

#define RING 3 /* one is written, one waits, one is filled */

struct block {
	char *data; /* IMAGE_FRAME_BYTES */
	size_t len, packed_len;
};

struct image_blocks {
	const struct image *image;
	struct image_stream *stream;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct block ring[RING];
	size_t first, n; /* those that are ready, and the one that is read */
	bool reading;    /* the first one is the reader's */
	bool stop, ended;
	struct err err;
};

/* Wait for a free block; NULL: nobody wants more. */
static struct block *free_block(struct image_blocks *b)
{
	struct block *block = NULL;

	pthread_mutex_lock(&b->lock);
	while (b->n == RING && !b->stop)
		pthread_cond_wait(&b->changed, &b->lock);
	if (!b->stop)
		block = &b->ring[(b->first + b->n) % RING];
	pthread_mutex_unlock(&b->lock);
	return block;
}

static void publish(struct image_blocks *b, bool end, const struct err *err)
{
	pthread_mutex_lock(&b->lock);
	if (end) {
		b->ended = true;
		b->err = *err;
	} else {
		b->n++;
	}
	pthread_cond_broadcast(&b->changed);
	pthread_mutex_unlock(&b->lock);
}

/* 1: a block is filled, 0: the end. */
static int fill(struct image_blocks *b, ZSTD_DCtx *zstd, struct block *block, size_t number, struct err *err)
{
	auto_buf frame = { 0 };
	int r = image_stream_next(b->stream, &frame, err);
	size_t n;

	if (r <= 0)
		return r;
	n = ZSTD_decompressDCtx(zstd, block->data, IMAGE_FRAME_BYTES, frame.data, frame.len);
	if (ZSTD_isError(n))
		return err_set(err, ERR_IMG_CHANGED, "%s: frame %zu: %s", b->image->shown, number,
			       ZSTD_getErrorName(n));
	block->len = n;
	block->packed_len = frame.len;
	return 1;
}

static void *run(void *arg)
{
	struct image_blocks *b = arg;
	ZSTD_DCtx *zstd = ZSTD_createDCtx();
	struct err err = { 0 };
	struct block *block;

	if (!zstd)
		abort();
	for (size_t number = 1; (block = free_block(b)) && fill(b, zstd, block, number, &err) > 0; number++)
		publish(b, false, &err);
	publish(b, true, &err);
	ZSTD_freeDCtx(zstd);
	return NULL;
}

struct image_blocks *image_blocks_new(const struct image *image)
{
	struct image_blocks *b = xcalloc(1, sizeof(*b));

	b->image = image;
	b->stream = image_stream_new(image);
	for (size_t i = 0; i < RING; i++)
		b->ring[i].data = xmalloc(IMAGE_FRAME_BYTES);
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->changed, NULL);
	if (pthread_create(&b->thread, NULL, run, b))
		abort();
	return b;
}

void image_blocks_free(struct image_blocks *b)
{
	if (!b)
		return;
	pthread_mutex_lock(&b->lock);
	b->stop = true;
	pthread_cond_broadcast(&b->changed);
	pthread_mutex_unlock(&b->lock);
	image_stream_stop(b->stream);
	pthread_join(b->thread, NULL);
	image_stream_free(b->stream);
	for (size_t i = 0; i < RING; i++)
		free(b->ring[i].data);
	pthread_mutex_destroy(&b->lock);
	pthread_cond_destroy(&b->changed);
	free(b);
}

ssize_t image_blocks_next(struct image_blocks *b, const void **data, size_t *packed_len, struct err *err)
{
	ssize_t n = 0;

	pthread_mutex_lock(&b->lock);
	if (b->reading) {
		b->first = (b->first + 1) % RING;
		b->n--;
		b->reading = false;
		pthread_cond_broadcast(&b->changed);
	}
	while (!b->n && !b->ended)
		pthread_cond_wait(&b->changed, &b->lock);
	if (b->n) {
		const struct block *block = &b->ring[b->first];

		b->reading = true;
		*data = block->data;
		*packed_len = block->packed_len;
		n = (ssize_t)block->len;
	} else if (b->err.code) {
		err_copy(err, &b->err);
		n = -1;
	}
	pthread_mutex_unlock(&b->lock);
	return n;
}
