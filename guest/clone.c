#include "guest/clone.h"

#include "base/util.h"
#include "guest/clone_config.h"
#include "guest/clone_identity.h"
#include "guest/journal.h"
#include "guest/manage.h"
#include "guest/record.h"

#define COPY_S 86400

static int copy_volume(const struct guest_host *host, const struct guest_volume *v, const char *place,
		       const char *name, struct guest_journal *j, struct door *door, struct err *err)
{
	const struct guest_lv *lv = v->lv ? guest_host_lv(host, v->vg, v->lv) : NULL;
	auto_free char *tag = xasprintf("xenith.guest.%s", name);
	auto_free char *what = lv ? xasprintf("%s/%s", v->vg, strrchr(place, '/') + 1) : NULL;
	auto_free char *origin = lv ? xasprintf("%s/%s", v->vg, v->lv) : NULL;
	auto_run copy = { .timeout_s = COPY_S };
	int r = guest_journal_add(j, lv ? "lv" : "file", lv ? what : place, err);

	if (r)
		return r;
	if (!lv)
		return door_runl(door, err, "cp", "--sparse=always", "--reflink=auto", v->target, place,
				 NULL);
	if (lv->pool) /* a thin snapshot is a volume as any other */
		return door_runl(door, err, "lvm", "lvcreate", "--yes", "-s", "-kn", "-ay", "-n",
				 strrchr(place, '/') + 1, "--addtag", tag, origin, NULL);
	{
		auto_free char *size = xasprintf("%llub", (unsigned long long)lv->size_bytes);

		r = door_runl(door, err, "lvm", "lvcreate", "--yes", "--wipesignatures", "y", "-n",
			      strrchr(place, '/') + 1, "-L", size, "--addtag", tag, v->vg, NULL);
	}
	argv_addl(&copy.argv, "dd", "bs=4M", "conv=fsync", "status=none", NULL);
	argv_addf(&copy.argv, "if=%s", v->target);
	argv_addf(&copy.argv, "of=%s", place);
	return r ? r : door_run(door, &copy, err);
}

static int copy_all(const struct guest_host *host, const struct guest_known *guest, const struct argv *places,
		    const char *name, struct guest_journal *j, struct door *door, struct err *err)
{
	struct guest_volumes vols = { 0 };
	size_t n = 0;
	int r = 0;

	guest_volumes_of(host, guest->config, &vols);
	for (size_t i = 0; !r && i < vols.n; i++)
		if (!vols.v[i].read_only && vols.v[i].target && n < places->n)
			r = copy_volume(host, &vols.v[i], strchr(places->v[n++], '\n') + 1, name, j, door,
					err);
	guest_volumes_clear(&vols);
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

int guest_clone(const struct guest_host *host, const struct guest_known *guest, const char *name, bool *own,
		struct door *door, struct err *err)
{
	struct guest_journal j = { .fd = -1 };
	auto_argv places = { 0 };
	json_t *config = NULL;
	struct err undo = { 0 };
	int r = guest_must_be_off(guest->name, "clone", err);

	if (!r)
		r = guest_clone_config(host, guest->config, name, &config, &places, err);
	if (!r)
		r = guest_journal_open(name, &j, err);
	if (r) {
		json_decref(config);
		return r;
	}
	r = copy_all(host, guest, &places, name, &j, door, err);
	if (!r && places.n)
		r = guest_clone_identity(&places, guest->name, name, guest->config, config, &j, own, door,
					 err);
	if (!r)
		r = write_new(guest, name, config, &places, &j, door, err);
	if (!r)
		r = guest_journal_done(&j, err);
	else
		guest_journal_undo(&j, door, &undo);
	guest_journal_close(&j);
	json_decref(config);
	return r;
}
