#include "packages/mirrors.h"

#include <sys/random.h>
#include <time.h>

#include "base/util.h"

#define BACKOFF_MS     1000
#define BACKOFF_MAX_MS 60000

void mirrors_clear(struct mirrors *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->v[i].origin);
	free(m->v);
	*m = (struct mirrors){ 0 };
}

struct mirror *mirrors_of(struct mirrors *m, const char *url)
{
	const char *host = strstr(url, "://");
	size_t len;

	host = host ? host + 3 : url;
	len = (size_t)(host - url) + strcspn(host, "/?#");
	for (size_t i = 0; i < m->n; i++)
		if (strlen(m->v[i].origin) == len && !strncmp(m->v[i].origin, url, len))
			return &m->v[i];
	m->v = xrealloc(m->v, (m->n + 1) * sizeof(*m->v));
	m->v[m->n] = (struct mirror){ .origin = xstrndup(url, len) };
	return &m->v[m->n++];
}

struct choice {
	int64_t wait_ms;
	bool failed_last;
	unsigned running;
};

static bool is_better(const struct choice *a, const struct choice *b)
{
	if (a->wait_ms != b->wait_ms)
		return a->wait_ms < b->wait_ms;
	if (a->failed_last != b->failed_last)
		return b->failed_last;
	return a->running < b->running;
}

int mirrors_choose(struct mirrors *m, const char *const *urls, uint32_t gone, int last,
		   int64_t *not_before_ms)
{
	int64_t now = clock_ms(CLOCK_MONOTONIC);
	struct choice best = { 0 };
	int found = -1;

	for (int i = 0; i < MIRRORS_MAX && urls[i]; i++) {
		const struct mirror *mirror = mirrors_of(m, urls[i]);
		struct choice c = { MAX(mirror->not_before_ms - now, (int64_t)0), i == last,
				    mirror->running };

		if (gone & (1u << i) || (found >= 0 && !is_better(&c, &best)))
			continue;
		best = c;
		found = i;
		*not_before_ms = mirror->not_before_ms;
	}
	return found;
}

int64_t mirrors_backoff_ms(unsigned try)
{
	int64_t ms = MIN((int64_t)BACKOFF_MS << MIN(try, 10u), (int64_t)BACKOFF_MAX_MS);
	uint32_t chance = 0;

	/* Many hosts that failed at the same moment shall not come back at the same moment. */
	if (getrandom(&chance, sizeof(chance), 0) < 0)
		chance = (uint32_t)getpid();
	return ms / 2 + (int64_t)(chance % (uint64_t)(ms / 2 + 1));
}
