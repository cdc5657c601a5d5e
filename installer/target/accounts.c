#include "installer/target/settings.h"

#include <crypt.h>
#include <errno.h>

#include "base/util.h"
#include "installer/target/chroot.h"

#define EXIT_NAME_USED 9 /* groupadd(8), useradd(8): a retried step finds its own work */

char *accounts_group(const char *word)
{
	char *name = xstrndup(word, strcspn(word, "("));

	if (strcmp(name, "wheel") != 0)
		return name;
	free(name);
	return xstrdup("sudo");
}

int accounts_hash(const char *plain, char **ret, struct err *err)
{
	auto_free char *salt = crypt_gensalt_ra("$y$", 0, NULL, 0);
	auto_free void *scratch = NULL;
	const char *hash = NULL;
	int size = 0;

	if (salt)
		hash = crypt_ra(plain, salt, &scratch, &size);
	if (!hash || hash[0] == '*')
		return err_sys(err, "cannot hash a password with yescrypt");
	*ret = xstrdup(hash);
	explicit_bzero(scratch, (size_t)size);
	return 0;
}

static int add_group(const char *name, const char *gid, const char *root, struct door *door, struct err *err)
{
	auto_run run = { .ok_status = EXIT_NAME_USED };

	argv_add(&run.argv, "groupadd");
	if (gid)
		argv_addl(&run.argv, "-g", gid, NULL);
	argv_add(&run.argv, name);
	return chroot_run(door, root, &run, err);
}

static int add_groups(const struct ks *ks, const char *root, struct door *door, struct err *err)
{
	int r = 0;

	for (size_t i = 0; !r && i < ks->n_user_groups; i++) {
		const struct ks_group *g = &ks->user_groups[i];
		auto_free char *gid = g->gid >= 0 ? xasprintf("%lld", (long long)g->gid) : NULL;

		r = add_group(g->name, gid, root, door, err);
		if (r)
			err_wrap(err, "%s:%u: group %s", g->at.file, g->at.line, g->name);
	}
	return r;
}

/* The groups of one user: made where they are missing ("name(gid)" chooses the number), and joined by commas.
 */
static int user_groups(const struct ks_user *u, const char *root, struct door *door, struct buf *names,
		       struct err *err)
{
	int r = 0;

	for (size_t i = 0; !r && i < u->groups.n; i++) {
		const char *word = u->groups.v[i], *open = strchr(word, '(');
		auto_free char *gid = open ? xstrndup(open + 1, strcspn(open + 1, ")")) : NULL;
		auto_free char *name = accounts_group(word);

		r = add_group(name, gid, root, door, err);
		buf_addf(names, "%s%s", names->len ? "," : "", name);
	}
	return r;
}

static int add_user(const struct ks_user *u, const char *root, struct door *door, struct err *err)
{
	auto_run run = { .ok_status = EXIT_NAME_USED };
	auto_buf groups = { 0 };
	int r = user_groups(u, root, door, &groups, err);

	if (r)
		return r;
	argv_addl(&run.argv, "useradd", "-m", "-s", u->shell ? u->shell : "/bin/bash", NULL);
	if (u->gecos)
		argv_addl(&run.argv, "-c", u->gecos, NULL);
	if (u->homedir)
		argv_addl(&run.argv, "-d", u->homedir, NULL);
	if (u->uid >= 0) {
		argv_add(&run.argv, "-u");
		argv_addf(&run.argv, "%lld", (long long)u->uid);
	}
	if (u->gid >= 0) { /* the user's own group gets that number */
		auto_free char *gid = xasprintf("%lld", (long long)u->gid);

		r = add_group(u->name, gid, root, door, err);
		argv_addl(&run.argv, "-g", u->name, NULL);
	}
	if (groups.len)
		argv_addl(&run.argv, "-G", buf_str(&groups), NULL);
	argv_add(&run.argv, u->name);
	return r ? r : chroot_run(door, root, &run, err);
}

/* Append "name:hash", as chpasswd(8) reads it. The hash is masked in the log from here on. */
static int password_line(const char *name, const char *password, bool crypted, struct door *door,
			 struct buf *b, struct err *err)
{
	auto_free char *hash = NULL;
	int r;

	log_mask(door->log, password);
	if (crypted) {
		hash = xstrdup(password);
	} else {
		r = accounts_hash(password, &hash, err);
		if (r)
			return err_wrap(err, "password of %s", name);
	}
	log_mask(door->log, hash);
	buf_addf(b, "%s:%s\n", name, hash);
	explicit_bzero(hash, strlen(hash));
	return 0;
}

/* Passwords go through a pipe: an argv can be read by everyone on the machine. */
static int set_passwords(const struct ks *ks, const char *root, struct door *door, struct err *err)
{
	auto_run run = { 0 };
	auto_buf lines = { 0 };
	int r = 0;

	if (KS_SAID(ks->rootpw) && ks->rootpw.password)
		r = password_line("root", ks->rootpw.password, ks->rootpw.iscrypted, door, &lines, err);
	for (size_t i = 0; !r && i < ks->n_users; i++)
		if (ks->users[i].password)
			r = password_line(ks->users[i].name, ks->users[i].password, ks->users[i].iscrypted,
					  door, &lines, err);
	if (!r && lines.len) {
		argv_addl(&run.argv, "chpasswd", "-e", NULL);
		run.stdin_data = lines.data;
		run.stdin_len = lines.len;
		r = chroot_run(door, root, &run, err);
	}
	if (lines.data)
		explicit_bzero(lines.data, lines.cap);
	return r;
}

int accounts_apply(const struct ks *ks, const char *root, struct door *door, struct err *err)
{
	int r = add_groups(ks, root, door, err);

	for (size_t i = 0; !r && i < ks->n_users; i++) {
		r = add_user(&ks->users[i], root, door, err);
		if (r)
			err_wrap(err, "%s:%u: user %s", ks->users[i].at.file, ks->users[i].at.line,
				 ks->users[i].name);
	}
	if (!r)
		r = set_passwords(ks, root, door, err);
	if (!r && KS_SAID(ks->rootpw) && ks->rootpw.lock)
		r = chroot_runl(door, root, err, "usermod", "-L", "root", NULL);
	for (size_t i = 0; !r && i < ks->n_users; i++)
		if (ks->users[i].lock)
			r = chroot_runl(door, root, err, "usermod", "-L", ks->users[i].name, NULL);
	return r;
}

static void password_print(const char *name, const char *password, bool crypted, bool lock, struct buf *b)
{
	if (password)
		buf_addf(b, "account %s: password *** (%s)\n", name,
			 crypted ? "as given, crypted" : "to be hashed, yescrypt");
	if (lock || (!password && strcmp(name, "root") != 0))
		buf_addf(b, "account %s: password login locked\n", name);
}

void accounts_print(const struct ks *ks, struct buf *b)
{
	for (size_t i = 0; i < ks->n_user_groups; i++)
		buf_addf(b, "group %s\n", ks->user_groups[i].name);
	for (size_t i = 0; i < ks->n_users; i++) {
		const struct ks_user *u = &ks->users[i];

		buf_addf(b, "account %s: create", u->name);
		for (size_t g = 0; g < u->groups.n; g++) {
			auto_free char *name = accounts_group(u->groups.v[g]);

			buf_addf(b, "%s%s", g ? "," : ", groups ", name);
		}
		buf_adds(b, "\n");
		password_print(u->name, u->password, u->iscrypted, u->lock, b);
	}
	if (KS_SAID(ks->rootpw))
		password_print("root", ks->rootpw.password, ks->rootpw.iscrypted, ks->rootpw.lock, b);
	else
		buf_adds(b, "account root: no password (rootpw is not said)\n");
}
