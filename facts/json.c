#include "base/json.h"

#include "base/util.h"
#include "facts/json.h"
#include "facts/parts.h"

static json_t *cpu_json(const struct cpu_facts *cpu)
{
	json_t *o = json_object();

	json_put_str(o, "vendor", cpu->vendor);
	json_put_str(o, "model", cpu->model);
	json_put_u64(o, "threads", cpu->threads);
	json_put_bool(o, "long_mode", cpu->long_mode);
	json_put_str(o, "hvm", facts_cpu_state_name(cpu->hvm));
	json_put_str(o, "hvm_name", cpu->hvm_name);
	json_put_str(o, "slat", facts_cpu_state_name(cpu->slat));
	json_put_str(o, "iommu", facts_cpu_state_name(cpu->iommu));
	json_put_str(o, "why", cpu->why);
	json_put_str(o, "level", facts_virt_name(cpu->level));
	return o;
}

static json_t *console_json(const struct console_facts *c)
{
	json_t *o = json_object();

	if (c->serial_port >= 0)
		json_put_u64(o, "serial_port", (unsigned)c->serial_port);
	else
		json_object_set_new(o, "serial_port", json_null());
	json_put_u64(o, "baud", c->baud);
	json_put_str(o, "parity", c->parity);
	json_put_bool(o, "from_cmdline", c->from_cmdline);
	json_put_bool(o, "vga", c->vga);
	return o;
}

static json_t *nic_json(const struct nic_facts *n)
{
	json_t *o = json_object();

	json_put_str(o, "name", n->name);
	json_put_str(o, "mac", n->mac);
	json_put_str(o, "driver", n->driver);
	json_put_str(o, "pci", n->pci);
	json_put_str(o, "id_path", n->id_path);
	json_put_bool(o, "carrier", n->carrier);
	json_put_u64(o, "speed_mbit", n->speed_mbit);
	json_put_u64(o, "mtu", n->mtu);
	return o;
}

static json_t *undriven_json(const struct facts *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->n_undriven; i++) {
		const struct undriven *u = &f->undriven[i];
		json_t *o = json_object();

		json_put_str(o, "pci", u->pci);
		json_put_str(o, "kind", facts_undriven_kind(u));
		json_object_set_new(o, "class", json_sprintf("%04x", u->class_code));
		json_object_set_new(o, "vendor", json_sprintf("%04x", u->vendor));
		json_object_set_new(o, "device", json_sprintf("%04x", u->device));
		json_put_str(o, "name", u->name);
		json_put_str(o, "modules", u->modules);
		json_put_str(o, "hint", u->hint);
		json_array_append_new(list, o);
	}
	return list;
}

void facts_json(const struct facts *f, struct buf *b)
{
	auto_json *o = json_object();
	json_t *disks = json_array(), *vgs = json_array(), *nics = json_array(), *firmware = json_array();

	json_put_str(o, "vendor", f->vendor);
	json_put_str(o, "product", f->product);
	json_put_str(o, "serial", f->serial);
	json_put_str(o, "uuid", f->uuid);
	json_put_bool(o, "uefi", f->uefi);
	json_put_bool(o, "secure_boot", f->secure_boot);
	json_put_bool(o, "under_xen", f->under_xen);
	json_put_u64(o, "mem_mib", f->mem_mib);
	json_put_str(o, "kernel", f->kernel);
	json_put_str(o, "cmdline", f->cmdline);
	json_object_set_new(o, "cpu", cpu_json(&f->cpu));
	json_object_set_new(o, "console", console_json(&f->console));
	for (size_t i = 0; i < f->n_disks; i++)
		json_array_append_new(disks, facts_disk_json(&f->disks[i]));
	json_object_set_new(o, "disks", disks);
	for (size_t i = 0; i < f->n_vgs; i++)
		json_array_append_new(vgs, facts_vg_json(&f->vgs[i]));
	json_object_set_new(o, "vgs", vgs);
	for (size_t i = 0; i < f->n_nics; i++)
		json_array_append_new(nics, nic_json(&f->nics[i]));
	json_object_set_new(o, "nics", nics);
	json_object_set_new(o, "undriven", undriven_json(f));
	for (size_t i = 0; i < f->n_firmware; i++)
		json_array_append_new(firmware, json_string(f->firmware[i]));
	json_object_set_new(o, "firmware", firmware);
	json_pretty(o, b);
}
