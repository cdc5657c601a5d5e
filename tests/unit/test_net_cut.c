/*
 * The power fails in a change of the network. tests/uml.sh runs it in a machine whose /etc and /var are on a
 * disk, twice for each moment: `change MOMENT` makes the change and switches the machine off at that moment,
 * without writing back what is in memory; `boot old|new` does what the next boot does, and looks.
 */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/reboot.h>
#include <cmocka.h>

#include "netbridge/change.h"
#include "netbridge/kind.h"
#include "tests/unit/netns.h"
#include "tests/unit/netplan.h"

#define LINES                                                                                          \
	"network --device=xenbr0 --bridgeslaves=eno1 --bootproto=static --ip=192.0.2.11 --netmask=24 " \
	"--gateway=192.0.2.1 --noipv6\n"
#define OLD      "/etc/systemd/network/10-old.network"
#define OLD_TEXT "[Match]\nName=eno1\n\n[Network]\nAddress=192.0.2.9/24\n"
#define PENDING  "/var/lib/xenith/net-change/"

static struct nic_facts nics[] = { { .name = "eno1", .mac = "52:54:00:12:34:10" } };
static const struct facts facts = { .nics = nics, .n_nics = ARRAY_SIZE(nics) };

/* path is what appears first; gone: or what disappears. Neither: once the command has returned. */
static const struct {
	const char *name, *path;
	bool gone;
} moments[] = {
	{ "kept", PENDING "0", false },
	{ "listed", PENDING "list", false },
	{ "written", "/etc/systemd/network/30-xenbr0.network", false },
	{ "removed", OLD, true },
	{ "applied", NULL, false },
	{ "confirmed", NULL, false },
};

static void cut(void)
{
	reboot(RB_POWER_OFF); /* nothing is synced by this call */
	_exit(1);
}

static void cut_when(const char *path, bool gone)
{
	if (fork() == 0)
		for (;;)
			if (file_exists(path) != gone)
				cut();
}

static int change(const char *moment)
{
	struct net_change_opts opts = { .timer_s = 600 };
	struct planned host = { 0 };
	auto_buf done = { 0 };
	struct err err = { 0 };

	may_fail(false, "ip link add eno1 address 52:54:00:12:34:10 type veth peer name gw", NULL);
	may_fail(false, "ip link set gw up", NULL);
	if (file_write(OLD, OLD_TEXT, strlen(OLD_TEXT), 0644, &err))
		goto failed;
	sync();
	for (size_t i = 0; i < ARRAY_SIZE(moments); i++)
		if (str_eq(moments[i].name, moment) && moments[i].path)
			cut_when(moments[i].path, moments[i].gone);
	if (plan_try(&facts, LINES, &host, &err) || net_change_apply(&host.plan, &opts, NULL, &done, &err))
		goto failed;
	if (str_eq(moment, "confirmed") && net_guard_confirm(NULL, &err))
		goto failed;
	cut();
failed:
	printf("%s\n", err.msg);
	return 1;
}

static bool has(const char *path, const char *want)
{
	auto_buf text = { 0 };

	return !file_read(path, &text, NULL) && str_eq(buf_str(&text), want);
}

/* All files of the one side, none of the other's. */
static bool is(bool new)
{
	struct net_units units = { 0 };
	struct planned host = { 0 };
	struct err err = { 0 };
	bool all = has(OLD, OLD_TEXT) != new &&file_exists(OLD) != new;

	plan_try(&facts, LINES, &host, &err);
	net_units_make(&host.plan, &units);
	for (size_t i = 0; i < units.n; i++)
		all = all &&
		      (new ? has(units.v[i].name, buf_str(&units.v[i].text)) : !file_exists(units.v[i].name));
	return all && units.n;
}

static int boot(const char *want)
{
	bool restored = false, right;
	struct err err = { 0 };
	int r;

	may_fail(false, "ip link add eno1 address 52:54:00:12:34:10 type veth peer name gw", NULL);
	r = net_guard_boot(NULL, &restored, &err);
	right = !r && is(str_eq(want, "new")) && !file_exists(PENDING "list");
	printf("%s%s; %s\n", right ? "right" : "WRONG: not ", right ? "" : want,
	       r          ? err.msg
	       : restored ? "restored"
			  : "nothing to restore");
	return !right;
}

int main(int argc, char **argv)
{
	if (argc == 3 && str_eq(argv[1], "change"))
		return change(argv[2]);
	if (argc == 3 && str_eq(argv[1], "boot"))
		return boot(argv[2]);
	puts("1..0 # SKIP it switches the machine off: see make check-uml");
	return 0;
}
