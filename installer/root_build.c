#include "installer/root_build.h"

#include <dirent.h>
#include <errno.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/ks_source.h"
#include "installer/package_source.h"
#include "installer/target/target.h"
#include "kickstart/ks.h"

/* What installing adds by the plan for one host; an image is for all. */
static const char any_host[] = "console-setup curl ca-certificates dosfstools e2fsprogs xfsprogs lvm2 "
			       "efibootmgr grub2-common grub-pc-bin "
			       "grub-efi-amd64-bin initramfs-tools iproute2 keyboard-configuration locales "
			       "nftables openssh-server tzdata zstd";

static int check_empty(const char *dir, struct err *err)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	bool empty = true;

	if (!d)
		return errno == ENOENT ? 0 : err_sys(err, "cannot open %s", dir);
	while ((e = readdir(d)))
		if (!str_eq(e->d_name, ".") && !str_eq(e->d_name, "..") && !str_eq(e->d_name, "lost+found"))
			empty = false;
	closedir(d);
	return empty ? 0 : err_set(err, ERR_INPUT, "%s is not empty; name a new folder\n", dir);
}

static int read_request(const char *url, struct door *door, struct ks *ks, struct arena *arena,
			struct pkg_request *req, struct err *err)
{
	struct ks_parse_opts opts = { 0 };
	struct ks_diags diags = { 0 };
	struct facts nothing = { 0 };
	auto_buf text = { 0 };
	int r = ks_source_read(url, &nothing, door, &text, err);

	if (!r)
		r = ks_parse(url, buf_str(&text), text.len, &opts, ks, &diags, err);
	ks_diags_clear(&diags);
	if (!r)
		r = install_packages_request(ks, arena, req, err);
	if (!r)
		target_packages(ks, &req->want);
	return r;
}

static int empty(const char *dir, const char *name, struct door *door, struct err *err)
{
	auto_free char *path = path_join(dir, name);
	auto_free char *owned = path_join(path, "lock*");

	/* Packages own what is in /run/lock. */
	return door_runl(door, err, "find", path, "-xdev", "-mindepth", "1", "!", "-path", owned, "-delete",
			 NULL);
}

/*
 * What belongs to a running system, and would make all hosts that start from this folder the same one:
 * machine-id(5) gets the word by which the next boot makes a new one.
 */
static int strip(const char *dir, struct door *door, struct err *err)
{
	static const char none[] = "uninitialized\n";
	auto_free char *id = path_join(dir, "etc/machine-id");
	auto_free char *dbus_id = path_join(dir, "var/lib/dbus/machine-id");
	int r = empty(dir, "run", door, err);

	if (!r)
		r = empty(dir, "tmp", door, err);
	if (!r)
		r = door_runl(door, err, "rm", "-f", dbus_id, NULL);
	return !r && file_exists(id) ? door_write(door, id, none, strlen(none), 0644, err) : r;
}

static int build(const struct pkg_request *req, struct pkg_set *set, const struct ks *ks, const char *dir,
		 struct door *door, struct err *err)
{
	struct pkg_configure_opts opts = { 0 };
	auto_buf debconf = { 0 };
	int r;

	target_debconf(ks, &debconf);
	opts.debconf = buf_str(&debconf);
	r = pkg_unpack(req, set, dir, door, NULL, err);
	if (!r)
		r = pkg_configure(dir, &opts, door, NULL, err);
	if (!r)
		r = strip(dir, door, err);
	return r ? r : pkg_write_sources(req, dir, door, err);
}

int root_build(const char *ks_url, const char *cache_dir, const char *dir, bool for_image,
	       struct buf *summary, struct err *err)
{
	struct door door = { .log = log_new(NULL) };
	auto_free char *log_path = path_join(dir, "var/log/xenith/root-build.log");
	auto_free char *log_dir = path_join(dir, "var/log/xenith");
	struct pkg_request req = { 0 };
	struct pkg_set set = { 0 };
	struct arena arena = { 0 };
	struct ks ks = { 0 };
	int r = check_empty(dir, err);

	if (!r)
		r = read_request(ks_url, &door, &ks, &arena, &req, err);
	req.cache_dir = cache_dir;
	if (!r && for_image)
		argv_split(&req.want, any_host, " ");
	if (!r)
		r = pkg_solve(&req, door.log, NULL, &set, err);
	if (!r)
		r = file_mkdirs(log_dir, 0755, err);
	if (!r) {
		log_reopen(door.log, log_path);
		r = build(&req, &set, &ks, dir, &door, err);
	}
	if (!r)
		buf_addf(summary, "%s: %zu packages, %llu MB fetched\n", dir, set.n,
			 (unsigned long long)set.download_bytes / 1000000);
	pkg_set_clear(&set);
	install_packages_request_clear(&req);
	arena_clear(&arena);
	ks_clear(&ks);
	log_free(door.log);
	return r;
}
