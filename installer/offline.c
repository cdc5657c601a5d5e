#include "installer/offline.h"

#include "base/util.h"
#include "installer/ks_source.h"
#include "installer/medium.h"
#include "installer/package_source.h"
#include "installer/target/target.h"

/* By what the plan for one host may add, beside what an image has for all. */
static const char some_hosts[] =
	"bridge-utils btrfs-progs cryptsetup cryptsetup-initramfs dhcpcd-base ethtool "
	"ifenslave ifupdown mdadm multipath-tools multipath-tools-boot openssl sudo "
	"systemd-resolved thin-provisioning-tools chrony";

static void add_main(struct pkg_request *req, const struct pkg_source *main)
{
	struct pkg_source *source = pkg_request_insert(req, 0);

	*source = (struct pkg_source){ .name = main->name, .base = main->base, .suite = main->suite };
	argv_add(&source->components, PKG_COMPONENT);
}

int install_offline_request(const char *ks_url, const struct pkg_source *main, struct door *door,
			    struct ks *ks, struct arena *arena, struct pkg_request *ret, struct err *err)
{
	struct ks_parse_opts opts = { 0 };
	struct ks_diags diags = { 0 };
	struct facts nothing = { 0 };
	auto_buf text = { 0 };
	int r = ks_source_read(ks_url, &nothing, door, &text, err);

	if (!r)
		r = ks_parse(ks_url, buf_str(&text), text.len, &opts, ks, &diags, err);
	ks_diags_clear(&diags);
	if (!r && KS_SAID(ks->liveimg))
		r = err_set(err, ERR_KS_UNBUILT, "%s:%u: liveimg: a medium carries packages, and no image",
			    ks_url, ks->liveimg.at.line);
	if (!r && medium_wanted(ks) && !main->base)
		r = err_set(err, ERR_USAGE, "%s says no url: name the archive (--mirror)", ks_url);
	if (!r)
		r = install_packages_request(ks, arena, ret, err);
	if (r)
		return r;
	if (medium_wanted(ks))
		add_main(ret, main);
	target_packages(ks, &ret->want);
	install_packages_any_host(&ret->want);
	argv_split(&ret->want, some_hosts, " ");
	argv_sort_unique(&ret->want);
	return 0;
}
