#include <unistd.h>

#include "base/util.h"
#include "cli/cli.h"
#include "installer/install.h"

struct values {
	const char *ks, *plan, *facts, *countdown, *keyring, *hostkey;
	bool from_cmdline, dry_run, json, yes;
};

static const struct opt opts[] = {
	{ "--ks", 0, OPT_STR, offsetof(struct values, ks), "URL",
	  "the kickstart file: http:, https:, nfs:, cdrom:, hd:, file:, a path or -; without it, questions "
	  "are asked" },
	{ "--dry-run", 0, OPT_FLAG, offsetof(struct values, dry_run), NULL,
	  "print the plan and change nothing" },
	{ "--plan", 0, OPT_STR, offsetof(struct values, plan), "text|json", "how the plan is printed" },
	{ "--json", 0, OPT_FLAG, offsetof(struct values, json), NULL, "events as JSON lines" },
	{ "--facts", 0, OPT_STR, offsetof(struct values, facts), "DIR",
	  "plan for a captured machine; implies --dry-run" },
	{ "--yes", 0, OPT_FLAG, offsetof(struct values, yes), NULL,
	  "don't ask before erasing what the plan names" },
	{ "--ks-from-cmdline", 0, OPT_FLAG, offsetof(struct values, from_cmdline), NULL,
	  "take ks= from the kernel's command line and bring the network up (the boot medium does)" },
	{ "--countdown", 0, OPT_STR, offsetof(struct values, countdown), "SECONDS",
	  "with --ks-from-cmdline: wait before the first write" },
	{ "--ks-keyring", 0, OPT_STR, offsetof(struct values, keyring), "FILE",
	  "the kickstart file must be signed by a key of this OpenPGP keyring, or of minisign's public "
	  "keys" },
	{ "--hostkey", 0, OPT_STR, offsetof(struct values, hostkey), "SHA256:BASE64[,...]",
	  "the ssh host key of the server that answers are saved on by scp or sftp; any other is refused" },
	{ 0 },
};

/* What to look the error up by, and the next step, behind its message. */
static int with_code(int r, struct err *err)
{
	const struct err_entry *entry = r ? err_entry(err) : NULL;
	size_t len = strlen(err->msg);

	if (entry)
		snprintf(err->msg + len, sizeof(err->msg) - len, "%s%s: %s",
			 str_ends(err->msg, "\n") ? "" : "\n", entry->code, entry->next);
	return r;
}

static int install(void *arg, struct err *err)
{
	const struct values *v = arg;
	struct install_opts o = {
		.ks_url = v->ks,
		.ks_keyring = v->keyring,
		.hostkeys = v->hostkey,
		.from_cmdline = v->from_cmdline,
		.dry_run = v->dry_run,
		.facts_dir = v->facts,
		.plan_json = str_eq(v->plan, "json"),
		.json = v->json,
		.yes = v->yes,
	};

	if (!v->ks && !v->from_cmdline && !isatty(0))
		return err_set(err, ERR_RUN_NO_TERMINAL,
			       "xenith install: wants --ks URL, or a terminal to ask on");
	if (v->plan && !str_eq(v->plan, "json") && !str_eq(v->plan, "text"))
		return err_set(err, ERR_USAGE, "xenith install: --plan wants text or json, not \"%s\"",
			       v->plan);
	if (v->countdown && !str_u64(v->countdown, &o.countdown_s))
		return err_set(err, ERR_USAGE, "xenith install: --countdown wants seconds, not \"%s\"",
			       v->countdown);
	return install_run(&o, err);
}

static int run(void *arg, struct argv *args, struct err *err)
{
	(void)args;
	return with_code(install(arg, err), err);
}

const struct command cmd_install = {
	.name = "install",
	.args = "",
	.summary = "Install this machine as its kickstart file says",
	.opts = opts,
	.values_size = sizeof(struct values),
	.run = run,
};
