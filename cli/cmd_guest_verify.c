#include "base/util.h"
#include "cli/cli.h"
#include "cli/guest_one.h"
#include "guest/domain.h"
#include "guest/record.h"

/* For its disks and NICs to be connected. */
#define BACKENDS_S 120

struct values {
	uint64_t wait;
	bool json;
};

static const struct opt opts[] = {
	{ "--wait", 0, OPT_U64, offsetof(struct values, wait), "SECONDS",
	  "for what the guest tells of itself" },
	{ "--json", 0, OPT_FLAG, offsetof(struct values, json), NULL, "print data instead of text" },
	{ 0 },
};

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	struct guest_one one = { 0 };
	int r = guest_one_open(args->v[0], &one, err);

	json_t *report = NULL;

	if (!r)
		r = guest_verify(one.guest->config, v->wait, v->wait ? (unsigned)v->wait : BACKENDS_S,
				 &report, err);
	if (report) {
		auto_json *record = guest_record_read(args->v[0]);
		auto_buf b = { 0 };

		json_object_set(record, "verify", report);
		guest_record_write(args->v[0], record, &one.door, NULL);
		if (v->json)
			json_pretty(report, &b);
		else if (!r)
			buf_addf(&b, "%s: as its configuration says%s%s\n", args->v[0],
				 json_string_value(json_object_get(report, "guest")) ? "; it tells: " : "",
				 json_string_value(json_object_get(report, "guest"))
					 ? json_string_value(json_object_get(report, "guest"))
					 : "");
		fputs(buf_str(&b), stdout);
		json_decref(report);
	}
	guest_one_close(&one);
	return r;
}

const struct command cmd_guest_verify = {
	.name = "guest verify",
	.args = "NAME",
	.summary = "Prove that a running guest is what its configuration says",
	.opts = opts,
	.values_size = sizeof(struct values),
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
