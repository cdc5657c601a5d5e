#include "guest/migrate.h"

#include <dirent.h>

#include "base/file.h"
#include "base/util.h"
#include "guest/autostart.h"
#include "guest/domain.h"
#include "guest/journal.h"
#include "guest/manage.h"
#include "guest/record.h"

#define REMOTE_S  120
#define MIGRATE_S 7200

static int remote(const char *to, struct door *door, struct err *err, const char *first, ...)
{
	auto_run run = { .timeout_s = REMOTE_S };
	va_list ap;

	argv_addl(&run.argv, "ssh", "-o", "BatchMode=yes", "--", to, NULL);
	va_start(ap, first);
	for (const char *w = first; w; w = va_arg(ap, const char *))
		argv_add(&run.argv, w);
	va_end(ap);
	return door_run(door, &run, err);
}

/* Before: the other host may open them; behind it: this one may not any more, and the other one owns them. */
static int hand_over(const struct guest_host *host, const struct guest_known *guest, const char *to,
		     const struct migrate_host *there, bool behind, struct door *door, struct err *err)
{
	auto_free char *mine = xasprintf("xenith.owner.%s", host->name);
	auto_free char *theirs = xasprintf("xenith.owner.%s", there->hostname ? there->hostname : to);
	struct guest_volumes vols = { 0 };
	int r = 0;

	guest_volumes_of(host, guest->config, &vols);
	for (size_t i = 0; !r && i < vols.n; i++) {
		const struct guest_vg *vg = vols.v[i].lv ? guest_host_vg(host, vols.v[i].vg) : NULL;
		auto_free char *lv = vg ? xasprintf("%s/%s", vols.v[i].vg, vols.v[i].lv) : NULL;

		if (!vg)
			continue;
		if (!behind) {
			/* A shared lock for the moment in which both have it open. */
			if (vg->lock)
				r = door_runl(door, err, "lvm", "lvchange", "-a", "sy", lv, NULL);
			if (!r)
				r = remote(to, door, err, "lvm", "lvchange", "-a", vg->lock ? "sy" : "y", lv,
					   NULL);
			continue;
		}
		r = door_runl(door, err, "lvm", "lvchange", "-a", "n", lv, NULL);
		if (!r && !vg->lock)
			r = door_runl(door, err, "lvm", "lvchange", "--deltag", mine, "--addtag", theirs, lv,
				      NULL);
		if (!r && vg->lock)
			r = remote(to, door, err, "lvm", "lvchange", "-a", "ey", lv, NULL);
	}
	guest_volumes_clear(&vols);
	return r;
}

/* A link of this folder to the guest gets its like there. */
static int move_links(const struct guest_known *guest, const char *to, struct door *door, struct err *err)
{
	const char *file = strrchr(guest->file, '/') + 1;
	struct dirent **links = NULL;
	int n = scandir(GUEST_START_DIR, &links, NULL, alphasort), r = 0;

	for (int i = 0; i < n; i++) {
		auto_free char *base = autostart_link("/", GUEST_START_DIR, links[i]->d_name);
		auto_free char *target = xasprintf("../%s", file);
		auto_free char *link = xasprintf(GUEST_START_DIR "/%s", links[i]->d_name);

		if (!r && str_eq(base, file))
			r = remote(to, door, err, "ln", "-sfn", target, link, NULL);
		free(links[i]);
	}
	free(links);
	return r;
}

/* Its configuration, what create knows of it, the kernel that is kept beside it, its start with the host. */
static int move_files(const struct guest_known *guest, const char *to, struct door *door, struct err *err)
{
	auto_free char *state = xasprintf(GUEST_STATE_DIR "/%s", guest->name);
	auto_free char *record = xasprintf(GUEST_RECORD_DIR "/%s.json", guest->name);
	const char *const paths[] = { state, record, guest->file };
	int r = remote(to, door, err, "mkdir", "-p", GUEST_STATE_DIR, GUEST_RECORD_DIR, GUEST_START_DIR,
		       NULL);

	for (size_t i = 0; !r && i < ARRAY_SIZE(paths); i++) {
		auto_free char *place =
			xasprintf("%s:%.*s", to, (int)(strrchr(paths[i], '/') - paths[i] + 1), paths[i]);

		if (file_exists(paths[i]))
			r = door_runl(door, err, "scp", "-q", "-r", "-o", "BatchMode=yes", "-p", "--",
				      paths[i], place, NULL);
	}
	if (!r)
		r = move_links(guest, to, door, err);
	return r ? r : guest_forget(guest, door, err);
}

int guest_migrate(const struct guest_host *host, const struct guest_known *guest, const char *to,
		  bool check_only, struct door *door, struct err *err)
{
	struct migrate_host here = { 0 }, there = { 0 };
	struct domain_info info = { 0 };
	auto_run run = { .timeout_s = MIGRATE_S };
	auto_buf wrong = { 0 };
	bool same = false;
	int r = domain_info(guest->name, &info, err);

	if (!r && info.state != DOMAIN_RUNS)
		r = err_set(err, ERR_GUEST_STATE, "guest %s is %s: only a running one migrates", guest->name,
			    domain_state_name(info.state));
	if (!r)
		r = migrate_host_ask(NULL, &here, err);
	if (!r)
		r = migrate_host_ask(to, &there, err);
	if (!r) {
		same = here.id && str_eq(here.id, there.id);
		guest_migrate_check(host, guest, &here, &there, same, &wrong);
		if (wrong.len)
			r = err_set(err, ERR_MACHINE, "%s", buf_str(&wrong));
	}
	if (!r && !check_only) {
		if (!same)
			r = hand_over(host, guest, to, &there, false, door, err);
		argv_addl(&run.argv, "xl", "migrate", guest->name, to, NULL);
		if (!r)
			r = door_run(door, &run, err);
		if (!r && !same)
			r = hand_over(host, guest, to, &there, true, door, err);
		if (!r && !same)
			r = move_files(guest, to, door, err);
	}
	migrate_host_clear(&here);
	migrate_host_clear(&there);
	return r;
}
