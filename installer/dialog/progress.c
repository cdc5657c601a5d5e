#include "installer/dialog/progress.h"

#include "base/util.h"

#define WIDTH   70
#define COUNTED 100000 /* bytes; less are packages that were counted */

static struct progress_phase *find(struct progress *p, const char *step)
{
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->phases[i].step, step))
			return &p->phases[i];
	return NULL;
}

void progress_add(struct progress *p, const char *step, const char *what)
{
	if (p->n < PROGRESS_PHASES)
		p->phases[p->n++] = (struct progress_phase){ .step = step, .what = what };
}

void progress_take(struct progress *p, const char *step, const char *state, unsigned percent,
		   unsigned overall, uint64_t bytes, const char *message, int64_t now_ms)
{
	struct progress_phase *phase = find(p, step);

	snprintf(p->message, sizeof(p->message), "%s", message);
	if (!phase)
		return;
	if (str_eq(state, "start")) {
		if (!p->phases[0].began_ms)
			p->first_overall = overall;
		phase->began_ms = now_ms;
		phase->ended_ms = 0;
		p->percent = 0;
		p->bytes = 0;
	} else if (str_eq(state, "done")) {
		phase->ended_ms = now_ms;
	} else if (str_eq(state, "progress")) {
		p->percent = percent;
		p->bytes = bytes;
	}
	p->overall = MAX(p->overall, overall);
}

static void put_span(int64_t ms, struct buf *b)
{
	long long s = ms / 1000;

	if (s < 60)
		buf_addf(b, "%lld s", s);
	else
		buf_addf(b, "%lld min %02lld s", s / 60, s % 60);
}

static void put_now(const struct progress *p, const struct progress_phase *phase, int64_t now_ms,
		    struct buf *b)
{
	int64_t ms = now_ms - phase->began_ms;

	if (p->percent)
		buf_addf(b, "%u %%, ", p->percent);
	if (p->bytes >= COUNTED)
		buf_addf(b, "%.1f MB, ", (double)p->bytes / 1e6);
	if (p->bytes >= COUNTED && ms > 0)
		buf_addf(b, "%.1f MB/s, ", (double)p->bytes / 1e3 / (double)ms);
	put_span(ms, b);
}

static void put_phase(const struct progress *p, const struct progress_phase *phase, int64_t now_ms,
		      struct buf *ret)
{
	const char *mark = phase->ended_ms ? "done" : phase->began_ms ? " -> " : "    ";
	auto_buf side = { 0 };
	int room;

	if (phase->ended_ms)
		put_span(phase->ended_ms - phase->began_ms, &side);
	else if (phase->began_ms)
		put_now(p, phase, now_ms, &side);
	room = MAX(0, WIDTH - 6 - (int)side.len);
	buf_addf(ret, "%s %-*.*s %s\n", mark, room, room, phase->what, buf_str(&side));
}

/* Told from how fast it went so far; nothing before a tenth of the way. */
static void put_left(const struct progress *p, int64_t now_ms, struct buf *ret)
{
	int64_t ms = p->n && p->phases[0].began_ms ? now_ms - p->phases[0].began_ms : 0;
	unsigned gone = p->overall > p->first_overall ? p->overall - p->first_overall : 0;

	put_span(ms, ret);
	buf_adds(ret, " so far");
	if (gone * 10 >= 100 - p->first_overall && p->overall < 100) {
		buf_adds(ret, ", about ");
		put_span(ms * (100 - p->overall) / gone, ret);
		buf_adds(ret, " left");
	}
}

void progress_print(const struct progress *p, int64_t now_ms, struct buf *ret)
{
	for (size_t i = 0; i < p->n; i++)
		put_phase(p, &p->phases[i], now_ms, ret);
	buf_addf(ret, "\n%.*s\n", WIDTH, p->message);
	put_left(p, now_ms, ret);
}
