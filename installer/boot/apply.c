#include "installer/boot/boot_priv.h"

#include "base/util.h"
#include "installer/target/chroot.h"

struct verify {
	const struct boot_plan *plan;
	const struct disk_plan *disk;
	const char *root;
};

static int verify(void *arg, struct err *err)
{
	const struct verify *v = arg;

	return boot_verify(v->plan, v->disk, v->root, err);
}

static int apply(const struct boot_plan *plan, const struct facts *facts, const struct disk_plan *disk,
		 const char *root, struct door *door, char **warning, struct err *err)
{
	struct verify v = { plan, disk, root };
	int r = initramfs_make(plan, facts, disk, root, door, err);

	if (r)
		return err_wrap(err, "initramfs");
	if (!plan->bios && !plan->uefi)
		return 0;
	r = grub_configure(plan, root, door, err);
	if (!r)
		r = grub_install(plan, disk, root, door, err);
	if (!r)
		r = chroot_runl(door, root, err, "grub-mkconfig", "-o", "/boot/grub/grub.cfg", NULL);
	if (!r)
		r = door_call(door, "check that the default entry starts Xen and its files are there", verify,
			      &v, err);
	if (!r && plan->nvram)
		nvram_add(plan, disk, root, door, warning);
	return r ? err_wrap(err, "boot loader") : 0;
}

int boot_apply(const struct boot_plan *plan, const struct facts *facts, const struct disk_plan *disk,
	       const char *root, struct door *door, char **warning, struct err *err)
{
	int r = apply(plan, facts, disk, root, door, warning, err);

	return r == -ERR_TOOL ? err_about(err, ERR_BOOT_TOOL, false) : r;
}
