#include "guest/manage.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"
#include "guest/autostart.h"
#include "guest/domain.h"
#include "guest/inside.h"
#include "guest/journal.h"
#include "guest/lvm_report.h"
#include "guest/owner.h"
#include "guest/record.h"
#include "guest/root.h"
#include "guest/xlcfg.h"
#include "guest/xlcfg_word.h"

static const char *take(struct arena *a, char *s)
{
	const char *ret = s ? arena_strdup(a, s) : NULL;

	free(s);
	return ret;
}

/* An LV that the host has, by the names that it goes by; or by any other that leads to its device. */
static void find_lv(const struct guest_host *host, struct guest_volume *v)
{
	auto_free char *real = v->target ? realpath(v->target, NULL) : NULL;

	for (size_t i = 0; v->target && i < host->n_lvs; i++) {
		auto_free char *path = xasprintf("/dev/%s/%s", host->lvs[i].vg, host->lvs[i].name);
		auto_free char *map = lvm_map_path(host->lvs[i].vg, host->lvs[i].name);
		auto_free char *device = real && str_starts(real, "/dev/") ? realpath(path, NULL) : NULL;

		if (str_eq(v->target, path) || str_eq(v->target, map) || (device && str_eq(device, real))) {
			v->vg = host->lvs[i].vg;
			v->lv = host->lvs[i].name;
		}
	}
}

void guest_volumes_of(const struct guest_host *host, const json_t *config, struct guest_volumes *ret)
{
	const json_t *d;
	size_t i;

	*ret = (struct guest_volumes){ 0 };
	json_array_foreach (json_object_get(config, "disk"), i, d) {
		const char *word = json_string_value(d);
		struct guest_volume *v;
		auto_free char *access = NULL, *type = NULL;

		if (!word)
			continue;
		v = arena_push(&ret->arena, &ret->v, &ret->n, sizeof(*v));
		v->word = arena_strdup(&ret->arena, word);
		v->target = take(&ret->arena, xlcfg_disk_get(word, "target"));
		v->vdev = take(&ret->arena, xlcfg_disk_get(word, "vdev"));
		v->format = take(&ret->arena, xlcfg_disk_get(word, "format"));
		access = xlcfg_disk_get(word, "access");
		type = xlcfg_disk_get(word, "devtype");
		v->cdrom = str_eq(type, "cdrom");
		v->read_only = v->cdrom || (access && access[0] == 'r' && !str_eq(access, "rw"));
		find_lv(host, v);
	}
}

void guest_volumes_lvs(const struct guest_volumes *vols, struct argv *ret)
{
	for (size_t i = 0; i < vols->n; i++)
		if (vols->v[i].lv && !vols->v[i].read_only)
			argv_addf(ret, "%s/%s", vols->v[i].vg, vols->v[i].lv);
}

void guest_volumes_clear(struct guest_volumes *volumes)
{
	arena_clear(&volumes->arena);
	*volumes = (struct guest_volumes){ 0 };
}

int guest_find(const struct guest_host *host, const char *name, const struct guest_known **ret,
	       struct err *err)
{
	const struct guest_known *g = guest_host_find(host, name);
	auto_argv names = { 0 };
	const char *near;

	if (g) {
		*ret = g;
		return 0;
	}
	for (size_t i = 0; i < host->n_guests; i++)
		argv_add(&names, host->guests[i].name);
	near = names.n ? str_nearest(name, (const char *const *)names.v, names.n) : NULL;
	return err_set(err, ERR_GUEST_UNKNOWN, "there is no guest %s here%s%s%s\n", name,
		       near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

int guest_must_be_off(const char *name, const char *what, struct err *err)
{
	struct domain_info info = { 0 };
	int r = domain_info(name, &info, err);

	if (!r && info.state != DOMAIN_NONE)
		r = err_set(err, ERR_GUEST_STATE, "guest %s is %s: %s wants it off (xenith guest stop %s)",
			    name, domain_state_name(info.state), what, name);
	return r;
}

/* The newest kernel of a root that was written directly, where the configuration has it beside the guest. */
static int refresh_kernel(const struct guest_known *guest, const char *disk, struct door *door,
			  struct err *err)
{
	auto_free char *state = xasprintf(GUEST_STATE_DIR "/%s/", guest->name);
	const char *kernel = xlcfg_str(guest->config, "kernel");
	struct guest_inside in = { 0 };
	auto_argv disks = { 0 };
	int r;

	if (!kernel || !str_starts(kernel, state))
		return 0;
	argv_add(&disks, disk);
	r = door_mkdirs(door, state, 0700, err);
	if (!r)
		r = guest_inside_open(&disks, guest->name, 0, NULL, &in, door, err);
	if (r)
		return r;
	r = in.root ? guest_kernel_copy(in.root, state, door, err)
		    : err_set(err, ERR_SYS, "%s: no root file system, and %s is to come of it", disk, kernel);
	return guest_inside_close(&in, r, door, err);
}

/* What it has open, and others may have as well. */
static int take_shared(const struct guest_host *host, const struct guest_known *guest,
		       const struct guest_volumes *vols, struct door *door, struct err *err)
{
	int r = 0;

	for (size_t i = 0; !r && i < vols->n; i++) {
		const struct guest_volume *v = &vols->v[i];
		auto_free char *what = v->lv ? xasprintf("%s/%s", v->vg, v->lv) : NULL;

		if (v->read_only && what)
			r = guest_own_shared(host, what, door, err);
		else if (!v->read_only && !what && v->target && !file_exists(v->target))
			r = err_set(err, ERR_GUEST_DISK, "guest %s: %s is not there", guest->name, v->target);
	}
	return r;
}

int guest_start(const struct guest_host *host, const struct guest_known *guest, struct door *door,
		struct err *err)
{
	struct guest_volumes vols = { 0 };
	auto_argv lvs = { 0 };
	int r = guest_must_be_off(guest->name, "start", err);

	guest_volumes_of(host, guest->config, &vols);
	guest_volumes_lvs(&vols, &lvs);
	if (!r)
		r = take_shared(host, guest, &vols, door, err);
	if (!r)
		r = guest_own(host, &lvs, door, err);
	if (!r) {
		if (vols.n && vols.v[0].target)
			r = refresh_kernel(guest, vols.v[0].target, door, err);
		if (!r)
			r = domain_create(guest->file, door, err);
		if (r)
			guest_disown(host, &lvs, door, NULL);
	}
	guest_volumes_clear(&vols);
	return r;
}

static int let_go(const struct guest_host *host, const struct guest_known *guest, struct door *door,
		  struct err *err)
{
	struct guest_volumes vols = { 0 };
	auto_argv lvs = { 0 };

	guest_volumes_of(host, guest->config, &vols);
	guest_volumes_lvs(&vols, &lvs);
	guest_volumes_clear(&vols);
	return guest_disown(host, &lvs, door, err);
}

int guest_stop(const struct guest_host *host, const struct guest_known *guest, unsigned timeout_s, bool force,
	       struct door *door, struct err *err)
{
	struct domain_info info = { 0 };
	int r = domain_info(guest->name, &info, err);

	if (!r && info.state != DOMAIN_NONE)
		r = domain_stop(guest->name, timeout_s, force, door, err);
	return r ? r : let_go(host, guest, door, err);
}

/* Thick snapshots go with their origin; thin ones are volumes as any other. */
static int delete_snapshots(const struct guest_host *host, const struct guest_lv *lv, struct door *door,
			    struct err *err)
{
	auto_free char *prefix = xasprintf("%s" GUEST_SNAP_INFIX, lv->name);
	int r = 0;

	for (size_t i = 0; lv->pool && !r && i < host->n_lvs; i++) {
		const struct guest_lv *s = &host->lvs[i];
		auto_free char *what = xasprintf("%s/%s", s->vg, s->name);

		if (str_eq(s->vg, lv->vg) && str_starts(s->name, prefix))
			r = door_runl(door, err, "lvm", "lvremove", "--yes", "-f", what, NULL);
	}
	return r;
}

/* Made for it, as its tag says. */
static bool is_made_for(const struct guest_host *host, const struct guest_known *guest,
			const struct guest_volume *v)
{
	const struct guest_lv *lv = v->lv ? guest_host_lv(host, v->vg, v->lv) : NULL;
	auto_free char *tag = xasprintf("xenith.guest.%s", guest->name);
	auto_argv tags = { 0 };

	argv_split(&tags, lv ? lv->tags : "", ",");
	return !v->read_only && argv_has(&tags, tag);
}

static int delete_lv(const struct guest_host *host, const struct guest_volume *v, struct door *door,
		     struct err *err)
{
	auto_free char *what = xasprintf("%s/%s", v->vg, v->lv);
	int r = delete_snapshots(host, guest_host_lv(host, v->vg, v->lv), door, err);

	return r ? r : door_runl(door, err, "lvm", "lvremove", "--yes", "-f", what, NULL);
}

/* A file is deleted only if create made it: the record says which. */
static bool made_here(const struct guest_known *guest, const struct guest_volume *v)
{
	const json_t *d;
	size_t i;

	json_array_foreach (json_object_get(guest->record, "disks"), i, d)
		if (v->target && str_eq(json_string_value(json_object_get(d, "path")), v->target))
			return !str_eq(json_string_value(json_object_get(d, "kind")), "existing");
	return false;
}

int guest_forget(const struct guest_known *guest, struct door *door, struct err *err)
{
	auto_free char *record = xasprintf(GUEST_RECORD_DIR "/%s.json", guest->name);
	auto_free char *state = xasprintf(GUEST_STATE_DIR "/%s", guest->name);
	int r = autostart_forget(guest, door, err);

	if (!r)
		r = door_runl(door, err, "rm", "-rf", record, state, NULL);
	return r ? r : door_runl(door, err, "rm", "-f", guest->file, NULL);
}

static int delete_volumes(const struct guest_host *host, const struct guest_known *guest,
			  const struct guest_volumes *vols, struct door *door, struct err *err)
{
	auto_argv lvs = { 0 };
	int r;

	for (size_t i = 0; i < vols->n; i++)
		if (is_made_for(host, guest, &vols->v[i]))
			argv_addf(&lvs, "%s/%s", vols->v[i].vg, vols->v[i].lv);
	r = guest_own(host, &lvs, door, err);
	if (r)
		return r;
	for (size_t i = 0; !r && i < vols->n; i++) {
		const struct guest_volume *v = &vols->v[i];

		if (is_made_for(host, guest, v))
			r = delete_lv(host, v, door, err);
		else if (!v->lv && !v->read_only && made_here(guest, v) && !str_starts(v->target, "/dev/"))
			r = door_runl(door, err, "rm", "-f", v->target, NULL);
	}
	if (r)
		guest_disown(host, &lvs, door, NULL);
	return r;
}

int guest_delete(const struct guest_host *host, const struct guest_known *guest, bool keep, struct door *door,
		 struct err *err)
{
	struct guest_volumes vols = { 0 };
	int r = guest_must_be_off(guest->name, "delete", err);

	guest_volumes_of(host, guest->config, &vols);
	if (!r && !keep)
		r = delete_volumes(host, guest, &vols, door, err);
	guest_volumes_clear(&vols);
	return r ? r : guest_forget(guest, door, err);
}
