/*
 * CPUID, MSRs and /proc/cpuinfo of the machine, or of a captured one.
 *
 * A captured folder holds xenith/cpuid, lines "leaf subleaf eax ebx ecx edx", and xenith/msr, lines
 * "number value", both in hex; "-" for a register that couldn't be read.
 */
#ifndef FACTS_CPUID_H
#define FACTS_CPUID_H

#include <stdbool.h>
#include <stdint.h>

#include "base/argv.h"
#include "facts/sysroot.h"

struct cpuid_regs {
	uint32_t eax, ebx, ecx, edx;
};

/* Zero-initialise; cpuid_clear frees. */
struct cpuid {
	bool live;
	struct argv leaves; /* captured lines */
	struct argv msrs;
	struct argv cpuinfo; /* its lines */
	struct argv flags;   /* words of its "flags" and "vmx flags" lines */
};

void cpuid_open(const struct sysroot *sr, struct cpuid *ret);
void cpuid_clear(struct cpuid *c);
/* Whether any CPUID leaf can be had at all. */
bool cpuid_known(const struct cpuid *c);
/* false if the processor doesn't have the leaf, or it wasn't captured; *ret is then zeroed. */
bool cpuid_get(const struct cpuid *c, uint32_t leaf, uint32_t sub, struct cpuid_regs *ret);
bool cpuid_msr(const struct cpuid *c, uint32_t msr, uint64_t *ret);
bool cpuid_flag(const struct cpuid *c, const char *flag); /* in /proc/cpuinfo */
/* The value of the first /proc/cpuinfo line with this key; NULL if none. It lives as long as c. */
const char *cpuid_info(const struct cpuid *c, const char *key);

#endif
