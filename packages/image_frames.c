#include "packages/image_frames.h"

#include <errno.h>
#include <pthread.h>
#include <zstd.h>

#include "base/file.h"
#include "base/util.h"
#include "packages/image.h"

#define WORKERS_MAX 16

struct job {
	bool busy;
	int level;
	pthread_t thread;
	struct buf in, out;
	char sha256[HASH_HEX_LEN + 1];
};

struct frames {
	int fd, level;
	struct image_manifest *manifest;
	struct job jobs[WORKERS_MAX];
	size_t n_jobs, next; /* the job that is filled; those behind it in the ring are older */
};

struct frames *frames_new(int fd, unsigned level, struct image_manifest *manifest)
{
	struct frames *f = xcalloc(1, sizeof(*f));
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	f->fd = fd;
	f->level = (int)level;
	f->manifest = manifest;
	f->n_jobs = (size_t)MIN(MAX(cpus, 1L) + 1, (long)WORKERS_MAX);
	return f;
}

static void *compress(void *arg)
{
	struct job *job = arg;
	size_t room = ZSTD_compressBound(job->in.len), n;

	job->out.len = 0;
	n = ZSTD_compress(buf_room(&job->out, room), room, job->in.data, job->in.len, job->level);
	if (ZSTD_isError(n))
		abort();
	buf_used(&job->out, n);
	hash_mem(job->out.data, n, job->sha256);
	return NULL;
}

/* Wait for the job and write what came of it. */
static int collect(struct frames *f, struct job *job)
{
	struct image_manifest *m = f->manifest;
	struct image_frame *frame;

	if (!job->busy)
		return 0;
	pthread_join(job->thread, NULL);
	job->busy = false;
	xgrow(&m->frames, &m->cap, m->n, sizeof(*m->frames));
	frame = &m->frames[m->n++];
	*frame = (struct image_frame){ .len = (uint32_t)job->out.len, .unpacked_len = (uint32_t)job->in.len };
	memcpy(frame->sha256, job->sha256, sizeof(frame->sha256));
	m->unpacked_bytes += job->in.len;
	job->in.len = 0;
	return file_write_fd(f->fd, job->out.data, job->out.len);
}

/* Start the job that is full, and make the oldest one ready to be filled. */
static int turn(struct frames *f)
{
	struct job *job = &f->jobs[f->next];

	job->level = f->level;
	job->busy = true;
	if (pthread_create(&job->thread, NULL, compress, job))
		abort();
	f->next = (f->next + 1) % f->n_jobs;
	return collect(f, &f->jobs[f->next]);
}

int frames_add(struct frames *f, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		struct buf *in = &f->jobs[f->next].in;
		size_t n = MIN(len, IMAGE_FRAME_BYTES - in->len);

		buf_add(in, p, n);
		p += n;
		len -= n;
		if (in->len == IMAGE_FRAME_BYTES && turn(f))
			return -1;
	}
	return 0;
}

int frames_finish(struct frames *f)
{
	int r = f->jobs[f->next].in.len ? turn(f) : 0;

	for (size_t i = 1; i <= f->n_jobs && !r; i++)
		r = collect(f, &f->jobs[(f->next + i) % f->n_jobs]);
	return r;
}

void frames_free(struct frames *f)
{
	for (size_t i = 0; i < f->n_jobs; i++) {
		if (f->jobs[i].busy)
			pthread_join(f->jobs[i].thread, NULL);
		buf_clear(&f->jobs[i].in);
		buf_clear(&f->jobs[i].out);
	}
	free(f);
}
