#include "base/util.h"
#include "cli/cli.h"
#include "cli/guest_one.h"
#include "guest/autostart.h"

struct values {
	bool all;
};

static const struct opt opts[] = {
	{ "--auto", 0, OPT_FLAG, offsetof(struct values, all), NULL,
	  "all that start with the host, in their order; what the host's start runs" },
	{ 0 },
};

static void say(const char *line)
{
	printf("%.*s\n", (int)strcspn(line, "\n"), line);
	fflush(stdout);
}

static int start_all(struct err *err)
{
	struct door door = { .log = log_new("/var/log/xenith/guest-start.log") };
	struct guest_host host = { 0 };
	int r = guest_host_read("/", &host, err);

	if (!r)
		r = guest_autostart(&host, say, &door, err);
	guest_host_clear(&host);
	log_free(door.log);
	return r;
}

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	struct guest_one one = { 0 };
	int r;

	if (!args->n == !v->all)
		return err_set(err, ERR_USAGE, "wants the NAME of a guest, or --auto");
	if (v->all)
		return start_all(err);
	r = guest_one_open(args->v[0], &one, err);
	if (!r)
		r = guest_start(&one.host, one.guest, &one.door, err);
	if (!r)
		printf("%s: started\n", args->v[0]);
	guest_one_close(&one);
	return r;
}

const struct command cmd_guest_start = {
	.name = "guest start",
	.args = "[NAME]",
	.summary = "Start a guest, once its volumes are surely this host's",
	.opts = opts,
	.values_size = sizeof(struct values),
	.min_args = 0,
	.max_args = 1,
	.run = run,
};
