/* In which order the packages of a new system are configured. */
#ifndef PACKAGES_ORDER_H
#define PACKAGES_ORDER_H

#include "base/argv.h"
#include "base/err.h"

struct order {
	struct argv first; /* what others take for granted without a dependency: the user database, awk */
	struct argv rest; /* all others: the base system, then what shapes the initramfs, then what is left */
	size_t n_initramfs; /* how many at the start of rest the initramfs waits for */
};

/*
 * From dpkg's database below dir (all packages unpacked; those that are configured are left out). dpkg itself
 * still sees to dependencies: this is only where it begins. ERR_SYS if the database can't be read.
 */
int order_make(const char *dir, struct order *ret, struct err *err);
void order_clear(struct order *order);

#endif
