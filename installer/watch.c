#include "installer/watch.h"

#include <pthread.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/dialog/progress.h"
#include "installer/dialog/ui.h"
#include "installer/event_text.h"

#define TICK_MS  500
#define LOG_TAIL 20000 /* bytes */

struct watch {
	struct install_run *run;
	struct progress progress;
	pthread_mutex_t lock; /* of progress and ended */
	pthread_t thread;
	bool ended;
	char *title;
	char *plan; /* as text: a step that is done again changes it */
};

static void take(void *arg, const struct event_said *e)
{
	struct watch *w = arg;

	pthread_mutex_lock(&w->lock);
	progress_take(&w->progress, e->step, e->state, e->percent, e->overall, e->bytes, e->message,
		      clock_ms(CLOCK_MONOTONIC));
	pthread_mutex_unlock(&w->lock);
}

static bool draw(struct watch *w)
{
	auto_buf b = { 0 };
	unsigned overall;
	bool more;

	pthread_mutex_lock(&w->lock);
	progress_print(&w->progress, clock_ms(CLOCK_MONOTONIC), &b);
	overall = w->progress.overall;
	more = !w->ended;
	pthread_mutex_unlock(&w->lock);
	buf_adds(&b, "\n\nF1 or d: the plan   F2 or l: the log   Alt-F2: a shell (on the screen)");
	if (more)
		ui_progress(w->title, buf_str(&b), overall);
	return more;
}

static void show_log(void)
{
	auto_buf log = { 0 };
	size_t from;

	file_read(INSTALL_RUN "/install.log", &log, NULL);
	from = log.len > LOG_TAIL ? log.len - LOG_TAIL : 0;
	ui_text("The log's end", buf_str(&log) + from);
}

static void *work(void *arg)
{
	struct watch *w = arg;

	while (draw(w))
		switch (ui_key(TICK_MS)) {
		case 'd':
			ui_text("What is being done", w->plan);
			ui_wipe();
			break;
		case 'l':
			show_log();
			ui_wipe();
			break;
		default:
			break;
		}
	return NULL;
}

struct watch *watch_begin(struct install_run *run)
{
	auto_buf plan = { 0 };
	struct watch *w;

	if (!run->dialog || ui_open(DIALOG_BACKTITLE, NULL))
		return NULL;
	w = xcalloc(1, sizeof(*w));
	w->run = run;
	w->title = xasprintf("Installing %s", run->plan.net.hostname ? run->plan.net.hostname : "this host");
	install_plan_print(&run->plan, &plan);
	log_mask_buf(run->log, &plan);
	w->plan = xstrdup(buf_str(&plan));
	pthread_mutex_init(&w->lock, NULL);
	for (size_t i = 0; install_phase(i); i++)
		progress_add(&w->progress, install_phase(i), install_phase_what(i));
	for (size_t i = 0; run->resume && !str_eq(install_phase(i), run->resume); i++) {
		take(w, &(struct event_said){ install_phase(i), "start", "", 0, event_overall(run->resume, 0),
					      0 });
		take(w, &(struct event_said){ install_phase(i), "done", "", 0, event_overall(run->resume, 0),
					      0 });
	}
	events_hold(run->events, true);
	events_to_fn(run->events, take, w);
	if (pthread_create(&w->thread, NULL, work, w))
		abort();
	return w;
}

void watch_end(struct watch *w)
{
	if (!w)
		return;
	events_to_fn(w->run->events, NULL, NULL);
	pthread_mutex_lock(&w->lock);
	w->ended = true;
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	ui_close();
	events_hold(w->run->events, false);
	pthread_mutex_destroy(&w->lock);
	free(w->title);
	free(w->plan);
	free(w);
}
