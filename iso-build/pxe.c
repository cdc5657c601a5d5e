#include "iso-build/pxe.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/util.h"
#include "iso-build/grub_words.h"

#define IPXE_DIR "/usr/lib/ipxe"

struct pxe {
	const struct pxe_opts *opts;
	struct door *door;
	char *args;        /* the kernel's words, from the medium */
	struct argv files; /* written so far, for the checksums */
};

static int write_file(struct pxe *p, const char *name, const void *data, size_t len, struct err *err)
{
	auto_free char *path = path_join(p->opts->output, name);

	argv_add(&p->files, name);
	return door_write(p->door, path, data, len, 0644, err);
}

static int read_entry(struct archive *a, struct archive_entry *e, struct buf *ret, struct err *err)
{
	size_t len = (size_t)archive_entry_size(e);
	la_ssize_t n;

	ret->len = 0;
	n = archive_read_data(a, buf_room(ret, len + 1), len);
	if (n < 0 || (size_t)n != len)
		return err_set(err, ERR_ISO_NO_MEDIUM, "cannot read %s of the medium: %s",
			       archive_entry_pathname(e), archive_error_string(a));
	buf_used(ret, len);
	return 0;
}

/* The medium's words without its own ks=, since the hosts have theirs. */
static char *without_ks(const char *args)
{
	auto_argv words = { 0 };
	auto_buf b = { 0 };

	argv_split(&words, args, " ");
	for (size_t i = 0; i < words.n; i++)
		if (!str_starts(words.v[i], "ks=") && !str_starts(words.v[i], "inst.ks="))
			buf_addf(&b, "%s%s", b.len ? " " : "", words.v[i]);
	buf_add(&b, "", 0);
	return buf_take(&b);
}

/* The words of the medium's first kernel line, without quotes. */
static int read_args(struct pxe *p, const struct buf *cfg, const char *iso, struct err *err)
{
	static const char before[] = "linux /boot/vmlinuz ";
	auto_free char *text = xstrndup(cfg->data, cfg->len);
	char *at = strstr(text, before), *to;

	if (!at)
		return err_set(err, ERR_ISO_NO_MEDIUM, "%s: its boot/grub/grub.cfg starts no kernel", iso);
	at += strlen(before);
	at[strcspn(at, "\n")] = '\0';
	to = at;
	for (const char *s = at; *s; s++)
		if (*s != '\'')
			*to++ = *s;
	*to = '\0';
	p->args = without_ks(at);
	if (!strstr(at, "ks=file:"))
		return 0;
	return err_set(
		err, ERR_ISO_SECRET,
		"%s holds a kickstart file, which would be served to anybody, passwords and all: build it "
		"without --ks, and name the files by --hosts or --ks-url",
		iso);
}

/* Kernel, initramfs and words; an entry's data is only read where it is wanted. */
static int take_medium(struct pxe *p, const char *iso, struct err *err)
{
	static const char *const names[][2] = { { "boot/grub/grub.cfg", NULL },
						{ "boot/vmlinuz", "vmlinuz" },
						{ "boot/initrd", "initrd" } };
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	auto_buf data = { 0 };
	unsigned found = 0;
	int r = 0;

	archive_read_support_format_iso9660(a);
	if (archive_read_open_filename(a, iso, 1 << 20) != ARCHIVE_OK)
		r = err_set(err, ERR_ISO_NO_MEDIUM, "%s: %s", iso, archive_error_string(a));
	while (!r && archive_read_next_header(a, &e) == ARCHIVE_OK)
		for (size_t i = 0; !r && i < ARRAY_SIZE(names); i++) {
			if (!str_eq(archive_entry_pathname(e), names[i][0]))
				continue;
			found |= 1u << i;
			r = read_entry(a, e, &data, err);
			if (!r)
				r = names[i][1] ? write_file(p, names[i][1], data.data, data.len, err)
						: read_args(p, &data, iso, err);
		}
	archive_read_free(a);
	if (!r && found != 7)
		r = err_set(err, ERR_ISO_NO_MEDIUM,
			    "%s is no boot medium: boot/vmlinuz, boot/initrd or "
			    "boot/grub/grub.cfg is missing",
			    iso);
	return r;
}

/* A loader for each firmware, in one file that fetches nothing more by TFTP. */
static int make_grub(struct pxe *p, struct err *err)
{
	auto_free char *early = path_join(p->opts->output, "grub/early.cfg");
	auto_free char *bios = path_join(p->opts->output, "grub.0");
	auto_free char *efi = path_join(p->opts->output, "grubx64.efi");
	auto_buf cfg = { 0 };
	int r;

	pxe_text_grub_early(p->opts, &cfg);
	r = write_file(p, "grub/early.cfg", cfg.data, cfg.len, err);
#define NET_MODULES                                                                                   \
	"net", "tftp", "http", "normal", "linux", "configfile", "serial", "terminal", "echo", "test", \
		"minicmd", "sleep", "reboot", "halt", "chain", "part_msdos", "part_gpt"
	if (!r)
		r = door_runl(p->door, err, "grub-mkimage", "-O", "i386-pc-pxe", "-p", "/grub", "-c", early,
			      "-o", bios, "pxe", "biosdisk", NET_MODULES, NULL);
	if (!r)
		r = door_runl(p->door, err, "grub-mkimage", "-O", "x86_64-efi", "-p", "/grub", "-c", early,
			      "-o", efi, "efinet", "all_video", "efi_gop", "efi_uga", NET_MODULES, NULL);
	argv_addl(&p->files, "grub.0", "grubx64.efi", NULL);
	return r;
}

static int copy_ipxe(struct pxe *p, struct err *err)
{
	static const char *const names[][2] = { { "undionly.kpxe", "undionly.kpxe" },
						{ "snponly.efi", "ipxe.efi" } };
	int r = 0;

	for (size_t i = 0; !r && i < ARRAY_SIZE(names); i++) {
		auto_free char *from = path_join(IPXE_DIR, names[i][0]);
		auto_buf data = { 0 };

		if (!file_exists(from))
			return err_set(err, ERR_ISO_PARTS, "%s is missing: install ipxe", from);
		r = file_read(from, &data, err);
		if (!r)
			r = write_file(p, names[i][1], data.data, data.len, err);
	}
	return r;
}

/* Unless an earlier folder's host starts from its disk. */
static int write_installs(struct pxe *p, const char *mac, struct err *err)
{
	auto_free char *path = xasprintf("%s/" PXE_LOCAL_DIR "/%s.cfg", p->opts->output, mac);

	return file_exists(path)
		       ? 0
		       : door_write(p->door, path, PXE_GRUB_INSTALLS, strlen(PXE_GRUB_INSTALLS), 0644, err);
}

static int write_hosts(struct pxe *p, struct err *err)
{
	const struct pxe_opts *o = p->opts;
	auto_buf list = { 0 };
	int r = 0;

	for (size_t i = 0; !r && i < o->n_hosts; i++) {
		const struct pxe_host *h = &o->hosts[i];
		auto_free char *dashes = pxe_mac_dashes(h->mac);
		auto_free char *ipxe = xasprintf("hosts/%s.ipxe", dashes);
		auto_free char *grub = xasprintf("hosts/%s.cfg", h->mac);
		auto_buf a = { 0 };
		auto_buf b = { 0 };

		buf_addf(&list, "%s%s%s\n", h->mac, h->name ? " " : "", h->name ? h->name : "");
		pxe_text_ipxe_host(o, h, p->args, &a);
		pxe_text_grub_host(o, h, p->args, &b);
		r = write_file(p, ipxe, a.data, a.len, err);
		if (!r)
			r = write_file(p, grub, b.data, b.len, err);
		if (!r)
			r = write_installs(p, h->mac, err);
	}
	return r ? r : write_file(p, PXE_HOSTS_FILE, buf_str(&list), list.len, err);
}

static int write_texts(struct pxe *p, struct err *err)
{
	const struct pxe_opts *o = p->opts;
	struct buf t[5] = { 0 };
	static const char *const names[] = { "boot.ipxe", "grub/grub.cfg", PXE_LOCAL_DIR "/disk.ipxe",
					     PXE_LOCAL_DIR "/disk.cfg", "dnsmasq.conf" };
	int r = 0;

	pxe_text_ipxe(o, p->args, &t[0]);
	pxe_text_grub(o, p->args, &t[1]);
	pxe_text_ipxe_local(&t[2]);
	pxe_text_grub_local(&t[3]);
	pxe_text_dnsmasq(o, &t[4]);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!r)
			r = write_file(p, names[i], t[i].data, t[i].len, err);
		buf_clear(&t[i]);
	}
	return r;
}

/* As sha256sum(1) checks them. */
static int write_sums(struct pxe *p, struct err *err)
{
	auto_buf sums = { 0 };
	int r = 0;

	argv_sort_unique(&p->files);
	for (size_t i = 0; !r && i < p->files.n; i++) {
		auto_free char *path = path_join(p->opts->output, p->files.v[i]);
		char hex[HASH_HEX_LEN + 1];

		r = hash_file(path, hex, err);
		if (!r)
			buf_addf(&sums, "%s  %s\n", hex, p->files.v[i]);
	}
	return r ? r : write_file(p, "SHA256SUMS", sums.data, sums.len, err);
}

static int check(const struct pxe_opts *o, struct err *err)
{
	const char *host = o->url + strlen("http://");
	int r = 0;

	if (!str_starts(o->url, "http://") || !strcspn(host, "/") || strpbrk(o->url, " \t") ||
	    str_ends(o->url, "/"))
		r = err_set(
			err, ERR_USAGE,
			"--url is \"%s\"; http://SERVER/PATH is wanted, which loaders can read, without a "
			"slash at its end",
			o->url);
	if (!r)
		r = grub_check_words("--url", o->url, err);
	if (!r)
		r = grub_check_words("--ks-url", o->ks_url, err);
	return r ? r : grub_check_words("--append", o->append, err);
}

/* Entries of hosts that the table no longer has. */
static int drop_hosts(struct pxe *p, struct err *err)
{
	auto_free char *dir = path_join(p->opts->output, "hosts");
	int r = file_remove_tree(dir, err);

	return r ? r : file_mkdirs(dir, 0755, err);
}

int pxe_build(const struct pxe_opts *opts, const char *iso, struct door *door, struct err *err)
{
	struct pxe p = { .opts = opts, .door = door };
	int r = check(opts, err);

	if (!r)
		r = file_mkdirs(opts->output, 0755, err);
	if (!r)
		r = take_medium(&p, iso, err);
	if (!r)
		r = make_grub(&p, err);
	if (!r)
		r = copy_ipxe(&p, err);
	if (!r)
		r = drop_hosts(&p, err);
	if (!r)
		r = write_hosts(&p, err);
	if (!r)
		r = write_texts(&p, err);
	if (!r)
		r = write_sums(&p, err);
	argv_clear(&p.files);
	free(p.args);
	return r;
}
