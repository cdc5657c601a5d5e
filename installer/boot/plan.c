#include "installer/boot/boot_priv.h"

#include "base/util.h"

#define DEFAULT_TIMEOUT_S 5
#define ARRAY_DELAY_S     90

struct serial {
	int port; /* -1: none; 0 is com1 and ttyS0 */
	unsigned baud;
	const char *parity; /* "8n1", as Xen writes it */
};

const struct disk_mount *boot_mount_of(const struct disk_plan *disk, const char *mntpoint)
{
	for (size_t i = 0; i < disk->n_mounts; i++)
		if (str_eq(disk->mounts[i].mntpoint, mntpoint))
			return &disk->mounts[i];
	return NULL;
}

/* `xen --console=`: "auto", "none", "com1", "com2,57600". */
static int choose_serial(const struct facts *facts, const struct ks_xen *xen, struct arena *a,
			 struct serial *ret, struct err *err)
{
	const char *said = xen->console ? xen->console : "auto";
	const char *comma = strchr(said, ',');
	const char *name = arena_strndup(a, said, comma ? (size_t)(comma - said) : strlen(said));
	uint64_t baud;

	*ret = (struct serial){
		facts->console.serial_port, facts->console.baud ? facts->console.baud : 115200,
		facts->console.parity && strlen(facts->console.parity) == 3 ? facts->console.parity : "8n1"
	};
	if (comma) {
		if (!str_u64(comma + 1, &baud) || baud < 50 || baud > 4000000)
			goto wrong;
		ret->baud = (unsigned)baud;
	}
	if (strcmp(name, "none") == 0)
		ret->port = -1;
	else if (strcmp(name, "com1") == 0)
		ret->port = 0;
	else if (strcmp(name, "com2") == 0)
		ret->port = 1;
	else if (strcmp(name, "auto") != 0)
		goto wrong;
	return 0;
wrong:
	return err_set(
		err, ERR_KS_VALUE,
		"%s:%u: xen: --console=%s is not known; it takes auto, none, com1 or com2, and \",BAUD\" "
		"behind it",
		xen->at.file, xen->at.line, said);
}

/* The hypervisor's command line (docs/misc/xen-command-line in Xen's source). */
static const char *xen_args(const struct ks_xen *xen, const struct serial *s, bool vga, struct arena *a)
{
	auto_buf b = { 0 };

	if (xen->dom0_mem)
		buf_addf(&b, "dom0_mem=%s,max:%s ", xen->dom0_mem, xen->dom0_mem);
	if (xen->dom0_vcpus > 0)
		buf_addf(&b, "dom0_max_vcpus=%lld ", (long long)xen->dom0_vcpus);
	if (s->port == 0 || s->port == 1) /* Xen knows these two only */
		buf_addf(&b, "com%d=%u,%s console=com%d%s", s->port + 1, s->baud, s->parity, s->port + 1,
			 vga ? ",vga" : "");
	else
		buf_adds(&b, "console=vga");
	if (xen->args && *xen->args)
		buf_addf(&b, " %s", xen->args);
	return arena_strdup(a, buf_str(&b));
}

/*
 * bootloader --append. An array that lacks a disk is started when two thirds of rootdelay= are over, and what
 * stands on it must be there in the rest (initramfs-tools(7), mdadm's local-block script): of the usual 30 s
 * that leaves 10, and a disk that only spins up slowly is taken for a lost one after 20.
 */
static const char *appended(const struct ks_bootloader *loader, const struct disk_plan *disk, struct arena *a)
{
	const char *append = loader->append ? loader->append : "";
	auto_argv files = { 0 };

	disk_root_needs(disk, NULL, &files);
	if (!argv_has(&files, "sbin/mdadm") || strstr(append, "rootdelay="))
		return append;
	return arena_printf(a, "rootdelay=%d%s%s", ARRAY_DELAY_S, *append ? " " : "", append);
}

/* The last console= is /dev/console. Under Xen the port belongs to the hypervisor, and hvc0 leads to it. */
static void kernel_args(const char *append, const struct serial *s, bool vga, struct boot_plan *plan)
{
	const char *space = *append ? " " : "";
	const char *tty0 = vga || s->port < 0 ? "console=tty0" : "";
	const char *gap = *tty0 && s->port >= 0 ? " " : "";

	plan->dom0_args = arena_printf(&plan->arena, "%s%sconsole=hvc0%s%s", vga ? "console=tty0" : "",
				       vga ? " " : "", space, append);
	if (s->port >= 0)
		plan->linux_args = arena_printf(&plan->arena, "%s%sconsole=ttyS%d,%u%c%c%s%s", tty0, gap,
						s->port, s->baud, s->parity[1], s->parity[0], space, append);
	else
		plan->linux_args = arena_printf(&plan->arena, "%s%s%s", tty0, space, append);
}

static void grub_console(const struct serial *s, struct boot_plan *plan)
{
	const char parity = s->parity[1];

	plan->grub_terminal = s->port >= 0 ? "serial console" : "console";
	if (s->port >= 0)
		plan->grub_serial = arena_printf(
			&plan->arena, "serial --unit=%d --speed=%u --word=%c --parity=%s --stop=%c", s->port,
			s->baud, s->parity[0],
			parity == 'o'   ? "odd"
			: parity == 'e' ? "even"
					: "no",
			s->parity[2]);
}

static int check_places(const struct facts *facts, const struct disk_plan *disk, struct boot_plan *plan,
			struct err *err)
{
	plan->bios = disk->bios;
	plan->uefi = disk->uefi;
	if (facts->uefi ? disk->uefi : disk->bios)
		return 0;
	return err_set(
		err, ERR_DISK_NO_BOOT,
		"bootloader: this machine booted through %s, and the disk plan has no %s; say `reqpart`, "
		"or `bootloader --location=none`",
		facts->uefi ? "UEFI" : "BIOS", facts->uefi ? "EFI system partition" : "BIOS boot partition");
}

int boot_plan_make(const struct facts *facts, const struct ks *ks, const struct disk_plan *disk,
		   struct boot_plan *ret, struct err *err)
{
	const struct ks_bootloader *loader = &ks->bootloader;
	bool none = loader->disabled || loader->nombr || str_eq(loader->location, "none");
	bool vga = facts->console.vga || facts->console.serial_port < 0;
	struct boot_plan plan = { 0 };
	struct serial serial;
	int r = choose_serial(facts, &ks->xen, &plan.arena, &serial, err);

	if (!r && !none)
		r = check_places(facts, disk, &plan, err);
	if (r) {
		arena_clear(&plan.arena);
		return r;
	}
	plan.timeout_s =
		KS_SAID(*loader) && loader->timeout >= 0 ? (unsigned)loader->timeout : DEFAULT_TIMEOUT_S;
	plan.nvram = facts->uefi && plan.uefi;
	plan.leave_boot_order = loader->leavebootorder;
	plan.xen_args = xen_args(&ks->xen, &serial, vga, &plan.arena);
	kernel_args(appended(loader, disk, &plan.arena), &serial, vga, &plan);
	grub_console(&serial, &plan);
	*ret = plan;
	return 0;
}

void boot_plan_clear(struct boot_plan *plan)
{
	if (!plan)
		return;
	arena_clear(&plan->arena);
	*plan = (struct boot_plan){ 0 };
}

void boot_plan_print(const struct boot_plan *plan, struct buf *b)
{
	if (!plan->bios && !plan->uefi) {
		buf_adds(b, "boot: no boot loader\n");
		return;
	}
	buf_addf(b, "boot: GRUB for %s%s%s, menu for %u s on %s\n", plan->bios ? "BIOS" : "",
		 plan->bios && plan->uefi ? " and " : "", plan->uefi ? "UEFI" : "", plan->timeout_s,
		 plan->grub_terminal);
	if (plan->nvram)
		buf_addf(b, "boot: firmware entry \"xenith\"%s\n",
			 plan->leave_boot_order ? ", boot order left as it is" : ", first in the boot order");
	buf_addf(b, "boot: Xen: %s\nboot: dom0: %s\nboot: Linux without Xen: %s\n", plan->xen_args,
		 plan->dom0_args, plan->linux_args);
}

json_t *boot_plan_json(const struct boot_plan *plan)
{
	json_t *j = json_object();

	json_put_bool(j, "bios", plan->bios);
	json_put_bool(j, "uefi", plan->uefi);
	json_put_bool(j, "nvram_entry", plan->nvram);
	json_put_bool(j, "leave_boot_order", plan->leave_boot_order);
	json_put_str(j, "xen_args", plan->xen_args);
	json_put_str(j, "dom0_args", plan->dom0_args);
	json_put_str(j, "linux_args", plan->linux_args);
	json_put_str(j, "grub_terminal", plan->grub_terminal);
	json_put_str(j, "grub_serial", plan->grub_serial);
	json_put_u64(j, "timeout_s", plan->timeout_s);
	return j;
}

/* The -bin packages: grub-pc and grub-efi-amd64 themselves exclude each other. */
void boot_packages(const struct boot_plan *plan, struct argv *want)
{
	argv_addl(want, "initramfs-tools", "zstd", NULL);
	if (plan->bios || plan->uefi)
		argv_add(want, "grub2-common");
	if (plan->bios)
		argv_add(want, "grub-pc-bin");
	if (plan->uefi)
		argv_addl(want, "grub-efi-amd64-bin", "efibootmgr", NULL);
}
