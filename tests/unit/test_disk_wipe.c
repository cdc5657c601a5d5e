/* disk_wipe on real block devices that hold every kind of old signature. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <errno.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "installer/disk/apply.h"
#include "tests/unit/disk_loop.h"
#include "tests/unit/disk_samples.h"
#include "tests/unit/disk_stale.h"

#define DISK_MIB 400
#define DISK     ((uint64_t)DISK_MIB << 20)

static void table(const struct loop *l, const char *script)
{
	auto_buf out = { 0 };
	auto_run run = { .stdin_data = script, .stdin_len = strlen(script), .out = &out };
	struct err err = { 0 };

	argv_addl(&run.argv, "sfdisk", "-q", "--no-reread", l->path, NULL);
	if (run_argv(&run, &err))
		fail_msg("%s", err.msg);
}

static void gpt(const struct loop *l)
{
	table(l, "label: gpt\nstart=2048,size=200M\nsize=50M\n");
	run_words(NULL, 0, "mkfs.ext4", "-q", "-F", "-E", "offset=1048576", l->path, "100M", NULL);
}

static void gpt_copy_only(const struct loop *l)
{
	static const char zeros[34 * 512];

	gpt(l);
	assert_int_equal(pwrite(l->fd, zeros, sizeof(zeros), 0), sizeof(zeros));
}

static void dos(const struct loop *l)
{
	table(l, "label: dos\nstart=2048,size=100M,type=83\nsize=200M,type=5\nsize=50M,type=83\n");
	run_words(NULL, 0, "mkfs.ext4", "-q", "-F", "-E", "offset=1048576", l->path, "50M", NULL);
}

/* Another system's MBR over a GPT, whose copy at the end still names where a file system is. */
static void dos_over_gpt(const struct loop *l)
{
	static const unsigned char entry[16] = { 0, 0, 0, 0, 0x83, 0, 0, 0, 0, 8, 0, 0, 0, 0x50, 0, 0 };
	static const char zeros[34 * 512];
	char mbr[512];

	gpt(l);
	run_words(NULL, 0, "mkfs.ext4", "-q", "-F", "-E", "offset=210763776", l->path, "50M", NULL);
	memset(mbr, 0, sizeof(mbr));
	memcpy(mbr + 446, entry, sizeof(entry));
	memcpy(mbr + 510, "\x55\xaa", 2);
	assert_int_equal(pwrite(l->fd, zeros, sizeof(zeros), 0), sizeof(zeros));
	assert_int_equal(pwrite(l->fd, mbr, sizeof(mbr), 0), sizeof(mbr));
}

/* What an independent program sees. */
static void shows(const struct loop *l, bool anything)
{
	auto_buf b = { 0 };
	auto_buf w = { 0 };

	run_words(&b, 2, "blkid", "-p", "-o", "value", l->path, NULL);
	run_words(&w, 0, "wipefs", "--noheadings", l->path, NULL);
	if (!anything) {
		assert_string_equal(buf_str(&b), "");
		assert_string_equal(buf_str(&w), "");
	} else {
		assert_true(w.len > 0);
	}
}

static struct disk_target target(const struct loop *l, struct disk_facts *facts, struct disk_part_plan *parts,
				 size_t n)
{
	*facts = sample_disk(l->path + 5, NULL, DISK);
	facts->path = l->path;
	return (struct disk_target){
		.disk = facts, .id = "serial-TEST", .wipe = true, .parts = parts, .n_parts = n
	};
}

static void open_or_skip(struct loop *l)
{
	if (loop_open(l, DISK, 512))
		return;
	print_message("# needs root and a kernel with loop devices: %s\n", strerror(errno));
	skip();
}

static void wipes(void (*make)(const struct loop *l))
{
	auto_loop l = { .fd = -1 };
	struct disk_facts facts;
	struct disk_target t;
	struct door door = { 0 };
	struct err err = { 0 };

	open_or_skip(&l);
	make(&l);
	fsync(l.fd);
	shows(&l, true);
	t = target(&l, &facts, NULL, 0);
	if (disk_wipe(&t, &door, &err))
		fail_msg("%s", err.msg);
	shows(&l, false);
}

#define WIPES(kind)                            \
	static void wipes_##kind(void **state) \
	{                                      \
		(void)state;                   \
		wipes(kind);                   \
	}

WIPES(gpt)
WIPES(gpt_copy_only)
WIPES(dos)

static void all_at_once(const struct loop *l)
{
	const struct place whole = { l, 0, DISK };

	stale_lvm(&whole);
	stale_md_090(&whole);
	stale_md_10(&whole);
	stale_zfs(&whole);
}

WIPES(all_at_once)

/* sfdisk tells the kernel nothing here: only the tables know where the partitions are. */
static void wipes_what_an_older_table_named(void **state)
{
	auto_loop l = { .fd = -1 };
	auto_buf old = { 0 };
	struct disk_facts facts;
	struct disk_target t;
	struct door door = { 0 };
	struct err err = { 0 };

	(void)state;
	open_or_skip(&l);
	dos_over_gpt(&l);
	run_words(&old, 0, "blkid", "-p", "-O", "210763776", "-o", "value", l.path, NULL);
	assert_true(old.len > 0);
	t = target(&l, &facts, NULL, 0);
	if (disk_wipe(&t, &door, &err))
		fail_msg("%s", err.msg);
	buf_clear(&old);
	run_words(&old, 2, "blkid", "-p", "-O", "210763776", "-o", "value", l.path, NULL);
	assert_string_equal(buf_str(&old), "");
	shows(&l, false);
}

/* A file system inside an old partition, and one where a new partition will be, are gone too. */
static void wipes_what_new_partitions_would_show(void **state)
{
	struct disk_part_plan parts[] = {
		{ .number = 1, .start_mib = 300, .size_mib = 50, .kind = "linux" }
	};
	auto_loop l = { .fd = -1 };
	auto_buf old = { 0 };
	auto_buf other = { 0 };
	struct disk_facts facts;
	struct disk_target t;
	struct door door = { 0 };
	struct err err = { 0 };

	(void)state;
	open_or_skip(&l);
	gpt(&l);
	run_words(NULL, 0, "mkfs.ext4", "-q", "-F", "-E", "offset=314572800", l.path, "50M", NULL);
	run_words(&old, 0, "blkid", "-p", "-O", "314572800", "-o", "value", l.path, NULL);
	assert_true(old.len > 0);
	t = target(&l, &facts, parts, 1);
	if (disk_wipe(&t, &door, &err))
		fail_msg("%s", err.msg);
	buf_clear(&old);
	run_words(&old, 2, "blkid", "-p", "-O", "314572800", "-o", "value", l.path, NULL);
	assert_string_equal(buf_str(&old), "");
	run_words(&other, 2, "blkid", "-p", "-O", "1048576", "-o", "value", l.path, NULL);
	assert_string_equal(buf_str(&other), "");
}

static void a_disk_in_use_is_not_wiped(void **state)
{
	auto_loop l = { .fd = -1 };
	struct disk_facts facts;
	struct disk_target t;
	struct door door = { 0 };
	struct err err = { 0 };
	int other;

	(void)state;
	open_or_skip(&l);
	stale_ext4(&(struct place){ &l, 0, DISK });
	other = open(l.path, O_RDONLY | O_EXCL | O_CLOEXEC);
	assert_true(other >= 0);
	t = target(&l, &facts, NULL, 0);
	assert_int_equal(disk_wipe(&t, &door, &err), -ERR_MACHINE);
	assert_non_null(strstr(err.msg, "is in use and nothing shows by what"));
	assert_int_equal(err.id, ERR_DISK_BUSY);
	close(other);
	shows(&l, true);
}

static void another_disk_in_its_place_is_not_wiped(void **state)
{
	auto_loop l = { .fd = -1 };
	struct disk_facts facts;
	struct disk_target t;
	struct door door = { 0 };
	struct err err = { 0 };

	(void)state;
	open_or_skip(&l);
	stale_ext4(&(struct place){ &l, 0, DISK });
	t = target(&l, &facts, NULL, 0);
	facts.size_bytes += 512;
	assert_int_equal(disk_wipe(&t, &door, &err), -ERR_MACHINE);
	assert_non_null(strstr(err.msg, "has 419430400 bytes now, and had 419430912"));
	assert_int_equal(err.id, ERR_DISK_CHANGED);
	shows(&l, true);
}

/* Where the system that runs has its root. */
static void own_root_is_not_stopped(void **state)
{
	auto_loop l = { .fd = -1 };
	struct disk_facts facts = { 0 };
	struct door door = { 0 };
	struct err err = { 0 };
	char dir[] = "/tmp/test-root-XXXXXX";
	int status = 0;
	pid_t pid;

	(void)state;
	open_or_skip(&l);
	assert_non_null(mkdtemp(dir));
	run_words(NULL, 0, "mkfs.ext4", "-q", l.path, NULL);
	pid = fork();
	if (pid == 0) {
		static const char *const dirs[] = { "proc", "sys", "dev" };

		if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		    mount(l.path, dir, "ext4", 0, NULL))
			_exit(100);
		for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
			auto_free char *from = xasprintf("/%s", dirs[i]);
			auto_free char *to = path_join(dir, dirs[i]);

			if (mkdir(to, 0755) || mount(from, to, NULL, MS_BIND | MS_REC, NULL))
				_exit(101);
		}
		if (chroot(dir) || chdir("/"))
			_exit(102);
		facts.path = l.path;
		facts.name = l.path + strlen("/dev/");
		disk_stop(&facts, &door, &err);
		_exit(err.id == ERR_DISK_OWN_ROOT ? 0 : 103);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wipes_gpt),
		cmocka_unit_test(wipes_gpt_copy_only),
		cmocka_unit_test(wipes_dos),
		cmocka_unit_test(wipes_all_at_once),
		cmocka_unit_test(wipes_what_new_partitions_would_show),
		cmocka_unit_test(wipes_what_an_older_table_named),
		cmocka_unit_test(a_disk_in_use_is_not_wiped),
		cmocka_unit_test(another_disk_in_its_place_is_not_wiped),
		cmocka_unit_test(own_root_is_not_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
