#include <stdint.h>

#include "iso-build/image.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <xorriso.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/tree.h"
#include "base/util.h"
#include "iso-build/embed.h"

/* A fixed disk GUID: the image says nothing about when and where it was made. */
#define GPT_GUID    "58454e49544800000000000000000001"
#define BOOT_HYBRID "/usr/lib/grub/i386-pc/boot_hybrid.img"
#define ID_FILE     "/.xenith-id"

/* GRUB finds the medium by a file, whatever the firmware calls the drive. */
static const char early_cfg[] = "search --no-floppy --set=root --file " ID_FILE "\n"
				"set prefix=($root)/boot/grub\n"
				"configfile ($root)/boot/grub/grub.cfg\n";

#define COMMON_MODULES                                                                                    \
	"iso9660", "part_msdos", "part_gpt", "normal", "linux", "configfile", "search", "search_fs_file", \
		"serial", "terminal", "echo", "test", "minicmd", "sleep", "reboot", "halt"

void image_grub_cfg(const char *cmdline, struct buf *ret)
{
	buf_addf(ret,
		 "if serial --unit=0 --speed=115200; then\n"
		 "  terminal_input console serial\n"
		 "  terminal_output console serial\n"
		 "fi\n"
		 "set timeout=3\n"
		 "set default=0\n"
		 "menuentry \"Install\" {\n"
		 "  echo \"Loading the installer ...\"\n"
		 "  linux /boot/vmlinuz %s\n"
		 "  initrd /boot/initrd /" EMBED_FILE "\n"
		 "}\n"
		 "menuentry \"Rescue shell\" {\n"
		 "  linux /boot/vmlinuz %s xenith.shell\n"
		 "  initrd /boot/initrd /" EMBED_FILE "\n"
		 "}\n",
		 cmdline, cmdline);
}

static int write_text(struct door *door, const char *dir, const char *name, const char *text, struct err *err)
{
	auto_free char *path = path_join(dir, name);

	return door_write(door, path, text, strlen(text), 0644, err);
}

static int make_bios(const struct image_opts *o, const char *early, struct door *door, struct err *err)
{
	auto_free char *img = path_join(o->tree, "boot/grub/eltorito.img");

	return door_runl(door, err, "grub-mkimage", "-O", "i386-pc-eltorito", "-p", "/boot/grub", "-c", early,
			 "-o", img, "biosdisk", "linux16", COMMON_MODULES, NULL);
}

static int set_mtime(const char *path, time_t t, struct err *err)
{
	struct timespec times[2] = { { .tv_sec = t }, { .tv_sec = t } };

	return utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW)
		       ? err_sys(err, "cannot set the time of %s", path)
		       : 0;
}

/* mtools(1) stamps folders with the time of day unless told another, and the zone matters for all of it. */
static int run_mtool(const struct image_opts *o, struct door *door, const struct argv *words, struct err *err)
{
	auto_argv env = { 0 };
	auto_run run = { 0 };

	argv_addl(&env, "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "TZ=UTC", "MTOOLSRC=/dev/null",
		  NULL);
	argv_addf(&env, "SOURCE_DATE_EPOCH=%lld", (long long)o->mtime);
	argv_addv(&run.argv, words->v);
	run.env = env.v;
	return door_run(door, &run, err);
}

static int copy_efi(const struct image_opts *o, const char *img, const struct image_file *f,
		    struct door *door, struct err *err)
{
	auto_free char *own = xasprintf("%s/efi-%s", o->work, strrchr(f->to, '/') + 1);
	auto_free char *to = xasprintf("::/%s", f->to);
	auto_argv mcopy = { 0 };
	auto_buf data = { 0 };
	int r = file_read(f->from, &data, err);

	/* mcopy takes a file's time over. */
	if (!r)
		r = door_write(door, own, data.data, data.len, 0644, err);
	if (!r && !door->record)
		r = set_mtime(own, o->mtime, err);
	argv_addl(&mcopy, "mcopy", "-m", "-i", img, own, to, NULL);
	return r ? r : run_mtool(o, door, &mcopy, err);
}

static int efi_kib(const struct image_opts *o, uint64_t *ret, struct err *err)
{
	uint64_t bytes = 64 << 10; /* tables, folders, ends of clusters */
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(o->efi) && o->efi[i].from; i++) {
		if (stat(o->efi[i].from, &st))
			return err_sys(err, "cannot look at %s", o->efi[i].from);
		bytes += (uint64_t)st.st_size;
	}
	*ret = (bytes + 1023) >> 10;
	return 0;
}

/* The FAT file system that becomes the image's second partition, as small as its files allow. */
static int fill_efi(const struct image_opts *o, struct door *door, struct err *err)
{
	auto_free char *img = path_join(o->work, "efi.img");
	auto_free char *size = NULL;
	auto_argv mmd = { 0 };
	uint64_t kib = 0;
	int r = door->record ? 0 : efi_kib(o, &kib, err);

	size = xasprintf("%llu", (unsigned long long)kib);
	if (!r && !door->record && unlink(img) && errno != ENOENT)
		r = err_sys(err, "cannot replace %s", img);
	if (!r)
		r = door_runl(door, err, "mkfs.fat", "-C", "--invariant", "-i", "58454e49", "-n",
			      "XENITH_EFI", "-F", "12", "-r", "64", img, size, NULL);
	argv_addl(&mmd, "mmd", "-i", img, "::/EFI", "::/EFI/BOOT", NULL);
	if (!r)
		r = run_mtool(o, door, &mmd, err);
	for (size_t i = 0; !r && i < ARRAY_SIZE(o->efi) && o->efi[i].from; i++)
		r = copy_efi(o, img, &o->efi[i], door, err);
	return r;
}

static int make_efi(const struct image_opts *o, const char *early, struct door *door, struct err *err)
{
	auto_free char *loader = path_join(o->work, "BOOTX64.EFI");
	struct image_opts own = *o;
	int r;

	if (o->efi[0].from)
		return fill_efi(o, door, err);
	r = door_runl(door, err, "grub-mkimage", "-O", "x86_64-efi", "-p", "/boot/grub", "-c", early, "-o",
		      loader, COMMON_MODULES, "fat", "efi_gop", "efi_uga", NULL);
	/* By the name that firmware looks for (UEFI 2.10, 3.5.1.1). */
	own.efi[0] = (struct image_file){ loader, "EFI/BOOT/BOOTX64.EFI" };
	return r ? r : fill_efi(&own, door, err);
}

static int write_embed(const struct image_opts *o, struct door *door, struct err *err)
{
	auto_free char *path = path_join(o->tree, EMBED_FILE);
	auto_buf area = { 0 };
	int r = embed_make(NULL, NULL, &area, err);

	return r ? r : door_write(door, path, area.data, area.len, 0644, err);
}

int image_boot_files(const struct image_opts *o, struct door *door, struct err *err)
{
	auto_free char *early = path_join(o->work, "early.cfg");
	auto_buf cfg = { 0 };
	int r;

	if (o->grub_cfg)
		buf_adds(&cfg, o->grub_cfg);
	else
		image_grub_cfg(o->cmdline, &cfg);
	r = write_text(door, o->tree, "boot/grub/grub.cfg", buf_str(&cfg), err);
	/* What Debian's signed GRUB looks for. */
	if (!r)
		r = write_text(door, o->tree, ".disk/info", "Xenith\n", err);
	if (!r)
		r = write_text(door, o->tree, ID_FILE, "xenith\n", err);
	if (!r && !o->grub_cfg)
		r = write_embed(o, door, err);
	if (!r)
		r = write_text(door, o->work, "early.cfg", early_cfg, err);
	if (!r)
		r = make_bios(o, early, door, err);
	return r ? r : make_efi(o, early, door, err);
}

static int set_entry_mtime(void *arg, const struct tree_entry *e, struct err *err)
{
	return set_mtime(e->path, *(const time_t *)arg, err);
}

/* xorriso's own words for a time: YYYYMMDDhhmmsscc. */
static char *xorriso_time(time_t t)
{
	char text[32];
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(text, sizeof(text), "%Y%m%d%H%M%S00", &tm);
	return xstrdup(text);
}

static void xorriso_args(const struct image_opts *o, const char *output, struct argv *a)
{
	auto_free char *when = xorriso_time(o->mtime);

	argv_addl(a, "mkisofs", "-quiet", "-o", output, "-V", IMAGE_LABEL, "-r", "-J", "-joliet-long", NULL);
	argv_addf(a, "--modification-date=%s", when);
	argv_addl(a, "--set_all_file_dates", when, "--gpt_disk_guid", GPT_GUID, NULL);
	argv_addl(a, "--grub2-mbr", BOOT_HYBRID, "-partition_offset", "16", "--mbr-force-bootable", NULL);
	argv_addl(a, "-append_partition", "2", "0xef", NULL);
	argv_addf(a, "%s/efi.img", o->work);
	argv_addl(a, "-appended_part_as_gpt", "-c", "boot/boot.cat", NULL);
	argv_addl(a, "-b", "boot/grub/eltorito.img", "-no-emul-boot", "-boot-load-size", "4", NULL);
	argv_addl(a, "-boot-info-table", "--grub2-boot-info", "-eltorito-alt-boot", NULL);
	argv_addl(a, "-e", "--interval:appended_partition_2:all::", "-no-emul-boot", "-no-pad", o->tree,
		  NULL);
}

struct writing {
	struct argv args;
	const char *output;
	struct log *log;
};

/* What libisoburn said goes to the log, and to said. */
static void pull_messages(struct XorrisO *x, int handle, struct log *log, struct buf *said)
{
	struct Xorriso_lsT *lists[2] = { NULL, NULL };

	if (Xorriso_pull_outlists(x, handle, &lists[0], &lists[1], 0) <= 0)
		return;
	for (size_t i = 0; i < 2; i++) {
		for (struct Xorriso_lsT *l = lists[i]; l; l = Xorriso_lst_get_next(l, 0)) {
			const char *text = Xorriso_lst_get_text(l, 0);

			log_text(log, "xorriso", text, strlen(text));
			buf_adds(said, text);
		}
		Xorriso_lst_destroy_all(&lists[i], 0);
	}
}

static int run_xorriso(void *arg, struct err *err)
{
	struct writing *w = arg;
	struct XorrisO *x = NULL;
	auto_buf said = { 0 };
	int idx = 0, handle = -1, ok;

	if (Xorriso_new(&x, (char *)"xenith", 0) <= 0)
		return err_set(err, ERR_SYS, "cannot start libisoburn");
	if (Xorriso_startup_libraries(x, 0) <= 0) {
		Xorriso_destroy(&x, 1);
		return err_set(err, ERR_SYS, "cannot start libisoburn's libraries");
	}
	Xorriso_push_outlists(x, &handle, 0);
	Xorriso_option_abort_on(x, (char *)"FAILURE", 0);
	Xorriso_option_report_about(x, (char *)"WARNING", 0);
	ok = Xorriso_option_as(x, (int)w->args.n, w->args.v, &idx, 0);
	if (ok > 0)
		ok = Xorriso_option_end(x, 0);
	pull_messages(x, handle, w->log, &said);
	Xorriso_destroy(&x, 1);
	if (ok > 0)
		return 0;
	return err_set(err, ERR_ISO_WRITE, "libisoburn cannot write %s%s%s", w->output, said.len ? ":\n" : "",
		       buf_str(&said));
}

int image_write(const struct image_opts *o, const char *output, struct door *door, struct err *err)
{
	auto_free char *what = xasprintf("write the image %s of %s", output, o->tree);
	struct writing w = { .output = output, .log = door->log };
	int r = 0;

	if (!door->record)
		r = tree_walk(o->tree, TREE_FOLDERS_LAST, set_entry_mtime, (void *)&o->mtime, err);
	if (!r && !door->record && unlink(output) && errno != ENOENT)
		r = err_sys(err, "cannot replace %s", output);
	if (!r && !file_exists(BOOT_HYBRID))
		r = err_set(err, ERR_ISO_PARTS, BOOT_HYBRID " is missing: install grub-pc-bin");
	xorriso_args(o, output, &w.args);
	if (!r)
		r = door_call(door, what, run_xorriso, &w, err);
	if (!r && !door->record && !o->grub_cfg)
		r = embed_record(output, err);
	argv_clear(&w.args);
	return r;
}
