/* What the installed system is told of its disks: fstab(5), mdadm.conf(5), crypttab(5). */
#include <blkid.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/disk/apply.h"
#include "installer/disk/plan.h"

static int uuid_of(const char *device, char **ret, struct err *err)
{
	blkid_probe pr = blkid_new_probe_from_filename(device);
	const char *uuid = NULL;
	int r = 0;

	if (!pr)
		return err_sys(err, "cannot open %s to read its UUID", device);
	blkid_probe_enable_superblocks(pr, 1);
	blkid_probe_set_superblocks_flags(pr, BLKID_SUBLKS_UUID | BLKID_SUBLKS_TYPE);
	if (blkid_do_safeprobe(pr) || blkid_probe_lookup_value(pr, "UUID", &uuid, NULL))
		r = err_set(err, ERR_SYS, "%s shows nothing with a UUID", device);
	else
		*ret = xstrdup(uuid);
	blkid_free_probe(pr);
	return r;
}

/* What names a mount's device in fstab and behind root=: device-mapper's by their own name, others by UUID.
 */
static int spec_of(const struct disk_plan *plan, const struct disk_mount *m, char **ret, struct err *err)
{
	auto_free char *device = disk_dev_path(plan, &m->dev);
	auto_free char *uuid = NULL;
	int r;

	if (disk_dev_is_dm(&m->dev)) {
		*ret = TAKE(device);
		return 0;
	}
	r = uuid_of(device, &uuid, err);
	if (!r)
		*ret = xasprintf("UUID=%s", uuid);
	return r;
}

int disk_fstab(const struct disk_plan *plan, struct buf *b, struct err *err)
{
	auto_buf text = { 0 };

	buf_adds(&text, "# <device> <mount point> <type> <options> <dump> <pass>\n");
	for (size_t i = 0; i < plan->n_mounts; i++) {
		const struct disk_mount *m = &plan->mounts[i];
		const struct disk_type *type = disk_type_find(m->fstype);
		auto_free char *spec = NULL;
		int r = spec_of(plan, m, &spec, err);

		if (r)
			return r;
		buf_addf(&text, "%s\t%s\t%s\t%s\t0\t%u\n", spec, m->mntpoint, m->fstype, m->options,
			 str_eq(m->mntpoint, "/") && type->check_root ? 1 : type->pass);
	}
	buf_add(b, text.data, text.len);
	return 0;
}

int disk_root_arg(const struct disk_plan *plan, char **ret, struct err *err)
{
	return spec_of(plan, &plan->mounts[0], ret, err);
}

/* mdadm's spelling of a member's UUID: four groups of eight digits with colons between. */
static void add_md_uuid(const char *uuid, struct buf *b)
{
	size_t n = 0;

	for (; *uuid; uuid++) {
		if (*uuid == '-')
			continue;
		if (n && n % 8 == 0)
			buf_addc(b, ':');
		buf_addc(b, *uuid);
		n++;
	}
}

/* No mail program is taken for granted: what mdadm(8) watches goes to the journal, and to root where mail
 * goes. */
static int mdadm_conf(const struct disk_plan *plan, struct buf *b, struct err *err)
{
	buf_adds(b, "# mdadm.conf(5); after a change run update-initramfs -u\n");
	buf_adds(b, "HOMEHOST <system>\nMAILADDR root\n");
	for (size_t i = 0; i < plan->n_raids; i++) {
		auto_free char *device = disk_dev_path(plan, &plan->raids[i].devs[0]);
		auto_free char *uuid = NULL;
		int r = uuid_of(device, &uuid, err);

		if (r)
			return r;
		buf_addf(b, "ARRAY %s metadata=%s UUID=", plan->raids[i].node, plan->raids[i].metadata);
		add_md_uuid(uuid, b);
		buf_addc(b, '\n');
	}
	return 0;
}

/* What is not mounted at boot is not unlocked then, and the boot does not wait for a passphrase. */
static bool is_noauto(const struct disk_plan *plan, const struct disk_luks_plan *l)
{
	for (size_t i = 0; i < plan->n_mounts; i++)
		if (disk_luks_of(plan, &plan->mounts[i].dev) == l) {
			auto_argv words = { 0 };

			argv_split(&words, plan->mounts[i].options, ",");
			return argv_has(&words, "noauto");
		}
	return false;
}

/* The passphrase is asked for at the console: "none". discard goes through to SSDs (crypttab(5) says what
 * that tells). */
static int crypttab(const struct disk_plan *plan, struct buf *b, struct err *err)
{
	buf_adds(b, "# <name> <device> <key> <options>\n");
	for (size_t i = 0; i < plan->n_luks; i++) {
		const struct disk_luks_plan *l = &plan->luks[i];
		auto_free char *device = disk_dev_path(plan, &l->on);
		auto_free char *uuid = NULL;
		int r = uuid_of(device, &uuid, err);

		if (r)
			return r;
		buf_addf(b, "%s\tUUID=%s\tnone\tluks,discard%s%s\n", l->name, uuid,
			 l->early ? ",initramfs" : "", is_noauto(plan, l) ? ",noauto" : "");
	}
	return 0;
}

int disk_write_config(const struct disk_plan *plan, const char *root, struct door *door, struct err *err)
{
	const struct {
		bool wanted;
		const char *path;
		int (*fn)(const struct disk_plan *plan, struct buf *b, struct err *err);
	} files[] = {
		{ true, "etc/fstab", disk_fstab },
		{ plan->n_raids > 0, "etc/mdadm/mdadm.conf", mdadm_conf },
		{ plan->n_luks > 0, "etc/crypttab", crypttab },
	};
	int r = 0;

	for (size_t i = 0; !r && i < ARRAY_SIZE(files); i++) {
		auto_free char *path = path_join(root, files[i].path);
		auto_buf b = { 0 };

		if (!files[i].wanted)
			continue;
		r = files[i].fn(plan, &b, err);
		if (!r)
			r = door_write(door, path, buf_str(&b), b.len, 0644, err);
	}
	return r;
}

void disk_packages(const struct disk_plan *plan, struct argv *want)
{
	for (size_t i = 0; i < plan->n_mounts; i++) {
		const struct disk_type *type = disk_type_find(plan->mounts[i].fstype);

		if (type && type->package)
			argv_add(want, type->package);
	}
	if (plan->n_vgs)
		argv_add(want, "lvm2");
	if (plan->n_raids)
		argv_add(want, "mdadm");
	if (plan->n_luks)
		argv_addl(want, "cryptsetup", "cryptsetup-initramfs", NULL);
	for (size_t v = 0; v < plan->n_vgs; v++)
		for (size_t l = 0; l < plan->vgs[v].n_lvs; l++)
			if (plan->vgs[v].lvs[l].pool || plan->vgs[v].lvs[l].metadata_mib)
				argv_add(want, "thin-provisioning-tools");
}

struct needs {
	const struct disk_plan *plan;
	struct argv *modules, *files;
};

static void add_needs(void *arg, const struct disk_dev *dev)
{
	static const struct {
		unsigned level;
		const char *module;
	} levels[] = { { 0, "raid0" }, { 1, "raid1" }, { 5, "raid456" }, { 6, "raid456" }, { 10, "raid10" } };
	const struct needs *n = arg;
	const struct disk_raid_plan *raid = disk_raid_of(n->plan, dev);
	const struct disk_luks_plan *luks = disk_luks_of(n->plan, dev);

	for (size_t i = 0; raid && n->modules && i < ARRAY_SIZE(levels); i++)
		if (levels[i].level == raid->level)
			argv_add(n->modules, levels[i].module);
	if (raid && n->files)
		argv_addl(n->files, "sbin/mdadm", "etc/mdadm/mdadm.conf", NULL);
	if (luks && n->modules)
		argv_add(n->modules, "dm_crypt");
	if (luks && n->files)
		argv_addl(n->files, "sbin/cryptsetup", "cryptroot/crypttab", NULL);
}

void disk_root_needs(const struct disk_plan *plan, struct argv *modules, struct argv *files)
{
	const struct disk_mount *root = plan->n_mounts ? &plan->mounts[0] : NULL;
	struct needs needs = { plan, modules, files };
	const struct disk_vg_plan *vg;

	if (!root || !str_eq(root->mntpoint, "/"))
		return;
	if (modules && root->fstype) /* ext2 and ext3 are ext4's as well */
		argv_add(modules, str_starts(root->fstype, "ext") ? "ext4" : root->fstype);
	if (modules && (plan->n_vgs || plan->n_luks))
		argv_add(modules, "dm_mod");
	vg = disk_vg_of(plan, &root->dev);
	for (size_t i = 0; vg && modules && i < vg->n_lvs; i++)
		if (vg->lvs[i].pool)
			argv_add(modules, "dm_thin_pool");
	disk_dev_walk(plan, &root->dev, add_needs, &needs);
}
