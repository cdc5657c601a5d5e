/* Rules that the commands which make devices share. */
#ifndef KICKSTART_DEVICE_H
#define KICKSTART_DEVICE_H

#include "kickstart/table.h"

struct ks_device {
	const char *fstype, *mkfsoptions, *fsprofile;
	bool noformat, encrypted;
	const struct ks_luks *luks;
};

/* What contradicts itself in the options of one line. */
void ks_device_check(struct ks_line *line, const struct ks_device *d);

/* The option was given, with another value than 0: the reference takes 0 for "not given". */
bool ks_device_has(const struct ks_line *line, const char *name, int64_t value);

/* Mount points are kept in their shortest form. */
bool ks_convert_mount_point(struct ks_line *line, const struct ks_opt *opt, const char **value);

/* --bytes-per-inode: a number, until Fedora 9 and RHEL 6 stopped reading it. */
bool ks_convert_inode_ratio(struct ks_line *line, const struct ks_opt *opt, const char **value);

#endif
