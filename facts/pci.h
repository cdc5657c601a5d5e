/* PCI addresses in sysfs paths. */
#ifndef FACTS_PCI_H
#define FACTS_PCI_H

#include "base/arena.h"

/* The last PCI function in a path ("/sys/devices/pci0000:00/0000:00:10.0/net/x" -> "0000:00:10.0"); NULL for
 * a path without one, and for what hangs on USB: there the address is the controller's. */
const char *pci_address(struct arena *a, const char *path);
/* The same without the exception for USB. */
const char *pci_parent(struct arena *a, const char *path);

#endif
