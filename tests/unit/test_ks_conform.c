/*
 * The parser against the reference's verdicts: the records of cases-dev.jsonl and files-dev.jsonl, where they
 * are at hand.
 *
 * KS_CASES names their folder (default ../shared/data/kickstart), KS_SET the set (default dev); KS_SHOW=1
 * prints what differs, KS_TABLE=1 a table of all versions; KS_ANSWERS names a file to which one JSON line an
 * answer is added, for the corpus's own score.py. Every input that parses must print to a fixed point; files
 * that parse must have the reference's packages and scripts. Verdicts that differ must stand in
 * tests/ks-differences with the reason.
 */
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fnmatch.h>

#include "base/file.h"
#include "base/util.h"
#include "kickstart/table.h"
#include "tests/unit/ks_attrs.h"
#include "tests/unit/ks_classes.h"
#include "tests/unit/ks_structure.h"

#define CASES_DEFAULT "../shared/data/kickstart"

struct tally {
	size_t right[2], wrong[2]; /* by what the reference says: 0 ok, 1 error */
	size_t unstable;
	size_t structures, structures_wrong; /* %packages and scripts of files that parse */
	size_t attrs, attrs_wrong;           /* what the reference made of inputs that parse */
	size_t unlisted;                     /* of wrong: not in tests/ks-differences */
	size_t errors, line_right;           /* errors that both see; on the same line */
	size_t classes, class_right;         /* of these, those of a known class; of the same */
	struct {
		size_t n, accepts, rejects, errors, line_right;
	} of[KS_VERSION_COUNT]; /* a version's pairs, false accepts, false rejects, errors of both */
};

/* An %include of a file that isn't there counts as empty, as the reference's checker takes it. */
static int no_include(void *arg, const char *path, const char *from, struct buf *ret, struct err *err)
{
	(void)arg, (void)path, (void)from, (void)ret, (void)err;
	return 0;
}

static bool is_stable(const struct ks *ks, enum ks_version version)
{
	struct ks_parse_opts opts = { .version = version, .others = true, .include = no_include };
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

static void count_line(const struct ks_diags *diags, const json_t *first, enum ks_version version,
		       struct tally *t)
{
	const char *class = json_string_value(json_object_get(first, "class")), *ours;
	bool known;
	json_int_t want = json_integer_value(json_object_get(first, "line"));
	size_t i = 0;

	while (diags->v[i].severity != KS_ERROR)
		i++;
	t->errors++;
	t->of[version].errors++;
	t->line_right += diags->v[i].line == want;
	t->of[version].line_right += diags->v[i].line == want;
	class = strcmp(class, "removed-command") == 0 ? "unknown-command" : class;
	ours = class_of(diags->v[i].reason);
	known = strcmp(class, "other") != 0 && strcmp(class, "any") != 0;
	t->classes += known;
	t->class_right += known && strcmp(class, ours) == 0;
	if (known && strcmp(class, ours) != 0 && getenv("KS_SHOW"))
		print_message("class %s, want %s: %s: %s\n", ours, class, diags->v[i].word,
			      diags->v[i].reason);
	if (diags->v[i].line != want && getenv("KS_SHOW"))
		print_message("line %u, want %lld: %s: %s\n", diags->v[i].line, (long long)want,
			      diags->v[i].word, diags->v[i].reason);
}

static void show(const char *id, const char *name, const char *text, const struct ks_diags *diags,
		 const json_t *error)
{
	auto_buf b = { 0 };

	ks_diags_print(diags, &b);
	print_message("%s %s false %s: %.300s\n%s", id, name, error ? "accept" : "reject", text, buf_str(&b));
	if (error)
		print_message("want: line %lld, %s\n",
			      (long long)json_integer_value(json_object_get(error, "line")),
			      json_string_value(json_object_get(error, "class")));
}

static struct buf differences;

/* The first word of the line of text with that number. */
static char *first_word(const char *text, unsigned line)
{
	while (line > 1 && (text = strchr(text, '\n')) != NULL)
		text++, line--;
	text = text ? text + strspn(text, " \t") : "";
	return xstrndup(text, strcspn(text, " \t\r\n"));
}

/* The pattern's "_" stand for blanks. */
static bool matches(char *pattern, const char *text)
{
	for (char *c = pattern; *c; c++)
		*c = *c == '_' ? ' ' : *c;
	return fnmatch(pattern, text, 0) == 0;
}

/* tests/ks-differences has a line for a verdict on that command, with that word and cause. */
static bool is_listed(const char *verdict, const char *command, const char *word, const char *cause)
{
	char v[16], c[64], w[64], why[128];

	for (const char *s = buf_str(&differences); *s; s += *s == '\n') {
		if (*s != '#' && sscanf(s, "%15s %63s %63s %127s", v, c, w, why) == 4 &&
		    strcmp(v, verdict) == 0 && matches(c, command) && matches(w, word) && matches(why, cause))
			return true;
		s += strcspn(s, "\n");
	}
	return false;
}

static bool is_explained(const char *text, const struct ks_diags *diags, const json_t *error)
{
	const struct ks_diag *first = NULL;
	unsigned line = (unsigned)json_integer_value(json_object_get(error, "line"));

	for (size_t i = 0; i < diags->n && !first && !error; i++)
		if (diags->v[i].severity == KS_ERROR)
			first = &diags->v[i];
	auto_free char *command = first_word(text, first ? first->line : line);
	if (error)
		return is_listed("accept", command, "-", json_string_value(json_object_get(error, "class")));
	return first && is_listed("reject", command, first->word ? first->word : "-", first->reason);
}

/* What the reference made of one command line, against the nth element of that command. */
static void count_attrs(const struct ks_cmd *cmd, const void *data, const json_t *attrs,
			enum ks_version version, struct tally *t)
{
	const char *attr;
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)attrs, attr, value) {
		auto_buf want = { 0 }, got = { 0 };
		int held;

		attr_text(value, &want);
		held = attr_held(cmd, data, attr, buf_str(&want), version, &got);
		if (held < 0)
			continue;
		t->attrs++;
		t->attrs_wrong += !held;
		if (!held)
			print_message("%s: %s is \"%s\", want \"%s\"\n", cmd->name, attr, buf_str(&got),
				      buf_str(&want));
	}
}

struct elements {
	const struct ks_cmd *cmd;
	const void *v[64];
	size_t n;
};

static void add_element(void *arg, const struct ks_cmd *cmd, const void *data)
{
	struct elements *e = arg;
	const struct ks_at *at = data;

	if (cmd == (e->cmd->same_as ? e->cmd->same_as : e->cmd) && at->line && e->n < ARRAY_SIZE(e->v))
		e->v[e->n++] = data;
}

static void run_attrs(const struct ks *ks, const json_t *all, struct tally *t)
{
	const char *name;
	json_t *attrs, *one;
	size_t i;

	json_object_foreach ((json_t *)(uintptr_t)all, name, attrs) {
		struct elements e = { .cmd = ks_cmd_find(ks_commands, name) };

		if (!e.cmd || KS_HAS(e.cmd->deprecated, ks->version))
			continue;
		ks_each_command(ks, ks_commands, add_element, &e);
		if (json_is_object(attrs) && e.n == 1)
			count_attrs(e.cmd, e.v[0], attrs, ks->version, t);
		json_array_foreach (attrs, i, one)
			if (i < e.n)
				count_attrs(e.cmd, e.v[i], one, ks->version, t);
		if (json_is_array(attrs) && json_array_size(attrs) != e.n) {
			print_message("%s: %zu of them, want %zu\n", name, e.n, json_array_size(attrs));
			t->attrs_wrong++;
		}
	}
}

/* One input in one version; error is the first one that the reference sees, or NULL. */
static void run_input(const char *id, const char *text, const char *name, const json_t *error,
		      const json_t *attrs, struct tally *t, FILE *answers)
{
	struct ks_parse_opts opts = { .version = ks_version_find(name),
				      .others = true,
				      .include = no_include };
	struct ks_diags diags = { 0 };
	struct ks ks;
	bool is_error;

	if (!opts.version)
		return;
	ks_parse("case", text, strlen(text), &opts, &ks, &diags, NULL);
	is_error = ks_diags_errors(&diags) > 0;
	(is_error == (error != NULL) ? t->right : t->wrong)[error != NULL]++;
	t->of[opts.version].n++;
	t->of[opts.version].accepts += error && !is_error;
	t->of[opts.version].rejects += !error && is_error;
	if (is_error != (error != NULL) && getenv("KS_SHOW"))
		show(id, name, text, &diags, error);
	if (is_error != (error != NULL) && !is_explained(text, &diags, error)) {
		print_message("%s %s: not in tests/ks-differences\n", id, name);
		t->unlisted++;
	}
	if (is_error && error)
		count_line(&diags, error, opts.version, t);
	if (!is_error && !is_stable(&ks, opts.version))
		t->unstable++;
	if (!is_error)
		run_attrs(&ks, attrs, t);
	if (answers)
		answer(answers, id, name, &diags);
	ks_clear(&ks);
	ks_diags_clear(&diags);
}

static void run_case(const json_t *rec, struct tally *t, FILE *answers)
{
	const json_t *error = json_object_get(rec, "error");
	json_t *version;
	size_t i;

	json_array_foreach (json_object_get(rec, "versions"), i, version)
		run_input(json_string_value(json_object_get(rec, "id")),
			  json_string_value(json_object_get(rec, "input")), json_string_value(version),
			  json_is_object(error) ? error : NULL, json_object_get(rec, "attrs"), t, answers);
}

/* What %packages and the scripts hold, in the versions in which the file parses. */
static void run_structure(const json_t *rec, const char *text, const json_t *group, struct tally *t)
{
	json_t *version;
	size_t i;

	json_array_foreach (json_object_get(group, "versions"), i, version) {
		const char *name = json_string_value(version);
		const json_t *result = json_object_get(json_object_get(rec, "results"), name);
		struct ks_parse_opts opts = { .version = ks_version_find(name),
					      .others = true,
					      .include = no_include };
		struct ks_diags diags = { 0 };
		const char *differs;
		struct ks ks;

		if (!str_eq(json_string_value(json_object_get(result, "outcome")), "ok"))
			continue;
		ks_parse("case", text, strlen(text), &opts, &ks, &diags, NULL);
		t->structures++;
		differs = structure_differs(&ks, json_object_get(group, "value"));
		t->structures_wrong += differs != NULL;
		if (differs)
			print_message("%s %s: other %s\n", json_string_value(json_object_get(rec, "id")),
				      name, differs);
		ks_clear(&ks);
		ks_diags_clear(&diags);
	}
}

static void run_file(json_t *rec, const char *folder, struct tally *t, FILE *answers)
{
	auto_free char *path = path_join(folder, json_string_value(json_object_get(rec, "file")));
	struct err err = { 0 };
	auto_buf text = { 0 };
	const char *version;
	json_t *result, *group;
	size_t i;

	assert_int_equal(file_read(path, &text, &err), 0);
	json_object_foreach (json_object_get(rec, "results"), version, result)
		run_input(json_string_value(json_object_get(rec, "id")), buf_str(&text), version,
			  json_array_get(json_object_get(result, "errors"), 0), NULL, t, answers);
	json_array_foreach (json_object_get(rec, "structure"), i, group)
		run_structure(rec, buf_str(&text), group, t);
}

static void run_line(const char *line, const char *folder, struct tally *t, FILE *answers)
{
	json_t *rec = json_loads(line, 0, NULL);

	assert_non_null(rec);
	if (json_object_get(rec, "results"))
		run_file(rec, folder, t, answers);
	else
		run_case(rec, t, answers);
	json_decref(rec);
}

/* A line a version, with KS_TABLE. Returns how many have false accepts or rejects on 0.5 % of the pairs. */
static size_t print_versions(const char *kind, const struct tally *t)
{
	size_t bad = 0;

	if (getenv("KS_TABLE"))
		print_message("# %-7s %7s %14s %14s %20s\n", kind, "pairs", "false accepts", "false rejects",
			      "line of first error");
	for (int v = 1; v < KS_VERSION_COUNT; v++) {
		double n = (double)t->of[v].n / 100;

		if (!t->of[v].n)
			continue;
		bad += t->of[v].accepts * 200 >= t->of[v].n || t->of[v].rejects * 200 >= t->of[v].n;
		if (getenv("KS_TABLE"))
			print_message("# %-7s %7zu %6zu %5.2f %% %6zu %5.2f %% %7zu of %7zu\n",
				      ks_version_name((enum ks_version)v), t->of[v].n, t->of[v].accepts,
				      (double)t->of[v].accepts / n, t->of[v].rejects,
				      (double)t->of[v].rejects / n, t->of[v].line_right, t->of[v].errors);
	}
	return bad;
}

static void print_tally(const char *kind, const struct tally *t)
{
	size_t right = t->right[0] + t->right[1];

	print_message("# %s: %zu pairs: %zu right, %zu false accepts, %zu false rejects\n", kind,
		      right + t->wrong[0] + t->wrong[1], right, t->wrong[1], t->wrong[0]);
	print_message(
		"# %s: first error on the same line %zu of %zu, of the same class %zu of %zu; %zu print "
		"unstably\n",
		kind, t->line_right, t->errors, t->class_right, t->classes, t->unstable);
	print_message("# %s: %zu of %zu with the same packages, scripts and sections\n", kind,
		      t->structures - t->structures_wrong, t->structures);
	print_message("# %s: %zu of %zu attributes are the reference's\n", kind, t->attrs - t->attrs_wrong,
		      t->attrs);
}

/* Run the records of KIND-SET.jsonl. Of another set than dev little may differ, of dev nothing unexplained.
 */
static void run_records(const char *kind)
{
	const char *folder = getenv("KS_CASES") ? getenv("KS_CASES") : CASES_DEFAULT;
	const char *set = getenv("KS_SET") ? getenv("KS_SET") : "dev";
	auto_free char *path = xasprintf("%s/%s-%s.jsonl", folder, kind, set);
	auto_fclose FILE *f = fopen(path, "re");
	auto_fclose FILE *answers = getenv("KS_ANSWERS") ? fopen(getenv("KS_ANSWERS"), "ae") : NULL;
	auto_free char *line = NULL;
	struct tally t = { 0 };
	struct err err = { 0 };
	bool dev = strcmp(set, "dev") == 0;
	size_t cap = 0;

	differences.len = 0;
	assert_int_equal(file_read("tests/ks-differences", &differences, &err), 0);
	if (!f) {
		print_message("# SKIP %s is not there\n", path);
		skip();
	}
	while (getline(&line, &cap, f) > 0)
		run_line(line, folder, &t, answers);
	print_tally(kind, &t);
	assert_int_equal(print_versions(kind, &t), 0);
	assert_int_equal(t.unstable, 0);
	assert_true(t.line_right * 100 >= 98 * t.errors);
	assert_true(t.class_right * 100 >= 90 * t.classes);
	assert_true(t.attrs_wrong * 200 <= (dev ? 0 : t.attrs));
	assert_true(t.structures_wrong * 200 <= (dev ? 0 : t.structures));
	assert_true(!dev || t.unlisted == 0);
}

static void test_cases(void **state)
{
	(void)state;
	run_records("cases");
}

static void test_files(void **state)
{
	(void)state;
	run_records("files");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases), cmocka_unit_test(test_files) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
