#include "packages/chroot.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "base/file.h"
#include "base/util.h"

#define POLICY   "usr/sbin/policy-rc.d"
#define HOSTNAME "etc/hostname"

static bool is_mount_point(const char *path)
{
	auto_free char *parent = xasprintf("%s/..", path);
	struct stat a, b;

	return stat(path, &a) == 0 && stat(parent, &b) == 0 && a.st_dev != b.st_dev;
}

static int mount_at(struct chroot *root, const char *source, const char *name, const char *fstype,
		    unsigned long flags, const char *data, struct err *err)
{
	auto_free char *target = path_join(root->dir, name);
	int r;

	if (is_mount_point(target))
		return 0;
	r = door_mount(root->door, source, target, fstype, flags, data, err);
	if (!r)
		argv_add(&root->mounted, target);
	return r;
}

/* What a user namespace may not mount anew, it may show once more: the machine's own. */
static int mount_or_bind(struct chroot *root, const char *name, unsigned long flags, struct err *err)
{
	auto_free char *own = xasprintf("/%s", name);
	struct err why = { 0 };
	const char *fstype = str_eq(name, "sys") ? "sysfs" : name;

	if (!mount_at(root, fstype, name, fstype, flags, NULL, &why))
		return 0;
	return mount_at(root, own, name, NULL, MS_BIND | MS_REC, NULL, err);
}

/* mknod(2) isn't allowed in a user namespace: the machine's own device takes the place. */
static int bind_node(const char *name, const char *path, struct err *err)
{
	auto_free char *own = path_join("/dev", name);
	auto_close int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

	if (fd < 0 || mount(own, path, NULL, MS_BIND, NULL))
		return err_sys(err, "cannot make the device %s", path);
	return 0;
}

static int make_nodes(void *arg, struct err *err)
{
	static const struct {
		const char *name;
		unsigned major, minor;
	} nodes[] = { { "null", 1, 3 },   { "zero", 1, 5 },    { "full", 1, 7 },
		      { "random", 1, 8 }, { "urandom", 1, 9 }, { "tty", 5, 0 } };
	static const char *const links[][2] = { { "pts/ptmx", "ptmx" },
						{ "/proc/self/fd", "fd" },
						{ "/proc/self/fd/0", "stdin" },
						{ "/proc/self/fd/1", "stdout" },
						{ "/proc/self/fd/2", "stderr" } };
	const char *dev = arg;

	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++) {
		auto_free char *path = path_join(dev, nodes[i].name);

		int r = 0;

		if (!mknod(path, S_IFCHR | 0666, makedev(nodes[i].major, nodes[i].minor)))
			r = chmod(path, 0666);
		else if (errno == EPERM)
			r = bind_node(nodes[i].name, path, err);
		else
			r = -1;
		if (r)
			return err->code ? r : err_sys(err, "cannot make the device %s", path);
	}
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		auto_free char *path = path_join(dev, links[i][1]);

		if (symlink(links[i][0], path))
			return err_sys(err, "cannot link %s", path);
	}
	return 0;
}

/* A /dev of its own: scripts see no disk of this machine. */
static int mount_dev(struct chroot *root, struct err *err)
{
	auto_free char *dev = path_join(root->dir, "dev");
	auto_free char *what = xasprintf("make the devices in %s", dev);
	int r;

	if (is_mount_point(dev))
		return 0;
	r = mount_at(root, "tmpfs", "dev", "tmpfs", MS_NOSUID, "mode=0755,size=1m", err);
	if (!r)
		r = door_call(root->door, what, make_nodes, dev, err);
	if (!r)
		r = mount_at(root, "devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
			     "newinstance,ptmxmode=0666,mode=620,gid=5", err);
	if (!r)
		r = mount_at(root, "tmpfs", "dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777", err);
	return r;
}

static const char lent_name[] = "localhost\n";

/* Some scripts (postfix's) write a name that is no name where there is none. It is no part of the result. */
static int lend_hostname(struct chroot *root, struct err *err)
{
	auto_free char *path = path_join(root->dir, HOSTNAME);
	auto_free char *etc = path_join(root->dir, "etc");

	if (root->door->record || file_exists(path) || !file_exists(etc))
		return 0;
	root->lent_hostname = true;
	return door_write(root->door, path, lent_name, strlen(lent_name), 0644, err);
}

int chroot_open(struct chroot *root, const char *dir, struct door *door, struct err *err)
{
	static const char policy[] = "#!/bin/sh\nexit 101\n";
	auto_free char *policy_path = path_join(dir, POLICY);
	int r;

	*root = (struct chroot){ .dir = dir, .door = door };
	r = mount_or_bind(root, "proc", MS_NOSUID | MS_NOEXEC | MS_NODEV, err);
	if (!r)
		r = mount_or_bind(root, "sys", MS_NOSUID | MS_NOEXEC | MS_NODEV | MS_RDONLY, err);
	if (!r)
		r = mount_dev(root, err);
	if (!r)
		r = door_write(door, policy_path, policy, strlen(policy), 0755, err);
	return r ? r : lend_hostname(root, err);
}

int chroot_mute(struct chroot *root, const char *program, struct err *err)
{
	auto_free char *path = path_join(root->dir, program);
	auto_free char *harmless = path_join(root->dir, "usr/bin/true");
	int r;

	if (!file_exists(path))
		return 0;
	/* door_mount would make a folder of a missing mount point; this one exists. */
	r = door_runl(root->door, err, "mount", "--bind", harmless, path, NULL);
	if (!r)
		argv_add(&root->mounted, path);
	return r;
}

/* Unless somebody has written another one meanwhile. */
static void take_hostname_back(const struct chroot *root)
{
	auto_free char *path = path_join(root->dir, HOSTNAME);
	auto_buf now = { 0 };

	if (root->lent_hostname && !file_read(path, &now, NULL) && strcmp(buf_str(&now), lent_name) == 0)
		door_remove(root->door, path, NULL);
}

int chroot_close(struct chroot *root, int r, struct err *err)
{
	auto_free char *policy = path_join(root->dir, POLICY);
	struct err failure = { 0 };
	int undo = door_remove(root->door, policy, &failure);

	take_hostname_back(root);
	for (size_t i = root->mounted.n; i-- > 0;) {
		struct err why = { 0 };
		int u = door_umount(root->door, root->mounted.v[i], 0, &why);

		/* A daemon that a script left behind holds it: it goes when that ends. */
		if (u)
			u = door_umount(root->door, root->mounted.v[i], MNT_DETACH, &why);
		if (u && !undo) {
			undo = u;
			failure = why;
		}
	}
	argv_clear(&root->mounted);
	if (!r && undo)
		r = err_copy(err, &failure);
	return r;
}

/* PERL_HASH_SEED: what debconf writes is in the order of Perl's hashes. */
void chroot_run_setup(struct run *run)
{
	static char *env[] = { (char *)"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
			       (char *)"HOME=/root",
			       (char *)"TERM=dumb",
			       (char *)"LC_ALL=C.UTF-8",
			       (char *)"DEBIAN_FRONTEND=noninteractive",
			       (char *)"DEBCONF_NONINTERACTIVE_SEEN=true",
			       (char *)"DEBCONF_NOWARNINGS=yes",
			       (char *)"PERL_HASH_SEED=0",
			       NULL,
			       NULL };
	static const char epoch[] = "SOURCE_DATE_EPOCH=";

	/* The environment's own string: it lives as long as this process. */
	for (char **e = environ; e && *e && !env[ARRAY_SIZE(env) - 2]; e++)
		if (str_starts(*e, epoch))
			env[ARRAY_SIZE(env) - 2] = *e;
	run->env = env;
	run->in_child = chroot_skip_syncs;
}

/* A kernel without seccomp only makes it slower. */
int chroot_skip_syncs(void *arg)
{
#if defined(__x86_64__)
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 0, 7),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fsync, 4, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fdatasync, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sync, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_syncfs, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sync_file_range, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { .len = ARRAY_SIZE(code), .filter = code };

	(void)arg;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog))
		errno = 0;
#else
	(void)arg;
#endif
	return 0;
}
