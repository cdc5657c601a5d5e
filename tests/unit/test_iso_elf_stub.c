#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dlfcn.h>

#include "base/file.h"
#include "base/run.h"
#include "base/util.h"
#include "iso-build/elf_stub.h"
#include "temp_dir.h"

static char *compile(const char *name, const char *source)
{
	char *path = path_join(temp_dir, name);
	struct run run = { .stdin_data = source, .stdin_len = strlen(source) };
	struct err err = { 0 };

	argv_addl(&run.argv, "gcc", "-shared", "-fPIC", "-x", "c", "-o", path, "-", NULL);
	argv_addf(&run.argv, "-Wl,-soname,%s", name);
	if (run_argv(&run, &err))
		fail_msg("%s", err.msg);
	run_clear(&run);
	return path;
}

static void test_names_without_content(void **state)
{
	auto_free char *large =
		compile("liblarge.so.1", "const char one[100000] = { 1 }; const int two[9] = { 2 };");
	auto_buf stub = { 0 };
	struct err err = { 0 };
	const char *one;
	void *lib;

	(void)state;
	if (elf_stub(large, &stub, &err) || file_write(large, stub.data, stub.len, 0644, &err))
		fail_msg("%s", err.msg);
	assert_true(stub.len < 5000);
	lib = dlopen(large, RTLD_NOW);
	if (!lib)
		fail_msg("%s", dlerror());
	one = dlsym(lib, "one");
	assert_non_null(one);
	assert_int_equal(one[0], 0);
	assert_non_null(dlsym(lib, "two"));
	assert_null(dlsym(lib, "three"));
	dlclose(lib);
}

/* A program that was linked against the whole library, with versions, starts without a warning. */
static void test_functions(void **state)
{
	static const char main_source[] = "int fn(void), there(void); extern const char one[100000];"
					  "int main(void) { return fn() + one[99]; }";
	auto_free char *map = path_join(temp_dir, "map");
	auto_free char *program = path_join(temp_dir, "program");
	auto_free char *lib = path_join(temp_dir, "libfn.so.1");
	auto_run link = { 0 };
	auto_run start = { 0 };
	auto_buf stub = { 0 };
	auto_buf said = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(file_write(map, "FN_1 { fn; one; };", 18, 0644, NULL), 0);
	argv_addl(&link.argv, "gcc", "-shared", "-fPIC", "-Wl,-soname,libfn.so.1", "-x", "c", "-o", lib, "-",
		  NULL);
	argv_addf(&link.argv, "-Wl,--version-script=%s", map);
	link.stdin_data = "const char one[100000] = { 1 }; int fn(void) { return 1; }";
	link.stdin_len = strlen(link.stdin_data);
	assert_int_equal(run_argv(&link, &err), 0);
	argv_clear(&link.argv);
	argv_addl(&link.argv, "gcc", "-x", "c", "-o", program, "-", "-x", "none", lib, NULL);
	argv_addf(&link.argv, "-Wl,-rpath,%s", temp_dir);
	link.stdin_data = main_source;
	link.stdin_len = strlen(main_source);
	if (run_argv(&link, &err))
		fail_msg("%s", err.msg);
	if (elf_stub(lib, &stub, &err) || file_write(lib, stub.data, stub.len, 0644, &err))
		fail_msg("%s", err.msg);
	argv_add(&start.argv, program);
	start.out = &said;
	if (run_argv(&start, &err))
		fail_msg("%s", err.msg);
	assert_string_equal(buf_str(&said), "");
}

static void test_no_library(void **state)
{
	auto_buf stub = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(elf_stub("/etc/passwd", &stub, &err), -ERR_INPUT);
	assert_int_equal(elf_stub("/nonexistent", &stub, &err), -ERR_SYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_without_content),
		cmocka_unit_test(test_functions),
		cmocka_unit_test(test_no_library),
	};

	return cmocka_run_group_tests(tests, temp_dir_make, temp_dir_remove);
}
