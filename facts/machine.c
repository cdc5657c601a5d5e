#include <strings.h>

#include "base/util.h"
#include "facts/parts.h"

#define SECURE_BOOT_VAR "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

/* An SMBIOS string; NULL for what boards hold when nobody filled it in. */
static const char *dmi_string(const struct sysroot *sr, const char *name)
{
	static const char *const empty[] = { "To be filled by O.E.M.",
					     "Default string",
					     "Not Specified",
					     "System Serial Number",
					     "System Product Name",
					     "System manufacturer",
					     "None",
					     "N/A",
					     "0123456789" };
	const char *s = sysroot_line(sr, "sys/class/dmi/id/%s", name);

	for (size_t i = 0; s && i < ARRAY_SIZE(empty); i++)
		if (!strcasecmp(s, empty[i]))
			return NULL;
	return s && strspn(s, "0-. ") != strlen(s) ? s : NULL;
}

static uint64_t total_mib(const struct sysroot *sr)
{
	auto_buf b = { 0 };

	return sysroot_read(sr, &b, "proc/meminfo") ? meminfo_mib(buf_str(&b), "MemTotal") : 0;
}

/* UEFI spec 3.3: SecureBoot is one byte; efivarfs puts four bytes of attributes in front. */
static bool secure_boot(const struct sysroot *sr)
{
	auto_buf b = { 0 };

	return sysroot_read(sr, &b, SECURE_BOOT_VAR) && b.len >= 5 && b.data[4] == 1;
}

void facts_read_machine(const struct sysroot *sr, const struct xen *xen, struct facts *f)
{
	f->under_xen = xen->here;
	f->mem_mib = xen->mem_mib ? xen->mem_mib : total_mib(sr);
	f->uefi = sysroot_exists(sr, "sys/firmware/efi");
	f->secure_boot = f->uefi && secure_boot(sr);
	f->vendor = dmi_string(sr, "sys_vendor");
	f->product = dmi_string(sr, "product_name");
	f->serial = dmi_string(sr, "product_serial");
	f->uuid = dmi_string(sr, "product_uuid");
	f->kernel = sysroot_line(sr, "proc/sys/kernel/osrelease");
	f->cmdline = sysroot_line(sr, "proc/cmdline");
}

void facts_clear(struct facts *facts)
{
	arena_clear(&facts->arena);
	*facts = (struct facts){ 0 };
}
