/* The manual against the tables: kickstart(5) names every command and section. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/util.h"
#include "kickstart/table.h"

static void read_page(const char *path, struct buf *b)
{
	struct err err = { 0 };

	if (file_read(path, b, &err))
		fail_msg("%s", err.msg);
}

/* The page has name as a whole word behind the macro Cm. */
static bool names(const struct buf *page, const char *name)
{
	static const char front[] = "Cm ";
	const char *s = buf_str(page);
	size_t len = strlen(name);

	while ((s = strstr(s, front))) {
		s += strlen(front);
		if (strncmp(s, name, len) == 0 && strchr(" \n", s[len]))
			return true;
	}
	return false;
}

static void expect_names(const struct buf *page, const struct ks_cmd *const *list)
{
	for (; *list; list++)
		if (!names(page, (*list)->name))
			fail_msg("man/kickstart.5 doesn't name %s: it wants a line \".Cm %s\"", (*list)->name,
				 (*list)->name);
}

static void test_kickstart(void **state)
{
	static const struct ks_cmd *const sections[] = {
		&ks_section_packages,
		&ks_section_pre,
		&ks_section_pre_install,
		&ks_section_post,
		&ks_section_onerror,
		&ks_section_traceback,
		NULL,
	};
	auto_buf page = { 0 };

	(void)state;
	read_page("man/kickstart.5", &page);
	expect_names(&page, ks_commands);
	expect_names(&page, ks_addon_commands);
	expect_names(&page, sections);
	assert_true(names(&page, "%include") && names(&page, "%ksappend"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kickstart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
