#include "installer/target/toolkit.h"

#include <limits.h>

#include "base/file.h"
#include "base/util.h"

#define LIBRARIES "/usr/lib/xenith"
#define TEMPLATES "/usr/share/xenith/templates"

/* Of glibc: they belong together, and to the host's own loader. */
static const char *const libc[] = { "ld-linux", "libc.so",  "libm.so",      "libmvec.so", "libpthread.so",
				    "libdl.so", "librt.so", "libresolv.so", "libnss_",    "libutil.so" };

static bool is_libc(const char *path)
{
	const char *name = strrchr(path, '/') + 1;

	for (size_t i = 0; i < ARRAY_SIZE(libc); i++)
		if (str_starts(name, libc[i]))
			return true;
	return false;
}

void toolkit_libraries(const char *maps, struct argv *ret)
{
	auto_argv lines = { 0 };

	argv_split(&lines, maps, "\n");
	for (size_t i = 0; i < lines.n; i++) {
		const char *path = strchr(lines.v[i], '/');

		if (path && strstr(path, ".so") && !is_libc(path))
			argv_add(ret, path);
	}
	argv_sort_unique(ret);
}

/* Mapped under the name that links lead to, looked for under its soname: the copy gets both. */
static int copy_library(const char *path, const char *root, struct door *door, struct err *err)
{
	const char *name = strrchr(path, '/') + 1, *so = strstr(name, ".so");
	auto_free char *to = xasprintf("%s" LIBRARIES "/%s", root, name);
	/* "libx.so.1.2.3" is libx.so.1; some have no more than that, or the version in front of .so. */
	const char *end = so[3] == '.' ? strchr(so + 4, '.') : NULL;
	auto_free char *soname = end ? xstrndup(name, (size_t)(end - name)) : NULL;
	auto_free char *link = soname ? xasprintf("%s" LIBRARIES "/%s", root, soname) : NULL;
	int r = door_runl(door, err, "cp", path, to, NULL);

	return r || !link ? r : door_symlink(door, name, link, err);
}

int target_toolkit(const char *root, struct door *door, struct err *err)
{
	auto_free char *libraries = path_join(root, LIBRARIES);
	auto_free char *templates = path_join(root, TEMPLATES);
	auto_free char *self = path_join(root, "/usr/sbin/xenith");
	auto_free char *above = path_join(root, "/usr/share/xenith");
	auto_free char *exe = realpath("/proc/self/exe", NULL);
	auto_argv paths = { 0 };
	auto_buf maps = { 0 };
	int r = file_read("/proc/self/maps", &maps, err);

	toolkit_libraries(buf_str(&maps), &paths);
	if (!r)
		r = door_mkdirs(door, libraries, 0755, err);
	for (size_t i = 0; !r && i < paths.n; i++)
		r = copy_library(paths.v[i], root, door, err);
	/* By its name: /proc/self is another one for a child. */
	if (!r)
		r = exe ? door_runl(door, err, "cp", exe, self, NULL)
			: err_sys(err, "cannot find the xenith program");
	if (!r && file_exists(TEMPLATES) && !file_exists(templates)) {
		r = door_mkdirs(door, above, 0755, err);
		if (!r)
			r = door_runl(door, err, "cp", "-r", TEMPLATES, templates, NULL);
	}
	return r;
}
