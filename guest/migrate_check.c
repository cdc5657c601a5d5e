#include <ctype.h>

#include "base/util.h"
#include "guest/manage.h"
#include "guest/migrate.h"
#include "guest/xlcfg.h"
#include "guest/xlcfg_word.h"

static void wrong_line(struct buf *wrong, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void wrong_line(struct buf *wrong, const char *name, const char *fmt, ...)
{
	va_list ap;

	buf_addf(wrong, "%s: ", name);
	va_start(ap, fmt);
	buf_vaddf(wrong, fmt, ap);
	va_end(ap);
	buf_addc(wrong, '\n');
}

/* Each word of hw_caps is a set of features: what is here must be there. */
static bool has_features(const char *here, const char *there)
{
	while (here && there && isxdigit((unsigned char)*here) && isxdigit((unsigned char)*there)) {
		char *a, *b;
		unsigned long x = strtoul(here, &a, 16), y = strtoul(there, &b, 16);

		if (x & ~y)
			return false;
		here = *a == ':' ? a + 1 : a;
		there = *b == ':' ? b + 1 : b;
	}
	return true;
}

static void check_volume(const struct guest_host *host, const char *name, const struct guest_volume *v,
			 const struct migrate_host *there, struct buf *wrong)
{
	const struct guest_vg *vg = v->vg ? guest_host_vg(host, v->vg) : NULL;
	auto_free char *group = vg ? xasprintf("%s %s", vg->name, vg->uuid) : NULL;
	auto_free char *lv = v->lv ? xasprintf("%s/%s", v->vg, v->lv) : NULL;

	if (!v->target || v->cdrom)
		return;
	if (!v->lv)
		wrong_line(wrong, name,
			   "%s is no volume of a shared group: the other host can't be sure to see it",
			   v->target);
	else if (!argv_has(&there->vgs, group))
		wrong_line(wrong, name, "volume group %s (%s) is not there", vg->name, vg->uuid);
	else if (!argv_has(&there->lvs, lv))
		wrong_line(wrong, name, "volume %s is not seen there", lv);
	for (size_t i = 0; vg && i < host->n_lvs; i++)
		if (str_eq(host->lvs[i].vg, v->vg) && str_eq(host->lvs[i].origin, v->lv) &&
		    !host->lvs[i].pool)
			wrong_line(
				wrong, name,
				"volume %s has the snapshot %s, which two hosts would both write to: drop it "
				"first (xenith guest snapshot --drop)",
				lv, host->lvs[i].name);
	if (vg && guest_host_lv(host, v->vg, v->lv)->pool)
		wrong_line(wrong, name, "volume %s is thin: its pool can't be used by two hosts", lv);
}

void guest_migrate_check(const struct guest_host *host, const struct guest_known *guest,
			 const struct migrate_host *here, const struct migrate_host *there, bool same,
			 struct buf *wrong)
{
	uint64_t memory = (uint64_t)json_integer_value(json_object_get(guest->config, "memory"));
	struct guest_volumes vols = { 0 };
	const json_t *v;
	size_t i;

	if (there->xen_major < here->xen_major ||
	    (there->xen_major == here->xen_major && there->xen_minor < here->xen_minor))
		wrong_line(wrong, guest->name, "Xen there is %llu.%llu, older than %llu.%llu here",
			   (unsigned long long)there->xen_major, (unsigned long long)there->xen_minor,
			   (unsigned long long)here->xen_major, (unsigned long long)here->xen_minor);
	if (!has_features(here->cpu_features, there->cpu_features))
		wrong_line(wrong, guest->name,
			   "the processor there lacks features of this one (hw_caps %s, here %s)",
			   there->cpu_features, here->cpu_features);
	if (!same && here->hostname && str_eq(here->hostname, there->hostname))
		wrong_line(wrong, guest->name,
			   "both hosts are called %s: nobody could tell whose a volume is", here->hostname);
	if (str_eq(xlcfg_str(guest->config, "type"), "pv") && here->caps_known && !here->shadow)
		wrong_line(wrong, guest->name,
			   "Xen here has no shadow paging, without which a running PV guest can't move; PVH "
			   "can");
	if (there->free_mib < memory)
		wrong_line(wrong, guest->name, "%llu MiB of memory are free there, and %llu are wanted",
			   (unsigned long long)there->free_mib, (unsigned long long)memory);
	if (!same && argv_has(&there->guests, guest->name))
		wrong_line(wrong, guest->name, "a guest of that name runs there");
	json_array_foreach (json_object_get(guest->config, "vif"), i, v) {
		auto_free char *bridge =
			json_is_string(v) ? xlcfg_vif_get(json_string_value(v), "bridge") : NULL;

		if (bridge && !argv_has(&there->bridges, bridge))
			wrong_line(wrong, guest->name, "there is no bridge %s there", bridge);
	}
	guest_volumes_of(host, guest->config, &vols);
	for (size_t k = 0; !same && k < vols.n; k++)
		check_volume(host, guest->name, &vols.v[k], there, wrong);
	guest_volumes_clear(&vols);
}
