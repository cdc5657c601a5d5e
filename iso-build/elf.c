#include "iso-build/elf.h"

#include <fcntl.h>
#include <gelf.h>

#include "base/file.h"
#include "base/util.h"

static const char *const default_dirs[] = {
	"/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib", "/lib",
};

struct object {
	struct argv needed;
	struct argv runpath;
	char *interp;
};

static void object_clear(struct object *o)
{
	argv_clear(&o->needed);
	argv_clear(&o->runpath);
	free(o->interp);
}

/* DT_RUNPATH with $ORIGIN filled in. */
static void add_runpath(struct object *o, const char *file, const char *value)
{
	const char *slash = strrchr(file, '/');
	int dir_len = slash ? (int)(slash - file) : 0;
	auto_argv dirs = { 0 };

	argv_split(&dirs, value, ":");
	for (size_t i = 0; i < dirs.n; i++) {
		const char *d = dirs.v[i];

		if (str_starts(d, "$ORIGIN") || str_starts(d, "${ORIGIN}"))
			argv_addf(&o->runpath, "%.*s%s", dir_len, file, d + (d[1] == '{' ? 9 : 7));
		else
			argv_add(&o->runpath, d);
	}
}

static void read_dynamic(Elf *elf, Elf_Scn *scn, const GElf_Shdr *sh, const char *file, struct object *o)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	GElf_Dyn dyn;

	for (int i = 0; data && gelf_getdyn(data, i, &dyn) && dyn.d_tag != DT_NULL; i++) {
		const char *s;

		if (dyn.d_tag != DT_NEEDED && dyn.d_tag != DT_RUNPATH && dyn.d_tag != DT_RPATH)
			continue;
		s = elf_strptr(elf, sh->sh_link, dyn.d_un.d_val);
		if (s && dyn.d_tag == DT_NEEDED)
			argv_add(&o->needed, s);
		else if (s)
			add_runpath(o, file, s);
	}
}

static void read_elf(Elf *elf, const char *file, struct object *o)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;

	while ((scn = elf_nextscn(elf, scn)))
		if (gelf_getshdr(scn, &sh) && sh.sh_type == SHT_DYNAMIC)
			read_dynamic(elf, scn, &sh, file, o);
	for (int i = 0; i < 64; i++) {
		size_t len;
		const char *raw = elf_rawfile(elf, &len);
		GElf_Phdr ph;

		if (!gelf_getphdr(elf, i, &ph))
			break;
		if (ph.p_type == PT_INTERP && raw && ph.p_offset < len && ph.p_filesz <= len - ph.p_offset)
			o->interp = xstrndup(raw + ph.p_offset, ph.p_filesz);
	}
}

static int object_read(const char *file, struct object *ret, struct err *err)
{
	auto_close int fd = open(file, O_RDONLY | O_CLOEXEC);
	Elf *elf;

	if (fd < 0)
		return err_sys(err, "cannot open %s", file);
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	if (elf && elf_kind(elf) == ELF_K_ELF)
		read_elf(elf, file, ret);
	elf_end(elf);
	return 0;
}

static char *find_in(const char *const *dirs, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		auto_free char *path = path_join(dirs[i], name);

		if (file_exists(path))
			return TAKE(path);
	}
	return NULL;
}

char *elf_find_library(const char *name)
{
	return find_in(default_dirs, ARRAY_SIZE(default_dirs), name);
}

static char *find_needed(const struct object *o, const char *name)
{
	char *path = find_in((const char *const *)o->runpath.v, o->runpath.n, name);

	return path ? path : elf_find_library(name);
}

bool elf_named(const char *path, const struct argv *words)
{
	const char *slash = strrchr(path, '/');

	for (size_t i = 0; words && i < words->n; i++)
		if (str_starts(slash ? slash + 1 : path, words->v[i]))
			return true;
	return false;
}

int elf_closure(const char *file, const struct argv *hollow, struct argv *ret, struct err *err)
{
	struct object o = { 0 };
	int r = object_read(file, &o, err);

	if (!r && o.interp && !argv_has(ret, o.interp))
		argv_add(ret, o.interp);
	for (size_t i = 0; !r && i < o.needed.n; i++) {
		auto_free char *path = find_needed(&o, o.needed.v[i]);

		if (!path) {
			r = err_set(
				err, ERR_ISO_PARTS,
				"%s needs the library %s, which is not on this machine: install its package",
				file, o.needed.v[i]);
		} else if (!argv_has(ret, path)) {
			argv_add(ret, path);
			r = elf_named(path, hollow) ? 0 : elf_closure(path, hollow, ret, err);
		}
	}
	object_clear(&o);
	return r;
}
