/* The dom0 that a guest is asked of: its bridges, volume groups, and the guests that it has. */
#include "base/file.h"
#include "base/run.h"
#include "base/util.h"
#include "guest/autostart.h"
#include "guest/guest.h"
#include "guest/xlcfg.h"

#include <dirent.h>
#include <sys/stat.h>

#define LVM_S 60
#define XL_S  60

static const char *line(struct guest_host *h, const char *path)
{
	auto_free char *full = path_join(h->root, path);
	auto_free char *s = file_line(full);

	return s ? arena_strdup(&h->arena, s) : NULL;
}

static bool is_live(const struct guest_host *h)
{
	return strcmp(h->root, "/") == 0;
}

/* Sorted names in a folder below root; those that begin with a dot are none. */
static void names_in(const struct guest_host *h, const char *path, struct argv *ret)
{
	auto_free char *full = path_join(h->root, path);
	DIR *d = opendir(full);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.')
			argv_add(ret, e->d_name);
	if (d)
		closedir(d);
	argv_sort_unique(ret);
}

static const char **words(struct arena *a, const struct argv *v)
{
	const char **ret = arena_alloc(a, (v->n + 1) * sizeof(*ret));

	for (size_t i = 0; i < v->n; i++)
		ret[i] = arena_strdup(a, v->v[i]);
	return ret;
}

static void read_bridges(struct guest_host *h)
{
	auto_argv all = { 0 }, bridges = { 0 }, vlan = { 0 };

	names_in(h, "sys/class/net", &all);
	for (size_t i = 0; i < all.n; i++) {
		auto_free char *dir = xasprintf("%s/sys/class/net/%s/bridge", h->root, all.v[i]);
		auto_free char *filter = xasprintf("sys/class/net/%s/bridge/vlan_filtering", all.v[i]);

		if (!file_exists(dir))
			continue;
		argv_add(&bridges, all.v[i]);
		if (str_eq(line(h, filter), "1"))
			argv_add(&vlan, all.v[i]);
	}
	h->bridges = words(&h->arena, &bridges);
	h->vlan_bridges = words(&h->arena, &vlan);
}

/* What lvm reports as JSON: asked for here, or as a capture holds it. NULL: there is no LVM. */
static json_t *lvm_report(struct guest_host *h, const char *what, const char *fields, struct err *err)
{
	auto_buf out = { 0 };
	auto_run run = { .out = &out, .timeout_s = LVM_S };

	if (!is_live(h)) {
		auto_free char *path = xasprintf("%s/xenith/%s.json", h->root, what);

		if (file_read(path, &out, NULL))
			return NULL;
	} else {
		if (!file_exists("/sbin/lvm") && !file_exists("/usr/sbin/lvm"))
			return NULL;
		argv_addl(&run.argv, "lvm", what, "--readonly", "--reportformat", "json", "--units", "b",
			  "--nosuffix", "-o", fields, NULL);
		if (run_argv(&run, err))
			return NULL;
	}
	return json_loads(buf_str(&out), 0, NULL);
}

static const char *get(struct guest_host *h, const json_t *row, const char *key)
{
	const char *s = json_string_value(json_object_get(row, key));

	return arena_strdup(&h->arena, s ? s : "");
}

static uint64_t get_u64(const json_t *row, const char *key)
{
	const char *s = json_string_value(json_object_get(row, key));
	uint64_t v = 0;

	return s && str_u64(s, &v) ? v : 0;
}

static const json_t *rows(const json_t *report, const char *what)
{
	return json_object_get(json_array_get(json_object_get(report, "report"), 0), what);
}

static struct guest_vg *vg_find(struct guest_host *h, const char *name)
{
	for (size_t i = 0; i < h->n_vgs; i++)
		if (str_eq(h->vgs[i].name, name))
			return &h->vgs[i];
	return NULL;
}

static void read_pv(struct guest_host *h, const json_t *row)
{
	struct guest_vg *vg = vg_find(h, json_string_value(json_object_get(row, "vg_name")));
	const char *pv = get(h, row, "pv_name");

	if (!vg)
		return;
	if (str_starts(get(h, row, "pv_missing"), "missing")) {
		size_t n = 0;

		while (vg->missing && vg->missing[n])
			n++;
		vg->missing = memcpy(arena_alloc(&h->arena, (n + 2) * sizeof(char *)),
				     vg->missing ? vg->missing : &(const char *){ NULL }, n * sizeof(char *));
		vg->missing[n] = get(h, row, "pv_uuid");
	}
	/* A map that isn't LVM's or LUKS' own: multipath's. */
	if (str_starts(pv, "/dev/mapper/"))
		vg->san = true;
}

static int read_lvm(struct guest_host *h, struct err *err)
{
	auto_json *vgs = lvm_report(h, "vgs",
				    "vg_name,vg_uuid,vg_extent_size,vg_free_count,vg_attr,vg_lock_type", err);
	auto_json *lvs =
		vgs ? lvm_report(h, "lvs", "vg_name,lv_name,lv_size,lv_attr,pool_lv,origin,lv_tags", err)
		    : NULL;
	auto_json *pvs = lvs ? lvm_report(h, "pvs", "pv_name,pv_uuid,vg_name,pv_missing", err) : NULL;
	const json_t *row;
	size_t i;

	if (is_live(h) && err->code)
		return -(int)err->code;
	json_array_foreach (rows(vgs, "vg"), i, row) {
		struct guest_vg *vg = arena_push(&h->arena, &h->vgs, &h->n_vgs, sizeof(*vg));
		const char *attr = get(h, row, "vg_attr"), *lock = get(h, row, "vg_lock_type");

		vg->name = get(h, row, "vg_name");
		vg->uuid = get(h, row, "vg_uuid");
		vg->extent_bytes = get_u64(row, "vg_extent_size");
		vg->free_extents = get_u64(row, "vg_free_count");
		vg->shared = strlen(attr) > 5 && (attr[5] == 's' || attr[5] == 'c');
		vg->lock = *lock && !str_eq(lock, "none") ? lock : NULL;
	}
	json_array_foreach (rows(lvs, "lv"), i, row) {
		struct guest_lv *lv = arena_push(&h->arena, &h->lvs, &h->n_lvs, sizeof(*lv));
		const char *attr = get(h, row, "lv_attr");

		lv->vg = get(h, row, "vg_name");
		lv->name = get(h, row, "lv_name");
		lv->size_bytes = get_u64(row, "lv_size");
		lv->pool = *get(h, row, "pool_lv") ? get(h, row, "pool_lv") : NULL;
		lv->origin = *get(h, row, "origin") ? get(h, row, "origin") : NULL;
		lv->is_pool = attr[0] == 't';
		lv->open = strlen(attr) > 5 && attr[5] == 'o';
		lv->tags = get(h, row, "lv_tags");
	}
	json_array_foreach (rows(pvs, "pv"), i, row)
		read_pv(h, row);
	return 0;
}

static json_t *read_json(const struct guest_host *h, const char *name)
{
	auto_free char *path = xasprintf("%s/etc/xenith/guests/%s.json", h->root, name);
	auto_buf b = { 0 };

	return file_read(path, &b, NULL) ? NULL : json_loads(buf_str(&b), 0, NULL);
}

/* Whether a link in that folder leads to the file. */
static bool has_link(const struct guest_host *h, const char *folder, const char *file)
{
	auto_argv names = { 0 };
	bool found = false;

	names_in(h, folder + 1, &names);
	for (size_t i = 0; !found && i < names.n; i++) {
		auto_free char *base = autostart_link(h->root, folder, names.v[i]);

		found = str_eq(base, file);
	}
	return found;
}

static void read_guest(struct guest_host *h, const char *file, struct argv *unread)
{
	auto_free char *path = xasprintf("%s/etc/xen/%s", h->root, file);
	auto_free char *shown = xasprintf("/etc/xen/%s", file);
	struct guest_known *g;
	struct err err = { 0 };
	json_t *config = NULL;
	auto_buf text = { 0 };

	if (file_read(path, &text, &err) || xlcfg_parse(shown, buf_str(&text), &config, &err)) {
		argv_add(unread, err.msg);
		return;
	}
	if (!xlcfg_str(config, "name")) { /* xl.conf's kin, templates of others */
		json_decref(config);
		return;
	}
	g = arena_push(&h->arena, &h->guests, &h->n_guests, sizeof(*g));
	g->file = arena_strdup(&h->arena, shown);
	g->config = config;
	g->name = xlcfg_str(config, "name");
	g->uuid = xlcfg_str(config, "uuid");
	g->record = read_json(h, g->name);
	g->autostart = has_link(h, GUEST_START_DIR, file) || has_link(h, "/etc/xen/auto", file);
}

static void read_guests(struct guest_host *h)
{
	auto_argv files = { 0 }, unread = { 0 };

	names_in(h, "etc/xen", &files);
	for (size_t i = 0; i < files.n; i++) {
		auto_free char *path = xasprintf("%s/etc/xen/%s", h->root, files.v[i]);
		struct stat st;

		if (!stat(path, &st) && S_ISREG(st.st_mode) && str_ends(files.v[i], ".cfg"))
			read_guest(h, files.v[i], &unread);
	}
	h->unread = words(&h->arena, &unread);
}

/* "total_memory : 16384" and its kin of `xl info`. */
static void read_xl_info(struct guest_host *h)
{
	auto_buf out = { 0 };
	auto_argv lines = { 0 };
	auto_run run = { .out = &out, .timeout_s = XL_S };
	auto_free char *path = path_join(h->root, "xenith/xl-info");

	if (is_live(h)) {
		argv_addl(&run.argv, "xl", "info", NULL);
		if (!file_exists("/proc/xen/capabilities") || run_argv(&run, NULL))
			return;
	} else if (file_read(path, &out, NULL)) {
		return;
	}
	argv_split(&lines, buf_str(&out), "\n");
	for (size_t i = 0; i < lines.n; i++) {
		const char *colon = strchr(lines.v[i], ':');
		auto_argv v = { 0 };

		if (!colon)
			continue;
		argv_split(&v, colon + 1, " ");
		if (str_starts(lines.v[i], "total_memory") && v.n)
			str_u64(v.v[0], &h->mem_mib);
		else if (str_starts(lines.v[i], "nr_cpus") && v.n)
			str_u64(v.v[0], &h->cpus);
		else if (str_starts(lines.v[i], "virt_caps"))
			h->hvm = argv_has(&v, "hvm");
	}
}

static const char *file_if_there(struct guest_host *h, const char *path)
{
	auto_free char *full = path_join(h->root, path);

	return file_exists(full) ? path : NULL;
}

/* xl finds it by its name in the folder of its own version. */
static const char *find_pygrub(struct guest_host *h)
{
	const char *found = NULL;
	auto_argv names = { 0 };

	names_in(h, "usr/lib", &names);
	for (size_t i = 0; i < names.n; i++) {
		auto_free char *path = xasprintf("/usr/lib/%s/bin/pygrub", names.v[i]);

		if (str_starts(names.v[i], "xen-") && file_if_there(h, path))
			found = arena_strdup(&h->arena, path);
	}
	return found;
}

int guest_host_read(const char *root, struct guest_host *ret, struct err *err)
{
	struct guest_host h = { .root = root };
	struct err lvm = { 0 };
	int r;

	h.id = line(&h, "etc/machine-id");
	h.name = line(&h, "etc/hostname");
	h.id = h.id ? h.id : "";
	h.name = h.name ? h.name : "";
	read_bridges(&h);
	read_guests(&h);
	read_xl_info(&h);
	h.pvh_loader = file_if_there(&h, "/usr/lib/grub-xen/grub-i386-xen_pvh.bin");
	h.pv_loader = file_if_there(&h, "/usr/lib/grub-xen/grub-x86_64-xen.bin");
	h.pygrub = find_pygrub(&h);
	r = read_lvm(&h, &lvm);
	if (r) {
		guest_host_clear(&h);
		return err_set(err, lvm.code, "%s", lvm.msg);
	}
	*ret = h;
	return 0;
}

void guest_host_clear(struct guest_host *host)
{
	for (size_t i = 0; i < host->n_guests; i++) {
		json_decref(host->guests[i].config);
		json_decref(host->guests[i].record);
	}
	arena_clear(&host->arena);
	*host = (struct guest_host){ 0 };
}

const struct guest_known *guest_host_find(const struct guest_host *host, const char *name)
{
	for (size_t i = 0; i < host->n_guests; i++)
		if (str_eq(host->guests[i].name, name))
			return &host->guests[i];
	return NULL;
}

const struct guest_lv *guest_host_lv(const struct guest_host *host, const char *vg, const char *name)
{
	for (size_t i = 0; i < host->n_lvs; i++)
		if (str_eq(host->lvs[i].vg, vg) && str_eq(host->lvs[i].name, name))
			return &host->lvs[i];
	return NULL;
}

const struct guest_vg *guest_host_vg(const struct guest_host *host, const char *name)
{
	return vg_find((struct guest_host *)(uintptr_t)host, name);
}

const char *guest_lv_owner(const struct guest_host *host, const struct guest_lv *lv)
{
	static const char tag[] = "xenith.owner.";
	const char *at = strstr(lv->tags, tag);
	size_t len = at ? strcspn(at, ",") : 0;
	const char *owner = at ? at + strlen(tag) : NULL;

	if (!at ||
	    (len - strlen(tag) == strlen(host->name) && strncmp(owner, host->name, len - strlen(tag)) == 0))
		return NULL;
	return owner;
}
