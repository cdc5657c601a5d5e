/* The host's name and its clock. */
#include "base/argv.h"
#include "base/util.h"
#include "installer/dialog/question.h"

static enum ui_answer ask(struct dialog *d)
{
	struct answers *a = &d->a;
	struct ui_field fields[] = {
		{ "Host name", a->hostname, sizeof(a->hostname), false },
		{ "Time zone", a->timezone, sizeof(a->timezone), false },
		{ "NTP servers (a,b)", a->ntp, sizeof(a->ntp), false },
	};

	if (!*a->timezone)
		snprintf(a->timezone, sizeof(a->timezone), "Etc/UTC");
	return ui_form(
		"Name and time",
		"The host's name (xen1 or xen1.example.org), its time zone (Europe/Madrid) and where it "
		"takes the time from (empty: Debian's servers).",
		fields, ARRAY_SIZE(fields));
}

static int check(const struct dialog *d, struct err *err)
{
	if (!*d->a.hostname)
		return err_set(err, ERR_INPUT, "a host has a name: xen1, for example");
	return *d->a.timezone ? 0 : err_set(err, ERR_INPUT, "a time zone is a word: Etc/UTC, for example");
}

static void write_lines(const struct dialog *d, struct ks_text *t)
{
	auto_free char *zone = text_word(d->a.timezone);
	auto_argv servers = { 0 };

	text_line(t, "timezone --utc %s", zone);
	argv_split(&servers, d->a.ntp, ", ");
	for (size_t i = 0; i < servers.n; i++) {
		auto_free char *server = text_option("--ntp-server", servers.v[i]);

		text_line(t, "timesource%s", server);
	}
}

const struct question question_name = {
	.name = "name",
	.title = "Name and time",
	.ask = ask,
	.write = write_lines,
	.check = check,
};
