/* What lets somebody in to the installer: sshpw and sshkey lines, inst.sshd. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <unistd.h>

#include "base/util.h"
#include "installer/sshd.h"

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGqI8rUq3xeVZqcJ0m0yq8mVv1l5nJ5dUe0i7T7bq0uB a@b"

/* record: what is done, with the sizes of files; said: the line for people. */
static void lets_in(const char *text, const char *cmdline, const char *record, const char *said)
{
	struct facts facts = { .cmdline = (char *)cmdline };
	struct ks_parse_opts opts = { 0 };
	struct ks_diags diags = { 0 };
	struct arena arena = { 0 };
	struct err err = { 0 };
	struct ks ks = { 0 };
	auto_buf b = { 0 };
	struct door door = { .record = &b };
	const char *found = NULL;

	if (ks_parse("t.ks", text, strlen(text), &opts, &ks, &diags, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(sshd_start(&facts, &ks, &arena, &door, &found, &err), 0);
	assert_string_equal(buf_str(&b), record);
	assert_string_equal(found ? found : "", said);
	ks_diags_clear(&diags);
	arena_clear(&arena);
	ks_clear(&ks);
}

static void who_gets_in(void **state)
{
	(void)state;
	lets_in("sshkey --username=root \"" KEY "\"\n", "quiet", "", "");
	lets_in("sshkey --username=root \"" KEY "\"\n", "quiet inst.sshd",
		"mkdir /root/.ssh (0700)\nwrite /root/.ssh/authorized_keys (85 bytes, 0600)\n"
		"mkdir /etc/dropbear (0700)\nrun dropbear -R -P /run/dropbear.pid -s\n",
		"ssh: root can log in to the installer by key");
	lets_in("sshpw --username=root --sshkey " KEY "\n", "",
		"mkdir /root/.ssh (0700)\nwrite /root/.ssh/authorized_keys (85 bytes, 0600)\n"
		"mkdir /etc/dropbear (0700)\nrun dropbear -R -P /run/dropbear.pid -s\n",
		"ssh: root can log in to the installer by key");
	lets_in("sshpw --username=root --iscrypted $y$j9T$abc$def\n", "",
		"write /etc/shadow (39 bytes, 0600)\n"
		"mkdir /etc/dropbear (0700)\nrun dropbear -R -P /run/dropbear.pid\n",
		"ssh: root can log in to the installer by password");
	lets_in("sshpw --username=root --lock locked\n", "", "",
		"inst.sshd: nobody can log in: sshpw or sshkey --username=root must give a key or a "
		"password");
	lets_in("lang en_US\n", "inst.sshd", "",
		"inst.sshd: nobody can log in: sshpw or sshkey --username=root must give a key or a "
		"password");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(who_gets_in) };

	return cmocka_run_group_tests_name("sshd", tests, NULL, NULL);
}
