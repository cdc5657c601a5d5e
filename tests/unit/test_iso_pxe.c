#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <unistd.h>

#include "base/file.h"
#include "base/util.h"
#include "iso-build/image.h"
#include "iso_sample.h"
#include "iso-build/pxe.h"
#include "temp_dir.h"

static char *in_dir(const char *name)
{
	return path_join(temp_dir, name);
}

static void wants_file(const char *name, const char *text)
{
	auto_free char *path = in_dir(name);
	auto_buf b = { 0 };

	assert_int_equal(file_read(path, &b, NULL), 0);
	assert_string_equal(buf_str(&b), text);
}

static bool there(const char *name)
{
	auto_free char *path = in_dir(name);

	return file_exists(path);
}

static void read_table(const char *text, struct pxe_opts *o, int want, struct err *err)
{
	auto_free char *path = in_dir("hosts.csv");

	assert_int_equal(file_write(path, text, strlen(text), 0644, NULL), 0);
	assert_int_equal(pxe_hosts_read(path, &o->hosts, &o->n_hosts, err), want);
}

static int build(struct pxe_opts *o, const char *iso, struct err *err)
{
	struct door door = { .log = log_new(NULL) };
	int r = pxe_build(o, iso, &door, err);

	log_free(door.log);
	return r;
}

#define GRUB_LOCAL                                                                                  \
	"echo \"Starting from the disk\"\nif [ \"$grub_platform\" = pc ]; then\n  set root=(hd0)\n" \
	"  chainloader +1\n  boot\nfi\nexit\n"
#define TABLE "mac,name,ks,append\n52-54-00-AA-00-01,xen1.example.org,http://192.0.2.9/ks/${serial},quiet\n"

static void test_tree(void **state)
{
	auto_free char *iso =
		iso_sample(temp_dir, "x.iso", "console=ttyS0 'ks=http://192.0.2.1/${mac}' ip=dhcp");
	auto_free char *out = in_dir("out");
	auto_free char *check = xasprintf("cd %s && sha256sum -c --quiet --strict SHA256SUMS", out);
	struct pxe_opts o = { .output = out, .url = "http://192.0.2.9:8080/x", .append = "xenith.json" };
	struct door door = { .log = log_new(NULL) };
	struct err err = { 0 };

	(void)state;
	if (!file_exists("/usr/lib/ipxe/undionly.kpxe"))
		skip();
	read_table(TABLE, &o, 0, &err);
	if (build(&o, iso, &err))
		fail_msg("%s", err.msg);
	wants_file("out/vmlinuz", "the kernel");
	wants_file("out/initrd", "the initramfs");
	wants_file("out/boot.ipxe",
		   "#!ipxe\n"
		   "chain --autofree --replace http://192.0.2.9:8080/x/local/${netX/mac:hexhyp}.ipxe ||\n"
		   "chain --autofree --replace http://192.0.2.9:8080/x/hosts/${netX/mac:hexhyp}.ipxe ||\n"
		   "echo This machine (${netX/mac}) is not in the table of hosts: it starts from its disk.\n"
		   "chain --autofree --replace http://192.0.2.9:8080/x/local/disk.ipxe\n");
	wants_file("out/hosts/52-54-00-aa-00-01.ipxe",
		   "#!ipxe\necho Xenith: xen1.example.org\n"
		   "kernel http://192.0.2.9:8080/x/vmlinuz initrd=initrd console=ttyS0 ip=dhcp "
		   "ks=http://192.0.2.9/ks/${serial} xenith.json quiet BOOTIF=01-${netX/mac:hexhyp}\n"
		   "initrd --name initrd http://192.0.2.9:8080/x/initrd\nboot\n");
	wants_file("out/hosts/52:54:00:aa:00:01.cfg",
		   "linux $base/vmlinuz console=ttyS0 ip=dhcp 'ks=http://192.0.2.9/ks/${serial}' xenith.json "
		   "quiet "
		   "BOOTIF=01-52-54-00-aa-00-01\ninitrd $base/initrd\nboot\n");
	wants_file("out/grub/early.cfg", "set root=(http,192.0.2.9:8080)\n"
					 "set base=(http,192.0.2.9:8080)/x\n"
					 "export base\nset prefix=$base/grub\n"
					 "configfile $base/grub/grub.cfg\n");
	assert_int_equal(door_runl(&door, &err, "sh", "-c", check, NULL), 0);
	log_free(door.log);
	pxe_hosts_clear(o.hosts, o.n_hosts);
}

/* By name, by the first part of the name, by MAC; the table stays what it is when it is built again. */
static void test_local(void **state)
{
	static const char mark[] = "out/local/52-54-00-aa-00-01.ipxe",
			  grub[] = "out/local/52:54:00:aa:00:01.cfg";
	auto_free char *iso = iso_sample(temp_dir, "x.iso", "quiet");
	auto_free char *out = in_dir("out");
	struct pxe_opts o = { .output = out, .url = "http://192.0.2.9/x" };
	struct err err = { 0 };

	(void)state;
	if (!file_exists("/usr/lib/ipxe/undionly.kpxe"))
		skip();
	read_table(TABLE, &o, 0, &err);
	assert_int_equal(build(&o, iso, &err), 0);
	assert_false(there(mark));
	wants_file(grub, PXE_GRUB_INSTALLS);
	assert_int_equal(pxe_set_local(out, "xen1", false, &err), 0);
	assert_true(there(mark));
	wants_file(grub, GRUB_LOCAL);
	assert_int_equal(build(&o, iso, &err), 0);
	assert_true(there(mark));
	wants_file(grub, GRUB_LOCAL);
	assert_int_equal(pxe_set_local(out, "52:54:00:AA:00:01", true, &err), 0);
	assert_false(there(mark));
	wants_file(grub, PXE_GRUB_INSTALLS);
	assert_int_equal(pxe_set_local(out, "xen1.example.org", false, &err), 0);
	assert_true(there(mark));
	assert_int_equal(pxe_set_local(out, "xen1.example.com", false, &err), -ERR_INPUT);
	assert_int_equal(pxe_set_local(out, "xen", false, &err), -ERR_INPUT);
	assert_int_equal(pxe_set_local(out, "../x", false, &err), -ERR_INPUT);
	pxe_hosts_clear(o.hosts, o.n_hosts);
}

static void test_dnsmasq(void **state)
{
	struct pxe_host host = { .mac = (char *)"52:54:00:aa:00:01",
				 .name = (char *)"xen1",
				 .ks = (char *)"a" };
	struct pxe_opts o = { .output = "/srv/x",
			      .url = "http://192.0.2.9/x",
			      .interface = "eno1",
			      .dhcp_range = "192.0.2.100,192.0.2.199",
			      .hosts = &host,
			      .n_hosts = 1 };
	auto_buf b = { 0 };

	(void)state;
	pxe_text_dnsmasq(&o, &b);
	assert_non_null(strstr(buf_str(&b), "\ninterface=eno1\n"));
	assert_non_null(strstr(buf_str(&b), "\ndhcp-range=192.0.2.100,192.0.2.199\n"));
	assert_non_null(
		strstr(buf_str(&b), "\ndhcp-boot=tag:http64,tag:!ipxe,http://192.0.2.9/x/grubx64.efi\n"));
	assert_non_null(strstr(buf_str(&b), "\ndhcp-host=52:54:00:aa:00:01,xen1\n"));
	b.len = 0;
	o.dhcp_range = NULL;
	pxe_text_dnsmasq(&o, &b);
	assert_non_null(strstr(buf_str(&b), "\ndhcp-range=192.0.2.9,proxy\n"));
}

/* Every wrong row in one pass. */
static void test_bad_table(void **state)
{
	struct pxe_opts o = { 0 };
	struct err err = { 0 };

	(void)state;
	read_table("mac,name,ks\n52-54-00-AA-00-0g,a,http://192.0.2.9/\n52:54:00:00:00:01,b;c,x\n"
		   "52:54:00:00:00:01,d,\n",
		   &o, -ERR_INPUT, &err);
	assert_non_null(strstr(err.msg, "hosts.csv:2: mac: "));
	assert_non_null(strstr(err.msg, "hosts.csv:3: name: "));
	assert_non_null(strstr(err.msg, "hosts.csv:4: mac: "));
	assert_non_null(strstr(err.msg, "hosts.csv:4: ks: "));
	assert_int_equal(err.id, ERR_ISO_HOSTS);
}

/* What holds passwords, and what is no medium. */
static void test_refused(void **state)
{
	auto_free char *iso = iso_sample(temp_dir, "ks.iso", "quiet ks=file:/ks.cfg");
	auto_free char *out = in_dir("refused");
	auto_free char *other = in_dir("other");
	struct pxe_opts o = { .output = out, .url = "http://192.0.2.9/x", .ks_url = "http://192.0.2.9/ks" };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(build(&o, iso, &err), -ERR_INPUT);
	assert_non_null(strstr(err.msg, "passwords"));
	assert_int_equal(err.id, ERR_ISO_SECRET);
	assert_int_equal(file_write(other, "no ISO", 6, 0644, NULL), 0);
	assert_int_equal(build(&o, other, &err), -ERR_INPUT);
	assert_int_equal(err.id, ERR_ISO_NO_MEDIUM);
	o.url = "https://192.0.2.9/x";
	assert_int_equal(build(&o, iso, &err), -ERR_USAGE);
	o.url = "http://192.0.2.9/";
	assert_int_equal(build(&o, iso, &err), -ERR_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tree),    cmocka_unit_test(test_local),
		cmocka_unit_test(test_dnsmasq), cmocka_unit_test(test_bad_table),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, temp_dir_make, temp_dir_remove);
}
