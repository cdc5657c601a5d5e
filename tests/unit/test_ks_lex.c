/* Lines and words, against what Python's splitlines() and shlex.split(comments=True) give for the same bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/util.h"
#include "kickstart/lex.h"
#include "kickstart/ks.h"

/* The words with | between, or "!" and the error. */
static void expect_words(const char *line, const char *want)
{
	struct ks_words words = { 0 };
	struct arena arena = { 0 };
	auto_buf got = { 0 };
	enum ks_lex_error e = ks_lex_words(line, strlen(line), &arena, &words);

	for (size_t i = 0; i < words.n; i++)
		buf_addf(&got, "%s%s", i ? "|" : "", words.v[i]);
	assert_string_equal(e == KS_LEX_QUOTE       ? "!quote"
			    : e == KS_LEX_CONTINUED ? "!continued"
						    : buf_str(&got),
			    want);
	free(words.v);
	arena_clear(&arena);
}

static void test_words(void **state)
{
	(void)state;
	expect_words("", "");
	expect_words(" \t\r", "");
	expect_words("# only a comment", "");
	expect_words("a b\tc\r", "a|b|c");
	expect_words("a#b c", "a");
	expect_words("a '#b' \"#c\" # d", "a|#b|#c");
	expect_words("--x=\"a b\"'c d'e", "--x=a bc de");
	expect_words("'' \"\"", "|");
	expect_words("a\\ b \\# \\\\", "a b|#|\\");
	expect_words("\"a\\\"b\\\\c\\d\" 'e\\f'", "a\"b\\c\\d|e\\f");
	expect_words("'a", "!quote");
	expect_words("\"a\\\"", "!quote");
	expect_words("a \\", "!continued");
}

static void test_lines(void **state)
{
	static const char text[] = "a\r\nb\rc\vd\fe\x1c"
				   "f\xc2\x85g\xe2\x80\xa8h\xc3\xa9\n\ni";
	static const char *const want[] = { "a", "b", "c", "d", "e", "f", "g", "h\xc3\xa9", "", "i" };
	size_t pos = 0, len, n = 0;

	(void)state;
	while (pos < sizeof(text) - 1) {
		size_t next = ks_lex_next(text, sizeof(text) - 1, pos, &len);

		assert_true(n < ARRAY_SIZE(want));
		assert_int_equal(len, strlen(want[n]));
		assert_memory_equal(text + pos, want[n], len);
		pos = next;
		n++;
	}
	assert_int_equal(n, ARRAY_SIZE(want));
}

static void test_versions(void **state)
{
	(void)state;
	assert_int_equal(ks_version_find("RHEL7"), KS_RHEL7);
	assert_int_equal(ks_version_find("FC3"), KS_FC3);
	assert_int_equal(ks_version_find("F45"), KS_F45);
	assert_int_equal(ks_version_find("F6"), KS_VERSION_NONE);
	assert_int_equal(ks_version_find(""), KS_VERSION_NONE);
	for (int v = KS_VERSION_NONE + 1; v < KS_VERSION_COUNT; v++)
		assert_int_equal(ks_version_find(ks_version_name((enum ks_version)v)), v);
}

/* Serves "loop", which includes itself, and "part", one line. */
static int serve(void *arg, const char *path, const char *from, struct buf *ret, struct err *err)
{
	(void)arg, (void)from;
	if (strcmp(path, "part") == 0)
		buf_adds(ret, "# leading comment\nlang en_US\n");
	else if (strcmp(path, "loop") == 0)
		buf_adds(ret, "\n%include loop\n");
	else
		return err_set(err, ERR_FETCH, "%s: no such file", path);
	return 0;
}

static void expect_includes(const char *text, const char *want_errors, struct ks *ks)
{
	struct ks_parse_opts opts = { .include = serve };
	struct ks_diags diags = { 0 };
	auto_buf got = { 0 };

	ks_parse("top", text, strlen(text), &opts, ks, &diags, NULL);
	ks_diags_print(&diags, &got);
	assert_string_equal(buf_str(&got), want_errors);
	ks_diags_clear(&diags);
}

static void test_includes(void **state)
{
	struct ks ks;

	(void)state;
	expect_includes("%include part\nrootpw x\n", "", &ks);
	assert_string_equal(ks.lang.lang, "en_US");
	assert_string_equal(ks.lang.at.file, "part");
	assert_int_equal(ks.lang.at.line, 2);
	assert_string_equal(ks.rootpw.at.file, "top");
	assert_int_equal(ks.rootpw.at.line, 2);
	ks_clear(&ks);

	expect_includes("%post\necho\n%include part\n%end\n", "", &ks);
	assert_string_equal(ks.scripts[0].body, "echo\nlang en_US\n");
	ks_clear(&ks);

	expect_includes("%include loop\n", "loop:2: %include: loop includes itself: loop -> loop\n", &ks);
	ks_clear(&ks);
	expect_includes("\n%include gone\n", "top:2: %include: gone: no such file\n", &ks);
	ks_clear(&ks);
}

/* What the dialog does: fill a ks without a file and print it. */
static void test_built(void **state)
{
	auto_buf b = { 0 };
	struct ks ks = { 0 };
	struct ks_part *part;

	(void)state;
	ks_init(&ks);
	ks.lang.lang = "en_US.UTF-8";
	ks.rootpw.password = "two words";
	part = ks_add(&ks, &ks.parts);
	part->mntpoint = "/";
	part->size_mib = 4096;
	ks.zerombr.at.line = 1;
	ks_print(&ks, false, &b);
	assert_string_equal(buf_str(&b), "#version=F45\nlang en_US.UTF-8\nrootpw \"two words\"\nzerombr\n"
					 "part / --size=4096\n");
	ks_clear(&ks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),    cmocka_unit_test(test_lines),
		cmocka_unit_test(test_versions), cmocka_unit_test(test_includes),
		cmocka_unit_test(test_built),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
