/* Volume groups, as lvm(8) reports them. */
#include <fcntl.h>

#include "base/json.h"
#include "base/run.h"
#include "base/util.h"
#include "facts/disk.h"

#define LVM_S 30

/* Only the devices that are named are opened, nothing is written, the kernel's device-mapper isn't asked. */
#define LVM_CONFIG                                                                                      \
	"devices{use_devicesfile=0 obtain_device_list_from_udev=0 external_device_info_source=\"none\"" \
	" hints=\"none\"}"

static const char *get(const json_t *row, const char *key)
{
	const char *s = json_string_value(json_object_get(row, key));

	return s ? s : "";
}

static uint64_t get_u64(const json_t *row, const char *key)
{
	uint64_t v = 0;

	return str_u64(get(row, key), &v) ? v : 0;
}

/* The disk and partition (or the array on some disks) behind a node that lvm names; NULL: none of them. */
static const char *node_of(const struct facts *f, const char *path, size_t len, const struct disk_facts **ret)
{
	for (size_t i = 0; i < f->n_disks; i++) {
		const struct disk_facts *d = &f->disks[i];

		*ret = d;
		if (strlen(d->path) == len && strncmp(d->path, path, len) == 0)
			return d->name;
		for (size_t p = 0; p < d->n_parts; p++)
			if (len > 5 && strlen(d->parts[p].node) == len - 5 &&
			    strncmp(d->parts[p].node, path + 5, len - 5) == 0)
				return d->parts[p].node;
	}
	*ret = NULL;
	for (size_t i = 0; i < f->n_disks; i++)
		for (const char **h = f->disks[i].holders; len > 5 && h && *h; h++)
			if (strlen(*h) == len - 5 && strncmp(*h, path + 5, len - 5) == 0)
				return *h;
	return NULL;
}

static void add_pv(struct arena *a, const struct facts *f, const json_t *row, struct vg_facts *vg)
{
	struct vg_pv *pv = arena_push(a, &vg->pvs, &vg->n_pvs, sizeof(*pv));
	const char *path = get(row, "pv_name");
	const struct disk_facts *disk = NULL;

	pv->uuid = arena_strdup(a, get(row, "pv_uuid"));
	pv->node = node_of(f, path, strlen(path), &disk);
	pv->disk = disk ? disk->name : NULL;
	pv->pe_start_bytes = get_u64(row, "pe_start");
	pv->extents = get_u64(row, "pv_pe_count");
}

/* Hidden ones are named in brackets. */
static void add_lv(struct arena *a, const json_t *row, struct vg_facts *vg)
{
	struct vg_lv *lv;

	if (get(row, "lv_name")[0] == '[')
		return;
	lv = arena_push(a, &vg->lvs, &vg->n_lvs, sizeof(*lv));
	lv->name = arena_strdup(a, get(row, "lv_name"));
	lv->uuid = arena_strdup(a, get(row, "lv_uuid"));
	lv->layout = arena_strdup(a, get(row, "lv_layout"));
	lv->size_bytes = get_u64(row, "lv_size");
}

/* "/dev/sda2:0-2047": a linear run; with several ranges (stripes) or none, there is no one place. */
static void seg_place(struct arena *a, const struct facts *f, const char *ranges, struct vg_seg *seg)
{
	const char *colon = strrchr(ranges, ':');
	const struct disk_facts *disk;
	auto_free char *first = NULL;

	if (!colon || strchr(ranges, ' '))
		return;
	first = xstrndup(colon + 1, strcspn(colon + 1, "-"));
	if (!str_u64(first, &seg->pv_extent))
		return;
	seg->pv_node = node_of(f, ranges, (size_t)(colon - ranges), &disk);
	if (seg->pv_node)
		seg->pv_node = arena_strdup(a, seg->pv_node);
}

static void add_seg(struct arena *a, const struct facts *f, const json_t *row, struct vg_facts *vg)
{
	for (size_t i = 0; i < vg->n_lvs; i++) {
		struct vg_lv *lv = &vg->lvs[i];
		struct vg_seg *seg;

		if (!str_eq(lv->uuid, get(row, "lv_uuid")))
			continue;
		seg = arena_push(a, &lv->segs, &lv->n_segs, sizeof(*seg));
		seg->type = arena_strdup(a, get(row, "segtype"));
		seg->start = get_u64(row, "seg_start_pe");
		seg->extents = vg->extent_bytes ? get_u64(row, "seg_size") / vg->extent_bytes : 0;
		if (str_eq(seg->type, "linear"))
			seg_place(a, f, get(row, "seg_pe_ranges"), seg);
	}
}

static const struct vg_pv *pv_at(const struct vg_facts *vg, const char *node)
{
	for (size_t i = 0; i < vg->n_pvs; i++)
		if (str_eq(vg->pvs[i].node, node))
			return &vg->pvs[i];
	return NULL;
}

/* What a volume holds, read where its first extents lie on the disk: no volume is activated for it. */
static void probe_lv(struct arena *a, const struct vg_facts *vg, struct vg_lv *lv)
{
	const struct vg_seg *first = lv->n_segs ? &lv->segs[0] : NULL;
	const struct vg_pv *pv = first && first->start == 0 ? pv_at(vg, first->pv_node) : NULL;
	auto_free char *path = pv ? xasprintf("/dev/%s", pv->node) : NULL;
	auto_close int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
	struct contents list = { 0 };
	struct probe_area at = { .fd = fd, .node = lv->name };

	if (fd < 0)
		return;
	at.start = pv->pe_start_bytes + first->pv_extent * vg->extent_bytes;
	at.size = first->extents * vg->extent_bytes;
	contents_probe(a, &at, &list);
	for (size_t i = 0; i < list.n; i++)
		if (!list.v[i].inside)
			list.v[i].size_bytes = lv->size_bytes;
	lv->contents = list.v;
	lv->n_contents = list.n;
}

/* Kernel names change from boot to boot, and lvm goes by them. */
static int by_uuid(const void *pa, const void *pb)
{
	const struct vg_pv *a = pa, *b = pb;

	return strcmp(a->uuid, b->uuid);
}

static void add_vg(struct arena *a, struct facts *f, const json_t *report)
{
	const json_t *row = json_array_get(json_object_get(report, "vg"), 0);
	struct vg_facts *vg;
	size_t i;

	if (!row || !*get(row, "vg_name"))
		return; /* physical volumes without a group */
	vg = arena_push(a, &f->vgs, &f->n_vgs, sizeof(*vg));
	vg->name = arena_strdup(a, get(row, "vg_name"));
	vg->uuid = arena_strdup(a, get(row, "vg_uuid"));
	vg->extent_bytes = get_u64(row, "vg_extent_size");
	vg->extents = get_u64(row, "vg_extent_count");
	vg->free_extents = get_u64(row, "vg_free_count");
	json_array_foreach (json_object_get(report, "pv"), i, row)
		add_pv(a, f, row, vg);
	if (vg->n_pvs)
		qsort(vg->pvs, vg->n_pvs, sizeof(*vg->pvs), by_uuid);
	json_array_foreach (json_object_get(report, "lv"), i, row)
		add_lv(a, row, vg);
	json_array_foreach (json_object_get(report, "seg"), i, row)
		add_seg(a, f, row, vg);
	for (i = 0; i < vg->n_lvs; i++)
		probe_lv(a, vg, &vg->lvs[i]);
}

static int by_name(const void *pa, const void *pb)
{
	const struct vg_facts *a = pa, *b = pb;
	int r = strcmp(a->name, b->name);

	return r ? r : strcmp(a->uuid, b->uuid);
}

static void parse(struct arena *a, const char *text, struct facts *f)
{
	auto_json *top = json_loads(text, 0, NULL);
	const json_t *report;
	size_t i;

	json_array_foreach (json_object_get(top, "report"), i, report)
		add_vg(a, f, report);
	if (f->n_vgs)
		qsort(f->vgs, f->n_vgs, sizeof(*f->vgs), by_name);
}

/* Arrays that run may be physical volumes too. */
static void md_paths(struct arena *a, const struct facts *f, struct argv *seen, struct buf *devices)
{
	for (size_t i = 0; i < f->n_disks; i++)
		for (const char **h = f->disks[i].holders; h && *h; h++) {
			auto_free char *path = xasprintf("/dev/%s", *h);
			struct disk_facts array = { 0 };

			if (!name_numbered(*h, "md") || argv_has(seen, *h))
				continue;
			argv_add(seen, *h);
			disk_probe(a, path, *h, true, 0, &array);
			for (size_t c = 0; c < array.n_contents; c++)
				if (str_eq(array.contents[c].type, "LVM2_member"))
					buf_addf(devices, "%s%s", devices->len ? "," : "", path);
		}
}

/* Of the paths to one LUN, the first: lvm would see the same volume several times. */
static void pv_paths(const struct sysroot *sr, const struct facts *f, struct buf *devices)
{
	struct disk_facts **list = disks_by_lun(sr, f);

	for (size_t i = 0; i < f->n_disks; i++) {
		const struct disk_facts *d = list[i];

		if (i && d->wwid && str_eq(d->wwid, list[i - 1]->wwid))
			continue;
		for (size_t c = 0; c < d->n_contents; c++)
			if (str_eq(d->contents[c].type, "LVM2_member"))
				buf_addf(devices, "%s/dev/%s", devices->len ? "," : "", d->contents[c].node);
	}
}

/* The group's name beside each of its physical volumes. */
static void name_groups(struct arena *a, struct facts *f)
{
	for (size_t v = 0; v < f->n_vgs; v++)
		for (size_t p = 0; p < f->vgs[v].n_pvs; p++)
			for (size_t d = 0; d < f->n_disks; d++)
				for (size_t c = 0; c < f->disks[d].n_contents; c++) {
					struct disk_content *content = &f->disks[d].contents[c];

					if (str_eq(content->node, f->vgs[v].pvs[p].node) &&
					    str_eq(content->type, "LVM2_member"))
						content->hint =
							arena_printf(a, "volume group %s", f->vgs[v].name);
				}
}

void disks_read_vgs(const struct sysroot *sr, struct facts *f)
{
	auto_argv arrays = { 0 };
	auto_buf devices = { 0 };
	auto_buf out = { 0 };
	auto_run run = { .out = &out, .timeout_s = LVM_S };

	if (!sr->live)
		return;
	pv_paths(sr, f, &devices);
	md_paths(sr->arena, f, &arrays, &devices);
	if (!devices.len)
		return;
	argv_addl(&run.argv, "lvm", "fullreport", "--readonly", "--reportformat", "json", "--units", "b",
		  "--nosuffix", "--config", LVM_CONFIG, "--devices", buf_str(&devices), "--all",
		  "--configreport", "vg", "-o",
		  "vg_name,vg_uuid,vg_extent_size,vg_extent_count,vg_free_count", "--configreport", "pv",
		  "-o", "pv_name,pv_uuid,pe_start,pv_pe_count", "--configreport", "lv", "-o",
		  "lv_name,lv_uuid,lv_size,lv_layout", "--configreport", "seg", "-o",
		  "lv_uuid,segtype,seg_start_pe,seg_size,seg_pe_ranges", "--configreport", "pvseg", "-o",
		  "pvseg_start", NULL);
	/* Without lvm, or with metadata that it can't read, no group is known: the members still are. */
	if (!run_argv(&run, NULL))
		parse(sr->arena, buf_str(&out), f);
	name_groups(sr->arena, f);
}
