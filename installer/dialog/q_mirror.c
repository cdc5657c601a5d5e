/* Where Debian comes from. */
#include "base/util.h"
#include "installer/dialog/question.h"

static enum ui_answer ask(struct dialog *d)
{
	struct answers *a = &d->a;
	struct ui_field fields[] = {
		{ "Mirror (URL)", a->mirror, sizeof(a->mirror), false },
		{ "Suite", a->suite, sizeof(a->suite), false },
		{ "Security mirror (URL)", a->security, sizeof(a->security), false },
	};

	if (!*a->mirror)
		snprintf(a->mirror, sizeof(a->mirror), "http://");
	if (!*a->suite)
		snprintf(a->suite, sizeof(a->suite), "trixie");
	return ui_form("Debian mirror",
		       "Where does Debian come from? For example http://mirror.example.org/debian and, for "
		       "updates, http://mirror.example.org/debian-security (or empty).",
		       fields, ARRAY_SIZE(fields));
}

static void trim(char *url)
{
	for (size_t n = strlen(url); n && url[n - 1] == '/' && !str_ends(url, "://"); n--)
		url[n - 1] = '\0';
}

static int check(const struct dialog *d, struct err *err)
{
	if (!*d->a.suite || !strstr(d->a.mirror, "://") || str_ends(d->a.mirror, "://"))
		return err_set(err, ERR_INPUT,
			       "a mirror is a URL (http://mirror.example.org/debian), and a suite a word "
			       "(trixie)");
	return 0;
}

static int prove(const struct dialog *d, const struct ks *ks, struct err *err)
{
	if (!d->opts->try_mirror)
		return 0;
	ui_busy("Trying the mirror ...");
	return d->opts->try_mirror(d->opts->arg, ks, err);
}

static void write_lines(const struct dialog *d, struct ks_text *t)
{
	struct answers a = d->a;
	auto_free char *proxy = text_option("--proxy", a.proxy);
	auto_free char *main_suite = NULL;
	auto_free char *main_url = NULL;

	trim(a.mirror);
	trim(a.security);
	main_suite = xasprintf("%s/dists/%s", a.mirror, a.suite);
	main_url = text_option("--url", main_suite);
	text_line(t, "url%s%s", main_url, proxy);
	if (*a.security) {
		auto_free char *suite = xasprintf("%s/dists/%s-security", a.security, a.suite);
		auto_free char *url = text_option("--baseurl", suite);

		text_line(t, "repo --name=security%s%s", url, proxy);
	}
	explicit_bzero(&a, sizeof(a));
}

const struct question question_mirror = {
	.name = "mirror",
	.title = "Debian mirror",
	.ask = ask,
	.write = write_lines,
	.check = check,
	.prove = prove,
};
