/* libparted, loaded when a table is to be written: it runs programs (dmidecode) as soon as it is in a
 * process. */
#ifndef INSTALLER_DISK_PARTED_H
#define INSTALLER_DISK_PARTED_H

#include <parted/parted.h>

#include "base/err.h"

/* What table.c calls: ped_NAME each. */
#define PARTED_CALLS(X)                \
	X(constraint_destroy)          \
	X(constraint_exact)            \
	X(device_destroy)              \
	X(device_get)                  \
	X(disk_add_partition)          \
	X(disk_commit_to_dev)          \
	X(disk_commit_to_os)           \
	X(disk_delete_partition)       \
	X(disk_destroy)                \
	X(disk_get_partition)          \
	X(disk_new)                    \
	X(disk_new_fresh)              \
	X(disk_type_get)               \
	X(exception_set_handler)       \
	X(partition_destroy)           \
	X(partition_is_flag_available) \
	X(partition_new)               \
	X(partition_set_flag)          \
	X(partition_set_name)

struct parted {
#define PARTED_MEMBER(name) typeof(ped_##name) *name;
	PARTED_CALLS(PARTED_MEMBER)
#undef PARTED_MEMBER
};

/* Stays loaded until the process ends. ERR_SYS with the loader's words. */
int parted_load(const struct parted **ret, struct err *err);

#endif
