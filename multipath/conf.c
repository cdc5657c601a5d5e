/* The files that make multipath and LVM take these LUNs and no others: multipath.conf(5), multipath(8). */
#include "base/util.h"
#include "multipath/plan.h"

void mpath_conf(const struct ks *ks, unsigned retries, struct buf *b)
{
	buf_adds(b, "# Written by xenith: only the LUNs named here are mapped. How storage of each make is "
		    "treated is\n"
		    "# left to multipath's own table.\n"
		    "defaults {\n"
		    "\tuser_friendly_names no\n"
		    "\tfind_multipaths strict\n"
		    "}\n"
		    "blacklist {\n"
		    "\twwid \".*\"\n"
		    "}\n"
		    "blacklist_exceptions {\n");
	for (size_t i = 0; i < ks->n_luns; i++) {
		auto_free char *wwid = mpath_wwid(ks->luns[i].wwid);

		buf_addf(b, "\twwid \"%s\"\n", wwid);
	}
	buf_adds(b, "}\nmultipaths {\n");
	for (size_t i = 0; i < ks->n_luns; i++) {
		auto_free char *wwid = mpath_wwid(ks->luns[i].wwid);

		if (ks->luns[i].alias)
			buf_addf(b, "\tmultipath {\n\t\twwid \"%s\"\n\t\talias \"%s\"\n\t}\n", wwid,
				 ks->luns[i].alias);
	}
	buf_adds(b, "}\n# Never for ever: a host whose storage is gone must say so.\noverrides "
		    "{\n\tno_path_retry ");
	if (retries)
		buf_addf(b, "%u\n}\n", retries);
	else
		buf_adds(b, "fail\n}\n");
}

void mpath_wwids(const struct ks *ks, struct buf *b)
{
	buf_adds(b, "# Multipath wwids, Version : 1.0\n"
		    "# NOTE: This file is automatically maintained by multipath and multipathd.\n"
		    "# You should not need to edit this file in normal circumstances.\n"
		    "#\n"
		    "# Valid WWIDs:\n");
	for (size_t i = 0; i < ks->n_luns; i++) {
		auto_free char *wwid = mpath_wwid(ks->luns[i].wwid);

		buf_addf(b, "/%s/\n", wwid);
	}
}

void mpath_luns_file(const struct mpath_plan *plan, struct buf *b)
{
	buf_adds(
		b,
		"# The LUNs of this host: WWID, paths at the installation, map, volume group and its UUID\n");
	for (size_t i = 0; i < plan->n_luns; i++) {
		const struct mpath_lun_plan *l = &plan->luns[i];

		buf_addf(b, "%s %zu %s %s %s\n", l->wwid, MAX(l->lun->n_up, mpath_min_paths(l->ks)), l->name,
			 l->vg ? l->vg : "-", l->vg_uuid ? l->vg_uuid : "-");
	}
}
