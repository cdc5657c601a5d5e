/* The parts of facts_read; each fills its fields of f and takes what is missing as unknown. */
#ifndef FACTS_PARTS_H
#define FACTS_PARTS_H

#include "facts/facts.h"
#include "facts/sysroot.h"
#include "facts/xen.h"

void facts_read_machine(const struct sysroot *sr, const struct xen *xen, struct facts *f);
void facts_read_console(const struct sysroot *sr, struct facts *f); /* after the machine: uses f->cmdline */
void facts_read_cpu(const struct sysroot *sr, const struct xen *xen, struct facts *f);
void facts_read_disks(const struct sysroot *sr, struct facts *f); /* after the machine: uses f->cmdline */
void facts_read_nics(const struct sysroot *sr, struct facts *f);
void facts_read_undriven(const struct sysroot *sr, struct facts *f); /* after the machine: uses f->kernel */

const char *facts_cpu_state_name(enum cpu_state state); /* "absent", "locked", "present", "unknown" */

#endif
