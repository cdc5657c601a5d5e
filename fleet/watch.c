#include "fleet/watch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>

#include "base/argv.h"
#include "base/file.h"
#include "base/util.h"
#include "fleet/board.h"

#define BODY_MAX    ((size_t)1 << 20)
#define BUNDLE_MAX  ((size_t)64 << 20)
#define IDLE_S      60
#define CONNECTIONS 512

struct watch {
	const struct watch_opts *opts;
	FILE *out;
	pthread_mutex_t lock;
	struct board board;
};

static void show(struct watch *w, const struct board_host *host, const char *line)
{
	auto_buf b = { 0 };

	if (w->opts->json) {
		buf_addf(&b, "%s\n", line);
	} else if (w->opts->live) {
		buf_adds(&b, "\033[H\033[2J");
		board_table(&w->board, time(NULL), &b);
	} else {
		board_line(host, &b);
	}
	fwrite(b.data, 1, b.len, w->out);
	fflush(w->out);
}

/* From here on the host must not start the installer again. */
static void note_installed(struct watch *w, const struct board_host *host)
{
	struct err err = { 0 };

	if (!w->opts->installed ||
	    !(host->ready || (str_eq(host->step, "install") && str_eq(host->state, "done"))))
		return;
	if (!w->opts->installed(w->opts->arg, host->name, &err))
		fprintf(stderr, "xenith: %s\n", err.msg);
}

/* Each line of a body; false if one of them is no event. */
static bool take(struct watch *w, const char *body, const char *from)
{
	auto_argv lines = { 0 };
	bool good = true;

	argv_split(&lines, body, "\n");
	pthread_mutex_lock(&w->lock);
	for (size_t i = 0; i < lines.n; i++) {
		auto_json *event = json_loads(lines.v[i], JSON_REJECT_DUPLICATES, NULL);
		const struct board_host *host = event ? board_take(&w->board, event, from, time(NULL)) : NULL;
		auto_buf line = { 0 };

		good = good && host;
		if (!host)
			continue;
		if (!json_is_string(json_object_get(event, "host")))
			json_put_str(event, "host", from);
		json_line(event, &line);
		show(w, host, buf_str(&line));
		note_installed(w, host);
	}
	pthread_mutex_unlock(&w->lock);
	return good && lines.n;
}

/* Who posts without saying a name: the last word of the path, else the address. */
static void name_of(struct MHD_Connection *connection, const char *url, char *ret, size_t size)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const char *last = strrchr(url, '/');
	const struct sockaddr *address = info ? info->client_addr : NULL;

	if (last && last[1] && !str_eq(last, "/events"))
		snprintf(ret, size, "%s", last + 1);
	else if (address && address->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr, ret,
			  (socklen_t)size);
	else
		snprintf(ret, size, "unknown");
}

static bool is_bundle(struct MHD_Connection *connection)
{
	return str_eq(MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Type"),
		      "application/x-tar");
}

/* As FOLDER/NAME.tar, for the last word of the path, or the address, as its name. */
static bool keep_bundle(const struct watch *w, const struct buf *body, const char *from)
{
	auto_free char *name = xasprintf("%s.tar", from);
	auto_free char *path = w->opts->bundles ? path_join(w->opts->bundles, name) : NULL;
	struct err err = { 0 };

	if (!path)
		return true;
	if (strchr(from, '/') || *from == '.' || file_write(path, body->data, body->len, 0600, &err))
		return false;
	if (!w->opts->json && !w->opts->live) {
		fprintf(w->out, "the log bundle of %s is %s\n", from, path);
		fflush(w->out);
	}
	return true;
}

static enum MHD_Result reply(struct MHD_Connection *connection, unsigned status)
{
	struct MHD_Response *answer = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	enum MHD_Result r = MHD_queue_response(connection, status, answer);

	MHD_destroy_response(answer);
	return r;
}

/* libmicrohttpd calls this once with the head, then with each piece of the body, then without one. */
static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *version, const char *data, size_t *len,
				  void **state)
{
	struct buf *body = *state;
	char from[256];
	bool good;

	(void)version;
	if (!body) {
		*state = xcalloc(1, sizeof(struct buf));
		return MHD_YES;
	}
	if (*len) {
		if (body->len + *len <= (is_bundle(connection) ? BUNDLE_MAX : BODY_MAX))
			buf_add(body, data, *len);
		*len = 0;
		return MHD_YES;
	}
	if (strcmp(method, "POST") != 0)
		return reply(connection, MHD_HTTP_METHOD_NOT_ALLOWED);
	name_of(connection, url, from, sizeof(from));
	if (is_bundle(connection))
		good = keep_bundle(arg, body, from);
	else
		good = take(arg, buf_str(body), from);
	return reply(connection, good ? MHD_HTTP_OK : MHD_HTTP_BAD_REQUEST);
}

static void on_end(void *arg, struct MHD_Connection *connection, void **state,
		   enum MHD_RequestTerminationCode why)
{
	(void)arg;
	(void)connection;
	(void)why;
	if (!*state)
		return;
	buf_clear(*state);
	free(*state);
	*state = NULL;
}

static bool enough(struct watch *w)
{
	bool yes;

	pthread_mutex_lock(&w->lock);
	yes = w->opts->hosts && board_ended(&w->board) >= w->opts->hosts;
	pthread_mutex_unlock(&w->lock);
	return yes;
}

/* Until a signal (true) or until enough hosts have ended. */
static bool wait_for_end(struct watch *w, const sigset_t *signals)
{
	struct timespec tick = { .tv_nsec = 200000000 };

	while (!enough(w))
		if (sigtimedwait(signals, NULL, &tick) > 0)
			return true;
	return false;
}

static void say_port(const struct watch *w, struct MHD_Daemon *daemon)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
	unsigned port = info ? info->port : w->opts->port;

	fprintf(w->out, w->opts->json ? "{\"listening\":%u}\n" : "waiting for events on port %u\n", port);
	fflush(w->out);
}

int fleet_watch(const struct watch_opts *opts, FILE *out, struct err *err)
{
	struct watch w = { .opts = opts, .out = out, .lock = PTHREAD_MUTEX_INITIALIZER };
	struct MHD_Daemon *daemon;
	sigset_t signals, before;
	bool stopped;
	int r = 0;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, &before);
	errno = 0;
	daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, opts->port, NULL, NULL, on_request, &w,
				  MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL, MHD_OPTION_CONNECTION_TIMEOUT,
				  (unsigned)IDLE_S, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
				  MHD_OPTION_END);
	if (!daemon) {
		pthread_sigmask(SIG_SETMASK, &before, NULL);
		err_sys(err, "cannot listen on port %u", opts->port);
		return err_about(err, ERR_RUN_PORT, false);
	}
	say_port(&w, daemon);
	stopped = wait_for_end(&w, &signals);
	MHD_stop_daemon(daemon);
	if (stopped && opts->hosts)
		r = err_set(err, ERR_STOPPED, "stopped while %zu of %llu hosts had ended",
			    board_ended(&w.board), (unsigned long long)opts->hosts);
	else if (!board_all_ready(&w.board))
		r = err_set(err, ERR_MACHINE, "not every host is ready");
	board_clear(&w.board);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return r;
}
