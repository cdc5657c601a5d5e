/* How well a LUN is reached. */
#include "base/util.h"
#include "multipath/read.h"

bool mpath_is_san(const struct mpath *san, const struct mpath_lun *lun)
{
	(void)san;
	return lun->fabric || lun->n_paths > 1 || lun->expected || lun->map;
}

const char *mpath_verdict_name(enum mpath_verdict v)
{
	static const char *const names[] = {
		[MPATH_OK] = "OK",
		[MPATH_DEGRADED] = "DEGRADED",
		[MPATH_SINGLE_HBA] = "SINGLE-HBA",
		[MPATH_SINGLE_PORT] = "SINGLE-TARGET-PORT",
		[MPATH_MIXED_PRIO] = "MIXED-PRIO",
		[MPATH_NO_PATH] = "NO-PATH",
		[MPATH_DUPLICATE] = "DUPLICATE-WWID",
	};

	return names[v];
}

void mpath_verdict_print(const struct mpath_lun *lun, struct buf *b)
{
	buf_addf(b, "%s %zu/%zu", mpath_verdict_name(lun->verdict), lun->n_up,
		 MAX(lun->n_paths, lun->expected));
}

/* One port of the storage: by its name where the transport gives one, else by channel and target number. */
static bool same_port(const struct mpath_path *a, const struct mpath_path *b)
{
	if (a->target_port && b->target_port)
		return strcmp(a->target_port, b->target_port) == 0;
	return a->channel == b->channel && a->target == b->target;
}

static enum mpath_verdict judge(const struct mpath_lun *lun)
{
	bool one_hba = true, one_port = true, mixed = false;
	const struct mpath_path *first = NULL;

	if (lun->verdict == MPATH_DUPLICATE)
		return MPATH_DUPLICATE;
	if (!lun->n_up)
		return MPATH_NO_PATH;
	if (lun->n_up < MAX(lun->n_paths, lun->expected))
		return MPATH_DEGRADED;
	for (size_t i = 0; i < lun->n_paths; i++) {
		const struct mpath_path *p = &lun->paths[i];

		if (!first)
			first = p;
		one_hba = one_hba && p->host == first->host;
		one_port = one_port && same_port(p, first);
		/* An ALUA state on some paths only: the handler isn't attached to the others. */
		mixed = mixed || !p->access != !first->access;
	}
	if (one_hba)
		return MPATH_SINGLE_HBA;
	if (one_port)
		return MPATH_SINGLE_PORT;
	return mixed || lun->verdict == MPATH_MIXED_PRIO ? MPATH_MIXED_PRIO : MPATH_OK;
}

void mpath_judge(struct mpath *san)
{
	for (size_t i = 0; i < san->n_luns; i++) {
		struct mpath_lun *lun = &san->luns[i];
		bool ro = lun->n_paths > 0;

		for (size_t p = 0; p < lun->n_paths; p++)
			ro = ro && lun->paths[p].read_only;
		if (!lun->hidden && !lun->size_bytes)
			lun->hidden = "without a size";
		if (!lun->hidden && ro)
			lun->hidden = "read-only";
		lun->verdict = judge(lun);
	}
}
