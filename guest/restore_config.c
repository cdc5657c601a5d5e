/* The configuration of a backup, as it will be on this host. */
#include "base/file.h"
#include "base/util.h"
#include "guest/clone_config.h"
#include "guest/manage.h"
#include "guest/restore_priv.h"
#include "guest/xlcfg.h"
#include "guest/xlcfg_word.h"

/* Where a disk goes: as it was, or into another group or folder; of a guest with a new name, under that. */
static char *place_of(const struct restore *rd, const struct guest_volume *v, const char *name)
{
	const char *base = strrchr(v->target, '/') + 1;
	auto_free char *fresh =
		rd->want->name ? guest_clone_volume(base, xlcfg_str(rd->old, "name"), name) : xstrdup(base);

	if (rd->want->dir)
		return xasprintf("%s/%s-%s.raw", rd->want->dir, name, v->vdev);
	if (rd->want->vg)
		return xasprintf("/dev/%s/%s", rd->want->vg, fresh);
	return xasprintf("%.*s%s", (int)(base - v->target), v->target, fresh);
}

/* The configuration with its disks at their places. */
static void plan_places(struct restore *rd, const char *name)
{
	struct guest_volumes vols = { 0 };
	json_t *disks = json_array();

	guest_volumes_of(&rd->host, rd->old, &vols);
	for (size_t i = 0; i < vols.n; i++) {
		const struct guest_volume *v = &vols.v[i];
		const char *at = v->target ? strstr(v->word, v->target) : NULL;
		auto_free char *place = NULL, *word = NULL, *typed = NULL;

		if (v->read_only || !at || !v->vdev) {
			json_array_append_new(disks, json_string(v->word));
			continue;
		}
		place = place_of(rd, v, name);
		argv_addf(&rd->places, "%s\n%s", v->vdev, place);
		word = xasprintf("%.*s%s%s", (int)(at - v->word), v->word, place, at + strlen(v->target));
		typed = rd->want->dir  ? xlcfg_word_set(word, "backendtype", "qdisk")
			: rd->want->vg ? xlcfg_word_set(word, "backendtype", "phy")
				       : xstrdup(word);
		json_array_append_new(disks, json_string(typed));
	}
	guest_volumes_clear(&vols);
	json_object_set_new(rd->config, "disk", disks);
}

int grestore_config(struct restore *rd, const struct buf *text)
{
	const char *old_name, *name;
	auto_argv unused = { 0 };
	auto_free char *path = NULL;
	bool found = false;
	int r = xlcfg_parse("guest.cfg", buf_str(text), &rd->old, rd->err);

	if (r)
		return r;
	old_name = xlcfg_str(rd->old, "name");
	name = rd->want->name ? rd->want->name : old_name;
	if (!old_name || !guest_name_ok(name))
		return grestore_damaged(rd, "its guest has no name");
	r = guest_journal_recover(name, rd->door, &found, rd->err);
	if (!r)
		r = guest_host_read("/", &rd->host, rd->err);
	if (r)
		return r;
	path = xasprintf("/etc/xen/%s.cfg", name);
	if (guest_host_find(&rd->host, name) || file_exists(path))
		return err_set(rd->err, ERR_GUEST_THERE, "there is a guest %s already", name);
	if (rd->want->name) {
		json_t *bare = json_deep_copy(rd->old);

		json_object_set_new(bare, "disk", json_array());
		r = guest_clone_config(&rd->host, bare, name, &rd->config, &unused, rd->err);
		json_decref(bare);
	} else {
		rd->config = json_deep_copy(rd->old);
	}
	if (r)
		return r;
	plan_places(rd, name);
	r = guest_journal_open(name, &rd->j, rd->err);
	rd->open = !r;
	return r;
}
