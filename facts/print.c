#include "base/util.h"
#include "facts/parts.h"

static const char *or_dash(const char *s)
{
	return s ? s : "-";
}

static void print_size(struct buf *b, uint64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double v = (double)bytes;
	size_t u = 0;

	for (; v >= 1024 && u + 1 < ARRAY_SIZE(units); u++)
		v /= 1024;
	buf_addf(b, u ? "%.1f %s" : "%.0f %s", v, units[u]);
}

static void print_machine(const struct facts *f, struct buf *b)
{
	buf_addf(b, "machine   %s %s", f->vendor ? f->vendor : "unknown vendor",
		 f->product ? f->product : "unknown product");
	if (f->serial)
		buf_addf(b, ", serial %s", f->serial);
	if (f->uuid)
		buf_addf(b, ", uuid %s", f->uuid);
	buf_addf(b, "\nkernel    Linux %s%s\n", or_dash(f->kernel), f->under_xen ? ", under Xen" : "");
	buf_addf(b, "firmware  %s\n",
		 !f->uefi         ? "BIOS"
		 : f->secure_boot ? "UEFI, secure boot on"
				  : "UEFI, secure boot off");
	buf_addf(b, "memory    %llu MiB\n", (unsigned long long)f->mem_mib);
}

static void print_cpu(const struct cpu_facts *c, struct buf *b)
{
	buf_addf(b, "cpu       %s (%s), %u thread%s, %s\n", c->model ? c->model : "unknown model",
		 c->vendor ? c->vendor : "unknown vendor", c->threads, c->threads == 1 ? "" : "s",
		 c->long_mode ? "64-bit" : "32-bit only");
	buf_addf(b, "virt      %s: %s %s, nested paging %s, IOMMU %s\n", facts_virt_name(c->level),
		 c->hvm_name ? c->hvm_name : "VT-x or SVM", facts_cpu_state_name(c->hvm),
		 facts_cpu_state_name(c->slat), facts_cpu_state_name(c->iommu));
	if (c->why)
		buf_addf(b, "          %s\n", c->why);
}

static void print_console(const struct console_facts *c, struct buf *b)
{
	buf_adds(b, "console   ");
	if (c->serial_port >= 0)
		buf_addf(b, "com%d (ttyS%d) %u,%s from %s", c->serial_port + 1, c->serial_port, c->baud,
			 c->parity, c->from_cmdline ? "the kernel command line" : "ACPI SPCR");
	buf_addf(b, "%s%s\n", c->serial_port >= 0 && c->vga ? ", " : "",
		 c->vga               ? "screen"
		 : c->serial_port < 0 ? "neither a serial port nor a screen"
				      : "");
}

static void print_content(const struct disk_content *c, const char *before, struct buf *b)
{
	buf_addf(b, "          %s %s", before, c->node);
	if (c->inside)
		buf_addf(b, " partition %u", c->inside);
	buf_addf(b, ": %s", c->type);
	if (c->label)
		buf_addf(b, " \"%s\"", c->label);
	if (c->uuid)
		buf_addf(b, " %s", c->uuid);
	if (c->hint)
		buf_addf(b, ", %s", c->hint);
	buf_addc(b, '\n');
}

static void print_contents(const struct disk_facts *d, struct buf *b)
{
	for (size_t i = 0; i < d->n_contents; i++)
		print_content(&d->contents[i], i ? "        " : "contents", b);
	if (!d->n_contents)
		buf_adds(b, "          contents none\n");
	if (d->host)
		buf_addf(b, "          Xenith host %s, installed %s, reinstall token %s\n", d->host->hostname,
			 d->host->installed, d->host->token);
}

static void print_vg(const struct vg_facts *vg, struct buf *b)
{
	buf_addf(b, "vg        %s  ", vg->name);
	print_size(b, vg->extents * vg->extent_bytes);
	buf_adds(b, ", ");
	print_size(b, vg->free_extents * vg->extent_bytes);
	buf_adds(b, " free, on");
	for (size_t i = 0; i < vg->n_pvs; i++)
		buf_addf(b, " %s", vg->pvs[i].node ? vg->pvs[i].node : "(a missing disk)");
	buf_addf(b, "  %s\n", vg->uuid);
	for (size_t i = 0; i < vg->n_lvs; i++) {
		const struct vg_lv *lv = &vg->lvs[i];

		buf_addf(b, "          volume %s ", lv->name);
		print_size(b, lv->size_bytes);
		buf_addf(b, " %s\n", lv->layout);
		for (size_t c = 0; c < lv->n_contents; c++)
			print_content(&lv->contents[c], c ? "        " : "contents", b);
	}
}

static void print_disk(const struct disk_facts *d, struct buf *b)
{
	buf_addf(b, "disk      %s  ", d->id ? d->id : "(no stable id)");
	print_size(b, d->size_bytes);
	buf_addf(b, "  %s", d->name);
	if (d->transport)
		buf_addf(b, " %s", d->transport);
	buf_addf(b, " %u/%u%s%s%s%s%s\n", d->logical_sector, d->physical_sector,
		 d->rotational ? " rotational" : "", d->removable ? " removable" : "",
		 d->read_only ? " read-only" : "", d->cdrom ? " optical" : "",
		 d->boot_medium ? " BOOT MEDIUM" : "");
	if (d->vendor || d->model || d->serial || d->by_path) {
		bool twice = d->vendor && d->model && str_starts(d->model, d->vendor);
		const char *parts[] = { twice ? NULL : d->vendor, d->model };

		buf_adds(b, "         ");
		for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
			if (parts[i])
				buf_addf(b, " %s", parts[i]);
		if (d->serial)
			buf_addf(b, " serial %s", d->serial);
		if (d->by_path)
			buf_addf(b, " at %s", d->by_path);
		buf_addc(b, '\n');
	}
	if (d->multipath_wwid)
		buf_addf(b, "          one path of LUN %s\n", d->multipath_wwid);
	for (const char **h = d->holders; h && *h; h++)
		buf_addf(b, "          held by %s\n", *h);
	print_contents(d, b);
}

static void print_nic(const struct nic_facts *n, struct buf *b)
{
	buf_addf(b, "nic       %s  %s %s %s mtu %u, %s", n->mac, n->name, or_dash(n->driver), or_dash(n->pci),
		 n->mtu, n->carrier ? "link up" : "no link");
	if (n->speed_mbit)
		buf_addf(b, " %u Mb/s", n->speed_mbit);
	buf_addc(b, '\n');
}

void facts_print(const struct facts *f, struct buf *b)
{
	auto_buf missing = { 0 };

	print_machine(f, b);
	print_cpu(&f->cpu, b);
	print_console(&f->console, b);
	for (size_t i = 0; i < f->n_disks; i++)
		print_disk(&f->disks[i], b);
	if (!f->n_disks)
		buf_adds(b, "disk      none found: a storage driver may be missing\n");
	for (size_t i = 0; i < f->n_vgs; i++)
		print_vg(&f->vgs[i], b);
	for (size_t i = 0; i < f->n_nics; i++)
		print_nic(&f->nics[i], b);
	if (!f->n_nics)
		buf_adds(b, "nic       none found: a network driver may be missing\n");
	facts_diagnose(f, MISSING_DISK | MISSING_NIC, "\nmissing   ", &missing);
	if (missing.len)
		buf_addf(b, "%s\n", buf_str(&missing) + 1);
}
