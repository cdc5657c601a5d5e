#include <unistd.h>

#include "base/util.h"
#include "cli/cli.h"
#include "fleet/watch.h"
#include "iso-build/pxe.h"

#define PORT 8099

struct values {
	const char *port, *hosts, *pxe, *bundles;
	bool json;
};

static const struct opt opts[] = {
	{ "--port", 0, OPT_STR, offsetof(struct values, port), "N",
	  "where events are posted to (8099; 0: any)" },
	{ "--hosts", 0, OPT_STR, offsetof(struct values, hosts), "N", "end when so many hosts have ended" },
	{ "--bundles", 0, OPT_STR, offsetof(struct values, bundles), "DIR",
	  "keep the log bundles of failures there" },
	{ "--json", 0, OPT_FLAG, offsetof(struct values, json), NULL,
	  "print events as they come, as JSON lines" },
	{ "--pxe", 0, OPT_STR, offsetof(struct values, pxe), "DIR",
	  "a folder of xenith pxe build: who is installed starts from its disk" },
	{ 0 },
};

static bool set_local(void *arg, const char *host, struct err *err)
{
	return pxe_set_local(arg, host, false, err) == 0;
}

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	struct watch_opts o = { .port = PORT, .json = v->json, .live = isatty(1), .bundles = v->bundles };
	uint64_t port = PORT;

	(void)args;
	if (v->port && (!str_u64(v->port, &port) || port > UINT16_MAX))
		return err_set(err, ERR_USAGE,
			       "xenith fleet watch: --port wants a number up to 65535, not \"%s\"", v->port);
	if (v->hosts && !str_u64(v->hosts, &o.hosts))
		return err_set(err, ERR_USAGE, "xenith fleet watch: --hosts wants a number, not \"%s\"",
			       v->hosts);
	o.port = (uint16_t)port;
	if (v->pxe) {
		o.installed = set_local;
		o.arg = (void *)v->pxe;
	}
	return fleet_watch(&o, stdout, err);
}

const struct command cmd_fleet_watch = {
	.name = "fleet watch",
	.args = "",
	.summary = "Show the events of many installs as they come",
	.opts = opts,
	.values_size = sizeof(struct values),
	.run = run,
};
