#include "iso-build/modules.h"

#include <dirent.h>
#include <errno.h>
#include <libkmod.h>

#include "base/file.h"
#include "base/tree.h"
#include "base/util.h"

void kernel_clear(struct kernel *kernel)
{
	free(kernel->release);
	free(kernel->image);
	free(kernel->modules);
	*kernel = (struct kernel){ 0 };
}

int kernel_find(const char *dir, struct kernel *ret, struct err *err)
{
	auto_free char *boot = path_join(dir, "boot");
	auto_free char *release = NULL;
	DIR *d = opendir(boot);
	struct dirent *e;
	unsigned n = 0;

	if (!d)
		return err_sys(err, "%s holds no kernel: cannot open %s", dir, boot);
	while ((e = readdir(d))) {
		if (!str_starts(e->d_name, "vmlinuz-"))
			continue;
		n++;
		free(release);
		release = xstrdup(e->d_name + strlen("vmlinuz-"));
	}
	closedir(d);
	if (n != 1)
		return err_set(
			err, ERR_ISO_PARTS,
			"%s holds %u kernels (vmlinuz-VERSION); one is wanted, that of a linux-image package",
			boot, n);
	ret->image = xasprintf("%s/vmlinuz-%s", boot, release);
	ret->modules = xasprintf("%s/usr/lib/modules/%s", dir, release);
	if (!file_exists(ret->modules)) {
		free(ret->modules);
		ret->modules = xasprintf("%s/lib/modules/%s", dir, release);
	}
	ret->release = TAKE(release);
	if (file_exists(ret->modules))
		return 0;
	kernel_clear(ret);
	return err_set(err, ERR_ISO_PARTS, "%s holds a kernel without its lib/modules", dir);
}

/* Module names as the kernel writes them, "dm_mod". */
static char *module_name(const char *word)
{
	const char *slash = strrchr(word, '/');
	char *name = xstrdup(slash ? slash + 1 : word);

	name[strcspn(name, ".")] = '\0';
	for (char *s = name; *s; s++)
		if (*s == '-')
			*s = '_';
	return name;
}

struct module {
	char *name, *path; /* path: below the modules folder, "kernel/..."; NULL: built in */
	bool wanted;
};

struct pool {
	const struct kernel *kernel;
	struct kmod_ctx *kmod;
	struct argv *firmware; /* names that wanted modules ask for; or NULL */
	struct module *v;      /* sorted by name */
	size_t n, cap;
};

static void pool_clear(struct pool *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->v[i].name);
		free(p->v[i].path);
	}
	free(p->v);
	if (p->kmod)
		kmod_unref(p->kmod);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct module *)a)->name, ((const struct module *)b)->name);
}

static struct module *pool_find(struct pool *p, const char *name)
{
	struct module key = { .name = (char *)name };

	return bsearch(&key, p->v, p->n, sizeof(*p->v), by_name);
}

static void pool_add(struct pool *p, const char *word, const char *path)
{
	xgrow(&p->v, &p->cap, p->n, sizeof(*p->v));
	p->v[p->n].name = module_name(word);
	p->v[p->n].path = path ? xstrdup(path) : NULL;
	p->n++;
}

static int pool_add_file(void *arg, const struct tree_entry *e, struct err *err)
{
	const char *name = strrchr(e->path, '/') + 1;
	struct pool *p = arg;

	(void)err;
	if (S_ISREG(e->st->st_mode) && strstr(name, ".ko"))
		pool_add(p, name, e->path + strlen(p->kernel->modules) + 1);
	return 0;
}

/* All modules of the kernel, also those built in (modules.builtin: a path a line). */
static int pool_read(struct pool *p, struct err *err)
{
	auto_free char *builtin = path_join(p->kernel->modules, "modules.builtin");
	auto_free char *files = path_join(p->kernel->modules, "kernel");
	auto_argv lines = { 0 };
	auto_buf b = { 0 };
	int r = file_read(builtin, &b, err);

	if (!r)
		r = tree_walk(files, 0, pool_add_file, p, err);
	argv_split(&lines, buf_str(&b), "\n");
	for (size_t i = 0; i < lines.n; i++)
		pool_add(p, lines.v[i], NULL);
	qsort(p->v, p->n, sizeof(*p->v), by_name);
	p->kmod = kmod_new(p->kernel->modules, NULL);
	if (!r && !p->kmod)
		r = err_set(err, ERR_SYS, "cannot start libkmod");
	return r;
}

/* The names behind "depends" (they must be there) and "softdep" (only if they are) of modinfo(8). */
static int needed_names(struct pool *p, const char *path, struct argv *depends, struct argv *soft,
			struct err *err)
{
	struct kmod_module *mod = NULL;
	struct kmod_list *info = NULL, *item;
	int r = kmod_module_new_from_path(p->kmod, path, &mod);

	if (r >= 0)
		r = kmod_module_get_info(mod, &info);
	kmod_list_foreach(item, info)
	{
		const char *key = kmod_module_info_get_key(item);

		if (str_eq(key, "depends"))
			argv_split(depends, kmod_module_info_get_value(item), ",");
		else if (str_eq(key, "softdep"))
			argv_split(soft, kmod_module_info_get_value(item), " ");
		else if (str_eq(key, "firmware") && p->firmware)
			argv_add(p->firmware, kmod_module_info_get_value(item));
	}
	kmod_module_info_free_list(info);
	kmod_module_unref(mod);
	return r < 0 ? err_set(err, ERR_SYS, "cannot read the module %s: %s", path, strerror(-r)) : 0;
}

static int want(struct pool *p, const char *word, struct argv *missing, struct err *err)
{
	auto_free char *name = module_name(word);
	struct module *m = pool_find(p, name);
	auto_argv depends = { 0 };
	auto_argv soft = { 0 };
	auto_free char *path = NULL;
	int r;

	if (!m && missing)
		argv_add(missing, word);
	if (!m || m->wanted || !m->path)
		return 0;
	m->wanted = true;
	path = path_join(p->kernel->modules, m->path);
	r = needed_names(p, path, &depends, &soft, err);
	for (size_t i = 0; !r && i < depends.n; i++)
		r = want(p, depends.v[i], missing, err);
	for (size_t i = 0; !r && i < soft.n; i++)
		r = want(p, soft.v[i], NULL, err);
	return r;
}

static int want_list(struct pool *p, const char *list, struct err *err)
{
	auto_argv missing = { 0 };
	auto_argv lines = { 0 };
	int r = 0;

	argv_split(&lines, list, "\n");
	for (size_t i = 0; !r && i < lines.n; i++) {
		auto_argv words = { 0 };

		lines.v[i][strcspn(lines.v[i], "#")] = '\0';
		argv_split(&words, lines.v[i], " \t");
		for (size_t j = 0; !r && j < words.n; j++) {
			bool optional = str_ends(words.v[j], "?");

			words.v[j][strcspn(words.v[j], "?")] = '\0';
			r = want(p, words.v[j], optional ? NULL : &missing, err);
		}
	}
	if (!r && missing.n) {
		auto_buf b = { 0 };

		argv_quote(&missing, &b);
		r = err_set(err, ERR_ISO_PARTS,
			    "kernel %s has no module named: %s (see iso-build/modules.list)",
			    p->kernel->release, buf_str(&b));
	}
	return r;
}

static int copy_one(const struct kernel *k, const char *path, const char *to_dir, struct door *door,
		    struct err *err)
{
	auto_free char *from = path_join(k->modules, path);
	auto_free char *to = path_join(to_dir, path);
	auto_buf b = { 0 };
	int r = file_read(from, &b, err);

	return r ? r : door_write(door, to, b.data, b.len, 0644, err);
}

/* Of its indices libkmod reads the binary ones, and facts/undriven.c modules.alias; the others are for
 * depmod. */
static int drop_texts(const char *dir, struct err *err)
{
	static const char *const texts[] = { "modules.builtin", "modules.builtin.modinfo", "modules.dep",
					     "modules.order", "modules.symbols" };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		auto_free char *path = path_join(dir, texts[i]);

		if (unlink(path) && errno != ENOENT)
			return err_sys(err, "cannot remove %s", path);
	}
	return 0;
}

/* Which module has a symbol: what nobody looks up. libkmod wants the file, and takes one without entries (its
 * magic number, version, and no root). */
static int empty_symbols(const char *dir, struct door *door, struct err *err)
{
	static const unsigned char index[] = { 0xb0, 0x07, 0xf4, 0x57, 0, 2, 0, 1, 0, 0, 0, 0 };
	auto_free char *path = path_join(dir, "modules.symbols.bin");

	return door_write(door, path, index, sizeof(index), 0644, err);
}

int modules_copy(const struct kernel *kernel, const char *list, const char *dir, struct argv *firmware,
		 struct door *door, struct err *err)
{
	static const char *const indices[] = { "modules.order", "modules.builtin",
					       "modules.builtin.modinfo" };
	auto_free char *to = xasprintf("%s/usr/lib/modules/%s", dir, kernel->release);
	struct pool pool = { .kernel = kernel, .firmware = firmware };
	size_t n = 0;
	int r = pool_read(&pool, err);

	if (!r)
		r = want_list(&pool, list, err);
	for (size_t i = 0; !r && i < pool.n; i++)
		if (pool.v[i].wanted) {
			r = copy_one(kernel, pool.v[i].path, to, door, err);
			n++;
		}
	for (size_t i = 0; !r && i < ARRAY_SIZE(indices); i++)
		r = copy_one(kernel, indices[i], to, door, err);
	pool_clear(&pool);
	log_printf(door->log, "%zu modules of kernel %s", n, kernel->release);
	if (!r)
		r = door_runl(door, err, "depmod", "-b", dir, kernel->release, NULL);
	if (!r && !door->record)
		r = drop_texts(to, err);
	return r ? r : empty_symbols(to, door, err);
}
