/* What has to be there before the installer can run: mounts, modules, devices, names. */
#ifndef INSTALLER_INIT_SETUP_H
#define INSTALLER_INIT_SETUP_H

#include "base/err.h"
#include "base/log.h"

/* proc, sys, dev, run and what belongs into them. Mounting again what is mounted is no error. */
int setup_mounts(struct err *err);

/* udev, dm-multipath with its daemon, then udev's first pass over all devices, and the modules that no device
 * asks for. Missing modules, and a multipathd that doesn't start, are logged. */
int setup_devices(struct log *log, struct err *err);

/* Host name and loopback. */
int setup_names(struct err *err);

/* The value of a word of the kernel's command line: "" for a word without one, NULL if it isn't there.
 * free(3). */
char *setup_kernel_arg(const char *name);

/* Put words in front of those of /proc/cmdline, for every program: a file of our own is mounted over it. */
int setup_cmdline_add(const char *words, struct err *err);

/* What xenith iso embed put into the medium, onto the command line: the kickstart file first. */
int setup_embedded(struct err *err);

/*
 * Set a clock that is behind the time at which the medium was made (a file of seconds since 1970) to that
 * time. What was done, in words, in *ret (free(3)); NULL if the clock may be right.
 */
char *setup_clock(const char *built_path);

#endif
