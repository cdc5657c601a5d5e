#include "installer/target/settings.h"

#include "base/file.h"
#include "base/util.h"
#include "installer/target/chroot.h"

/* The home folder of an account, from the target's passwd(5); free(3). */
static char *home_of(const struct ks *ks, const char *root, const char *name)
{
	auto_free char *path = path_join(root, "etc/passwd");
	auto_free char *want = xasprintf("%s:", name);
	auto_argv lines = { 0 };
	auto_buf text = { 0 };

	for (size_t i = 0; i < ks->n_users; i++)
		if (str_eq(ks->users[i].name, name) && ks->users[i].homedir)
			return xstrdup(ks->users[i].homedir);
	if (!file_read(path, &text, NULL))
		argv_split(&lines, buf_str(&text), "\n");
	for (size_t i = 0; i < lines.n; i++) {
		const char *p = lines.v[i];

		if (!str_starts(p, want))
			continue;
		for (int field = 0; p && field < 5; field++) {
			p = strchr(p, ':');
			p = p ? p + 1 : NULL;
		}
		if (p && *p == '/')
			return xstrndup(p, strcspn(p, ":"));
	}
	return strcmp(name, "root") == 0 ? xstrdup("/root") : xasprintf("/home/%s", name);
}

/* sshd(8) refuses keys in a folder or file that others could write. */
static int write_keys(const struct ks *ks, const char *name, const char *root, struct door *door,
		      struct err *err)
{
	auto_free char *home = home_of(ks, root, name);
	auto_free char *inside = path_join(home, ".ssh");
	auto_free char *dir = path_join(root, inside);
	auto_free char *file = path_join(dir, "authorized_keys");
	auto_free char *owner = xasprintf("%s:", name);
	auto_buf text = { 0 };
	int r;

	for (size_t i = 0; i < ks->n_sshkeys; i++)
		if (str_eq(ks->sshkeys[i].username, name))
			buf_addf(&text, "%s\n", ks->sshkeys[i].key);
	r = door_mkdirs(door, dir, 0700, err);
	if (!r)
		r = door_write(door, file, text.data, text.len, 0600, err);
	if (!r)
		r = chroot_runl(door, root, err, "chown", "-R", owner, inside, NULL);
	return r;
}

static bool first_key_of(const struct ks *ks, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (str_eq(ks->sshkeys[k].username, ks->sshkeys[i].username))
			return false;
	return true;
}

int sshkeys_apply(const struct ks *ks, const char *root, struct door *door, struct err *err)
{
	auto_free char *sshd = path_join(root, "usr/sbin/sshd");
	auto_free char *conf = path_join(root, "etc/ssh/sshd_config.d/xenith.conf");
	static const char allow[] = "PermitRootLogin yes\n";
	int r = 0;

	for (size_t i = 0; !r && i < ks->n_sshkeys; i++)
		if (first_key_of(ks, i)) {
			r = write_keys(ks, ks->sshkeys[i].username, root, door, err);
			if (r)
				err_wrap(err, "%s:%u: sshkey", ks->sshkeys[i].at.file,
					 ks->sshkeys[i].at.line);
		}
	if (!r && KS_SAID(ks->rootpw) && ks->rootpw.allow_ssh)
		r = door_write(door, conf, allow, sizeof(allow) - 1, 0644, err);
	/* Keys that are there stay; an image comes without any. */
	if (!r && file_exists(sshd))
		r = chroot_runl(door, root, err, "ssh-keygen", "-A", NULL);
	return r;
}

void sshkeys_print(const struct ks *ks, struct buf *b)
{
	for (size_t i = 0; i < ks->n_sshkeys; i++)
		buf_addf(b, "ssh key for %s: %s\n", ks->sshkeys[i].username, ks->sshkeys[i].key);
	if (KS_SAID(ks->rootpw) && ks->rootpw.allow_ssh)
		buf_adds(b, "sshd: root may log in with a password\n");
}
