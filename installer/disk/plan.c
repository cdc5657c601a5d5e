/* The plan as a whole. */
#include "base/util.h"
#include "installer/disk/plan.h"

int plan_input(struct err *err, const struct ks_at *at, const char *word, const char *fmt, ...)
{
	auto_buf b = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	return err_set(err, ERR_INPUT, "%s:%u: %s: %s", at->file ? at->file : "kickstart", at->line, word,
		       buf_str(&b));
}

/* Leave out the disks that nothing is done to; indices move. */
static void drop_untouched(struct planner *p)
{
	struct disk_plan *plan = p->plan;
	size_t n = 0;

	for (size_t d = 0; d < plan->n_disks; d++) {
		if (!plan->disks[d].wipe)
			continue;
		for (size_t i = 0; i < p->n_wants; i++)
			if (p->wants[i].disk == d)
				p->wants[i].disk = n;
		if (p->boot == d)
			p->boot = n;
		plan->disks[n++] = plan->disks[d];
	}
	plan->n_disks = n;
}

static void boot_disks(struct planner *p)
{
	struct disk_plan *plan = p->plan;

	if (plan->bios || plan->uefi)
		*(size_t *)arena_push(&plan->arena, &plan->boot_disks, &plan->n_boot_disks,
				      sizeof(*plan->boot_disks)) = p->boot;
}

int disk_plan_make(const struct facts *facts, const struct ks *ks, struct disk_plan *ret, struct err *err)
{
	struct disk_plan plan = { .facts = facts };
	struct planner p = { .facts = facts, .ks = ks, .plan = &plan };
	int r = plan_disks(&p, err);

	if (!r)
		r = plan_wants(&p, err);
	if (!r)
		r = plan_parts(&p, err);
	if (!r)
		r = plan_span(&p, err);
	if (!r) {
		drop_untouched(&p);
		r = plan_lvm(&p, err);
	}
	if (!r)
		r = plan_mounts(&p, err);
	if (r) {
		arena_clear(&plan.arena);
		return r;
	}
	boot_disks(&p);
	*ret = plan;
	return 0;
}

void disk_plan_clear(struct disk_plan *plan)
{
	arena_clear(&plan->arena);
	*plan = (struct disk_plan){ 0 };
}

char *disk_part_path(const char *disk_path, unsigned number)
{
	size_t n = strlen(disk_path);
	bool digit = n && disk_path[n - 1] >= '0' && disk_path[n - 1] <= '9';

	/* kpartx's rule in Debian for device-mapper, else the kernel's (disk_name() in block/partitions). */
	if (str_starts(disk_path, "/dev/mapper/"))
		return xasprintf("%s-part%u", disk_path, number);
	return xasprintf("%s%s%u", disk_path, digit ? "p" : "", number);
}

void disk_proc_unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' && s[3] >= '0' &&
		    s[3] <= '7') {
			*to++ = (char)((s[1] - '0') * 64 + (s[2] - '0') * 8 + s[3] - '0');
			s += 3;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
}

static void dm_name(const char *name, struct buf *b)
{
	for (const char *s = name; *s; s++) {
		buf_addc(b, *s);
		if (*s == '-')
			buf_addc(b, '-');
	}
}

char *disk_lv_path(const char *vg, const char *lv)
{
	auto_buf b = { 0 };

	buf_adds(&b, "/dev/mapper/");
	dm_name(vg, &b);
	buf_addc(&b, '-');
	dm_name(lv, &b);
	return buf_take(&b);
}

bool disk_path_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && (path[n] == '\0' || path[n] == '/');
}
