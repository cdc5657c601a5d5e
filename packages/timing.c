#include "packages/timing.h"

#include <pthread.h>
#include <sys/resource.h>
#include <time.h>

#include "base/util.h"

#define SLOWEST 10

struct entry {
	const char *name;
	double start_s, wall_s, cpu_s;
};

struct script {
	char *package;
	double wall_s;
};

struct pkg_timing {
	pthread_mutex_t lock;
	double began_s;
	struct entry *entries;
	size_t n, cap;
	struct script *scripts;
	size_t n_scripts, scripts_cap;
	double scripts_s;
};

static double now_s(void)
{
	return (double)clock_ms(CLOCK_MONOTONIC) / 1e3;
}

static double cpu_of(int who)
{
	struct rusage u;

	getrusage(who, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

struct pkg_timing *pkg_timing_new(void)
{
	struct pkg_timing *t = xcalloc(1, sizeof(*t));

	pthread_mutex_init(&t->lock, NULL);
	t->began_s = now_s();
	return t;
}

void pkg_timing_free(struct pkg_timing *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n_scripts; i++)
		free(t->scripts[i].package);
	pthread_mutex_destroy(&t->lock);
	free(t->scripts);
	free(t->entries);
	free(t);
}

struct phase phase_begin(const struct pkg_progress *progress, const char *name)
{
	struct pkg_timing *t = progress ? progress->timing : NULL;

	return (struct phase){ .timing = t, .name = name, .start_s = now_s(), .self_s = cpu_of(RUSAGE_SELF) };
}

static void add(const struct phase *phase, double cpu_s)
{
	struct pkg_timing *t = phase->timing;

	if (!t)
		return;
	pthread_mutex_lock(&t->lock);
	xgrow(&t->entries, &t->cap, t->n, sizeof(*t->entries));
	t->entries[t->n++] = (struct entry){ .name = phase->name,
					     .start_s = phase->start_s - t->began_s,
					     .wall_s = now_s() - phase->start_s,
					     .cpu_s = cpu_s };
	pthread_mutex_unlock(&t->lock);
}

void phase_end(const struct phase *phase)
{
	add(phase, cpu_of(RUSAGE_SELF) - phase->self_s);
}

void phase_end_cpu(const struct phase *phase, uint64_t cpu_ms)
{
	add(phase, (double)cpu_ms / 1e3);
}

void timing_script(const struct pkg_progress *progress, const char *package, double wall_s)
{
	struct pkg_timing *t = progress ? progress->timing : NULL;

	if (!t)
		return;
	pthread_mutex_lock(&t->lock);
	xgrow(&t->scripts, &t->scripts_cap, t->n_scripts, sizeof(*t->scripts));
	t->scripts[t->n_scripts++] = (struct script){ xstrdup(package), wall_s };
	t->scripts_s += wall_s;
	pthread_mutex_unlock(&t->lock);
}

static int by_start(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return (x->start_s > y->start_s) - (x->start_s < y->start_s);
}

static int by_wall(const void *a, const void *b)
{
	const struct script *x = a, *y = b;

	return (x->wall_s < y->wall_s) - (x->wall_s > y->wall_s);
}

static void print_text(const struct pkg_timing *t, double wall_s, double cpu_s, struct buf *b)
{
	buf_adds(b, "phase                   from s  wall s   cpu s\n");
	for (size_t i = 0; i < t->n; i++)
		buf_addf(b, "%-22s %7.2f %7.2f %7.2f\n", t->entries[i].name, t->entries[i].start_s,
			 t->entries[i].wall_s, t->entries[i].cpu_s);
	buf_addf(b, "%-22s %7.2f %7.2f %7.2f\n", "all", 0.0, wall_s, cpu_s);
	buf_addf(b, "packages' own scripts %8s %7.2f; the slowest:\n", "", t->scripts_s);
	for (size_t i = 0; i < MIN(t->n_scripts, (size_t)SLOWEST); i++)
		buf_addf(b, "  %-28s %7.2f\n", t->scripts[i].package, t->scripts[i].wall_s);
}

static void print_json(const struct pkg_timing *t, double wall_s, double cpu_s, struct buf *b)
{
	buf_addf(b, "{\"wall_s\":%.3f,\"cpu_s\":%.3f,\"scripts_s\":%.3f,\"phases\":[", wall_s, cpu_s,
		 t->scripts_s);
	for (size_t i = 0; i < t->n; i++)
		buf_addf(b, "%s{\"name\":\"%s\",\"from_s\":%.3f,\"wall_s\":%.3f,\"cpu_s\":%.3f}",
			 i ? "," : "", t->entries[i].name, t->entries[i].start_s, t->entries[i].wall_s,
			 t->entries[i].cpu_s);
	buf_adds(b, "],\"slowest\":[");
	for (size_t i = 0; i < MIN(t->n_scripts, (size_t)SLOWEST); i++)
		buf_addf(b, "%s{\"package\":\"%s\",\"wall_s\":%.3f}", i ? "," : "", t->scripts[i].package,
			 t->scripts[i].wall_s);
	buf_adds(b, "]}\n");
}

void pkg_timing_print(struct pkg_timing *t, bool json, struct buf *b)
{
	double wall_s = now_s() - t->began_s, cpu_s = cpu_of(RUSAGE_SELF) + cpu_of(RUSAGE_CHILDREN);

	if (t->n)
		qsort(t->entries, t->n, sizeof(*t->entries), by_start);
	if (t->n_scripts)
		qsort(t->scripts, t->n_scripts, sizeof(*t->scripts), by_wall);
	(json ? print_json : print_text)(t, wall_s, cpu_s, b);
}
