/* All messages at once; then every answer is read. */
#include <errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <sys/socket.h>

#include "base/util.h"
#include "netbridge/state.h"

#define ANSWER_WAIT_S 20

void net_batch_print(const struct net_batch *batch, struct buf *b)
{
	for (size_t i = 0; i < batch->n_ops; i++)
		buf_addf(b, "network: %s\n", batch->ops[i].what);
}

void net_batch_clear(struct net_batch *batch)
{
	arena_clear(&batch->arena);
	*batch = (struct net_batch){ 0 };
}

static int open_socket(struct err *err)
{
	struct sockaddr_nl local = { .nl_family = AF_NETLINK };
	struct timeval wait = { .tv_sec = ANSWER_WAIT_S };
	int size = 1 << 20;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd < 0 || bind(fd, (struct sockaddr *)&local, sizeof(local)))
		return err_sys(err, "cannot open a rtnetlink socket");
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	return fd;
}

/* Every message's answer carries its number. */
static int read_answers(int fd, const struct net_batch *batch, struct log *log, struct err *err)
{
	auto_free char *room = xmalloc(65536);
	size_t left = batch->n_ops;
	int r = 0;

	while (left) {
		ssize_t n = recv(fd, room, 65536, 0);
		int len = (int)n;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, "the kernel did not answer a rtnetlink message");
		for (struct nlmsghdr *h = (void *)room; nlmsg_ok(h, len); h = nlmsg_next(h, &len)) {
			const struct nlmsgerr *e = nlmsg_data(h);
			const struct st_op *op =
				h->nlmsg_seq < batch->n_ops ? &batch->ops[h->nlmsg_seq] : NULL;

			if (h->nlmsg_type != NLMSG_ERROR || !op || !left)
				continue;
			left--;
			log_printf(log, "%s%s%s", op->what, e->error ? ": " : "",
				   e->error ? strerror(-e->error) : "");
			if (e->error && !op->may_fail && !r)
				r = err_set(err, ERR_NET_KERNEL, "cannot %s: %s", op->what,
					    strerror(-e->error));
		}
	}
	return r;
}

int net_batch_send(const struct net_batch *batch, struct log *log, struct err *err)
{
	auto_close int fd = batch->n_ops ? open_socket(err) : -1;
	auto_buf all = { 0 };

	if (!batch->n_ops)
		return 0;
	if (fd < 0)
		return fd;
	for (size_t i = 0; i < batch->n_ops; i++) {
		struct nlmsghdr *h = batch->ops[i].msg;

		h->nlmsg_seq = (uint32_t)i;
		h->nlmsg_pid = 0;
		buf_add(&all, h, h->nlmsg_len);
		while (all.len % NLMSG_ALIGNTO)
			buf_addc(&all, '\0');
	}
	if (send(fd, all.data, all.len, 0) < 0)
		return err_sys(err, "cannot send %zu rtnetlink messages", batch->n_ops);
	return read_answers(fd, batch, log, err);
}
