/* A disk that keeps some of its partitions: clearpart --list and --linux, on a real block device. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <errno.h>

#include "base/hash.h"
#include "installer/disk/apply.h"
#include "installer/disk/plan.h"
#include "tests/unit/disk_loop.h"
#include "tests/unit/disk_samples.h"

#define DISK (3 * GIB)

/* What sfdisk(8) says of a disk, but of the partitions that are named `gone`: one line each. */
static char *others(const struct loop *l, const char *const *gone)
{
	auto_argv lines = { 0 };
	auto_buf b = { 0 };
	auto_buf ret = { 0 };

	run_words(&b, 0, "sfdisk", "-d", l->path, NULL);
	argv_split(&lines, buf_str(&b), "\n");
	for (size_t i = 0; i < lines.n; i++) {
		bool skip = false;

		for (size_t g = 0; gone[g]; g++)
			skip = skip || strstr(lines.v[i], gone[g]);
		if (!skip)
			buf_addf(&ret, "%s\n", lines.v[i]);
	}
	return buf_take(&ret);
}

static void make(const struct sample *s)
{
	struct disk_plan plan = { 0 };
	struct door door = { 0 };
	struct err err = { 0 };

	if (disk_plan_make(&s->facts, &s->ks, &plan, &err) || disk_apply(&plan, &door, &err))
		fail_msg("%s", err.msg);
	disk_plan_clear(&plan);
}

/* biosboot, / on ext4, /data, swap: the disk as it was before. */
static void before(struct sample *s, const struct loop *l, const char *data_type)
{
	sample_init(s);
	s->disks[0].name = l->path + 5;
	s->disks[0].path = l->path;
	s->disks[0].size_bytes = DISK;
	s->ks.n_volgroups = s->ks.n_logvols = 0;
	s->ks.reqpart.at.line = 0;
	s->parts[0] = sample_part("biosboot", 1, false);
	s->parts[1] = sample_part("/", 2000, false);
	s->parts[1].label = "old";
	s->parts[2] = sample_part("/data", 300, false);
	s->parts[2].fstype = data_type;
	s->parts[3] = sample_part("swap", 64, false);
	s->ks.n_parts = 4;
	make(s);
}

static void facts_of(struct sample *s, const struct loop *l, const char *data_type, struct disk_part *parts,
		     struct disk_content *c)
{
	static const uint64_t starts[] = { 1, 2, 2002, 2302 }, sizes[] = { 1, 2000, 300, 64 };
	struct disk_facts *d = &s->disks[0];

	for (unsigned i = 0; i < 4; i++) {
		auto_free char *node = disk_part_path(l->path, i + 1);

		parts[i] = (struct disk_part){ .node = xstrdup(node + 5),
					       .number = i + 1,
					       .start_bytes = starts[i] * MIB,
					       .size_bytes = sizes[i] * MIB,
					       .type = i ? "0fc63daf-8483-4772-8e79-3d69d8477de4"
							 : "21686148-6449-6e6f-744e-656564454649" };
	}
	c[0] = (struct disk_content){ .node = d->name, .type = "gpt" };
	c[1] = (struct disk_content){ .node = parts[1].node, .type = "ext4", .label = "old" };
	c[2] = (struct disk_content){ .node = parts[2].node, .type = data_type, .label = "data" };
	d->parts = parts;
	d->n_parts = 4;
	d->contents = c;
	d->n_contents = 3;
	s->ks.clearpart.all = false;
	s->parts[0] = sample_part("/", 500, true);
	s->parts[1] = sample_part("swap", 64, false);
	s->ks.n_parts = 2;
}

/* Twice, since a run that was cut short is done again: what stays is the same to the byte. */
static void stays(struct sample *s, const struct loop *l, const char *const *gone)
{
	auto_free char *data = disk_part_path(l->path, 3);
	auto_free char *table = others(l, gone);
	char sum[2][HASH_HEX_LEN + 1];
	auto_buf b = { 0 };

	assert_int_equal(hash_file(data, sum[0], NULL), 0);
	for (int again = 0; again < 2; again++) {
		auto_free char *now = NULL;

		make(s);
		now = others(l, gone);
		assert_string_equal(now, table);
		assert_int_equal(hash_file(data, sum[1], NULL), 0);
		assert_string_equal(sum[1], sum[0]);
	}
	/* The gap ends at 2002 MiB, and what boots stands in its first MiB. */
	run_words(&b, 0, "sfdisk", "-d", l->path, NULL);
	assert_non_null(strstr(buf_str(&b), "start=        2048, size=        2048"));
	assert_non_null(strstr(buf_str(&b), "start=        4096, size=     3964928"));
	assert_non_null(strstr(buf_str(&b), "start=     3969024, size=      131072"));
}

static void try(bool linux_only)
{
	const char *data_type = linux_only ? "vfat" : "xfs";
	auto_loop l = { .fd = -1 };
	struct disk_part parts[4];
	struct disk_content contents[3];
	const char *gone[4] = { NULL };
	struct sample s;

	if (!loop_open(&l, DISK, 512)) {
		print_message("# needs root and a kernel with loop devices: %s\n", strerror(errno));
		skip();
	}
	before(&s, &l, data_type);
	facts_of(&s, &l, data_type, parts, contents);
	gone[0] = s.names[0] = parts[1].node;
	gone[1] = s.names[1] = parts[3].node;
	if (linux_only) {
		/* GRUB's own partition is one of Linux, and is made anew. */
		gone[2] = parts[0].node;
		parts[2].type = "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7";
		s.ks.clearpart.linux_only = true;
		s.parts[s.ks.n_parts++] = sample_part("biosboot", 1, false);
	} else {
		sample_words(&s.ks.clearpart.list, s.names, 2);
	}
	stays(&s, &l, gone);
	for (size_t i = 0; i < 4; i++)
		free((char *)parts[i].node);
}

static void listed_partitions_go(void **state)
{
	(void)state;
	try(false);
}

static void linux_partitions_go(void **state)
{
	(void)state;
	try(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(listed_partitions_go),
		cmocka_unit_test(linux_partitions_go),
	};

	return cmocka_run_group_tests_name("disk_partial", tests, NULL, NULL);
}
