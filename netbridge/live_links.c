/* All NICs up, so that those with a cable can be told. */
#include "base/util.h"
#include "netbridge/live.h"

struct links {
	const struct facts *facts;
	unsigned wait_s;
	struct log *log;
};

static int all_links_up(void *arg, struct err *err)
{
	const struct links *l = arg;
	unsigned wait_s = l->wait_s;

	for (size_t i = 0; i < l->facts->n_nics; i++) {
		struct net_dev dev;

		/* A NIC that can't be set up has no link, which is said where it is needed. */
		if (!net_dev_open(l->facts->nics[i].name, l->log, &dev, err))
			net_dev_up(&dev, err);
	}
	for (size_t i = 0; i < l->facts->n_nics; i++) {
		struct net_dev dev;

		/* One wait for all: those behind the first slow one had as long as it. */
		if (!net_dev_open(l->facts->nics[i].name, l->log, &dev, err) &&
		    net_dev_wait_carrier(&dev, wait_s, err))
			wait_s = 0;
	}
	*err = (struct err){ 0 };
	return 0;
}

int net_live_links_up(const struct facts *facts, unsigned wait_s, struct door *door, struct err *err)
{
	struct links l = { .facts = facts, .wait_s = wait_s, .log = door->log };
	struct err ignored = { 0 };

	return door_call(door, "set all NICs up, and wait for their links", all_links_up, &l,
			 err ? err : &ignored);
}
