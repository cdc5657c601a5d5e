/* How to log in: a password for root, an ssh key, or both. */
#include "base/util.h"
#include "installer/dialog/question.h"
#include "installer/target/settings.h"

static int keep_hash(struct answers *a, const char *password, struct err *err)
{
	auto_free char *hash = NULL;
	int r = accounts_hash(password, &hash, err);

	if (!r)
		snprintf(a->hash, sizeof(a->hash), "%s", hash);
	return r;
}

/* The password itself is gone when this returns; only its hash is kept. */
static enum ui_answer ask(struct dialog *d)
{
	struct answers *a = &d->a;
	char once[128] = "", twice[128] = "";
	struct ui_field fields[] = {
		{ "Password", once, sizeof(once), true },
		{ "The same again", twice, sizeof(twice), true },
		{ "ssh public key", a->sshkey, sizeof(a->sshkey), false },
	};
	struct err err = { 0 };
	enum ui_answer answer;
	bool again;

	do {
		answer = ui_form(
			"Logging in",
			*a->hash ? "A password for root (empty: the one given before), an ssh key for "
				   "root, or both."
				 : "A password for root, an ssh key for root, or both.",
			fields, ARRAY_SIZE(fields));
		again = answer == UI_NEXT && strcmp(once, twice) != 0;
		if (again)
			ui_message("Logging in", "The two passwords differ. Type them again.");
		else if (answer == UI_NEXT && *once && keep_hash(a, once, &err))
			ui_message("Logging in", err.msg);
		explicit_bzero(once, sizeof(once));
		explicit_bzero(twice, sizeof(twice));
	} while (again);
	return answer;
}

static int check(const struct dialog *d, struct err *err)
{
	if (!*d->a.hash && !*d->a.sshkey)
		return err_set(err, ERR_INPUT, "nobody could log in: give a password, an ssh key, or both");
	return 0;
}

static void write_lines(const struct dialog *d, struct ks_text *t)
{
	auto_free char *key = text_word(d->a.sshkey);
	auto_free char *hash = text_word(d->a.hash);

	if (*d->a.hash)
		text_line(t, "rootpw --iscrypted %s", hash);
	else
		text_line(t, "rootpw --lock");
	if (*d->a.sshkey)
		text_line(t, "sshkey --username=root %s", key);
}

const struct question question_login = {
	.name = "login",
	.title = "Logging in",
	.ask = ask,
	.write = write_lines,
	.check = check,
};
