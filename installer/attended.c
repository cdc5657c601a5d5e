#include "installer/attended.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>

#include "base/util.h"
#include "installer/image_source.h"
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

/* The mirror's signed index, for the suite that the answers name; or the image's manifest. */
static int try_source(void *arg, const struct ks *ks, struct err *err)
{
	struct install_run *run = arg;
	struct pkg_request request = { 0 };
	struct pkg_set set = { 0 };
	struct image *image = NULL;
	struct arena arena = { 0 };
	int r = install_packages_request(ks, &arena, &request, err);

	if (!r && KS_SAID(ks->liveimg)) {
		r = install_image_check(ks, err);
		if (!r)
			r = install_image_open(ks, &request.want, run->log, &image, err);
	} else if (!r) {
		r = pkg_solve(&request, run->log, &run->progress, &set, err);
	}
	image_free(image);
	pkg_set_clear(&set);
	install_packages_request_clear(&request);
	arena_clear(&arena);
	return r;
}

/* Of the command line, the kernel's if need be. */
static const char *hostkeys(struct install_run *run)
{
	if (run->opts->hostkeys || !run->facts.cmdline)
		return run->opts->hostkeys;
	return facts_cmdline_get(&run->arena, run->facts.cmdline, "xenith.hostkey");
}

int attended_ask(struct install_run *run, struct buf *text, struct err *err)
{
	int r;

	run->dialog_opts = (struct dialog_opts){
		.facts = &run->facts,
		.root = run->opts->facts_dir ? run->opts->facts_dir : "/",
		.door = &run->door,
		.hostkeys = hostkeys(run),
		.lldp = run->lldp,
		.arg = run,
		.try_network = run->opts->from_cmdline ? try_network : NULL,
		.try_source = run->opts->facts_dir ? NULL : try_source,
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

/* init reads it when this process has ended. */
static void leave_by(struct install_run *run, const char *word)
{
	struct err err = { 0 };

	if (door_write(&run->door, INSTALL_RUN "/end", word, strlen(word), 0600, &err))
		log_printf(run->log, "%s", err.msg);
}

bool attended_again(struct install_run *run, const struct err *err)
{
	struct dialog_failure failure = {
		.step = install_resumable(run),
		.log_path = INSTALL_RUN "/install.log",
		.bundle_path = INSTALL_RUN "/failure.tar",
		.medium = run->opts->from_cmdline,
	};
	enum dialog_next next;

	if (!run->dialog || err->code == ERR_STOPPED || err->code == ERR_USAGE)
		return false;
	events_hold(run->events, true);
	next = dialog_failed(run->dialog, err, &failure);
	events_hold(run->events, false);
	run->resume = next == DIALOG_STEP ? run->step : NULL;
	if (!run->resume)
		install_plan_clear(&run->plan);
	if (next == DIALOG_REBOOT)
		leave_by(run, "reboot");
	return next != DIALOG_LEAVE && next != DIALOG_REBOOT;
}
