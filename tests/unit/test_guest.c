#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <archive.h>
#include <archive_entry.h>
#include <elf.h>
#include <zstd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/util.h"
#include "guest/console.h"
#include "guest/installer.h"
#include "guest/kernel.h"
#include "guest/host_priv.h"
#include "guest/migrate.h"
#include "guest/owner.h"
#include "guest/source.h"
#include "guest/xlcfg.h"
#include "guest/xlcfg_word.h"
#include "packages/chroot.h"

static void config_read_and_printed(void **state)
{
	static const char text[] =
		"# by hand\nname = 'a\"b'\nmemory=512\ndisk = [ 'phy:/dev/vg/x,xvda,w',\n  # more\n"
		" \"format=raw, vdev=xvdb, access=ro, target=/dev/y,z\" ]\nvif = ['']\nvif += "
		"[\"mac=00:16:3e:00:00:01\"]\n"
		"cpus = \"1\" ; \n";
	json_t *c = NULL, *again = NULL;
	struct err err = { 0 };
	auto_buf b = { 0 };

	(void)state;
	if (xlcfg_parse("t", text, &c, &err))
		fail_msg("%s", err.msg);
	assert_string_equal(xlcfg_str(c, "name"), "a\"b");
	assert_int_equal(json_integer_value(json_object_get(c, "memory")), 512);
	assert_int_equal(json_array_size(json_object_get(c, "disk")), 2);
	assert_int_equal(json_array_size(json_object_get(c, "vif")), 2);
	xlcfg_print(c, &b);
	assert_int_equal(xlcfg_parse("t", buf_str(&b), &again, &err), 0);
	assert_true(json_equal(c, again));
	json_decref(c);
	json_decref(again);
}

static void config_errors(void **state)
{
	static const char *const bad[][2] = {
		{ "a = 1\nname = \"x\nb = 2\n", "t:2: a string without its end\n" },
		{ "disk = [ \"a\"\nb = 2\n", "t:2: a list without its ]\n" },
		{ "name \"x\"\n", "t:1: wants KEY = VALUE\n" },
		{ "name = x\n", "t:1: wants a string, a number or a list behind =\n" },
		{ "name = \"x\" \"y\"\n", "t:1: more than one value behind =\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct err err = { 0 };
		json_t *c = NULL;

		assert_int_equal(xlcfg_parse("t", bad[i][0], &c, &err), -ERR_INPUT);
		assert_string_equal(err.msg, bad[i][1]);
	}
}

static void is(char *got, const char *want)
{
	if (!want)
		assert_null(got);
	else
		assert_string_equal(got, want);
	free(got);
}

static void words_of_disks(void **state)
{
	(void)state;
	is(xlcfg_disk_get("phy:/dev/vg/x,xvda,w", "target"), "/dev/vg/x");
	is(xlcfg_disk_get("phy:/dev/vg/x,xvda,w", "vdev"), "xvda");
	is(xlcfg_disk_get("phy:/dev/vg/x,xvda,w", "access"), "w");
	is(xlcfg_disk_get("/dev/vg/x,raw,xvda,rw", "vdev"), "xvda");
	is(xlcfg_disk_get("/dev/vg/x,raw,xvda,rw", "format"), "raw");
	is(xlcfg_disk_get("format=raw, vdev=xvdb, access=ro, target=/dev/y,z", "target"), "/dev/y,z");
	is(xlcfg_disk_get("format=raw, vdev=xvdb, access=ro, target=/dev/y,z", "access"), "ro");
	is(xlcfg_disk_get("format=raw,target=/x", "vdev"), NULL);
	is(xlcfg_vif_get("mac=00:16:3e:00:00:01, bridge=xenbr1", "bridge"), "xenbr1");
	is(xlcfg_word_set("mac=1,bridge=b", "mac", "2"), "mac=2,bridge=b");
	is(xlcfg_word_set("bridge=b", "mac", "2"), "mac=2,bridge=b");
	is(xlcfg_word_set("", "mac", "2"), "mac=2");
}

/* A vmlinux of nothing but notes. */
static size_t make_elf(char *p, const unsigned *types, size_t n)
{
	Elf64_Ehdr eh = { .e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
				       EV_CURRENT },
			  .e_type = ET_EXEC,
			  .e_machine = EM_X86_64,
			  .e_version = EV_CURRENT,
			  .e_phoff = sizeof(eh),
			  .e_ehsize = sizeof(eh),
			  .e_phentsize = sizeof(Elf64_Phdr),
			  .e_phnum = 1 };
	Elf64_Phdr ph = {
		.p_type = PT_NOTE, .p_offset = sizeof(eh) + sizeof(ph), .p_filesz = n * 20, .p_align = 4
	};
	size_t at = sizeof(eh) + sizeof(ph);

	memcpy(p, &eh, sizeof(eh));
	memcpy(p + sizeof(eh), &ph, sizeof(ph));
	for (size_t i = 0; i < n; i++, at += 20) {
		Elf64_Nhdr nh = { 4, 4, types[i] };

		memcpy(p + at, &nh, sizeof(nh));
		memcpy(p + at + 12, "Xen\0\1\0\0\0", 8);
	}
	return at;
}

/* The x86 boot protocol around it, its payload by zstd with the length behind it, as the kernel's Makefile
 * does. */
static size_t make_bzimage(char *p, const char *elf, size_t len)
{
	size_t start = 3 * 512 + 64, packed = ZSTD_compress(p + start, 65536, elf, len, 1);
	uint32_t offset = 64, size = (uint32_t)packed + 4, plain = (uint32_t)len;
	uint16_t version = 0x020f;

	memset(p, 0, start);
	p[0x1f1] = 2;
	memcpy(p + 0x202, "HdrS", 4);
	memcpy(p + 0x206, &version, 2);
	memcpy(p + 0x248, &offset, 4);
	memcpy(p + 0x24c, &size, 4);
	memcpy(p + start + packed, &plain, 4);
	return start + packed + 4;
}

static void notes_of_kernels(void **state)
{
	static const unsigned all[] = { 5, 1, 18 }, pv[] = { 5, 1 }, none[] = { 77 };
	static const struct {
		const unsigned *types;
		size_t n;
		bool pv, pvh;
	} kernels[] = { { all, 3, true, true }, { pv, 2, true, false }, { none, 1, false, false } };
	char *elf = xcalloc(1, 65536), *bz = xcalloc(1, 131072);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kernels); i++) {
		size_t len = make_elf(elf, kernels[i].types, kernels[i].n), size = make_bzimage(bz, elf, len);
		struct kernel_notes a = { 0 }, b = { 0 };
		struct err err = { 0 };

		if (kernel_notes_read(elf, len, &a, &err) || kernel_notes_read(bz, size, &b, &err))
			fail_msg("%s", err.msg);
		assert_true(a.elf && b.elf && a.pv == kernels[i].pv && a.pvh == kernels[i].pvh);
		assert_true(b.pv == kernels[i].pv && b.pvh == kernels[i].pvh);
		assert_string_equal(b.packing, "zstd");
		/* Cut short. */
		assert_int_equal(kernel_notes_read(bz, size - 20, &b, &err), -ERR_INPUT);
	}
	free(elf);
	free(bz);
}

/* 32 bits wide, as old PV kernels are; and what points outside the file. */
static void odd_kernels(void **state)
{
	struct {
		Elf32_Ehdr eh;
		Elf32_Phdr ph;
		uint32_t note[5];
	} elf = { .eh = { .e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32, ELFDATA2LSB },
			  .e_phoff = sizeof(Elf32_Ehdr),
			  .e_phnum = 1 },
		  .ph = { .p_type = PT_NOTE,
			  .p_offset = sizeof(Elf32_Ehdr) + sizeof(Elf32_Phdr),
			  .p_filesz = 20 },
		  .note = { 4, 4, 1, 0x006e6558, 0 } };
	struct kernel_notes notes = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(kernel_notes_read(&elf, sizeof(elf), &notes, &err), 0);
	assert_true(notes.elf && notes.pv && !notes.pvh);
	elf.note[1] = 5000; /* a description that is longer than all */
	assert_int_equal(kernel_notes_read(&elf, sizeof(elf), &notes, &err), 0);
	assert_false(notes.pv);
	elf.note[0] = 0xfffffffe;
	assert_int_equal(kernel_notes_read(&elf, sizeof(elf), &notes, &err), 0);
	elf.ph.p_offset = 0xffffff00;
	assert_int_equal(kernel_notes_read(&elf, sizeof(elf), &notes, &err), 0);
	elf.eh.e_phoff = 0xffffff00;
	assert_int_equal(kernel_notes_read(&elf, sizeof(elf), &notes, &err), 0);
	assert_true(notes.elf && !notes.pv);
	assert_int_equal(kernel_notes_read(&elf, 40, &notes, &err), -ERR_INPUT);
	elf.eh.e_ident[EI_DATA] = ELFDATA2MSB;
	assert_int_equal(kernel_notes_read(&elf, sizeof(elf), &notes, &err), -ERR_INPUT);
}

/* By what a PV guest boots that was installed with a kernel of this packing; "" if the host can't. */
static void pv_boots_by(const char *packing, bool pygrub, const char *want_key, const char *want)
{
	struct guest_spec spec = { .name = "web9",
				   .type = GUEST_PV,
				   .type_said = true,
				   .memory_mib = 512,
				   .vcpus = 1,
				   .route = GUEST_INSTALLER,
				   .dialect = "preseed",
				   .kernel = "k",
				   .initrd = "i",
				   .graphics = "none",
				   .kernel_known = true,
				   .kernel_pv = true,
				   .kernel_zstd = str_eq(packing, "zstd") };
	struct guest_host host = { 0 };
	struct guest_plan plan = { 0 };
	struct err err = { 0 };

	if (guest_spec_disk(&spec, "2G", &err) || guest_host_read("tests/facts/dom0-guests", &host, &err))
		fail_msg("%s", err.msg);
	if (!pygrub)
		host.pygrub = NULL;
	if (!*want) {
		assert_int_equal(guest_plan_make(&host, &spec, &plan, &err), -ERR_MACHINE);
		assert_non_null(strstr(err.msg, "pygrub is not here"));
	} else {
		if (guest_plan_make(&host, &spec, &plan, &err))
			fail_msg("%s", err.msg);
		assert_string_equal(xlcfg_str(plan.config, want_key), want);
		/* Its installer has what it wants; the guest has what was asked. */
		assert_int_equal(json_integer_value(json_object_get(plan.config, "memory")), 512);
		assert_int_equal(json_integer_value(json_object_get(plan.install, "memory")), 1024);
	}
	guest_plan_clear(&plan);
	guest_spec_clear(&spec);
	guest_host_clear(&host);
}

static void pv_boots(void **state)
{
	(void)state;
	pv_boots_by("xz", false, "kernel", "/usr/lib/grub-xen/grub-x86_64-xen.bin");
	pv_boots_by("zstd", true, "bootloader", "pygrub");
	pv_boots_by("zstd", false, "", "");
}

static void console_ends(void **state)
{
	char path[] = P_tmpdir "/test_guest_XXXXXX";
	static const char text[] =
		"[    0.000000] Linux\r\nfirst\r\n\033[1;24r\033[4l\033[32msecond\033[0m\r\n"
		"third\r\n\r\n\033[2";
	/* As debian-installer 13 does on hvc0, with screen's bar behind it. */
	static const char asks[] =
		"Continent or region:\r\n  1: Africa,              5: Caribbean\r\nPrompt: '?' for help> \r\n"
		"\033[H\033[7m\033[m\033[32m\033[40m[           \033[37m\033[31m "
		"(\033[37m1*installer\033[31m)\033[37m"
		"  2 shell  3 shell  4- log           \033[32m][\033[34m Nov 22 \033[37m16:30 "
		"\033[32m]\033[15B\033[0m";
	auto_close int fd = mkstemp(path);
	struct err err = { 0 };

	(void)state;
	assert_true(fd >= 0);
	is(console_tail(path), NULL);
	assert_int_equal(file_write(path, text, strlen(text), 0600, &err), 0);
	is(console_tail(path), "first | second | third");
	assert_false(console_asks(path));
	assert_int_equal(file_write(path, asks, strlen(asks), 0600, &err), 0);
	assert_true(console_asks(path));
	is(console_tail(path),
	   "Continent or region: |   1: Africa,              5: Caribbean | Prompt: '?' for help> ");
	unlink(path);
	is(console_tail(path), NULL);
}

static const char there_text[] = "info xen_major=4\ninfo xen_minor=20\ninfo free_memory=4000\n"
				 "info hw_caps=178bf3ff:f6d8320b:2e500800\nbridge xenbr0\nbridge xenbr1\n"
				 "vg VG-SAN-0 SanSan-0000-0000-0000-0000-0000-000001\nlv VG-SAN-0/db1\n"
				 "lv VG-SAN-0/web1\nhostname xen12\nguest Domain-0\n";

static void migrate_volume(const char *volume, const char *there, const char *want)
{
	static const char here[] =
		"info virt_caps=pv hvm hap gnttab-v2\n"
		"info xen_major=4\ninfo xen_minor=20\ninfo hw_caps=178bf3ff:f6d8320b:2e500800\n"
		"hostname xen11\n";
	auto_free char *config =
		xasprintf("name = \"web1\"\nmemory = 2048\ntype = \"pvh\"\n"
			  "disk = [ \"format=raw,vdev=xvda,access=rw,target=/dev/VG-SAN-0/%s\" ]\n"
			  "vif = [ \"mac=00:16:3e:00:00:01,bridge=xenbr1\" ]\n",
			  volume);
	struct migrate_host a = { 0 }, b = { 0 };
	struct guest_known guest = { .name = "web1" };
	struct guest_host host = { 0 };
	struct err err = { 0 };
	auto_buf wrong = { 0 };

	if (guest_host_read("tests/facts/dom0-guests", &host, &err) ||
	    xlcfg_parse("t", config, &guest.config, &err))
		fail_msg("%s", err.msg);
	migrate_host_parse(here, &a);
	migrate_host_parse(there, &b);
	guest_migrate_check(&host, &guest, &a, &b, false, &wrong);
	assert_string_equal(buf_str(&wrong), want);
	json_decref(guest.config);
	migrate_host_clear(&a);
	migrate_host_clear(&b);
	guest_host_clear(&host);
}

static void migrate_to(const char *there, const char *want)
{
	migrate_volume("db1", there, want);
}

static void migration_is_checked(void **state)
{
	(void)state;
	migrate_to(there_text, "");
	migrate_to("info xen_major=4\ninfo xen_minor=17\ninfo free_memory=1000\ninfo "
		   "hw_caps=178bf3ff:f6d83209:2e500800\n"
		   "bridge xenbr0\nvg VG-SAN-0 Other0-0000-0000-0000-0000-0000-000001\nguest web1\n",
		   "web1: Xen there is 4.17, older than 4.20 here\n"
		   "web1: the processor there lacks features of this one (hw_caps "
		   "178bf3ff:f6d83209:2e500800, here "
		   "178bf3ff:f6d8320b:2e500800)\n"
		   "web1: 1000 MiB of memory are free there, and 2048 are wanted\n"
		   "web1: a guest of that name runs there\n"
		   "web1: there is no bridge xenbr1 there\n"
		   "web1: volume group VG-SAN-0 (SanSan-0000-0000-0000-0000-0000-000001) is not there\n");
	migrate_to("info xen_major=4\ninfo xen_minor=20\ninfo free_memory=4000\n"
		   "info hw_caps=178bf3ff:f6d8320b:2e500800\nbridge xenbr1\n"
		   "vg VG-SAN-0 SanSan-0000-0000-0000-0000-0000-000001\nlv VG-SAN-0/db1\nhostname xen11\n",
		   "web1: both hosts are called xen11: nobody could tell whose a volume is\n");
	auto_free char *more = xasprintf("%slv VG-SAN-0/snapped\nlv VG-SAN-0/thin\n", there_text);

	migrate_volume(
		"snapped", more,
		"web1: volume VG-SAN-0/snapped has the snapshot snapped.snap.s1, which two hosts would "
		"both write to: drop it first (xenith guest snapshot --drop)\n");
	migrate_volume("thin", more,
		       "web1: volume VG-SAN-0/thin is thin: its pool can't be used by two hosts\n");
}

/* What is done to have these volumes ("A B"), or why this host, xen11, may not. */
static void own(const char *words, const char *want)
{
	auto_buf record = { 0 };
	struct door door = { .record = &record };
	struct guest_host host = { 0 };
	struct err err = { 0 };
	auto_argv lvs = { 0 };

	if (guest_host_read("tests/facts/dom0-guests", &host, &err))
		fail_msg("%s", err.msg);
	argv_split(&lvs, words, " ");
	if (guest_own(&host, &lvs, &door, &err)) {
		assert_int_equal(err.id, ERR_GUEST_DISK);
		buf_adds(&record, err.msg);
	} else {
		buf_adds(&record, "--\n");
		assert_int_equal(guest_disown(&host, &lvs, &door, &err), 0);
	}
	assert_string_equal(buf_str(&record), want);
	guest_host_clear(&host);
}

/* By the disks that they are on: a multipath map, iSCSI, something on top of that; and a disk of the host. */
static void who_else_sees_a_group(void **state)
{
	struct guest_host host = { 0 };
	struct err err = { 0 };

	(void)state;
	if (guest_host_read("tests/facts/dom0-guests", &host, &err))
		fail_msg("%s", err.msg);
	assert_true(guest_host_vg(&host, "VG-SAN-0")->san);
	assert_true(ghost_on_san(&host, "/dev/sdy"));
	assert_true(ghost_on_san(&host, "/dev/mapper/luks-1"));
	assert_false(guest_vg_elsewhere(guest_host_vg(&host, "vg0")));
	assert_false(ghost_on_san(&host, "[unknown]"));
	guest_host_clear(&host);
}

static void volumes_are_owned(void **state)
{
	(void)state;
	own("vg0/root", "run lvm lvchange -a y vg0/root\n--\n");
	own("VG-SAN-0/free1 vg0/root", "run lvm lvchange --addtag xenith.owner.xen11 VG-SAN-0/free1\n"
				       "run lvm lvchange -a y VG-SAN-0/free1\n"
				       "run lvm lvchange -a y vg0/root\n--\n"
				       "run lvm lvchange --yes -a n VG-SAN-0/free1\n"
				       "run lvm lvchange --deltag xenith.owner.xen11 VG-SAN-0/free1\n");
	own("VG-SAN-0/db1", "run lvm lvchange -a y VG-SAN-0/db1\n--\n"
			    "run lvm lvchange --yes -a n VG-SAN-0/db1\n"
			    "run lvm lvchange --deltag xenith.owner.xen11 VG-SAN-0/db1\n");
	own("vglocked/web1", "run lvm lvchange -a ey vglocked/web1\n--\n"
			     "run lvm lvchange --yes -a n vglocked/web1\n");
	own("vglocked/old1", "run lvm lvchange -a ey vglocked/old1\n--\n"
			     "run lvm lvchange --yes -a n vglocked/old1\n");
	own("VG-SAN-0/free1 VG-SAN-0/far1", "volume VG-SAN-0/far1 is host xen12's: two owners would destroy "
					    "it. If that host is off for good: "
					    "lvchange --deltag xenith.owner.xen12 VG-SAN-0/far1");
	own("VG-SAN-0/thin", "volume VG-SAN-0/pool is host xen12's: two owners would destroy it. If that "
			     "host is off for good: "
			     "lvchange --deltag xenith.owner.xen12 VG-SAN-0/pool");
	own("nowhere/web1", "there is no volume nowhere/web1 here");
}

static void put(const char *dir, const char *name, const char *text)
{
	auto_free char *path = path_join(dir, name);
	struct err err = { 0 };

	if (file_write(path, text, strlen(text), 0644, &err))
		fail_msg("%s", err.msg);
}

static void tree_by_treeinfo(void **state)
{
	char dir[] = "/tmp/xenith-test-tree.XXXXXX", hex[HASH_HEX_LEN + 1], other[HASH_HEX_LEN + 1];
	auto_free char *url = NULL, *run = NULL, *info = NULL;
	struct guest_spec spec = { .name = "web1" };
	struct err err = { 0 };
	auto_buf got = { 0 };

	(void)state;
	assert_non_null(mkdtemp(dir));
	url = xasprintf("file://%s", dir);
	run = path_join(dir, "run");
	put(dir, "images/pxeboot/vmlinuz", "kernel");
	put(dir, "images/pxeboot/initrd.img", "initrd");
	hash_mem("kernel", 6, hex);
	hash_mem("initrd", 6, other);
	info = xasprintf("[general]\nfamily = Rocky\n[images-x86_64]\ninitrd = images/pxeboot/initrd.img\n"
			 "kernel = images/pxeboot/vmlinuz\n[checksums]\nimages/pxeboot/vmlinuz = sha256:%s\n"
			 "images/pxeboot/initrd.img = sha256:%s\n",
			 hex, other);
	put(dir, ".treeinfo", info);
	spec.source_url = url;
	if (guest_source_fetch(&spec, run, NULL, NULL, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(file_read(spec.initrd, &got, &err), 0);
	assert_string_equal(buf_str(&got), "initrd");
	/* It is no kernel, and that is found before anything is made. */
	assert_int_equal(guest_source_probe(&spec, &err), -ERR_INPUT);
	assert_int_equal(err.id, ERR_GUEST_MEDIUM);
	/* It is here by its sum, whatever the tree has now; not one that was spoilt. */
	put(dir, "images/pxeboot/initrd.img", "Initrd");
	spec.kernel = spec.initrd = NULL;
	assert_int_equal(guest_source_fetch(&spec, run, NULL, NULL, &err), 0);
	put(run, other, "broken");
	spec.kernel = spec.initrd = NULL;
	assert_int_equal(guest_source_fetch(&spec, run, NULL, NULL, &err), -ERR_FETCH);
	assert_non_null(strstr(err.msg, "the tree says"));
	assert_int_equal(err.id, ERR_GUEST_SOURCE);
	guest_spec_clear(&spec);
	file_remove_tree(dir, NULL);
}

/* The kernel unpacks archives that stand behind each other. */
static void answers_in_the_initrd(void **state)
{
	struct guest_answer_file file = { "preseed.cfg", "d-i x y z\n", 10 };
	struct guest_answers answers = { .files = &file, .n_files = 1 };
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	struct err err = { 0 };
	auto_buf initrd = { 0 };
	char text[32] = "";

	(void)state;
	buf_adds(&initrd, "12345");
	if (guest_initrd_inject(&answers, &initrd, &err))
		fail_msg("%s", err.msg);
	assert_memory_equal(initrd.data, "12345\0\0", 8);
	archive_read_support_format_cpio(a);
	assert_int_equal(archive_read_open_memory(a, initrd.data + 8, initrd.len - 8), ARCHIVE_OK);
	assert_int_equal(archive_read_next_header(a, &e), ARCHIVE_OK);
	assert_string_equal(archive_entry_pathname(e), "preseed.cfg");
	assert_int_equal(archive_entry_perm(e), 0600);
	assert_int_equal(archive_read_data(a, text, sizeof(text)), 10);
	assert_string_equal(text, "d-i x y z\n");
	archive_read_free(a);
}

static const char *const mount_points[] = { "proc", "sys", "dev" };

static void named(const char *dir, const char *write, const char *want)
{
	auto_free char *path = path_join(dir, "etc/hostname");
	struct door door = { 0 };
	struct chroot root = { 0 };
	struct err err = { 0 };

	if (chroot_open(&root, dir, &door, &err))
		fail_msg("%s", err.msg);
	is(file_line(path), "localhost");
	if (write)
		put(dir, "etc/hostname", write);
	if (chroot_close(&root, 0, &err))
		fail_msg("%s", err.msg);
	is(file_line(path), want);
}

/* What a root without a name is lent goes again; the one that it gets meanwhile stays. */
static void name_of_a_root(void **state)
{
	char dir[] = P_tmpdir "/test_guest_XXXXXX";

	(void)state;
	if (geteuid())
		skip();
	assert_non_null(mkdtemp(dir));
	put(dir, "etc/fstab", "");
	put(dir, "usr/sbin/none", "");
	for (size_t i = 0; i < ARRAY_SIZE(mount_points); i++) {
		auto_free char *path = path_join(dir, mount_points[i]);

		assert_int_equal(mkdir(path, 0755), 0);
	}
	named(dir, NULL, NULL);
	named(dir, "web1\n", "web1");
	file_remove_tree(dir, NULL);
}

static void macs_and_uuids(void **state)
{
	auto_free char *a = guest_mac("web1", 0, 0), *b = guest_mac("web1", 0, 0),
		       *c = guest_mac("web1", 1, 0);
	auto_free char *u = guest_uuid("x");

	(void)state;
	assert_string_equal(a, b);
	assert_string_not_equal(a, c);
	assert_true(str_starts(a, "00:16:3e:"));
	assert_int_equal(strlen(u), 36);
	assert_int_equal(u[14], '8');
	assert_non_null(strchr("89ab", u[19]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(config_read_and_printed),
		cmocka_unit_test(config_errors),
		cmocka_unit_test(words_of_disks),
		cmocka_unit_test(notes_of_kernels),
		cmocka_unit_test(migration_is_checked),
		cmocka_unit_test(who_else_sees_a_group),
		cmocka_unit_test(volumes_are_owned),
		cmocka_unit_test(console_ends),
		cmocka_unit_test(tree_by_treeinfo),
		cmocka_unit_test(answers_in_the_initrd),
		cmocka_unit_test(macs_and_uuids),
		cmocka_unit_test(odd_kernels),
		cmocka_unit_test(pv_boots),
		cmocka_unit_test(name_of_a_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
