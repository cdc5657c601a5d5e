#include "iso-build/firmware.h"

#include <ctype.h>

#include "base/file.h"
#include "base/util.h"
#include "iso-build/kernel_xz.h"

static const char *const folders[] = { "usr/lib/firmware", "lib/firmware" };

/* The text of a name up to a dotted version of three numbers or more, "bnx2x/bnx2x-e2-7.13.21.0.fw", or all
 * of it. */
static size_t version_at(const char *name)
{
	const char *s = name;

	while (*s) {
		const char *start = s;
		unsigned dots = 0;

		for (; isdigit((unsigned char)*s) || (s > start && *s == '.'); s++)
			dots += *s == '.' && isdigit((unsigned char)s[1]);
		if (dots >= 2)
			return (size_t)(start - name);
		s += s == start;
	}
	return (size_t)(s - name);
}

/* Whether b is another version of the file a. */
static bool same_file(const char *a, const char *b)
{
	size_t n = version_at(a);

	return a[n] && version_at(b) == n && strncmp(a, b, n) == 0;
}

static bool is_there(const char *parts, const char *name)
{
	for (size_t j = 0; j < ARRAY_SIZE(folders); j++) {
		auto_free char *path = xasprintf("%s/%s/%s", parts, folders[j], name);

		if (file_exists(path))
			return true;
	}
	return false;
}

/* Drivers that know several versions of a file ask for the newest, and for an older one only if that is
 * missing. */
static bool superseded(const struct argv *names, size_t i, const char *parts)
{
	for (size_t j = 0; j < names->n; j++)
		if (same_file(names->v[i], names->v[j]) && strverscmp(names->v[j], names->v[i]) > 0 &&
		    is_there(parts, names->v[j]))
			return true;
	return false;
}

static int copy_one(const char *from, const char *to, struct door *door, struct err *err)
{
	auto_buf data = { 0 };
	auto_buf packed = { 0 };
	int r = file_read(from, &data, err);

	if (!r)
		r = kernel_xz_pack(&data, &packed, err);
	return r ? r : door_write(door, to, packed.data, packed.len, 0644, err);
}

int firmware_copy(struct argv *names, const char *parts, const char *dir, struct door *door, struct err *err)
{
	size_t copied = 0, older = 0;
	int r = 0;

	argv_sort_unique(names);
	for (size_t i = 0; !r && i < names->n; i++) {
		auto_free char *to = xasprintf("%s/usr/lib/firmware/%s.xz", dir, names->v[i]);
		bool found = false;

		if (superseded(names, i, parts)) {
			older++;
			continue;
		}
		for (size_t j = 0; !r && !found && j < ARRAY_SIZE(folders); j++) {
			auto_free char *from = xasprintf("%s/%s/%s", parts, folders[j], names->v[i]);

			found = file_exists(from);
			if (found)
				r = copy_one(from, to, door, err);
		}
		copied += found;
		if (!found)
			log_printf(door->log, "no package has the firmware %s", names->v[i]);
	}
	log_printf(door->log, "%zu of %zu firmware files; %zu of which there is a newer version", copied,
		   names->n, older);
	if (!r && !copied)
		r = err_set(err, ERR_ISO_PARTS,
			    "%s holds no firmware that the drivers ask for: unpack firmware-bnx2, "
			    "firmware-qlogic and "
			    "others of non-free-firmware there, or name a mirror",
			    parts);
	return r;
}
