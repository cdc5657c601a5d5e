#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/util.h"
#include "iso-build/cpio.h"
#include "temp_dir.h"

static void put(const char *root, const char *name, const char *text, mode_t mode)
{
	auto_free char *path = xasprintf("%s/%s/%s", temp_dir, root, name);

	assert_int_equal(file_write(path, text, strlen(text), mode, NULL), 0);
}

static void make_tree(const char *root, bool backwards)
{
	static const char *const names[] = { "usr/bin/a", "usr/bin/b", "etc/c", "init-data", "z" };
	auto_free char *link = xasprintf("%s/%s/link", temp_dir, root);

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		put(root, names[backwards ? ARRAY_SIZE(names) - 1 - i : i], "content", 0644);
	assert_int_equal(symlink("etc/c", link), 0);
}

static void pack(const char *root, const char *output, const struct argv *first)
{
	auto_free char *from = path_join(temp_dir, root);
	auto_free char *to = path_join(temp_dir, output);
	struct cpio_opts opts = { .method = PACK_ZSTD, .level = 3, .mtime = 1000, .first = first };
	struct err err = { 0 };

	if (cpio_append(from, to, &opts, &err))
		fail_msg("%s", err.msg);
}

static void read_output(const char *output, struct buf *ret)
{
	auto_free char *path = path_join(temp_dir, output);

	assert_int_equal(file_read(path, ret, NULL), 0);
}

/* Two trees alike, filled in another order and at another time, give the same bytes. */
static void test_same_bytes(void **state)
{
	auto_buf a = { 0 };
	auto_buf b = { 0 };

	(void)state;
	make_tree("one", false);
	make_tree("two", true);
	pack("one", "one.cpio", NULL);
	pack("two", "two.cpio", NULL);
	read_output("one.cpio", &a);
	read_output("two.cpio", &b);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.data, b.data, a.len);
}

/* As "path mode uid mtime", in the archive's order. */
static void test_entries(void **state)
{
	auto_free char *path = path_join(temp_dir, "first.cpio");
	struct argv first = { 0 };
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	auto_buf list = { 0 };

	(void)state;
	make_tree("three", false);
	argv_addl(&first, "/z", "/usr/bin/b", NULL);
	pack("three", "first.cpio", &first);
	argv_clear(&first);
	archive_read_support_format_cpio(a);
	archive_read_support_filter_zstd(a);
	assert_int_equal(archive_read_open_filename(a, path, 65536), ARCHIVE_OK);
	while (archive_read_next_header(a, &e) == ARCHIVE_OK)
		buf_addf(&list, "%s %o %d %d\n", archive_entry_pathname(e), (unsigned)archive_entry_mode(e),
			 (int)archive_entry_uid(e), (int)archive_entry_mtime(e));
	archive_read_free(a);
	assert_string_equal(buf_str(&list), "z 100644 0 1000\n"
					    "usr 40755 0 1000\n"
					    "usr/bin 40755 0 1000\n"
					    "usr/bin/b 100644 0 1000\n"
					    "etc 40755 0 1000\n"
					    "etc/c 100644 0 1000\n"
					    "init-data 100644 0 1000\n"
					    "link 120777 0 1000\n"
					    "usr/bin/a 100644 0 1000\n");
}

/* What is compressed already is stored, in an archive of its own where the kernel looks for one. */
static void test_packed(void **state)
{
	static const char content[] = "\3757zXZ of a module";
	auto_buf all = { 0 }, list = { 0 };
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	size_t end;

	(void)state;
	make_tree("four", false);
	put("four", "usr/lib/m.ko.xz", content, 0644);
	put("four", "usr/lib/n.xz", content, 0644);
	pack("four", "four.cpio", NULL);
	read_output("four.cpio", &all);
	end = ZSTD_findFrameCompressedSize(all.data, all.len);
	assert_false(ZSTD_isError(end));
	for (; end % 4; end++)
		assert_int_equal(all.data[end], 0);
	assert_non_null(memmem(all.data + end, all.len - end, content, strlen(content)));
	archive_read_support_format_cpio(a);
	assert_int_equal(archive_read_open_memory(a, all.data + end, all.len - end), ARCHIVE_OK);
	while (archive_read_next_header(a, &e) == ARCHIVE_OK)
		buf_addf(&list, "%s\n", archive_entry_pathname(e));
	archive_read_free(a);
	assert_string_equal(buf_str(&list), "usr/lib/m.ko.xz\nusr/lib/n.xz\n");
}

static void test_no_such_tree(void **state)
{
	auto_free char *from = path_join(temp_dir, "none");
	auto_free char *to = path_join(temp_dir, "none.cpio");
	struct cpio_opts opts = { .method = PACK_ZSTD, .level = 3 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(cpio_append(from, to, &opts, &err), -ERR_SYS);
	assert_non_null(strstr(err.msg, from));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_bytes),
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_packed),
		cmocka_unit_test(test_no_such_tree),
	};

	return cmocka_run_group_tests(tests, temp_dir_make, temp_dir_remove);
}
