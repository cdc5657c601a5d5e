#include "iso-build/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/tree.h"
#include "base/util.h"
#include "iso-build/elf.h"
#include "iso-build/elf_stub.h"
#include "iso-build/elf_unwind.h"

static const char *const usr_links[] = { "bin", "sbin", "lib", "lib64" };

int stage_init(struct stage *stage, const char *dir, struct door *door, struct err *err)
{
	int r = 0;

	stage->dir = dir;
	stage->door = door;
	for (size_t i = 0; !r && i < ARRAY_SIZE(usr_links); i++) {
		auto_free char *target = xasprintf("usr/%s", usr_links[i]);
		auto_free char *folder = path_join(dir, target);
		auto_free char *link = path_join(dir, usr_links[i]);

		r = door_mkdirs(door, folder, 0755, err);
		if (!r)
			r = door_symlink(door, target, link, err);
	}
	return r;
}

void stage_clear(struct stage *stage)
{
	argv_clear(&stage->staged);
	argv_clear(&stage->stubs);
}

/* Where a path of the build machine goes: "/lib/x" -> DIR/usr/lib/x. free(3). */
static char *place(const struct stage *stage, const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(usr_links); i++) {
		size_t n = strlen(usr_links[i]);

		if (path[0] == '/' && strncmp(path + 1, usr_links[i], n) == 0 && path[1 + n] == '/')
			return xasprintf("%s/usr%s", stage->dir, path);
	}
	return path_join(stage->dir, path);
}

static int make_parents(const char *path, struct err *err)
{
	auto_free char *dir = xstrndup(path, (size_t)(strrchr(path, '/') - path));

	return file_mkdirs(dir, 0755, err);
}

struct copy {
	const char *from, *to;
};

/* The library that unwinds the stack does so from within itself. */
static bool unwinds(const char *path)
{
	const char *slash = strrchr(path, '/');

	return str_starts(slash ? slash + 1 : path, "libgcc_s.so");
}

static int write_plain(const char *path, const struct buf *data, mode_t mode, struct err *err)
{
	auto_close int out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (out < 0 || fchmod(out, mode) || file_write_fd(out, data->data, data->len))
		return err_sys(err, "cannot write %s", path);
	return 0;
}

static int copy_file(void *arg, struct err *err)
{
	const struct copy *c = arg;
	auto_buf data = { 0 };
	struct stat st;
	int r;

	if (stat(c->from, &st))
		return err_sys(err, "cannot open %s", c->from);
	r = file_read(c->from, &data, err);
	if (!r)
		r = make_parents(c->to, err);
	if (r)
		return r;
	if (!unwinds(c->from))
		elf_drop_unwind(&data);
	return write_plain(c->to, &data, st.st_mode & 0111 ? 0755 : 0644, err);
}

static int copy_to(struct stage *stage, const char *from, const char *to, struct err *err)
{
	struct copy c = { from, to };
	auto_free char *what = xasprintf("copy %s to %s", from, to);

	return door_call(stage->door, what, copy_file, &c, err);
}

static int stage_library(struct stage *stage, const char *path, const char *to, struct err *err)
{
	auto_buf stub = { 0 };
	int r;

	if (elf_named(path, &stage->stubs)) {
		r = elf_stub(path, &stub, err);
		return r ? r : door_write(stage->door, to, stub.data, stub.len, 0644, err);
	}
	return copy_to(stage, path, to, err);
}

static int stage_closure(struct stage *stage, const char *file, struct err *err)
{
	auto_argv libs = { 0 };
	int r = elf_closure(file, &stage->stubs, &libs, err);

	for (size_t i = 0; !r && i < libs.n; i++) {
		auto_free char *to = place(stage, libs.v[i]);

		/* By the name that the loader looks for, so that no chain of links is needed. */
		if (argv_has(&stage->staged, to))
			continue;
		argv_add(&stage->staged, to);
		r = stage_library(stage, libs.v[i], to, err);
	}
	return r;
}

static int stage_link(struct stage *stage, const char *path, const char *target, struct err *err)
{
	auto_free char *to = place(stage, path);
	auto_free char *full = target[0] == '/'
				       ? xstrdup(target)
				       : xasprintf("%.*s/%s", (int)(strrchr(path, '/') - path), path, target);
	int r = make_parents(to, err);

	if (!r)
		r = door_symlink(stage->door, target, to, err);
	return r ? r : stage_file(stage, full, err);
}

int stage_file(struct stage *stage, const char *path, struct err *err)
{
	auto_free char *to = place(stage, path);
	char target[4096];
	struct stat st;
	ssize_t n;
	int r;

	if (argv_has(&stage->staged, to))
		return 0;
	if (lstat(path, &st))
		return err_sys(err, "cannot find %s", path);
	argv_add(&stage->staged, to);
	if (S_ISLNK(st.st_mode)) {
		n = readlink(path, target, sizeof(target) - 1);
		if (n < 0)
			return err_sys(err, "cannot read the link %s", path);
		target[n] = '\0';
		return stage_link(stage, path, target, err);
	}
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_ISO_PARTS, "%s is no file", path);
	r = copy_to(stage, path, to, err);
	return r ? r : stage_closure(stage, path, err);
}

static int stage_entry(void *arg, const struct tree_entry *e, struct err *err)
{
	return S_ISREG(e->st->st_mode) || S_ISLNK(e->st->st_mode) ? stage_file(arg, e->path, err) : 0;
}

int stage_tree(struct stage *stage, const char *path, struct err *err)
{
	return tree_walk(path, 0, stage_entry, stage, err);
}

int stage_program_as(struct stage *stage, const char *source, const char *path, struct err *err)
{
	auto_free char *to = place(stage, path);
	int r = copy_to(stage, source, to, err);

	argv_add(&stage->staged, to);
	return r ? r : stage_closure(stage, source, err);
}

int stage_write(struct stage *stage, const char *path, const char *text, mode_t mode, struct err *err)
{
	auto_free char *to = place(stage, path);

	return door_write(stage->door, to, text, strlen(text), mode, err);
}
