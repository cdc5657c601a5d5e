/* What target_apply would stumble over, told before anything is written. */
#include "installer/target/target.h"

#include <crypt.h>

#include "base/util.h"
#include "installer/target/settings.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGIT "0123456789"

static bool only(const char *s, const char *allowed)
{
	return *s && s[strspn(s, allowed)] == '\0';
}

/* useradd(8)'s and groupadd(8)'s rule. */
static bool name_ok(const char *name)
{
	return name && strlen(name) <= 32 && strchr(LOWER "_", *name) && only(name, LOWER DIGIT "_-");
}

static void say(struct buf *b, const struct ks_at *at, const char *word, const char *reason)
{
	buf_addf(b, "%s:%u: %s: %s\n", at->file ? at->file : "kickstart", at->line, word, reason);
}

/*
 * A line of chpasswd(8)'s input must stay one, and what is no hash locks the account without a word. Old DES
 * hashes have no prefix but a length of 13, crypt(5).
 */
static void check_hash(const struct ks_at *at, const char *command, const char *hash, struct buf *b)
{
	bool shape = *hash == '$' ? crypt_checksalt(hash) != CRYPT_SALT_INVALID : strlen(hash) == 13;

	if (strpbrk(hash, ":\n") || (!shape && *hash != '*' && *hash != '!'))
		say(b, at, command,
		    "the password after --iscrypted is no crypt(5) hash (they begin with $y$ or $6$)");
}

static void check_accounts(const struct ks *ks, struct buf *b)
{
	if (KS_SAID(ks->rootpw) && ks->rootpw.password && ks->rootpw.iscrypted)
		check_hash(&ks->rootpw.at, "rootpw", ks->rootpw.password, b);
	for (size_t i = 0; i < ks->n_user_groups; i++)
		if (!name_ok(ks->user_groups[i].name))
			say(b, &ks->user_groups[i].at,
			    ks->user_groups[i].name ? ks->user_groups[i].name : "group",
			    "no name for a group: a-z, 0-9, _ and -, at most 32, beginning with a letter");
	for (size_t i = 0; i < ks->n_users; i++) {
		const struct ks_user *u = &ks->users[i];

		if (!name_ok(u->name))
			say(b, &u->at, u->name ? u->name : "user",
			    "no name for an account: a-z, 0-9, _ and -, at most 32, beginning with a letter");
		if (u->password && u->iscrypted)
			check_hash(&u->at, "user", u->password, b);
		for (size_t g = 0; g < u->groups.n; g++) {
			auto_free char *name = accounts_group(u->groups.v[g]);

			if (!name_ok(name))
				say(b, &u->at, u->groups.v[g], "no name for a group");
		}
	}
	for (size_t i = 0; i < ks->n_sshkeys; i++)
		if (!name_ok(ks->sshkeys[i].username))
			say(b, &ks->sshkeys[i].at, "sshkey", "--username is no name of an account");
}

/* These end in files that shells read. */
static void check_words(const struct ks *ks, struct buf *b)
{
	auto_free char *locale = locale_name(ks->lang.lang);
	const char *zone = KS_SAID(ks->timezone) ? ks->timezone.timezone : NULL;
	struct keyboard kb = { 0 };

	if (!only(locale, LOWER UPPER DIGIT "_.@-"))
		say(b, &ks->lang.at, "lang", "no name of a locale; one is es_ES.UTF-8");
	keyboard_make(&ks->keyboard, &kb);
	if (!only(kb.layout, LOWER DIGIT "_,-") ||
	    (*kb.variant && !only(kb.variant, LOWER UPPER DIGIT "_,-")) ||
	    (*kb.options && !only(kb.options, LOWER UPPER DIGIT "_,:-")))
		say(b, &ks->keyboard.at, "keyboard", "no name of a keymap or layout; one is us");
	keyboard_clear(&kb);
	if (zone && (!only(zone, LOWER UPPER DIGIT "_+-/") || *zone == '/'))
		say(b, &ks->timezone.at, zone, "no name of a time zone; one is Atlantic/Canary");
	if (ks->report.url && strpbrk(ks->report.url, " \t\n"))
		say(b, &ks->report.at, "report", "--url has a blank in it");
}

int target_check(const struct ks *ks, struct err *err)
{
	auto_buf b = { 0 };

	check_accounts(ks, &b);
	check_words(ks, &b);
	return b.len ? err_set(err, ERR_KS_VALUE, "%s", buf_str(&b)) : 0;
}
