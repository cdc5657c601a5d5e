/* What makes a Debian root this guest's own. */
#include "base/file.h"
#include "base/util.h"
#include "guest/root.h"
#include "installer/target/chroot.h"

/*
 * Told to dom0 at each boot, as the node data/xenith of the guest in XenStore: what it is, and which drivers
 * its disks and NICs have. The message is that of xenstored's socket (xen/include/public/io/xs_wire.h):
 * XS_WRITE is 11, then request, transaction, length, and "PATH\0VALUE".
 */
static const char report[] =
	"#!/bin/sh\n"
	"# Tells the Xen host what this guest is made of; see xenith-guest(1).\n"
	"type=$(cat /sys/hypervisor/guest_type 2>/dev/null)\n"
	"disks='' nics='' emulated=''\n"
	"for d in /sys/block/*/device/driver; do\n"
	"\t[ -e \"$d\" ] || continue\n"
	"\tname=${d#/sys/block/}\n"
	"\tdriver=$(basename \"$(readlink \"$d\")\")\n"
	"\tdisks=\"$disks${disks:+,}${name%%/*}:$driver\"\n"
	"\t[ \"$driver\" = vbd ] || emulated=yes\n"
	"done\n"
	"for d in /sys/class/net/*/device/driver; do\n"
	"\t[ -e \"$d\" ] || continue\n"
	"\tname=${d#/sys/class/net/}\n"
	"\tdriver=$(basename \"$(readlink \"$d\")\")\n"
	"\tnics=\"$nics${nics:+,}${name%%/*}:$driver\"\n"
	"\t[ \"$driver\" = vif ] || emulated=yes\n"
	"done\n"
	"address=$(ip -o -4 addr show scope global | awk '{ print $4; exit }')\n"
	"value=\"type=$type disks=$disks nics=$nics emulated=${emulated:-no} address=$address"
	" root=$(findmnt -no SOURCE /) host=$(hostname) kernel=$(uname -r)\"\n"
	"len=$((12 + ${#value}))\n"
	"low=$(printf '%03o' $((len % 256))) high=$(printf '%03o' $((len / 256)))\n"
	"[ -c /dev/xen/xenbus ] || modprobe -q xenfs\n"
	"# shellcheck disable=SC2059\n"
	"printf "
	"\"\\\\013\\\\000\\\\000\\\\000\\\\000\\\\000\\\\000\\\\000\\\\000\\\\000\\\\000\\\\000\\\\$low\\\\$"
	"high\\\\000\\\\000"
	"data/xenith\\\\000%s\" \"$value\" >/dev/xen/xenbus\n";

static const char report_unit[] = "[Unit]\n"
				  "Description=Tell the Xen host what this guest is made of\n"
				  "ConditionPathExists=/sys/hypervisor/guest_type\n"
				  "After=network-online.target\n"
				  "Wants=network-online.target\n"
				  "\n"
				  "[Service]\n"
				  "Type=oneshot\n"
				  "ExecStart=/usr/local/lib/xenith/guest-report\n"
				  "\n"
				  "[Install]\n"
				  "WantedBy=multi-user.target\n";

int guest_initramfs_conf(const char *root, struct door *door, struct err *err)
{
	static const char conf[] =
		"# A Xen guest: its disks and NICs are always the same. See initramfs.conf(5).\n"
		"MODULES=list\nCOMPRESS=zstd\nCOMPRESSLEVEL=3\nRESUME=none\n";
	static const char modules[] = "# A Xen guest has these disks and NICs, and no others.\n"
				      "xen-blkfront\nxen-netfront\next4\nxfs\n";
	int r = door_write_below(door, root, "etc/initramfs-tools/conf.d/zz-xenith", conf, 0644, err);

	return r ? r : door_write_below(door, root, "etc/initramfs-tools/modules", modules, 0644, err);
}

static const struct ks_network *network(const struct ks *ks)
{
	return ks->n_networks ? &ks->networks[0] : NULL;
}

static bool is_static(const struct ks_network *n)
{
	return n && n->ip && str_eq(n->bootproto, "static");
}

void guest_settings_packages(const struct ks *ks, struct argv *want)
{
	argv_addl(want, "iproute2", "initramfs-tools", "zstd", NULL);
	/* Where DHCP brings the servers, somebody must write them down. */
	if (!is_static(network(ks)))
		argv_add(want, "systemd-resolved");
}

static unsigned prefix_of(const char *netmask)
{
	unsigned a, b, c, d, bits = 0;

	if (!netmask || sscanf(netmask, "%3u.%3u.%3u.%3u", &a, &b, &c, &d) != 4)
		return 24;
	for (unsigned m = a << 24 | b << 16 | c << 8 | d; m; m <<= 1)
		bits++;
	return bits;
}

static void network_file(const struct guest_plan *plan, const struct ks *ks, struct buf *b)
{
	const struct ks_network *n = network(ks);

	buf_adds(b, "# systemd.network(5)\n[Match]\n");
	if (plan->n_nics)
		buf_addf(b, "MACAddress=%s\n", plan->nics[0].mac);
	else
		buf_adds(b, "Type=ether\n");
	buf_adds(b, "\n[Network]\n");
	if (!is_static(n)) {
		buf_adds(b, "DHCP=yes\n");
		return;
	}
	buf_addf(b, "Address=%s/%u\n", n->ip, prefix_of(n->netmask));
	if (n->gateway)
		buf_addf(b, "Gateway=%s\n", n->gateway);
}

static int put_network(const struct guest_plan *plan, const struct ks *ks, const char *root,
		       struct door *door, struct err *err)
{
	const struct ks_network *n = network(ks);
	auto_buf file = { 0 }, resolv = { 0 };
	int r;

	network_file(plan, ks, &file);
	r = door_write_below(door, root, "etc/systemd/network/10-guest.network", buf_str(&file), 0644, err);
	for (size_t i = 0; n && i < n->nameserver.n; i++)
		buf_addf(&resolv, "nameserver %s\n", n->nameserver.v[i]);
	if (!r && resolv.len)
		r = door_write_below(door, root, "etc/resolv.conf", buf_str(&resolv), 0644, err);
	return r ? r : chroot_runl(door, root, err, "systemctl", "enable", "systemd-networkd", NULL);
}

static int put_name(const struct guest_plan *plan, const struct ks *ks, const char *root, struct door *door,
		    struct err *err)
{
	const struct ks_network *n = network(ks);
	const char *full = n && n->hostname ? n->hostname : plan->name;
	auto_free char *label = xstrndup(full, strcspn(full, "."));
	auto_free char *line = xasprintf("%s\n", label);
	auto_buf hosts = { 0 };
	int r = door_write_below(door, root, "etc/hostname", line, 0644, err);

	buf_addf(&hosts, "127.0.0.1 localhost\n%s %s%s%s\n\n::1 localhost ip6-localhost ip6-loopback\n",
		 is_static(n) ? n->ip : "127.0.1.1", full, strchr(full, '.') ? " " : "",
		 strchr(full, '.') ? label : "");
	return r ? r : door_write_below(door, root, "etc/hosts", buf_str(&hosts), 0644, err);
}

/* The kernel's links at the top are kept by linux-update-symlinks(1): no update-grub is needed. */
static int put_boot(const struct guest_plan *plan, const struct ks *ks, const char *root, struct door *door,
		    struct err *err)
{
	auto_buf cfg = { 0 }, words = { 0 };
	const char *fstype = "ext4";
	auto_free char *fstab = NULL;
	int r;

	for (size_t i = 0; i < ks->n_parts; i++)
		if (str_eq(ks->parts[i].mntpoint, "/") && ks->parts[i].fstype)
			fstype = ks->parts[i].fstype;
	fstab = xasprintf("/dev/xvda / %s defaults%s 0 1\n", fstype,
			  str_eq(fstype, "xfs") ? "" : ",errors=remount-ro");
	guest_kernel_words(plan->spec, plan->type, &words);
	buf_adds(
		&cfg,
		"# Read by the host's GRUB for PVH and PV guests; the links are always the newest kernel's.\n"
		"set default=0\nset timeout=2\n");
	for (int old = 0; old < 2; old++)
		buf_addf(&cfg,
			 "menuentry \"Debian%s\" {\n\tlinux /vmlinuz%s %s\n"
			 "\tinitrd /initrd.img%s\n}\n",
			 old ? ", the kernel before" : "", old ? ".old" : "", buf_str(&words),
			 old ? ".old" : "");
	r = door_write_below(door, root, "etc/fstab", fstab, 0644, err);
	return r ? r : door_write_below(door, root, "boot/grub/grub.cfg", buf_str(&cfg), 0644, err);
}

int guest_settings_apply(const struct guest_plan *plan, const struct ks *ks, const char *root,
			 struct door *door, struct err *err)
{
	int r = put_name(plan, ks, root, door, err);

	if (!r)
		r = put_network(plan, ks, root, door, err);
	if (!r)
		r = put_boot(plan, ks, root, door, err);
	if (!r)
		r = door_write_below(door, root, "usr/local/lib/xenith/guest-report", report, 0755, err);
	if (!r)
		r = door_write_below(door, root, "etc/systemd/system/xenith-guest.service", report_unit, 0644,
				     err);
	return r ? r : chroot_runl(door, root, err, "systemctl", "enable", "xenith-guest", NULL);
}
