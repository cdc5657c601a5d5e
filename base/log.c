#include "base/log.h"

#include <fcntl.h>
#include <pthread.h>

#include "base/argv.h"
#include "base/util.h"

#define TAIL_LINES 400

struct log {
	pthread_mutex_t lock;
	int fd;
	struct argv masks;
	char *tail[TAIL_LINES]; /* a ring; next is the oldest */
	size_t next;
};

static int open_log(const char *path)
{
	return path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
}

struct log *log_new(const char *path)
{
	struct log *log = xcalloc(1, sizeof(*log));

	pthread_mutex_init(&log->lock, NULL);
	log->fd = open_log(path);
	return log;
}

void log_free(struct log *log)
{
	if (!log)
		return;
	if (log->fd >= 0)
		close(log->fd);
	for (size_t i = 0; i < TAIL_LINES; i++)
		free(log->tail[i]);
	argv_clear(&log->masks);
	pthread_mutex_destroy(&log->lock);
	free(log);
}

static void put(int fd, const char *s)
{
	size_t len = strlen(s);

	while (fd >= 0 && len) {
		ssize_t n = write(fd, s, len);

		if (n <= 0)
			return;
		s += n;
		len -= (size_t)n;
	}
}

void log_reopen(struct log *log, const char *path)
{
	pthread_mutex_lock(&log->lock);
	if (log->fd >= 0)
		close(log->fd);
	log->fd = open_log(path);
	for (size_t i = 0; i < TAIL_LINES; i++) {
		const char *line = log->tail[(log->next + i) % TAIL_LINES];

		if (line)
			put(log->fd, line);
	}
	pthread_mutex_unlock(&log->lock);
}

void log_mask(struct log *log, const char *secret)
{
	if (log && secret && strlen(secret) >= 4)
		argv_add(&log->masks, secret);
}

void log_mask_buf(const struct log *log, struct buf *b)
{
	for (size_t i = 0; log && i < log->masks.n; i++) {
		const char *secret = log->masks.v[i];
		size_t slen = strlen(secret);
		char *hit;

		while (b->len && (hit = memmem(b->data, b->len, secret, slen))) {
			memcpy(hit, "***", 3);
			memmove(hit + 3, hit + slen, b->len - (size_t)(hit - b->data) - slen + 1);
			b->len -= slen - 3;
		}
	}
}

static void add_line(struct log *log, const char *prog, const char *line, size_t len)
{
	auto_buf b = { 0 };
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	buf_addf(&b, "%lld.%03ld %s: ", (long long)now.tv_sec, now.tv_nsec / 1000000, prog);
	buf_add(&b, line, len);
	log_mask_buf(log, &b);
	buf_addc(&b, '\n');
	pthread_mutex_lock(&log->lock);
	put(log->fd, b.data);
	free(log->tail[log->next]);
	log->tail[log->next] = buf_take(&b);
	log->next = (log->next + 1) % TAIL_LINES;
	pthread_mutex_unlock(&log->lock);
}

void log_text(struct log *log, const char *prog, const char *text, size_t len)
{
	const char *end = text + len;

	while (log && text < end) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((nl ? nl : end) - text);

		if (n)
			add_line(log, prog, text, n);
		text += n + 1;
	}
}

void log_printf(struct log *log, const char *fmt, ...)
{
	auto_buf b = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	log_text(log, "xenith", buf_str(&b), b.len);
}

void log_tail(struct log *log, size_t n, struct buf *b)
{
	if (!log)
		return;
	pthread_mutex_lock(&log->lock);
	for (size_t i = TAIL_LINES - MIN(n, (size_t)TAIL_LINES); i < TAIL_LINES; i++) {
		const char *line = log->tail[(log->next + i) % TAIL_LINES];

		if (line)
			buf_adds(b, line);
	}
	pthread_mutex_unlock(&log->lock);
}
