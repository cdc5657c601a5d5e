#include "base/util.h"
#include "cli/cli.h"
#include "cli/guest_ask.h"
#include "cli/guest_batch.h"
#include "cli/render_set.h"
#include "guest/create.h"

static const struct opt opts[] = {
	{ "--from", 0, OPT_STR, offsetof(struct guest_ask, from), "TEMPLATE",
	  "the answers of its installer, a file or a ready template (ks render --list); else the disk holds "
	  "a system" },
	RENDER_SET_OPTS(struct guest_ask),
	{ "--type", 0, OPT_STR, offsetof(struct guest_ask, type), "pvh|pv|hvm",
	  "pvh unless something speaks against it" },
	{ "--memory", 0, OPT_STR, offsetof(struct guest_ask, memory), "SIZE", "2G, 512M; else 1G" },
	{ "--maxmem", 0, OPT_STR, offsetof(struct guest_ask, maxmem), "SIZE",
	  "to which it can grow while it runs" },
	{ "--vcpus", 0, OPT_U64, offsetof(struct guest_ask, vcpus), "N", "processors; else 1" },
	{ "--maxvcpus", 0, OPT_U64, offsetof(struct guest_ask, maxvcpus), "N", "to which they can grow" },
	{ "--disk", 0, OPT_LIST, offsetof(struct guest_ask, disk), "DISK",
	  "20G[,vg=VG][,thin=POOL] | 20G,file=PATH[,format=qcow2] | path=PATH" },
	{ "--bridge", 0, OPT_LIST, offsetof(struct guest_ask, bridge), "BRIDGE",
	  "xenbr1[,vlan=N][,mac=MAC][,rate=10Mb/s][,mtu=N]; none" },
	{ "--graphics", 0, OPT_STR, offsetof(struct guest_ask, graphics), "none|vnc",
	  "else none: a serial console" },
	{ "--autostart", 0, OPT_FLAG, offsetof(struct guest_ask, autostart), NULL,
	  "start it when the host starts" },
	{ "--order", 0, OPT_U64, offsetof(struct guest_ask, order), "N", "of the start, 0 to 99" },
	{ "--delay", 0, OPT_U64, offsetof(struct guest_ask, delay), "SECONDS", "until the next one starts" },
	{ "--xl", 0, OPT_LIST, offsetof(struct guest_ask, xl), "KEY=VALUE", "a further line of xl.cfg(5)" },
	{ "--iso", 0, OPT_STR, offsetof(struct guest_ask, iso), "FILE", "the installer's medium" },
	{ "--kernel", 0, OPT_STR, offsetof(struct guest_ask, kernel), "FILE", "the installer's kernel" },
	{ "--initrd", 0, OPT_STR, offsetof(struct guest_ask, initrd), "FILE", "the installer's initrd" },
	{ "--extra", 0, OPT_STR, offsetof(struct guest_ask, extra), "WORDS",
	  "for the kernel's command line" },
	{ "--uuid", 0, OPT_STR, offsetof(struct guest_ask, uuid), "UUID", "else made from host and name" },
	{ "--no-start", 0, OPT_FLAG, offsetof(struct guest_ask, no_start), NULL,
	  "make it, and leave it off" },
	{ "--timeout", 0, OPT_U64, offsetof(struct guest_ask, timeout), "SECONDS",
	  "for its installer, and for its first report; else 3600" },
	{ "--hosts", 0, OPT_STR, offsetof(struct guest_ask, hosts), "FILE",
	  "a guest for each row of a table, CSV, JSON or TOML" },
	{ "--parallel", 0, OPT_U64, offsetof(struct guest_ask, parallel), "N", "of them at a time; else 4" },
	{ "--facts", 0, OPT_STR, offsetof(struct guest_ask, facts), "DIR",
	  "plan for a captured dom0; wants --dry-run" },
	{ "--dry-run", 0, OPT_FLAG, offsetof(struct guest_ask, dry_run), NULL,
	  "print the plan, change nothing" },
	{ "--libvirt", 0, OPT_FLAG, offsetof(struct guest_ask, libvirt), NULL,
	  "print libvirt's domain XML instead of the plan" },
	{ "--json", 0, OPT_FLAG, offsetof(struct guest_ask, json), NULL, "print data instead of text" },
	{ 0 },
};

static void print_plan(const struct guest_ask *ask, const struct guest_plan *plan)
{
	auto_buf b = { 0 };

	if (ask->libvirt) {
		guest_libvirt_xml(plan, &b);
	} else if (ask->json) {
		auto_json *j = guest_plan_json(plan);

		json_pretty(j, &b);
	} else {
		guest_plan_print(plan, &b);
	}
	fputs(buf_str(&b), stdout);
}

static void say(void *arg, const char *guest, const char *what)
{
	const struct guest_ask *ask = arg;

	if (!ask->json)
		printf("%s: %s\n", guest, what);
	fflush(stdout);
}

static int carry_out(const struct guest_ask *ask, const struct guest_job *job, const struct guest_host *host,
		     struct door *door, struct err *err)
{
	struct guest_create c = { .plan = &job->plan,
				  .answers = &job->answers,
				  .host = host,
				  .no_start = ask->no_start,
				  .timeout_s = (unsigned)ask->timeout,
				  .say = say,
				  .say_arg = (void *)(uintptr_t)ask };
	int r = guest_create(&c, door, err);

	if (!r)
		say(c.say_arg, job->spec.name, ask->no_start ? "made" : "runs");
	return r;
}

static int create(const struct guest_ask *ask, const char *name, struct door *door, struct err *err)
{
	struct guest_host host = { 0 };
	struct guest_job job = { 0 };
	bool found = false;
	int r = ask->dry_run ? 0 : guest_journal_recover(name, door, &found, err);

	if (found && !r)
		say((void *)(uintptr_t)ask, name, "an earlier create came to no end: taken back");
	if (!r)
		r = guest_host_read(ask->facts ? ask->facts : "/", &host, err);
	if (!r)
		r = guest_ask_plan(ask, name, NULL, &host, &job, err);
	if (!r && (ask->dry_run || ask->json))
		print_plan(ask, &job.plan);
	if (!r && !ask->dry_run)
		r = carry_out(ask, &job, &host, door, err);
	guest_job_clear(&job);
	guest_host_clear(&host);
	return r;
}

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct guest_ask *ask = arg;
	auto_free char *path = args->n ? xasprintf("/var/log/xenith/guest-%s.log", args->v[0]) : NULL;
	struct door door = { 0 };
	int r;

	if (ask->facts && !ask->dry_run)
		return err_set(err, ERR_USAGE, "--facts wants --dry-run: that is another machine");
	if (!args->n == !ask->hosts)
		return err_set(err, ERR_USAGE, "wants the NAME of a guest, or --hosts FILE");
	if (ask->hosts)
		return guest_batch(ask, err);
	if (!guest_name_ok(args->v[0]) && !ask->dry_run)
		return err_set(err, ERR_USAGE, "\"%s\" can't name a guest", args->v[0]);
	door.log = log_new(ask->dry_run ? NULL : path);
	r = create(ask, args->v[0], &door, err);
	log_free(door.log);
	return r;
}

const struct command cmd_guest_create = {
	.name = "guest create",
	.args = "[NAME]",
	.summary = "Make a guest: volumes, system, configuration",
	.opts = opts,
	.values_size = sizeof(struct guest_ask),
	.min_args = 0,
	.max_args = 1,
	.run = run,
};
