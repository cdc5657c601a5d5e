#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"
#include "guest/autostart.h"
#include "guest/host_priv.h"
#include "guest/xlcfg.h"

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

	ghost_names(h, folder + 1, &names);
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

void ghost_guests(struct guest_host *h)
{
	auto_argv files = { 0 }, unread = { 0 };

	ghost_names(h, "etc/xen", &files);
	for (size_t i = 0; i < files.n; i++) {
		auto_free char *path = xasprintf("%s/etc/xen/%s", h->root, files.v[i]);
		struct stat st;

		if (!stat(path, &st) && S_ISREG(st.st_mode) && str_ends(files.v[i], ".cfg"))
			read_guest(h, files.v[i], &unread);
	}
	h->unread = ghost_words(&h->arena, &unread);
}
