#include "packages/image_stream.h"

#include <pthread.h>

#include "base/util.h"
#include "packages/easy.h"

#define AHEAD      4 /* frames */
#define TRIES      5 /* without a byte of progress, or with a wrong frame */
#define BACKOFF_MS 500

struct image_stream {
	const struct image *image;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct buf ready[AHEAD]; /* a ring of checked frames */
	size_t n_ready, first;
	bool stop, ended;
	struct err err;
	/* The thread's own: */
	size_t frame; /* that is being received */
	struct buf part;
	bool wrong; /* it has another hash */
	bool checked_status;
	uint64_t from, skip; /* of this try: where it goes on; what comes before that all the same */
	CURL *easy;
	struct hash *file; /* of all up to here */
};

static bool frame_is_right(const struct image_stream *s)
{
	char found[HASH_HEX_LEN + 1];

	hash_mem(s->part.data, s->part.len, found);
	return str_eq(found, s->image->manifest.frames[s->frame].sha256);
}

/* Returns false when nobody wants it any more. */
static bool hand_over(struct image_stream *s)
{
	bool stop;

	pthread_mutex_lock(&s->lock);
	while (s->n_ready == AHEAD && !s->stop)
		pthread_cond_wait(&s->changed, &s->lock);
	stop = s->stop;
	if (!stop) {
		s->ready[(s->first + s->n_ready++) % AHEAD] = s->part;
		s->part = (struct buf){ 0 };
		s->frame++;
	}
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
	return !stop;
}

/* A server that ignores the range sends the file from its start: what is here already is passed over. */
static void check_status(struct image_stream *s)
{
	long status = 0;

	curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
	s->checked_status = true;
	s->skip = status == 200 ? s->from : 0;
	if (s->skip)
		log_printf(s->image->log, "%s: the server does not answer ranges: read from the start",
			   s->image->shown);
}

static size_t on_data(char *data, size_t size, size_t n, void *arg)
{
	struct image_stream *s = arg;
	const struct image_manifest *m = &s->image->manifest;
	size_t left = size * n, over;

	if (!s->checked_status)
		check_status(s);
	over = MIN(left, s->skip);
	s->skip -= over;
	data += over;
	left -= over;
	while (left && s->frame < m->n) {
		size_t len = MIN(left, m->frames[s->frame].len - s->part.len);

		buf_add(&s->part, data, len);
		data += len;
		left -= len;
		if (s->part.len < m->frames[s->frame].len)
			break;
		s->wrong = !frame_is_right(s);
		if (s->wrong) {
			s->part.len = 0;
			return 0;
		}
		hash_add(s->file, s->part.data, s->part.len);
		if (!hand_over(s))
			return 0;
	}
	/* Behind the frames stands the seek table, which only the file's checksum covers. */
	if (left)
		hash_add(s->file, data, left);
	return size * n;
}

static CURLcode transfer(struct image_stream *s, char why[CURL_ERROR_SIZE])
{
	CURL *easy = easy_new(s->image->url, s->image->proxy, s->image->insecure);
	auto_free char *range = NULL;
	CURLcode code;

	s->easy = easy;
	s->checked_status = s->wrong = false;
	s->skip = 0;
	s->from = s->image->manifest.frames[s->frame].offset + s->part.len;
	range = xasprintf("%llu-", (unsigned long long)s->from);
	curl_easy_setopt(easy, CURLOPT_RANGE, range);
	curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L);
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 524288L);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, why);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, s);
	code = curl_easy_perform(easy);
	curl_easy_cleanup(easy);
	return code;
}

static void explain(struct image_stream *s, CURLcode code, const char *why)
{
	const struct image *image = s->image;
	size_t n = image->manifest.n;

	if (s->wrong)
		err_set(&s->err, ERR_IMG_CHANGED,
			"%s: frame %zu of %zu has another SHA-256 than the manifest says: the file was "
			"changed",
			image->shown, s->frame + 1, n);
	else
		err_set(&s->err, ERR_IMG_SHORT, "%s: frame %zu of %zu: %s", image->shown, s->frame + 1, n,
			code ? (why[0] ? why : curl_easy_strerror(code)) : "the file ends too early");
}

static bool is_stopped(struct image_stream *s)
{
	bool stop;

	pthread_mutex_lock(&s->lock);
	stop = s->stop;
	pthread_mutex_unlock(&s->lock);
	return stop;
}

static void receive_frames(struct image_stream *s)
{
	const struct image_manifest *m = &s->image->manifest;
	unsigned tries = 0;

	while (s->frame < m->n && tries < TRIES && !is_stopped(s)) {
		size_t frame = s->frame, len = s->part.len;
		char why[CURL_ERROR_SIZE] = "";
		CURLcode code;

		if (tries > 1)
			usleep((useconds_t)(BACKOFF_MS << tries) * 1000);
		code = transfer(s, why);
		if (s->frame == m->n || is_stopped(s))
			break;
		tries = s->frame > frame || s->part.len > len ? 1 : tries + 1;
		explain(s, code, why);
		log_printf(s->image->log, "try %u: %s", tries, s->err.msg);
	}
	if (s->frame == m->n)
		s->err = (struct err){ 0 };
}

static void check_file(struct image_stream *s)
{
	char found[HASH_HEX_LEN + 1];

	hash_hex(s->file, found);
	if (!s->err.code && s->image->file_checksum && !str_eq(found, s->image->file_checksum))
		err_set(&s->err, ERR_IMG_CHANGED, "%s: wrong checksum: found SHA-256 %s, wanted %s",
			s->image->shown, found, s->image->file_checksum);
}

static void *run(void *arg)
{
	struct image_stream *s = arg;

	hash_add(s->file, s->image->head.data, s->image->head.len);
	receive_frames(s);
	check_file(s);
	pthread_mutex_lock(&s->lock);
	s->ended = true;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

struct image_stream *image_stream_new(const struct image *image)
{
	struct image_stream *s = xcalloc(1, sizeof(*s));

	curl_global_init(CURL_GLOBAL_DEFAULT);
	s->image = image;
	s->file = hash_new();
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->changed, NULL);
	if (pthread_create(&s->thread, NULL, run, s))
		abort();
	return s;
}

void image_stream_stop(struct image_stream *s)
{
	pthread_mutex_lock(&s->lock);
	s->stop = true;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

void image_stream_free(struct image_stream *s)
{
	if (!s)
		return;
	image_stream_stop(s);
	pthread_join(s->thread, NULL);
	for (size_t i = 0; i < AHEAD; i++)
		buf_clear(&s->ready[i]);
	buf_clear(&s->part);
	hash_free(s->file);
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->changed);
	free(s);
}

int image_stream_next(struct image_stream *s, struct buf *ret, struct err *err)
{
	int r = 0;

	pthread_mutex_lock(&s->lock);
	while (!s->n_ready && !s->ended && !s->stop)
		pthread_cond_wait(&s->changed, &s->lock);
	if (s->n_ready) {
		*ret = s->ready[s->first];
		s->ready[s->first] = (struct buf){ 0 };
		s->first = (s->first + 1) % AHEAD;
		s->n_ready--;
		pthread_cond_broadcast(&s->changed);
		r = 1;
	} else if (s->err.code) {
		r = err_copy(err, &s->err);
	}
	pthread_mutex_unlock(&s->lock);
	return r;
}
