#include "installer/plan.h"

#include "base/json.h"
#include "base/util.h"
#include "installer/guard.h"
#include "installer/image_source.h"
#include "installer/package_source.h"
#include "installer/target/san.h"
#include "installer/target/target.h"
#include "packages/fetch.h"

static const enum virt_level virt_levels[] = { VIRT_NONE, VIRT_PV, VIRT_HVM, VIRT_HAP, VIRT_IOMMU };

static int check_virt(const struct facts *facts, const struct ks *ks, char **warning, struct err *err)
{
	const char *want = ks->virt.require ? ks->virt.require : "warn";
	bool warn = str_eq(want, "warn");
	const char *why = facts->cpu.why ? facts->cpu.why : "the processor or the firmware lacks it";
	enum virt_level level = warn ? VIRT_HVM : VIRT_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(virt_levels); i++)
		if (str_eq(want, facts_virt_name(virt_levels[i])))
			level = virt_levels[i];
	if (str_eq(want, "off") || facts->cpu.level >= level)
		return 0;
	if (!warn)
		return err_set(
			err, ERR_HW_VIRT, "%s:%u: virt --require=%s: this machine only reaches \"%s\": %s",
			ks->virt.at.file, ks->virt.at.line, want, facts_virt_name(facts->cpu.level), why);
	*warning = xasprintf("guests of type HVM and PVH won't run here: %s", why);
	return 0;
}

/* Debian's Xen and the GRUB images made here are unsigned: the installed host would not start. */
static int check_secure_boot(const struct facts *facts, struct err *err)
{
	if (!facts->secure_boot)
		return 0;
	return err_set(
		err, ERR_HW_SECURE_BOOT,
		"Secure Boot is on, and the hypervisor is not signed: switch it off in the firmware's setup");
}

/* `lun --root` and the disks that the file names must speak of the same. */
static int check_root_lun(const struct mpath_plan *san, const struct disk_plan *disk, struct err *err)
{
	const struct mpath_lun_plan *l = mpath_plan_root(san);
	bool used = !l;

	for (size_t i = 0; i < disk->n_disks; i++)
		used = used || str_eq(disk->disks[i].disk->transport, "multipath");
	if (used)
		return 0;
	return err_set(
		err, ERR_SAN_ROOT,
		"%s:%u: --root: LUN %s is for the system, and the file puts the system on disk %s; remove "
		"one of the two\n",
		l->ks->at.file, l->ks->at.line, l->wwid, disk->n_disks ? disk->disks[0].id : "(none)");
}

static int check_unbuilt(const struct ks *ks, struct err *err)
{
	if (ks->bootloader.password)
		return err_set(err, ERR_KS_UNBUILT,
			       "%s:%u: bootloader --password: is not set up by this version; remove it",
			       ks->bootloader.at.file, ks->bootloader.at.line);
	return 0;
}

/* What stands on the disks' plan. */
static int plan_disks_and_boot(struct install_plan *plan, struct err *err)
{
	int r = disk_plan_make(plan->facts, plan->ks, &plan->disk, err);

	if (!r)
		r = check_root_lun(plan->san, &plan->disk, err);
	if (!r)
		r = guard_check(plan->ks, &plan->disk, err);
	return r ? r : boot_plan_make(plan->facts, plan->ks, &plan->disk, &plan->boot, err);
}

/* All that can be known to be wrong is told at once. */
static int plan_all(struct install_plan *plan, struct err *err)
{
	struct err all = { 0 }, own = { 0 };

	if (check_unbuilt(plan->ks, &own))
		err_add(&all, &own);
	if (install_image_check(plan->ks, &own))
		err_add(&all, &own);
	if (check_virt(plan->facts, plan->ks, &plan->virt_warning, &own))
		err_add(&all, &own);
	if (check_secure_boot(plan->facts, &own))
		err_add(&all, &own);
	if (net_plan_make(plan->facts, plan->ks, &plan->net, &own))
		err_add(&all, &own);
	if (plan_disks_and_boot(plan, &own))
		err_add(&all, &own);
	if (install_packages_request(plan->ks, &plan->arena, &plan->request, &own))
		err_add(&all, &own);
	if (all.code && err)
		*err = all;
	return -(int)all.code;
}

int install_plan_make(const struct facts *facts, const struct ks *ks, const struct mpath_plan *san,
		      struct install_plan *ret, struct err *err)
{
	static const struct mpath_plan no_san;
	struct install_plan plan = { .facts = facts, .ks = ks, .san = san ? san : &no_san };
	int r = plan_all(&plan, err);

	if (r) {
		install_plan_clear(&plan);
		return r;
	}
	plan.boot.initramfs_files = san_initramfs_files(plan.san, &plan.disk);
	plan.boot.multipath = mpath_plan_root(plan.san) != NULL;
	target_packages(ks, &plan.request.want);
	san_packages(plan.san, &plan.request.want);
	net_packages(&plan.net, &plan.request.want);
	boot_packages(&plan.boot, &plan.request.want);
	disk_packages(&plan.disk, &plan.request.want);
	argv_sort_unique(&plan.request.want);
	*ret = plan;
	return 0;
}

void install_plan_clear(struct install_plan *plan)
{
	disk_plan_clear(&plan->disk);
	net_plan_clear(&plan->net);
	boot_plan_clear(&plan->boot);
	install_packages_request_clear(&plan->request);
	pkg_set_clear(&plan->set);
	image_free(plan->image);
	free(plan->virt_warning);
	arena_clear(&plan->arena);
	*plan = (struct install_plan){ 0 };
}

static void print_sources(const struct pkg_request *req, const char *what, struct buf *b)
{
	for (size_t i = 0; i < req->n_sources; i++) {
		buf_addf(b, "%s %s %s", what, req->sources[i].base, req->sources[i].suite);
		for (size_t c = 0; c < req->sources[i].components.n; c++)
			buf_addf(b, " %s", req->sources[i].components.v[c]);
		buf_addc(b, '\n');
	}
}

static void print_image(const struct install_plan *plan, struct buf *b)
{
	auto_free char *url = fetch_url_masked(plan->ks->liveimg.url);

	buf_addf(b, "image: from %s, SHA-256 %s\nimage: must hold", url, plan->ks->liveimg.checksum);
	for (size_t i = 0; i < plan->request.want.n; i++)
		buf_addf(b, " %s", plan->request.want.v[i]);
	buf_addc(b, '\n');
	if (plan->image)
		buf_addf(b, "image: %zu packages, %llu MB to fetch, %llu MB installed\n",
			 image_n_packages(plan->image),
			 (unsigned long long)image_bytes(plan->image) / 1000000,
			 (unsigned long long)image_unpacked_bytes(plan->image) / 1000000);
	print_sources(&plan->request, "image: apt is to use", b);
}

static void print_packages(const struct install_plan *plan, struct buf *b)
{
	const struct pkg_request *req = &plan->request;

	if (KS_SAID(plan->ks->liveimg)) {
		print_image(plan, b);
		return;
	}
	print_sources(req, "packages: from", b);
	buf_adds(b, "packages: install");
	for (size_t i = 0; i < req->want.n; i++)
		buf_addf(b, " %s", req->want.v[i]);
	buf_addc(b, '\n');
	if (req->exclude.n) {
		buf_adds(b, "packages: leave out");
		for (size_t i = 0; i < req->exclude.n; i++)
			buf_addf(b, " %s", req->exclude.v[i]);
		buf_addc(b, '\n');
	}
	if (plan->set.n)
		buf_addf(b, "packages: %zu, %llu MB to fetch, %llu MB installed\n", plan->set.n,
			 (unsigned long long)plan->set.download_bytes / 1000000,
			 (unsigned long long)plan->set.installed_kib * 1024 / 1000000);
}

void install_plan_print(const struct install_plan *plan, struct buf *b)
{
	buf_addf(b, "virt: this machine reaches %s\n", facts_virt_name(plan->facts->cpu.level));
	if (plan->virt_warning)
		buf_addf(b, "virt: warning: %s\n", plan->virt_warning);
	mpath_plan_print(plan->san, b);
	disk_plan_print(&plan->disk, b);
	print_packages(plan, b);
	target_plan_print(plan->facts, plan->ks, b);
	net_plan_print(&plan->net, b);
	boot_plan_print(&plan->boot, b);
}

static json_t *packages_json(const struct install_plan *plan)
{
	json_t *packages = json_object(), *sources = json_array();

	for (size_t i = 0; i < plan->request.n_sources; i++) {
		const struct pkg_source *s = &plan->request.sources[i];
		json_t *source = json_object();

		json_put_str(source, "base", s->base);
		json_put_str(source, "suite", s->suite);
		json_object_set_new(source, "components", json_words((const char *const *)s->components.v));
		json_array_append_new(sources, source);
	}
	json_object_set_new(packages, "sources", sources);
	if (KS_SAID(plan->ks->liveimg)) {
		auto_free char *url = fetch_url_masked(plan->ks->liveimg.url);

		json_put_str(packages, "image", url);
		json_put_str(packages, "checksum", plan->ks->liveimg.checksum);
	}
	json_object_set_new(packages, "install", json_words((const char *const *)plan->request.want.v));
	json_object_set_new(packages, "exclude", json_words((const char *const *)plan->request.exclude.v));
	if (plan->set.n) {
		json_put_u64(packages, "count", plan->set.n);
		json_put_u64(packages, "download_bytes", plan->set.download_bytes);
		json_put_u64(packages, "installed_kib", plan->set.installed_kib);
	}
	return packages;
}

void install_plan_json(const struct install_plan *plan, struct buf *b)
{
	auto_json *all = json_object();
	auto_buf target = { 0 };
	auto_argv lines = { 0 };
	json_t *virt = json_object();

	json_put_str(virt, "level", facts_virt_name(plan->facts->cpu.level));
	json_put_str(virt, "warning", plan->virt_warning);
	target_plan_print(plan->facts, plan->ks, &target);
	argv_split(&lines, buf_str(&target), "\n");
	json_object_set_new(all, "virt", virt);
	json_object_set_new(all, "luns", mpath_plan_json(plan->san));
	json_object_set_new(all, "disk", disk_plan_json(&plan->disk));
	json_object_set_new(all, "packages", packages_json(plan));
	json_object_set_new(all, "target", json_words((const char *const *)lines.v));
	json_object_set_new(all, "network", net_plan_json(&plan->net));
	json_object_set_new(all, "boot", boot_plan_json(&plan->boot));
	json_pretty(all, b);
}
