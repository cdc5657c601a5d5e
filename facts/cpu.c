#include "base/util.h"
#include "facts/acpi.h"
#include "facts/cpuid.h"
#include "facts/parts.h"

/* Intel SDM vol. 4: IA32_FEATURE_CONTROL, IA32_VMX_PROCBASED_CTLS, IA32_VMX_PROCBASED_CTLS2. */
#define MSR_FEATURE_CONTROL 0x3a
#define MSR_VMX_PROCBASED   0x482
#define MSR_VMX_PROCBASED2  0x48b
#define FC_LOCKED           (1u << 0)
#define FC_VMXON_OUTSIDE    (1u << 2)
/* AMD APM vol. 2, 15.30: VM_CR. */
#define MSR_VM_CR           0xc0010114
#define VM_CR_SVMDIS        (1u << 4)

static void read_ids(const struct sysroot *sr, const struct cpuid *c, struct cpu_facts *cpu)
{
	struct cpuid_regs r[3];
	char brand[49] = { 0 }, vendor[13] = { 0 };
	const char *info = cpuid_info(c, "vendor_id");

	if (cpuid_get(c, 0, 0, &r[0])) {
		memcpy(vendor, &r[0].ebx, 4);
		memcpy(vendor + 4, &r[0].edx, 4);
		memcpy(vendor + 8, &r[0].ecx, 4);
		cpu->vendor = arena_strdup(sr->arena, vendor);
	} else if (info) {
		cpu->vendor = arena_strdup(sr->arena, info);
	}
	info = cpuid_info(c, "model name");
	if (cpuid_get(c, 0x80000002, 0, &r[0]) && cpuid_get(c, 0x80000003, 0, &r[1]) &&
	    cpuid_get(c, 0x80000004, 0, &r[2])) {
		memcpy(brand, r, sizeof(r));
		info = brand + strspn(brand, " ");
	}
	if (info && *info)
		cpu->model = arena_strndup(sr->arena, info, strcspn(info, "\n"));
	for (size_t i = 0; i < c->cpuinfo.n; i++)
		cpu->threads += str_starts(c->cpuinfo.v[i], "processor\t");
	cpu->long_mode = cpuid_get(c, 0x80000001, 0, &r[0]) ? r[0].edx & 1u << 29 : cpuid_flag(c, "lm");
}

static bool is_intel(const struct cpu_facts *cpu)
{
	return str_eq(cpu->vendor, "GenuineIntel") || str_eq(cpu->vendor, "CentaurHauls") ||
	       str_eq(cpu->vendor, "  Shanghai  ");
}

static bool is_amd(const struct cpu_facts *cpu)
{
	return str_eq(cpu->vendor, "AuthenticAMD") || str_eq(cpu->vendor, "HygonGenuine");
}

static bool has_vmx(const struct cpuid *c)
{
	struct cpuid_regs r;

	return cpuid_get(c, 1, 0, &r) ? r.ecx & 1u << 5 : cpuid_flag(c, "vmx");
}

static bool has_svm(const struct cpuid *c)
{
	struct cpuid_regs r;

	return cpuid_get(c, 0x80000001, 0, &r) ? r.ecx & 1u << 2 : cpuid_flag(c, "svm");
}

/*
 * Without the MSR, the kernel's word counts: since 5.6 (VT-x) and 6.7 (SVM) it takes the flag away when the
 * firmware has switched it off. Where only /proc/cpuinfo is known, the flag is all there is.
 */
static enum cpu_state without_msr(const struct cpuid *c, const char *flag)
{
	if (cpuid_flag(c, flag))
		return CPU_PRESENT;
	return c->flags.n ? CPU_LOCKED : CPU_UNKNOWN;
}

static void read_vmx(const struct cpuid *c, struct cpu_facts *cpu)
{
	uint64_t v;

	cpu->hvm_name = "VT-x";
	if (!has_vmx(c))
		return;
	if (!cpuid_msr(c, MSR_FEATURE_CONTROL, &v))
		cpu->hvm = without_msr(c, "vmx");
	else
		cpu->hvm = v & FC_LOCKED && !(v & FC_VMXON_OUTSIDE) ? CPU_LOCKED : CPU_PRESENT;

	/* The upper half of each says what may be 1: secondary controls (31), and EPT (1) among them. */
	if (cpuid_msr(c, MSR_VMX_PROCBASED, &v)) {
		if (v >> 63 && cpuid_msr(c, MSR_VMX_PROCBASED2, &v) && v >> 33 & 1)
			cpu->slat = cpu->hvm;
	} else if (cpuid_flag(c, "ept")) {
		cpu->slat = cpu->hvm;
	} else if (!cpuid_flag(c, "vmx")) {
		cpu->slat = CPU_UNKNOWN;
	}
}

static void read_svm(const struct cpuid *c, struct cpu_facts *cpu)
{
	struct cpuid_regs r;
	uint64_t v;

	cpu->hvm_name = "SVM";
	if (!has_svm(c))
		return;
	if (!cpuid_msr(c, MSR_VM_CR, &v))
		cpu->hvm = without_msr(c, "svm");
	else
		cpu->hvm = v & VM_CR_SVMDIS ? CPU_LOCKED : CPU_PRESENT;
	if (cpuid_get(c, 0x8000000a, 0, &r) ? r.edx & 1 : cpuid_flag(c, "npt"))
		cpu->slat = cpu->hvm;
}

static const char *why_not(const struct sysroot *sr, const struct cpu_facts *cpu)
{
	switch (cpu->hvm) {
	case CPU_LOCKED:
		return arena_printf(
			sr->arena,
			"the processor has %s but the firmware has switched it off: enable %s in the "
			"firmware's setup and power the machine off and on",
			cpu->hvm_name,
			cpu->hvm_name[0] == 'V' ? "\"Intel Virtualization Technology\"" : "\"SVM mode\"");
	case CPU_ABSENT:
		return cpu->hvm_name
			       ? arena_printf(sr->arena, "the processor does not have %s", cpu->hvm_name)
			       : "the processor has neither VT-x nor SVM";
	case CPU_UNKNOWN:
		return "neither CPUID nor /proc/cpuinfo tells: load the msr module and try again";
	default:
		return NULL;
	}
}

static void read_native(const struct sysroot *sr, const struct cpuid *c, struct cpu_facts *cpu)
{
	if (is_intel(cpu))
		read_vmx(c, cpu);
	else if (is_amd(cpu))
		read_svm(c, cpu);
	else if (!cpu->vendor)
		cpu->hvm = cpu->slat = CPU_UNKNOWN;
	cpu->iommu = acpi_iommu(sr);
	cpu->why = why_not(sr, cpu);
}

/* In dom0 only Xen's word counts; without physinfo, what is hidden stays unknown. */
static void read_dom0(const struct sysroot *sr, const struct xen *xen, const struct cpuid *c,
		      struct cpu_facts *cpu)
{
	cpu->hvm_name = is_intel(cpu) ? "VT-x" : is_amd(cpu) ? "SVM" : NULL;
	if (xen->has_phys) {
		cpu->hvm = xen->hvm ? CPU_PRESENT : xen->cpu_flag && cpu->hvm_name ? CPU_LOCKED : CPU_ABSENT;
		cpu->slat = xen->hap ? CPU_PRESENT : CPU_ABSENT;
		cpu->iommu = xen->iommu ? CPU_PRESENT : CPU_ABSENT;
		cpu->why = why_not(sr, cpu);
		return;
	}
	cpu->hvm = xen->caps_hvm ? CPU_PRESENT : CPU_UNKNOWN;
	cpu->slat = CPU_UNKNOWN;
	if (xen->caps_hvm && is_amd(cpu)) {
		struct cpuid_regs r;

		if (cpuid_get(c, 0x8000000a, 0, &r) && r.edx & 1)
			cpu->slat = CPU_PRESENT;
	}
	/* Xen renames a DMAR table that it uses itself, so none to be seen means nothing. */
	cpu->iommu = acpi_iommu(sr);
	if (cpu->iommu == CPU_ABSENT)
		cpu->iommu = CPU_UNKNOWN;
	if (!xen->caps_hvm)
		cpu->why =
			xen->has_caps
				? "Xen offers no HVM guests here: the processor has no VT-x or SVM, or the "
				  "firmware has switched it off; Linux without Xen tells which"
				: "Xen hides it, and /sys/hypervisor/properties/capabilities can't be read";
}

static enum virt_level level_of(const struct cpu_facts *cpu)
{
	if (!cpu->long_mode)
		return VIRT_NONE;
	if (cpu->hvm != CPU_PRESENT)
		return VIRT_PV;
	if (cpu->slat != CPU_PRESENT)
		return VIRT_HVM;
	return cpu->iommu == CPU_PRESENT ? VIRT_IOMMU : VIRT_HAP;
}

void facts_read_cpu(const struct sysroot *sr, const struct xen *xen, struct facts *f)
{
	struct cpuid c;

	cpuid_open(sr, &c);
	read_ids(sr, &c, &f->cpu);
	if (xen->dom0)
		read_dom0(sr, xen, &c, &f->cpu);
	else
		read_native(sr, &c, &f->cpu);
	f->cpu.level = level_of(&f->cpu);
	cpuid_clear(&c);
}

const char *facts_virt_name(enum virt_level level)
{
	static const char *const names[] = { "none", "pv", "hvm", "hap", "iommu" };

	return (size_t)level < ARRAY_SIZE(names) ? names[level] : "none";
}

const char *facts_cpu_state_name(enum cpu_state state)
{
	static const char *const names[] = { "absent", "locked", "present", "unknown" };

	return (size_t)state < ARRAY_SIZE(names) ? names[state] : "unknown";
}
