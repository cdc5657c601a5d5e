/* The plan as xl.cfg(5). */
#include "base/util.h"
#include "guest/plan_priv.h"
#include "guest/xlcfg.h"
#include "guest/xlcfg_keys.h"

#define GUEST_DIR          "/var/lib/xenith/guests"
/* With less than 737 MiB to itself, debian-installer 13 waits for a key to be pressed (lowmem, S15lowmem). */
#define DEBIAN_INSTALL_MIB 1024

static void put(json_t *c, const char *key, const char *value)
{
	json_object_set_new(c, key, json_string(value));
}

static void put_u64(json_t *c, const char *key, uint64_t value)
{
	json_object_set_new(c, key, json_integer((json_int_t)value));
}

/* phy for what is a block device, qdisk for files: xl-disk-configuration(5). target= takes the rest. */
static char *disk_word(const struct guest_disk *d)
{
	bool file = d->kind == GDISK_FILE || !str_starts(d->path, "/dev/");
	auto_buf b = { 0 };

	buf_addf(&b, "format=%s,vdev=%s,access=%s", d->format, d->vdev, d->read_only ? "ro" : "rw");
	if (d->cdrom)
		buf_adds(&b, ",devtype=cdrom");
	else
		buf_addf(&b, ",backendtype=%s", file ? "qdisk" : "phy");
	if (d->discard)
		buf_adds(&b, ",discard");
	/* So that what the guest has synced is on the disk. */
	if (file && !d->cdrom && str_eq(d->format, "raw"))
		buf_adds(&b, ",direct-io-safe");
	buf_addf(&b, ",target=%s", d->path);
	return buf_take(&b);
}

static char *vif_word(const struct guest_plan *plan, const struct guest_nic *n)
{
	auto_buf b = { 0 };

	if (plan->type == GUEST_HVM)
		buf_adds(&b, "type=vif,"); /* no emulated card beside the PV one */
	buf_addf(&b, "mac=%s,bridge=%s", n->mac, n->bridge);
	if (n->vifname)
		buf_addf(&b, ",vifname=%s", n->vifname);
	if (n->rate)
		buf_addf(&b, ",rate=%s", n->rate);
	if (n->mtu)
		buf_addf(&b, ",mtu=%u", n->mtu);
	if (n->vlan)
		buf_addf(&b, ",vlan=%u", n->vlan);
	return buf_take(&b);
}

void guest_kernel_words(const struct guest_spec *spec, enum guest_type type, struct buf *ret)
{
	const char *const more[] = { spec->append, spec->extra };

	buf_addf(ret, "root=/dev/xvda ro console=%s", type == GUEST_HVM ? "ttyS0" : "hvc0");
	for (size_t i = 0; i < ARRAY_SIZE(more); i++)
		if (more[i] && *more[i])
			buf_addf(ret, " %s", more[i]);
}

/*
 * A root that was written here has no boot sector for an HVM guest's BIOS, and GRUB's PV image can't unpack
 * its kernel (zstd, which Xen itself unpacks): its kernel is kept beside it.
 */
static void put_kernel(struct planner *p, json_t *c)
{
	const struct guest_plan *plan = p->plan;
	auto_free char *kernel = xasprintf(GUEST_DIR "/%s/vmlinuz", plan->name);
	auto_free char *initrd = xasprintf(GUEST_DIR "/%s/initrd", plan->name);
	auto_buf cmdline = { 0 };

	put(c, "kernel", kernel);
	put(c, "ramdisk", initrd);
	guest_kernel_words(p->spec, plan->type, &cmdline);
	put(c, "cmdline", buf_str(&cmdline));
}

static void put_boot(struct planner *p, json_t *c)
{
	const struct guest_plan *plan = p->plan;
	bool written = p->spec->route == GUEST_DIRECT || p->spec->route == GUEST_IMAGE;

	if (plan->type == GUEST_PVH)
		put(c, "kernel", p->host->pvh_loader ? p->host->pvh_loader : "");
	else if (written)
		put_kernel(p, c);
	else if (plan->type == GUEST_PV && p->spec->kernel_zstd)
		put(c, "bootloader", "pygrub"); /* which leaves the unpacking to Xen's libraries */
	else if (plan->type == GUEST_PV)
		put(c, "kernel", p->host->pv_loader ? p->host->pv_loader : "");
	else
		put(c, "boot", p->spec->iso ? "cd" : "c");
	if (plan->type == GUEST_HVM) {
		put(c, "serial", "pty");
		put(c, "vga", "stdvga");
	}
}

static void put_graphics(struct planner *p, json_t *c)
{
	if (str_eq(p->spec->graphics, "vnc")) {
		if (p->plan->type == GUEST_HVM) {
			put_u64(c, "vnc", 1);
			put(c, "vnclisten", "127.0.0.1");
		} else {
			json_object_set_new(c, "vfb", json_pack("[s]", "type=vnc,vnclisten=127.0.0.1"));
		}
	} else if (p->plan->type == GUEST_HVM) {
		put_u64(c, "vnc", 0);
		put(c, "vga", "none");
	}
}

/* Further lines: known, and none that the plan itself writes. */
static void put_more(struct planner *p, json_t *c)
{
	for (size_t i = 0; i < p->spec->xl.n; i++) {
		struct err err = { 0 };
		json_t *more = NULL, *v;
		const char *key, *near = NULL;

		if (xlcfg_parse("--xl", p->spec->xl.v[i], &more, &err)) {
			gplan_wrong(p, "--xl", "%s: %.*s", p->spec->xl.v[i], (int)strcspn(err.msg, "\n"),
				    err.msg);
			continue;
		}
		json_object_foreach (more, key, v) {
			if (!xlcfg_known(key, &near))
				gplan_wrong(p, "--xl", "xl.cfg(5) knows no %s%s%s%s", key,
					    near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
			else if (json_object_get(c, key))
				gplan_wrong(p, "--xl", "%s is what this command writes itself", key);
			else
				json_object_set(c, key, v);
		}
		json_decref(more);
	}
}

static json_t *common(struct planner *p)
{
	const struct guest_plan *plan = p->plan;
	const struct guest_spec *s = p->spec;
	json_t *c = json_object();

	put(c, "name", plan->name);
	put(c, "uuid", plan->uuid);
	put(c, "type", guest_type_name(plan->type));
	put_u64(c, "memory", s->memory_mib);
	if (s->maxmem_mib)
		put_u64(c, "maxmem", s->maxmem_mib);
	put_u64(c, "vcpus", s->vcpus);
	if (s->maxvcpus)
		put_u64(c, "maxvcpus", s->maxvcpus);
	return c;
}

/* A medium that is only read: the answers of cloud-init, the installer's. */
static void add_medium(json_t *disks, const char *path)
{
	auto_free char *word = xasprintf("format=raw,vdev=xvd%c,access=ro,devtype=cdrom,target=%s",
					 (char)('z' - json_array_size(disks) % 8), path);

	json_array_append_new(disks, json_string(word));
}

static bool wants_seed(const struct guest_spec *s)
{
	return str_eq(s->dialect, "autoinstall") || str_eq(s->dialect, "cloud-config");
}

static void put_devices(struct planner *p, json_t *c, bool installing)
{
	const struct guest_plan *plan = p->plan;
	json_t *disks = json_array(), *vifs = json_array();

	for (size_t i = 0; i < plan->n_disks; i++) {
		auto_free char *word =
			plan->disks[i].path && plan->disks[i].vdev ? disk_word(&plan->disks[i]) : NULL;

		if (word)
			json_array_append_new(disks, json_string(word));
	}
	if (wants_seed(p->spec) && (installing || p->spec->route == GUEST_DISK)) {
		auto_free char *seed = xasprintf(GUEST_DIR "/%s/seed.iso", plan->name);

		add_medium(disks, seed);
	}
	if (installing && p->spec->iso)
		add_medium(disks, p->spec->iso);
	for (size_t i = 0; i < plan->n_nics; i++) {
		auto_free char *word = plan->nics[i].mac ? vif_word(plan, &plan->nics[i]) : NULL;

		if (word)
			json_array_append_new(vifs, json_string(word));
	}
	json_object_set_new(c, "disk", disks);
	json_object_set_new(c, "vif", vifs);
}

/* The installer's boot: its kernel, memory that is enough for it, and an end that is the end. */
static json_t *install_config(struct planner *p)
{
	const char *console = p->plan->type == GUEST_HVM ? "ttyS0" : "hvc0";
	auto_free char *kernel = xasprintf(GUEST_DIR "/%s/install-kernel", p->plan->name);
	auto_free char *initrd = xasprintf(GUEST_DIR "/%s/install-initrd", p->plan->name);
	auto_buf cmdline = { 0 };
	json_t *c = common(p);

	if (str_eq(p->spec->dialect, "preseed") && p->spec->memory_mib < DEBIAN_INSTALL_MIB) {
		put_u64(c, "memory", DEBIAN_INSTALL_MIB);
		json_object_del(c, "maxmem");
	}
	put(c, "kernel", kernel);
	put(c, "ramdisk", initrd);
	buf_addf(&cmdline, "console=%s", console);
	if (str_eq(p->spec->dialect, "preseed"))
		buf_adds(&cmdline,
			 " auto=true priority=critical DEBIAN_FRONTEND=text preseed/file=/preseed.cfg");
	else if (str_eq(p->spec->dialect, "autoinstall"))
		buf_adds(&cmdline, " autoinstall");
	else
		buf_adds(&cmdline, " inst.text inst.cmdline inst.ks=file:/ks.cfg");
	if (str_eq(p->spec->dialect, "kickstart") && p->spec->source_url)
		buf_addf(&cmdline, " inst.repo=%s", p->spec->source_url);
	if (p->spec->extra)
		buf_addf(&cmdline, " %s", p->spec->extra);
	put(c, "cmdline", buf_str(&cmdline));
	if (p->plan->type == GUEST_HVM)
		put(c, "serial", "pty");
	put(c, "on_poweroff", "destroy");
	put(c, "on_reboot", "destroy");
	put(c, "on_crash", "preserve");
	put_devices(p, c, true);
	return c;
}

void gplan_config(struct planner *p)
{
	json_t *c = common(p);

	put_boot(p, c);
	put(c, "on_poweroff", "destroy");
	put(c, "on_reboot", "restart");
	put(c, "on_crash", "restart");
	put_devices(p, c, false);
	put_graphics(p, c);
	put_more(p, c);
	p->plan->config = c;
	if (p->spec->route == GUEST_INSTALLER)
		p->plan->install = install_config(p);
}
