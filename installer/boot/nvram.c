#include "installer/boot/boot_priv.h"

#include <ctype.h>
#include <sys/vfs.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/target/chroot.h"

#define LABEL "xenith"

#ifndef EFIVARFS_MAGIC
#define EFIVARFS_MAGIC 0xde5e81e4 /* linux/magic.h */
#endif

static bool is_mounted(const char *vars)
{
	struct statfs st;

	return !statfs(vars, &st) && (unsigned long)st.f_type == EFIVARFS_MAGIC;
}

/* Remove entries that an earlier install left: "Boot0003* xenith<TAB>HD(...)". */
static int drop_old(const char *list, const char *root, struct door *door, struct err *err)
{
	auto_argv lines = { 0 };
	int r = 0;

	argv_split(&lines, list, "\n");
	for (size_t i = 0; !r && i < lines.n; i++) {
		const char *p = lines.v[i];
		auto_free char *number = NULL;
		size_t len;

		if (!str_starts(p, "Boot") || strlen(p) < 10 || !isxdigit((unsigned char)p[4]))
			continue;
		number = xstrndup(p + 4, 4);
		p += 8;
		p += strspn(p, "* ");
		len = strcspn(p, "\t");
		if (len == strlen(LABEL) && strncmp(p, LABEL, len) == 0)
			r = chroot_runl(door, root, err, "efibootmgr", "-q", "-b", number, "-B", NULL);
	}
	return r;
}

/* An entry for each EFI system partition: several when /boot/efi is on an array. */
static int add_entries(const struct boot_plan *plan, const struct disk_plan *disk, const char *root,
		       struct door *door, struct err *err)
{
	const struct disk_mount *m = boot_mount_of(disk, "/boot/efi");
	const struct disk_raid_plan *raid = m ? disk_raid_of(disk, &m->dev) : NULL;
	const struct disk_dev *esp = raid ? raid->devs : m ? &m->dev : NULL;
	auto_run list = { 0 };
	auto_buf out = { 0 };
	int r;

	if (!esp || esp->node)
		return err_set(err, ERR_INPUT, "no EFI system partition is mounted at /boot/efi");
	argv_add(&list.argv, "efibootmgr");
	list.out = &out;
	r = chroot_run(door, root, &list, err);
	if (!r)
		r = drop_old(buf_str(&out), root, door, err);
	/* Each goes in front of the ones before it. */
	for (size_t i = raid ? raid->n_devs : 1; !r && i-- > 0;) {
		auto_run add = { 0 };

		/* -C makes the entry only; -c also puts it first in BootOrder (efibootmgr(8)) */
		argv_addl(&add.argv, "efibootmgr", "-q", plan->leave_boot_order ? "-C" : "-c", "-d",
			  disk->disks[esp[i].disk].disk->path, "-p", NULL);
		argv_addf(&add.argv, "%u", esp[i].part);
		argv_addl(&add.argv, "-L", LABEL, "-l", "\\EFI\\BOOT\\BOOTX64.EFI", NULL);
		r = chroot_run(door, root, &add, err);
	}
	return r;
}

void nvram_add(const struct boot_plan *plan, const struct disk_plan *disk, const char *root,
	       struct door *door, char **warning)
{
	auto_free char *vars = path_join(root, "sys/firmware/efi/efivars");
	struct err err = { 0 };
	struct err ignored = { 0 };
	bool there = is_mounted(vars);
	int r = there ? 0 : door_mount(door, "efivarfs", vars, "efivarfs", 0, NULL, &err);

	if (!r)
		r = add_entries(plan, disk, root, door, &err);
	if (!there)
		door_umount(door, vars, 0, &ignored);
	if (r && warning)
		*warning = xasprintf(
			"no firmware boot entry was made (%s); the disk boots through "
			"\\EFI\\BOOT\\BOOTX64.EFI, choose it in the firmware's boot menu if need be",
			err.msg);
}
