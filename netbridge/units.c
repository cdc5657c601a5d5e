/* The files of the devices, by path. */
#include "base/util.h"
#include "netbridge/kind.h"

struct buf *net_unit_add(struct net_units *units, const char *fmt, ...)
{
	struct net_unit *unit;
	auto_buf name = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&name, fmt, ap);
	va_end(ap);
	xgrow(&units->v, &units->cap, units->n, sizeof(*units->v));
	unit = &units->v[units->n++];
	unit->name = buf_take(&name);
	unit->text = (struct buf){ 0 };
	return &unit->text;
}

void net_units_clear(struct net_units *units)
{
	for (size_t i = 0; i < units->n; i++) {
		free(units->v[i].name);
		buf_clear(&units->v[i].text);
	}
	free(units->v);
	*units = (struct net_units){ 0 };
}

void net_units_make(const struct net_plan *plan, struct net_units *ret)
{
	(plan->files == NET_FILES_IFUPDOWN ? net_ifupdown_units : net_networkd_units)(plan, ret);
}

void net_units_print(const struct net_units *units, struct buf *b)
{
	for (size_t i = 0; i < units->n; i++)
		buf_addf(b, "--- %s\n%s", units->v[i].name, buf_str(&units->v[i].text));
}

void net_plan_files(const struct net_plan *plan, struct buf *b)
{
	struct net_units units = { 0 };

	net_units_make(plan, &units);
	net_units_print(&units, b);
	net_units_clear(&units);
}
