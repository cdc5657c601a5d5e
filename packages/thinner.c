#include "packages/thinner.h"

#include <archive.h>
#include <pthread.h>
#include <strings.h>

#include "base/util.h"

#define BLOCK_BYTES 65536
#define QUEUE_MAX   16 /* blocks that wait for the reader */

struct block {
	struct block *next;
	struct buf text;
};

struct thinner {
	struct archive *in;
	const char *arch;
	struct index *index;
	struct buf line;        /* an unfinished line */
	struct buf stanza;      /* what libsolv will see of this paragraph */
	struct buf out;         /* whole paragraphs */
	struct index_entry cur; /* of this paragraph */
	bool has_name, wrong_arch;
	bool keep_more; /* the last field's continuation lines are for libsolv too */
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

static enum pkg_priority priority_of(const char *s)
{
	static const char *const names[] = { "required", "important", "standard", "optional", "extra" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (str_eq(s, names[i]))
			return (enum pkg_priority)i;
	return PRIO_EXTRA;
}

static bool hex_to_bytes(const char *hex, unsigned char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char pair[3] = { hex[2 * i], hex[2 * i] ? hex[2 * i + 1] : '\0', '\0' };
		char *end;

		bytes[i] = (unsigned char)strtoul(pair, &end, 16);
		if (end != pair + 2)
			return false;
	}
	return hex[2 * n] == '\0';
}

static void note_field(struct thinner *t, const char *name, const char *value)
{
	uint64_t n;

	if (!strcasecmp(name, "Filename"))
		t->cur.filename = arena_strdup(&t->index->arena, value);
	else if (!strcasecmp(name, "SHA256"))
		t->cur.has_sha256 = hex_to_bytes(value, t->cur.sha256, sizeof(t->cur.sha256));
	else if (!strcasecmp(name, "Size") && str_u64(value, &n))
		t->cur.size_bytes = n;
	else if (!strcasecmp(name, "Installed-Size") && str_u64(value, &n))
		t->cur.installed_kib = n;
	else if (!strcasecmp(name, "Priority"))
		t->cur.priority = priority_of(value);
	else if (!strcasecmp(name, "Essential"))
		t->cur.essential = str_eq(value, "yes");
	else if (!strcasecmp(name, "Package"))
		t->has_name = true;
	else if (!strcasecmp(name, "Architecture"))
		t->wrong_arch = !str_eq(value, "all") && !str_eq(value, t->arch);
}

/* "python3:any" is python3 here: there is one architecture only. */
static void add_without_any(struct buf *b, const char *s)
{
	const char *any;

	while ((any = strstr(s, ":any"))) {
		buf_add(b, s, (size_t)(any - s));
		s = any + strlen(":any");
	}
	buf_adds(b, s);
}

static void end_stanza(struct thinner *t)
{
	struct index *x = t->index;

	if (t->has_name && !t->wrong_arch) {
		xgrow(&x->entries, &x->cap, x->n, sizeof(*x->entries));
		x->entries[x->n++] = t->cur;
		buf_add(&t->out, t->stanza.data, t->stanza.len);
		buf_addc(&t->out, '\n');
	}
	t->stanza.len = 0;
	t->cur = (struct index_entry){ .priority = PRIO_OPTIONAL };
	t->has_name = t->wrong_arch = t->keep_more = false;
}

static void take_line(struct thinner *t, char *line)
{
	static const char *const for_solver[] = { "Package",   "Version",     "Architecture",
						  "Depends",   "Pre-Depends", "Provides",
						  "Conflicts", "Breaks",      "Recommends" };
	char *colon;

	if (!*line) {
		end_stanza(t);
		return;
	}
	if (*line == ' ' || *line == '\t') {
		if (t->keep_more) {
			add_without_any(&t->stanza, line);
			buf_addc(&t->stanza, '\n');
		}
		return;
	}
	colon = strchr(line, ':');
	if (!colon)
		return;
	*colon = '\0';
	note_field(t, line, colon + 1 + strspn(colon + 1, " \t"));
	t->keep_more = false;
	for (size_t i = 0; i < ARRAY_SIZE(for_solver); i++)
		t->keep_more |= !strcasecmp(line, for_solver[i]);
	if (!t->keep_more)
		return;
	buf_addf(&t->stanza, "%s:", line);
	add_without_any(&t->stanza, colon + 1);
	buf_addc(&t->stanza, '\n');
}

static void take_block(struct thinner *t, const char *p, size_t n)
{
	while (n) {
		const char *nl = memchr(p, '\n', n);
		size_t len = nl ? (size_t)(nl - p) : n;

		buf_add(&t->line, p, len);
		if (nl) {
			take_line(t, t->line.data);
			t->line.len = 0;
			len++;
		}
		p += len;
		n -= len;
	}
}

/* Hand what is in out to the reader; false if it wants no more. */
static bool flush(struct thinner *t)
{
	struct block *b;
	bool stop;

	if (!t->out.len)
		return true;
	b = xcalloc(1, sizeof(*b));
	b->text = t->out;
	t->out = (struct buf){ 0 };
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
		take_block(t, block, (size_t)n);
		if (t->out.len >= BLOCK_BYTES && !flush(t))
			break;
	}
	if (n == 0) {
		if (t->line.len)
			take_block(t, "\n", 1);
		end_stanza(t);
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
	err_set(err, ERR_FETCH, "cannot read it: %s", archive_error_string(t->in));
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
	t->arch = arch;
	t->index = index;
	t->last = &t->first;
	t->cur.priority = PRIO_OPTIONAL;
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
	buf_clear(&t->line);
	buf_clear(&t->stanza);
	buf_clear(&t->out);
	if (t->in)
		archive_read_free(t->in);
	pthread_mutex_destroy(&t->lock);
	pthread_cond_destroy(&t->changed);
	free(t);
}
