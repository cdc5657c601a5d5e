#include "guest/clone_config.h"

#include "base/file.h"
#include "base/util.h"
#include "guest/journal.h"
#include "guest/manage.h"
#include "guest/xlcfg.h"
#include "guest/xlcfg_word.h"

char *guest_clone_volume(const char *old, const char *guest, const char *name)
{
	if (str_starts(old, guest) && (!old[strlen(guest)] || strchr("-._", old[strlen(guest)])))
		return xasprintf("%s%s", name, old + strlen(guest));
	return xasprintf("%s-%s", name, old);
}

static char *new_place(const struct guest_volume *v, const char *guest, const char *name)
{
	const char *slash = strrchr(v->target, '/');
	auto_free char *base = guest_clone_volume(v->lv ? v->lv : slash + 1, guest, name);

	return v->lv ? xasprintf("/dev/%s/%s", v->vg, base)
		     : xasprintf("%.*s/%s", (int)(slash - v->target), v->target, base);
}

static void new_vifs(const struct guest_host *host, json_t *config, const char *name)
{
	json_t *vifs = json_object_get(config, "vif"), *fresh = json_array();
	const json_t *v;
	size_t i;

	json_array_foreach (vifs, i, v) {
		const char *word = json_string_value(v) ? json_string_value(v) : "";
		auto_free char *mac = NULL, *set = NULL;
		auto_argv parts = { 0 };
		auto_buf b = { 0 };

		for (unsigned turn = 0; !mac || guest_host_has_mac(host, mac); turn++) {
			free(mac);
			mac = guest_mac(name, (unsigned)i, turn);
		}
		set = xlcfg_word_set(word, "mac", mac);
		argv_split(&parts, set, ",");
		for (size_t k = 0; k < parts.n; k++) {
			const char *p = parts.v[k] + strspn(parts.v[k], " ");

			/* Both are of the one guest. */
			if (!str_starts(p, "vifname=") && !str_starts(p, "ip="))
				buf_addf(&b, "%s%s", b.len ? "," : "", p);
		}
		json_array_append_new(fresh, json_string(buf_str(&b)));
	}
	json_object_set_new(config, "vif", fresh);
}

static int new_disks(const struct guest_host *host, const struct guest_volumes *vols, json_t *config,
		     const char *old_name, const char *name, struct argv *places, struct err *err)
{
	json_t *disks = json_array();
	int r = 0;

	for (size_t i = 0; !r && i < vols->n; i++) {
		const struct guest_volume *v = &vols->v[i];
		auto_free char *place = NULL, *word = NULL;
		const char *at = v->target ? strstr(v->word, v->target) : NULL;

		if (v->read_only || !at) {
			json_array_append_new(disks, json_string(v->word));
			continue;
		}
		if (!v->lv && str_starts(v->target, "/dev/")) {
			r = err_set(err, ERR_GUEST_DISK,
				    "%s is neither a logical volume nor a file: it can't be cloned",
				    v->target);
			continue;
		}
		place = new_place(v, old_name, name);
		for (size_t k = 0; k < host->n_lvs; k++) {
			auto_free char *path = xasprintf("/dev/%s/%s", host->lvs[k].vg, host->lvs[k].name);

			if (strcmp(path, place) == 0)
				r = err_set(err, ERR_GUEST_THERE, "%s is there already", place);
		}
		if (!v->lv && file_exists(place))
			r = err_set(err, ERR_GUEST_THERE, "%s is there already", place);
		argv_addf(places, "%s\n%s", v->target, place);
		word = xasprintf("%.*s%s%s", (int)(at - v->word), v->word, place, at + strlen(v->target));
		json_array_append_new(disks, json_string(word));
	}
	json_object_set_new(config, "disk", disks);
	return r;
}

/* A kernel that is kept beside the guest is kept beside the new one; its start puts it there. */
static void new_kernel(json_t *config, const char *old_name, const char *name)
{
	static const char *const keys[] = { "kernel", "ramdisk" };
	auto_free char *old = xasprintf(GUEST_STATE_DIR "/%s/", old_name);

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *value = xlcfg_str(config, keys[i]);
		auto_free char *fresh = NULL;

		if (!value || !str_starts(value, old))
			continue;
		fresh = xasprintf(GUEST_STATE_DIR "/%s/%s", name, value + strlen(old));
		json_object_set_new(config, keys[i], json_string(fresh));
	}
}

int guest_clone_config(const struct guest_host *host, const json_t *config, const char *name, json_t **ret,
		       struct argv *places, struct err *err)
{
	auto_free char *text = xasprintf("xenith guest %s %s", host->id, name);
	auto_free char *uuid = guest_uuid(text);
	const char *old_name = xlcfg_str(config, "name");
	auto_free char *file = xasprintf("/etc/xen/%s.cfg", name);
	struct guest_volumes vols = { 0 };
	json_t *c;
	int r;

	if (!guest_name_ok(name))
		return err_set(err, ERR_USAGE, "\"%s\" can't name a guest", name);
	if (guest_host_find(host, name) || file_exists(file))
		return err_set(err, ERR_GUEST_THERE, "there is a guest %s already", name);
	c = json_deep_copy(config);
	json_object_set_new(c, "name", json_string(name));
	json_object_set_new(c, "uuid", json_string(uuid));
	new_kernel(c, old_name ? old_name : "", name);
	new_vifs(host, c, name);
	guest_volumes_of(host, config, &vols);
	r = new_disks(host, &vols, c, old_name, name, places, err);
	guest_volumes_clear(&vols);
	if (r)
		json_decref(c);
	else
		*ret = c;
	return r;
}
