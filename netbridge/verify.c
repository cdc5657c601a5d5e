#include "netbridge/verify.h"

#include "base/util.h"
#include "netbridge/kind.h"
#include "netbridge/verify_priv.h"

static bool is_grave(const struct verifying *v, const char *check)
{
	return v->manage && !str_eq(check, "DNS") && !str_eq(check, "leg") && !str_eq(check, "LACP") &&
	       !str_eq(check, "link");
}

void net_found(struct verifying *v, bool ok, const char *check, const char *what, const char *fmt, ...)
{
	struct arena *a = &v->all->arena;
	struct net_finding *f = arena_push(a, &v->all->v, &v->all->n, sizeof(*f));
	auto_buf seen = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&seen, fmt, ap);
	va_end(ap);
	*f = (struct net_finding){ check, arena_strdup(a, what), arena_strdup(a, buf_str(&seen)), ok,
				   is_grave(v, check) };
	v->all->n_bad += !ok;
	v->all->n_grave += !ok && f->grave;
	log_printf(v->opts->log, "%s %s %s: %s", ok ? "ok" : "WRONG", check, what, f->seen);
}

/* In the installer a NIC still has the name that its kernel gave it. */
const struct st_link *net_verify_link(const struct verifying *v, const struct net_if *dev)
{
	const struct st_link *link = dev->nic ? net_state_link(&v->now, dev->nic->name) : NULL;

	return link ? link : net_state_link(&v->now, dev->name);
}

static bool stands_on(const struct net_if *top, const struct net_if *dev)
{
	if (top == dev)
		return true;
	for (size_t i = 0; i < top->n_lower; i++)
		if (stands_on(top->lower[i], dev))
			return true;
	return false;
}

static void check_all(struct verifying *v)
{
	const struct net_plan *plan = v->plan;

	net_wait_told6(v);

	for (size_t i = 0; i < plan->n_ifs; i++) {
		v->manage = plan->manage && stands_on(plan->manage, plan->ifs[i]);
		net_check_link(v, plan->ifs[i]);
	}
	for (size_t i = 0; i < plan->n_ifs; i++) {
		const struct net_if *dev = plan->ifs[i];

		v->manage = plan->manage && stands_on(plan->manage, dev);
		for (size_t p = 0; net_if_is_bridge(dev) && p < dev->n_lower; p++)
			net_check_port(v, dev, dev->lower[p]);
		if (net_if_is_bond(dev))
			net_check_bond(v, dev);
		if (net_verify_link(v, dev))
			net_check_addresses(v, dev);
	}
	if (!plan->manage || !net_verify_link(v, plan->manage))
		return;
	v->manage = true;
	if (plan->manage->addr.gateway)
		net_check_route(v, AF_INET, plan->manage->addr.gateway);
	else if (plan->manage->addr.proto == NET_DHCP && !plan->manage->addr.no_default_route)
		net_check_route(v, AF_INET, NULL);
	if (plan->manage->addr.ipv6gateway ||
	    (net_address_told6(&plan->manage->addr) && !plan->manage->addr.no_default_route))
		net_check_route(v, AF_INET6, plan->manage->addr.ipv6gateway);
	net_check_gateway(v);
	net_check_gateway6(v);
	net_check_duplicate(v, plan->manage);
	net_check_duplicate6(v, plan->manage);
	net_check_dns(v);
	net_check_mirror(v);
}

void net_verify(const struct net_plan *plan, const struct net_verify_opts *opts, struct net_findings *ret)
{
	struct verifying v = { .plan = plan, .opts = opts, .all = ret };
	struct err err = { 0 };

	*ret = (struct net_findings){ 0 };
	if (net_state_read(&v.a, &v.now, &err))
		net_found(&v, false, "kernel", "rtnetlink", "%s", err.msg);
	else
		check_all(&v);
	arena_clear(&v.a);
}

void net_findings_print(const struct net_findings *findings, enum net_findings_which which, struct buf *b)
{
	for (size_t i = 0; i < findings->n; i++) {
		const struct net_finding *f = &findings->v[i];

		if (which == NET_FINDINGS_ALL || (!f->ok && (which == NET_FINDINGS_BAD || f->grave)))
			buf_addf(b, "%-5s %-9s %s: %s\n", f->ok ? "ok" : "WRONG", f->check, f->what, f->seen);
	}
}

json_t *net_findings_json(const struct net_findings *findings)
{
	json_t *list = json_array(), *j = json_object();

	for (size_t i = 0; i < findings->n; i++) {
		json_t *f = json_object();

		json_put_str(f, "check", findings->v[i].check);
		json_put_str(f, "what", findings->v[i].what);
		json_put_bool(f, "ok", findings->v[i].ok);
		json_put_bool(f, "grave", findings->v[i].grave);
		json_put_str(f, "seen", findings->v[i].seen);
		json_array_append_new(list, f);
	}
	json_put_bool(j, "ok", !findings->n_bad);
	json_object_set_new(j, "findings", list);
	return j;
}

void net_findings_clear(struct net_findings *findings)
{
	arena_clear(&findings->arena);
	*findings = (struct net_findings){ 0 };
}
