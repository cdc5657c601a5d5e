/* The guest as libvirt's driver libxl takes it: https://libvirt.org/formatdomain.html */
#include "base/util.h"
#include "base/xml.h"
#include "guest/guest.h"
#include "guest/xlcfg.h"

static void element(struct buf *b, const char *indent, const char *name, const char *value)
{
	if (!value)
		return;
	buf_addf(b, "%s<%s>", indent, name);
	buf_add_xml(b, value);
	buf_addf(b, "</%s>\n", name);
}

static void print_os(const struct guest_plan *plan, struct buf *b)
{
	static const char *const os[] = { "xenpvh", "linux", "hvm" };
	static const char *const machine[] = { "xenpvh", "xenpv", "xenfv" };

	buf_addf(b, "  <os>\n    <type arch='x86_64' machine='%s'>%s</type>\n", machine[plan->type],
		 os[plan->type]);
	if (plan->type == GUEST_HVM)
		buf_adds(b, "    <loader type='rom'>/usr/lib/xen/boot/hvmloader</loader>\n");
	element(b, "    ", "kernel", xlcfg_str(plan->config, "kernel"));
	element(b, "    ", "initrd", xlcfg_str(plan->config, "ramdisk"));
	element(b, "    ", "cmdline", xlcfg_str(plan->config, "cmdline"));
	if (plan->type == GUEST_HVM && !xlcfg_str(plan->config, "kernel"))
		buf_adds(b, "    <boot dev='hd'/>\n");
	buf_adds(b, "  </os>\n");
}

static void print_disk(const struct guest_disk *d, struct buf *b)
{
	bool block = str_starts(d->path, "/dev/");

	buf_addf(b, "    <disk type='%s' device='%s'>\n", block ? "block" : "file",
		 d->cdrom ? "cdrom" : "disk");
	buf_addf(b, "      <driver name='%s' type='%s'%s/>\n", block ? "phy" : "qemu", d->format,
		 d->discard ? " discard='unmap'" : "");
	buf_addf(b, "      <source %s='", block ? "dev" : "file");
	buf_add_xml(b, d->path);
	buf_addf(b, "'/>\n      <target dev='%s' bus='xen'/>\n%s    </disk>\n", d->vdev,
		 d->read_only ? "      <readonly/>\n" : "");
}

static void print_nic(const struct guest_nic *n, struct buf *b)
{
	buf_addf(b, "    <interface type='bridge'>\n      <mac address='%s'/>\n      <source bridge='",
		 n->mac);
	buf_add_xml(b, n->bridge);
	buf_adds(b, "'/>\n      <model type='netfront'/>\n");
	if (n->vifname)
		buf_addf(b, "      <target dev='%s'/>\n", n->vifname);
	if (n->vlan)
		buf_addf(b, "      <vlan><tag id='%u'/></vlan>\n", n->vlan);
	if (n->mtu)
		buf_addf(b, "      <mtu size='%u'/>\n", n->mtu);
	buf_adds(b, "    </interface>\n");
}

void guest_libvirt_xml(const struct guest_plan *plan, struct buf *b)
{
	const struct guest_spec *s = plan->spec;
	unsigned long long max = s->maxmem_mib ? s->maxmem_mib : s->memory_mib;

	buf_adds(b, "<domain type='xen'>\n");
	element(b, "  ", "name", plan->name);
	element(b, "  ", "uuid", plan->uuid);
	buf_addf(b, "  <memory unit='MiB'>%llu</memory>\n  <currentMemory unit='MiB'>%llu</currentMemory>\n",
		 max, (unsigned long long)s->memory_mib);
	buf_addf(b, "  <vcpu current='%llu'>%llu</vcpu>\n", (unsigned long long)s->vcpus,
		 (unsigned long long)(s->maxvcpus ? s->maxvcpus : s->vcpus));
	print_os(plan, b);
	if (plan->type == GUEST_HVM)
		buf_adds(b, "  <features><acpi/><apic/></features>\n");
	buf_adds(b, "  <on_poweroff>destroy</on_poweroff>\n  <on_reboot>restart</on_reboot>\n"
		    "  <on_crash>restart</on_crash>\n  <devices>\n");
	for (size_t i = 0; i < plan->n_disks; i++)
		print_disk(&plan->disks[i], b);
	for (size_t i = 0; i < plan->n_nics; i++)
		print_nic(&plan->nics[i], b);
	buf_adds(b, "    <console type='pty'/>\n");
	if (str_eq(s->graphics, "vnc"))
		buf_adds(b, "    <graphics type='vnc' listen='127.0.0.1'/>\n");
	buf_adds(b, "  </devices>\n</domain>\n");
}
