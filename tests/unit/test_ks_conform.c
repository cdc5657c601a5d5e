/*
 * The parser against the reference's verdicts: the records of cases-dev.jsonl, where they are at hand.
 *
 * KS_CASES names the file (default ../shared/data/kickstart/cases-dev.jsonl); KS_ANSWERS a file to write one
 * JSON line an answer to, for the corpus's own score.py. Every input that parses must print to a fixed point.
 */
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/util.h"
#include "kickstart/ks.h"

#define CASES_DEFAULT "../shared/data/kickstart/cases-dev.jsonl"

struct tally {
	size_t right[2], wrong[2]; /* by what the reference says: 0 ok, 1 error */
	size_t unstable;
};

/* An %include of a file that isn't there counts as empty, as the reference's checker takes it. */
static int no_include(void *arg, const char *path, const char *from, struct buf *ret, struct err *err)
{
	(void)arg, (void)path, (void)from, (void)ret, (void)err;
	return 0;
}

static bool is_stable(const struct ks *ks, enum ks_version version)
{
	struct ks_parse_opts opts = { .version = version, .include = no_include };
	auto_buf first = { 0 }, second = { 0 };
	struct ks_diags diags = { 0 };
	struct ks again;
	bool same;

	ks_print(ks, false, &first);
	ks_parse("printed", first.data, first.len, &opts, &again, &diags, NULL);
	ks_print(&again, false, &second);
	same = ks_diags_errors(&diags) == 0 && strcmp(first.data, second.data) == 0;
	if (!same && getenv("KS_SHOW")) {
		auto_buf b = { 0 };

		ks_diags_print(&diags, &b);
		print_message("--- unstable\n%s+++\n%s%s", buf_str(&first), buf_str(&second), buf_str(&b));
	}
	ks_clear(&again);
	ks_diags_clear(&diags);
	return same;
}

static void answer(FILE *f, const char *id, const char *version, const struct ks_diags *diags)
{
	const struct ks_diag *first = NULL;

	for (size_t i = 0; i < diags->n && !first; i++)
		if (diags->v[i].severity == KS_ERROR)
			first = &diags->v[i];
	fprintf(f, "{\"id\":\"%s\",\"version\":\"%s\",\"outcome\":\"%s\"", id, version,
		first ? "error" : "ok");
	if (first)
		fprintf(f, ",\"line\":%u", first->line);
	fputs("}\n", f);
}

static void run_case(const json_t *rec, const char *name, struct tally *t, FILE *answers)
{
	const char *text = json_string_value(json_object_get(rec, "input"));
	bool want_error = strcmp(json_string_value(json_object_get(rec, "outcome")), "error") == 0;
	struct ks_parse_opts opts = { .version = ks_version_find(name), .include = no_include };
	struct ks_diags diags = { 0 };
	struct ks ks;
	bool is_error;

	if (!opts.version)
		return;
	ks_parse("case", text, strlen(text), &opts, &ks, &diags, NULL);
	is_error = ks_diags_errors(&diags) > 0;
	(is_error == want_error ? t->right : t->wrong)[want_error]++;
	if (is_error != want_error && getenv("KS_SHOW")) {
		auto_buf b = { 0 };

		ks_diags_print(&diags, &b);
		print_message("%s %s: %s\n%s%s", name, want_error ? "false accept" : "false reject", text,
			      text[0] && text[strlen(text) - 1] == '\n' ? "" : "\n", buf_str(&b));
		if (want_error)
			print_message("want: %s\n", json_string_value(json_object_get(
							    json_object_get(rec, "error"), "message")));
	}
	if (!is_error && !is_stable(&ks, opts.version))
		t->unstable++;
	if (answers)
		answer(answers, json_string_value(json_object_get(rec, "id")), name, &diags);
	ks_clear(&ks);
	ks_diags_clear(&diags);
}

static void run_cases(FILE *f, FILE *answers, struct tally *t)
{
	auto_free char *line = NULL;
	size_t cap = 0;

	while (getline(&line, &cap, f) > 0) {
		json_t *rec = json_loads(line, 0, NULL), *version;
		size_t i;

		assert_non_null(rec);
		json_array_foreach (json_object_get(rec, "versions"), i, version)
			run_case(rec, json_string_value(version), t, answers);
		json_decref(rec);
	}
}

static void test_cases(void **state)
{
	const char *path = getenv("KS_CASES") ? getenv("KS_CASES") : CASES_DEFAULT;
	auto_fclose FILE *f = fopen(path, "re");
	auto_fclose FILE *answers = getenv("KS_ANSWERS") ? fopen(getenv("KS_ANSWERS"), "we") : NULL;
	struct tally t = { 0 };
	size_t n;

	(void)state;
	if (!f) {
		print_message("# SKIP %s is not there\n", path);
		skip();
	}
	run_cases(f, answers, &t);
	n = t.right[0] + t.right[1] + t.wrong[0] + t.wrong[1];
	print_message("# %zu pairs: %zu right, %zu false accepts, %zu false rejects, %zu print unstably\n", n,
		      t.right[0] + t.right[1], t.wrong[1], t.wrong[0], t.unstable);
	assert_true(t.wrong[1] * 200 < n);
	assert_int_equal(t.unstable, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
