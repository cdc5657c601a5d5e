/* The ACPI tables that facts needs, from /sys/firmware/acpi/tables. */
#ifndef FACTS_ACPI_H
#define FACTS_ACPI_H

#include "facts/facts.h"
#include "facts/sysroot.h"

/*
 * CPU_PRESENT if a DMAR (Intel) or IVRS (AMD) table describes at least one unit, CPU_ABSENT if neither is
 * there, CPU_UNKNOWN if there are no tables to look at or one can't be read or is cut.
 */
enum cpu_state acpi_iommu(const struct sysroot *sr);
/* Fill serial_port, baud and parity from SPCR; false if there is none, or it is no standard COM port. */
bool acpi_spcr(const struct sysroot *sr, struct console_facts *ret);

#endif
