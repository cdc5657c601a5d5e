#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/run.h"
#include "base/util.h"
#include "iso-build/kernel_xz.h"
#include "iso-build/modules.h"
#include "iso-build/modules_strip.h"
#include "iso-build/stage.h"
#include "temp_dir.h"

#define RELEASE "6.1.0-test"
#define MODULES "kernel/usr/lib/modules/" RELEASE "/"

static struct door door;

static char *at(const char *name)
{
	return path_join(temp_dir, name);
}

static void put(const char *name, const char *text)
{
	auto_free char *path = at(name);

	assert_int_equal(file_write(path, text, strlen(text), 0644, NULL), 0);
}

/* An object with the .modinfo section that a kernel module has; info is C text such as "depends=a\0". */
static void put_module(const char *path, const char *name, const char *info)
{
	auto_free char *object = xasprintf("%s/" MODULES "kernel/%s", temp_dir, path);
	auto_free char *source = xasprintf("const char info[] __attribute__((section(\".modinfo\"))) = "
					   "\"%sname=%s\\0vermagic=" RELEASE "\";\n",
					   info, name);
	struct run run = { .stdin_data = source, .stdin_len = strlen(source) };
	struct err err = { 0 };

	put(strstr(object, "kernel/"), "");
	argv_addl(&run.argv, "gcc", "-x", "c", "-c", "-o", object, "-", NULL);
	if (run_argv(&run, &err))
		fail_msg("%s", err.msg);
	run_clear(&run);
}

static int set_up(void **state)
{
	if (temp_dir_make(state))
		return -1;
	put("kernel/boot/vmlinuz-" RELEASE, "a kernel");
	put(MODULES "modules.order", "");
	put(MODULES "modules.builtin", "kernel/lib/built-in.ko\n");
	put(MODULES "modules.builtin.modinfo", "");
	put_module("drivers/nic.ko", "nic", "depends=bus-core,phy\\0softdep=pre: crypto-x hash_y\\0");
	put_module("drivers/bus-core.ko", "bus_core", "depends=\\0");
	put_module("drivers/phy.ko", "phy", "depends=bus_core\\0");
	put_module("crypto/hash-y.ko", "hash_y", "depends=\\0");
	put_module("sound/sound.ko", "sound", "depends=bus-core\\0");
	return 0;
}

static void assert_copied(const char *name, bool want)
{
	auto_free char *path = xasprintf("%s/stage/usr/lib/modules/" RELEASE "/%s", temp_dir, name);

	if (file_exists(path) != want)
		fail_msg("%s is %s", name, want ? "missing" : "there");
}

static void test_copy(void **state)
{
	auto_free char *from = at("kernel");
	auto_free char *to = at("stage");
	struct stage s = { 0 };
	struct kernel k = { 0 };
	struct err err = { 0 };

	(void)state;
	if (stage_init(&s, to, &door, &err) || kernel_find(from, &k, &err) ||
	    modules_copy(&k, "# NICs\nnic built_in\nold-nic? # gone since 5.0\n", to, NULL, &door, &err))
		fail_msg("%s", err.msg);
	assert_string_equal(k.release, RELEASE);
	assert_copied("kernel/drivers/nic.ko", true);
	assert_copied("kernel/drivers/bus-core.ko", true);
	assert_copied("kernel/drivers/phy.ko", true);
	assert_copied("kernel/crypto/hash-y.ko", true);
	assert_copied("kernel/sound/sound.ko", false);
	assert_copied("modules.dep.bin", true);
	assert_copied("modules.alias", true);
	assert_copied("modules.dep", false);
	kernel_clear(&k);
}

static void test_unknown(void **state)
{
	auto_free char *from = at("kernel");
	auto_free char *to = at("stage2");
	struct kernel k = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(kernel_find(from, &k, &err), 0);
	assert_int_equal(modules_copy(&k, "nic nicc\nfoo", to, NULL, &door, &err), -ERR_MACHINE);
	assert_non_null(strstr(err.msg, "no module named: nicc foo"));
	kernel_clear(&k);
}

static void test_several_kernels(void **state)
{
	auto_free char *from = at("kernel");
	struct kernel k = { 0 };
	struct err err = { 0 };

	(void)state;
	put("kernel/boot/vmlinuz-6.2.0-other", "another");
	assert_int_equal(kernel_find(from, &k, &err), -ERR_MACHINE);
	assert_non_null(strstr(err.msg, "holds 2 kernels"));
	assert_int_equal(err.id, ERR_ISO_PARTS);
	assert_int_equal(kernel_find("/nonexistent", &k, &err), -ERR_SYS);
}

/* Compile C text to an object. */
static void compile(const char *path, const char *source)
{
	struct run run = { .stdin_data = source, .stdin_len = strlen(source) };
	struct err err = { 0 };

	put(path + strlen(temp_dir) + 1, "");
	argv_addl(&run.argv, "gcc", "-x", "c", "-c", "-o", path, "-", NULL);
	if (run_argv(&run, &err))
		fail_msg("%s", err.msg);
	run_clear(&run);
}

static bool has(const struct buf *b, const char *text)
{
	return memmem(b->data, b->len, text, strlen(text));
}

/* What a module is stays, and what only debuggers read goes; what was packed is packed again. */
static void test_strip(void **state)
{
	static const char source[] =
		"const char info[] __attribute__((section(\".modinfo\"))) = \"name=x\";\n"
		"const char btf[] __attribute__((section(\".BTF\"))) = \"types\";\n"
		"extern int callee(int); static __attribute__((noinline)) int inner(int n)\n"
		"{ return callee(n) + 1; }\n"
		"int init_module(void) { return inner(2); }\n"
		"void *this_module __attribute__((section(\".gnu.linkonce.this_module\")))\n"
		"	= (void *)init_module;\n";
	auto_free char *modules = at("strip/usr/lib/modules");
	auto_free char *work = at("strip-work");
	auto_free char *plain = path_join(modules, "k/a.ko");
	auto_free char *packed = path_join(modules, "k/b.ko.xz");
	struct err err = { 0 };
	auto_buf before = { 0 };
	auto_buf b = { 0 };
	auto_buf after = { 0 };

	(void)state;
	compile(plain, source);
	assert_int_equal(file_read(plain, &before, NULL), 0);
	/* As the kernel's build appends it. */
	buf_adds(&before, "~Module signature appended~\n");
	assert_int_equal(kernel_xz_pack(&before, &b, NULL), 0);
	assert_int_equal(file_write(packed, b.data, b.len, 0644, NULL), 0);
	if (modules_strip(modules, work, &door, &err))
		fail_msg("%s", err.msg);
	assert_false(file_exists(work));
	b.len = 0;
	assert_int_equal(file_read(packed, &b, NULL), 0);
	assert_int_equal(kernel_xz_unpack(&b, &after, NULL), 0);
	b.len = 0;
	assert_int_equal(file_read(plain, &b, NULL), 0);
	assert_true(b.len == after.len && memcmp(b.data, after.data, b.len) == 0);
	assert_true(has(&before, "types") && has(&before, "inner"));
	assert_true(has(&b, "name=x") && has(&b, "init_module") && has(&b, "callee") &&
		    has(&b, ".gnu.linkonce.this_module"));
	assert_false(has(&b, "types") || has(&b, "inner") || has(&b, "signature"));
}

static void test_strip_broken(void **state)
{
	auto_free char *modules = at("broken");
	auto_free char *work = at("broken-work");
	struct err err = { 0 };

	(void)state;
	put("broken/k/c.ko.xz", "no xz");
	assert_int_equal(modules_strip(modules, work, &door, &err), -ERR_INPUT);
	assert_non_null(strstr(err.msg, "k/c.ko.xz: no sound xz file"));
	assert_false(file_exists(work));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_several_kernels),
		cmocka_unit_test(test_strip),
		cmocka_unit_test(test_strip_broken),
	};

	return cmocka_run_group_tests(tests, set_up, temp_dir_remove);
}
