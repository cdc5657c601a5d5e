#include "base/file.h"
#include "base/run.h"
#include "base/util.h"
#include "cli/bridge_ks.h"
#include "cli/cli.h"
#include "netbridge/boot.h"

#define WAIT_S     90 /* a switch port with STP lets nothing through for 30 s, a channel takes as long */
#define ASK_S      10
#define UNPROVEN   "/var/lib/xenith/net-unproven"
#define STATE_FILE "/run/xenith/network"
#define ISSUE_FILE "/run/issue.d/xenith.issue"
#define LOG_FILE   "/var/log/xenith/network.log"

struct values {
	const char *ks, *wait;
	bool no_fallback;
};

static const struct opt opts[] = {
	{ "--ks", 0, OPT_STR, offsetof(struct values, ks), "FILE",
	  "the kickstart file with the network lines" },
	{ "--wait", 0, OPT_STR, offsetof(struct values, wait), "SECONDS", "for the gateway (90)" },
	{ "--no-fallback", 0, OPT_FLAG, offsetof(struct values, no_fallback), NULL,
	  "only look and tell, change nothing" },
	{ 0 },
};

/* Above the login prompts of all consoles. */
static void show_issue(const struct buf *report)
{
	auto_run run = { .timeout_s = 10 };
	struct err ignored = { 0 };
	auto_buf text = { 0 };

	if (report->len) {
		buf_addf(&text, "\nNetwork of this host (xenith-bridge(1)):\n%s\n", buf_str(report));
		file_write(ISSUE_FILE, buf_str(&text), text.len, 0644, NULL);
	} else if (unlink(ISSUE_FILE)) {
		return;
	}
	argv_addl(&run.argv, "agetty", "--reload", NULL);
	run_argv(&run, &ignored);
}

static int tell(enum net_boot_state state, const struct buf *report, struct err *err)
{
	auto_buf text = { 0 };
	int r;

	buf_addf(&text, "%s\n%s", net_boot_state_name(state), buf_str(report));
	r = file_write(STATE_FILE, buf_str(&text), text.len, 0644, err);
	if (!r)
		show_issue(report);
	fputs(buf_str(report), stdout);
	if (!r && state == NET_BOOT_OK && unlink(UNPROVEN) == 0)
		puts("network: proven");
	if (!r && state != NET_BOOT_OK)
		r = err_set(err, ERR_MACHINE, "the network is not what %s wants: %s", "the kickstart file",
			    net_boot_state_name(state));
	return r;
}

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	struct net_boot_opts boot = { .ask_s = ASK_S, .no_fallback = v->no_fallback };
	enum net_boot_state state;
	struct bridge_ks net = { 0 };
	auto_buf report = { 0 };
	uint64_t wait_s = WAIT_S;
	int r;

	(void)args;
	if (v->wait && (!str_u64(v->wait, &wait_s) || wait_s > 3600))
		return err_set(err, ERR_USAGE, "--wait: seconds, at most an hour, 3600");
	boot.wait_s = (unsigned)wait_s;
	r = bridge_ks_plan(cmd_bridge_boot.name, v->ks, NULL, &net, err);
	if (!r) {
		boot.log = log_new(file_mkdirs("/var/log/xenith", 0755, NULL) ? NULL : LOG_FILE);
		state = net_boot_check(&net.plan, &net.facts, &boot, &report);
		log_free(boot.log);
		r = tell(state, &report, err);
	}
	bridge_ks_clear(&net);
	return r;
}

const struct command cmd_bridge_boot = {
	.name = "bridge boot",
	.args = "",
	.summary = "At the first boot: wait for the gateway, or fall back to where it answers",
	.opts = opts,
	.values_size = sizeof(struct values),
	.run = run,
};
