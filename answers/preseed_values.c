/* Each answer of a preseed file by itself. */
#include "answers/preseed.h"
#include "answers/preseed_questions.h"
#include "answers/value.h"
#include "base/argv.h"
#include "base/util.h"

static const char *addresses(const char *s)
{
	const char *wrong = NULL;
	auto_argv words = { 0 };

	argv_split(&words, s, " \t,");
	for (size_t i = 0; !wrong && i < words.n; i++)
		wrong = answer_address(words.v[i]);
	return words.n ? wrong : "is no address";
}

static const char *disks(const char *s)
{
	auto_argv words = { 0 };

	argv_split(&words, s, " \t");
	for (size_t i = 0; i < words.n; i++)
		if (!str_starts(words.v[i], "/dev/"))
			return "is no path below /dev";
	return words.n ? NULL : "is no path below /dev";
}

static const char *domain_name(const char *s)
{
	return *s ? answer_hostname(s) : NULL;
}

static const char *proxy(const char *s)
{
	return *s ? answer_url(s) : NULL;
}

static const char *absolute(const char *s)
{
	return *s == '/' ? NULL : "must begin with /";
}

static const char *method(const char *s)
{
	static const char *const known[] = { "regular", "lvm", "crypto", "raid", NULL };

	for (size_t i = 0; known[i]; i++)
		if (strcmp(known[i], s) == 0)
			return NULL;
	return "is none of regular, lvm, crypto and raid";
}

static const char *plain(const char *s)
{
	(void)s;
	return "a plain-text password: answer the question with -crypted behind its name, with ${name|crypt}";
}

static const struct {
	const char *question;
	const char *(*check)(const char *s);
} rules[] = {
	{ "netcfg/get_ipaddress", answer_address },
	{ "netcfg/get_netmask", answer_netmask },
	{ "netcfg/get_gateway", answer_address },
	{ "netcfg/get_nameservers", addresses },
	{ "netcfg/get_hostname", answer_hostname },
	{ "netcfg/hostname", answer_hostname },
	{ "netcfg/get_domain", domain_name },
	{ "mirror/http/proxy", proxy },
	{ "mirror/http/directory", absolute },
	{ "passwd/root-password", plain },
	{ "passwd/root-password-again", plain },
	{ "passwd/root-password-crypted", answer_hash },
	{ "passwd/user-password", plain },
	{ "passwd/user-password-again", plain },
	{ "passwd/user-password-crypted", answer_hash },
	{ "grub-installer/password", plain },
	{ "grub-installer/password-again", plain },
	{ "partman-auto/disk", disks },
	{ "partman-auto/method", method },
	{ "partman-auto/expert_recipe", preseed_check_recipe },
};

static bool type_known(const char *type)
{
	static const char *const types[] = { "select",   "boolean", "string", "multiselect", "note",
					     "password", "text",    "title",  "error",       "seen" };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (strcmp(types[i], type) == 0)
			return true;
	return false;
}

static bool is_word(const char *type, const char *word)
{
	return strcmp(type, word) == 0;
}

/* A text where there is a choice is what Debian's own example has. */
static bool type_fits(const char *given, const char *want)
{
	return is_word(given, want) || is_word(given, "seen") ||
	       (is_word(given, "string") && (is_word(want, "select") || is_word(want, "multiselect"))) ||
	       (is_word(given, "select") && is_word(want, "string"));
}

static bool among(const char *value, size_t len, const char *choices)
{
	for (const char *s = choices; *s;) {
		size_t n = strcspn(s, ",");

		if (n == len && memcmp(s, value, n) == 0)
			return true;
		s += n;
		s += strspn(s, ", ");
	}
	return false;
}

static void check_choice(struct dialect_check *c, const struct preseed_answer *a,
			 const struct preseed_question *q)
{
	bool many = is_word(q->type, "multiselect");

	for (const char *s = a->value; *s;) {
		size_t n = many ? strcspn(s, ",") : strlen(s);

		if (!among(s, n, q->choices)) {
			dialect_error(c, a->line, a->question, "%.*s is none of its choices: %.200s%s",
				      (int)MIN(n, (size_t)60), s, q->choices,
				      strlen(q->choices) > 200 ? "..." : "");
			return;
		}
		s += n;
		s += strspn(s, ", ");
	}
}

/* Names that hold a number, and those that other parts of the installer know. */
static bool is_free(const char *question)
{
	static const char *const begins[] = { "apt-setup/local",
					      "debian-installer/",
					      "partman-auto/",
					      "preseed/",
					      "partman-lvm/confirm_nooverwrite",
					      "simple-cdd/",
					      "oem-config/",
					      "ubiquity/" };

	for (size_t i = 0; i < ARRAY_SIZE(begins); i++)
		if (str_starts(question, begins[i]))
			return true;
	return false;
}

static void check_question(struct dialect_check *c, const struct preseed_answer *a)
{
	const struct preseed_question *q = preseed_question_find(a->question);
	const char *near;

	if (q && !type_fits(a->type, q->type))
		dialect_error(c, a->line, a->question, "is of type %s, not %s", q->type, a->type);
	else if (q && q->choices && !is_word(a->type, "seen"))
		check_choice(c, a, q);
	if (q || strcmp(a->owner, "d-i") != 0 || is_free(a->question))
		return;
	near = preseed_question_nearest(a->question);
	dialect_warn(c, a->line, a->question, "is no question of debian-installer%s%s%s",
		     near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

static void check_answer(struct dialect_check *c, const struct preseed *p, const struct preseed_answer *a)
{
	const struct preseed_answer *last = preseed_find(p, a->question);

	if (!type_known(a->type)) {
		dialect_error(c, a->line, a->question, "there is no type %.40s", a->type);
		return;
	}
	if (!strchr(a->question, '/')) {
		dialect_error(c, a->line, a->question, "is no name of a question: it has no /");
		return;
	}
	if (is_word(a->type, "boolean") && answer_boolean_word(a->value))
		dialect_error(c, a->line, a->question, "%s", answer_boolean_word(a->value));
	check_question(c, a);
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		const char *wrong = strcmp(rules[i].question, a->question) == 0 && !is_word(a->type, "seen")
					    ? rules[i].check(a->value)
					    : NULL;

		if (wrong)
			dialect_error(c, a->line, a->question, "%s", wrong);
	}
	if (last && last != a && !is_word(a->type, "seen") && !is_word(last->type, "seen"))
		dialect_warn(c, a->line, a->question, "is answered again below, and that counts");
}

void preseed_check_values(struct dialect_check *c, const struct preseed *p)
{
	for (size_t i = 0; i < p->n; i++)
		check_answer(c, p, &p->v[i]);
}
