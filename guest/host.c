/* The dom0 that a guest is asked of: its bridges, volume groups, and the guests that it has. */
#include <dirent.h>

#include "base/file.h"
#include "base/run.h"
#include "base/util.h"
#include "guest/host_priv.h"
#include "guest/xlcfg_word.h"

#define XL_S 60

static const char *line(struct guest_host *h, const char *path)
{
	auto_free char *full = path_join(h->root, path);
	auto_free char *s = file_line(full);

	return s ? arena_strdup(&h->arena, s) : NULL;
}

bool ghost_is_live(const struct guest_host *h)
{
	return strcmp(h->root, "/") == 0;
}

void ghost_names(const struct guest_host *h, const char *path, struct argv *ret)
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

const char **ghost_words(struct arena *a, const struct argv *v)
{
	const char **ret = arena_alloc(a, (v->n + 1) * sizeof(*ret));

	for (size_t i = 0; i < v->n; i++)
		ret[i] = arena_strdup(a, v->v[i]);
	return ret;
}

static void read_bridges(struct guest_host *h)
{
	auto_argv all = { 0 }, bridges = { 0 }, vlan = { 0 };

	ghost_names(h, "sys/class/net", &all);
	for (size_t i = 0; i < all.n; i++) {
		auto_free char *dir = xasprintf("%s/sys/class/net/%s/bridge", h->root, all.v[i]);
		auto_free char *filter = xasprintf("sys/class/net/%s/bridge/vlan_filtering", all.v[i]);

		if (!file_exists(dir))
			continue;
		argv_add(&bridges, all.v[i]);
		if (str_eq(line(h, filter), "1"))
			argv_add(&vlan, all.v[i]);
	}
	h->bridges = ghost_words(&h->arena, &bridges);
	h->vlan_bridges = ghost_words(&h->arena, &vlan);
}

/* "total_memory : 16384" and its kin of `xl info`. */
static void read_xl_info(struct guest_host *h)
{
	auto_buf out = { 0 };
	auto_argv lines = { 0 };
	auto_run run = { .out = &out, .timeout_s = XL_S };
	auto_free char *path = path_join(h->root, "xenith/xl-info");

	if (ghost_is_live(h)) {
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

	ghost_names(h, "usr/lib", &names);
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
	ghost_guests(&h);
	read_xl_info(&h);
	h.pvh_loader = file_if_there(&h, "/usr/lib/grub-xen/grub-i386-xen_pvh.bin");
	h.pv_loader = file_if_there(&h, "/usr/lib/grub-xen/grub-x86_64-xen.bin");
	h.pygrub = find_pygrub(&h);
	r = ghost_lvm(&h, &lvm);
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
	for (size_t i = 0; i < host->n_vgs; i++)
		if (str_eq(host->vgs[i].name, name))
			return &host->vgs[i];
	return NULL;
}

bool guest_host_has_mac(const struct guest_host *host, const char *mac)
{
	for (size_t i = 0; i < host->n_guests; i++) {
		const json_t *v;
		size_t k;

		json_array_foreach (json_object_get(host->guests[i].config, "vif"), k, v) {
			auto_free char *m =
				json_is_string(v) ? xlcfg_vif_get(json_string_value(v), "mac") : NULL;

			if (m && strcasecmp(m, mac) == 0)
				return true;
		}
	}
	return false;
}
