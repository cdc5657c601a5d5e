/* Volume groups, guests' disks, arrays and the mark of a host, read from real block devices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "facts/disk.h"
#include "facts/mark.h"
#include "tests/unit/vg_sample.h"

static void open_or_skip(struct loop *l)
{
	if (loop_open(l, VG_DISK, 512))
		return;
	print_message("# needs root and a kernel with loop devices: %s\n", strerror(errno));
	skip();
}

/* A machine whose only disks are loop devices. */
static void look(struct facts *f, const struct loop **loops, size_t n)
{
	const struct sysroot sr = { .live = true, .arena = &f->arena };

	for (size_t i = 0; i < n; i++) {
		struct disk_facts *d = arena_push(&f->arena, &f->disks, &f->n_disks, sizeof(*f->disks));

		d->name = arena_strdup(&f->arena, loops[i]->path + 5);
		d->path = loops[i]->path;
		d->size_bytes = VG_DISK;
		disk_probe(&f->arena, d->path, d->name, true, VG_DISK, d);
	}
	disks_read_vgs(&sr, f);
}

static void put(const struct loop *l, uint64_t at, const void *data, size_t len)
{
	assert_int_equal(pwrite(l->fd, data, len, (off_t)at), len);
}

/* A guest's disk with a table and an ext4 in its second partition, copied into a volume. */
static void put_guest(const struct loop *l, uint64_t at)
{
	static const char script[] = "label: dos\nstart=2048,size=20M\nsize=100M\n";
	auto_loop guest = { .fd = -1 };
	auto_buf out = { 0 };
	auto_run run = { .stdin_data = script, .stdin_len = sizeof(script) - 1, .out = &out };
	auto_free char *offset = xasprintf("seek=%llu", (unsigned long long)at >> 20);
	auto_free char *of = xasprintf("of=%s", l->path);
	auto_free char *in = NULL;
	struct err err = { 0 };

	open_or_skip(&guest);
	argv_addl(&run.argv, "sfdisk", "-q", "--no-reread", guest.path, NULL);
	if (run_argv(&run, &err))
		fail_msg("%s", err.msg);
	run_words(&out, 0, "mkfs.ext4", "-q", "-F", "-L", "guestroot", "-E", "offset=22020096", guest.path,
		  "90M", NULL);
	in = xasprintf("if=%s", guest.path);
	run_words(&out, 0, "dd", "bs=1M", "count=200", "conv=notrunc", offset, in, of, NULL);
}

static void groups_and_what_their_volumes_hold(void **state)
{
	auto_loop a = { .fd = -1 };
	auto_loop b = { .fd = -1 };
	const struct loop *loops[] = { &a, &b };
	struct facts f = { 0 };
	const struct vg_facts *vg;
	auto_buf text = { 0 };

	(void)state;
	open_or_skip(&a);
	open_or_skip(&b);
	vg_make(&a, &b);
	run_words(&text, 0, "mkfs.ext4", "-q", "-F", "-L", "oldroot", "-M", "/home", "-E", "offset=1048576",
		  a.path, "90M", NULL);
	put_guest(&a, VG_VM1);
	look(&f, loops, 2);
	assert_int_equal(f.n_vgs, 1);
	vg = &f.vgs[0];
	assert_string_equal(vg->name, "vgt");
	assert_string_equal(vg->uuid, "VGvgvg-0000-0000-0000-0000-0000-000001");
	assert_int_equal(vg->n_pvs, 2);
	assert_string_equal(vg->pvs[0].disk, a.path + 5);
	assert_string_equal(vg->pvs[1].node, b.path + 5);
	assert_int_equal(vg->extents - vg->free_extents, 25 + 84);
	assert_int_equal(vg->n_lvs, 2);
	assert_string_equal(vg->lvs[0].name, "root");
	assert_string_equal(vg->lvs[0].layout, "linear");
	assert_string_equal(vg->lvs[0].contents[0].type, "ext4");
	assert_string_equal(vg->lvs[0].contents[0].label, "oldroot");
	assert_string_equal(vg->lvs[0].contents[0].hint, "last mounted on /home");
	assert_int_equal(vg->lvs[1].size_bytes, (uint64_t)84 * 4 << 20);
	assert_int_equal(vg->lvs[1].n_segs, 2);
	assert_string_equal(vg->lvs[1].segs[1].pv_node, b.path + 5);
	assert_int_equal(vg->lvs[1].n_contents, 2);
	assert_string_equal(vg->lvs[1].contents[0].type, "dos");
	assert_string_equal(vg->lvs[1].contents[1].label, "guestroot");
	assert_int_equal(vg->lvs[1].contents[1].inside, 2);
	assert_string_equal(f.disks[0].contents[0].hint, "volume group vgt");
	facts_clear(&f);
}

static void a_group_with_a_missing_disk(void **state)
{
	auto_loop a = { .fd = -1 };
	auto_loop b = { .fd = -1 };
	const struct loop *loops[] = { &a };
	struct facts f = { 0 };

	(void)state;
	open_or_skip(&a);
	open_or_skip(&b);
	vg_make(&a, &b);
	look(&f, loops, 1);
	assert_int_equal(f.n_vgs, 1);
	assert_int_equal(f.vgs[0].n_pvs, 2);
	assert_string_equal(f.vgs[0].pvs[0].disk, a.path + 5);
	assert_null(f.vgs[0].pvs[1].disk);
	assert_null(f.vgs[0].lvs[1].segs[1].pv_node);
	facts_clear(&f);
}

/* md(4), superblock 1.2. */
static void an_array_s_name_and_level(void **state)
{
	auto_loop a = { .fd = -1 };
	const struct loop *loops[] = { &a };
	const uint32_t magic = 0xa92b4efc, major = 1, level = 5, disks = 3;
	const uint64_t sectors = 8;
	struct facts f = { 0 };

	(void)state;
	open_or_skip(&a);
	put(&a, 4096, &magic, 4);
	put(&a, 4100, &major, 4);
	put(&a, 4096 + 16, "0123456789abcdef", 16);
	put(&a, 4096 + 32, "xen7:store", 10);
	put(&a, 4096 + 72, &level, 4);
	put(&a, 4096 + 92, &disks, 4);
	put(&a, 4096 + 144, &sectors, 8);
	look(&f, loops, 1);
	assert_int_equal(f.disks[0].n_contents, 1);
	assert_string_equal(f.disks[0].contents[0].label, "xen7:store");
	assert_string_equal(f.disks[0].contents[0].hint, "raid5 of 3 disks");
	facts_clear(&f);
}

static void the_mark_of_a_host(void **state)
{
	static const char id[] = "00112233445566778899aabbccddeeff", table[] = "0f5c0a1e-01";
	struct arena a = { 0 };
	char block[MARK_LEN];
	const struct disk_host *h;

	(void)state;
	mark_make(id, "xen11", "2026-11-22T05:40:00Z", table, block);
	h = mark_parse(&a, block, sizeof(block), table);
	assert_non_null(h);
	assert_string_equal(h->hostname, "xen11");
	assert_string_equal(h->installed, "2026-11-22T05:40:00Z");
	assert_string_equal(h->token, mark_token(&a, id));
	assert_int_equal(strlen(h->token), 14);
	assert_string_not_equal(h->token, mark_token(&a, "00112233445566778899aabbccddeefe"));
	/* Another system's table, a changed byte, and what never was a mark. */
	assert_null(mark_parse(&a, block, sizeof(block), "0f5c0a1e-02"));
	assert_null(mark_parse(&a, block, sizeof(block), NULL));
	block[strlen("XENITH HOST 1\nid=")] = 'f';
	assert_null(mark_parse(&a, block, sizeof(block), table));
	assert_null(mark_parse(&a, "GRUB", 4, table));
	arena_clear(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_and_what_their_volumes_hold),
		cmocka_unit_test(a_group_with_a_missing_disk),
		cmocka_unit_test(an_array_s_name_and_level),
		cmocka_unit_test(the_mark_of_a_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
