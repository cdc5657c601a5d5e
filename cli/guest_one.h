/* Commands that do one thing with one guest of this host. */
#ifndef CLI_GUEST_ONE_H
#define CLI_GUEST_ONE_H

#include "base/door.h"
#include "guest/manage.h"

struct guest_one {
	struct guest_host host;
	const struct guest_known *guest;
	struct door door;
	struct log *log;
};

/* Read the host, find the guest, open its log. guest_one_close in any case. */
int guest_one_open(const char *name, struct guest_one *ret, struct err *err);
void guest_one_close(struct guest_one *one);

#endif
