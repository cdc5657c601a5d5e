#include "tests/unit/pkg_archive.h"

#include "packages/order.h"
#include "packages/preinst.h"

static const char status[] =
	"Package: app\nStatus: install ok unpacked\nArchitecture: amd64\nDepends: lib (>= 1), no-such | "
	"runtime\n\n"
	"Package: base-passwd\nEssential: yes\nArchitecture: amd64\n\n"
	"Package: circle\nArchitecture: amd64\nDepends: lib\n\n"
	"Package: hooks\nArchitecture: amd64\nDepends: circle:any, virtual-thing [amd64]\n\n"
	"Package: lib\nArchitecture: amd64\nMulti-Arch: same\nDepends: circle\n\n"
	"Package: mawk\nArchitecture: amd64\n\n"
	"Package: provider\nArchitecture: all\nProvides: other, virtual-thing (= 2)\n\n"
	"Package: required-one\nPriority: required\nArchitecture: amd64\nPre-Depends: lib\n\n"
	"Package: runtime\nArchitecture: amd64\n";

static size_t place(const struct order *o, const char *name)
{
	for (size_t i = 0; i < o->rest.n; i++)
		if (str_eq(o->rest.v[i], name))
			return i;
	fail_msg("%s is not in the order", name);
	return 0;
}

static void what_the_initramfs_waits_for_comes_first(void **state)
{
	char dir[] = "/tmp/xenith-test-order.XXXXXX";
	struct order order = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_non_null(mkdtemp(dir));
	archive_put(dir, "var/lib/dpkg/status", 0644, status);
	archive_put(dir, "var/lib/dpkg/info/hooks.list", 0644,
		    "/.\n/usr/share/initramfs-tools/hooks/hooks\n");
	archive_put(dir, "var/lib/dpkg/info/lib:amd64.list", 0644, "/.\n/usr/lib/lib.so\n");
	if (order_make(dir, &order, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(order.first.n, 2);
	assert_string_equal(order.first.v[0], "base-passwd");
	assert_string_equal(order.first.v[1], "mawk");
	assert_int_equal(order.rest.n, 7);
	assert_int_equal(order.n_initramfs, 5);
	assert_true(place(&order, "lib") < place(&order, "required-one"));
	assert_true(place(&order, "required-one") < place(&order, "hooks"));
	assert_true(place(&order, "provider") < place(&order, "hooks"));
	assert_true(place(&order, "circle") < order.n_initramfs);
	assert_true(place(&order, "runtime") < place(&order, "app"));
	assert_true(place(&order, "app") >= order.n_initramfs);
	order_clear(&order);
	file_remove_tree(dir, NULL);
}

/* The second try of a step that failed half-way. */
static void what_is_configured_is_left_out(void **state)
{
	static const char half[] = "Package: base-passwd\nStatus: install ok installed\nEssential: yes\n\n"
				   "Package: mawk\nStatus: install ok half-configured\n\n"
				   "Package: app\nStatus: install ok unpacked\nDepends: lib\n\n"
				   "Package: lib\nStatus: install ok installed\n";
	char dir[] = "/tmp/xenith-test-order.XXXXXX";
	struct order order = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_non_null(mkdtemp(dir));
	archive_put(dir, "var/lib/dpkg/status", 0644, half);
	if (order_make(dir, &order, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(order.first.n, 1);
	assert_string_equal(order.first.v[0], "mawk");
	assert_int_equal(order.rest.n, 1);
	assert_string_equal(order.rest.v[0], "app");
	order_clear(&order);
	file_remove_tree(dir, NULL);
}

static void no_database_is_an_error(void **state)
{
	struct order order = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(order_make("/nonexistent", &order, &err), -ERR_SYS);
	assert_non_null(strstr(err.msg, "/nonexistent/var/lib/dpkg/status"));
}

static void scripts_are_judged(void **state)
{
	static const char upgrade[] = "#!/bin/sh\nset -e\n# made by debhelper\n"
				      "dpkg-maintscript-helper rm_conffile /etc/x 1 -- \"$@\"\n# end\n";
	static const char kernel[] = "#!/bin/sh -e\n\nversion=6.12\nimage_path=/boot/vmlinuz-$version\n\n"
				     "if [ \"$1\" = abort-upgrade ]; then\n    exit 0\nfi\n"
				     "if [ \"$1\" = install ]; then\n    mkdir -p /lib/modules/$version\n"
				     "    touch /lib/modules/$version/.fresh-install\nfi\n"
				     "linux-run-hooks image preinst $version $image_path -- \"$@\"\nexit 0\n";
	static const char python[] =
		"#!/bin/sh\nset -e\ncase \"$1\" in\n install)\n\tmkdir -p /var/lib/python\n\t;;\n"
		" upgrade|abort-upgrade)\n\t:\n    ;;\n *)\n echo \"unknown \\`$1'\" >&2\n esac\n";
	static const char *const early[] = {
		"dpkg-divert --package x --add /bin/y\n",
		"rm -f /etc/x\n",
		"mkdir -p \"$(cat /etc/x)\"\n",
		"mkdir -p /x && rm /y\n",
		"touch /x; rm /y\n",
		"if [ \"$1\" = install ]; then rm /y; fi\n",
		"else rm /y\n",
		"if [ -x /etc/init.d/x ]; then\n",
		"adduser --system x\n",
		"echo x >/etc/x\n",
		"x=`rm /y`\n",
		"version=1 rm /y\n",
	};

	(void)state;
	assert_true(preinst_is_for_upgrades(upgrade));
	assert_false(preinst_is_for_upgrades(kernel));
	assert_true(preinst_may_be_late(upgrade));
	assert_true(preinst_may_be_late(kernel));
	assert_true(preinst_may_be_late(python));
	assert_false(preinst_is_for_upgrades(python));
	for (size_t i = 0; i < ARRAY_SIZE(early); i++)
		if (preinst_may_be_late(early[i]))
			fail_msg("may not be late: %s", early[i]);
}

/* What debhelper and package maintainers write for upgrades is nothing to a first installation. */
static void upgrades_are_left_out(void **state)
{
	static const char *const inert[] = {
		"#!/bin/sh\nset -e\nif [ \"$1\" = \"install\" ] && [ -n \"$2\" ] && [ -e \"/etc/init.d/x\" ] "
		"; then\n"
		"\tchmod +x \"/etc/init.d/x\" >/dev/null || true\nfi\n",
		"if [ -z \"$DPKG_ROOT\" ] && [ \"$1\" = upgrade ] && [ -d /run/systemd/system ] ; then\n  rm "
		"/x\nfi\nexit 0\n",
		"D=/usr/share/doc/x\nif test \"$1\" = upgrade \\\n  -a -L $D\nthen\n  rm $D\nfi\n",
		"case \"$1\" in\n upgrade)\n  if dpkg --compare-versions \"$2\" lt 1; then\n   rm /x\n  fi\n "
		" ;;\n"
		" install|abort-upgrade)\n  ;;\n *)\n  echo \"what?\" >&2\n  exit 1\n  ;;\nesac\nexit 0\n",
		"set -eu\nold() {\n  rm /x\n}\ncase $1 in\n upgrade)\n old \"$2\"\n ;;\nesac\nset +eu\n",
	};
	static const char *const active[] = {
		"if [ \"$1\" = upgrade ] || [ -e /x ]; then\n  rm /x\nfi\n",
		"if [ \"$1\" = upgrade -o -e /x ]; then\n  rm /x\nfi\n",
		"if rm /y && [ \"$1\" = upgrade ]; then\n  rm /x\nfi\n",
		"if [ \"$1\" = upgrade ]; then\n  rm /x\nelse\n  rm /y\nfi\n",
		"if [ \"$1\" = upgrade ]; then # why\n  rm /x\nfi\nrm /y\nif [ -e /z ]; then\n  rm /z\nfi\n",
		"if [ \"$1\" = upgrade ]; then\n  if a; then b; fi || c\nfi\nrm /y\nif [ -e /z ]; then\n  rm "
		"/z\nfi\n",
		"case \"$1\" in\n upgrade|install)\n  rm /x\n  ;;\nesac\n",
		"case \"$1\" in\n upgrade)\n  ;;\n *)\n  rm /x\nesac\n",
		"case \"$1\" in\n upgrade) : ;;\n install) rm /x ;;\nesac\n",
		"old() {\n  rm /x\n}\nold\n",
		"old() {\n  rm /x\n}\nx=1\ncase \"$1\" in\n install)\n old \"$2\"\n ;;\nesac\n",
		"cat >/x <<END\nif [ \"$1\" = upgrade ]; then\nEND\n",
		"x=$(rm /y)\n",
		"set -e; rm /y\n",
		"dpkg-maintscript-helper rm_conffile /x 1 -- \"$@\"; rm /y\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(inert); i++)
		if (!preinst_is_for_upgrades(inert[i]))
			fail_msg("does nothing: %s", inert[i]);
	for (size_t i = 0; i < ARRAY_SIZE(active); i++)
		if (preinst_is_for_upgrades(active[i]) || preinst_may_be_late(active[i]))
			fail_msg("does something: %s", active[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_initramfs_waits_for_comes_first),
		cmocka_unit_test(what_is_configured_is_left_out),
		cmocka_unit_test(no_database_is_an_error),
		cmocka_unit_test(scripts_are_judged),
		cmocka_unit_test(upgrades_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
