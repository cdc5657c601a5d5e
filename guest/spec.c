/* What the command line asks for. */
#include <ctype.h>

#include "base/util.h"
#include "guest/guest.h"

#define NAME_MAX_LEN 63

static const char *const type_names[] = { "pvh", "pv", "hvm" };

const char *guest_type_name(enum guest_type type)
{
	return type_names[type];
}

const char *guest_route_name(enum guest_route route)
{
	static const char *const names[] = { "disk", "direct", "image", "installer" };

	return names[route];
}

bool guest_name_ok(const char *name)
{
	size_t len = strlen(name);

	if (!len || len > NAME_MAX_LEN || !isalnum((unsigned char)name[0]))
		return false;
	for (const char *s = name; *s; s++)
		if (!isalnum((unsigned char)*s) && !strchr("._-", *s))
			return false;
	return isalnum((unsigned char)name[len - 1]);
}

int guest_size_mib(const char *text, uint64_t *ret)
{
	static const char units[] = "MGT";
	size_t digits = strspn(text, "0123456789");
	auto_free char *number = xstrndup(text, digits);
	const char *unit = text[digits] ? strchr(units, toupper((unsigned char)text[digits])) : units;
	uint64_t v;

	if (!str_u64(number, &v) || !v || !unit)
		return -1;
	if (text[digits] && text[digits + 1] && strcmp(text + digits + 1, "iB") != 0)
		return -1;
	for (; unit > units; unit--) {
		if (v > UINT64_MAX >> 30)
			return -1;
		v <<= 10;
	}
	if (v >> 40)
		return -1;
	*ret = v;
	return 0;
}

int guest_spec_type(struct guest_spec *spec, const char *word, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(type_names); i++)
		if (str_eq(type_names[i], word)) {
			spec->type = (enum guest_type)i;
			spec->type_said = true;
			return 0;
		}
	return err_set(err, ERR_USAGE, "--type %s: is none of pvh, pv and hvm", word);
}

static int unknown(const char *option, const char *word, const char *key, const char *const *keys, size_t n,
		   struct err *err)
{
	const char *near = str_nearest(key, keys, n);

	return err_set(err, ERR_USAGE, "%s %s: %s is not known there%s%s%s", option, word, key,
		       near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

/* "key=value" apart; value is "" for a bare key. */
static void split_pair(char *pair, const char **value)
{
	char *eq = strchr(pair, '=');

	*value = eq ? eq + 1 : "";
	if (eq)
		*eq = '\0';
}

static int disk_option(struct arena *a, struct guest_disk *d, const char *key, const char *value,
		       struct err *err)
{
	static const char *const keys[] = { "vg",   "thin", "file",    "path", "size",  "format",
					    "name", "vdev", "discard", "ro",   "cdrom", "part" };
	const char *v = arena_strdup(a, value);

	if (str_eq(key, "vg"))
		d->vg = v;
	else if (str_eq(key, "thin"))
		d->pool = v;
	else if (str_eq(key, "file"))
		d->kind = GDISK_FILE, d->path = v;
	else if (str_eq(key, "path"))
		d->kind = GDISK_EXISTING, d->path = v;
	else if (str_eq(key, "name"))
		d->lv = v;
	else if (str_eq(key, "vdev"))
		d->vdev = v;
	else if (str_eq(key, "format"))
		d->format = v;
	else if (str_eq(key, "size")) {
		if (guest_size_mib(value, &d->size_mib))
			return err_set(err, ERR_USAGE, "--disk %s: %s is no size (20G, 512M)", d->word,
				       value);
	} else if (str_eq(key, "discard") && !*value)
		d->discard = true;
	else if (str_eq(key, "ro") && !*value)
		d->read_only = true;
	else if (str_eq(key, "cdrom") && !*value)
		d->cdrom = d->read_only = true;
	else
		return unknown("--disk", d->word, key, keys, ARRAY_SIZE(keys), err);
	return 0;
}

static int disk_check(const struct guest_disk *d, struct err *err)
{
	const char *why = NULL;

	if (d->format && !str_eq(d->format, "raw") && !str_eq(d->format, "qcow2"))
		why = "format is raw or qcow2";
	else if (d->kind != GDISK_FILE && d->kind != GDISK_EXISTING && str_eq(d->format, "qcow2"))
		why = "qcow2 is for files";
	else if (d->kind == GDISK_EXISTING && (d->vg || d->pool || d->lv || d->size_mib))
		why = "a volume that is there has its group, name and size";
	else if (d->kind == GDISK_FILE && (d->vg || d->pool || d->lv))
		why = "a file is in no volume group";
	else if ((d->kind == GDISK_FILE || d->kind == GDISK_EXISTING) && d->path[0] != '/')
		why = "wants a path from / on";
	else if (d->path && (strchr(d->path, ',') || strchr(d->path, '"')))
		why = "no commas or quotes in a path: xl can't tell them";
	else if (d->kind != GDISK_EXISTING && !d->size_mib)
		why = "wants a size (20G)";
	else if (d->cdrom && d->kind != GDISK_EXISTING)
		why = "a cdrom is a file that is there";
	else if (d->lv && !guest_name_ok(d->lv))
		why = "its name can't be a volume's";
	else if (d->vdev && (!str_starts(d->vdev, "xvd") || strlen(d->vdev) != 4 || d->vdev[3] < 'a' ||
			     d->vdev[3] > 'z'))
		why = "vdev is xvda to xvdz: other names are emulated disks";
	return why ? err_set(err, ERR_USAGE, "--disk %s: %s", d->word, why) : 0;
}

int guest_spec_disk(struct guest_spec *spec, const char *word, struct err *err)
{
	struct guest_disk *d = arena_push(&spec->arena, &spec->disks, &spec->n_disks, sizeof(*d));
	auto_argv parts = { 0 };
	int r = 0;

	d->word = arena_strdup(&spec->arena, word);
	argv_split(&parts, word, ",");
	for (size_t i = 0; !r && i < parts.n; i++) {
		const char *value;

		if (i == 0 && parts.v[0][0] == '/') {
			d->kind = GDISK_EXISTING;
			d->path = arena_strdup(&spec->arena, parts.v[0]);
			continue;
		}
		if (i == 0 && !strchr(parts.v[0], '=') && isdigit((unsigned char)parts.v[0][0])) {
			r = disk_option(&spec->arena, d, "size", parts.v[0], err);
			continue;
		}
		split_pair(parts.v[i], &value);
		r = disk_option(&spec->arena, d, parts.v[i], value, err);
	}
	if (!r && d->kind == GDISK_LV && d->pool)
		d->kind = GDISK_THIN;
	return r ? r : disk_check(d, err);
}

static bool mac_ok(const char *mac)
{
	if (strlen(mac) != 17)
		return false;
	for (int i = 0; i < 17; i++)
		if (i % 3 == 2 ? mac[i] != ':' : !isxdigit((unsigned char)mac[i]))
			return false;
	/* Neither a group's address nor none. */
	return !(strtoul(mac, NULL, 16) & 1) && strcmp(mac, "00:00:00:00:00:00") != 0;
}

static int nic_option(struct arena *a, struct guest_nic *n, const char *key, const char *value,
		      struct err *err)
{
	static const char *const keys[] = { "vlan", "mac", "rate", "mtu", "name" };
	char *v = arena_strdup(a, value);
	uint64_t number = 0;

	if (str_eq(key, "mac")) {
		if (!mac_ok(value))
			return err_set(err, ERR_USAGE, "--bridge %s: %s is no MAC of a NIC", n->word, value);
		for (char *s = v; *s; s++)
			*s = (char)tolower((unsigned char)*s);
		n->mac = v;
	} else if (str_eq(key, "vlan")) {
		if (!str_u64(value, &number) || number < 1 || number > 4094)
			return err_set(err, ERR_USAGE, "--bridge %s: a VLAN is 1 to 4094", n->word);
		n->vlan = (unsigned)number;
	} else if (str_eq(key, "mtu")) {
		if (!str_u64(value, &number) || number < 68 || number > 65535)
			return err_set(err, ERR_USAGE, "--bridge %s: an MTU is 68 to 65535", n->word);
		n->mtu = (unsigned)number;
	} else if (str_eq(key, "rate")) {
		/* xl-network-configuration(5): 10Mb/s, 1MB/s@20ms */
		if (!isdigit((unsigned char)*value) || !strstr(value, "/s"))
			return err_set(err, ERR_USAGE, "--bridge %s: a rate is 10Mb/s or 1MB/s@20ms",
				       n->word);
		n->rate = v;
	} else if (str_eq(key, "name")) {
		if (!*value || strlen(value) > 15 || strpbrk(value, "/ :"))
			return err_set(err, ERR_USAGE, "--bridge %s: %s is no name of an interface", n->word,
				       value);
		n->vifname = v;
	} else {
		return unknown("--bridge", n->word, key, keys, ARRAY_SIZE(keys), err);
	}
	return 0;
}

int guest_spec_nic(struct guest_spec *spec, const char *word, struct err *err)
{
	struct guest_nic *n = arena_push(&spec->arena, &spec->nics, &spec->n_nics, sizeof(*n));
	auto_argv parts = { 0 };
	int r = 0;

	n->word = arena_strdup(&spec->arena, word);
	argv_split(&parts, word, ",");
	if (!parts.n || strchr(parts.v[0], '='))
		return err_set(err, ERR_USAGE, "--bridge %s: wants a bridge's name first, xenbr1,vlan=30",
			       word);
	n->bridge = arena_strdup(&spec->arena, parts.v[0]);
	for (size_t i = 1; !r && i < parts.n; i++) {
		const char *value;

		split_pair(parts.v[i], &value);
		r = nic_option(&spec->arena, n, parts.v[i], value, err);
	}
	return r;
}

void guest_spec_clear(struct guest_spec *spec)
{
	arena_clear(&spec->arena);
	argv_clear(&spec->xl);
	*spec = (struct guest_spec){ 0 };
}
