/* A plan for people and for programs. */
#include "base/util.h"
#include "guest/autostart.h"
#include "guest/guest.h"
#include "guest/xlcfg.h"

static void print_disk(const struct guest_plan *plan, const struct guest_disk *d, struct buf *b)
{
	unsigned long long mib = d->size_mib;

	(void)plan;
	buf_addf(b, "disk %s: ", d->vdev);
	switch (d->kind) {
	case GDISK_LV:
		buf_addf(b, "make volume %s/%s of %llu MiB", d->vg, d->lv, mib);
		break;
	case GDISK_THIN:
		buf_addf(b, "make thin volume %s/%s of %llu MiB in %s", d->vg, d->lv, mib, d->pool);
		break;
	case GDISK_FILE:
		buf_addf(b, "make %s file %s of %llu MiB", d->format, d->path, mib);
		break;
	case GDISK_EXISTING:
		buf_addf(b, "use %s as it is", d->path);
		break;
	}
	if (d->cdrom)
		buf_adds(b, ", a cdrom");
	else if (d->read_only)
		buf_adds(b, ", read-only");
	buf_adds(b, d->kind == GDISK_FILE || !str_starts(d->path, "/dev/") ? " (backend qdisk)\n"
									   : " (backend phy)\n");
}

static void print_route(const struct guest_spec *s, const struct guest_plan *plan, struct buf *b)
{
	switch (s->route) {
	case GUEST_DISK:
		buf_addf(b, "system: what is on %s\n", plan->disks[0].vdev);
		break;
	case GUEST_DIRECT:
		buf_addf(b, "system: write a root from %s into %s\n", s->source_url, plan->disks[0].path);
		break;
	case GUEST_IMAGE:
		buf_addf(b, "system: stream the image %s into %s\n", s->source_url, plan->disks[0].path);
		break;
	case GUEST_INSTALLER:
		if (s->kernel)
			buf_addf(b, "system: boot %s and %s with the answers (%s), until it ends\n",
				 s->kernel, s->initrd, s->dialect);
		else
			buf_addf(b, "system: boot the installer of %s with the answers (%s), until it ends\n",
				 s->iso ? s->iso : s->source_url, s->dialect);
		break;
	}
}

void guest_plan_print(const struct guest_plan *plan, struct buf *b)
{
	const struct guest_spec *s = plan->spec;

	buf_addf(b, "guest %s: %s (%s), %llu MiB, %llu vcpu%s, uuid %s\n", plan->name,
		 guest_type_name(plan->type), plan->why_type, (unsigned long long)s->memory_mib,
		 (unsigned long long)s->vcpus, s->vcpus == 1 ? "" : "s", plan->uuid);
	for (size_t i = 0; i < plan->n_disks; i++)
		print_disk(plan, &plan->disks[i], b);
	for (size_t i = 0; i < plan->n_nics; i++) {
		const struct guest_nic *n = &plan->nics[i];

		buf_addf(b, "nic %zu: %s on %s", i, n->mac, n->bridge);
		if (n->vlan)
			buf_addf(b, ", VLAN %u", n->vlan);
		buf_addc(b, '\n');
	}
	print_route(s, plan, b);
	if (s->autostart)
		buf_addf(b, "autostart: " GUEST_START_DIR "/%02llu-%s, then wait %llu s\n",
			 (unsigned long long)s->order, plan->name, (unsigned long long)s->delay_s);
	if (plan->install) {
		buf_addf(b, "--- /var/lib/xenith/guests/%s/install.cfg\n", plan->name);
		xlcfg_print(plan->install, b);
	}
	buf_addf(b, "--- %s\n", plan->config_path);
	xlcfg_print(plan->config, b);
}

json_t *guest_plan_json(const struct guest_plan *plan)
{
	static const char *const kinds[] = { "lv", "thin", "file", "existing" };
	json_t *o = json_object(), *disks = json_array(), *nics = json_array();

	json_put_str(o, "name", plan->name);
	json_put_str(o, "uuid", plan->uuid);
	json_put_str(o, "type", guest_type_name(plan->type));
	json_put_str(o, "why_type", plan->why_type);
	json_put_str(o, "route", guest_route_name(plan->spec->route));
	json_put_str(o, "source", plan->spec->source_url);
	json_put_str(o, "template", plan->spec->template);
	json_put_str(o, "ip", plan->spec->ip);
	for (size_t i = 0; i < plan->n_disks; i++) {
		const struct guest_disk *d = &plan->disks[i];
		json_t *j = json_object();

		json_put_str(j, "kind", kinds[d->kind]);
		json_put_str(j, "path", d->path);
		json_put_str(j, "vdev", d->vdev);
		json_put_str(j, "vg", d->vg);
		json_put_str(j, "lv", d->lv);
		json_put_str(j, "pool", d->pool);
		json_put_str(j, "format", d->format);
		json_put_u64(j, "size_mib", d->size_mib);
		json_array_append_new(disks, j);
	}
	for (size_t i = 0; i < plan->n_nics; i++) {
		json_t *j = json_object();

		json_put_str(j, "mac", plan->nics[i].mac);
		json_put_str(j, "bridge", plan->nics[i].bridge);
		json_put_u64(j, "vlan", plan->nics[i].vlan);
		json_array_append_new(nics, j);
	}
	json_object_set_new(o, "disks", disks);
	json_object_set_new(o, "nics", nics);
	json_object_set(o, "config", plan->config);
	if (plan->install)
		json_object_set(o, "install", plan->install);
	return o;
}
