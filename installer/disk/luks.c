/* Encrypted devices, through cryptsetup(8). */
#include "installer/disk/apply.h"

#include "base/util.h"
#include "installer/disk/plan.h"

/* --key-file=- reads standard input to its end: no newline, no question. */
static int cryptsetup(struct run *run, const struct disk_luks_plan *l, struct door *door, struct err *err)
{
	run->stdin_data = l->passphrase;
	run->stdin_len = strlen(l->passphrase);
	return door_run(door, run, err);
}

static void add_number(struct argv *argv, const char *option, int64_t n)
{
	if (n >= 0)
		argv_addf(argv, "%s=%lld", option, (long long)n);
}

static int encrypt(const struct disk_plan *plan, const struct disk_luks_plan *l, struct door *door,
		   struct err *err)
{
	auto_free char *device = disk_dev_path(plan, &l->on);
	auto_free char *node = xasprintf("/dev/mapper/%s", l->name);
	auto_run format = { 0 };
	auto_run open = { 0 };
	int r;

	argv_addl(&format.argv, "cryptsetup", "luksFormat", "--batch-mode", "--key-file=-", NULL);
	argv_addf(&format.argv, "--type=%s", l->version);
	if (l->cipher)
		argv_addf(&format.argv, "--cipher=%s", l->cipher);
	if (l->pbkdf)
		argv_addf(&format.argv, "--pbkdf=%s", l->pbkdf);
	add_number(&format.argv, "--pbkdf-memory", l->pbkdf_memory_kib);
	add_number(&format.argv, "--iter-time", l->pbkdf_time_ms);
	add_number(&format.argv, "--pbkdf-force-iterations", l->pbkdf_iterations);
	argv_add(&format.argv, device);
	r = cryptsetup(&format, l, door, err);
	if (r)
		return r;
	argv_addl(&open.argv, "cryptsetup", "open", "--type=luks", "--key-file=-", "--allow-discards", device,
		  l->name, NULL);
	r = cryptsetup(&open, l, door, err);
	return r ? r : disk_wait_dev(node, door, err);
}

int disk_luks(const struct disk_plan *plan, bool on_lv, struct door *door, struct err *err)
{
	int r = 0;

	for (size_t i = 0; !r && i < plan->n_luks; i++)
		if (plan->luks[i].on_lv == on_lv)
			r = encrypt(plan, &plan->luks[i], door, err);
	return r;
}
