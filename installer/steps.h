/* The steps that make the host, in their order. */
#ifndef INSTALLER_STEPS_H
#define INSTALLER_STEPS_H

#include "installer/apply.h"

struct install_step {
	const char *name;
	const char *what;
	int (*fn)(struct install_run *run, struct err *err);
	/* What it finds: nothing, since it begins with the disks; the target's file systems, mounted and
	 * empty; those with what the steps before left in them; the kernel's file systems, too. */
	enum { ON_DISKS, ON_EMPTY, ON_TARGET, ON_KERNEL } stands;
	enum err_code about; /* which error it is if a program or the system fails, and nothing more is known;
				0: none */
};

extern const struct install_step install_steps[];
extern const size_t n_install_steps;

#endif
