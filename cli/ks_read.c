#include "cli/ks_read.h"

#include "base/file.h"
#include "base/json.h"
#include "base/util.h"
#include "installer/ks_source.h"
#include "kickstart/names.h"

int ks_read_text(const char *file, struct buf *b, struct err *err)
{
	struct facts no_machine = { 0 };
	struct door door = { 0 };

	if (ks_source_remote(file) || str_starts(file, "file:"))
		return ks_source_read(file, &no_machine, &door, b, err);
	if ((str_starts(file, "hd:") || str_starts(file, "cdrom:")) && !file_exists(file))
		return err_set(err, ERR_INPUT,
			       "%s is on a medium, which only the install mounts: name a file or a URL",
			       file);
	if (file_read_max(strcmp(file, "-") == 0 ? "/dev/stdin" : file, KS_SIZE_MAX + 1, b, err) == 0)
		return 0;
	err->code = ERR_INPUT;
	return -ERR_INPUT;
}

int ks_read_include(void *arg, const char *path, const char *from, struct buf *ret, struct err *err)
{
	(void)arg;
	(void)from;
	return ks_read_text(path, ret, err);
}

int ks_read_file(const char *file, struct ks *ret, struct err *err)
{
	struct ks_parse_opts parse = { .include = ks_read_include };
	struct ks_diags diags = { 0 };
	auto_buf text = { 0 }, out = { 0 };
	int r = ks_read_text(file, &text, err);

	if (!r)
		r = ks_parse(file, buf_str(&text), text.len, &parse, ret, &diags, err);
	if (!r) {
		ks_diags_print(&diags, &out);
		fputs(buf_str(&out), stderr);
	}
	ks_diags_clear(&diags);
	return r;
}

int ks_read_version(const char *name, enum ks_version *ret, struct err *err)
{
	*ret = name ? ks_version_find(name) : KS_VERSION_NONE;
	if (name && !*ret)
		return err_set(err, ERR_USAGE,
			       "unknown kickstart version \"%s\"; known are RHEL3 to RHEL11 and FC3 to F45",
			       name);
	return 0;
}

void ks_diags_add_json(const struct ks_diags *diags, json_t *all)
{
	for (size_t i = 0; i < diags->n; i++) {
		const struct ks_diag *d = &diags->v[i];
		json_t *o = json_object();

		json_put_str(o, "severity", d->severity == KS_ERROR ? "error" : "warning");
		json_put_str(o, "file", d->file);
		json_put_u64(o, "line", d->line);
		json_put_str(o, "word", d->word);
		json_put_str(o, "reason", d->reason);
		json_array_append_new(all, o);
	}
}

void ks_diags_json(const struct ks_diags *diags, struct buf *b)
{
	auto_json *all = json_array();

	ks_diags_add_json(diags, all);
	json_pretty(all, b);
}
