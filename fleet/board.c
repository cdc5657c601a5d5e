#include "fleet/board.h"

#include "base/util.h"

#define SILENT_S    120
#define MESSAGE_MAX 200

/* Text from the network: one line, nothing that a terminal would obey. */
static void keep(char **to, const json_t *event, const char *key, const char *other)
{
	const char *text = json_string_value(json_object_get(event, key));
	char *copy = xstrndup(text ? text : other, MESSAGE_MAX);

	for (char *c = copy; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = ' ';
	free(*to);
	*to = copy;
}

static struct board_host *find(struct board *b, const char *name)
{
	for (size_t i = 0; i < b->n; i++)
		if (str_eq(b->hosts[i].name, name))
			return &b->hosts[i];
	if (b->n == BOARD_HOSTS_MAX)
		return NULL;
	xgrow(&b->hosts, &b->cap, b->n, sizeof(*b->hosts));
	b->hosts[b->n].name = xstrdup(name);
	return &b->hosts[b->n++];
}

const struct board_host *board_take(struct board *b, const json_t *event, const char *from, time_t now)
{
	const json_t *overall = json_object_get(event, "overall");
	auto_free char *name = NULL;
	struct board_host *host;

	if (!json_is_string(json_object_get(event, "step")) ||
	    !json_is_string(json_object_get(event, "state")))
		return NULL;
	keep(&name, event, "host", from);
	host = find(b, name);
	if (!host)
		return NULL;
	keep(&host->step, event, "step", "");
	keep(&host->state, event, "state", "");
	keep(&host->message, event, "message", "");
	if (json_is_integer(overall) && json_integer_value(overall) >= 0)
		host->percent = (unsigned)MIN(json_integer_value(overall), 100);
	host->heard = now;
	host->ready = str_eq(host->state, "ready");
	host->ended = host->ready || str_eq(host->state, "degraded") || str_eq(host->state, "failed");
	if (str_eq(host->step, "firstboot"))
		host->percent = 100;
	return host;
}

void board_clear(struct board *b)
{
	for (size_t i = 0; i < b->n; i++) {
		free(b->hosts[i].name);
		free(b->hosts[i].step);
		free(b->hosts[i].state);
		free(b->hosts[i].message);
	}
	free(b->hosts);
	*b = (struct board){ 0 };
}

size_t board_ended(const struct board *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		n += b->hosts[i].ended;
	return n;
}

bool board_all_ready(const struct board *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->hosts[i].ended && !b->hosts[i].ready)
			return false;
	return true;
}

void board_line(const struct board_host *host, struct buf *ret)
{
	char clock[16];
	struct tm tm;

	localtime_r(&host->heard, &tm);
	strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	buf_addf(ret, "%s %s [%3u%%] %s %s: %s\n", clock, host->name, host->percent, host->step, host->state,
		 host->message);
}

void board_table(const struct board *b, time_t now, struct buf *ret)
{
	buf_addf(ret, "%-20s %4s  %-10s %-9s %5s  %s\n", "HOST", "DONE", "STEP", "STATE", "AGE", "MESSAGE");
	for (size_t i = 0; i < b->n; i++) {
		const struct board_host *h = &b->hosts[i];
		long age = (long)(now - h->heard);

		buf_addf(ret, "%-20.20s %3u%%  %-10.10s %-9.9s %4lds  %.25s%s\n", h->name, h->percent,
			 h->step, h->state, age, h->message, !h->ended && age > SILENT_S ? " (SILENT)" : "");
	}
	buf_addf(ret, "%zu hosts, %zu ended\n", b->n, board_ended(b));
}
