/* Guests' configurations: saved from one root, put back into another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <sys/stat.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/guests.h"

static void put(const char *root, const char *name, const char *text, mode_t mode)
{
	auto_free char *path = path_join(root, name);
	struct err err = { 0 };

	if (file_write(path, text, strlen(text), mode, &err))
		fail_msg("%s", err.msg);
}

static void is(const char *root, const char *name, const char *text)
{
	auto_free char *path = path_join(root, name);
	auto_free char *line = file_line(path);

	if (!text && !line)
		return;
	assert_non_null(line);
	assert_non_null(text);
	assert_string_equal(line, text);
}

static void carried_across(void **state)
{
	char base[] = P_tmpdir "/test_guests_XXXXXX", target[64] = "";
	auto_free char *old = NULL;
	auto_free char *new = NULL;
	auto_free char *tar = NULL;
	auto_free char *link = NULL;
	auto_free char *auto_dir = NULL;
	auto_free char *cfg = NULL;
	struct err err = { 0 };
	struct stat st;

	(void)state;
	assert_non_null(mkdtemp(base));
	old = path_join(base, "old");
	new = path_join(base, "new");
	tar = path_join(base, "guests.tar");
	put(old, "etc/xen/vm1.cfg", "name = \"vm1\"", 0600);
	put(old, "etc/xen/xl.conf", "old host's own", 0644);
	put(old, "etc/xen/scripts/vif-bridge", "old script", 0755);
	put(old, "etc/xen/old/vm2.cfg", "name = \"vm2\"", 0644);
	put(old, "etc/libvirt/libxl/vm3.xml", "<domain/>", 0600);
	put(old, "etc/hostname", "old", 0644);
	auto_dir = path_join(old, "etc/xen/auto");
	assert_int_equal(mkdir(auto_dir, 0755), 0);
	link = path_join(auto_dir, "vm1.cfg");
	assert_int_equal(symlink("../vm1.cfg", link), 0);
	if (guests_save_tree(old, tar, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(stat(tar, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);

	put(new, "etc/xen/xl.conf", "new host's own", 0644);
	if (guests_restore_tree(tar, new, &err))
		fail_msg("%s", err.msg);
	/* And once more over itself, as the target step does. */
	if (guests_restore_tree(tar, new, &err))
		fail_msg("%s", err.msg);
	is(new, "etc/xen/vm1.cfg", "name = \"vm1\"");
	is(new, "etc/xen/old/vm2.cfg", "name = \"vm2\"");
	is(new, "etc/xen/auto/vm1.cfg", "name = \"vm1\"");
	is(new, "etc/libvirt/libxl/vm3.xml", "<domain/>");
	is(new, "etc/xen/xl.conf", "new host's own");
	is(new, "etc/xen/scripts/vif-bridge", NULL);
	is(new, "etc/hostname", NULL);
	cfg = path_join(new, "etc/xen/vm1.cfg");
	assert_int_equal(stat(cfg, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	link = (free(link), path_join(new, "etc/xen/auto/vm1.cfg"));
	assert_true(readlink(link, target, sizeof(target) - 1) > 0);
	assert_string_equal(target, "../vm1.cfg");
	file_remove_tree(base, NULL);
}

/* A host without guests, and a tar that is not there. */
static void nothing_to_carry(void **state)
{
	char base[] = P_tmpdir "/test_guests_XXXXXX";
	auto_free char *tar = NULL;
	struct door door = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_non_null(mkdtemp(base));
	tar = path_join(base, "guests.tar");
	assert_int_equal(guests_restore(tar, base, &door, &err), 0);
	if (guests_save_tree(base, tar, &err) || guests_restore_tree(tar, base, &err))
		fail_msg("%s", err.msg);
	file_remove_tree(base, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(carried_across),
		cmocka_unit_test(nothing_to_carry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
