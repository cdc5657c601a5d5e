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

static char dir[] = "/tmp/xenith-stub-XXXXXX";

static char *compile(const char *name, const char *source)
{
	char *path = path_join(dir, name);
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
	assert_true(stub.len < 1500);
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

static void test_functions(void **state)
{
	auto_free char *lib = compile("libfn.so.1", "int fn(void) { return 1; }");
	auto_buf stub = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(elf_stub(lib, &stub, &err), -ERR_INPUT);
	assert_non_null(strstr(err.msg, "exports "));
	assert_int_equal(elf_stub("/etc/passwd", &stub, &err), -ERR_INPUT);
	assert_int_equal(elf_stub("/nonexistent", &stub, &err), -ERR_SYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_without_content),
		cmocka_unit_test(test_functions),
	};
	int r;

	if (!mkdtemp(dir))
		return 1;
	r = cmocka_run_group_tests(tests, NULL, NULL);
	file_remove_tree(dir, NULL);
	return r;
}
