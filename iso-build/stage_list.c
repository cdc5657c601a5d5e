/* The list of what goes into the initramfs, a line at a time: one function a kind of line. */
#include "base/file.h"
#include "base/run.h"
#include "base/util.h"
#include "iso-build/elf.h"
#include "iso-build/stage.h"

static const char *const program_dirs[] = { "/usr/sbin", "/usr/bin", "/sbin", "/bin" };

static int do_program(struct stage *stage, const char *name, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(program_dirs); i++) {
		auto_free char *path = path_join(program_dirs[i], name);

		if (file_exists(path))
			return stage_file(stage, path, err);
	}
	return err_set(err, ERR_ISO_PARTS,
		       "not on this machine (looked in /usr/sbin and /usr/bin): install it");
}

static int do_library(struct stage *stage, const char *name, struct err *err)
{
	auto_free char *path = elf_find_library(name);

	return path ? stage_file(stage, path, err)
		    : err_set(err, ERR_ISO_PARTS, "not on this machine: install its package");
}

static int do_stub(struct stage *stage, const char *prefix, struct err *err)
{
	(void)err;
	argv_add(&stage->stubs, prefix);
	return 0;
}

static int do_file(struct stage *stage, const char *path, struct err *err)
{
	return file_exists(path) ? stage_file(stage, path, err)
				 : err_set(err, ERR_ISO_PARTS, "not on this machine: install its package");
}

static int do_tree(struct stage *stage, const char *path, struct err *err)
{
	return file_exists(path) ? stage_tree(stage, path, err)
				 : err_set(err, ERR_ISO_PARTS, "not on this machine: install its package");
}

static int do_dir(struct stage *stage, const char *path, struct err *err)
{
	auto_free char *to = path_join(stage->dir, path);

	return door_mkdirs(stage->door, to, 0755, err);
}

/* A link in /usr/bin for every applet whose name no staged program has. */
static int do_applets(struct stage *stage, const char *busybox, struct err *err)
{
	auto_run run = { 0 };
	auto_argv names = { 0 };
	auto_buf out = { 0 };
	int r;

	argv_addl(&run.argv, busybox, "--list", NULL);
	run.out = &out;
	run.log = stage->door->log;
	r = run_argv(&run, err);
	argv_split(&names, buf_str(&out), "\n");
	for (size_t i = 0; !r && i < names.n; i++) {
		auto_free char *bin = xasprintf("%s/usr/bin/%s", stage->dir, names.v[i]);
		auto_free char *sbin = xasprintf("%s/usr/sbin/%s", stage->dir, names.v[i]);

		if (!file_exists(bin) && !file_exists(sbin))
			r = door_symlink(stage->door, "busybox", bin, err);
	}
	return r;
}

static const struct kind {
	const char *name;
	int (*fn)(struct stage *stage, const char *arg, struct err *err);
} kinds[] = {
	{ "program", do_program }, { "library", do_library }, { "file", do_file }, { "tree", do_tree },
	{ "dir", do_dir },         { "applets", do_applets }, { "stub", do_stub },
};

static int do_line(struct stage *stage, const struct argv *words, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		size_t n = strlen(kinds[i].name);
		struct err own = { 0 };
		bool optional;

		if (strncmp(words->v[0], kinds[i].name, n) != 0)
			continue;
		optional = words->v[0][n] == '?';
		if (words->v[0][n + optional])
			continue;
		if (words->n != 2)
			return err_set(err, ERR_ISO_LIST, "one word must follow");
		if (!kinds[i].fn(stage, words->v[1], &own))
			return 0;
		if (!optional)
			return err_copy(err, &own);
		log_printf(stage->door->log, "left out: %s: %s", words->v[1], own.msg);
		return 0;
	}
	return err_set(err, ERR_ISO_LIST, "unknown kind of line");
}

int stage_list(struct stage *stage, const char *name, const char *text, struct err *err)
{
	unsigned line = 0;

	for (const char *s = text, *end; *s; s = *end ? end + 1 : end) {
		auto_argv words = { 0 };
		auto_free char *copy = NULL;

		end = s + strcspn(s, "\n");
		line++;
		copy = xstrndup(s, MIN(strcspn(s, "#"), (size_t)(end - s)));
		argv_split(&words, copy, " \t");
		if (words.n && do_line(stage, &words, err))
			return err_wrap(err, "%s:%u: %s %s", name, line, words.v[0],
					words.n > 1 ? words.v[1] : "");
	}
	return 0;
}
