/* installer/boot: plans, the recorded apply, and the check of a grub.cfg. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/util.h"
#include "installer/boot/boot_priv.h"

static const struct disk_facts vda = {
	.name = "none0", .path = "/dev/none0", .id = "serial-A", .transport = "virtio"
};
static struct disk_part_plan parts[] = { { .number = 1, .kind = "biosboot" },
					 { .number = 2, .kind = "esp" } };
static struct disk_target target = { .disk = &vda, .id = "serial-A", .parts = parts, .n_parts = 2 };
static struct disk_mount mounts[] = {
	{ .mntpoint = "/", .fstype = "ext4", .dev = { .node = "/dev/mapper/vg0-root" } },
	{ .mntpoint = "/boot/efi", .fstype = "vfat", .dev = { .part = 2 } }
};
static struct disk_vg_plan vg = { .name = "vg0" };
static size_t boot_disk;
static struct nic_facts nic = { .name = "ens16", .driver = "e1000" };

static struct disk_plan disk_example(void)
{
	return (struct disk_plan){ .disks = &target,
				   .n_disks = 1,
				   .vgs = &vg,
				   .n_vgs = 1,
				   .mounts = mounts,
				   .n_mounts = 2,
				   .bios = true,
				   .uefi = true,
				   .boot_disks = &boot_disk,
				   .n_boot_disks = 1 };
}

static struct facts facts_example(int port, bool vga, bool uefi)
{
	return (struct facts){ .uefi = uefi,
			       .console = { .serial_port = port, .baud = 57600, .parity = "8n1", .vga = vga },
			       .nics = &nic,
			       .n_nics = 1 };
}

static void plan_text(int port, bool vga, const char *console, const char *expect)
{
	struct facts facts = facts_example(port, vga, false);
	struct disk_plan disk = disk_example();
	struct ks ks = {
		.xen = { .dom0_mem = "1024M", .dom0_vcpus = 2, .console = console, .args = "loglvl=all" },
		.bootloader = { .at = { .line = 1 }, .append = "quiet", .timeout = 3 }
	};
	struct boot_plan plan = { 0 };
	struct err err = { 0 };
	auto_buf b = { 0 };

	assert_int_equal(boot_plan_make(&facts, &ks, &disk, &plan, &err), 0);
	boot_plan_print(&plan, &b);
	boot_plan_clear(&plan);
	assert_string_equal(buf_str(&b), expect);
}

static void plans(void **state)
{
	(void)state;
	plan_text(0, true, NULL,
		  "boot: GRUB for BIOS and UEFI, menu for 3 s on serial console\n"
		  "boot: Xen: dom0_mem=1024M,max:1024M dom0_max_vcpus=2 com1=57600,8n1 console=com1,vga "
		  "loglvl=all\n"
		  "boot: dom0: console=tty0 console=hvc0 quiet\n"
		  "boot: Linux without Xen: console=tty0 console=ttyS0,57600n8 quiet\n");
	plan_text(1, false, "auto",
		  "boot: GRUB for BIOS and UEFI, menu for 3 s on serial console\n"
		  "boot: Xen: dom0_mem=1024M,max:1024M dom0_max_vcpus=2 com2=57600,8n1 console=com2 "
		  "loglvl=all\n"
		  "boot: dom0: console=hvc0 quiet\n"
		  "boot: Linux without Xen: console=ttyS1,57600n8 quiet\n");
	plan_text(-1, true, "com2,9600",
		  "boot: GRUB for BIOS and UEFI, menu for 3 s on serial console\n"
		  "boot: Xen: dom0_mem=1024M,max:1024M dom0_max_vcpus=2 com2=9600,8n1 console=com2,vga "
		  "loglvl=all\n"
		  "boot: dom0: console=tty0 console=hvc0 quiet\n"
		  "boot: Linux without Xen: console=tty0 console=ttyS1,9600n8 quiet\n");
	plan_text(0, true, "none",
		  "boot: GRUB for BIOS and UEFI, menu for 3 s on console\n"
		  "boot: Xen: dom0_mem=1024M,max:1024M dom0_max_vcpus=2 console=vga loglvl=all\n"
		  "boot: dom0: console=tty0 console=hvc0 quiet\n"
		  "boot: Linux without Xen: console=tty0 quiet\n");
}

static void refusals(void **state)
{
	struct facts facts = facts_example(0, true, true);
	struct disk_plan disk = disk_example();
	struct ks ks = { .xen = { .at = { .file = "t.ks", .line = 5 }, .console = "com7" } };
	struct boot_plan plan = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(boot_plan_make(&facts, &ks, &disk, &plan, &err), -ERR_INPUT);
	assert_true(str_starts(err.msg, "t.ks:5: xen: --console=com7"));
	ks.xen.console = NULL;
	disk.uefi = false;
	assert_int_equal(boot_plan_make(&facts, &ks, &disk, &plan, &err), -ERR_INPUT);
	assert_non_null(strstr(err.msg, "EFI system partition"));
	ks.bootloader.location = "none";
	assert_int_equal(boot_plan_make(&facts, &ks, &disk, &plan, &err), 0);
	assert_false(plan.bios || plan.uefi || plan.nvram);
	boot_plan_clear(&plan);
}

static void record_apply(void **state)
{
	char dir[] = "/tmp/test-boot-XXXXXX";
	struct facts facts = facts_example(0, true, true);
	struct disk_plan disk = disk_example();
	struct ks ks = { .bootloader = { .leavebootorder = true } };
	struct boot_plan plan = { 0 };
	auto_free char *kernel = NULL;
	auto_free char *warning = NULL;
	auto_free char *expect = NULL;
	auto_buf record = { 0 };
	struct door door = { .record = &record };
	struct err err = { 0 };

	(void)state;
	assert_non_null(mkdtemp(dir));
	kernel = path_join(dir, "boot/vmlinuz-6.12-amd64");
	assert_int_equal(boot_plan_make(&facts, &ks, &disk, &plan, &err), 0);
	assert_int_equal(boot_apply(&plan, &facts, &disk, dir, &door, &warning, &err), -ERR_TOOL);
	assert_non_null(strstr(err.msg, "no kernel"));
	assert_int_equal(err.id, ERR_BOOT_KERNEL);
	buf_clear(&record);
	assert_int_equal(file_write(kernel, "x", 1, 0644, &err), 0);
	assert_int_equal(boot_apply(&plan, &facts, &disk, dir, &door, &warning, &err), 0);
	assert_null(warning);
	for (const char *const *p =
		     (const char *const[]){ ": mkinitramfs -d /var/tmp/xenith-initramfs -o "
					    "/boot/initrd.img-6.12-amd64 6.12-amd64\n",
					    ": grub-install --target=i386-pc --no-floppy /dev/none0\n",
					    ": grub-install --target=x86_64-efi --efi-directory=/boot/efi "
					    "--removable --no-nvram\n",
					    ": grub-mkconfig -o /boot/grub/grub.cfg\n",
					    ": efibootmgr -q -C -d /dev/none0 -p 2 -L xenith -l", NULL };
	     *p; p++)
		if (!strstr(buf_str(&record), *p))
			fail_msg("no \"%s\" in\n%s", *p, buf_str(&record));
	boot_plan_clear(&plan);
	file_remove_tree(dir, NULL);
}

static void modules(void **state)
{
	struct facts facts = facts_example(0, true, false);
	struct disk_plan disk = disk_example();
	auto_argv must = { 0 };
	auto_argv wish = { 0 };

	(void)state;
	initramfs_modules(&facts, &disk, &must, &wish);
	assert_true(argv_has(&must, "ext4"));
	assert_true(argv_has(&must, "dm_mod"));
	assert_true(argv_has(&wish, "virtio_blk"));
	assert_true(argv_has(&wish, "e1000"));
	assert_false(argv_has(&wish, "nvme"));
}

static void initramfs_lacks(void **state)
{
	static const char whole[] = "usr/lib/modules/6/modules.dep\nlib/modules/6/modules.dep\nlib/modules/6/"
				    "kernel/fs/ext4/ext4.ko.xz\n"
				    "usr/sbin/lvm\nusr/lib/udev/rules.d/69-lvm.rules\n";
	struct disk_vg_plan group = { .name = "vg0" };
	struct disk_plan disk = { .vgs = &group, .n_vgs = 1 };
	auto_argv must = { 0 };
	struct err err = { 0 };

	(void)state;
	argv_add(&must, "ext4");
	assert_int_equal(initramfs_check("/nowhere", "6", &disk, &must, whole, &err), 0);
	argv_add(&must, "virtio-blk");
	assert_int_equal(initramfs_check("/nowhere", "6", &disk, &must, whole, &err), -ERR_TOOL);
	assert_int_equal(err.id, ERR_BOOT_INITRAMFS);
	assert_non_null(strstr(err.msg, "initrd.img-6 lacks virtio-blk"));
	assert_int_equal(initramfs_check("/nowhere", "7", &disk, &must, whole, &err), -ERR_TOOL);
	assert_non_null(strstr(err.msg, "lacks lib/modules/7/modules.dep"));
}

static const char cfg_text[] =
	"if [ \"${next_entry}\" ] ; then\n   set default=\"${next_entry}\"\nelse\n"
	"   set default=\"Debian GNU/Linux, with Xen hypervisor\"\nfi\n"
	"menuentry 'Debian GNU/Linux' --class debian {\n\tlinux\t/vmlinuz-6 root=/dev/mapper/vg0-root ro  "
	"console=tty0\n"
	"\tinitrd\t/initrd.img-6\n}\n"
	"menuentry 'Debian GNU/Linux, with Xen hypervisor' --class xen {\n"
	"\tmultiboot2\t/xen-4.20-amd64.gz placeholder  dom0_mem=1G,max:1G console=vga ${xen_rm_opts}\n"
	"\tmodule2\t/vmlinuz-6 placeholder root=/dev/mapper/vg0-root ro console=hvc0 \n"
	"\tmodule2\t--nounzip   /initrd.img-6\n}\n";

static void check_cfg(void **state)
{
	char dir[] = "/tmp/test-boot-XXXXXX";
	struct boot_plan plan = { .xen_args = "dom0_mem=1G,max:1G console=vga", .dom0_args = "console=hvc0" };
	struct err err = { 0 };

	(void)state;
	assert_non_null(mkdtemp(dir));
	for (const char *const *p =
		     (const char *const[]){ "xen-4.20-amd64.gz", "vmlinuz-6", "initrd.img-6", NULL };
	     *p; p++) {
		auto_free char *path = path_join(dir, *p);

		assert_int_equal(boot_verify_cfg(&plan, cfg_text, dir, "root=/dev/mapper/vg0-root", &err),
				 -ERR_TOOL);
		assert_non_null(strstr(err.msg, *p));
		assert_int_equal(file_write(path, "x", 1, 0644, &err), 0);
	}
	assert_int_equal(boot_verify_cfg(&plan, cfg_text, dir, "root=/dev/mapper/vg0-root", &err), 0);
	assert_int_equal(boot_verify_cfg(&plan, cfg_text, dir, "root=UUID=1", &err), -ERR_TOOL);
	/* A btrfs root: its subvolume stands there too. */
	assert_int_equal(boot_verify_cfg(&plan, cfg_text, dir,
					 "root=/dev/mapper/vg0-root rootflags=subvol=root", &err),
			 -ERR_TOOL);
	assert_non_null(strstr(err.msg, "rootflags=subvol=root"));
	plan.xen_args = "dom0_mem=2G,max:2G";
	assert_int_equal(boot_verify_cfg(&plan, cfg_text, dir, "root=/dev/mapper/vg0-root", &err), -ERR_TOOL);
	assert_non_null(strstr(err.msg, "dom0_mem=2G,max:2G"));
	assert_int_equal(err.id, ERR_BOOT_GRUB);
	assert_int_equal(
		boot_verify_cfg(&plan, "set default=\"0\"\n", dir, "root=/dev/mapper/vg0-root", &err),
		-ERR_TOOL);
	file_remove_tree(dir, NULL);
}

/* What grub-install says it has done, and has not. */
static void no_loader(void **state)
{
	char dir[] = "/tmp/test-boot-XXXXXX";
	static const char *const names[] = { "boot/xen-4.20-amd64.gz", "boot/vmlinuz-6", "boot/initrd.img-6",
					     "boot/grub/grub.cfg" };
	struct boot_plan plan = { .xen_args = "console=vga", .dom0_args = "console=hvc0", .uefi = true };
	struct disk_plan disk = disk_example();
	struct err err = { 0 };

	(void)state;
	assert_non_null(mkdtemp(dir));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		auto_free char *path = path_join(dir, names[i]);

		assert_int_equal(file_write(path, cfg_text, sizeof(cfg_text) - 1, 0644, &err), 0);
	}
	assert_int_equal(boot_verify(&plan, &disk, dir, &err), -ERR_TOOL);
	assert_int_equal(err.id, ERR_BOOT_LOADER);
	file_remove_tree(dir, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plans),           cmocka_unit_test(refusals),
		cmocka_unit_test(record_apply),    cmocka_unit_test(modules),
		cmocka_unit_test(initramfs_lacks), cmocka_unit_test(check_cfg),
		cmocka_unit_test(no_loader),
	};

	return cmocka_run_group_tests_name("boot", tests, NULL, NULL);
}
