#include "base/util.h"
#include "cli/cli.h"
#include "iso-build/iso.h"
#include "iso-build/pxe.h"

struct values {
	const char *output, *url, *iso, *hosts, *ks_url, *append, *interface, *range;
	const char *mirror, *suite, *proxy, *cache, *kernel_dir, *log;
};

#define OPT(name) offsetof(struct values, name)

static const struct opt opts[] = {
	{ "--output", 'o', OPT_STR, OPT(output), "DIR", "the folder to write, which is then served" },
	{ "--url", 0, OPT_STR, OPT(url), "URL", "where machines find it: http://192.0.2.9/xenith" },
	{ "--iso", 0, OPT_STR, OPT(iso), "FILE", "the boot medium to take kernel and installer from" },
	{ "--hosts", 0, OPT_STR, OPT(hosts), "FILE", "a table of hosts: mac and ks, name and append" },
	{ "--ks-url", 0, OPT_STR, OPT(ks_url), "URL", "for machines that the table doesn't have" },
	{ "--append", 0, OPT_STR, OPT(append), "ARGS", "further words for the kernel's command line" },
	{ "--interface", 0, OPT_STR, OPT(interface), "NIC", "where dnsmasq listens" },
	{ "--dhcp-range", 0, OPT_STR, OPT(range), "RANGE", "addresses that dnsmasq gives: FIRST,LAST" },
	{ "--mirror", 0, OPT_STR, OPT(mirror), "URL", "without --iso: the archive of the kernel" },
	{ "--suite", 0, OPT_STR, OPT(suite), "NAME", "its suite (trixie)" },
	{ "--proxy", 0, OPT_STR, OPT(proxy), "URL", "fetch through this HTTP proxy" },
	{ "--cache", 0, OPT_STR, OPT(cache), "DIR", "keep fetched files there" },
	{ "--kernel-dir", 0, OPT_STR, OPT(kernel_dir), "DIR",
	  "take the kernel from an unpacked linux-image" },
	{ "--log", 0, OPT_STR, OPT(log), "FILE", "append what is done to FILE" },
	{ 0 },
};

static int check(const struct values *v, struct err *err)
{
	if (!v->output)
		return err_set(err, ERR_USAGE, "pxe build: -o DIR is missing");
	if (!v->url)
		return err_set(err, ERR_USAGE, "pxe build: --url URL is missing (http://192.0.2.9/xenith)");
	if (!v->iso && !v->mirror && !v->kernel_dir)
		return err_set(err, ERR_USAGE,
			       "pxe build: --iso FILE is missing, or --mirror URL to build one from");
	if (!v->hosts && !v->ks_url)
		return err_set(err, ERR_USAGE, "pxe build: --hosts FILE or --ks-url URL is missing");
	return 0;
}

static int build_iso(const struct values *v, const char *iso, struct door *door, struct err *err)
{
	struct pkg_source source = { .name = "main",
				     .base = v->mirror,
				     .suite = v->suite ? v->suite : "trixie" };
	struct iso_opts o = { .output = iso, .kernel_dir = v->kernel_dir };

	o.kernel = (struct pkg_request){ .sources = &source,
					 .n_sources = v->mirror ? 1 : 0,
					 .arch = "amd64",
					 .proxy = v->proxy,
					 .cache_dir = v->cache };
	return iso_build(&o, door, err);
}

static int run(void *arg, struct argv *args, struct err *err)
{
	const struct values *v = arg;
	/* TFTP's root is an absolute path. */
	auto_free char *cwd = v->output && v->output[0] != '/' ? getcwd(NULL, 0) : NULL;
	auto_free char *output =
		cwd ? xasprintf("%s/%s", cwd, v->output) : xstrdup(v->output ? v->output : "");
	auto_free char *made = v->iso ? NULL : xasprintf("%s.iso", output);
	struct pxe_opts o = { .output = output,
			      .url = v->url,
			      .ks_url = v->ks_url,
			      .append = v->append,
			      .interface = v->interface,
			      .dhcp_range = v->range };
	struct door door = { 0 };
	int r = check(v, err);

	(void)args;
	if (!r && v->hosts)
		r = pxe_hosts_read(v->hosts, &o.hosts, &o.n_hosts, err);
	if (r)
		return r;
	door.log = log_new(v->log);
	if (made)
		r = build_iso(v, made, &door, err);
	if (!r)
		r = pxe_build(&o, v->iso ? v->iso : made, &door, err);
	if (made)
		unlink(made);
	log_free(door.log);
	if (!r)
		printf("%s: %zu hosts; serve it at %s, and run: dnsmasq -k -C %s/dnsmasq.conf\n", output,
		       o.n_hosts, v->url, output);
	pxe_hosts_clear(o.hosts, o.n_hosts);
	return r;
}

const struct command cmd_pxe_build = {
	.name = "pxe build",
	.args = "",
	.summary = "Make a folder from which machines start the installer over the network",
	.opts = opts,
	.values_size = sizeof(struct values),
	.run = run,
};
