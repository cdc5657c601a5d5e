/* Arrays, through mdadm(8). */
#include "installer/disk/apply.h"

#include <libgen.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/disk/plan.h"

#define SLOW_KIB_S "1000\n" /* the least that md(4) allows */

/*
 * All that mdadm would choose or ask is said: sizes and offsets are those of the plan, names belong to no
 * other host. A bitmap keeps the resync after a crash short; the ESP's is left out for firmware's sake, level
 * 0 has none.
 */
static int create(const struct disk_plan *plan, const struct disk_raid_plan *raid, struct door *door,
		  struct err *err)
{
	bool esp = raid->offset_mib == 0;
	auto_run run = { 0 };

	argv_addl(&run.argv, "mdadm", "--create", raid->node, "--run", "--homehost=any", NULL);
	argv_addf(&run.argv, "--name=%s", raid->name);
	argv_addf(&run.argv, "--metadata=%s", raid->metadata);
	argv_addf(&run.argv, "--level=%u", raid->level);
	argv_addf(&run.argv, "--raid-devices=%zu", raid->n_devs - raid->spares);
	if (raid->spares)
		argv_addf(&run.argv, "--spare-devices=%zu", raid->spares);
	if (raid->chunk_kib)
		argv_addf(&run.argv, "--chunk=%u", raid->chunk_kib);
	if (raid->level != 0)
		argv_addf(&run.argv, "--bitmap=%s", esp ? "none" : "internal");
	if (!esp)
		argv_addf(&run.argv, "--data-offset=%lluM", (unsigned long long)raid->offset_mib);
	if (raid->used_mib)
		argv_addf(&run.argv, "--size=%lluM", (unsigned long long)raid->used_mib);
	for (size_t i = 0; i < raid->n_devs; i++) {
		auto_free char *path = disk_dev_path(plan, &raid->devs[i]);

		argv_add(&run.argv, path);
	}
	return door_run(door, &run, err);
}

/*
 * Let the first resync wait until the host has booted: it reads and writes all of every disk, and would make
 * the install as slow. The kernel goes on with it there, from where it is, at its own speed.
 */
static int slow_resync(void *arg, struct err *err)
{
	auto_free char *real = realpath(arg, NULL);
	auto_free char *path =
		real ? xasprintf("/sys/class/block/%s/md/sync_speed_max", basename(real)) : NULL;

	(void)err;
	if (path) /* level 0 has none */
		file_append(path, SLOW_KIB_S, strlen(SLOW_KIB_S), 0644, NULL);
	return 0;
}

int disk_raids(const struct disk_plan *plan, struct door *door, struct err *err)
{
	int r = 0;

	for (size_t i = 0; !r && i < plan->n_raids; i++) {
		r = create(plan, &plan->raids[i], door, err);
		if (!r)
			r = disk_wait_dev(plan->raids[i].node, door, err);
		if (!r && plan->raids[i].level != 0) {
			auto_free char *node = xstrdup(plan->raids[i].node);
			auto_free char *line = xasprintf("raid %s: resync slowly", plan->raids[i].name);

			r = door_call(door, line, slow_resync, node, err);
		}
	}
	return r;
}
