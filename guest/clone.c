#include "guest/clone.h"

#include "base/util.h"
#include "guest/clone_config.h"
#include "guest/clone_identity.h"
#include "guest/journal.h"
#include "guest/manage.h"
#include "guest/owner.h"
#include "guest/record.h"
#include "guest/volume.h"

#define COPY_S 86400

/* The volumes of the new guest that are logical ones, as "VG/LV". */
static void new_lvs(const struct guest_volumes *vols, const struct argv *places, struct argv *ret)
{
	for (size_t i = 0, n = 0; i < vols->n && n < places->n; i++) {
		const struct guest_volume *v = &vols->v[i];

		if (v->read_only || !v->target)
			continue;
		if (v->lv)
			argv_addf(ret, "%s/%s", v->vg, strrchr(places->v[n], '/') + 1);
		n++;
	}
}

static int make_volume(const struct guest_host *host, const struct guest_volume *v, const char *place,
		       const char *name, struct guest_journal *j, struct door *door, struct err *err)
{
	const struct guest_lv *lv = v->lv ? guest_host_lv(host, v->vg, v->lv) : NULL;
	struct guest_lv_new new = { .guest = name, .vg = v->vg, .lv = strrchr(place, '/') + 1 };

	if (!lv)
		return guest_journal_add(j, "file", place, err);
	new.bytes = lv->size_bytes;
	new.pool = lv->pool;
	new.origin = lv->pool ? lv->name : NULL; /* a thin snapshot is a volume as any other */
	return guest_lv_make(host, &new, j, door, err);
}

static int copy_volume(const struct guest_host *host, const struct guest_volume *v, const char *place,
		       struct door *door, struct err *err)
{
	const struct guest_lv *lv = v->lv ? guest_host_lv(host, v->vg, v->lv) : NULL;
	auto_run copy = { .timeout_s = COPY_S };

	if (!lv)
		return door_runl(door, err, "cp", "--sparse=always", "--reflink=auto", v->target, place,
				 NULL);
	if (lv->pool)
		return 0;
	argv_addl(&copy.argv, "dd", "bs=4M", "conv=fsync", "status=none", NULL);
	argv_addf(&copy.argv, "if=%s", v->target);
	argv_addf(&copy.argv, "of=%s", place);
	return door_run(door, &copy, err);
}

static int copy_all(const struct guest_host *host, const struct guest_volumes *vols,
		    const struct argv *places, const char *name, struct guest_journal *j, struct door *door,
		    struct err *err)
{
	auto_argv lvs = { 0 };
	int r = 0;

	new_lvs(vols, places, &lvs);
	for (size_t i = 0, n = 0; !r && i < vols->n && n < places->n; i++)
		if (!vols->v[i].read_only && vols->v[i].target)
			r = make_volume(host, &vols->v[i], strchr(places->v[n++], '\n') + 1, name, j, door,
					err);
	if (!r)
		r = guest_own_confirm(host, &lvs, door, err);
	for (size_t i = 0, n = 0; !r && i < vols->n && n < places->n; i++)
		if (!vols->v[i].read_only && vols->v[i].target)
			r = copy_volume(host, &vols->v[i], strchr(places->v[n++], '\n') + 1, door, err);
	return r;
}

static int write_new(const struct guest_known *guest, const char *name, const json_t *config,
		     const struct argv *places, struct guest_journal *j, struct door *door, struct err *err)
{
	auto_json *record = json_object();
	auto_free char *by = xasprintf("guest: made of guest %s", guest->name);

	json_put_str(record, "name", name);
	json_put_str(record, "clone_of", guest->name);
	guest_record_disks(record, "clone", places);
	return guest_files_write(name, by, config, record, j, door, err);
}

static int make(const struct guest_host *host, const struct guest_known *guest, const char *name,
		const json_t *config, const struct argv *places, struct guest_journal *j, bool *own,
		struct door *door, struct err *err)
{
	struct guest_volumes vols = { 0 };
	auto_argv lvs = { 0 };
	int r;

	guest_volumes_of(host, guest->config, &vols);
	r = copy_all(host, &vols, places, name, j, door, err);
	if (!r && places->n)
		r = guest_clone_identity(places, guest->name, name, guest->config, config, j, own, door, err);
	if (!r)
		r = write_new(guest, name, config, places, j, door, err);
	new_lvs(&vols, places, &lvs);
	if (!r)
		r = guest_disown(host, &lvs, door, err);
	guest_volumes_clear(&vols);
	return r;
}

int guest_clone(const struct guest_host *host, const struct guest_known *guest, const char *name, bool *own,
		struct door *door, struct err *err)
{
	struct guest_journal j = { .fd = -1 };
	struct guest_loan loan = { 0 };
	auto_argv places = { 0 };
	json_t *config = NULL;
	struct err undo = { 0 };
	int r = guest_must_be_off(guest->name, "clone", err);

	if (!r)
		r = guest_clone_config(host, guest->config, name, &config, &places, err);
	if (!r)
		r = guest_journal_open(name, &j, err);
	if (!r)
		r = guest_borrow(host, guest, &loan, door, err);
	if (!r) {
		r = make(host, guest, name, config, &places, &j, own, door, err);
		r = guest_give_back(&loan, r, door, err);
		if (!r)
			r = guest_journal_done(&j, err);
		else
			guest_journal_undo(&j, door, &undo);
	}
	guest_journal_close(&j);
	json_decref(config);
	return r;
}
