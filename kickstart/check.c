/* Faults that the language allows. Parts: check_net.c for addresses, check_disk.c for storage. */
#include "base/util.h"
#include "kickstart/check.h"

void ks_fault(struct ks_fault *f, const struct ks_at *at, const char *word, const char *fmt, ...)
{
	auto_buf reason = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&reason, fmt, ap);
	va_end(ap);
	ks_diag_add(f->diags, f->severity, at && at->file ? at->file : f->file, at ? at->line : 0, word, "%s",
		    buf_str(&reason));
}

/* Syntax alone: Area/City, or a name like UTC. */
static bool is_timezone(const char *s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/";

	return *s && *s != '/' && !s[strspn(s, letters)] && !str_ends(s, "/") && !strstr(s, "//");
}

/* ll[l][_CC][.codeset][@modifier], C or POSIX: locale(7). */
static bool is_locale(const char *s)
{
	static const char lower[] = "abcdefghijklmnopqrstuvwxyz", upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char codeset[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
	size_t n = strspn(s, lower);

	if (strcmp(s, "C") == 0 || strcmp(s, "POSIX") == 0 || str_starts(s, "C."))
		return true;
	if (n < 2 || n > 3)
		return false;
	s += n;
	if (*s == '_') {
		if (strspn(s + 1, upper) != 2)
			return false;
		s += 3;
	}
	if (*s == '.') {
		n = strspn(s + 1, codeset);
		if (!n)
			return false;
		s += 1 + n;
	}
	return !*s || (*s == '@' && s[1] && !s[1 + strspn(s + 1, codeset)]);
}

static void check_localisation(const struct ks *ks, struct ks_fault *f)
{
	const struct ks_list *extra = &ks->lang.addsupport;

	if (ks->timezone.timezone && !is_timezone(ks->timezone.timezone))
		ks_fault(f, &ks->timezone.at, ks->timezone.timezone, "is no time zone: Area/City is wanted");
	if (ks->lang.lang && !is_locale(ks->lang.lang))
		ks_fault(f, &ks->lang.at, ks->lang.lang, "is no locale: one like en_US.UTF-8 is wanted");
	for (size_t i = 0; i < extra->n; i++)
		if (!is_locale(extra->v[i]))
			ks_fault(f, &ks->lang.at, extra->v[i],
				 "is no locale: one like en_US.UTF-8 is wanted");
}

static bool is_crypted(const char *s)
{
	return s[0] == '$' && s[1] && strchr(s + 2, '$') && !strpbrk(s, " :");
}

static void check_accounts(const struct ks *ks, struct ks_fault *f)
{
	const struct ks_rootpw *root = &ks->rootpw;

	if (root->iscrypted && root->password && !is_crypted(root->password))
		ks_fault(f, &root->at, "rootpw",
			 "the password is no hash of crypt(5), but --iscrypted says so");
	for (size_t i = 0; i < ks->n_users; i++) {
		const struct ks_user *u = &ks->users[i];
		static const char letters[] =
			"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.$";

		if (u->iscrypted && u->password && !is_crypted(u->password))
			ks_fault(f, &u->at, u->name,
				 "the password is no hash of crypt(5), but --iscrypted says so");
		if (u->name && (!*u->name || *u->name == '-' || u->name[strspn(u->name, letters)]))
			ks_fault(f, &u->at, u->name, "is no user name");
		for (size_t j = 0; j < i; j++)
			if (str_eq(u->name, ks->users[j].name))
				ks_fault(f, &u->at, u->name, "was already made on line %u",
					 ks->users[j].at.line);
	}
}

static void check_services(const struct ks *ks, struct ks_fault *f)
{
	const struct ks_list *on = &ks->services.enabled;

	for (size_t i = 0; i < on->n; i++)
		if (ks_list_has(&ks->services.disabled, on->v[i]))
			ks_fault(f, &ks->services.at, on->v[i], "is both enabled and disabled");
}

static void check_repeats(const struct ks *ks, struct ks_fault *f)
{
	for (size_t i = 0; i < ks->n_repeats; i++) {
		const struct ks_repeat *r = &ks->repeats[i];

		if (!r->word)
			ks_fault(f, &r->at, r->command,
				 "said again, it forgets %s of line %u: give both on one line", r->lost,
				 r->before);
		else if (r->lost)
			ks_fault(f, &r->at, r->word, "contradicts %s of line %u: only the last one counts",
				 r->lost, r->before);
		else
			ks_fault(f, &r->at, r->word[0] == '-' ? r->word : r->command,
				 "takes the place of what %s said on line %u", r->command, r->before);
	}
}

void ks_check_lint(const struct ks *ks, enum ks_severity severity, struct ks_diags *diags)
{
	struct ks_fault f = { .severity = severity, .diags = diags, .file = ks->file };

	check_localisation(ks, &f);
	check_accounts(ks, &f);
	check_services(ks, &f);
	ks_check_net(ks, &f);
	ks_check_disk(ks, &f);
	check_repeats(ks, &f);
	ks_diags_sort(diags);
}

static bool is_source_url(const char *url)
{
	static const char *const schemes[] = { "http://", "https://", "ftp://", "file://", "nfs://", "nfs:" };

	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++)
		if (str_starts(url, schemes[i]) && url[strlen(schemes[i])])
			return true;
	return false;
}

static void check_source(const struct ks *ks, struct ks_fault *f)
{
	const struct {
		const char *command;
		const struct ks_at *at;
	} all[] = { { "url", &ks->url.at },
		    { "nfs", &ks->nfs.at },
		    { "cdrom", &ks->cdrom.at },
		    { "harddrive", &ks->harddrive.at },
		    { "liveimg", &ks->liveimg.at } },
	  *first = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		if (!all[i].at->line || (!i && !ks->url.url && !ks->url.mirrorlist && !ks->url.metalink))
			continue;
		if (first)
			ks_fault(f, all[i].at, all[i].command, "contradicts %s on line %u", first->command,
				 first->at->line);
		else
			first = &all[i];
	}
	if (!first)
		ks_fault(f, NULL, "url",
			 "no install source: url --url=MIRROR/dists/SUITE, nfs, cdrom, harddrive or "
			 "liveimg --url=IMAGE is needed");
	if (KS_SAID(ks->harddrive) && !ks->harddrive.partition)
		ks_fault(f, &ks->harddrive.at, "--biospart",
			 "is not known to this installer: --partition is");
	if (ks->url.url && !is_source_url(ks->url.url))
		ks_fault(f, &ks->url.at, "--url", "is no http, https, ftp, nfs or file URL");
	if (ks->liveimg.url && !is_source_url(ks->liveimg.url))
		ks_fault(f, &ks->liveimg.at, "--url", "is no http, https, ftp, nfs or file URL");
	for (size_t i = 0; i < ks->n_repos; i++)
		if (ks->repos[i].baseurl && !is_source_url(ks->repos[i].baseurl))
			ks_fault(f, &ks->repos[i].at, "--baseurl", "is no http, https, ftp, nfs or file URL");
}

static void check_login(const struct ks *ks, struct ks_fault *f)
{
	bool can = ks->n_sshkeys > 0 || (ks->rootpw.password && !ks->rootpw.lock);

	for (size_t i = 0; i < ks->n_users; i++)
		can = can || (ks->users[i].password && !ks->users[i].lock);
	if (!can)
		ks_fault(f, NULL, "rootpw",
			 "nobody could log in: rootpw, sshkey or a user with a password is needed");
}

void ks_check_install(const struct ks *ks, struct ks_diags *diags)
{
	struct ks_fault f = { .severity = KS_ERROR, .diags = diags, .file = ks->file };

	check_source(ks, &f);
	ks_check_root(ks, &f);
	check_login(ks, &f);
	ks_check_lint(ks, KS_ERROR, diags);
}
