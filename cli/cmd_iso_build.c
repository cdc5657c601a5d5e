#include <inttypes.h>
#include <sys/stat.h>

#include "base/util.h"
#include "cli/cli.h"
#include "installer/offline.h"
#include "installer/package_source.h"
#include "iso-build/iso.h"

struct values {
	const char *ks, *ks_url, *append, *mirror, *suite, *proxy, *cache, *kernel_dir, *url, *ca, *keyring,
		*offline, *output, *log;
	uint64_t level;
	bool thin, secure_boot, firmware, xz;
};

#define OPT(name) offsetof(struct values, name)

static const struct opt opts[] = {
	{ "--output", 'o', OPT_STR, OPT(output), "FILE", "the image to write" },
	{ "--ks", 0, OPT_STR, OPT(ks), "FILE", "a kickstart file to put into the image" },
	{ "--ks-url", 0, OPT_STR, OPT(ks_url), "URL", "where the installer fetches its kickstart file" },
	{ "--append", 0, OPT_STR, OPT(append), "ARGS", "further words for the kernel's command line" },
	{ "--mirror", 0, OPT_STR, OPT(mirror), "URL", "the Debian archive that the kernel comes from" },
	{ "--suite", 0, OPT_STR, OPT(suite), "NAME", "its suite (trixie)" },
	{ "--proxy", 0, OPT_STR, OPT(proxy), "URL", "fetch through this HTTP proxy" },
	{ "--cache", 0, OPT_STR, OPT(cache), "DIR", "keep fetched files there" },
	{ "--kernel-dir", 0, OPT_STR, OPT(kernel_dir), "DIR",
	  "take the kernel from an unpacked linux-image" },
	{ "--level", 0, OPT_U64, OPT(level), "N", "build faster: zstd's level N, 1 to 19" },
	{ "--xz", 0, OPT_FLAG, OPT(xz), NULL, "a smaller image, slower to unpack; with --firmware always" },
	{ "--ca", 0, OPT_STR, OPT(ca), "FILE", "certificates (PEM) that the installer trusts, too" },
	{ "--ks-keyring", 0, OPT_STR, OPT(keyring), "FILE",
	  "take kickstart files only that a key of this keyring signed" },
	{ "--offline", 0, OPT_STR, OPT(offline), "FILE",
	  "carry the packages of this kickstart file: hosts are installed without a network" },
	{ "--thin", 0, OPT_FLAG, OPT(thin), NULL, "2 MB that fetch the installer from --url" },
	{ "--url", 0, OPT_STR, OPT(url), "URL", "where a folder of xenith pxe build is served" },
	{ "--secure-boot", 0, OPT_FLAG, OPT(secure_boot), NULL, "Debian's signed loaders for UEFI" },
	{ "--firmware", 0, OPT_FLAG, OPT(firmware), NULL,
	  "firmware for the drivers, from non-free-firmware" },
	{ "--log", 0, OPT_STR, OPT(log), "FILE", "append what is done to FILE" },
	{ 0 },
};

static int check(const struct values *v, struct err *err)
{
	if (!v->output)
		return err_set(err, ERR_USAGE, "iso build: -o FILE is missing");
	if (v->ks && v->ks_url)
		return err_set(err, ERR_USAGE, "iso build: --ks and --ks-url exclude each other");
	if (!v->mirror && !v->kernel_dir && !v->ks)
		return err_set(err, ERR_USAGE,
			       "iso build: --mirror URL is missing (http://mirror.example.org/debian)");
	if (v->thin != !!v->url)
		return err_set(err, ERR_USAGE,
			       "iso build: --thin and --url http://SERVER/PATH go together: a thin image "
			       "starts what "
			       "xenith pxe build wrote");
	if (v->thin && (v->ks || v->ks_url || v->append || v->secure_boot || v->firmware || v->offline))
		return err_set(
			err, ERR_USAGE,
			"iso build: a thin image has no kernel of its own: --ks, --ks-url, --append, "
			"--secure-boot, --firmware and --offline are for xenith pxe build or a whole image");
	if (v->thin && (!str_starts(v->url, "http://") || str_ends(v->url, "/") || strpbrk(v->url, " \t\n")))
		return err_set(err, ERR_USAGE,
			       "iso build: --url is \"%s\"; http://SERVER/PATH is wanted, without a slash at "
			       "its end",
			       v->url);
	if (v->level && v->xz)
		return err_set(err, ERR_USAGE, "iso build: --level, of zstd, and --xz exclude each other");
	if (v->level > 19)
		return err_set(err, ERR_USAGE, "iso build: --level is %" PRIu64 "; 1 to 19 are wanted",
			       v->level);
	return 0;
}

static int report(const struct values *v, struct err *err)
{
	struct stat st;

	if (stat(v->output, &st))
		return err_sys(err, "cannot look at %s", v->output);
	printf("%s: %.1f MB\n", v->output, (double)st.st_size / 1e6);
	return 0;
}

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	struct pkg_source source = { .name = "main",
				     .base = v->mirror,
				     .suite = v->suite ? v->suite : "trixie" };
	struct iso_opts o = { .output = v->output,
			      .ks_file = v->ks,
			      .ks_url = v->ks_url,
			      .append = v->append,
			      .kernel_dir = v->kernel_dir,
			      .thin_url = v->url,
			      .ca = v->ca,
			      .ks_keyring = v->keyring,
			      .secure_boot = v->secure_boot,
			      .firmware = v->firmware,
			      .xz = v->xz || (v->firmware && !v->level),
			      .level = (int)v->level };
	auto_buf versions = { 0 };
	struct pkg_request packages = { 0 };
	struct arena arena = { 0 };
	struct door door = { 0 };
	struct ks ks = { 0 };
	int r = check(v, err);

	(void)args;
	if (r)
		return r;
	o.kernel = (struct pkg_request){ .sources = &source,
					 .n_sources = v->mirror ? 1 : 0,
					 .arch = "amd64",
					 .proxy = v->proxy,
					 .cache_dir = v->cache };
	o.versions = &versions;
	door.log = log_new(v->log);
	if (v->offline)
		r = install_offline_request(v->offline, &source, &door, &ks, &arena, &packages, err);
	packages.cache_dir = v->cache;
	packages.proxy = packages.proxy ? packages.proxy : v->proxy;
	o.packages = v->offline ? &packages : NULL;
	if (!r)
		r = iso_build(&o, &door, err);
	install_packages_request_clear(&packages);
	ks_clear(&ks);
	arena_clear(&arena);
	log_free(door.log);
	if (!r)
		fputs(buf_str(&versions), stdout);
	return r ? r : report(v, err);
}

const struct command cmd_iso_build = {
	.name = "iso build",
	.args = "",
	.summary = "Make the boot medium: one image for CD, USB and virtual media, BIOS and UEFI",
	.opts = opts,
	.values_size = sizeof(struct values),
	.run = run,
};
