/* Where events go out: HTTP(S), and syslog. */
#ifndef INSTALLER_EVENT_POST_H
#define INSTALLER_EVENT_POST_H

#include "installer/event_queue.h"

/* POST each line to url: an event (JSON), or, a line that begins with "/", the tar file at that path. */
struct event_queue *event_post_new(const char *url, const char *proxy, struct log *log,
				   char *(*beat)(void *arg), void *beat_arg);

struct event_syslog;

/*
 * RFC 5424 messages. server: "HOST" or "udp://HOST" (RFC 5426), "tcp://HOST" (RFC 6587, octets counted) or
 * "tls://HOST" (RFC 5425), with ":PORT" behind it (514; TLS 6514). An IPv6 address stands in brackets. By TCP
 * and TLS nothing is lost while the server is away. NULL (logged) when a datagram's server can't be resolved.
 */
struct event_syslog *event_syslog_new(const char *server, struct log *log);
void event_syslog_free(struct event_syslog *syslog);
/* One message; time is RFC 3339's, host may be NULL. */
void event_syslog_send(struct event_syslog *syslog, bool failed, const char *time, const char *host,
		       const char *text);

#endif
