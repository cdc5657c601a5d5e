/* The paths of all LUNs, from /sys/block. */
#include "base/util.h"
#include "facts/scsi.h"
#include "facts/udev.h"
#include "multipath/read.h"

/* A disk while it is read; what identifies its LUN beside the WWID. */
struct found {
	struct mpath_path path;
	const char *wwid, *vendor, *product, *serial, *hidden;
	bool fabric;
};

/* Where "…/host2/rport-2:0-1/target2:0:1/2:0:1:0/block/sdb" says that the disk hangs; false: no SCSI disk. */
static bool read_place(const char *link, struct mpath_path *p)
{
	const char *block = strstr(link, "/block/"), *s = block;
	unsigned long long lun;

	if (!block)
		return false;
	while (s > link && s[-1] != '/')
		s--;
	if (sscanf(s, "%9u:%9u:%9u:%19llu/", &p->host, &p->channel, &p->target, &lun) != 4)
		return false;
	p->lun = lun;
	return true;
}

static const char *page(const struct sysroot *sr, int dir, const char *name,
			const char *(*parse)(struct arena *a, const unsigned char *p, size_t len))
{
	auto_buf b = { 0 };

	if (!sysroot_read_at(dir, &b, name) || !b.len)
		return NULL;
	return parse(sr->arena, (const unsigned char *)b.data, b.len);
}

static uint64_t number(const struct sysroot *sr, int dir, const char *name)
{
	const char *line = sysroot_line_at(sr, dir, name);
	uint64_t v;

	return line && str_u64(line, &v) ? v : 0;
}

/* The page is what the storage said; the kernel's own spelling of it and udev's are for old kernels. */
static const char *read_wwid(const struct sysroot *sr, int dir, const char *name)
{
	const char *s = page(sr, dir, "vpd_pg83", scsi_wwid_from_pg83), *dev;
	auto_udev udev = { 0 };
	auto_free char *record = NULL;

	if (s)
		return s;
	s = sysroot_line_at(sr, dir, "wwid");
	if (s && str_starts(s, "naa."))
		return arena_printf(sr->arena, "3%s", s + 4);
	if (s && str_starts(s, "eui."))
		return arena_printf(sr->arena, "2%s", s + 4);
	dev = sysroot_line(sr, "sys/block/%s/dev", name);
	record = xasprintf("b%s", dev ? dev : "");
	udev_read(sr, record, &udev);
	s = udev_get(&udev, "ID_SERIAL");
	return s ? arena_strdup(sr->arena, s) : NULL;
}

static bool path_up(const struct mpath_path *p)
{
	if (!str_eq(p->state, "running"))
		return false;
	return !p->access || !(str_eq(p->access, "unavailable") || str_eq(p->access, "offline") ||
			       str_eq(p->access, "standby") || str_eq(p->access, "transitioning"));
}

/* "/sys/devices/…" of the SCSI device, from the link of /sys/block (no walk through the links for each file).
 */
static char *device_dir(const char *link)
{
	const char *block = strstr(link, "/block/");

	while (str_starts(link, "../"))
		link += 3;
	return xasprintf("sys/%.*s", (int)(block - link), link);
}

static const char *pseudo(const struct found *f, const char *link, uint64_t type)
{
	if (strstr(link, "/usb"))
		return "on USB: a stick, or a drive of the BMC";
	if (type != 0)
		return "no disk";
	if (str_eq(f->product, "LUNZ"))
		return "a placeholder that a CLARiiON shows while no LUN is mapped (LUNZ)";
	if (str_eq(f->product, "Universal Xport"))
		return "the management LUN of the storage (Universal Xport)";
	if (str_eq(f->vendor, "iDRAC") || (f->product && strstr(f->product, "Virtual D")) ||
	    (f->product && strstr(f->product, "Virtual CD")) ||
	    (f->product && strstr(f->product, "Virtual Floppy")))
		return "a virtual drive of the BMC";
	return NULL;
}

static bool read_disk(const struct sysroot *sr, const char *name, const char *link, struct found *f)
{
	auto_free char *path = device_dir(link);
	auto_free char *size = xasprintf("block/%s/size", name), *ro = xasprintf("block/%s/ro", name);
	auto_close int dir = -1;
	uint64_t sectors;

	if (!read_place(link, &f->path))
		return false;
	dir = sysroot_folder(sr, "%s", path);
	f->path.name = arena_strdup(sr->arena, name);
	f->fabric = strstr(link, "/rport-") || strstr(link, "/session");
	f->path.state = sysroot_line_at(sr, dir, "state");
	if (!f->path.state)
		f->path.state = "running"; /* a capture without it */
	f->path.access = sysroot_line_at(sr, dir, "access_state");
	f->path.preferred = f->path.access && number(sr, dir, "preferred_path") == 1;
	f->path.up = path_up(&f->path);
	sectors = number(sr, dir, size);
	f->path.size_bytes = sectors >> 53 ? 0 : sectors * 512;
	f->path.read_only = number(sr, dir, ro) == 1;
	f->vendor = sysroot_line_at(sr, dir, "vendor");
	f->product = sysroot_line_at(sr, dir, "model");
	f->wwid = read_wwid(sr, dir, name);
	f->serial = page(sr, dir, "vpd_pg80", scsi_serial_from_pg80);
	f->hidden = pseudo(f, link, number(sr, dir, "type"));
	return true;
}

/* Paths of one LUN agree on vendor, product and serial number; if not, two LUNs claim one WWID. */
static void add(struct mpath *san, struct mpath_lun *lun, const struct found *f)
{
	struct mpath_path *p = arena_push(&san->arena, &lun->paths, &lun->n_paths, sizeof(*p));

	*p = f->path;
	lun->n_up += p->up;
	lun->fabric = lun->fabric || f->fabric;
	if (lun->n_paths == 1) {
		lun->vendor = f->vendor;
		lun->product = f->product;
		lun->serial = f->serial;
		lun->hidden = f->hidden;
	} else if ((lun->vendor && f->vendor && strcmp(lun->vendor, f->vendor) != 0) ||
		   (lun->product && f->product && strcmp(lun->product, f->product) != 0) ||
		   (lun->serial && f->serial && strcmp(lun->serial, f->serial) != 0)) {
		lun->verdict = MPATH_DUPLICATE;
	}
	if (!lun->size_bytes)
		lun->size_bytes = p->size_bytes;
	else if (p->size_bytes && p->size_bytes != lun->size_bytes)
		lun->sizes_differ = true;
}

/* By WWID, then by place, so that each LUN's paths stand together in a stable order. */
static int by_wwid(const void *pa, const void *pb)
{
	const struct found *a = pa, *b = pb;
	int r = strcmp(a->wwid, b->wwid);

	if (!r && a->path.host != b->path.host)
		r = a->path.host < b->path.host ? -1 : 1;
	if (!r && a->path.channel != b->path.channel)
		r = a->path.channel < b->path.channel ? -1 : 1;
	if (!r && a->path.target != b->path.target)
		r = a->path.target < b->path.target ? -1 : 1;
	if (!r && a->path.lun != b->path.lun)
		r = a->path.lun < b->path.lun ? -1 : 1;
	return r ? r : strverscmp(a->path.name, b->path.name);
}

static void read_paths(const struct sysroot *sr, struct mpath *san)
{
	struct found *all = NULL;
	auto_argv names = { 0 };
	size_t cap = 0, n = 0;

	sysroot_list(sr, &names, "sys/block");
	for (size_t i = 0; i < names.n; i++) {
		const char *link =
			str_starts(names.v[i], "sd") ? sysroot_link(sr, "sys/block/%s", names.v[i]) : NULL;

		xgrow(&all, &cap, n, sizeof(*all));
		all[n] = (struct found){ 0 };
		/* A disk that says no WWID is no LUN that several paths could lead to. */
		if (link && read_disk(sr, names.v[i], link, &all[n]) && all[n].wwid)
			n++;
	}
	if (n)
		qsort(all, n, sizeof(*all), by_wwid);
	for (size_t i = 0; i < n; i++) {
		struct mpath_lun *lun;

		if (!i || strcmp(all[i - 1].wwid, all[i].wwid) != 0) {
			lun = arena_push(&san->arena, &san->luns, &san->n_luns, sizeof(*lun));
			lun->wwid = all[i].wwid;
		}
		add(san, &san->luns[san->n_luns - 1], &all[i]);
	}
	free(all);
}

int mpath_read(const char *root, struct mpath *ret, struct err *err)
{
	struct mpath san = { 0 };
	struct sysroot sr;
	int r = sysroot_open(&sr, root, &san.arena, err);

	if (r)
		return r;
	read_paths(&sr, &san);
	mpath_read_hbas(&sr, &san);
	mpath_read_held(&sr, &san);
	sysroot_close(&sr);
	mpath_judge(&san);
	*ret = san;
	return 0;
}

void mpath_clear(struct mpath *san)
{
	arena_clear(&san->arena);
	*san = (struct mpath){ 0 };
}
