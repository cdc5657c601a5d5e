#include "guest/domain.h"

#include <time.h>

#include "base/util.h"

#define XL_S        120
#define XL_CREATE_S 900
#define POLL_MS     1000
#define TRIES       3

static void sleep_ms(long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&ts, NULL);
}

static int64_t now_s(void)
{
	return clock_ms(CLOCK_MONOTONIC) / 1000;
}

const char *domain_state_name(enum domain_state state)
{
	static const char *const names[] = { "off", "running", "paused", "shut down", "crashed" };

	return names[state];
}

/* xl list's letters: r b p s c d. */
static enum domain_state state_of(const char *letters)
{
	if (strchr(letters, 'c'))
		return DOMAIN_CRASHED;
	if (strchr(letters, 's') || strchr(letters, 'd'))
		return DOMAIN_SHUTDOWN;
	return strchr(letters, 'p') ? DOMAIN_PAUSED : DOMAIN_RUNS;
}

/* "web1   3  1024  2  -b----  12.3" */
static bool info_line(const char *line, const char *name, struct domain_info *ret)
{
	auto_argv w = { 0 };

	argv_split(&w, line, " \t");
	if (w.n < 6 || !str_eq(w.v[0], name))
		return false;
	str_u64(w.v[1], &ret->id);
	str_u64(w.v[2], &ret->memory_mib);
	str_u64(w.v[3], &ret->vcpus);
	ret->state = state_of(w.v[4]);
	ret->seconds = strtoull(w.v[5], NULL, 10);
	return true;
}

int domain_info(const char *name, struct domain_info *ret, struct err *err)
{
	auto_buf out = { 0 };
	auto_run run = { .out = &out, .timeout_s = XL_S };
	auto_argv lines = { 0 };
	int r;

	argv_addl(&run.argv, "xl", "list", NULL);
	r = run_argv(&run, err);
	if (r)
		return r;
	*ret = (struct domain_info){ 0 };
	argv_split(&lines, buf_str(&out), "\n");
	for (size_t i = 0; i < lines.n; i++)
		if (info_line(lines.v[i], name, ret))
			break;
	return 0;
}

/* libxl gives a hotplug script 40 s (LIBXL_HOTPLUG_TIMEOUT), which a busy host may need longer for. */
static bool was_busy(const struct err *err)
{
	return strstr(err->msg, "/etc/xen/scripts/") && strstr(err->msg, "because of timeout");
}

int domain_create(const char *config, struct door *door, struct err *err)
{
	for (unsigned try = 1;; try++) {
		struct err one = { 0 };
		int r = door_runl_for(door, XL_CREATE_S, &one, "xl", "create", config, NULL);

		if (!r)
			return 0;
		if (try == TRIES || !was_busy(&one))
			return err_copy(err, &one);
	}
}

int domain_pause(const char *name, bool pause, struct door *door, struct err *err)
{
	return door_runl_for(door, XL_S, err, "xl", pause ? "pause" : "unpause", name, NULL);
}

int domain_destroy(const char *name, struct door *door, struct err *err)
{
	return door_runl_for(door, XL_CREATE_S, err, "xl", "destroy", name, NULL);
}

int domain_wait_end(const char *name, unsigned timeout_s, struct err *err)
{
	int64_t until = now_s() + timeout_s;
	struct domain_info info;

	for (;;) {
		int r = domain_info(name, &info, err);

		if (r || info.state == DOMAIN_NONE || info.state == DOMAIN_SHUTDOWN)
			return r;
		if (info.state == DOMAIN_CRASHED)
			return err_set(err, ERR_GUEST_CRASHED,
				       "guest %s has crashed; xl console and xl dmesg say more", name);
		if (now_s() >= until)
			return err_set(err, ERR_GUEST_STATE, "guest %s still runs after %u s", name,
				       timeout_s);
		sleep_ms(POLL_MS);
	}
}

int domain_stop(const char *name, unsigned timeout_s, bool force, struct door *door, struct err *err)
{
	/* PV drivers hear it, or else ACPI's power button (-F). */
	int r = door_runl_for(door, XL_S, err, "xl", "shutdown", "-F", name, NULL);

	if (!r && !door->record)
		r = domain_wait_end(name, timeout_s, err);
	if (!r || !force)
		return r;
	return domain_destroy(name, door, err);
}
