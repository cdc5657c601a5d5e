/* cli/ks_read.h without URLs: on a host the file is a file. */
#include "cli/ks_read.h"

#include "base/file.h"
#include "base/util.h"

int ks_read_text(const char *file, struct buf *b, struct err *err)
{
	if (file_read_max(str_eq(file, "-") ? "/dev/stdin" : file, KS_SIZE_MAX + 1, b, err) == 0)
		return 0;
	err->code = ERR_INPUT;
	return -ERR_INPUT;
}

static int read_include(void *arg, const char *path, const char *from, struct buf *ret, struct err *err)
{
	(void)arg;
	(void)from;
	return ks_read_text(path, ret, err);
}

int ks_read_file(const char *file, struct ks *ret, struct err *err)
{
	struct ks_parse_opts parse = { .include = read_include };
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
