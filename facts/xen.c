#include "facts/xen.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "base/util.h"

/* xen/include/public/xen.h and sysctl.h; the interface version grows with Xen's releases (4.17-4.20: 0x15).
 */
#define HYPERVISOR_SYSCTL 35
#define SYSCTL_PHYSINFO   3
#define SYSCTL_FIRST      0x12
#define SYSCTL_LAST       0x1f
#define PHYSCAP_HVM       (1u << 0)
#define PHYSCAP_DIRECTIO  (1u << 2)
#define PHYSCAP_HAP       (1u << 3)

/* Linux, include/uapi/xen/privcmd.h, which needs headers that aren't installed. */
struct privcmd_hypercall {
	uint64_t op;
	uint64_t arg[5];
};
#define IOCTL_PRIVCMD_HYPERCALL _IOC(_IOC_NONE, 'P', 0, sizeof(struct privcmd_hypercall))

struct sysctl_physinfo {
	uint32_t cmd, interface_version;
	uint32_t threads_per_core, cores_per_socket, nr_cpus, max_cpu_id, nr_nodes, max_node_id, cpu_khz;
	uint32_t capabilities, arch_capabilities, pad;
	uint64_t total_pages, free_pages, scrub_pages, outstanding_pages, max_mfn;
	uint32_t hw_cap[8]; /* CPUID 1.EDX, 1.ECX, 80000001.EDX, 80000001.ECX, ... of the machine */
	char rest[256];
};

static bool has_cpu_flag(uint32_t leaf1_ecx, uint32_t ext1_ecx)
{
	return leaf1_ecx & 1u << 5 || ext1_ecx & 1u << 2;
}

/* Ask the running hypervisor; only dom0 may. Locked memory: Xen reads it without the kernel's help. */
static bool physinfo_call(int fd, struct sysctl_physinfo *info)
{
	for (uint32_t version = SYSCTL_FIRST; version <= SYSCTL_LAST; version++) {
		struct privcmd_hypercall call = { .op = HYPERVISOR_SYSCTL, .arg = { (uintptr_t)info } };

		memset(info, 0, sizeof(*info));
		info->cmd = SYSCTL_PHYSINFO;
		info->interface_version = version;
		if (ioctl(fd, IOCTL_PRIVCMD_HYPERCALL, &call) == 0)
			return true;
	}
	return false;
}

static void read_physinfo(struct xen *ret)
{
	auto_close int fd = open("/dev/xen/privcmd", O_RDWR | O_CLOEXEC);
	struct sysctl_physinfo *info;

	if (fd < 0)
		return;
	info = mmap(NULL, sizeof(*info), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1,
		    0);
	if (info == MAP_FAILED)
		return;
	if (physinfo_call(fd, info)) {
		ret->has_phys = true;
		ret->hvm = info->capabilities & PHYSCAP_HVM;
		ret->hap = info->capabilities & PHYSCAP_HAP;
		ret->iommu = info->capabilities & PHYSCAP_DIRECTIO;
		ret->cpu_flag = has_cpu_flag(info->hw_cap[1], info->hw_cap[3]);
		ret->mem_mib = info->total_pages / 256;
	}
	munmap(info, sizeof(*info));
}

/* One line of a captured `xl info`: "virt_caps : pv hvm hap hvm_directio". */
static void xl_info_line(const char *line, struct xen *ret)
{
	const char *colon = strchr(line, ':');
	unsigned cap[4];
	auto_argv words = { 0 };

	if (!colon)
		return;
	argv_split(&words, colon + 1, " \t");
	if (str_starts(line, "virt_caps")) {
		ret->has_phys = true;
		ret->hvm = argv_has(&words, "hvm");
		ret->hap = argv_has(&words, "hap");
		ret->iommu = argv_has(&words, "hvm_directio") || argv_has(&words, "pv_directio");
	} else if (str_starts(line, "total_memory") && words.n) {
		str_u64(words.v[0], &ret->mem_mib);
	} else if (str_starts(line, "hw_caps") && words.n &&
		   sscanf(words.v[0], "%8x:%8x:%8x:%8x", &cap[0], &cap[1], &cap[2], &cap[3]) == 4) {
		ret->cpu_flag = has_cpu_flag(cap[1], cap[3]);
	}
}

static void read_xl_info(const struct sysroot *sr, struct xen *ret)
{
	auto_buf b = { 0 };
	auto_argv lines = { 0 };

	if (!sysroot_read(sr, &b, "xenith/xl-info"))
		return;
	argv_split(&lines, buf_str(&b), "\n");
	for (size_t i = 0; i < lines.n; i++)
		xl_info_line(lines.v[i], ret);
}

void xen_read(const struct sysroot *sr, struct xen *ret)
{
	const char *caps = sysroot_line(sr, "sys/hypervisor/properties/capabilities");
	const char *control = sysroot_line(sr, "proc/xen/capabilities");

	*ret = (struct xen){ 0 };
	ret->here = control || str_eq(sysroot_line(sr, "sys/hypervisor/type"), "xen");
	if (!ret->here)
		return;
	ret->dom0 = control && strstr(control, "control_d");
	ret->has_caps = caps != NULL;
	ret->caps_hvm = caps && strstr(caps, "hvm-");
	if (ret->dom0 && sr->live)
		read_physinfo(ret);
	else if (ret->dom0)
		read_xl_info(sr, ret);
}
