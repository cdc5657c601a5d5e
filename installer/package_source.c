#include "installer/package_source.h"

#include "base/util.h"
#include "installer/medium.h"
#include "packages/export.h"
#include "packages/mirrorlist.h"

/* Every host gets these, whatever %packages says. */
static const char *const always[] = { "linux-image-amd64", "systemd-sysv", "udev", "debian-archive-keyring" };

/* What installing adds by the plan for one host; an image is for all. */
static const char any_host[] = "console-setup curl ca-certificates dosfstools e2fsprogs xfsprogs lvm2 "
			       "efibootmgr grub2-common grub-pc-bin "
			       "grub-efi-amd64-bin initramfs-tools iproute2 keyboard-configuration locales "
			       "nftables openssh-server tzdata zstd";

/* list: a mirror list's URL, in the place of url. */
static int add_source(struct pkg_request *req, struct arena *a, const struct ks_at *at, const char *command,
		      const char *name, const char *url, const char *list, struct err *err)
{
	auto_free char *base = NULL, *suite = NULL, *plain = url && export_is(url) ? export_plain(url) : NULL;
	struct pkg_source *source;
	bool is_list = !url && list && *list;

	if (!is_list && !mirrorlist_split(plain ? plain : url, &base, &suite))
		return err_set(
			err, ERR_SRC_URL,
			"%s:%u: %s: wants the URL of a suite, http://mirror.example.org/debian/dists/trixie",
			at->file, at->line, url ? url : command);
	source = pkg_request_insert(req, req->n_sources);
	*source = (struct pkg_source){ .name = name,
				       .base = arena_strdup(a, is_list ? list : base),
				       .suite = is_list ? "(mirror list)" : arena_strdup(a, suite),
				       .mirrorlist = is_list ? list : NULL };
	argv_add(&source->components, PKG_COMPONENT);
	return 0;
}

static int add_repo(struct pkg_request *req, struct arena *a, const struct ks_repo *repo, struct err *err)
{
	const char *url = repo->baseurl && *repo->baseurl ? repo->baseurl : NULL;
	int r = add_source(req, a, &repo->at, "repo", repo->name, url, repo->mirrorlist, err);
	struct pkg_source *source = r ? NULL : &req->sources[req->n_sources - 1];

	if (r)
		return r;
	source->cost = repo->cost > 0 ? (unsigned)MIN(repo->cost, (int64_t)1000000) : 0;
	for (size_t i = 0; i < repo->includepkgs.n; i++)
		argv_add(&source->include, repo->includepkgs.v[i]);
	for (size_t i = 0; i < repo->excludepkgs.n; i++)
		argv_add(&source->exclude, repo->excludepkgs.v[i]);
	return 0;
}

static void add_packages(struct pkg_request *req, const struct ks_packages *p)
{
	for (size_t i = 0; i < p->packages.n; i++)
		argv_add(&req->want, p->packages.v[i]);
	for (size_t i = 0; i < p->groups.n; i++)
		argv_addf(&req->want, "@%s", p->groups.v[i]);
	for (size_t i = 0; i < p->excluded.n; i++)
		argv_add(&req->exclude, p->excluded.v[i]);
	for (size_t i = 0; i < p->excluded_groups.n; i++)
		argv_addf(&req->exclude, "@%s", p->excluded_groups.v[i]);
	req->ignore_missing = p->ignoremissing;
	req->exclude_docs = p->exclude_docs;
}

/* What `nfs` says, as a URL; NULL: nothing. free(3). */
static char *nfs_url(const struct ks *ks)
{
	const struct ks_nfs *n = &ks->nfs;

	if (!KS_SAID(*n))
		return NULL;
	return xasprintf("nfs:%s%s%s:%s", n->opts ? n->opts : "", n->opts && *n->opts ? ":" : "", n->server,
			 n->dir);
}

int install_packages_request(const struct ks *ks, struct arena *arena, struct pkg_request *ret,
			     struct err *err)
{
	struct pkg_request req = { .arch = "amd64", .proxy = ks->url.proxy };
	/* A host of an image has no url; its apt may have archives all the same. A medium is looked at later.
	 */
	bool none = KS_SAID(ks->liveimg) || medium_wanted(ks);
	auto_free char *nfs = nfs_url(ks);
	int r = none ? 0
		     : add_source(&req, arena, nfs ? &ks->nfs.at : &ks->url.at, nfs ? "nfs" : "url", "main",
				  nfs ? nfs : ks->url.url, ks->url.mirrorlist, err);

	for (size_t i = 0; i < ks->n_repos && !r; i++)
		r = add_repo(&req, arena, &ks->repos[i], err);
	if (r) {
		install_packages_request_clear(&req);
		return r;
	}
	for (size_t i = 0; i < ARRAY_SIZE(always); i++)
		argv_add(&req.want, always[i]);
	add_packages(&req, &ks->packages);
	argv_sort_unique(&req.want);
	*ret = req;
	return 0;
}

void install_packages_request_clear(struct pkg_request *req)
{
	for (size_t i = 0; i < req->n_sources; i++) {
		argv_clear(&req->sources[i].components);
		argv_clear(&req->sources[i].mirrors);
		argv_clear(&req->sources[i].found);
		argv_clear(&req->sources[i].include);
		argv_clear(&req->sources[i].exclude);
		argv_clear(&req->sources[i].files);
	}
	free(req->sources);
	argv_clear(&req->want);
	argv_clear(&req->exclude);
	*req = (struct pkg_request){ 0 };
}

void install_packages_any_host(struct argv *want)
{
	argv_split(want, any_host, " ");
}
