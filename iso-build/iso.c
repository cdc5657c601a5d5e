#include "iso-build/iso_priv.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"
#include "iso-build/cpio.h"
#include "iso-build/elf.h"
#include "iso-build/grub_words.h"
#include "iso-build/image.h"
#include "iso-build/parts.h"
#include "iso-build/thin.h"
#include "packages/minisign.h"

/* VGA and serial; of the kernel's own lines only those that are worth a look. */
#define SERIAL     "ttyS0,115200"
#define ZSTD_LEVEL 19
/* The kernel's tests of its own ciphers take most of a second where the processor is slow. */
#define KERNEL_ARGS \
	"loglevel=4 cryptomgr.notests console=tty0 console=" SERIAL " xenith.console-default=" SERIAL

static void build_clear(struct build *b)
{
	if (b->work && !b->opts->work_dir)
		file_remove_tree(b->work, NULL);
	free(b->work);
	free(b->kernel);
	free(b->stage);
	free(b->extra);
	free(b->tree);
	buf_clear(&b->versions);
	ks_source_clear(&b->from_ks);
}

/* An empty folder each; what an earlier build left in a given work_dir goes. */
static int make_folders(struct build *b, struct err *err)
{
	char **folders[] = { &b->kernel, &b->stage, &b->extra, &b->tree };
	static const char *const names[] = { "kernel", "stage", "extra", "tree" };
	int r;

	b->work =
		b->opts->work_dir ? xstrdup(b->opts->work_dir) : xasprintf("%s.work-XXXXXX", b->opts->output);
	if (b->opts->work_dir) {
		r = file_mkdirs(b->work, 0700, err);
		if (r)
			return r;
	} else if (!mkdtemp(b->work)) {
		r = err_sys(err, "cannot make a work folder %s", b->work);
		free(TAKE(b->work));
		return r;
	}
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		*folders[i] = path_join(b->work, names[i]);
		r = file_remove_tree(*folders[i], err);
		if (!r)
			r = file_mkdirs(*folders[i], 0755, err);
		if (r)
			return r;
	}
	return 0;
}

static int read_epoch(time_t *ret, struct err *err)
{
	const char *text = getenv("SOURCE_DATE_EPOCH");
	uint64_t t = 0;

	if (text && (!str_u64(text, &t) || t > INT32_MAX))
		return err_set(err, ERR_USAGE, "SOURCE_DATE_EPOCH is \"%s\"; seconds since 1970 are wanted",
			       text);
	/* FAT and ISO 9660 know no time before 1980. */
	*ret = text ? (time_t)t : 315532800;
	return 0;
}

/* Whether there is an archive to fetch from: what the caller named, else what the kickstart file installs
 * from. */
static int archive(struct build *b, struct pkg_source *source, struct pkg_request *ret, struct err *err)
{
	*ret = b->opts->kernel;
	*source = (struct pkg_source){ .name = "main", .base = b->from_ks.base, .suite = b->from_ks.suite };
	if (!ret->n_sources && !b->from_ks.base)
		return err_set(
			err, ERR_USAGE,
			"no archive to fetch the medium's parts from: neither a mirror was named nor does a "
			"kickstart file say url --url=MIRROR/dists/SUITE");
	if (ret->n_sources)
		*source = ret->sources[0];
	else if (!ret->proxy)
		ret->proxy = b->from_ks.proxy;
	source->components = (struct argv){ 0 };
	argv_add(&source->components, PKG_COMPONENT);
	if (b->opts->firmware)
		argv_add(&source->components, "non-free-firmware");
	ret->sources = source;
	ret->n_sources = 1;
	return 0;
}

static int get_parts(struct build *b, struct err *err)
{
	struct pkg_source source = { 0 };
	struct pkg_request req;
	auto_argv names = { 0 };
	int r;

	if (b->opts->kernel_dir)
		return 0;
	argv_add(&names, b->opts->thin_url ? "ipxe" : PARTS_KERNEL);
	if (b->opts->secure_boot)
		argv_addv(&names, (char *const *)parts_signed_packages);
	if (b->opts->firmware)
		argv_addv(&names, (char *const *)parts_firmware_packages);
	r = archive(b, &source, &req, err);
	if (!r)
		r = parts_fetch(&req, &names, b->kernel, b->door, &b->versions, err);
	argv_clear(&source.components);
	return r;
}

/* A private key has no business in a medium; a keyring of words would be taken for none. */
static int check_trust(const struct iso_opts *o, struct err *err)
{
	auto_buf ca = { 0 };
	auto_buf keyring = { 0 };
	int r = o->ca ? file_read(o->ca, &ca, err) : 0;

	if (!r && o->ca &&
	    (!strstr(buf_str(&ca), "-----BEGIN CERTIFICATE-----") || strstr(buf_str(&ca), "PRIVATE KEY")))
		return err_set(err, ERR_ISO_KEYS,
			       "--ca: %s: certificates in PEM are wanted, and no private key", o->ca);
	if (!r && o->ks_keyring)
		r = file_read(o->ks_keyring, &keyring, err);
	if (!r && o->ks_keyring && minisign_is(&keyring))
		return minisign_check_keys(&keyring, o->ks_keyring, err);
	if (!r && o->ks_keyring && (!keyring.len || !(keyring.data[0] & 0x80)))
		return err_set(
			err, ERR_ISO_KEYS,
			"--ks-keyring: %s is no binary OpenPGP keyring (gpg --export KEY makes one), and no "
			"public key of minisign",
			o->ks_keyring);
	return r;
}

/*
 * The initramfs. Where RAM is short the kernel drops the end of it and says nothing: the manifest and all
 * that /init needs to read it go first.
 */
static int write_initrd(struct build *b, struct err *err)
{
	auto_free char *initrd = path_join(b->tree, "boot/initrd");
	auto_free char *self = path_join(b->stage, ISO_SELF_PATH);
	auto_argv first = { 0 };
	auto_argv libs = { 0 };
	struct cpio_opts opts = { b->opts->xz ? PACK_XZ : PACK_ZSTD,
				  b->opts->level ? b->opts->level : ZSTD_LEVEL, b->mtime, &first };
	int r = elf_closure(self, NULL, &libs, err);

	argv_addl(&first, ISO_MANIFEST, "/lib", "/lib64", "/sbin", "/bin", "/init", ISO_SELF_PATH, NULL);
	for (size_t i = 0; i < libs.n; i++) {
		auto_free char *name =
			xasprintf("%s%s", str_starts(libs.v[i], "/usr/") ? "" : "/usr", libs.v[i]);
		auto_free char *path = path_join(b->stage, name);

		/* What a library needs that is stood in for isn't there. */
		if (file_exists(path))
			argv_add(&first, name);
	}
	if (!r)
		r = cpio_append(b->stage, initrd, &opts, err);
	if (!r && b->opts->ks_file) {
		struct cpio_opts plain = opts;

		plain.first = NULL;
		r = cpio_append(b->extra, initrd, &plain, err);
	}
	return r;
}

static int copy_whole(struct build *b, const char *from, const char *dir, const char *name, mode_t mode,
		      struct err *err)
{
	auto_free char *to = path_join(dir, name);
	auto_buf data = { 0 };
	int r = file_read(from, &data, err);

	return r ? r : door_write(b->door, to, data.data, data.len, mode, err);
}

static char *make_cmdline(const struct iso_opts *o)
{
	auto_free char *url = o->ks_url ? xasprintf("ks=%s", o->ks_url) : NULL;
	auto_buf b = { 0 };

	buf_adds(&b, KERNEL_ARGS);
	if (o->packages)
		buf_adds(&b, " xenith.offline");
	if (o->ks_file)
		buf_adds(&b, " ks=file:/ks.cfg");
	else if (url)
		grub_add_words(&b, url);
	if (o->append)
		grub_add_words(&b, o->append);
	return buf_take(&b);
}

/* Debian's shim starts Debian's GRUB, which starts Debian's kernel. */
static void signed_loaders(const struct build *b, char **shim, char **grub, struct image_opts *image)
{
	*shim = path_join(iso_parts_dir(b), PARTS_SHIM);
	*grub = path_join(iso_parts_dir(b), PARTS_GRUB);
	image->efi[0] = (struct image_file){ *shim, "EFI/BOOT/BOOTX64.EFI" };
	image->efi[1] = (struct image_file){ *grub, "EFI/BOOT/grubx64.efi" };
}

static int build_full(struct build *b, struct image_opts *image, struct err *err)
{
	struct kernel kernel = { 0 };
	int r = kernel_find(iso_parts_dir(b), &kernel, err);

	if (!r)
		r = iso_fill_stage(b, &kernel, err);
	if (!r && b->opts->ks_file)
		r = copy_whole(b, b->opts->ks_file, b->extra, "ks.cfg", 0600, err);
	if (!r)
		r = copy_whole(b, kernel.image, b->tree, "boot/vmlinuz", 0644, err);
	if (!r)
		r = write_initrd(b, err);
	if (!r)
		r = image_boot_files(image, b->door, err);
	if (!r && b->opts->packages)
		r = iso_add_packages(b, err);
	kernel_clear(&kernel);
	return r;
}

static int build(struct build *b, struct err *err)
{
	auto_free char *cmdline = make_cmdline(b->opts);
	auto_free char *shim = NULL;
	auto_free char *grub = NULL;
	struct image_opts image = { .cmdline = cmdline, .mtime = b->mtime };
	int r = make_folders(b, err);

	image.tree = b->tree;
	image.work = b->work;
	if (b->opts->secure_boot)
		signed_loaders(b, &shim, &grub, &image);
	if (!r)
		r = get_parts(b, err);
	if (!r && b->opts->thin_url)
		r = thin_boot_files(&image, b->opts->thin_url, iso_parts_dir(b), b->door, err);
	else if (!r)
		r = build_full(b, &image, err);
	if (!r)
		r = image_write(&image, b->opts->output, b->door, err);
	/* A kickstart file holds passwords. */
	if (!r && b->opts->ks_file && chmod(b->opts->output, 0600))
		r = err_sys(err, "cannot protect %s", b->opts->output);
	thin_clear(&image);
	return r;
}

int iso_build(const struct iso_opts *opts, struct door *door, struct err *err)
{
	struct build b = { .opts = opts, .door = door };
	int r = grub_check_words("--ks-url", opts->ks_url, err);

	if (!r)
		r = grub_check_words("--append", opts->append, err);
	if (!r)
		r = check_trust(opts, err);
	if (!r)
		r = read_epoch(&b.mtime, err);
	if (!r && opts->ks_file)
		r = iso_check_ks(opts->ks_file, &b.from_ks, err);
	if (!r)
		r = build(&b, err);
	build_clear(&b);
	return r;
}
