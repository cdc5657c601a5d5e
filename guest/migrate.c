#include "guest/migrate.h"

#include <dirent.h>

#include "base/file.h"
#include "base/util.h"
#include "guest/autostart.h"
#include "guest/domain.h"
#include "guest/journal.h"
#include "guest/manage.h"
#include "guest/record.h"

#define REMOTE_S  600
#define MIGRATE_S 7200

/* A guest on its way. */
struct moving {
	const struct guest_host *host;
	const struct guest_known *guest;
	const char *to;
	const struct migrate_host *there;
	struct door *door;
};

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

static int remote_activate(const char *to, const char *mode, const char *lv, struct door *door,
			   struct err *err)
{
	return remote(to, door, err, "lvm", "lvchange", "--yes", "-a", mode, lv, NULL);
}

static int activate(const char *mode, const char *lv, struct door *door, struct err *err)
{
	return door_runl(door, err, "lvm", "lvchange", "--yes", "-a", mode, lv, NULL);
}

/* The other host may open it as well. A lock that both share is for the moment in which both have it open. */
static int lend(const struct moving *m, const char *lv, const struct guest_vg *vg, bool read_only,
		struct err *err)
{
	int r = vg->lock && !read_only ? activate("sy", lv, m->door, err) : 0;

	return r ? r : remote_activate(m->to, vg->lock ? "sy" : "y", lv, m->door, err);
}

/* It did not move: this host's alone, as before. */
static int take_back(const struct moving *m, const char *lv, const struct guest_vg *vg, bool read_only,
		     struct err *err)
{
	int r = remote_activate(m->to, "n", lv, m->door, err);

	return r || !vg->lock || read_only ? r : activate("ey", lv, m->door, err);
}

/* It moved: the other host's alone. */
static int hand_over(const struct moving *m, const char *lv, const struct guest_vg *vg, bool read_only,
		     struct err *err)
{
	auto_free char *mine = xasprintf("xenith.owner.%s", m->host->name);
	auto_free char *theirs =
		xasprintf("xenith.owner.%s", m->there->hostname ? m->there->hostname : m->to);
	int r = read_only ? 0 : activate("n", lv, m->door, err);

	if (r || read_only)
		return r;
	return vg->lock ? remote_activate(m->to, "ey", lv, m->door, err)
			: door_runl(m->door, err, "lvm", "lvchange", "--deltag", mine, "--addtag", theirs, lv,
				    NULL);
}

/* Do that with all of its volumes; all: go on after a failure, the first is returned. */
static int each_volume(const struct moving *m,
		       int (*fn)(const struct moving *m, const char *lv, const struct guest_vg *vg,
				 bool read_only, struct err *err),
		       bool all, struct err *err)
{
	struct guest_volumes vols = { 0 };
	int first = 0;

	guest_volumes_of(m->host, m->guest->config, &vols);
	for (size_t i = 0; (all || !first) && i < vols.n; i++) {
		const struct guest_volume *v = &vols.v[i];
		const struct guest_vg *vg = v->lv ? guest_host_vg(m->host, v->vg) : NULL;
		auto_free char *lv = vg ? xasprintf("%s/%s", v->vg, v->lv) : NULL;
		struct err one = { 0 };

		if (vg && fn(m, lv, vg, v->read_only, &one) && !first)
			first = err_copy(err, &one);
	}
	guest_volumes_clear(&vols);
	return first;
}

/* xl(1) leaves the guest here, running, where the other side fails. */
static int move(const struct moving *m, struct err *err)
{
	auto_run run = { .timeout_s = MIGRATE_S };
	struct domain_info info = { 0 };
	struct err back = { 0 };
	int r = each_volume(m, lend, false, err);

	argv_addl(&run.argv, "xl", "migrate", m->guest->name, m->to, NULL);
	if (!r)
		r = door_run(m->door, &run, err);
	if (!r)
		return 0;
	/* Where it isn't, it may be there. */
	if (domain_info(m->guest->name, &info, NULL) || info.state == DOMAIN_NONE)
		return err_wrap(err,
				"guest %s does not run here any more; see whether it does on %s (its volumes "
				"may be opened by both)",
				m->guest->name, m->to);
	if (each_volume(m, take_back, true, &back))
		return err_wrap(err, "its volumes are not this host's alone again (%s); after", back.msg);
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

/* It runs there: whatever fails from now on, the rest is done. */
static int follow(const struct moving *m, struct err *err)
{
	struct err files = { 0 };
	int r = each_volume(m, hand_over, true, err);

	return move_files(m->guest, m->to, m->door, &files) ? err_add(err, &files) : r;
}

int guest_migrate(const struct guest_host *host, const struct guest_known *guest, const char *to,
		  bool check_only, struct door *door, struct err *err)
{
	struct migrate_host here = { 0 }, there = { 0 };
	struct domain_info info = { 0 };
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
		const struct moving m = { host, guest, to, &there, door };

		r = same ? door_runl_for(door, MIGRATE_S, err, "xl", "migrate", guest->name, to, NULL)
			 : move(&m, err);
		if (!r && !same)
			r = follow(&m, err);
	}
	migrate_host_clear(&here);
	migrate_host_clear(&there);
	return r;
}
