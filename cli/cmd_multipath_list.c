#include "base/util.h"
#include "cli/cli.h"
#include "multipath/multipath.h"

#define PROBE_S 5

struct values {
	bool json, xml;
	const char *root;
};

static const struct opt opts[] = {
	{ "--json", 0, OPT_FLAG, offsetof(struct values, json), NULL, "print data instead of text" },
	{ "--xml", 0, OPT_FLAG, offsetof(struct values, xml), NULL,
	  "print what XCP's sr-probe of type lvmohba prints" },
	{ "--root", 0, OPT_STR, offsetof(struct values, root), "DIR", "read a captured machine's folder" },
	{ 0 },
};

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	struct mpath san = { 0 };
	auto_buf b = { 0 };
	int r;

	(void)args;
	if (v->json && v->xml)
		return err_set(err, ERR_USAGE, "--json and --xml exclude each other");
	r = mpath_read(v->root ? v->root : "/", &san, err);
	if (r)
		return r;
	if (!v->root)
		mpath_probe(&san, NULL, PROBE_S);
	(v->json ? mpath_list_json : v->xml ? mpath_list_xml : mpath_list_print)(&san, &b);
	fputs(buf_str(&b), stdout);
	mpath_clear(&san);
	return 0;
}

const struct command cmd_multipath_list = {
	.name = "multipath list",
	.args = "",
	.summary = "Show the LUNs of the SAN, their paths and how well they are reached",
	.opts = opts,
	.values_size = sizeof(struct values),
	.run = run,
};
