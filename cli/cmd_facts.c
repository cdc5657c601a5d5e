#include "base/util.h"
#include "cli/cli.h"
#include "facts/facts.h"

struct values {
	bool json;
	const char *root;
};

static const struct opt opts[] = {
	{ "--json", 0, OPT_FLAG, offsetof(struct values, json), NULL, "print data instead of text" },
	{ "--root", 0, OPT_STR, offsetof(struct values, root), "DIR", "read a captured machine's folder" },
	{ 0 },
};

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	struct facts facts = { 0 };
	auto_buf b = { 0 };
	int r;

	(void)args;
	r = facts_read(v->root ? v->root : "/", &facts, err);
	if (r)
		return r;
	(v->json ? facts_json : facts_print)(&facts, &b);
	fputs(buf_str(&b), stdout);
	facts_clear(&facts);
	return 0;
}

const struct command cmd_facts = {
	.name = "facts",
	.args = "",
	.summary = "Show what this machine is: CPU verdict, firmware, disks, NICs, consoles",
	.opts = opts,
	.values_size = sizeof(struct values),
	.run = run,
};
