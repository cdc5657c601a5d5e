/* Disks as other systems leave them: the first attempt installs, and a second look finds nothing old. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <errno.h>

#include "installer/disk/apply.h"
#include "tests/unit/disk_samples.h"
#include "tests/unit/disk_stale.h"

#define DISK     ((uint64_t)600 << 20)
#define OLD_PART ((uint64_t)101 << 20) /* where an old partition begins */
#define NEW_PART ((uint64_t)2 << 20)   /* and a new one */
#define PART     ((uint64_t)300 << 20)

static void open_or_skip(struct loop *l)
{
	if (loop_open(l, DISK, 512))
		return;
	print_message("# needs root and a kernel with loop devices: %s\n", strerror(errno));
	skip();
}

/* What an independent program sees in an area, besides what is expected. */
static bool shows(const struct place *p)
{
	auto_buf b = { 0 };
	auto_free char *start = xasprintf("%llu", (unsigned long long)p->start);
	auto_free char *size = xasprintf("%llu", (unsigned long long)p->size);

	run_words(&b, 2, "blkid", "-p", "-o", "value", "-O", start, "-S", size, p->disk->path, NULL);
	return b.len > 0;
}

/* The types that wipefs finds, in the disk's order, with a blank behind each. */
static void types(const char *path, struct buf *b)
{
	auto_buf out = { 0 };
	auto_argv lines = { 0 };

	run_words(&out, 0, "wipefs", "--noheadings", "--output", "TYPE", path, NULL);
	argv_split(&lines, buf_str(&out), " \n");
	for (size_t i = 0; i < lines.n; i++)
		buf_addf(b, "%s ", lines.v[i]);
}

static void old_table(const struct loop *l)
{
	static const char script[] = "label: gpt\nstart=101MiB,size=300MiB\n";
	auto_buf out = { 0 };
	auto_run run = { .stdin_data = script, .stdin_len = sizeof(script) - 1, .out = &out };
	struct err err = { 0 };

	argv_addl(&run.argv, "sfdisk", "-q", "--no-reread", "--wipe", "never", l->path, NULL);
	if (run_argv(&run, &err))
		fail_msg("%s", err.msg);
}

/* biosboot and an ext4 on the rest. */
static void install(const struct loop *l, const char *name)
{
	struct disk_plan plan = { 0 };
	struct door door = { 0 };
	struct err err = { 0 };
	struct sample s;

	sample_init(&s);
	s.disks[0].name = l->path + 5;
	s.disks[0].path = l->path;
	s.disks[0].size_bytes = DISK;
	s.ks.n_volgroups = s.ks.n_logvols = 0;
	s.ks.reqpart.at.line = 0;
	s.parts[0] = sample_part("biosboot", 1, false);
	s.parts[1] = sample_part("/", 200, true);
	s.ks.n_parts = 2;
	if (disk_plan_make(&s.facts, &s.ks, &plan, &err) || disk_apply(&plan, &door, &err))
		fail_msg("%s: %s", name, err.msg);
	disk_plan_clear(&plan);
}

static void installs_over(const struct stale *stale, bool part, uint64_t start, uint64_t size)
{
	auto_loop l = { .fd = -1 };
	auto_buf disk = { 0 };
	auto_buf root = { 0 };
	auto_free char *root_path = NULL;
	struct place p = { &l, start, size };

	open_or_skip(&l);
	if (part)
		old_table(&l);
	stale->make(&p);
	fsync(l.fd);
	if (!shows(&p))
		fail_msg("%s: libblkid does not know what the test made", stale->name);
	install(&l, stale->name);
	root_path = disk_part_path(l.path, 2);
	types(l.path, &disk);
	types(root_path, &root);
	if (strcmp(buf_str(&disk), "gpt gpt PMBR ") != 0 || strcmp(buf_str(&root), "ext4 ") != 0)
		fail_msg("%s at %llu: left %s and %s", stale->name, (unsigned long long)start, buf_str(&disk),
			 buf_str(&root));
	/* Also where no new superblock came to lie. */
	if (start > NEW_PART && shows(&p))
		fail_msg("%s at %llu: still there", stale->name, (unsigned long long)start);
}

static void on_whole_disks(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(stales); i++)
		installs_over(&stales[i], false, 0, DISK);
}

static void in_old_partitions(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(stales); i++)
		if (!stales[i].whole_only)
			installs_over(&stales[i], true, OLD_PART, PART);
}

/* No table names these: an older one, that is gone, did. */
static void where_new_partitions_begin(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(stales); i++)
		if (!stales[i].whole_only)
			installs_over(&stales[i], false, NEW_PART, DISK - NEW_PART - (1 << 20));
}

/* btrfs' copy at 64 MiB goes too, though libblkid does not look there. */
static void btrfs_copies(void **state)
{
	static const char zeros[8];
	auto_loop l = { .fd = -1 };
	struct place p = { &l, 0, DISK };
	struct disk_facts facts;
	struct disk_target t = { .disk = &facts, .id = "serial-TEST", .wipe = true };
	struct door door = { 0 };
	struct err err = { 0 };
	char magic[8];

	(void)state;
	open_or_skip(&l);
	stale_btrfs(&p);
	assert_int_equal(pread(l.fd, magic, 8, (64 << 20) + 64), 8);
	assert_memory_equal(magic, "_BHRfS_M", 8);
	facts = sample_disk(l.path + 5, NULL, DISK);
	facts.path = l.path;
	if (disk_wipe(&t, &door, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(pread(l.fd, magic, 8, (64 << 20) + 64), 8);
	assert_memory_equal(magic, zeros, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(on_whole_disks),
		cmocka_unit_test(in_old_partitions),
		cmocka_unit_test(where_new_partitions_begin),
		cmocka_unit_test(btrfs_copies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
