/* What the files of the checks share. */
#ifndef KICKSTART_CHECK_H
#define KICKSTART_CHECK_H

#include <stdarg.h>

#include "kickstart/table.h"

struct ks_fault {
	enum ks_severity severity;
	struct ks_diags *diags;
	const char *file; /* for faults of no line */
};

/* Add one; at may be NULL: the fault is that something isn't there. */
void ks_fault(struct ks_fault *f, const struct ks_at *at, const char *word, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

void ks_check_net(const struct ks *ks, struct ks_fault *f);
void ks_check_disk(const struct ks *ks, struct ks_fault *f);
/* Exactly one root file system. */
void ks_check_root(const struct ks *ks, struct ks_fault *f);

#endif
