/* The plan for people and as data. */
#include "base/util.h"
#include "multipath/plan.h"

static void print_use(const struct mpath_lun_plan *l, struct buf *b)
{
	switch (l->use) {
	case MPATH_MAP:
		buf_adds(b, "nothing on it is changed");
		break;
	case MPATH_ROOT:
		buf_adds(b, "the system is installed on it");
		break;
	case MPATH_CREATE:
		buf_addf(b, "new volume group %s", l->vg);
		break;
	case MPATH_JOIN:
		buf_addf(b, "volume group %s %s is used as it is", l->vg, l->vg_uuid);
		break;
	case MPATH_KEEP:
		buf_addf(b, "volume group %s, made by this host, is kept", l->vg);
		break;
	}
}

void mpath_plan_print(const struct mpath_plan *plan, struct buf *b)
{
	for (size_t i = 0; i < plan->n_luns; i++) {
		const struct mpath_lun_plan *l = &plan->luns[i];

		buf_addf(b, "lun %s (%s%s%s, ", l->wwid, l->lun->vendor ? l->lun->vendor : "",
			 l->lun->vendor && l->lun->product ? " " : "",
			 l->lun->product ? l->lun->product : "");
		buf_add_bytes(b, l->lun->size_bytes);
		buf_adds(b, "): ");
		mpath_verdict_print(l->lun, b);
		buf_addf(b, ", %zu wanted; holds: ", mpath_min_paths(l->ks));
		mpath_contents_print(l->lun, b);
		buf_addf(b, "\nlun %s: mapped as %s; ", l->wwid, l->name);
		print_use(l, b);
		buf_addc(b, '\n');
		if (l->warning)
			buf_addf(b, "lun %s: warning: %s\n", l->wwid, l->warning);
	}
	if (plan->n_luns)
		buf_addf(b, "lun: no other LUN is mapped or opened for writing; LVM looks at no path\n");
}

json_t *mpath_plan_json(const struct mpath_plan *plan)
{
	static const char *const uses[] = { "map", "root", "create", "join", "keep" };
	json_t *list = json_array();

	for (size_t i = 0; i < plan->n_luns; i++) {
		const struct mpath_lun_plan *l = &plan->luns[i];
		json_t *o = json_object();
		auto_buf b = { 0 };

		json_put_str(o, "wwid", l->wwid);
		json_put_str(o, "name", l->name);
		json_put_str(o, "use", uses[l->use]);
		json_put_str(o, "vg", l->vg);
		json_put_str(o, "vg_uuid", l->vg_uuid);
		json_put_str(o, "verdict", mpath_verdict_name(l->lun->verdict));
		json_put_u64(o, "paths_up", l->lun->n_up);
		json_put_u64(o, "min_paths", mpath_min_paths(l->ks));
		json_put_u64(o, "size_bytes", l->lun->size_bytes);
		mpath_contents_print(l->lun, &b);
		json_put_str(o, "holds", buf_str(&b));
		json_put_str(o, "warning", l->warning);
		json_array_append_new(list, o);
	}
	return list;
}
