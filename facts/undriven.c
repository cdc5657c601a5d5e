/* Storage and network hardware that nothing drives, and the firmware that the kernel asked for in vain. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>

#include "base/util.h"
#include "facts/parts.h"

#define INTEL       0x8086
#define CLASS_RAID  0x0104
#define RECORD_MAX  8192
#define RECORDS_MAX 100000

/* Intel's Volume Management Device: NVMe disks are behind it (drivers/pci/controller/vmd.c). */
static const unsigned vmd_devices[] = { 0x201d, 0x28c0, 0x467f, 0x4c3d, 0x7d0b,
					0x9a0b, 0xa77f, 0xad0b, 0xb06f, 0xb60b };

static unsigned hex_of(const struct sysroot *sr, const char *dev, const char *file)
{
	const char *s = sysroot_line(sr, "sys/bus/pci/devices/%s/%s", dev, file);

	return s ? (unsigned)strtoul(s, NULL, 16) : 0;
}

static bool is_vmd(unsigned vendor, unsigned device)
{
	for (size_t i = 0; vendor == INTEL && i < ARRAY_SIZE(vmd_devices); i++)
		if (vmd_devices[i] == device)
			return true;
	return false;
}

/* "alias pci:v00008086d00001521sv*sd*bc*sc*i* igb": the modules for this alias, with blanks between. */
static const char *modules_for(const struct sysroot *sr, const char *kernel, const char *modalias)
{
	auto_fclose FILE *f =
		kernel && modalias ? sysroot_file(sr, "lib/modules/%s/modules.alias", kernel) : NULL;
	auto_argv found = { 0 };
	auto_buf b = { 0 };
	char line[512];

	while (f && fgets(line, sizeof(line), f)) {
		auto_argv words = { 0 };

		argv_split(&words, line, " \n");
		if (words.n == 3 && fnmatch(words.v[1], modalias, 0) == 0)
			argv_add(&found, words.v[2]);
	}
	argv_sort_unique(&found);
	for (size_t i = 0; i < found.n; i++)
		buf_addf(&b, "%s%s", i ? " " : "", found.v[i]);
	return b.len ? arena_strdup(sr->arena, buf_str(&b)) : NULL;
}

/* pci.ids(5): "8086  Intel Corporation", below it "<tab>1521  I350 Gigabit Network Connection". */
static const char *name_of(const struct sysroot *sr, unsigned vendor, unsigned device)
{
	auto_fclose FILE *f = sysroot_file(sr, "usr/share/misc/pci.ids");
	auto_free char *maker = NULL;
	char line[512];

	while (f && fgets(line, sizeof(line), f)) {
		unsigned id;
		int n = 0;

		line[strcspn(line, "\n")] = '\0';
		if (isxdigit((unsigned char)line[0]) && sscanf(line, "%4x  %n", &id, &n) == 1 && n) {
			if (maker)
				break;
			maker = id == vendor ? xstrdup(line + n) : NULL;
		} else if (maker && line[0] == '\t' && line[1] != '\t' &&
			   sscanf(line + 1, "%4x  %n", &id, &n) == 1 && n && id == device) {
			return arena_printf(sr->arena, "%s %s", maker, line + 1 + n);
		}
	}
	return maker ? arena_strdup(sr->arena, maker) : NULL;
}

static const char *hint(const struct sysroot *sr, const struct undriven *u, bool remapped)
{
	if (is_vmd(u->vendor, u->device))
		return "NVMe disks are behind Intel VMD: switch VMD off in the firmware's setup, or have the "
		       "vmd "
		       "module on the medium";
	if (remapped || (u->vendor == INTEL && u->class_code == CLASS_RAID))
		return "the firmware's setup has this controller in RAID mode (Intel RST), which hides "
		       "disks: "
		       "switch it to AHCI or NVMe";
	if (u->modules)
		return arena_printf(sr->arena,
				    "the module %s is for it and did not start: see the kernel's messages",
				    u->modules);
	return "no module of this medium is for it";
}

static void look(const struct sysroot *sr, struct facts *f, const char *dev)
{
	unsigned class_code = hex_of(sr, dev, "class") >> 8;
	bool remapped = sysroot_u64(sr, 0, "sys/bus/pci/devices/%s/remapped_nvme", dev) > 0;
	bool driven = sysroot_link(sr, "sys/bus/pci/devices/%s/driver", dev) != NULL;
	struct undriven *u;

	if ((class_code >> 8 != 0x01 && class_code >> 8 != 0x02) || (driven && !remapped))
		return;
	u = arena_push(sr->arena, &f->undriven, &f->n_undriven, sizeof(*u));
	u->pci = arena_strdup(sr->arena, dev);
	u->class_code = class_code;
	u->vendor = hex_of(sr, dev, "vendor");
	u->device = hex_of(sr, dev, "device");
	u->name = name_of(sr, u->vendor, u->device);
	u->modules = modules_for(sr, f->kernel, sysroot_line(sr, "sys/bus/pci/devices/%s/modalias", dev));
	u->hint = hint(sr, u, remapped);
}

/*
 * "bnx2 0000:03:00.0: firmware: failed to load bnx2/bnx2-mips-09-6.2.1b.fw (-2)" is Debian's kernel's
 * wording, "Direct firmware load for X failed with error -2" everyone's
 * (drivers/base/firmware_loader/main.c).
 */
static void add_firmware(const char *message, struct argv *names)
{
	static const char *const before[] = { "firmware: failed to load ", "Direct firmware load for " };

	for (size_t i = 0; i < ARRAY_SIZE(before); i++) {
		const char *at = strstr(message, before[i]);
		auto_free char *name = NULL;

		if (!at)
			continue;
		at += strlen(before[i]);
		name = xstrndup(at, strcspn(at, " \n;"));
		if (*name && !argv_has(names, name))
			argv_add(names, name);
	}
}

/* Each read of /dev/kmsg is one record; EPIPE says that old ones were dropped. */
static void live_messages(struct argv *names)
{
	auto_close int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char record[RECORD_MAX + 1];

	for (int i = 0; fd >= 0 && i < RECORDS_MAX; i++) {
		ssize_t n = read(fd, record, RECORD_MAX);

		if (n < 0 && errno == EPIPE)
			continue;
		if (n <= 0)
			break;
		record[n] = '\0';
		add_firmware(record, names);
	}
}

static void captured_messages(const struct sysroot *sr, struct argv *names)
{
	auto_buf b = { 0 };
	auto_argv lines = { 0 };

	if (!sysroot_read(sr, &b, "xenith/kmsg"))
		return;
	argv_split(&lines, buf_str(&b), "\n");
	for (size_t i = 0; i < lines.n; i++)
		add_firmware(lines.v[i], names);
}

void facts_read_undriven(const struct sysroot *sr, struct facts *f)
{
	auto_argv devices = { 0 };
	auto_argv names = { 0 };

	sysroot_list(sr, &devices, "sys/bus/pci/devices");
	for (size_t i = 0; i < devices.n; i++)
		look(sr, f, devices.v[i]);
	if (sr->live)
		live_messages(&names);
	else
		captured_messages(sr, &names);
	for (size_t i = 0; i < names.n; i++)
		*(const char **)arena_push(sr->arena, &f->firmware, &f->n_firmware, sizeof(*f->firmware)) =
			arena_strdup(sr->arena, names.v[i]);
}

const char *facts_undriven_kind(const struct undriven *u)
{
	static const struct {
		unsigned class_code;
		const char *name;
	} kinds[] = { { 0x0100, "SCSI controller" },     { 0x0101, "IDE controller" },
		      { 0x0104, "RAID controller" },     { 0x0106, "SATA controller" },
		      { 0x0107, "SAS controller" },      { 0x0108, "NVMe controller" },
		      { 0x0200, "Ethernet controller" }, { 0x0207, "InfiniBand controller" } };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].class_code == u->class_code)
			return kinds[i].name;
	return u->class_code >> 8 == 0x01 ? "storage controller" : "network controller";
}

static void print_one(const struct undriven *u, struct buf *b)
{
	buf_addf(b, "%s %04x:%04x", facts_undriven_kind(u), u->vendor, u->device);
	if (u->name)
		buf_addf(b, " (%s)", u->name);
	buf_addf(b, " at %s: %s", u->pci, u->hint);
}

/* The driver that asks isn't told in all messages, so firmware counts for disks and ports alike. */
void facts_diagnose(const struct facts *f, enum facts_missing what, const char *before, struct buf *b)
{
	for (size_t i = 0; i < f->n_undriven; i++) {
		bool storage = f->undriven[i].class_code >> 8 == 0x01;

		if (!(what & (storage ? MISSING_DISK : MISSING_NIC)))
			continue;
		buf_adds(b, before);
		print_one(&f->undriven[i], b);
	}
	for (size_t i = 0; i < f->n_firmware; i++)
		buf_addf(b, "%sthe kernel asked for the firmware file %s and did not find it", before,
			 f->firmware[i]);
}
