#include "base/file.h"
#include "base/util.h"
#include "cli/cli.h"
#include "guest/domain.h"
#include "guest/owner.h"
#include "guest/xlcfg.h"

struct values {
	const char *facts;
	bool json;
};

static const struct opt opts[] = {
	{ "--facts", 0, OPT_STR, offsetof(struct values, facts), "DIR",
	  "of a captured dom0: without what runs" },
	{ "--json", 0, OPT_FLAG, offsetof(struct values, json), NULL, "print data instead of text" },
	{ 0 },
};

/* What runs; nothing where xl can't tell. */
static void state_of(const struct values *v, const char *name, struct domain_info *ret)
{
	*ret = (struct domain_info){ 0 };
	if (!v->facts)
		domain_info(name, ret, NULL);
}

static json_t *as_json(const struct guest_known *g, const struct domain_info *info, const char *owner)
{
	json_t *o = json_object();

	json_put_str(o, "name", g->name);
	json_put_str(o, "uuid", g->uuid);
	json_put_str(o, "file", g->file);
	json_put_str(o, "type", xlcfg_str(g->config, "type"));
	json_put_str(o, "state", domain_state_name(info->state));
	json_put_str(o, "owner", owner);
	json_put_bool(o, "autostart", g->autostart);
	json_object_set(o, "memory", json_object_get(g->config, "memory"));
	json_object_set(o, "vcpus", json_object_get(g->config, "vcpus"));
	return o;
}

static void as_text(const struct guest_known *g, const struct domain_info *info, const char *owner,
		    struct buf *b)
{
	const char *type = xlcfg_str(g->config, "type");

	buf_addf(b, "%-20s %-9s %-4s %6lld MiB %3lld vcpus  %s%s%s%s\n", g->name,
		 domain_state_name(info->state), type ? type : "-",
		 (long long)json_integer_value(json_object_get(g->config, "memory")),
		 (long long)json_integer_value(json_object_get(g->config, "vcpus")),
		 g->autostart ? owner ? "auto, " : "auto" : "", owner ? "host " : "", owner ? owner : "",
		 owner ? " has its volumes" : "");
}

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	struct guest_host host = { 0 };
	auto_json *list = json_array();
	auto_buf b = { 0 };
	int r = guest_host_read(v->facts ? v->facts : "/", &host, err);

	(void)args;
	for (size_t i = 0; !r && i < host.n_guests; i++) {
		auto_free char *owner = guest_owner(&host, &host.guests[i]);
		struct domain_info info;

		state_of(v, host.guests[i].name, &info);
		json_array_append_new(list, as_json(&host.guests[i], &info, owner));
		as_text(&host.guests[i], &info, owner, &b);
	}
	for (const char **u = host.unread; !r && u && *u; u++)
		fprintf(stderr, "xenith: %s", *u);
	if (!r && v->json) {
		buf_clear(&b);
		json_pretty(list, &b);
	}
	if (!r)
		fputs(buf_str(&b), stdout);
	guest_host_clear(&host);
	return r;
}

const struct command cmd_guest_list = {
	.name = "guest list",
	.args = "",
	.summary = "The guests of this host",
	.opts = opts,
	.values_size = sizeof(struct values),
	.max_args = 0,
	.run = run,
};
