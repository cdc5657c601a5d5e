#include "installer/event_text.h"

#include "base/util.h"

#define TELL_EVERY_MS 5000

/* Measured on small machines: fetching and configuring are most of an install. The sum is 100. */
static const struct {
	const char *step;
	unsigned weight;
} weights[] = {
	{ "facts", 1 }, { "kickstart", 1 }, { "network", 2 },    { "packages", 6 },
	{ "disk", 5 },  { "unpack", 40 },   { "configure", 25 }, { "target", 3 },
	{ "boot", 14 }, { "post", 2 },      { "report", 1 },
};

unsigned event_overall(const char *step, unsigned step_percent)
{
	unsigned before = 0;

	if (str_eq(step, "install"))
		return 100;
	for (size_t i = 0; i < ARRAY_SIZE(weights); i++) {
		if (str_eq(weights[i].step, step))
			return before + weights[i].weight * MIN(step_percent, 100) / 100;
		before += weights[i].weight;
	}
	return 0;
}

static void put_progress(const struct event_pace *pace, unsigned percent, uint64_t bytes, int64_t now_ms,
			 struct buf *ret)
{
	int64_t ms = now_ms - pace->began_ms;

	buf_addf(ret, " %u %%", percent);
	if (bytes)
		buf_addf(ret, ", %.1f MB", (double)bytes / 1e6);
	if (bytes && ms > 0)
		buf_addf(ret, ", %.1f MB/s", (double)bytes / 1e3 / (double)ms);
}

void event_text(struct event_pace *pace, const char *step, const char *state, unsigned percent,
		uint64_t bytes, const char *message, int64_t now_ms, struct buf *ret)
{
	bool start = strcmp(state, "start") == 0, progress = strcmp(state, "progress") == 0;
	bool done = strcmp(state, "done") == 0;

	if (!str_eq(pace->step, step)) {
		snprintf(pace->step, sizeof(pace->step), "%s", step);
		pace->began_ms = pace->told_ms = now_ms;
	}
	/* A warning may come from a step that is over: what is done stays done. */
	pace->overall = MAX(pace->overall, event_overall(step, done ? 100 : percent));
	if (progress && percent < 100 && now_ms - pace->told_ms < TELL_EVERY_MS)
		return;
	if (progress)
		pace->told_ms = now_ms;
	buf_addf(ret, "[%3u%%] %s%s%s:", pace->overall, step, start || progress ? "" : " ",
		 start || progress ? "" : state);
	if (progress)
		put_progress(pace, percent, bytes, now_ms, ret);
	buf_addf(ret, " %s\n", message);
}
