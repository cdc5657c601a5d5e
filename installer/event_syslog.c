#include <netdb.h>
#include <sys/socket.h>

#include "base/util.h"
#include "installer/event_post.h"

/* RFC 5424 section 6.2.1: facility 16 (local0), severities 3 (error) and 6 (informational). */
#define PRI_ERROR (16 * 8 + 3)
#define PRI_INFO  (16 * 8 + 6)

struct event_syslog {
	int fd;
};

struct event_syslog *event_syslog_new(const char *server, struct log *log)
{
	struct addrinfo hints = { .ai_socktype = SOCK_DGRAM }, *ai = NULL;
	auto_free char *host = xstrdup(server);
	char *colon = strrchr(host, ':');
	const char *port = "514";
	struct event_syslog *syslog;
	int r;

	if (colon && strchr(host, ':') == colon) {
		*colon = '\0';
		port = colon + 1;
	}
	r = getaddrinfo(host, port, &hints, &ai);
	if (r) {
		log_printf(log, "no syslog to %s: %s", server, gai_strerror(r));
		return NULL;
	}
	syslog = xcalloc(1, sizeof(*syslog));
	syslog->fd = socket(ai->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (syslog->fd < 0 || connect(syslog->fd, ai->ai_addr, ai->ai_addrlen))
		log_printf(log, "no syslog to %s: cannot connect", server);
	freeaddrinfo(ai);
	return syslog;
}

void event_syslog_free(struct event_syslog *syslog)
{
	if (!syslog)
		return;
	if (syslog->fd >= 0)
		close(syslog->fd);
	free(syslog);
}

void event_syslog_send(struct event_syslog *syslog, bool failed, const char *line)
{
	auto_free char *packet =
		xasprintf("<%d>1 - - xenith - event - %s", failed ? PRI_ERROR : PRI_INFO, line);

	if (send(syslog->fd, packet, strlen(packet), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return; /* datagrams get lost; so may these */
}
