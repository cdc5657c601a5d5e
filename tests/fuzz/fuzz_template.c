/*
 * Fuzz templates, host tables and the checks of what is rendered: any bytes must end in a text or in errors.
 * An input is a template, and behind the first line "----" a host table; the whole of it is also given to
 * each dialect's check but kickstart's, which has a harness of its own.
 *
 * With libFuzzer link LLVMFuzzerTestOneInput alone (-DFUZZER); else main() replays the files that it is
 * given.
 */
#include "answers/dialect.h"
#include "template/table.h"
#include "tests/fuzz/replay.h"

#define MAX_ROWS 4

static int fake_hash(void *arg, const char *plain, struct buf *ret, struct err *err)
{
	(void)arg;
	if (!*plain)
		return err_set(err, ERR_INPUT, "empty");
	buf_adds(ret, "$6$saltsalt$0123456789012345678901234567890123456789");
	return 0;
}

static void check(const struct dialect *d, const char *text, size_t len, const struct tmpl_at *map,
		  size_t n_map)
{
	struct tmpl_errors errors = { 0 }, warnings = { 0 };
	struct ks_parse_opts parse = { 0 };
	struct dialect_check c = { .name = "f",
				   .text = text,
				   .len = len,
				   .parse = &parse,
				   .map = map,
				   .n_map = n_map,
				   .errors = &errors,
				   .warnings = &warnings };

	if (d && d->check != dialect_check_kickstart)
		d->check(&c);
	tmpl_errors_clear(&errors);
	tmpl_errors_clear(&warnings);
}

static void render(const struct tmpl *t, json_t *values)
{
	auto_json *set = json_pack("{s:s, s:[s,s], s:{s:s}}", "a", "1", "l", "x y", "z", "o", "k", "v");
	auto_json *hashed = json_pack("{s:b}", "pw", 1);
	struct tmpl_input in = { .values = { values, set }, .hashed = hashed, .hash = fake_hash };
	struct tmpl_errors errors = { 0 };
	struct tmpl_out out = { 0 };
	int r = tmpl_render(t, &in, &out, &errors);

	if ((r != 0) != (errors.n != 0))
		abort();
	for (size_t i = 0; !r && i < out.n; i++) {
		const struct tmpl_file *f = &out.files[i];

		if (f->start + f->len > out.text.len || f->first_line > out.map.n)
			abort();
		check(dialect_find(f->dialect), buf_str(&out.text) + f->start, f->len,
		      out.map.v ? out.map.v + f->first_line : NULL, out.map.n - f->first_line);
	}
	tmpl_out_clear(&out);
	tmpl_errors_clear(&errors);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char mark[] = "\n----\n";
	struct tmpl_errors errors = { 0 };
	struct tmpl_table table = { 0 };
	struct tmpl *t = NULL;
	auto_buf all = { 0 };
	const char *second, *text;
	size_t first;

	/* What stands in the file system is no input. */
	if (size > 65536 || memmem(data, size, "%%include", 9))
		return 0;
	buf_add(&all, data, size);
	text = buf_str(&all);
	second = memmem(text, all.len, mark, strlen(mark));
	first = second ? (size_t)(second + 1 - text) : all.len;
	for (size_t i = 0; dialect_at(i); i++)
		check(dialect_at(i), text, all.len, NULL, 0);
	if (second)
		tmpl_table_parse("h", second + strlen(mark), all.len - first - strlen(mark) + 1, &table,
				 &errors);
	if (tmpl_parse("t", text, first, NULL, &t, &errors) == 0) {
		render(t, NULL);
		for (size_t i = 0; i < table.n && i < MAX_ROWS; i++)
			render(t, table.v[i].values);
	}
	tmpl_free(t);
	tmpl_table_clear(&table);
	tmpl_errors_clear(&errors);
	return 0;
}
