#include "cli/guest_one.h"

#include "base/util.h"

int guest_one_open(const char *name, struct guest_one *ret, struct err *err)
{
	auto_free char *path = xasprintf("/var/log/xenith/guest-%s.log", name);
	int r = guest_host_read("/", &ret->host, err);

	if (!r)
		r = guest_find(&ret->host, name, &ret->guest, err);
	ret->log = log_new(r ? NULL : path);
	ret->door.log = ret->log;
	return r;
}

void guest_one_close(struct guest_one *one)
{
	guest_host_clear(&one->host);
	log_free(one->log);
}
