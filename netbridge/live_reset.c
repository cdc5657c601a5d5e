/* What an earlier try of the installer made is removed, so that its NICs are free. */
#include "base/util.h"
#include "netbridge/live.h"
#include "netbridge/state.h"

static bool is_made(const struct st_link *link)
{
	return str_eq(link->kind, "bridge") || str_eq(link->kind, "bond") || str_eq(link->kind, "vlan");
}

static int remove_made(void *arg, struct err *err)
{
	struct net_state now = { 0 }, want = { 0 };
	struct net_batch batch = { 0 };
	struct arena a = { 0 };
	int r = net_state_read(&a, &now, err);

	if (!r) {
		want = now;
		want.links = NULL;
		want.n_links = 0;
		for (size_t i = 0; i < now.n_links; i++) {
			const struct st_link *master = net_state_index(&now, now.links[i].master);
			struct st_link *link;

			if (is_made(&now.links[i]))
				continue;
			link = arena_push(&a, &want.links, &want.n_links, sizeof(*link));
			*link = now.links[i];
			if (master && is_made(master))
				link->master = 0;
		}
		net_batch_make(&now, &want, &batch);
		r = net_batch_send(&batch, arg, err);
	}
	net_batch_clear(&batch);
	arena_clear(&a);
	return r;
}

int net_live_reset(struct door *door, struct err *err)
{
	return door_call(door, "remove bridges, bonds and VLANs of an earlier try", remove_made, door->log,
			 err);
}
