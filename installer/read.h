/* What a run is told: the machine, and the kickstart file or the dialog's answers. */
#ifndef INSTALLER_READ_H
#define INSTALLER_READ_H

#include "installer/apply.h"

/* The machine, into run->facts; the boot medium begins to listen for its switches. */
int install_read_facts(struct install_run *run, struct err *err);
/* Read the machine again once its ports had the time to find a link. */
int install_see_links(struct install_run *run, struct err *err);

/*
 * Drivers that the command line names, the kickstart file into run->ks (after its %pre scripts), and the
 * drivers that it names. All faults of the file are one error.
 */
int install_read(struct install_run *run, struct err *err);

#endif
