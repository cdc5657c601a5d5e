/* The manual against the tables: kickstart-template(5) has every word, filter, dialect, variable and
 * template. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>

#include "answers/dialect.h"
#include "base/file.h"
#include "base/util.h"
#include "template/filter.h"
#include "template/hash.h"

#define PAGE "man/kickstart-template.5"

static struct buf page;

static int read_page(void **state)
{
	struct err err = { 0 };

	(void)state;
	if (file_read(PAGE, &page, &err))
		fail_msg("%s", err.msg);
	return 0;
}

static int drop_page(void **state)
{
	(void)state;
	buf_clear(&page);
	return 0;
}

/* A line that begins with the macro has name as a word of its own. */
static bool has(const char *macro, const char *name)
{
	size_t len = strlen(name);
	auto_free char *front = xasprintf("%s ", macro);

	for (const char *line = buf_str(&page); *line; line += strcspn(line, "\n"), line += *line == '\n') {
		size_t end = strcspn(line, "\n");
		const char *m = strstr(line, front);

		if (!m || m >= line + end)
			continue;
		for (const char *s = m; (s = strstr(s, name)) && s < line + end; s++)
			if (s[-1] == ' ' && strchr(" \n", s[len]))
				return true;
	}
	return false;
}

static void expect(const char *macro, const char *name)
{
	if (!has(macro, name))
		fail_msg(PAGE " doesn't name %s: it wants a line with \"%s %s\"", name, macro, name);
}

static void test_words(void **state)
{
	const char *name;

	(void)state;
	for (size_t i = 0; (name = tmpl_word_name(i)); i++)
		expect("Cm", name);
}

static void test_filters(void **state)
{
	const struct tmpl_filter *f;

	(void)state;
	for (size_t i = 0; (f = tmpl_filter_at(i)); i++)
		expect(".It Cm", f->name);
}

static void test_dialects(void **state)
{
	const struct dialect *d;

	(void)state;
	for (size_t i = 0; (d = dialect_at(i)); i++)
		expect(".It Cm", d->name);
}

/* Every name that templates/guest.inc gives a default. */
static void test_variables(void **state)
{
	static const char front[] = "\n%%default ";
	auto_buf text = { 0 };
	struct err err = { 0 };
	size_t n = 0;

	(void)state;
	if (file_read("templates/guest.inc", &text, &err))
		fail_msg("%s", err.msg);
	for (const char *s = buf_str(&text); (s = strstr(s, front)); n++) {
		auto_free char *name = NULL;

		s += strlen(front);
		name = xstrndup(s, strcspn(s, " \n"));
		expect(".It Va", name);
	}
	assert_true(n > 20);
}

static void test_templates(void **state)
{
	DIR *d = opendir("templates");
	struct dirent *e;
	size_t n = 0;

	(void)state;
	assert_non_null(d);
	while ((e = readdir(d))) {
		const char *dot = strrchr(e->d_name, '.');
		auto_free char *name = dot ? xstrndup(e->d_name, (size_t)(dot - e->d_name)) : NULL;

		if (!dot || e->d_name[0] == '.' || strcmp(dot, ".inc") == 0)
			continue;
		expect(".It Cm", name);
		n++;
	}
	closedir(d);
	assert_true(n > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),     cmocka_unit_test(test_filters),
		cmocka_unit_test(test_dialects),  cmocka_unit_test(test_variables),
		cmocka_unit_test(test_templates),
	};

	return cmocka_run_group_tests(tests, read_page, drop_page);
}
