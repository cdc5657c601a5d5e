#include "guest/inner_lvm.h"

#include "base/util.h"

#define LVM_S  300
/* The copies that LVM keeps of metadata go by names: a guest's group may be called like one of this host. */
#define CONFIG "backup { backup = 0 archive = 0 } devices { scan_lvs = 1 }"

static void words(struct run *run, const char *command, const char *pvs)
{
	argv_addl(&run->argv, "lvm", command, "--config", CONFIG, "--devices", pvs, NULL);
}

int inner_lvm_activate(const char *group, bool active, const char *pvs, struct door *door, struct err *err)
{
	auto_run run = { .timeout_s = LVM_S };

	words(&run, "vgchange", pvs);
	argv_addl(&run.argv, active ? "-ay" : "-an", group, NULL);
	return door_run(door, &run, err);
}

int inner_lvm_rename(const char *name, const char *pvs, struct door *door, struct err *err)
{
	auto_run run = { .timeout_s = LVM_S };
	auto_argv each = { 0 };

	words(&run, "vgimportclone", pvs);
	argv_addl(&run.argv, "-n", name, NULL);
	argv_split(&each, pvs, ",");
	argv_addv(&run.argv, each.v);
	return door_run(door, &run, err);
}

int inner_lvm_ask(const char *command, const char *kind, const char *fields, const char *pvs,
		  struct door *door, json_t **ret, struct err *err)
{
	auto_buf out = { 0 };
	auto_run run = { .out = &out, .timeout_s = LVM_S };
	auto_json *report = NULL;
	int r;

	words(&run, command, pvs);
	argv_addl(&run.argv, "--reportformat", "json", "-o", fields, NULL);
	r = door_run(door, &run, err);
	report = json_loads(buf_str(&out), 0, NULL);
	*ret = json_incref((json_t *)lvm_rows(report, kind));
	return r;
}
