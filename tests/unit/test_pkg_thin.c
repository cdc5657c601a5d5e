/* Thin copies of modules: what libkmod reads stays, damage is refused. This very program is the sample. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <elf.h>

#include "base/file.h"
#include "base/util.h"
#include "packages/thin.h"
#include "packages/thin_early.h"

static const char signature[] = "~Module signature appended~\n";

static const Elf64_Shdr *sections(const struct buf *b)
{
	return (const Elf64_Shdr *)(b->data + ((const Elf64_Ehdr *)b->data)->e_shoff);
}

static void test_sections(void **state)
{
	auto_buf whole = { 0 };
	auto_buf thin = { 0 };
	const Elf64_Ehdr *a, *b;
	size_t kept = 0, dropped = 0;

	(void)state;
	assert_int_equal(file_read("/proc/self/exe", &whole, NULL), 0);
	buf_adds(&whole, signature);
	assert_true(thin_module(whole.data, whole.len, &thin));
	assert_true(thin.len < whole.len);
	a = (const Elf64_Ehdr *)whole.data;
	b = (const Elf64_Ehdr *)thin.data;
	assert_int_equal(a->e_shnum, b->e_shnum);
	for (size_t i = 0; i < a->e_shnum; i++) {
		const Elf64_Shdr *x = &sections(&whole)[i], *y = &sections(&thin)[i];

		assert_int_equal(x->sh_name, y->sh_name);
		if (x->sh_type == SHT_SYMTAB || x->sh_type == SHT_STRTAB) {
			assert_int_equal(x->sh_size, y->sh_size);
			assert_memory_equal(whole.data + x->sh_offset, thin.data + y->sh_offset, x->sh_size);
			kept++;
		} else {
			assert_int_equal(y->sh_size, 0);
			dropped += x->sh_type == SHT_PROGBITS;
		}
	}
	assert_true(kept >= 2 && dropped >= 2);
	assert_memory_equal(thin.data + thin.len - strlen(signature), signature, strlen(signature));
}

static void test_damage(void **state)
{
	auto_buf whole = { 0 };

	(void)state;
	assert_int_equal(file_read("/proc/self/exe", &whole, NULL), 0);
	for (size_t len = 0; len < whole.len; len = len < 100 ? len + 1 : len * 3 / 2) {
		auto_buf thin = { 0 };
		auto_free char *part = xmalloc(len + 1); /* so that a sanitizer sees reads behind its end */

		memcpy(part, whole.data, len);
		assert_false(thin_module(part, len, &thin));
	}
	for (size_t at = 0; at < sizeof(Elf64_Ehdr); at++) {
		auto_buf thin = { 0 };

		whole.data[at] ^= (char)0xff;
		thin_module(whole.data, whole.len, &thin); /* only no crash: some bytes don't matter */
		whole.data[at] ^= (char)0xff;
	}
}

static const char orc_text[] = "\x01orc header of 20 b\xf4";
static const struct buf orc = { .data = (char *)orc_text, .len = 20 };

static void add_version(struct buf *b, uint64_t crc, const char *name)
{
	char field[56] = "";

	memcpy(field, name, strlen(name));
	buf_add(b, &crc, sizeof(crc));
	buf_add(b, field, sizeof(field));
}

/* The beginning of a module as ld(1) leaves it, with what comes before its modinfo, and what it depends on.
 */
static void make_start(struct buf *b, const char *before, size_t before_len, const char *depends,
		       bool exports)
{
	static const char names[] = "sample_one\0\0sample_two\0NAMES";
	Elf64_Ehdr head = { .e_type = ET_REL, .e_shoff = 1 << 20, .e_shnum = 60 };

	memcpy(head.e_ident, ELFMAG, SELFMAG);
	head.e_ident[EI_CLASS] = ELFCLASS64;
	head.e_ident[EI_DATA] = ELFDATA2LSB;
	buf_add(b, &head, sizeof(head));
	buf_add(b, before, before_len);
	buf_add(b, "license=GPL\0alias=pci:v1*\0depends=", 34);
	buf_addf(b, "%s", depends);
	buf_add(b, "\0name=sample\0vermagic=6 SMP\0\x90\x90", 31);
	buf_add(b, orc.data, orc.len);
	if (exports)
		buf_add(b, names, sizeof(names));
	while (b->len % 32)
		buf_add(b, "", 1);
	add_version(b, 0x12345678, "printk");
	add_version(b, 1, "module_layout");
	add_version(b, 2, "other_symbol");
	for (size_t i = 0; i < 64; i++)
		buf_addc(b, 'x');
}

/* The section of that number. */
static const char *section(const struct buf *thin, unsigned i, size_t *len)
{
	*len = sections(thin)[i].sh_size;
	return thin->data + sections(thin)[i].sh_offset;
}

static enum thin_early early_of(const struct buf *b, struct buf *thin)
{
	struct thin_search search = { 0 };
	enum thin_early found = THIN_MORE;

	for (size_t len = 1; len <= b->len && found == THIN_MORE; len++) {
		auto_free char *part = xmalloc(len);

		memcpy(part, b->data, len);
		found = thin_module_early(part, len, &orc, &search, thin);
		if (found == THIN_WHOLE && len < sizeof(Elf64_Ehdr))
			found = THIN_MORE;
	}
	return found;
}

static void test_early(void **state)
{
	static const char info[] = "license=GPL\0alias=pci:v1*\0depends=other\0name=sample\0vermagic=6 SMP";
	static const char strings[] =
		"\0__crc_sample_one\0__crc_sample_two\0printk\0module_layout\0other_symbol";
	auto_buf module = { 0 };
	auto_buf thin = { 0 };
	const char *data;
	size_t len;

	(void)state;
	make_start(&module, "a string\0", 9, "other", true);
	assert_int_equal(early_of(&module, &thin), THIN_DONE);
	assert_int_equal(((const Elf64_Ehdr *)thin.data)->e_shnum, 6);
	data = section(&thin, 1, &len);
	assert_int_equal(len, sizeof(info));
	assert_memory_equal(data, info, len);
	data = section(&thin, 2, &len);
	assert_int_equal(len, 3 * 64);
	assert_string_equal(data + 8, "printk");
	data = section(&thin, 4, &len);
	assert_int_equal(len, sizeof(strings));
	assert_memory_equal(data, strings, len);
	section(&thin, 3, &len);
	assert_int_equal(len, 6 * sizeof(Elf64_Sym));
}

/* Where another reading is possible, the whole module is asked for. */
static void test_early_doubt(void **state)
{
	static const struct {
		const char *before;
		size_t len;
		const char *depends;
	} doubtful[] = { { "\0key=value\0", 11,
			   "other" }, /* a string of another section, or a key that isn't known */
			 { "\0\x90\x90", 3, "other" }, /* bytes of another section before the first key */
			 { "text", 4, "other" },
			 { "\0", 1, "one,two" } }; /* the order counts */
	static char other_text[] = "another kernel's ORC";
	const struct buf other = { .data = other_text, .len = 20 };
	struct thin_search search = { 0 };
	auto_buf module = { 0 };
	auto_buf thin = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(doubtful); i++) {
		auto_buf b = { 0 };

		make_start(&b, doubtful[i].before, doubtful[i].len, doubtful[i].depends, false);
		assert_int_equal(early_of(&b, &thin), THIN_WHOLE);
	}
	make_start(&module, "\0", 1, "", false);
	assert_int_equal(thin_module_early(module.data, module.len, &other, &search, &thin), THIN_WHOLE);
	assert_int_equal(thin.len, 0);
	assert_int_equal(early_of(&module, &thin), THIN_DONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_early),
		cmocka_unit_test(test_early_doubt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
