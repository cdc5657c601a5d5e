/* Whether an initramfs holds what it must, before the host is left to it. */
#include "installer/boot/boot_priv.h"

#include "base/file.h"
#include "base/util.h"
#include "installer/target/chroot.h"

#define OPENED "/var/tmp/xenith-initramfs-opened"

/* "virtio-blk" and "virtio_blk" are one module. */
static char *underscored(const char *name, size_t len)
{
	char *s = xstrndup(name, len);

	for (char *p = s; *p; p++)
		if (*p == '-')
			*p = '_';
	return s;
}

/* Whether a list of paths (an initrd's, or modules.builtin) has the module as DIR/NAME.ko[.xz]. */
static bool lists_module(const struct argv *paths, const char *module)
{
	auto_free char *want = underscored(module, strlen(module));

	for (size_t i = 0; i < paths->n; i++) {
		const char *slash = strrchr(paths->v[i], '/');
		const char *dot = strstr(slash ? slash : paths->v[i], ".ko");
		auto_free char *name = NULL;

		if (!slash || !dot)
			continue;
		name = underscored(slash + 1, (size_t)(dot - slash - 1));
		if (strcmp(name, want) == 0)
			return true;
	}
	return false;
}

static bool lists_end(const struct argv *paths, const char *end)
{
	for (size_t i = 0; i < paths->n; i++)
		if (str_ends(paths->v[i], end))
			return true;
	return false;
}

int initramfs_check(const char *root, const char *ver, const struct disk_plan *disk, const struct argv *must,
		    const char *list, struct err *err)
{
	auto_free char *builtin_path = xasprintf("%s/lib/modules/%s/modules.builtin", root, ver);
	auto_free char *dep = xasprintf("lib/modules/%s/modules.dep", ver);
	auto_buf text = { 0 };
	auto_argv paths = { 0 };
	auto_argv builtin = { 0 };
	auto_argv files = { 0 };
	const char *missing = NULL;

	disk_root_needs(disk, NULL, &files);
	argv_split(&paths, list, "\n");
	if (!file_read(builtin_path, &text, NULL))
		argv_split(&builtin, buf_str(&text), "\n");
	if (!lists_end(&paths, dep))
		missing = dep;
	else if (disk->n_vgs && (!lists_end(&paths, "sbin/lvm") || !lists_end(&paths, "69-lvm.rules")))
		missing = "sbin/lvm and its udev rules (package lvm2)";
	for (size_t i = 0; !missing && i < files.n; i++)
		if (!lists_end(&paths, files.v[i]))
			missing = files.v[i];
	for (size_t i = 0; !missing && i < must->n; i++)
		if (!lists_module(&paths, must->v[i]) && !lists_module(&builtin, must->v[i]))
			missing = must->v[i];
	if (!missing)
		return 0;
	return err_set(err, ERR_BOOT_INITRAMFS,
		       "initramfs /boot/initrd.img-%s lacks %s, without which root can't be mounted at boot",
		       ver, missing);
}

/* What the initramfs holds of the root's files is the same as there: it is opened and compared. */
int initramfs_check_files(const char *initrd, const char *const *files, const char *root, struct door *door,
			  struct err *err)
{
	/* Where unmkinitramfs(8) puts it, without and with early microcode in front. */
	static const char *const places[] = { "", "main/" };
	int r = chroot_runl(door, root, err, "rm", "-rf", OPENED, NULL);

	if (!r)
		r = chroot_runl(door, root, err, "unmkinitramfs", initrd, OPENED, NULL);
	for (; !r && !door->record && *files; files++) {
		auto_free char *path = path_join(root, *files);
		auto_buf want = { 0 };
		bool same = false;

		r = file_read(path, &want, err);
		for (size_t i = 0; !r && !same && i < ARRAY_SIZE(places); i++) {
			auto_free char *there = xasprintf("%s" OPENED "/%s%s", root, places[i], *files);
			auto_buf have = { 0 };

			same = !file_read(there, &have, NULL) && have.len == want.len &&
			       memcmp(buf_str(&have), buf_str(&want), want.len) == 0;
		}
		if (!r && !same)
			r = err_set(err, ERR_BOOT_INITRAMFS, "initramfs %s lacks /%s as it is in the root",
				    initrd, *files);
	}
	return r ? r : chroot_runl(door, root, err, "rm", "-rf", OPENED, NULL);
}
