#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <archive.h>
#include <archive_entry.h>
#include <unistd.h>

#include "base/file.h"
#include "base/util.h"
#include "iso-build/embed.h"
#include "iso-build/image.h"
#include "iso_sample.h"
#include "temp_dir.h"

/* The area as GRUB reads it: through the ISO's file system. */
static void area_of(const char *iso, struct buf *ret)
{
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	ssize_t n;

	archive_read_support_format_iso9660(a);
	assert_int_equal(archive_read_open_filename(a, iso, 65536), ARCHIVE_OK);
	while (archive_read_next_header(a, &e) == ARCHIVE_OK) {
		if (!str_eq(archive_entry_pathname(e), EMBED_FILE))
			continue;
		while ((n = archive_read_data(a, buf_room(ret, 65536), 65536)) > 0)
			ret->len += (size_t)n;
	}
	archive_read_free(a);
}

/* The archive in an area as the kernel unpacks it: NAME=CONTENT;NAME=CONTENT; */
static void unpack(const struct buf *area, struct buf *ret)
{
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	char data[4096];
	ssize_t n;

	archive_read_support_format_cpio(a);
	assert_int_equal(archive_read_open_memory(a, area->data, area->len), ARCHIVE_OK);
	while (archive_read_next_header(a, &e) == ARCHIVE_OK) {
		buf_addf(ret, "%s=", archive_entry_pathname(e));
		while ((n = archive_read_data(a, data, sizeof(data))) > 0)
			buf_add(ret, data, (size_t)n);
		buf_addc(ret, ';');
	}
	archive_read_free(a);
}

static void wants(const char *iso, const char *text)
{
	auto_buf area = { 0 };
	auto_buf files = { 0 };

	area_of(iso, &area);
	assert_int_equal(area.len, EMBED_BYTES);
	unpack(&area, &files);
	assert_string_equal(buf_str(&files), text);
}

static uint32_t number(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* As UEFI has it (2.10, 4.2.1). */
static uint32_t crc_of(const unsigned char *p, size_t n)
{
	uint32_t crc = ~0u;

	while (n--) {
		crc ^= *p++;
		for (int i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

/* Both tables of partitions are as their checksums say, or firmware won't start the image from a USB disk. */
static void test_partitions(void **state)
{
	auto_free char *iso = iso_sample(temp_dir, "x.iso", "quiet");
	auto_buf image = { 0 };
	size_t headers[2];

	(void)state;
	assert_int_equal(file_read(iso, &image, NULL), 0);
	headers[0] = 512;
	headers[1] = image.len - 512;
	for (size_t i = 0; i < 2; i++) {
		unsigned char *gpt = (unsigned char *)image.data + headers[i];
		uint32_t crc = number(gpt + 16);

		assert_memory_equal(gpt, "EFI PART", 8);
		memset(gpt + 16, 0, 4);
		assert_int_equal(crc_of(gpt, number(gpt + 12)), crc);
		assert_int_equal(crc_of((unsigned char *)image.data + 512 * (size_t)number(gpt + 72),
					(size_t)number(gpt + 80) * number(gpt + 84)),
				 number(gpt + 88));
	}
}

/* Put in, replaced and cleared in place; nothing else in the image changes. */
static void test_in_place(void **state)
{
	auto_free char *iso = iso_sample(temp_dir, "x.iso", "quiet");
	struct buf text = { .data = (char *)"lang C\n", .len = 7 };
	auto_buf before = { 0 };
	auto_buf after = { 0 };
	auto_buf area = { 0 };
	struct err err = { 0 };
	size_t differ = 0;

	(void)state;
	wants(iso, "embed=;embed/id=xenith-embed 1\n;");
	assert_int_equal(file_read(iso, &before, NULL), 0);
	assert_int_equal(embed_make(&text, "ks=http://192.0.2.9/a quiet", &area, &err), 0);
	assert_int_equal(embed_write(iso, &area, &err), 0);
	wants(iso, "embed=;embed/id=xenith-embed 1\n;embed/ks.cfg=lang C\n;"
		   "embed/cmdline=ks=http://192.0.2.9/a quiet;");
	assert_int_equal(embed_make(NULL, "quiet", &area, &err), 0);
	assert_int_equal(embed_write(iso, &area, &err), 0);
	wants(iso, "embed=;embed/id=xenith-embed 1\n;embed/cmdline=quiet;");
	assert_int_equal(embed_make(NULL, NULL, &area, &err), 0);
	assert_int_equal(embed_write(iso, &area, &err), 0);
	assert_int_equal(file_read(iso, &after, NULL), 0);
	assert_int_equal(before.len, after.len);
	for (size_t i = 0; i < before.len; i++)
		differ += before.data[i] != after.data[i];
	assert_int_equal(differ, 0);
}

static void test_too_large(void **state)
{
	auto_buf text = { 0 };
	auto_buf area = { 0 };
	struct err err = { 0 };

	(void)state;
	memset(buf_room(&text, EMBED_BYTES), '#', EMBED_BYTES);
	text.len = EMBED_BYTES;
	assert_int_equal(embed_make(&text, NULL, &area, &err), -ERR_INPUT);
	assert_non_null(strstr(err.msg, "do not fit"));
	assert_int_equal(err.id, ERR_ISO_FULL);
	text.len = EMBED_BYTES - 2048;
	assert_int_equal(embed_make(&text, NULL, &area, &err), 0);
}

/* Other images, and those that were cut, are left alone. */
static void test_no_area(void **state)
{
	auto_free char *iso = iso_sample(temp_dir, "x.iso", "quiet");
	auto_free char *other = path_join(temp_dir, "other");
	auto_buf area = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(embed_make(NULL, "quiet", &area, &err), 0);
	assert_int_equal(file_write(other, "short", 5, 0644, NULL), 0);
	assert_int_equal(embed_write(other, &area, &err), -ERR_INPUT);
	assert_int_equal(truncate(other, 1 << 20), 0);
	assert_int_equal(embed_write(other, &area, &err), -ERR_INPUT);
	assert_non_null(strstr(err.msg, "no embed area"));
	assert_int_equal(err.id, ERR_ISO_NO_MEDIUM);
	assert_int_equal(truncate(iso, 40000), 0);
	assert_int_equal(embed_write(iso, &area, &err), -ERR_INPUT);
	assert_int_equal(embed_write("/nonexistent/x.iso", &area, &err), -ERR_SYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_place),
		cmocka_unit_test(test_partitions),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_no_area),
	};

	return cmocka_run_group_tests(tests, temp_dir_make, temp_dir_remove);
}
