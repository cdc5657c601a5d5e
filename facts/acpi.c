#include "facts/acpi.h"

#include "base/util.h"

#define HEADER_LEN 36 /* ACPI 6.5, 5.2.6 */

static unsigned le16(const unsigned char *p)
{
	return p[0] | (unsigned)p[1] << 8;
}

static uint32_t le32(const unsigned char *p)
{
	return le16(p) | (uint32_t)le16(p + 2) << 16;
}

/* The table's length, 0 if it is cut. b holds at least so many bytes. */
static size_t table_read(const struct sysroot *sr, const char *name, struct buf *b)
{
	size_t len;

	if (!sysroot_read(sr, b, "sys/firmware/acpi/tables/%s", name) || b->len < HEADER_LEN)
		return 0;
	len = le32((const unsigned char *)b->data + 4);
	return len >= HEADER_LEN && len <= b->len ? len : 0;
}

/* VT-d spec 8.1: remapping structures from byte 48 on, {u16 type, u16 length}; type 0 is a hardware unit. */
static bool dmar_has_unit(const unsigned char *t, size_t len)
{
	for (size_t at = 48; at + 4 <= len;) {
		if (le16(t + at) == 0)
			return true;
		if (le16(t + at + 2) < 4)
			return false;
		at += le16(t + at + 2);
	}
	return false;
}

/* AMD I/O virtualization spec 5.2.1: blocks from byte 48 on, {u8 type, u8 flags, u16 length}; IVHD types. */
static bool ivrs_has_unit(const unsigned char *t, size_t len)
{
	for (size_t at = 48; at + 4 <= len;) {
		if (t[at] == 0x10 || t[at] == 0x11 || t[at] == 0x40)
			return true;
		if (le16(t + at + 2) < 4)
			return false;
		at += le16(t + at + 2);
	}
	return false;
}

static enum cpu_state table_state(const struct sysroot *sr, const char *name,
				  bool (*has_unit)(const unsigned char *t, size_t len))
{
	auto_buf b = { 0 };
	size_t len;

	if (!sysroot_exists(sr, "sys/firmware/acpi/tables/%s", name))
		return CPU_ABSENT;
	len = table_read(sr, name, &b);
	if (!len)
		return CPU_UNKNOWN;
	return has_unit((const unsigned char *)b.data, len) ? CPU_PRESENT : CPU_ABSENT;
}

enum cpu_state acpi_iommu(const struct sysroot *sr)
{
	/* Xen renames the DMAR that it uses to XMAR (xen/drivers/passthrough/vtd/dmar.c). */
	enum cpu_state state[] = { table_state(sr, "DMAR", dmar_has_unit),
				   table_state(sr, "XMAR", dmar_has_unit),
				   table_state(sr, "IVRS", ivrs_has_unit) };
	enum cpu_state ret = sysroot_exists(sr, "sys/firmware/acpi/tables") ? CPU_ABSENT : CPU_UNKNOWN;

	for (size_t i = 0; i < ARRAY_SIZE(state); i++) {
		if (state[i] == CPU_PRESENT)
			return CPU_PRESENT;
		if (state[i] == CPU_UNKNOWN)
			ret = CPU_UNKNOWN;
	}
	return ret;
}

/* Baud codes of SPCR; 0 is "as the firmware left it". */
static unsigned spcr_baud(unsigned code)
{
	switch (code) {
	case 3:
		return 9600;
	case 4:
		return 19200;
	case 6:
		return 57600;
	default:
		return 115200;
	}
}

bool acpi_spcr(const struct sysroot *sr, struct console_facts *ret)
{
	static const unsigned ports[] = { 0x3f8, 0x2f8, 0x3e8, 0x2e8 };
	auto_buf b = { 0 };
	const unsigned char *t;

	/* Serial Port Console Redirection Table: type at 36 (0, 1, 0x12: 16550), address at 40, baud at 58.
	 */
	if (table_read(sr, "SPCR", &b) < 61)
		return false;
	t = (const unsigned char *)b.data;
	if ((t[36] != 0 && t[36] != 1 && t[36] != 0x12) || t[40] != 1 || le32(t + 48))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(ports); i++) {
		if (le32(t + 44) != ports[i])
			continue;
		ret->serial_port = (int)i;
		ret->baud = spcr_baud(t[58]);
		ret->parity = "8n1";
		return true;
	}
	return false;
}
