#include "guest/owner.h"

#include <unistd.h>

#include "base/file.h"
#include "base/util.h"
#include "guest/domain.h"
#include "guest/lvm_report.h"
#include "guest/manage.h"

#define LVM_S     300
#define OWNER_TAG "xenith.owner."

static const struct guest_vg *vg_of(const struct guest_host *host, const char *what)
{
	auto_free char *name = xstrndup(what, strcspn(what, "/"));

	return guest_host_vg(host, name);
}

/* NULL: it was made since the host was read. */
static const struct guest_lv *lv_of(const struct guest_host *host, const char *what)
{
	auto_free char *vg = xstrndup(what, strcspn(what, "/"));

	return guest_host_lv(host, vg, what + strcspn(what, "/") + 1);
}

bool guest_vg_elsewhere(const struct guest_vg *vg)
{
	return vg && (vg->san || vg->shared || vg->lock);
}

bool guest_vg_tagged(const struct guest_host *host, const struct guest_vg *vg)
{
	return guest_vg_elsewhere(vg) && !vg->lock && *host->name;
}

static char *own_tag(const struct guest_host *host)
{
	return xasprintf(OWNER_TAG "%s", host->name);
}

const char *guest_lv_owner(const struct guest_host *host, const struct guest_lv *lv)
{
	const struct guest_vg *vg = guest_host_vg(host, lv->vg);
	auto_free char *own = own_tag(host);
	auto_argv tags = { 0 };

	/* What a host wrote before the group was locked says nothing any more. */
	if (vg && vg->lock)
		return NULL;
	argv_split(&tags, lv->tags, ",");
	for (size_t i = 0; i < tags.n; i++)
		if (str_starts(tags.v[i], OWNER_TAG) && !str_eq(tags.v[i], own))
			return strstr(lv->tags, tags.v[i]) + strlen(OWNER_TAG);
	return NULL;
}

static void lvs_of(const struct guest_host *host, const struct guest_known *guest, struct argv *ret)
{
	struct guest_volumes vols = { 0 };

	guest_volumes_of(host, guest->config, &vols);
	guest_volumes_lvs(&vols, ret);
	guest_volumes_clear(&vols);
}

char *guest_owner(const struct guest_host *host, const struct guest_known *guest)
{
	auto_argv lvs = { 0 };

	lvs_of(host, guest, &lvs);
	for (size_t i = 0; i < lvs.n; i++) {
		const struct guest_lv *lv = lv_of(host, lvs.v[i]);
		const char *owner = lv ? guest_lv_owner(host, lv) : NULL;

		if (owner)
			return xstrndup(owner, strcspn(owner, ","));
	}
	return NULL;
}

static bool is_own(const struct guest_host *host, const struct guest_lv *lv)
{
	auto_free char *own = own_tag(host);
	auto_argv tags = { 0 };

	argv_split(&tags, lv ? lv->tags : "", ",");
	return argv_has(&tags, own);
}

static int refuse_others(const struct guest_host *host, const char *what, struct err *err)
{
	const struct guest_lv *lv = lv_of(host, what);
	const char *owner = lv ? guest_lv_owner(host, lv) : NULL;
	int len = owner ? (int)strcspn(owner, ",") : 0;

	if (!owner)
		return 0;
	return err_set(err, ERR_GUEST_DISK,
		       "volume %s is host %.*s's: two owners would destroy it. If that host is off for good: "
		       "lvchange --deltag " OWNER_TAG "%.*s %s",
		       what, len, owner, len, owner, what);
}

/* The volumes of groups that go by tags, and the pools of those that are thin. */
static void tagged_of(const struct guest_host *host, const struct argv *lvs, struct argv *ret)
{
	for (size_t i = 0; i < lvs->n; i++) {
		const struct guest_vg *vg = vg_of(host, lvs->v[i]);
		const struct guest_lv *lv = lv_of(host, lvs->v[i]);

		if (!guest_vg_tagged(host, vg))
			continue;
		if (lv && lv->pool)
			argv_addf(ret, "%s/%s", lv->vg, lv->pool);
		argv_add(ret, lvs->v[i]);
	}
	argv_sort_unique(ret);
}

static int change_tag(const struct guest_host *host, const char *option, const char *what, struct door *door,
		      struct err *err)
{
	auto_free char *tag = own_tag(host);

	return door_runl_for(door, LVM_S, err, "lvm", "lvchange", option, tag, what, NULL);
}

static int activate(const struct guest_host *host, const char *what, const char *lock_mode, struct door *door,
		    struct err *err)
{
	const struct guest_vg *vg = vg_of(host, what);
	struct err one = { 0 };

	if (!vg || !vg->lock)
		return door_runl_for(door, LVM_S, err, "lvm", "lvchange", "-a", "y", what, NULL);
	if (!door_runl_for(door, LVM_S, &one, "lvm", "lvchange", "-a", lock_mode, what, NULL))
		return 0;
	return err_set(err, ERR_GUEST_DISK, "lvmlockd does not let this host have volume %s: %s", what,
		       one.msg);
}

/* What another host's metadata, written over ours, doesn't know: its extents may be somebody's already. */
static void drop_map(const char *what, struct door *door)
{
	auto_free char *vg = xstrndup(what, strcspn(what, "/"));
	auto_free char *map = lvm_map_path(vg, what + strcspn(what, "/") + 1);

	if (file_exists(map))
		door_runl(door, NULL, "dmsetup", "remove", "--retry", map, NULL);
}

static int confirm_one(const struct guest_host *host, const char *what, struct door *door, struct err *err)
{
	auto_free char *own = own_tag(host);
	auto_buf out = { 0 };
	auto_run ask = { .out = &out, .timeout_s = LVM_S };
	auto_json *report = NULL;
	auto_argv tags = { 0 };
	const json_t *row;

	argv_addl(&ask.argv, "lvm", "lvs", "--reportformat", "json", "-o", "lv_tags", what, NULL);
	if (door_run(door, &ask, NULL)) {
		drop_map(what, door);
		return err_set(err, ERR_GUEST_DISK,
			       "volume %s is gone: another host changed the group at the same time", what);
	}
	report = json_loads(buf_str(&out), 0, NULL);
	row = json_array_get(lvm_rows(report, "lv"), 0);
	argv_split(&tags, lvm_field(row, "lv_tags"), ",");
	for (size_t i = 0; i < tags.n; i++)
		if (str_starts(tags.v[i], OWNER_TAG) && !str_eq(tags.v[i], own))
			return err_set(err, ERR_GUEST_DISK, "host %s takes volume %s at the same time",
				       tags.v[i] + strlen(OWNER_TAG), what);
	return argv_has(&tags, own)
		       ? 0
		       : err_set(err, ERR_GUEST_DISK,
				 "volume %s: another host changed the group at the same time", what);
}

int guest_own_confirm(const struct guest_host *host, const struct argv *lvs, struct door *door,
		      struct err *err)
{
	auto_argv tagged = { 0 };
	int r = 0;

	tagged_of(host, lvs, &tagged);
	if (!tagged.n || door->record)
		return 0;
	sleep(OWNER_CLAIM_S);
	for (size_t i = 0; !r && i < tagged.n; i++)
		r = confirm_one(host, tagged.v[i], door, err);
	return r;
}

static int claim(const struct guest_host *host, const struct argv *lvs, struct door *door, struct err *err)
{
	auto_argv tagged = { 0 }, claimed = { 0 };
	int r = 0;

	tagged_of(host, lvs, &tagged);
	for (size_t i = 0; !r && i < tagged.n; i++)
		r = refuse_others(host, tagged.v[i], err);
	for (size_t i = 0; !r && i < tagged.n; i++) {
		if (is_own(host, lv_of(host, tagged.v[i])))
			continue;
		argv_add(&claimed, tagged.v[i]);
		r = change_tag(host, "--addtag", tagged.v[i], door, err);
	}
	if (!r)
		r = guest_own_confirm(host, &claimed, door, err);
	for (size_t i = 0; r && i < claimed.n; i++)
		change_tag(host, "--deltag", claimed.v[i], door, NULL);
	return r;
}

int guest_own(const struct guest_host *host, const struct argv *lvs, struct door *door, struct err *err)
{
	int r = 0;

	for (size_t i = 0; !r && i < lvs->n; i++)
		if (!vg_of(host, lvs->v[i]))
			r = err_set(err, ERR_GUEST_DISK, "there is no volume %s here", lvs->v[i]);
	for (size_t i = 0; !r && i < lvs->n; i++)
		r = refuse_others(host, lvs->v[i], err);
	if (!r)
		r = claim(host, lvs, door, err);
	if (r)
		return r;
	for (size_t i = 0; !r && i < lvs->n; i++)
		r = activate(host, lvs->v[i], "ey", door, err);
	if (r)
		guest_disown(host, lvs, door, NULL);
	return r;
}

int guest_own_shared(const struct guest_host *host, const char *lv, struct door *door, struct err *err)
{
	int r = refuse_others(host, lv, err);

	return r ? r : activate(host, lv, "sy", door, err);
}

/* Whether a thin volume of the pool stays this host's. */
static bool pool_is_used(const struct guest_host *host, const struct guest_lv *pool, const struct argv *going)
{
	for (size_t i = 0; i < host->n_lvs; i++) {
		const struct guest_lv *lv = &host->lvs[i];
		auto_free char *what = xasprintf("%s/%s", lv->vg, lv->name);

		if (str_eq(lv->vg, pool->vg) && str_eq(lv->pool, pool->name) && is_own(host, lv) &&
		    !argv_has(going, what))
			return true;
	}
	return false;
}

static int disown_one(const struct guest_host *host, const char *what, const struct argv *going,
		      struct door *door, struct err *err)
{
	const struct guest_vg *vg = vg_of(host, what);
	const struct guest_lv *lv = lv_of(host, what);
	int r;

	if (lv && lv->is_pool && pool_is_used(host, lv, going))
		return 0;
	r = door_runl_for(door, LVM_S, err, "lvm", "lvchange", "--yes", "-a", "n", what, NULL);
	return r || !guest_vg_tagged(host, vg) ? r : change_tag(host, "--deltag", what, door, err);
}

int guest_disown(const struct guest_host *host, const struct argv *lvs, struct door *door, struct err *err)
{
	auto_argv going = { 0 }, pools = { 0 };
	int first = 0;

	for (size_t i = 0; i < lvs->n; i++) {
		const struct guest_vg *vg = vg_of(host, lvs->v[i]);
		const struct guest_lv *lv = lv_of(host, lvs->v[i]);

		if (!guest_vg_elsewhere(vg))
			continue;
		argv_add(&going, lvs->v[i]);
		if (lv && lv->pool && guest_vg_tagged(host, vg))
			argv_addf(&pools, "%s/%s", lv->vg, lv->pool);
	}
	argv_sort_unique(&pools);
	argv_addv(&going, pools.v);
	for (size_t i = 0; i < going.n; i++) {
		struct err one = { 0 };

		if (disown_one(host, going.v[i], &going, door, &one) && !first)
			first = err_copy(err, &one);
	}
	return first;
}

int guest_borrow(const struct guest_host *host, const struct guest_known *guest, struct guest_loan *ret,
		 struct door *door, struct err *err)
{
	struct domain_info info = { 0 };
	auto_argv lvs = { 0 };
	int r = domain_info(guest->name, &info, err);

	*ret = (struct guest_loan){ .host = host };
	if (r || info.state != DOMAIN_NONE)
		return r;
	lvs_of(host, guest, &lvs);
	r = guest_own(host, &lvs, door, err);
	if (!r)
		argv_addv(&ret->lvs, lvs.v);
	return r;
}

int guest_give_back(struct guest_loan *loan, int r, struct door *door, struct err *err)
{
	int back = loan->lvs.n ? guest_disown(loan->host, &loan->lvs, door, r ? NULL : err) : 0;

	argv_clear(&loan->lvs);
	return r ? r : back;
}
