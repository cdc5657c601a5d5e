#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/util.h"
#include "installer/event_post.h"
#include "packages/easy.h"

/* RFC 5424 section 6.2.1: facility 16 (local0), severities 3 (error) and 6 (informational). */
#define PRI_ERROR    (16 * 8 + 3)
#define PRI_INFO     (16 * 8 + 6)
#define SEND_S       15
/* What any receiver takes in a datagram is less (RFC 5426 section 3.2), but 8 KiB are usual. */
#define DATAGRAM_MAX 8192

struct event_syslog {
	int fd;                /* datagrams; -1: a stream */
	struct event_queue *q; /* a stream's */
};

/* TCP or TLS: libcurl makes the connection, and checks the certificate. */
struct stream {
	char *url; /* as libcurl wants it: https:// is TLS */
	CURL *easy;
	curl_socket_t socket;
};

static void stream_close(struct stream *s)
{
	if (s->easy)
		curl_easy_cleanup(s->easy);
	s->easy = NULL;
}

static bool stream_open(struct stream *s, struct err *err)
{
	char why[CURL_ERROR_SIZE] = "";
	CURLcode code;

	s->easy = easy_new(s->url, NULL, false);
	curl_easy_setopt(s->easy, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(s->easy, CURLOPT_PROXY, "");
	curl_easy_setopt(s->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(s->easy, CURLOPT_TIMEOUT, (long)SEND_S);
	curl_easy_setopt(s->easy, CURLOPT_ERRORBUFFER, why);
	code = curl_easy_perform(s->easy);
	curl_easy_setopt(s->easy, CURLOPT_ERRORBUFFER, NULL);
	if (code == CURLE_OK)
		code = curl_easy_getinfo(s->easy, CURLINFO_ACTIVESOCKET, &s->socket);
	if (code != CURLE_OK) {
		err_set(err, ERR_FETCH, "syslog: %s", *why ? why : curl_easy_strerror(code));
		stream_close(s);
	}
	return code == CURLE_OK;
}

/* A receiver never answers: what can be read is its end of the connection. */
static bool stream_hung_up(struct stream *s)
{
	struct pollfd p = { s->socket, POLLIN, 0 };
	char data[64];
	size_t n = 0;
	CURLcode code;

	if (poll(&p, 1, 0) <= 0)
		return false;
	code = curl_easy_recv(s->easy, data, sizeof(data), &n);
	return code != CURLE_AGAIN && (code != CURLE_OK || n == 0);
}

/* RFC 6587 section 3.4.1: the length, a blank, the message. */
static bool stream_send(void *arg, const char *line, struct err *err)
{
	struct stream *s = arg;
	auto_free char *frame = xasprintf("%zu %s", strlen(line), line);
	size_t len = strlen(frame), done = 0;

	if (s->easy && stream_hung_up(s))
		stream_close(s);
	if (!s->easy && !stream_open(s, err))
		return false;
	while (done < len) {
		struct pollfd p = { s->socket, POLLOUT, 0 };
		size_t n = 0;
		CURLcode code = curl_easy_send(s->easy, frame + done, len - done, &n);

		if (code == CURLE_OK) {
			done += n;
		} else if (code != CURLE_AGAIN || poll(&p, 1, SEND_S * 1000) <= 0) {
			err_set(err, ERR_FETCH, "syslog: %s", curl_easy_strerror(code));
			stream_close(s);
			return false;
		}
	}
	return true;
}

static void stream_clear(void *arg)
{
	struct stream *s = arg;

	stream_close(s);
	free(s->url);
	free(s);
}

static int open_datagrams(const char *where, struct log *log)
{
	struct addrinfo hints = { .ai_socktype = SOCK_DGRAM }, *ai = NULL;
	auto_free char *host = xstrdup(where);
	char *colon = strrchr(host, ':'), *name = host, *end = strchr(host, ']');
	const char *port = "514";
	int r, fd;

	if (colon && (end ? colon > end : strchr(host, ':') == colon)) {
		*colon = '\0';
		port = colon + 1;
	}
	if (*host == '[' && end) {
		*end = '\0';
		name = host + 1;
	}
	r = getaddrinfo(name, port, &hints, &ai);
	if (r) {
		log_printf(log, "no syslog to %s: %s", where, gai_strerror(r));
		return -1;
	}
	fd = socket(ai->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, ai->ai_addr, ai->ai_addrlen))
		log_printf(log, "no syslog to %s: cannot connect", where);
	freeaddrinfo(ai);
	return fd;
}

static bool has_port(const char *where)
{
	const char *colon = strrchr(where, ':'), *end = strchr(where, ']');

	return colon && (end ? colon > end : strchr(where, ':') == colon);
}

struct event_syslog *event_syslog_new(const char *server, struct log *log)
{
	bool tls = str_starts(server, "tls://"), tcp = str_starts(server, "tcp://");
	const char *where = strstr(server, "://") ? strstr(server, "://") + 3 : server;
	struct event_syslog *syslog = xcalloc(1, sizeof(*syslog));
	struct stream *s;

	syslog->fd = -1;
	if (!tls && !tcp) {
		syslog->fd = open_datagrams(where, log);
		if (syslog->fd < 0)
			free(TAKE(syslog));
		return syslog;
	}
	s = xcalloc(1, sizeof(*s));
	s->url = xasprintf("%s://%s%s/", tls ? "https" : "http", where,
			   has_port(where) ? ""
			   : tls           ? ":6514"
					   : ":514");
	syslog->q = event_queue_new(
		&(struct event_queue_ops){
			.what = "log", .send = stream_send, .clear = stream_clear, .arg = s },
		log);
	return syslog;
}

void event_syslog_free(struct event_syslog *syslog)
{
	if (!syslog)
		return;
	event_queue_free(syslog->q);
	if (syslog->fd >= 0)
		close(syslog->fd);
	free(syslog);
}

/* RFC 5424 section 6.2.4: printable ASCII. */
static const char *word(const char *s)
{
	if (!s || !*s || strlen(s) > 255)
		return "-";
	for (const char *c = s; *c; c++)
		if (*c <= ' ' || *c > '~')
			return "-";
	return s;
}

void event_syslog_send(struct event_syslog *syslog, bool failed, const char *time, const char *host,
		       const char *text)
{
	auto_free char *line = xasprintf("<%d>1 %s %s xenith - event - %s", failed ? PRI_ERROR : PRI_INFO,
					 word(time), word(host), text);

	if (syslog->q)
		event_queue_add(syslog->q, line);
	else if (send(syslog->fd, line, MIN(strlen(line), DATAGRAM_MAX), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return; /* datagrams get lost; so may these */
}
