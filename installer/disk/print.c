/* The plan for people. */
#include "base/util.h"
#include "installer/disk/plan.h"

const char *disk_id(const struct disk_facts *disk)
{
	return disk->id ? disk->id : disk->by_path ? disk->by_path : disk->name;
}

void disk_contents_print(const struct disk_facts *disk, struct buf *b)
{
	for (size_t i = 0; i < disk->n_contents; i++) {
		const struct disk_content *c = &disk->contents[i];
		size_t n = strlen(disk->name);

		buf_adds(b, i ? ", " : "");
		disk_content_print(c, b);
		/* Kernel names change from boot to boot, numbers of partitions don't. */
		if (str_starts(c->node, disk->name) && c->node[n])
			buf_addf(b, " on part %s", c->node + n + (c->node[n] == 'p'));
	}
	if (!disk->n_contents)
		buf_adds(b, "empty");
}

static void print_part_contents(const struct disk_facts *d, const char *node, struct buf *b)
{
	bool any = false;

	for (size_t i = 0; i < d->n_contents; i++) {
		if (!str_eq(d->contents[i].node, node))
			continue;
		buf_adds(b, any ? ", " : "");
		disk_content_print(&d->contents[i], b);
		any = true;
	}
	buf_adds(b, any ? "" : "empty");
}

/* What goes first, then what stays. */
static void print_partial(const struct disk_target *t, struct buf *b)
{
	for (int stays = 0; stays <= 1; stays++)
		for (size_t i = 0; i < t->disk->n_parts; i++) {
			const struct disk_part *part = &t->disk->parts[i];

			if (disk_loses(t, part->node) == stays)
				continue;
			buf_addf(b, "disk %s: %s part %u, ", t->id, stays ? "keep" : "remove", part->number);
			buf_add_bytes(b, part->size_bytes);
			buf_adds(b, " (");
			print_part_contents(t->disk, part->node, b);
			buf_adds(b, ")\n");
		}
}

static void print_wipe(const struct disk_target *t, struct buf *b)
{
	if (t->partial) {
		print_partial(t, b);
		return;
	}
	buf_addf(b, "disk %s (%s%s", t->id, t->disk->model ? t->disk->model : "", t->disk->model ? ", " : "");
	buf_add_bytes(b, t->disk->size_bytes);
	buf_adds(b, t->keep ? "): keep (" : "): wipe (");
	disk_contents_print(t->disk, b);
	buf_adds(b, ")\n");
}

/* ", LUKS2 crypt-root", or ", pv.1", or ", ext4, label \"x\", /srv". */
static void print_holds(const struct disk_holds *h, const char *kind, struct buf *b)
{
	if (h->luks) {
		buf_addf(b, ", %s", h->luks);
		return;
	}
	if (h->member)
		buf_addf(b, ", %s", h->member);
	if (h->fstype && !str_eq(h->fstype, kind))
		buf_addf(b, ", %s", disk_type_find(h->fstype)->fs);
	if (h->label)
		buf_addf(b, ", label \"%s\"", h->label);
	if (h->mntpoint && h->mntpoint[0] == '/')
		buf_addf(b, ", %s", h->mntpoint);
}

static void print_parts(const struct disk_plan *plan, size_t d, struct buf *b)
{
	const struct disk_target *t = &plan->disks[d];

	if (t->keep) {
		buf_addf(b, "disk %s: the table stays as it is (%s)\n", t->id, t->table);
		return;
	}
	if (t->partial)
		buf_addf(b, "disk %s: %llu MiB at %llu MiB are free then, the largest gap (%s)\n", t->id,
			 (unsigned long long)t->room_mib, (unsigned long long)t->first_mib, t->table);
	else
		buf_addf(b, "disk %s: new table (%s)\n", t->id, t->table);
	for (size_t i = 0; i < t->n_parts; i++) {
		const struct disk_part_plan *part = &t->parts[i];

		buf_addf(b, "disk %s: part %u, %llu MiB at %llu MiB, %s", t->id, part->number,
			 (unsigned long long)part->size_mib, (unsigned long long)part->start_mib, part->kind);
		print_holds(&part->holds, part->kind, b);
		buf_addc(b, '\n');
	}
}

static void print_raid(const struct disk_raid_plan *r, struct buf *b)
{
	buf_addf(b, "raid %s: level %u, %llu MiB, of", r->name, r->level, (unsigned long long)r->size_mib);
	for (size_t i = 0; i < r->n_devs; i++)
		buf_addf(b, " %s%s", r->members[i], i >= r->n_devs - r->spares ? " (spare)" : "");
	if (r->chunk_kib)
		buf_addf(b, ", chunks of %u KiB", r->chunk_kib);
	buf_addf(b, ", metadata %s", r->metadata);
	print_holds(&r->holds, NULL, b);
	buf_addc(b, '\n');
}

/* "disk ID part 3", or the name of an array or volume. */
static void print_dev(const struct disk_plan *plan, const struct disk_dev *dev, struct buf *b)
{
	if (!dev->node)
		buf_addf(b, "disk %s part %u", plan->disks[dev->disk].id, dev->part);
	else
		buf_adds(b, dev->node + (str_starts(dev->node, "/dev/md/")       ? 8
					 : str_starts(dev->node, "/dev/mapper/") ? 12
										 : 5));
}

static void print_luks(const struct disk_plan *plan, const struct disk_luks_plan *l, struct buf *b)
{
	buf_addf(b, "luks %s: %s on ", l->name, l->version);
	print_dev(plan, &l->on, b);
	if (l->cipher)
		buf_addf(b, ", cipher %s", l->cipher);
	if (l->pbkdf)
		buf_addf(b, ", %s", l->pbkdf);
	if (l->pbkdf_memory_kib > 0)
		buf_addf(b, ", opened with %lld MiB of memory at most",
			 (long long)l->pbkdf_memory_kib / 1024);
	buf_addf(b, ", passphrase *** asked for at %s", l->early ? "the start of the boot" : "boot");
	print_holds(&l->holds, NULL, b);
	buf_addc(b, '\n');
}

static void print_lv(const struct disk_vg_plan *vg, const struct disk_lv_plan *lv, struct buf *b)
{
	buf_addf(b, "lv %s/%s: %llu MiB", vg->name, lv->name, (unsigned long long)lv->size_mib);
	if (lv->pool)
		buf_addf(b, " (thin, in %s)", lv->pool);
	if (lv->metadata_mib)
		buf_addf(b, ", thin pool, chunks of %u KiB, %llu MiB of metadata and as much for its repair",
			 lv->chunk_kib, (unsigned long long)lv->metadata_mib);
	print_holds(&lv->holds, NULL, b);
	buf_addc(b, '\n');
}

static void print_vg(const struct disk_vg_plan *vg, struct buf *b)
{
	buf_addf(b, "vg %s:%s on", vg->name, vg->exists ? " kept," : "");
	for (const char **pv = vg->pvs; *pv; pv++)
		buf_addf(b, " %s", *pv);
	buf_addf(b, ", extents of %llu KiB, %llu MiB stay free\n", (unsigned long long)vg->pesize_kib,
		 (unsigned long long)vg->free_mib);
	for (size_t i = 0; i < vg->n_lvs; i++)
		print_lv(vg, &vg->lvs[i], b);
}

static void print_btrfs(const struct disk_btrfs_plan *v, struct buf *b)
{
	buf_adds(b, "btrfs: on");
	for (const char **m = v->members; *m; m++)
		buf_addf(b, " %s", *m);
	if (v->data)
		buf_addf(b, ", data %s", v->data);
	if (v->metadata)
		buf_addf(b, ", metadata %s", v->metadata);
	if (v->label)
		buf_addf(b, ", label \"%s\"", v->label);
	buf_addf(b, "%s%s\n", v->mntpoint ? ", " : "", v->mntpoint ? v->mntpoint : "");
	for (size_t i = 0; i < v->n_subvols; i++)
		buf_addf(b, "btrfs: subvolume %s%s%s\n", v->subvols[i].name,
			 v->subvols[i].mntpoint ? ", " : "",
			 v->subvols[i].mntpoint ? v->subvols[i].mntpoint : "");
}

static void print_use(const struct disk_plan *plan, const struct disk_use *u, struct buf *b)
{
	buf_adds(b, "use ");
	print_dev(plan, &u->dev, b);
	buf_addf(b, " (%s): %s", u->was ? u->was : "nothing known on it",
		 u->noformat || u->holds.member ? "kept as it is" : "formatted anew");
	print_holds(&u->holds, NULL, b);
	buf_addc(b, '\n');
}

void disk_plan_print(const struct disk_plan *plan, struct buf *b)
{
	for (size_t d = 0; d < plan->n_disks; d++)
		print_wipe(&plan->disks[d], b);
	disk_destroyed_print(plan, b);
	for (size_t d = 0; d < plan->n_disks; d++)
		print_parts(plan, d, b);
	for (size_t i = 0; i < plan->n_raids; i++)
		print_raid(&plan->raids[i], b);
	for (size_t i = 0; i < plan->n_luks; i++)
		print_luks(plan, &plan->luks[i], b);
	for (size_t v = 0; v < plan->n_vgs; v++)
		print_vg(&plan->vgs[v], b);
	for (size_t i = 0; i < plan->n_uses; i++)
		print_use(plan, &plan->uses[i], b);
	for (size_t i = 0; i < plan->n_btrfs; i++)
		print_btrfs(&plan->btrfs[i], b);
	for (size_t i = 0; i < plan->n_boot_disks; i++)
		buf_addf(b, "disk %s: boot loader for %s%s%s\n", plan->disks[plan->boot_disks[i]].id,
			 plan->bios ? "BIOS" : "", plan->bios && plan->uefi ? " and " : "",
			 plan->uefi ? "UEFI" : "");
}
