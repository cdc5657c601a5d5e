#include "installer/ks_source.h"

#include <fcntl.h>
#include <sys/mount.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/net_early.h"
#include "packages/fetch.h"

#define MEDIUM_RETRY_S 3
#define MEDIUM_DIR     "/run/xenith/ks-medium"
#define KS_MAX_BYTES   (16 << 20)

static const char *const remote_schemes[] = { "http:", "https:", "ftp:", "nfs:" };

bool ks_source_remote(const char *url)
{
	for (size_t i = 0; i < ARRAY_SIZE(remote_schemes); i++)
		if (str_starts(url, remote_schemes[i]))
			return true;
	return false;
}

void ks_source_list(const char *cmdline, struct argv *urls)
{
	auto_argv words = { 0 };

	argv_split(&words, cmdline, " \t\n");
	for (size_t i = 0; i < words.n; i++) {
		const char *w = words.v[i];

		if (str_starts(w, "inst."))
			w += strlen("inst.");
		if (str_starts(w, "ks=") && w[3])
			argv_add(urls, w + 3);
	}
}

static const char *variable(const struct facts *facts, const char *name, size_t len)
{
	const struct nic_facts *boot = net_early_boot_nic(facts);
	const struct {
		const char *name, *value;
	} vars[] = {
		{ "mac", boot            ? boot->mac
			 : facts->n_nics ? facts->nics[0].mac
					 : NULL },
		{ "serial", facts->serial },
		{ "uuid", facts->uuid },
		{ "hostname", facts->product },
	};

	for (size_t i = 0; i < ARRAY_SIZE(vars); i++)
		if (strlen(vars[i].name) == len && strncmp(vars[i].name, name, len) == 0)
			return vars[i].value;
	return NULL;
}

int ks_source_expand(const char *url, const struct facts *facts, char **ret, struct err *err)
{
	auto_buf b = { 0 };
	char host[256] = "";

	for (const char *s = url; *s;) {
		const char *end = str_starts(s, "${") ? strchr(s, '}') : NULL;
		const char *value;

		if (!end) {
			buf_addc(&b, *s++);
			continue;
		}
		value = variable(facts, s + 2, (size_t)(end - s) - 2);
		if (str_starts(s, "${hostname}")) {
			gethostname(host, sizeof(host) - 1);
			value = host;
		}
		if (!value)
			return err_set(err, ERR_KS_URL_VALUE, "%s: this machine has no value for %.*s", url,
				       (int)(end - s) + 1, s);
		buf_adds(&b, value);
		s = end + 1;
	}
	*ret = buf_take(&b);
	return 0;
}

static int read_remote(const char *url, uint64_t max_bytes, const struct facts *facts, struct door *door,
		       struct buf *ret, struct err *err)
{
	struct arena a = { 0 };
	struct fetch_opts opts = {
		.max_bytes = max_bytes,
		.pin = facts->cmdline ? facts_cmdline_get(&a, facts->cmdline, "xenith.pin") : NULL,
	};
	int r;

	for (size_t i = 0; i < facts->n_nics; i++)
		argv_addf(&opts.headers, "X-RHN-Provisioning-MAC-%zu: %s %s", i, facts->nics[i].name,
			  facts->nics[i].mac);
	if (facts->serial)
		argv_addf(&opts.headers, "X-System-Serial-Number: %s", facts->serial);
	r = fetch_to_buf(url, &opts, door->log, ret, err);
	argv_clear(&opts.headers);
	arena_clear(&a);
	return r;
}

int ks_source_mount(const char *device, const char *dir, struct door *door, struct err *err)
{
	static const char *const types[] = { "iso9660", "vfat", "ext4", "xfs" };
	int r = -1;

	for (size_t i = 0; i < ARRAY_SIZE(types) && r; i++)
		r = door_mount(door, device, dir, types[i], MS_RDONLY | MS_NODEV | MS_NOSUID, NULL, err);
	return r;
}

/* Mount a device read-only, read one file, unmount. */
static int read_from_device(const char *device, const char *path, struct door *door, struct buf *ret,
			    struct err *err)
{
	auto_free char *file = path_join(MEDIUM_DIR, path);
	int r = ks_source_mount(device, MEDIUM_DIR, door, err);

	if (r)
		return r;
	r = file_read(file, ret, err);
	door_umount(door, MEDIUM_DIR, 0, NULL);
	return r;
}

/* Virtual media are USB disks as often as drives, and a RAM disk when firmware fetched the image. */
bool ks_source_may_hold(const struct disk_facts *d)
{
	if (d->cdrom || d->boot_medium)
		return true;
	for (size_t i = 0; i < d->n_contents; i++)
		if (str_eq(d->contents[i].type, "iso9660"))
			return true;
	return false;
}

static int read_any_cdrom(const char *path, const struct facts *facts, struct door *door, struct buf *ret,
			  struct err *err)
{
	int r = err_set(err, ERR_KS_NO_MEDIUM, "cdrom:%s: this machine has no optical drive with a medium",
			path);

	for (int drives = 1; drives >= 0; drives--)
		for (size_t i = 0; i < facts->n_disks && r; i++) {
			const struct disk_facts *d = &facts->disks[i];

			if (d->cdrom == drives && ks_source_may_hold(d))
				r = read_from_device(d->path, path, door, ret, err);
		}
	return r;
}

/* Only the boot medium, whose init leaves a console.log, waits. */
bool ks_source_may_wait(unsigned *waited)
{
	if (*waited >= KS_MEDIUM_WAIT_S || !file_exists("/run/xenith/console.log"))
		return false;
	sleep(MEDIUM_RETRY_S);
	*waited += MEDIUM_RETRY_S;
	return true;
}

/* The virtual drive need not be sr0, so all are tried. */
static int read_cdrom(const char *path, const struct facts *facts, struct door *door, struct buf *ret,
		      struct err *err)
{
	int r = read_any_cdrom(path, facts, door, ret, err);

	for (unsigned waited = 0; r && ks_source_may_wait(&waited);) {
		struct facts now = { 0 };

		log_printf(door->log, "looking for media again: %s", err->msg);
		r = facts_read("/", &now, err);
		if (!r)
			r = read_any_cdrom(path, &now, door, ret, err);
		facts_clear(&now);
	}
	return r;
}

char *ks_source_device(const char *name, size_t len)
{
	static const char *const by[][2] = { { "LABEL=", "label" }, { "UUID=", "uuid" } };

	for (size_t i = 0; i < ARRAY_SIZE(by); i++) {
		size_t skip = strlen(by[i][0]);

		if (len > skip && str_starts(name, by[i][0]))
			return xasprintf("/dev/disk/by-%s/%.*s", by[i][1], (int)(len - skip), name + skip);
	}
	return xasprintf("%s%.*s", name[0] == '/' ? "" : "/dev/", (int)len, name);
}

static int read_hd(const char *rest, struct door *door, struct buf *ret, struct err *err)
{
	const char *colon = strchr(rest, ':');
	auto_free char *device = NULL;

	if (!colon || colon == rest || colon[1] != '/')
		return err_set(err, ERR_KS_URL_FORM, "hd:%s: wants hd:DEVICE:/PATH", rest);
	device = ks_source_device(rest, (size_t)(colon - rest));
	for (unsigned waited = 0; !file_exists(device);)
		if (!ks_source_may_wait(&waited))
			return err_set(err, ERR_KS_NO_MEDIUM, "hd:%s: this machine has no %s", rest, device);
	return read_from_device(device, colon + 1, door, ret, err);
}

int ks_source_read(const char *url, const struct facts *facts, struct door *door, struct buf *ret,
		   struct err *err)
{
	return ks_source_read_max(url, KS_MAX_BYTES, facts, door, ret, err);
}

int ks_source_read_max(const char *url, uint64_t max_bytes, const struct facts *facts, struct door *door,
		       struct buf *ret, struct err *err)
{
	auto_free char *full = NULL;
	int r = ks_source_expand(url, facts, &full, err);

	if (r)
		return r;
	if (ks_source_remote(full))
		return read_remote(full, max_bytes, facts, door, ret, err);
	if (str_starts(full, "cdrom:"))
		return read_cdrom(full + strlen("cdrom:"), facts, door, ret, err);
	if (str_starts(full, "hd:"))
		return read_hd(full + strlen("hd:"), door, ret, err);
	if (str_starts(full, "file:"))
		return file_read(full + strlen("file:") + (str_starts(full, "file://") ? 2 : 0), ret, err);
	return file_read(str_eq(full, "-") ? "/dev/stdin" : full, ret, err);
}
