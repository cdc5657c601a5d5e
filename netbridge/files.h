/* Inside of net_apply_files: where the files go. */
#ifndef NETBRIDGE_FILES_H
#define NETBRIDGE_FILES_H

#include "netbridge/netbridge.h"

/* What the steps below share. */
struct net_out {
	const struct net_plan *plan;
	const char *root;
	struct door *door;
};

int net_out_put(const struct net_out *o, const char *path, const struct buf *text, struct err *err);
/* The default bridge in /etc/xen/xl.conf; all other lines stay. Nothing without a guests' bridge. */
int net_out_xl_conf(const struct net_out *o, struct err *err);
/* Xen's vif scripts run it behind their own work. */
int net_out_vif_hook(const struct net_out *o, struct err *err);

#endif
