#include "guest/create.h"

#include "base/file.h"
#include "base/util.h"
#include "guest/autostart.h"
#include "guest/console.h"
#include "guest/domain.h"
#include "guest/installer.h"
#include "guest/owner.h"
#include "guest/record.h"
#include "guest/root.h"
#include "guest/volume.h"
#include "guest/xlcfg.h"
#include "installer/target/settings.h"

#define DEFAULT_S 3600

static void say(const struct guest_create *c, const char *what)
{
	if (c->say)
		c->say(c->say_arg, c->plan->name, what);
}

static int write_config(const struct guest_create *c, struct guest_journal *j, struct door *door,
			struct err *err)
{
	const struct guest_plan *plan = c->plan;
	auto_free char *link =
		xasprintf(GUEST_START_DIR "/%02llu-%s", (unsigned long long)plan->spec->order, plan->name);
	auto_free char *target = xasprintf("../%s.cfg", plan->name);
	auto_json *record = guest_plan_json(plan);
	int r;

	json_object_del(record, "config");
	json_object_del(record, "install");
	json_put_u64(record, "delay_s", plan->spec->delay_s);
	r = guest_files_write(plan->name, "guest create", plan->config, record, j, door, err);
	if (r || !plan->spec->autostart)
		return r;
	r = units_guests("/", door, err);
	if (!r)
		r = door_mkdirs(door, GUEST_START_DIR, 0755, err);
	if (!r)
		r = guest_journal_add(j, "link", link, err);
	return r ? r : door_symlink(door, target, link, err);
}

static int make_system(const struct guest_create *c, struct guest_journal *j, struct door *door,
		       struct err *err)
{
	switch (c->plan->spec->route) {
	case GUEST_DIRECT:
		say(c, "writing its root");
		return guest_root_make(c->plan, c->answers, j, c->progress, door, err);
	case GUEST_IMAGE:
		say(c, "streaming its image");
		return guest_root_make(c->plan, c->answers, j, c->progress, door, err);
	case GUEST_INSTALLER:
		say(c, "booting its installer");
		return guest_installer_run(c->plan, c->answers, j, c->timeout_s ? c->timeout_s : DEFAULT_S,
					   door, err);
	case GUEST_DISK:
		break;
	}
	return c->answers->n_files ? guest_seed_make(c->plan, c->answers, j, door, err) : 0;
}

/* What a guest that is taken back printed is all that is left of it. */
static int with_console(const char *log, int r, struct err *err)
{
	auto_free char *tail = console_tail(log);

	return tail ? err_wrap(err, "its first boot (%s has its console, which ends: %s)", log, tail) : r;
}

/* Its first boot by itself, and the proof. The report stays with the guest. */
static int start(const struct guest_create *c, struct guest_journal *j, struct door *door, struct err *err)
{
	const struct guest_plan *plan = c->plan;
	bool tells = plan->spec->route == GUEST_DIRECT || plan->spec->route == GUEST_IMAGE;
	auto_free char *log = xasprintf("/var/log/xenith/guest-%s-boot.log", plan->name);
	struct domain_info info = { 0 };
	struct err proof = { 0 };
	json_t *report = NULL, *record;
	pid_t console = 0;
	bool medium;
	int r = guest_journal_add(j, "domain", plan->name, err);

	say(c, "starting");
	if (!r)
		r = domain_create(plan->config_path, door, err);
	if (r || door->record)
		return r;
	unlink(log);
	console_record(plan->name, log, &console, NULL);
	/* Who boots a medium decides what becomes of it: it may stay in its boot loader for ever. */
	medium = plan->spec->route == GUEST_DISK && plan->spec->iso;
	r = guest_verify(plan->config, tells,
			 medium         ? 0
			 : c->timeout_s ? c->timeout_s
					: DEFAULT_S,
			 &report, &proof);
	console_stop(console);
	if (r && (!medium || domain_info(plan->name, &info, err) || info.state != DOMAIN_RUNS))
		r = with_console(log, err_copy(err, &proof), err);
	else
		r = 0;
	record = guest_record_read(plan->name);
	json_object_set_new(record, "verify", report ? report : json_null());
	if (!r)
		r = guest_record_write(plan->name, record, door, err);
	json_decref(record);
	return r;
}

/* One that is not started is no host's yet. */
static int let_go(const struct guest_create *c, struct door *door, struct err *err)
{
	auto_argv lvs = { 0 };

	guest_plan_lvs(c->plan, &lvs);
	return guest_disown(c->host, &lvs, door, err);
}

int guest_create(const struct guest_create *c, struct door *door, struct err *err)
{
	struct guest_journal j = { .fd = -1 };
	struct err undo = { 0 };
	int r = guest_journal_open(c->plan->name, &j, err);

	if (!r)
		r = guest_root_check(c->plan, c->answers, door, err);
	if (r) {
		guest_journal_close(&j);
		return r;
	}
	say(c, "making its volumes");
	r = guest_volumes_make(c->plan, c->host, &j, door, err);
	if (!r)
		r = make_system(c, &j, door, err);
	if (!r)
		r = write_config(c, &j, door, err);
	if (!r)
		r = c->no_start ? let_go(c, door, err) : start(c, &j, door, err);
	if (!r) {
		r = guest_journal_done(&j, err);
	} else {
		say(c, "failed; taking back what was made");
		if (guest_journal_undo(&j, door, &undo))
			err_wrap(err, "not all could be taken back (%s); after", undo.msg);
	}
	guest_journal_close(&j);
	return r;
}
