/* Proof that a guest is what its configuration says. */
#include <time.h>

#include "base/util.h"
#include "guest/domain.h"
#include "guest/xlcfg.h"
#include "guest/xlcfg_word.h"

#define XL_S      120
#define XVDA      51712 /* 202 << 8 */
#define CONNECTED "4"
#define POLL_MS   1000

/* What XenStore and xl say of one domain. */
struct seen {
	struct domain_info info;
	struct argv store; /* lines `PATH = "VALUE"` of the backends and of data */
};

static char *store_value(const struct seen *s, const char *path)
{
	size_t len = strlen(path);

	for (size_t i = 0; i < s->store.n; i++) {
		const char *v = s->store.v[i];

		if (strncmp(v, path, len) == 0 && str_starts(v + len, " = \"")) {
			const char *end = strrchr(v, '"');

			return xstrndup(v + len + 4, (size_t)(end - v - (long)len - 4));
		}
	}
	return NULL;
}

static int look(const char *name, struct seen *s, struct err *err)
{
	auto_buf out = { 0 };
	auto_run backends = { .out = &out, .timeout_s = XL_S };
	auto_run data = { .out = &out, .timeout_s = XL_S };
	int r = domain_info(name, &s->info, err);

	argv_clear(&s->store);
	if (r || s->info.state == DOMAIN_NONE)
		return r;
	argv_addl(&backends.argv, "xenstore-ls", "-f", "/local/domain/0/backend", NULL);
	r = run_argv(&backends, err);
	argv_addl(&data.argv, "xenstore-ls", "-f", NULL);
	argv_addf(&data.argv, "/local/domain/%llu/data", (unsigned long long)s->info.id);
	if (!r)
		run_argv(&data, NULL); /* no report yet */
	argv_split(&s->store, buf_str(&out), "\n");
	return r;
}

static void wrong(json_t *list, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void wrong(json_t *list, const char *fmt, ...)
{
	auto_buf b = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	json_array_append_new(list, json_string(buf_str(&b)));
}

static void check_backend(const struct seen *s, const char *kind, unsigned dev, const char *what, json_t *bad)
{
	auto_free char *path = xasprintf("/local/domain/0/backend/%s/%llu/%u/state", kind,
					 (unsigned long long)s->info.id, dev);
	auto_free char *state = store_value(s, path);

	if (!state)
		wrong(bad, "%s: there is no backend %s", what, kind);
	else if (!str_eq(state, CONNECTED))
		wrong(bad, "%s: backend %s is in state %s, not %s (connected)", what, kind, state, CONNECTED);
}

static void check_devices(const json_t *config, const struct seen *s, json_t *bad)
{
	const json_t *v;
	size_t i;

	json_array_foreach (json_object_get(config, "disk"), i, v) {
		const char *word = json_string_value(v) ? json_string_value(v) : "";
		auto_free char *vdev = xlcfg_disk_get(word, "vdev"), *target = xlcfg_disk_get(word, "target");
		auto_free char *type = xlcfg_disk_get(word, "devtype");

		if (!vdev || strlen(vdev) < 4 || !target || str_eq(type, "cdrom"))
			continue;
		check_backend(s, str_starts(target, "/dev/") ? "vbd" : "qdisk",
			      XVDA + 16 * (unsigned)(vdev[3] - 'a'), vdev, bad);
	}
	json_array_foreach (json_object_get(config, "vif"), i, v) {
		auto_free char *what = xasprintf("nic %zu", i);

		check_backend(s, "vif", (unsigned)i, what, bad);
	}
}

/* What the guest says of itself: "type=PVH disks=xvda:vbd nics=enX0:vif emulated=no ...". */
static void check_report(const json_t *config, const char *report, json_t *bad)
{
	const char *type = xlcfg_str(config, "type");
	auto_argv w = { 0 };

	argv_split(&w, report, " ");
	for (size_t i = 0; i < w.n; i++) {
		if (str_starts(w.v[i], "type=") && type && strcasecmp(w.v[i] + 5, type) != 0)
			wrong(bad, "the guest says that it is %s, not %s", w.v[i] + 5, type);
		if (str_eq(w.v[i], "emulated=yes"))
			wrong(bad, "the guest uses an emulated device: %s", report);
	}
}

static void pause_ms(long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&ts, NULL);
}

/* Until all backends are connected and the guest has told, or the time is over. */
static int settle(const json_t *config, bool tells, unsigned wait_s, struct seen *s, struct err *err)
{
	const char *name = xlcfg_str(config, "name");
	int64_t end = clock_ms(CLOCK_MONOTONIC) + (int64_t)wait_s * 1000;

	for (;;) {
		auto_json *bad = json_array();
		auto_free char *path = NULL, *report = NULL;
		int64_t now = clock_ms(CLOCK_MONOTONIC);
		int r = look(name, s, err);

		if (r)
			return r;
		if (s->info.state != DOMAIN_NONE)
			check_devices(config, s, bad);
		path = xasprintf("/local/domain/%llu/data/xenith", (unsigned long long)s->info.id);
		report = store_value(s, path);
		if (s->info.state == DOMAIN_NONE || s->info.state == DOMAIN_CRASHED ||
		    (!json_array_size(bad) && (report || !tells)) || now >= end)
			return 0;
		pause_ms(POLL_MS);
	}
}

int guest_verify(const json_t *config, bool tells, unsigned wait_s, json_t **ret, struct err *err)
{
	const char *name = xlcfg_str(config, "name");
	json_t *report = json_object(), *bad = json_array();
	struct seen s = { 0 };
	int r = settle(config, tells, wait_s, &s, err);

	if (!r && s.info.state != DOMAIN_RUNS && s.info.state != DOMAIN_PAUSED) {
		wrong(bad, "it is %s", domain_state_name(s.info.state));
	} else if (!r) {
		auto_free char *path =
			xasprintf("/local/domain/%llu/data/xenith", (unsigned long long)s.info.id);
		auto_free char *told = store_value(&s, path);

		check_devices(config, &s, bad);
		if (told)
			check_report(config, told, bad);
		else if (tells)
			wrong(bad, "the guest has told nothing within %u s", wait_s);
		json_put_str(report, "guest", told);
	}
	argv_clear(&s.store);
	json_put_bool(report, "ok", !r && !json_array_size(bad));
	if (!r && json_array_size(bad))
		r = err_set(err, ERR_GUEST_NOT_SO, "guest %s: %s%s", name,
			    json_string_value(json_array_get(bad, 0)),
			    json_array_size(bad) > 1 ? ", and more (guest verify --json)" : "");
	json_object_set_new(report, "wrong", bad);
	*ret = report;
	return r;
}
