/* What is asked of the guardian, and what is done where it is no more. */
#include <sys/socket.h>
#include <sys/un.h>

#include "base/util.h"
#include "netbridge/guard_files.h"
#include "netbridge/guardian.h"

/* -1: nobody listens. */
static int ask(const struct net_guard_paths *paths, const char *word, const char *want, struct err *err)
{
	auto_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char text[32] = "";
	struct sockaddr_un at;
	ssize_t n;
	int r = guard_address(paths, &at, err);

	if (r)
		return r;
	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof(at)))
		return -1;
	if (write(fd, word, 1) != 1)
		return err_sys(err, "cannot talk to the guardian");
	n = read(fd, text, sizeof(text) - 1);
	return n > 0 && str_eq(text, want) ? 0
					   : err_set(err, ERR_NET_GUARDIAN, "the guardian did not answer");
}

static int none(struct err *err)
{
	return err_set(err, ERR_NET_CHANGE, "there is no unconfirmed change of the network");
}

int net_guard_confirm(const struct net_guard_paths *paths, struct err *err)
{
	int r = ask(paths, "c", "confirmed", err);

	if (r != -1)
		return r;
	if (!guard_files_pending(paths))
		return none(err);
	guard_files_forget(paths); /* the guardian was killed; the change stands */
	return 0;
}

int net_guard_rollback(const struct net_guard_paths *paths, struct err *err)
{
	int r = ask(paths, "r", "rolled back", err);

	if (r != -1)
		return r;
	if (!guard_files_pending(paths))
		return none(err);
	r = guard_files_restore(paths, NULL, err);
	guard_files_forget(paths);
	return r ? r
		 : err_set(err, ERR_NET_GUARDIAN,
			   "the guardian has gone: the files are restored, the addresses in use are not; "
			   "reboot");
}

int net_guard_boot(const struct net_guard_paths *paths, bool *restored, struct err *err)
{
	struct log *log;
	int r;

	*restored = guard_files_pending(paths);
	if (!*restored)
		return 0;
	log = log_new(NET_GUARD_LOG);
	log_printf(log, "booted with an unconfirmed change: restoring the files from before");
	r = guard_files_restore(paths, log, err);
	guard_files_forget(paths);
	log_free(log);
	return r;
}
