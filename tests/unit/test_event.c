/* Events on their way: the queue behind a receiver that is away, signs of life, a failure's log, plain lines.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "base/argv.h"
#include "base/file.h"
#include "base/json.h"
#include "base/util.h"
#include "installer/event.h"
#include "installer/event_queue.h"

/* Refuses the first lines, then takes all. */
struct receiver {
	pthread_mutex_t lock;
	unsigned away;
	struct argv got;
};

static bool receive(void *arg, const char *line, struct err *err)
{
	struct receiver *r = arg;
	bool here;

	pthread_mutex_lock(&r->lock);
	here = r->away == 0;
	if (here)
		argv_add(&r->got, line);
	else
		r->away--;
	pthread_mutex_unlock(&r->lock);
	if (!here)
		err_set(err, ERR_FETCH, "away");
	return here;
}

static size_t n_got(struct receiver *r)
{
	size_t n;

	pthread_mutex_lock(&r->lock);
	n = r->got.n;
	pthread_mutex_unlock(&r->lock);
	return n;
}

static char *beat(void *arg)
{
	return xstrdup(arg);
}

static void in_order(void **state)
{
	struct receiver r = { .lock = PTHREAD_MUTEX_INITIALIZER, .away = 2 };
	struct event_queue_ops ops = { .what = "post", .send = receive, .arg = &r };
	struct log *log = log_new(NULL);
	struct event_queue *q = event_queue_new(&ops, log);
	auto_buf tail = { 0 };

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		auto_free char *line =
			xasprintf("{\"seq\":%u,\"state\":\"%s\"}", i, i < 150 ? "progress" : "done");

		event_queue_add(q, line);
	}
	event_queue_free(q);
	log_tail(log, 10, &tail);
	assert_string_equal(strstr(buf_str(&tail), "cannot") ? strstr(buf_str(&tail), "cannot") : "nothing",
			    "cannot post an event: away\n"); /* once */
	/* Progress is what a long queue has no room for. */
	assert_in_range(r.got.n, 50 + 64, 200);
	assert_string_equal(r.got.v[0], "{\"seq\":0,\"state\":\"progress\"}");
	for (size_t i = 0; i < 50; i++) {
		auto_free char *line = xasprintf("{\"seq\":%zu,\"state\":\"done\"}", 150 + i);

		assert_string_equal(r.got.v[r.got.n - 50 + i], line);
	}
	argv_clear(&r.got);
	log_free(log);
}

static void signs_of_life(void **state)
{
	struct receiver r = { .lock = PTHREAD_MUTEX_INITIALIZER };
	struct event_queue_ops ops = { .what = "post",
				       .send = receive,
				       .arg = &r,
				       .beat = beat,
				       .beat_arg = (void *)"alive",
				       .beat_s = 1 };
	struct event_queue *q = event_queue_new(&ops, NULL);

	(void)state;
	event_queue_add(q, "first");
	for (int i = 0; n_got(&r) < 3 && i < 600; i++)
		usleep(100000);
	event_queue_free(q);
	assert_in_range(r.got.n, 3, 600);
	assert_string_equal(r.got.v[0], "first");
	assert_string_equal(r.got.v[1], "alive");
	assert_string_equal(r.got.v[2], "alive");
	argv_clear(&r.got);
}

/* The last event of a file of them. */
static json_t *last_of(const char *path)
{
	auto_argv lines = { 0 };
	auto_buf text = { 0 };

	assert_int_equal(file_read(path, &text, NULL), 0);
	argv_split(&lines, buf_str(&text), "\n");
	assert_true(lines.n > 0);
	return json_loads(lines.v[lines.n - 1], 0, NULL);
}

static void last_lines(void **state)
{
	char path[] = "/tmp/test-event-XXXXXX";
	auto_close int fd = mkostemp(path, O_CLOEXEC);
	struct log *log = log_new(NULL);
	struct events *events = events_new(log);
	struct err err = { 0 };
	auto_argv lines = { 0 };
	auto_json *event = NULL;

	(void)state;
	assert_true(fd >= 0);
	log_mask(log, "canary-of-the-log");
	for (int i = 0; i < 300; i++)
		log_printf(log, "line %d canary-of-the-log", i);
	events_to_file(events, path);
	err_set(&err, ERR_DISK_SMALL, "disk sda is too small");
	event_failed(events, "disk", &err);
	events_free(events);
	event = last_of(path);
	assert_non_null(event);
	assert_string_equal(json_string_value(json_object_get(event, "state")), "failed");
	assert_string_equal(json_string_value(json_object_get(event, "step")), "disk");
	assert_string_equal(json_string_value(json_object_get(event, "error")), "XEN-DISK-008");
	assert_int_equal(json_integer_value(json_object_get(event, "code")), ERR_MACHINE);
	argv_split(&lines, json_string_value(json_object_get(event, "log")), "\n");
	assert_int_equal(lines.n, 200);
	assert_non_null(strstr(lines.v[0], "line 100 ***"));
	assert_non_null(strstr(lines.v[199], "line 299 ***"));
	unlink(path);
	log_free(log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order),
		cmocka_unit_test(signs_of_life),
		cmocka_unit_test(last_lines),
	};

	return cmocka_run_group_tests_name("events", tests, NULL, NULL);
}
