#include "installer/sshd.h"

#include <signal.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/target/settings.h"
#include "kickstart/table.h"

#define PID_FILE "/run/dropbear.pid"

static bool wanted(const struct facts *facts, struct arena *arena)
{
	return facts->cmdline && facts_cmdline_get(arena, facts->cmdline, "inst.sshd");
}

static bool flag(const struct ks_other *other, const char *name)
{
	for (const struct ks_opt *opt = other->cmd->opts; opt->name; opt++)
		if (str_eq(opt->name, name))
			return ks_opt_given(other->cmd, opt, other);
	return false;
}

/* What the sshpw lines say of root: keys, and the last password (may be NULL). */
static size_t read_lines(const struct ks *ks, struct buf *keys, const struct ks_other **password)
{
	size_t n = 0;

	for (size_t i = 0; i < ks->n_others; i++) {
		const struct ks_other *o = &ks->others[i];

		if (!str_eq(o->cmd->name, "sshpw"))
			continue;
		n++;
		if (!str_eq(ks_other_word(o, "--username"), "root"))
			continue;
		if (flag(o, "--sshkey"))
			buf_addf(keys, "%s\n", ks_other_word(o, "PASSWORD"));
		else
			*password = flag(o, "--lock") ? NULL : o;
	}
	for (size_t i = 0; i < ks->n_sshkeys; i++)
		if (str_eq(ks->sshkeys[i].username, "root"))
			buf_addf(keys, "%s\n", ks->sshkeys[i].key);
	return n;
}

/* shadow(5) with root's password as a hash. */
static int write_shadow(const struct ks_other *password, struct door *door, struct err *err)
{
	const char *word = ks_other_word(password, "PASSWORD");
	auto_free char *hash = NULL;
	auto_free char *line = NULL;
	int r = 0;

	if (flag(password, "--iscrypted"))
		hash = xstrdup(word);
	else
		r = accounts_hash(word, &hash, err);
	if (r)
		return r;
	line = xasprintf("root:%s:19000:0:99999:7:::\n", hash);
	return door_write(door, "/etc/shadow", line, strlen(line), 0600, err);
}

static bool runs(void)
{
	auto_free char *pid = file_line(PID_FILE);
	uint64_t n;

	return pid && str_u64(pid, &n) && n && kill((pid_t)n, 0) == 0;
}

static int start(bool by_password, struct door *door, struct err *err)
{
	int r = door_mkdirs(door, "/etc/dropbear", 0700, err);

	if (r || runs())
		return r;
	return door_runl(door, err, "dropbear", "-R", "-P", PID_FILE, by_password ? NULL : "-s", NULL);
}

int sshd_start(const struct facts *facts, const struct ks *ks, struct arena *arena, struct door *door,
	       const char **said, struct err *err)
{
	const struct ks_other *password = NULL;
	auto_buf keys = { 0 };
	int r = 0;

	*said = NULL;
	if (!read_lines(ks, &keys, &password) && !wanted(facts, arena))
		return 0;
	if (!keys.len && !password) {
		*said = "inst.sshd: nobody can log in: sshpw or sshkey --username=root must give a key or a "
			"password";
		return 0;
	}
	if (keys.len) {
		r = door_mkdirs(door, "/root/.ssh", 0700, err);
		if (!r)
			r = door_write(door, "/root/.ssh/authorized_keys", keys.data, keys.len, 0600, err);
	}
	if (!r && password)
		r = write_shadow(password, door, err);
	if (!r)
		r = start(password != NULL, door, err);
	*said = password ? "ssh: root can log in to the installer by password"
			 : "ssh: root can log in to the installer by key";
	return r;
}
