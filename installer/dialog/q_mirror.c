/* Where Debian comes from. */
#include "base/util.h"
#include "installer/dialog/question.h"

#define SUM_LEN 64 /* hexadecimal digits of a SHA-256 */

static enum ui_answer ask_mirror(struct answers *a)
{
	struct ui_field fields[] = {
		{ "Mirror (URL)", a->mirror, sizeof(a->mirror), false },
		{ "Suite", a->suite, sizeof(a->suite), false },
		{ "Security mirror (URL)", a->security, sizeof(a->security), false },
	};

	return ui_form("Debian mirror",
		       "Where does Debian come from? For example http://mirror.example.org/debian and, for "
		       "updates, http://mirror.example.org/debian-security (or empty).",
		       fields, ARRAY_SIZE(fields));
}

static enum ui_answer ask_image(struct answers *a)
{
	struct ui_field fields[] = {
		{ "Image (URL)", a->image, sizeof(a->image), false },
		{ "SHA-256 of its manifest", a->image_sum, sizeof(a->image_sum), false },
		{ "Mirror for updates (URL)", a->mirror, sizeof(a->mirror), false },
		{ "Suite", a->suite, sizeof(a->suite), false },
		{ "Security mirror (URL)", a->security, sizeof(a->security), false },
	};

	return ui_form(
		"Image",
		"Where is the image? xenith image build printed the checksum. The mirrors are what the "
		"installed host takes updates from (or empty).",
		fields, ARRAY_SIZE(fields));
}

static enum ui_answer ask(struct dialog *d)
{
	static const struct ui_choice kinds[] = {
		{ "packages", "from a Debian mirror, package by package", false },
		{ "image", "an image that xenith image build made", false },
	};
	struct answers *a = &d->a;
	enum ui_answer answer;

	if (!*a->mirror)
		snprintf(a->mirror, sizeof(a->mirror), "http://");
	if (!*a->suite)
		snprintf(a->suite, sizeof(a->suite), "trixie");
	do {
		size_t at = a->from_image;

		answer = ui_menu("Source", "What is the host made from?", kinds, ARRAY_SIZE(kinds), &at);
		if (answer != UI_NEXT)
			return answer;
		a->from_image = at == 1;
		answer = a->from_image ? ask_image(a) : ask_mirror(a);
	} while (answer == UI_BACK);
	return answer;
}

static void trim(char *url)
{
	for (size_t n = strlen(url); n && url[n - 1] == '/' && !str_ends(url, "://"); n--)
		url[n - 1] = '\0';
}

static bool is_url(const char *word)
{
	return strstr(word, "://") && !str_ends(word, "://");
}

static int check_image(const struct answers *a, struct err *err)
{
	if (!is_url(a->image))
		return err_set(err, ERR_IMG_URL, "an image has a URL: http://images.example.org/dom0.img");
	if (strlen(a->image_sum) != SUM_LEN || strspn(a->image_sum, "0123456789abcdefABCDEF") != SUM_LEN)
		return err_set(err, ERR_IMG_URL,
			       "the checksum has %d hexadecimal digits, as xenith image build printed them",
			       SUM_LEN);
	return 0;
}

static int check(const struct dialog *d, struct err *err)
{
	const struct answers *a = &d->a;
	int r = a->from_image ? check_image(a, err) : 0;

	if (r)
		return r;
	if (!*a->suite || (!a->from_image && !is_url(a->mirror)))
		return err_set(err, ERR_INPUT,
			       "a mirror is a URL (http://mirror.example.org/debian), and a suite a word "
			       "(trixie)");
	return 0;
}

static int prove(const struct dialog *d, const struct ks *ks, struct err *err)
{
	if (!d->opts->try_source)
		return 0;
	ui_busy(d->a.from_image ? "Trying the image ..." : "Trying the mirror ...");
	return d->opts->try_source(d->opts->arg, ks, err);
}

static void write_repo(struct ks_text *t, const char *name, const char *url, const char *proxy)
{
	auto_free char *option = text_option("--baseurl", url);

	text_line(t, "repo --name=%s%s%s", name, option, proxy);
}

static void write_image(const struct answers *a, const char *proxy, struct ks_text *t)
{
	auto_free char *url = text_option("--url", a->image);
	auto_free char *sum = text_option("--checksum", a->image_sum);

	text_line(t, "liveimg%s%s%s", url, sum, proxy);
}

static void write_lines(const struct dialog *d, struct ks_text *t)
{
	struct answers a = d->a;
	auto_free char *proxy = text_option("--proxy", a.proxy);
	auto_free char *suite = NULL;

	trim(a.mirror);
	trim(a.security);
	suite = xasprintf("%s/dists/%s", a.mirror, a.suite);
	if (a.from_image) {
		write_image(&a, proxy, t);
		if (is_url(a.mirror))
			write_repo(t, "main", suite, proxy);
	} else {
		auto_free char *url = text_option("--url", suite);

		text_line(t, "url%s%s", url, proxy);
	}
	if (*a.security) {
		free(suite);
		suite = xasprintf("%s/dists/%s-security", a.security, a.suite);
		write_repo(t, "security", suite, proxy);
	}
	explicit_bzero(&a, sizeof(a));
}

const struct question question_mirror = {
	.name = "mirror",
	.title = "Debian mirror, or image",
	.ask = ask,
	.write = write_lines,
	.check = check,
	.prove = prove,
};
