#include "base/util.h"
#include "cli/cli.h"
#include "cli/guest_one.h"
#include "guest/domain.h"
#include "guest/owner.h"
#include "guest/xlcfg.h"

struct values {
	bool json;
};

static const struct opt opts[] = {
	{ "--json", 0, OPT_FLAG, offsetof(struct values, json), NULL, "print data instead of text" },
	{ 0 },
};

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	struct guest_one one = { 0 };
	int r = guest_one_open(args->v[0], &one, err);

	struct domain_info info = { 0 };
	auto_argv labels = { 0 };
	auto_buf b = { 0 };

	if (!r) {
		auto_free char *owner = guest_owner(&one.host, one.guest);

		domain_info(args->v[0], &info, NULL);
		guest_snapshot_list(&one.host, one.guest, &labels);
		if (v->json) {
			auto_json *o = json_object();

			json_put_str(o, "name", one.guest->name);
			json_put_str(o, "state", domain_state_name(info.state));
			json_put_str(o, "owner", owner);
			json_put_bool(o, "autostart", one.guest->autostart);
			json_object_set(o, "config", one.guest->config);
			json_object_set(o, "record", one.guest->record ? one.guest->record : json_null());
			json_object_set_new(o, "snapshots", json_words((const char *const *)labels.v));
			json_pretty(o, &b);
		} else {
			buf_addf(&b, "%s: %s%s\n", args->v[0], domain_state_name(info.state),
				 one.guest->autostart ? ", started with the host" : "");
			if (owner)
				buf_addf(&b, "host %s has its volumes\n", owner);
			for (size_t i = 0; i < labels.n; i++)
				buf_addf(&b, "snapshot %s\n", labels.v[i]);
			buf_addf(&b, "--- %s\n", one.guest->file);
			xlcfg_print(one.guest->config, &b);
		}
		fputs(buf_str(&b), stdout);
	}
	guest_one_close(&one);
	return r;
}

const struct command cmd_guest_show = {
	.name = "guest show",
	.args = "NAME",
	.summary = "A guest: configuration, state, snapshots, the last proof",
	.opts = opts,
	.values_size = sizeof(struct values),
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
