/* A network namespace for a test program, a second one at the other end of the wire, and commands in both. */
#ifndef TESTS_NETNS_H
#define TESTS_NETNS_H

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include "base/file.h"
#include "base/run.h"
#include "base/util.h"

#define PASSWD "root:x:0:0::/root:/bin/sh\nsystemd-network:x:998:998::/:/bin/false\n"
#define GROUP  "root:x:0:\nsystemd-network:x:998:\n"

/* The process whose network namespace is the other end of the wire, and its number as text. */
static pid_t peer;
static char peer_text[16];

static inline void sh(bool at_peer, struct buf *out, const char *words)
{
	auto_run run = { .out = out, .timeout_s = 20 };
	struct err err = { 0 };

	if (at_peer)
		argv_addl(&run.argv, "nsenter", "-n", "-t", peer_text, NULL);
	argv_split(&run.argv, words, " ");
	run_argv(&run, &err);
	assert_string_equal(err.msg, "");
}

static inline pid_t other_namespace(void)
{
	int ready[2];
	pid_t pid;
	char c;

	if (pipe(ready))
		return -1;
	pid = fork();
	if (pid == 0) {
		c = unshare(CLONE_NEWNET) ? 'n' : 'y';
		if (write(ready[1], &c, 1) == 1)
			for (;;)
				pause();
		_exit(1);
	}
	if (pid > 0 && (read(ready[0], &c, 1) != 1 || c != 'y')) {
		kill(pid, SIGKILL);
		pid = -1;
	}
	close(ready[0]);
	close(ready[1]);
	return pid;
}

/* The test goes on in a child that is PID 1 of a namespace: whatever it started ends with it, however it
 * ends. */
static inline bool go_on_as_init(void)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	if (unshare(CLONE_NEWPID))
		return false;
	pid = fork();
	if (pid > 0) {
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
	}
	return pid == 0 && !prctl(PR_SET_PDEATHSIG, SIGKILL) && !mount("proc", "/proc", "proc", 0, NULL);
}

/* /etc and /run become this process's own, nearly empty; the network and the processes too. NULL, or why it
 * can't be.
 */
static inline const char *go_private(void)
{
	if (geteuid() != 0)
		return "wants root, for a network namespace";
	if (unshare(CLONE_NEWNET | CLONE_NEWNS))
		return "no namespaces here";
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) || mount("etc", "/etc", "tmpfs", 0, NULL) ||
	    mount("run", "/run", "tmpfs", 0, NULL))
		return "cannot mount a tmpfs";
	/* Daemons look their users up. */
	if (file_write("/etc/passwd", PASSWD, strlen(PASSWD), 0644, NULL) ||
	    file_write("/etc/group", GROUP, strlen(GROUP), 0644, NULL))
		return "cannot write to a tmpfs";
	if (!go_on_as_init())
		return "no process namespace here";
	peer = other_namespace();
	snprintf(peer_text, sizeof(peer_text), "%d", (int)peer);
	return peer > 0 ? NULL : "no second network namespace";
}

static inline bool may_fail(bool at_peer, const char *words, struct buf *out)
{
	auto_run run = { .out = out, .timeout_s = 20 };

	if (at_peer)
		argv_addl(&run.argv, "nsenter", "-n", "-t", peer_text, NULL);
	argv_split(&run.argv, words, " ");
	return !run_argv(&run, NULL);
}

/* Those that are there, of some names. */
static inline void remove_links(const char *names)
{
	auto_argv list = { 0 };

	argv_split(&list, names, " ");
	for (size_t i = 0; i < list.n; i++) {
		auto_free char *del = xasprintf("ip link del %s", list.v[i]);

		may_fail(false, del, NULL);
	}
}

/* Until the command says it, 30 s at most; log is shown if it never does. */
static inline void comes_to_say(const char *command, const char *want, const char *log)
{
	const struct timespec tick = { .tv_nsec = 200 * 1000 * 1000 };
	auto_buf text = { 0 };

	for (int i = 0; i < 150; i++) {
		auto_buf b = { 0 };

		if (may_fail(false, command, &b) && strstr(buf_str(&b), want))
			return;
		nanosleep(&tick, NULL);
	}
	file_read(log, &text, NULL);
	fail_msg("%s: never said \"%s\"; %s:\n%s", command, want, log, buf_str(&text));
}

static inline void says(const char *command, const char *want)
{
	auto_buf b = { 0 };

	sh(false, &b, command);
	if (!strstr(buf_str(&b), want))
		fail_msg("%s: no \"%s\" in:\n%s", command, want, buf_str(&b));
}

static inline void says_not(const char *command, const char *unwanted)
{
	auto_buf b = { 0 };

	sh(false, &b, command);
	if (strstr(buf_str(&b), unwanted))
		fail_msg("%s: \"%s\" in:\n%s", command, unwanted, buf_str(&b));
}

#define DHCP_POOL "192.0.2.100,192.0.2.100,255.255.255.0,1h"
#define RA_PREFIX "2001:db8::,ra-only"

/* A DHCP server behind the peer's interface gw, or a router that advertises itself there. */
static inline pid_t start_dnsmasq(const char *range)
{
	auto_free char *word = xasprintf("--dhcp-range=%s", range);
	auto_buf version = { 0 };
	pid_t pid;

	sh(false, &version, "dnsmasq --version"); /* fails by name where it isn't installed */
	pid = fork();
	if (pid == 0) {
		execlp("nsenter", "nsenter", "-n", "-t", peer_text, "dnsmasq", "--keep-in-foreground",
		       "--conf-file=/dev/null", "--user=root", "--pid-file=", "--port=0", "--interface=gw",
		       "--log-facility=/run/dnsmasq.log", "--dhcp-leasefile=/run/dnsmasq.leases", word,
		       "--enable-ra", "--dhcp-option=3,192.0.2.1", "--dhcp-option=6,192.0.2.53,192.0.2.54",
		       "--dhcp-option=15,example.org", "--dhcp-option=option6:dns-server,[2001:db8::53]",
		       "--dhcp-authoritative", "--no-ping", NULL);
		_exit(127);
	}
	return pid;
}

static inline void stop(pid_t pid)
{
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
}

#endif
