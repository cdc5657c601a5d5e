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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
