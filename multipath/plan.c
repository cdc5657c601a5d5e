#include "multipath/plan.h"

#include "base/util.h"

struct planner {
	const struct mpath *san;
	const struct ks *ks;
	struct mpath_plan *plan;
	struct buf wrong; /* "file:line: word: reason" lines */
	enum err_code
		code; /* of the first of them that is the file's fault, else of the first; 0: none yet */
	bool waited;
};

static void wrong(struct planner *p, enum err_code code, const struct ks_at *at, const char *word,
		  const char *fmt, ...) __attribute__((format(printf, 5, 6)));

static void wrong(struct planner *p, enum err_code code, const struct ks_at *at, const char *word,
		  const char *fmt, ...)
{
	va_list ap;

	buf_addf(&p->wrong, "%s:%u: %s: ", at->file ? at->file : "kickstart", at->line, word);
	va_start(ap, fmt);
	buf_vaddf(&p->wrong, fmt, ap);
	va_end(ap);
	buf_addc(&p->wrong, '\n');
	if (!p->code || (ERR_KIND(code) == ERR_INPUT && ERR_KIND(p->code) != ERR_INPUT))
		p->code = code;
}

size_t mpath_min_paths(const struct ks_lun *lun)
{
	return lun->min_paths > 0 ? (size_t)lun->min_paths : 1;
}

unsigned mpath_wait_s(const struct ks_lun *lun)
{
	return lun->wait_s >= 0 ? (unsigned)lun->wait_s : MPATH_WAIT_S;
}

/* The LUNs that could be meant, one a line. */
static void list(const struct mpath *san, struct buf *b)
{
	bool any = false;

	for (size_t i = 0; i < san->n_luns; i++) {
		const struct mpath_lun *lun = &san->luns[i];

		if (lun->hidden || !mpath_is_san(san, lun))
			continue;
		any = true;
		buf_addf(b, "\n  %s  ", lun->wwid);
		mpath_verdict_print(lun, b);
		buf_addf(b, "  %s %s  ", lun->vendor ? lun->vendor : "", lun->product ? lun->product : "");
		buf_add_bytes(b, lun->size_bytes);
	}
	if (!any)
		buf_adds(b, "\n  none");
}

static void too_few(struct planner *p, const struct ks_lun *ks, const struct mpath_lun *lun)
{
	auto_buf b = { 0 };

	if (lun)
		for (size_t i = 0; i < lun->n_paths; i++)
			buf_addf(&b, "%s%u:%u:%u:%llu %s", i ? ", " : "; there are ", lun->paths[i].host,
				 lun->paths[i].channel, lun->paths[i].target,
				 (unsigned long long)lun->paths[i].lun, lun->paths[i].state);
	else {
		buf_adds(&b, "; the LUNs that this machine sees are:");
		list(p->san, &b);
	}
	if (p->waited)
		wrong(p, ERR_SAN_PATHS, &ks->at, ks->wwid, "%zu of %zu paths came within %u s%s",
		      lun ? lun->n_up : 0, mpath_min_paths(ks), mpath_wait_s(ks), buf_str(&b));
	else
		wrong(p, ERR_SAN_PATHS, &ks->at, ks->wwid, "%zu of %zu paths are up%s", lun ? lun->n_up : 0,
		      mpath_min_paths(ks), buf_str(&b));
}

/* A UUID of LVM's: 32 letters and digits in seven groups. */
static bool is_uuid(const char *s)
{
	static const size_t groups[] = { 6, 4, 4, 4, 4, 4, 6 };

	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		for (size_t n = 0; n < groups[i]; n++, s++)
			if (!((*s >= '0' && *s <= '9') || (*s >= 'a' && *s <= 'z') ||
			      (*s >= 'A' && *s <= 'Z')))
				return false;
		if (i + 1 < ARRAY_SIZE(groups) && *s++ != '-')
			return false;
	}
	return !*s;
}

/* lvm(8), VALID NAMES. */
static bool vg_name_ok(const char *s)
{
	return strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+_.-") == strlen(s) &&
	       *s != '-' && strlen(s) <= 127 && strcmp(s, ".") != 0 && strcmp(s, "..") != 0;
}

static void check_names(struct planner *p, const struct ks_lun *ks)
{
	if (ks->vg && !(ks->join && is_uuid(ks->vg)) && !vg_name_ok(ks->vg))
		wrong(p, ERR_SAN_VG_NAME, &ks->at, ks->vg, "is no name for a volume group");
	for (size_t i = 0; ks->vg && i < p->ks->n_volgroups; i++)
		if (str_eq(p->ks->volgroups[i].name, ks->vg))
			wrong(p, ERR_SAN_VG_NAME, &ks->at, ks->vg,
			      "is also the volume group of line %u, on local disks",
			      p->ks->volgroups[i].at.line);
}

static void plan_create(struct planner *p, struct mpath_lun_plan *l)
{
	const struct mpath_lun *lun = l->lun;
	auto_buf b = { 0 };

	l->use = MPATH_CREATE;
	l->vg = l->ks->vg;
	mpath_contents_print(lun, &b);
	if (str_eq(lun->vg.name, l->vg) && (lun->made || str_eq(lun->vg.uuid, lun->own_vg_uuid))) {
		l->use = MPATH_KEEP;
		l->vg_uuid = lun->vg.uuid;
	} else if (str_eq(lun->vg.name, l->vg)) {
		wrong(p, ERR_SAN_NOT_EMPTY, &l->ks->at, l->ks->wwid,
		      "volume group %s is there already (%s); add --join to use it as it is", l->vg,
		      buf_str(&b));
	} else if (lun->n_contents || lun->vg.name) {
		wrong(p, ERR_SAN_NOT_EMPTY, &l->ks->at, l->ks->wwid,
		      "it is not empty (%s), and nothing of others is destroyed; name another LUN, or clear "
		      "this "
		      "one on the host that it belongs to",
		      buf_str(&b));
	}
}

static void plan_join(struct planner *p, struct mpath_lun_plan *l)
{
	const struct mpath_vg *vg = &l->lun->vg;
	auto_buf b = { 0 };
	size_t said = 0;

	l->use = MPATH_JOIN;
	l->vg = vg->name;
	l->vg_uuid = vg->uuid;
	mpath_contents_print(l->lun, &b);
	for (size_t i = 0; i < p->ks->n_luns; i++)
		said += p->ks->luns[i].join && str_eq(p->ks->luns[i].vg, l->ks->vg);
	if (!vg->name || (strcmp(vg->name, l->ks->vg) != 0 && !str_eq(vg->uuid, l->ks->vg)))
		wrong(p, ERR_SAN_JOIN, &l->ks->at, l->ks->vg,
		      "this volume group is not on LUN %s, which holds: %s", l->wwid, buf_str(&b));
	else if (!vg->uuid)
		wrong(p, ERR_SAN_JOIN, &l->ks->at, l->ks->vg,
		      "the volume group's UUID can't be read from LUN %s", l->wwid);
	else if (vg->n_pvs > said)
		wrong(p, ERR_SAN_JOIN, &l->ks->at, l->ks->vg,
		      "this volume group stands on %zu physical volumes, and %zu lun line%s them", vg->n_pvs,
		      said, said == 1 ? " names" : "s name");
}

/* Whether it may be used at all; what is wrong is said. */
static bool fit(struct planner *p, const struct ks_lun *ks, const struct mpath_lun *lun)
{
	size_t before = p->wrong.len;

	if (lun && lun->hidden)
		wrong(p, ERR_SAN_UNFIT, &ks->at, ks->wwid, "this LUN can't be used: it is %s", lun->hidden);
	else if (lun && lun->verdict == MPATH_DUPLICATE)
		wrong(p, ERR_SAN_UNFIT, &ks->at, ks->wwid,
		      "disks of different make say this WWID; the storage must be put right first");
	else if (lun && lun->sizes_differ)
		wrong(p, ERR_SAN_UNFIT, &ks->at, ks->wwid,
		      "its paths disagree on its size; was it resized? Scan it again on all paths");
	else if (!lun || lun->n_up < mpath_min_paths(ks))
		too_few(p, ks, lun);
	else if (lun->reservation)
		wrong(p, ERR_SAN_RESERVED, &ks->at, ks->wwid, "another host holds %s", lun->reservation);
	else if (lun->unread && (ks->vg || ks->root))
		wrong(p, ERR_SAN_UNFIT, &ks->at, ks->wwid, "it can't be used: %s", lun->unread);
	return p->wrong.len == before;
}

static const char *warning(struct planner *p, const struct mpath_lun *lun)
{
	auto_buf b = { 0 };

	if (lun->verdict == MPATH_OK)
		return NULL;
	mpath_verdict_print(lun, &b);
	return arena_printf(&p->plan->arena, "LUN %s is %s", lun->wwid, buf_str(&b));
}

static void plan_lun(struct planner *p, const struct ks_lun *ks)
{
	const struct mpath_lun *lun = mpath_find(p->san, ks->wwid);
	auto_free char *wwid = mpath_wwid(ks->wwid);
	struct mpath_lun_plan *l;

	check_names(p, ks);
	if (!fit(p, ks, lun))
		return;
	l = arena_push(&p->plan->arena, &p->plan->luns, &p->plan->n_luns, sizeof(*l));
	l->ks = ks;
	l->lun = lun;
	l->wwid = arena_strdup(&p->plan->arena, wwid);
	l->name = ks->alias ? ks->alias : l->wwid;
	l->warning = warning(p, lun);
	if (ks->root)
		l->use = MPATH_ROOT;
	else if (ks->vg && ks->join)
		plan_join(p, l);
	else if (ks->vg)
		plan_create(p, l);
}

int mpath_plan_make(const struct mpath *san, const struct ks *ks, bool waited, struct mpath_plan *ret,
		    struct err *err)
{
	struct mpath_plan plan = { 0 };
	struct planner p = { .san = san, .ks = ks, .plan = &plan, .waited = waited };
	int r = 0;

	for (size_t i = 0; i < ks->n_luns; i++)
		plan_lun(&p, &ks->luns[i]);
	if (p.wrong.len) {
		r = err_set(err, p.code, "%s", buf_str(&p.wrong));
		mpath_plan_clear(&plan);
	} else {
		*ret = plan;
	}
	buf_clear(&p.wrong);
	return r;
}

void mpath_plan_clear(struct mpath_plan *plan)
{
	arena_clear(&plan->arena);
	*plan = (struct mpath_plan){ 0 };
}

const struct mpath_lun_plan *mpath_plan_root(const struct mpath_plan *plan)
{
	for (size_t i = 0; i < plan->n_luns; i++)
		if (plan->luns[i].use == MPATH_ROOT)
			return &plan->luns[i];
	return NULL;
}
