/* The mark of an install on real block devices: written last, read without mounting, gone with the next
 * table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <errno.h>

#include "facts/disk.h"
#include "facts/mark.h"
#include "installer/disk/apply.h"
#include "tests/unit/disk_loop.h"
#include "tests/unit/disk_samples.h"

#define DISK ((uint64_t)64 << 20)

/* What a new look at the disk says. */
static const struct disk_host *host_of(struct arena *a, const struct loop *l)
{
	struct disk_facts d = { .name = l->path + 5 };
	char block[MARK_LEN];

	disk_probe(a, l->path, d.name, true, DISK, &d);
	assert_int_equal(pread(l->fd, block, sizeof(block), MARK_START), sizeof(block));
	return mark_parse(a, block, sizeof(block), mark_table(&d));
}

static void table(const struct loop *l, const char *script)
{
	auto_buf out = { 0 };
	auto_run run = { .stdin_data = script, .stdin_len = strlen(script), .out = &out };
	struct err err = { 0 };

	argv_addl(&run.argv, "sfdisk", "-q", "--no-reread", l->path, NULL);
	if (run_argv(&run, &err))
		fail_msg("%s", err.msg);
}

static void marks(const char *script)
{
	auto_loop l = { .fd = -1 };
	struct disk_facts facts;
	struct disk_target t = { .disk = &facts, .id = "serial-TEST", .wipe = true };
	struct disk_plan plan = { .disks = &t, .n_disks = 1 };
	struct door door = { 0 };
	struct err err = { 0 };
	struct arena a = { 0 };
	char id[MARK_ID + 1], other[MARK_ID + 1];
	const struct disk_host *h;

	if (!loop_open(&l, DISK, 512)) {
		print_message("# needs root and a kernel with loop devices: %s\n", strerror(errno));
		skip();
	}
	facts = sample_disk(l.path + 5, NULL, DISK);
	facts.path = l.path;
	table(&l, script);
	assert_null(host_of(&a, &l));
	assert_int_equal(disk_mark_id(id, &err), 0);
	assert_int_equal(disk_mark_id(other, &err), 0);
	assert_string_not_equal(id, other);
	if (disk_mark(&plan, id, "xen11", &door, &err))
		fail_msg("%s", err.msg);
	h = host_of(&a, &l);
	assert_non_null(h);
	assert_string_equal(h->hostname, "xen11");
	assert_string_equal(h->token, mark_token(&a, id));
	/* Another system's table makes it void, and a wipe takes it away. */
	table(&l, script);
	assert_null(host_of(&a, &l));
	if (disk_mark(&plan, id, "xen11", &door, &err))
		fail_msg("%s", err.msg);
	if (disk_wipe(&t, &door, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(disk_mark(&plan, id, "xen11", &door, &err), -ERR_SYS);
	assert_non_null(strstr(err.msg, "has no partition table any more"));
	table(&l, script);
	assert_null(host_of(&a, &l));
	arena_clear(&a);
}

static void on_gpt(void **state)
{
	(void)state;
	marks("label: gpt\nstart=2048,size=20M\n");
}

static void on_mbr(void **state)
{
	(void)state;
	marks("label: dos\nstart=2048,size=20M\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(on_gpt),
		cmocka_unit_test(on_mbr),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
