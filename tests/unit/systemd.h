/* What systemd itself would do at boot with the units of a folder. */
#ifndef TESTS_SYSTEMD_H
#define TESTS_SYSTEMD_H

#include "base/run.h"
#include "base/util.h"

/* `systemd --test` works the first transaction out, prints all units and jobs, and starts nothing; not as
 * root. */
static inline void systemd_boot_plan(const char *units, struct buf *ret)
{
	auto_free char *path = xasprintf("SYSTEMD_UNIT_PATH=%s:/usr/lib/systemd/system", units);
	auto_run run = { .out = ret, .timeout_s = 120 };
	struct err err = { 0 };

	argv_addl(&run.argv, "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env", "-i",
		  "HOME=/", "PATH=/usr/bin:/bin", path, "/lib/systemd/systemd", "--test", "--system",
		  "--unit=multi-user.target", NULL);
	run_argv(&run, &err);
	assert_string_equal(err.msg, "");
}

/* The unit is started at boot, behind nothing that could be missing, and with these lines in its dump. */
static inline void systemd_starts(const char *units, const char *unit, const char *const *lines, size_t n)
{
	auto_free char *job = xasprintf("Action: %s -> start\n", unit),
		       *head = xasprintf("-> Unit %s:\n", unit);
	auto_buf plan = { 0 };
	const char *at, *end;

	systemd_boot_plan(units, &plan);
	assert_non_null(strstr(buf_str(&plan), job));
	at = strstr(buf_str(&plan), head);
	assert_non_null(at);
	end = strstr(at + 1, "-> Unit ");
	for (size_t i = 0; i < n; i++) {
		const char *found = strstr(at, lines[i]);

		if (!found || (end && found > end))
			fail_msg("%s: no \"%s\" in systemd's dump", unit, lines[i]);
	}
}

#endif
