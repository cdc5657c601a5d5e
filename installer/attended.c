#include "installer/attended.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>

#include "installer/package_source.h"

static int try_network(void *arg, const struct ks *ks, struct err *err)
{
	struct install_run *run = arg;
	struct net_plan net = { 0 };
	int r = net_plan_make(&run->facts, ks, &net, err);

	if (!r)
		r = net_live_up(&net, &run->door, err);
	net_plan_clear(&net);
	return r;
}

/* The mirror's signed index, for the suite that the answers name. */
static int try_mirror(void *arg, const struct ks *ks, struct err *err)
{
	struct install_run *run = arg;
	struct pkg_request request = { 0 };
	struct pkg_set set = { 0 };
	struct arena arena = { 0 };
	int r = install_packages_request(ks, &arena, &request, err);

	if (!r)
		r = pkg_solve(&request, run->log, &run->progress, &set, err);
	pkg_set_clear(&set);
	install_packages_request_clear(&request);
	arena_clear(&arena);
	return r;
}

int attended_ask(struct install_run *run, struct buf *text, struct err *err)
{
	int r;

	run->dialog_opts = (struct dialog_opts){
		.facts = &run->facts,
		.door = &run->door,
		.lldp = run->lldp,
		.arg = run,
		.try_network = run->opts->from_cmdline ? try_network : NULL,
		.try_mirror = run->opts->facts_dir ? NULL : try_mirror,
	};
	if (!run->dialog)
		run->dialog = dialog_new(&run->dialog_opts);
	events_hold(run->events, true);
	r = dialog_ask(run->dialog, text, err);
	events_hold(run->events, false);
	return r;
}

/* The machine's first IPv4 address that others can reach it at; "" if it has none. */
static void own_address(char *ret, size_t size)
{
	struct ifaddrs *all = NULL;

	*ret = '\0';
	if (getifaddrs(&all))
		return;
	for (struct ifaddrs *i = all; i && !*ret; i = i->ifa_next)
		if (i->ifa_addr && i->ifa_addr->sa_family == AF_INET && !(i->ifa_flags & IFF_LOOPBACK))
			getnameinfo(i->ifa_addr, sizeof(struct sockaddr_in), ret, (socklen_t)size, NULL, 0,
				    NI_NUMERICHOST);
	freeifaddrs(all);
}

void attended_done(struct install_run *run)
{
	char address[64];

	if (!run->dialog || run->opts->dry_run)
		return;
	own_address(address, sizeof(address));
	events_hold(run->events, true);
	dialog_done(run->dialog, address);
	events_hold(run->events, false);
}

bool attended_again(struct install_run *run, const struct err *err)
{
	bool yes;

	if (!run->dialog || err->code == ERR_STOPPED || err->code == ERR_USAGE)
		return false;
	events_hold(run->events, true);
	yes = dialog_failed(run->dialog, err, INSTALL_RUN "/install.log", INSTALL_RUN "/failure.tar");
	events_hold(run->events, false);
	install_plan_clear(&run->plan);
	return yes;
}
