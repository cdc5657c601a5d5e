#include "iso-build/versions.h"

#include "base/run.h"
#include "base/util.h"

/* "libc6:amd64, libc6:i386: /lib/x" -> the first; others of one file are of other architectures. */
static void owners(const char *text, struct argv *ret)
{
	auto_argv lines = { 0 };

	argv_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.n; i++)
		if (!str_starts(lines.v[i], "diversion by "))
			argv_addf(ret, "%.*s", (int)strcspn(lines.v[i], ":,"), lines.v[i]);
	argv_sort_unique(ret);
}

int versions_of(const struct argv *paths, struct log *log, struct buf *ret, struct err *err)
{
	auto_run search = { 0 };
	auto_run show = { 0 };
	auto_argv names = { 0 };
	auto_buf found = { 0 };
	struct err none = { 0 };

	argv_addl(&search.argv, "dpkg-query", "-S", NULL);
	for (size_t i = 0; i < paths->n; i++) {
		argv_add(&search.argv, paths->v[i]);
		if (str_starts(paths->v[i], "/usr/"))
			argv_add(&search.argv, paths->v[i] + strlen("/usr"));
	}
	search.out = &found;
	search.log = log;
	/* It fails as soon as it doesn't know one of the files. */
	run_argv(&search, &none);
	owners(buf_str(&found), &names);
	if (!names.n)
		return err_set(err, ERR_ISO_PARTS, "dpkg-query knows no package of the medium's files: %s",
			       none.msg);
	argv_addl(&show.argv, "dpkg-query", "-W", "-f", "${Package} ${Version}\\n", NULL);
	argv_addv(&show.argv, names.v);
	show.out = ret;
	show.log = log;
	return run_argv(&show, err);
}
