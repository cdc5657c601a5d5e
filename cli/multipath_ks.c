#include "cli/multipath_ks.h"

#include "base/util.h"
#include "cli/ks_read.h"

int multipath_ks_read(const char *file, struct ks *ret, struct err *err)
{
	struct ks_parse_opts opts = { .include = ks_read_include };
	struct ks_diags diags = { 0 };
	auto_buf text = { 0 };
	int r = ks_read_text(file, &text, err);

	if (!r)
		r = ks_parse(file, buf_str(&text), text.len, &opts, ret, &diags, err);
	ks_diags_clear(&diags);
	if (!r && !ret->n_luns)
		r = err_set(err, ERR_INPUT, "%s:1: lun: no such line is in its %%addon xenith\n", file);
	return r;
}

void multipath_ks_progress(void *arg, const char *text)
{
	(void)arg;
	fprintf(stderr, "%s\n", text);
}

void multipath_ks_print(const struct mpath_plan *plan, bool json)
{
	auto_buf b = { 0 };

	if (json) {
		auto_json *list = mpath_plan_json(plan);

		json_pretty(list, &b);
	} else {
		mpath_plan_print(plan, &b);
	}
	fputs(buf_str(&b), stdout);
}
