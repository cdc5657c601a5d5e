/*
 * What the hypervisor says about the machine, when facts are read in one of its domains.
 *
 * Xen hides VT-x, SVM and the IOMMU from dom0 (CPUID faulting, zapped ACPI tables), so that only its own word
 * tells what the machine can do.
 */
#ifndef FACTS_XEN_H
#define FACTS_XEN_H

#include <stdbool.h>
#include <stdint.h>

#include "facts/sysroot.h"

struct xen {
	bool here;        /* this is a domain of Xen */
	bool dom0;        /* and the one in control */
	bool caps_hvm;    /* /sys/hypervisor/properties/capabilities offers hvm guests */
	bool has_caps;    /* that file could be read */
	bool has_phys;    /* the fields below are known (XEN_SYSCTL_physinfo, or a captured `xl info`) */
	bool hvm, hap;    /* HVM guests; with nested paging */
	bool iommu;       /* devices can be passed through */
	bool cpu_flag;    /* the processor has VT-x or SVM, whether or not Xen could switch it on */
	uint64_t mem_mib; /* of the host */
};

void xen_read(const struct sysroot *sr, struct xen *ret);

#endif
