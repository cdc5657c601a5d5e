/* Templates: names, defaults, blocks, includes, what is an error and where; odd input ends without a crash.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/util.h"
#include "template/table.h"
#include "template/template.h"

/* Stands for crypt(3). */
static int fake_hash(void *arg, const char *plain, struct buf *ret, struct err *err)
{
	(void)arg;
	if (strcmp(plain, "bad") == 0)
		return err_set(err, ERR_INPUT, "cannot be hashed");
	buf_addf(ret, "<%zu>", strlen(plain));
	return 0;
}

/* The rendered text, or "!" and the errors. free(3). */
static char *render(const char *text, size_t len, const char *json)
{
	auto_json *values = json_loads(json, 0, NULL);
	struct tmpl_input in = { .values = { values }, .hash = fake_hash };
	struct tmpl_errors errors = { 0 };
	struct tmpl_out rendered = { 0 };
	struct tmpl *t = NULL;
	auto_buf out = { 0 };

	if (tmpl_parse("t", text, len, NULL, &t, &errors) || tmpl_render(t, &in, &rendered, &errors))
		buf_addf(&out, "!%s", buf_str(&errors.text));
	else
		buf_adds(&out, buf_str(&rendered.text));
	tmpl_free(t);
	tmpl_errors_clear(&errors);
	tmpl_out_clear(&rendered);
	return buf_take(&out);
}

static void expect(const char *text, const char *json, const char *want)
{
	auto_free char *got = render(text, strlen(text), json);

	assert_string_equal(got, want);
}

static void test_names(void **state)
{
	(void)state;
	expect("", "{}", "");
	expect("a ${x} b\n", "{\"x\":\"1\"}", "a 1 b\n");
	expect("${x}${x}", "{\"x\":7}", "77");
	expect("$x $${x} $$ $$$${x} {x}", "{}", "$x ${x} $$ $$${x} {x}");
	expect("${x:-d}${y:-}", "{}", "d");
	expect("${x:-d}", "{\"x\":\"\"}", "d");
	expect("${x:-a${y:-b${z}c}d}e", "{\"z\":\"Z\"}", "abZcde");
	expect("${x}", "{\"x\":\"\"}", "");
	expect("${n.dev}", "{\"n\":{\"dev\":\"eth0\"}}", "eth0");
	expect("${l}", "{\"l\":[\"a\",1,true]}", "a,1,true");
	expect("${x|quote}", "{\"x\":\"a \\\"b\\\\ #\"}", "\"a \\\"b\\\\ #\"");
	expect("${x|crypt}", "{\"x\":\"four\"}", "<4>");
	expect("${x|crypt:-abc}", "{}", "<3>");
}

static void test_name_errors(void **state)
{
	(void)state;
	expect("a\n${hostnam} ${b}\n", "{\"hostname\":\"x\"}",
	       "!t:2: hostnam: is not defined; did you mean hostname?\nt:2: b: is not defined\n");
	expect("${x}", "{\"x\":null}", "!t:1: x: is not defined\n");
	expect("${x:?say ${y}}", "{\"y\":\"so\"}", "!t:1: x: say so\n");
	expect("${x:?}", "{}", "!t:1: x: is needed\n");
	expect("${x", "{}", "!t:1: x: no } on this line closes its ${\n");
	expect("${x:-${y:-", "{}",
	       "!t:1: y: no } on this line closes its ${\nt:1: x: no } on this line closes its ${\n");
	expect("${#x}", "{}", "!t:1: no name behind ${; write $${ for a literal ${\n");
	expect("${x%%.*}", "{}",
	       "!t:1: x: \"%\" behind the name: there are :-default, :?message and |filter; write $${ for a "
	       "literal ${\n");
	expect("${x|rot13}", "{}",
	       "!t:1: x: unknown filter \"rot13\"; there are crypt, address, commas, country, domain, "
	       "first, label, netmask, prefix, preseed, quote, shell, url-dir, url-host, url-path, "
	       "url-scheme, words, "
	       "yaml\n");
	expect("${x}", "{\"x\":\"a\\nreboot\"}",
	       "!t:1: x: the value holds a line break or another control character\n");
	expect("${x}", "{\"x\":\"a\\u2028b\"}",
	       "!t:1: x: the value holds a line break or another control character\n");
	expect("${x}", "{\"x\":{}}", "!t:1: x: is no text but an object; take its parts\n");
	expect("${x|crypt}", "{\"x\":\"bad\"}", "!t:1: x: cannot be hashed\n");
}

static void test_blocks(void **state)
{
	static const char arms[] = "%%if v == 5\nfive\n%%elif v == \"6\"\nsix\n%%else\nother\n%%end\n";

	(void)state;
	expect(arms, "{\"v\":5}", "five\n");
	expect(arms, "{\"v\":\"6\"}", "six\n");
	expect(arms, "{\"v\":\"x\"}", "other\n");
	expect(arms, "{}", "!t:1: v: is not defined\nt:3: v: is not defined\n");
	expect("%%if a\nyes\n%%end\n%%if !a\nno\n%%end\n", "{}", "no\n");
	expect("%%if a\nyes\n%%end\n", "{\"a\":\"no\"}", "");
	expect("%%if a\nyes\n%%end\n", "{\"a\":true}", "yes\n");
	expect("%%if a != ${b}\nyes\n%%end\n", "{\"a\":1,\"b\":2}", "yes\n");
	expect("  %%for p in l  \r\n${p}\n%%end\n", "{\"l\":\"a, b c\"}", "a\nb\nc\n");
	expect("%%for n in l\n%%for i in n.ips\n${n.dev} ${i}\n%%end\n%%end\n",
	       "{\"l\":[{\"dev\":\"e0\",\"ips\":[1,2]},{\"dev\":\"e1\",\"ips\":\"3\"}]}",
	       "e0 1\ne0 2\ne1 3\n");
	expect("%%default a 1 2\n%%default b ${a}x\n${a}|${b}\n", "{\"b\":\"B\"}", "1 2|B\n");
	expect("%%# a comment ${\n%%%if\n%post\n%end\n100%% sure\n", "{}", "%%if\n%post\n%end\n100%% sure\n");
	expect("%%if a == x\n%%error no ${a}\n%%end\n", "{\"a\":\"x\"}", "!t:2: no x\n");
}

static void test_block_errors(void **state)
{
	(void)state;
	expect("%%fi\n%%else\n%%end x\n", "{}",
	       "!t:1: %%fi: unknown word; did you mean %%if? %%% stands for a literal %%\n"
	       "t:2: %%else: there is no %%if to it\nt:3: %%end: takes no words\n"
	       "t:3: %%end: there is no %%if or %%for to it\n");
	expect("%%if a\n%%for b in c\n", "{}",
	       "!t:2: %%for: no %%end closes it\nt:1: %%if: no %%end closes it\n");
	expect("%%if a\n%%else\n%%elif b\n%%end\n", "{}", "!t:3: %%elif: behind %%else\n");
	expect("%%if a = b\n%%end\n%%if\n%%end\n", "{}",
	       "!t:1: a condition is NAME, !NAME, NAME == VALUE or NAME != VALUE\n"
	       "t:3: \"\" is no name (letters, digits, _ and -)\n");
	expect("%%for a of b\n%%end\n%%for x in y\n%%end\n", "{}",
	       "!t:1: %%for: a loop is %%for NAME in NAME\n");
	expect("%%for x in y\n%%end\n", "{\"y\":{}}", "!t:1: y: is no list\n");
	expect("%%include no/such\n%%include /dev/null\n", "{}",
	       "!t:1: cannot open no/such: No such file or directory\nt:2: /dev/null: is no regular file\n");
}

static void put(const char *dir, const char *name, const char *text)
{
	auto_free char *path = path_join(dir, name);

	assert_int_equal(file_write(path, text, strlen(text), 0600, NULL), 0);
}

static void test_includes(void **state)
{
	char dir[] = "/tmp/xenith-template-XXXXXX";
	auto_buf want = { 0 };
	struct tmpl_errors errors = { 0 };
	auto_free char *top = NULL;
	struct tmpl *t = NULL;
	auto_free char *ok = NULL, *text = NULL;

	(void)state;
	assert_non_null(mkdtemp(dir));
	put(dir, "leaf", "leaf ${x}");
	put(dir, "sub/mid", "%%include ../leaf\nmid\n");
	put(dir, "a", "%%include b\n");
	put(dir, "b", "\n%%include ./a\n");
	text = xasprintf("%%%%include %s/sub/mid\nend\n", dir);
	ok = render(text, strlen(text), "{\"x\":1}");
	assert_string_equal(ok, "leaf 1\nmid\nend\n");
	top = path_join(dir, "a");
	assert_int_equal(tmpl_parse(top, "%%include b\n", 12, NULL, &t, &errors), -ERR_INPUT);
	buf_addf(&want, "%s/b:2: %s/./a: includes itself (%s/./a < %s/b < %s/a)\n", dir, dir, dir, dir, dir);
	assert_string_equal(buf_str(&errors.text), buf_str(&want));
	tmpl_errors_clear(&errors);
	file_remove_tree(dir, NULL);
}

/* Endless, deep, broken and random templates come to an end. */
static void test_odd(void **state)
{
	static const char *const pieces[] = { "${",
					      "}",
					      "$${",
					      ":-",
					      ":?",
					      "|quote",
					      "a",
					      ".",
					      "\n",
					      "%%if a\n",
					      "%%end\n",
					      "%%else\n",
					      "%%for x in a\n",
					      "%%for a in x\n",
					      "%%elif a == ",
					      "%%default a ",
					      "%%error",
					      "%%",
					      "\xc3",
					      "\t",
					      "\r",
					      "%%#",
					      "!",
					      "\"" };
	auto_buf deep = { 0 };
	auto_free char *got = NULL, *nul = render("a\0b", 3, "{}");
	unsigned seed = 1;

	(void)state;
	assert_string_equal(nul, "!t: holds a NUL byte\n");
	for (int i = 0; i < 100; i++)
		buf_adds(&deep, "%%for x in l\n");
	got = render(buf_str(&deep), deep.len, "{\"l\":[1]}");
	assert_non_null(strstr(got, "more than 32 blocks"));
	free(got);
	deep.len = 0;
	for (int i = 0; i < 10; i++)
		buf_adds(&deep, "%%for x in l\n");
	for (int i = 0; i < 10; i++)
		buf_adds(&deep, "%%end\n");
	got = render(buf_str(&deep), deep.len, "{\"l\":[1,2,3,4,5,6,7,8,9,10]}");
	assert_non_null(strstr(got, "in one rendering"));
	free(got);
	deep.len = 0;
	for (int i = 0; i < 100000; i++)
		buf_adds(&deep, "${a:-");
	got = render(buf_str(&deep), deep.len, "{}");
	assert_non_null(strstr(got, "too deep"));
	for (int i = 0; i < 20000; i++) {
		auto_buf b = { 0 };
		auto_free char *ignored = NULL;

		for (int n = rand_r(&seed) % 24; n >= 0; n--)
			buf_adds(&b, pieces[(size_t)rand_r(&seed) % ARRAY_SIZE(pieces)]);
		ignored = render(buf_str(&b), b.len, "{\"a\":[\"1\",\"2\"]}");
	}
}

/* The rows as "line:JSON" a line, or "!" and the errors. */
static char *read_table(const char *text, size_t len)
{
	struct tmpl_errors errors = { 0 };
	struct tmpl_table table = { 0 };
	auto_buf out = { 0 };

	if (tmpl_table_parse("h", text, len, &table, &errors))
		buf_addf(&out, "!%s", buf_str(&errors.text));
	for (size_t i = 0; !errors.n && i < table.n; i++) {
		buf_addf(&out, "%u:", table.v[i].line);
		json_line(table.v[i].values, &out);
		buf_addc(&out, '\n');
	}
	tmpl_table_clear(&table);
	tmpl_errors_clear(&errors);
	return buf_take(&out);
}

static void expect_table(const char *text, const char *want)
{
	auto_free char *got = read_table(text, strlen(text));

	assert_string_equal(got, want);
}

static void test_tables(void **state)
{
	(void)state;
	expect_table("a,b\n1,2\n", "2:{\"a\":\"1\",\"b\":\"2\"}\n");
	expect_table(
		"\xef\xbb\xbf"
		"a,b\r\n1,\r\n\r\n\"x,\"\"y\"\"\nz\",2\r\n3,4",
		"2:{\"a\":\"1\"}\n4:{\"a\":\"x,\\\"y\\\"\\nz\",\"b\":\"2\"}\n6:{\"a\":\"3\",\"b\":\"4\"}\n");
	expect_table(" [{\"a\":[1]},\n{}]", "0:{\"a\":[1]}\n0:{}\n");
	expect_table("a\n\"\"\n", "2:{}\n");
	expect_table("", "!h:1: column 1 has no name (letters, digits, _ and -)\n");
	expect_table("a,b\n", "!h: holds no hosts\n");
	expect_table("[]", "!h: holds no hosts\n");
	expect_table("a,a;b\n1,2,3\n\xff,1\n",
		     "!h:1: column 2 has no name (letters, digits, _ and -)\n"
		     "h:2: 3 fields, and the first line names 2\nh:3: a: is not UTF-8\n");
	expect_table("a,a\n1,2\n", "!h:1: a: names two columns\n");
	expect_table("a\n\"x\n", "!h:2: a quote that nothing closes\n");
	expect_table("a\n\"x\"y\n", "!h:2: text behind the quote that closes a field\n");
	expect_table("a\nx\"y\"\n", "!h:2: a quote within a field that has none around it\n");
	expect_table("[1,{},2]", "!h: element 1 is no object\nh: element 3 is no object\n");
	expect_table("[{\"a\":1,\n\"a\":2}]", "!h:2: duplicate object key\n");
}

static void test_odd_tables(void **state)
{
	static const char pieces[] = "a,\"\n\r[{}:1]\xff ";
	auto_free char *nul = read_table("a\0b", 3);
	unsigned seed = 2;

	(void)state;
	assert_string_equal(nul, "!h: holds a NUL byte\n");
	for (int i = 0; i < 20000; i++) {
		char s[24];
		size_t n = (size_t)rand_r(&seed) % sizeof(s);
		auto_free char *ignored = NULL;

		for (size_t k = 0; k < n; k++)
			s[k] = pieces[(size_t)rand_r(&seed) % (sizeof(pieces) - 1)];
		s[n] = '\0';
		ignored = read_table(s, n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),    cmocka_unit_test(test_name_errors),
		cmocka_unit_test(test_blocks),   cmocka_unit_test(test_block_errors),
		cmocka_unit_test(test_includes), cmocka_unit_test(test_odd),
		cmocka_unit_test(test_tables),   cmocka_unit_test(test_odd_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
