#include <ctype.h>

#include "base/util.h"
#include "facts/facts.h"

static bool id_matches(const struct disk_facts *d, const char *name)
{
	for (const char **id = d->by_id; id && *id; id++)
		if (str_eq(*id, name))
			return true;
	return str_eq(d->id, name);
}

/* udev also writes ATA paths without the ".0" behind the port, and virtio's with "virtio-" in front. */
static bool path_matches(const struct disk_facts *d, const char *name)
{
	size_t len = strlen(name);

	if (!d->by_path)
		return false;
	if (str_eq(d->transport, "virtio") && str_starts(name, "virtio-pci-") && str_eq(name + 7, d->by_path))
		return true;
	return str_eq(name, d->by_path) ||
	       (strstr(name, "-ata-") && str_starts(d->by_path, name) && str_eq(d->by_path + len, ".0"));
}

/* "20G" (decimal), "20GiB" (binary), "20G" and "20GB" are the same; false if it is no size. */
static bool parse_size(const char *s, double *ret_bytes)
{
	static const char units[] = "KMGTP";
	size_t digits = strspn(s, "0123456789.");
	auto_free char *number = xstrndup(s, digits);
	char *end;
	double v = strtod(number, &end), base = 1000;
	const char *unit;

	if (!digits || *end)
		return false;
	s += digits;
	unit = *s ? strchr(units, toupper((unsigned char)*s)) : NULL;
	if (*s && !unit)
		return false;
	if (unit && (str_eq(s + 1, "iB") || str_eq(s + 1, "i")))
		base = 1024;
	else if (unit && s[1] && !str_eq(s + 1, "B"))
		return false;
	for (long i = unit ? unit - units + 1 : 0; i > 0; i--)
		v *= base;
	*ret_bytes = v;
	return v > 0;
}

static bool size_matches(const struct disk_facts *d, const char *s)
{
	double want, have = (double)d->size_bytes;

	return parse_size(s, &want) && have >= want * 0.99 && have <= want * 1.01;
}

bool facts_disk_matches(const struct disk_facts *d, const char *name)
{
	if (str_starts(name, "/dev/"))
		name += 5;
	if (str_starts(name, "disk/by-id/"))
		return id_matches(d, name + strlen("disk/by-id/"));
	if (str_starts(name, "disk/by-path/"))
		return path_matches(d, name + strlen("disk/by-path/"));
	if (str_starts(name, "serial="))
		return str_eq(d->serial, name + 7);
	if (str_starts(name, "wwid="))
		return str_eq(d->wwid, name + 5);
	if (str_starts(name, "wwn="))
		return str_eq(d->wwn, name + 4);
	if (str_starts(name, "model="))
		return str_eq(d->model, name + 6);
	if (str_starts(name, "size="))
		return size_matches(d, name + 5);
	/* The node's name, or the id that plans print (an id never is a kernel name). */
	return str_eq(d->path + strlen("/dev/"), name) || str_eq(d->name, name) || id_matches(d, name);
}
