/* After boot_apply: is what the firmware, GRUB and Xen will read really there? */
#include "installer/boot/boot_priv.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"

/* grub-install patches the list of blocks (sector 0) and the length of the redundancy (sector 1) in place. */
#define CORE_FROM 1024

static bool has_bytes(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode) && st.st_size > 0;
}

/* The text between the quotes behind start, of a line: menuentry 'TITLE' ... free(3). */
static char *quoted(const char *start, char quote)
{
	const char *open = strchr(start, quote);
	const char *close = open ? strchr(open + 1, quote) : NULL;

	return close ? xstrndup(open + 1, (size_t)(close - open - 1)) : NULL;
}

/* What `set default="..."` says outside of functions and saved entries. free(3). */
static char *default_title(const struct argv *lines)
{
	for (size_t i = 0; i < lines->n; i++) {
		const char *p = lines->v[i] + strspn(lines->v[i], " \t");

		if (str_starts(p, "set default=\"") && !strchr(p, '$'))
			return quoted(p, '"');
	}
	return NULL;
}

/* Index of the top-level menuentry with this title, or lines->n. */
static size_t find_entry(const struct argv *lines, const char *title)
{
	for (size_t i = 0; i < lines->n; i++) {
		auto_free char *t = str_starts(lines->v[i], "menuentry ") ? quoted(lines->v[i], '\'') : NULL;

		if (str_eq(t, title))
			return i;
	}
	return lines->n;
}

/* The words of the first line of the entry that starts with the command; empty if there is none. */
static void entry_words(const struct argv *lines, size_t entry, const char *command, unsigned nth,
			struct argv *ret)
{
	for (size_t i = entry + 1; i < lines->n && lines->v[i][0] != '}'; i++) {
		auto_argv words = { 0 };

		argv_split(&words, lines->v[i], " \t");
		if (words.n && strcmp(words.v[0], command) == 0 && nth-- == 0) {
			argv_addv(ret, words.v);
			return;
		}
	}
}

/* Every word of args stands on the line. */
static int check_words(const struct argv *line, const char *args, const char *what, struct err *err)
{
	auto_argv want = { 0 };

	argv_split(&want, args, " ");
	for (size_t i = 0; i < want.n; i++)
		if (!argv_has(line, want.v[i]))
			return err_set(err, ERR_BOOT_GRUB, "grub.cfg: the line of %s lacks \"%s\"", what,
				       want.v[i]);
	return 0;
}

/* The file that a line loads exists; its folder depends on whether /boot is a file system of its own. */
static int check_file(const char *word, const char *boot_dir, const char *what, struct err *err)
{
	const char *base = word && strrchr(word, '/') ? strrchr(word, '/') + 1 : "";
	auto_free char *path = path_join(boot_dir, base);

	if (*base && has_bytes(path))
		return 0;
	return err_set(err, ERR_BOOT_GRUB, "grub.cfg: its default entry loads %s \"%s\", which is not in %s",
		       what, word ? word : "(none)", boot_dir);
}

static int check_xen_entry(const struct boot_plan *plan, const struct argv *lines, size_t entry,
			   const char *boot_dir, const char *root_arg, struct err *err)
{
	auto_argv xen = { 0 };
	auto_argv kernel = { 0 };
	auto_argv initrd = { 0 };
	int r;

	entry_words(lines, entry, "multiboot2", 0, &xen);
	entry_words(lines, entry, "module2", 0, &kernel);
	entry_words(lines, entry, "module2", 1, &initrd);
	if (xen.n < 2 || !strstr(xen.v[1], "/xen-"))
		return err_set(
			err, ERR_BOOT_GRUB,
			"grub.cfg: its default entry does not load Xen; is xen-hypervisor-4.* installed, "
			"and is the kernel one with CONFIG_XEN_DOM0?");
	r = check_words(&xen, plan->xen_args, "Xen", err);
	if (!r && kernel.n > 1)
		r = check_words(&kernel, plan->dom0_args, "dom0's kernel", err);
	if (!r && kernel.n > 1 && root_arg)
		r = check_words(&kernel, root_arg, "dom0's kernel", err);
	if (!r)
		r = check_file(xen.v[1], boot_dir, "Xen", err);
	if (!r)
		r = check_file(kernel.n > 1 ? kernel.v[1] : NULL, boot_dir, "the kernel", err);
	if (!r)
		r = check_file(initrd.n > 1 ? initrd.v[initrd.n - 1] : NULL, boot_dir, "the initramfs", err);
	return r;
}

/* At least one top-level entry boots Linux without Xen. */
static bool has_fallback(const struct argv *lines)
{
	for (size_t i = 0; i < lines->n; i++) {
		auto_argv words = { 0 };

		if (str_starts(lines->v[i], "menuentry "))
			entry_words(lines, i, "linux", 0, &words);
		if (words.n > 1 && strstr(words.v[1], "vmlinuz"))
			return true;
	}
	return false;
}

int boot_verify_cfg(const struct boot_plan *plan, const char *text, const char *boot_dir,
		    const char *root_arg, struct err *err)
{
	auto_argv lines = { 0 };
	auto_free char *title = NULL;
	size_t entry;

	argv_split(&lines, text, "\n");
	title = default_title(&lines);
	entry = title ? find_entry(&lines, title) : lines.n;
	if (entry == lines.n)
		return err_set(err, ERR_BOOT_GRUB, "grub.cfg: its default entry \"%s\" does not exist",
			       title ? title : "(none)");
	if (!has_fallback(&lines))
		return err_set(err, ERR_BOOT_GRUB, "grub.cfg: no entry boots Linux without Xen");
	return check_xen_entry(plan, &lines, entry, boot_dir, root_arg, err);
}

/* core.img is in the BIOS boot partition or, with an MBR, behind its first sector. */
static int check_core(const struct disk_target *target, const char *root, struct err *err)
{
	auto_free char *path = path_join(root, "boot/grub/i386-pc/core.img");
	bool gap = str_eq(target->table, "msdos");
	auto_free char *node = gap ? xstrdup(target->disk->path) : NULL;
	auto_free char *there = NULL;
	auto_close int fd = -1;
	auto_buf core = { 0 };
	int r = file_read(path, &core, err);

	for (size_t i = 0; !gap && i < target->n_parts; i++)
		if (str_eq(target->parts[i].kind, "biosboot"))
			node = disk_part_path(target->disk->path, target->parts[i].number);
	if (r || !node)
		return r;
	fd = open(node, O_RDONLY | O_CLOEXEC);
	there = xcalloc(1, core.len + 1);
	if (fd < 0 || pread(fd, there, core.len, gap ? 512 : 0) != (ssize_t)core.len)
		return err_sys(err, "cannot read %s", node);
	if (core.len <= CORE_FROM ||
	    memcmp(there + CORE_FROM, core.data + CORE_FROM, core.len - CORE_FROM) != 0)
		return err_set(err, ERR_BOOT_LOADER, "GRUB's core.img is not in %s %s",
			       gap ? "the gap behind the MBR of" : "the BIOS boot partition", node);
	return 0;
}

int boot_verify(const struct boot_plan *plan, const struct disk_plan *disk, const char *root, struct err *err)
{
	auto_free char *cfg = path_join(root, "boot/grub/grub.cfg");
	auto_free char *boot_dir = path_join(root, "boot");
	auto_free char *efi = path_join(root, "boot/efi/EFI/BOOT/BOOTX64.EFI");
	const char *subvol = disk->n_mounts ? disk->mounts[0].subvol : NULL;
	auto_free char *spec = NULL;
	auto_free char *root_arg = NULL;
	auto_buf text = { 0 };
	int r = file_read(cfg, &text, err);

	if (!r)
		r = disk_root_arg(disk, &spec, err);
	if (!r) {
		root_arg = xasprintf("root=%s%s%s", spec, subvol ? " rootflags=subvol=" : "",
				     subvol ? subvol : "");
		r = boot_verify_cfg(plan, buf_str(&text), boot_dir, root_arg, err);
	}
	if (!r && plan->uefi && !has_bytes(efi))
		r = err_set(err, ERR_BOOT_LOADER, "%s was not written by grub-install", efi);
	for (size_t i = 0; !r && plan->bios && i < disk->n_boot_disks; i++)
		r = check_core(&disk->disks[disk->boot_disks[i]], root, err);
	return r;
}
