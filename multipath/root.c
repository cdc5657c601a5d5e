#include "multipath/root.h"

#include "base/util.h"

/* What the paths say of themselves is no content of the LUN. */
static void contents(struct disk_facts *d, const struct mpath_lun *lun, struct arena *a)
{
	struct disk_content *old = d->contents;
	size_t n_old = d->n_contents;

	d->contents = NULL;
	d->n_contents = 0;
	for (size_t i = 0; i < n_old; i++)
		if (!str_eq(old[i].type, "mpath_member"))
			*(struct disk_content *)arena_push(a, &d->contents, &d->n_contents,
							   sizeof(*d->contents)) = old[i];
	for (size_t i = 0; !n_old && i < lun->n_contents; i++) {
		struct disk_content *c = arena_push(a, &d->contents, &d->n_contents, sizeof(*d->contents));

		*c = (struct disk_content){ .node = d->name,
					    .type = arena_strdup(a, lun->contents[i].type),
					    .label = lun->contents[i].label
							     ? arena_strdup(a, lun->contents[i].label)
							     : NULL,
					    .size_bytes = d->size_bytes };
	}
}

void mpath_root_facts(const struct mpath_plan *plan, const char *kernel_name, struct facts *facts)
{
	const struct mpath_lun_plan *l = mpath_plan_root(plan);
	struct disk_facts *map = NULL;
	size_t n = 0;

	for (size_t i = 0; l && i < facts->n_disks; i++) {
		struct disk_facts *d = &facts->disks[i];
		auto_free char *wwid = d->wwid ? mpath_wwid(d->wwid) : NULL;

		if (!str_eq(wwid, l->wwid)) {
			facts->disks[n++] = *d;
			continue;
		}
		if (map)
			continue;
		facts->disks[n] = *d;
		map = &facts->disks[n++];
		contents(map, l->lun, &facts->arena);
		map->name = kernel_name ? arena_strdup(&facts->arena, kernel_name) : map->name;
		map->path = arena_printf(&facts->arena, "/dev/mapper/%s", l->name);
		map->by_path = NULL;
		map->transport = "multipath";
		map->multipath_wwid = NULL;
		map->size_bytes = l->lun->size_bytes;
	}
	if (l)
		facts->n_disks = n;
}
