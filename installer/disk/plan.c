/* The plan as a whole. */
#include <dirent.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/disk/plan.h"

int plan_input(struct err *err, const struct ks_at *at, const char *word, const char *fmt, ...)
{
	auto_buf b = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	return err_set(err, ERR_DISK_LINE, "%s:%u: %s: %s", at->file ? at->file : "kickstart", at->line, word,
		       buf_str(&b));
}

void plan_wrong(struct planner *p, const struct err *err)
{
	err_add(&p->wrong, err);
}

static void boot_disks(struct planner *p)
{
	struct disk_plan *plan = p->plan;

	for (size_t i = 0; (plan->bios || plan->uefi) && i < p->n_boots; i++)
		*(size_t *)arena_push(&plan->arena, &plan->boot_disks, &plan->n_boot_disks,
				      sizeof(*plan->boot_disks)) = p->boots[i];
}

/* What was made to be a part of something is a part of it. */
static int check_used(struct planner *p, struct err *err)
{
	for (size_t i = 0; i < p->n_members; i++) {
		const struct member *m = &p->members[i];

		if (!m->used && plan_input(err, m->at, m->name, "no %s line uses this %s",
					   str_starts(m->name, "pv.")     ? "volgroup"
					   : str_starts(m->name, "raid.") ? "raid"
									  : "btrfs",
					   str_starts(m->name, "pv.") ? "physical volume" : "partition"))
			plan_wrong(p, err);
	}
	return 0;
}

/* What needs no other line, and which disks are meant: told together. */
static int lines_and_disks(struct planner *p, struct err *err)
{
	int r = plan_lines(p, err);

	return r ? r : plan_disks(p, err);
}

static int parts_and_span(struct planner *p, struct err *err)
{
	int r = plan_parts(p, err);

	return r ? r : plan_span(p, err);
}

/* The order is that of making: each step finds the members that the ones before it made. */
static int (*const steps[])(struct planner *p, struct err *err) = {
	plan_keep,  lines_and_disks, plan_auto,  plan_wants, parts_and_span, plan_use_existing,
	plan_raids, plan_lvm,        plan_btrfs, check_used, plan_mounts,
};

int disk_plan_make(const struct facts *facts, const struct ks *ks, struct disk_plan *ret, struct err *err)
{
	struct disk_plan plan = { .facts = facts };
	struct planner p = { .facts = facts, .ks = ks, .plan = &plan };
	int r = 0;

	for (size_t i = 0; !r && i < ARRAY_SIZE(steps); i++) {
		struct err own = { 0 };

		if (steps[i](&p, &own))
			plan_wrong(&p, &own);
		r = -(int)p.wrong.code;
	}
	if (r) {
		if (err)
			*err = p.wrong;
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

/* The name of the map whose uuid says that it is this partition of another map: "part2-mpath-3600…" (kpartx
 * and libparted give them different names). free(3); NULL: there is none yet. */
static char *map_part(const char *map, unsigned number)
{
	auto_free char *uuid = NULL;
	auto_free char *want = NULL;
	char *found = NULL;

	for (int round = 0; round < 2 && !found; round++) {
		DIR *d = opendir("/sys/block");
		struct dirent *e;

		if (round && uuid)
			want = xasprintf("part%u-%s", number, uuid);
		while (d && !found && (round == 0 || want) && (e = readdir(d))) {
			auto_free char *name_path = xasprintf("/sys/block/%s/dm/name", e->d_name);
			auto_free char *uuid_path = xasprintf("/sys/block/%s/dm/uuid", e->d_name);
			auto_free char *name = file_line(name_path);

			if (!name)
				continue;
			if (round == 0 && strcmp(name, map) == 0 && !uuid)
				uuid = file_line(uuid_path);
			else if (round) {
				auto_free char *is = file_line(uuid_path);

				found = str_eq(is, want) ? xstrdup(name) : NULL;
			}
		}
		if (d)
			closedir(d);
	}
	return found;
}

char *disk_part_path(const char *disk_path, unsigned number)
{
	size_t n = strlen(disk_path);
	bool digit = n && disk_path[n - 1] >= '0' && disk_path[n - 1] <= '9';

	/* kpartx's rule in Debian for device-mapper, else the kernel's (disk_name() in block/partitions). */
	if (str_starts(disk_path, "/dev/mapper/")) {
		auto_free char *part = map_part(disk_path + strlen("/dev/mapper/"), number);

		if (part)
			return path_join("/dev/mapper", part);
	}
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
