#!/bin/sh
# Clones of guests that their own installers made: partitions, LVM. On a kernel that reads partition tables on loop devices and
# has device-mapper, with 100 MB of room for temporary files.
set -u
. tests/cli/lib/guests.sh
clean() {
	umount "$dir/mnt" 2>/dev/null
	for l in $(losetup -n -O NAME,BACK-FILE --raw | sed -n "s,^\([^ ]*\) $dir/.*,\1,p"); do losetup -d "$l"; done
	rm -rf "$dir"
}

# partitions FILE MIB MIB: a partition table with two of such sizes, from its first MiB on. (An installed host has no sfdisk.)
partitions() {
	python3 - "$@" <<-'PY'
		import struct
		import sys
		entries, at = b'', 2048
		for mib in map(int, sys.argv[2:]):
		    entries += struct.pack('<8B2L', 0, 0, 2, 0, 0x83, 0, 2, 0, at, mib * 2048)
		    at += mib * 2048
		with open(sys.argv[1], 'r+b') as f:
		    f.seek(446)
		    f.write(entries.ljust(64, b'\0') + b'\x55\xaa')
	PY
}
truncate -s 8M "$dir/probe"
partitions "$dir/probe" 2 4
probe=$(losetup --find --show --partscan "$dir/probe")
parts=0
[ -e "/sys/class/block/${probe#/dev/}/${probe#/dev/}p1" ] && parts=1
losetup -d "$probe"
if [ $parts = 0 ]; then
	echo "1..0 # SKIP this kernel reads no partition tables on loop devices"
	exit 0
fi
. tests/cli/lib/lvm.sh

# What an installer leaves: a host name with its domain, NetworkManager's keyfile, ssh host keys, LVM's list of devices.
old_mac=00:16:3e:11:22:33
root=$dir/root
mkdir -p "$root/etc/ssh" "$root/etc/NetworkManager/system-connections" "$root/etc/lvm/devices" "$root/var/lib/dbus" "$root/var/lib/systemd"
echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id"
ln -s /etc/machine-id "$root/var/lib/dbus/machine-id"
echo web1.example.org >"$root/etc/hostname"
printf '127.0.1.1 web1.example.org web1\n192.0.2.9 web10 my-web1\n' >"$root/etc/hosts"
printf '[ethernet]\nmac-address=%s\n' "$(echo $old_mac | tr a-f A-F)" >"$root/etc/NetworkManager/system-connections/eth0.nmconnection"
chmod 600 "$root/etc/NetworkManager/system-connections/eth0.nmconnection"
echo PVID=old >"$root/etc/lvm/devices/system.devices"
echo seed >"$root/var/lib/systemd/random-seed"
ssh-keygen -q -t ed25519 -N '' -C old -f "$root/etc/ssh/ssh_host_ed25519_key"
mke2fs -q -F -t ext4 -d "$root" "$dir/root.ext4" 40M
mke2fs -q -F -t ext4 "$dir/boot.ext4" 16M

guest() {
	cat >"/etc/xen/$1.cfg" <<-CFG
		name = "$1"
		uuid = "11111111-2222-3333-4444-555555555555"
		type = "hvm"
		memory = 256
		disk = [ "format=raw,vdev=xvda,access=rw,backendtype=qdisk,target=$dir/img/$2.raw" ]
		vif = [ "mac=$old_mac,bridge=xenbr1" ]
	CFG
}
# own_identity ROOT: what it is to be, all of it.
own_identity() {
	mac=$(sed -n 's/.*mac=\([0-9a-f:]*\).*/\1/p' "/etc/xen/$2.cfg")
	[ "$(cat "$1/etc/hostname")" = "$2.example.org" ] && printf '127.0.1.1 %s.example.org %s\n192.0.2.9 web10 my-web1\n' "$2" "$2" | cmp -s - "$1/etc/hosts" &&
		grep -Eq '^[0-9a-f]{32}$' "$1/etc/machine-id" && ! cmp -s "$root/etc/machine-id" "$1/etc/machine-id" && [ -L "$1/var/lib/dbus/machine-id" ] &&
		[ -n "$mac" ] && [ "$mac" != $old_mac ] && grep -q "^mac-address=$mac\$" "$1/etc/NetworkManager/system-connections/eth0.nmconnection" &&
		[ "$(stat -c %a "$1/etc/NetworkManager/system-connections/eth0.nmconnection")" = 600 ] &&
		ssh-keygen -l -f "$1/etc/ssh/ssh_host_ed25519_key" >/dev/null && [ "$(stat -c %a "$1/etc/ssh/ssh_host_ed25519_key")" = 600 ] &&
		grep -q " root@$2\$" "$1/etc/ssh/ssh_host_ed25519_key.pub" && ! cmp -s "$root/etc/ssh/ssh_host_ed25519_key" "$1/etc/ssh/ssh_host_ed25519_key" &&
		[ ! -e "$1/var/lib/systemd/random-seed" ]
}
left() { losetup -a; grep xenith /proc/mounts | grep inside; find /dev/mapper -name '*inside*'; ls -A /run/xenith; }

# /boot on the first partition, / on the second one.
truncate -s 80M "$dir/img/plain.raw"
partitions "$dir/img/plain.raw" 20 44
dd if="$dir/boot.ext4" of="$dir/img/plain.raw" bs=1M seek=1 conv=notrunc,sparse status=none
dd if="$dir/root.ext4" of="$dir/img/plain.raw" bs=1M seek=21 conv=notrunc,sparse status=none
sum=$(sha256sum <"$dir/img/plain.raw")
guest web1 plain
status 0 "$xenith" guest clone web1 web2 && ! says 'still the old ones'; result $? "clone of a disk with partitions"
loop=$(losetup --find --show --partscan "$dir/img/web2-plain.raw")
mount -o ro "${loop}p2" "$dir/mnt" && own_identity "$dir/mnt" web2; result $? "its identity is its own"
umount "$dir/mnt"
losetup -d "$loop"
[ "$(sha256sum <"$dir/img/plain.raw")" = "$sum" ]; result $? "the original is as it was"
[ -z "$(left)" ]; result $? "nothing is left mounted or attached"

# A group that is called as one of this host is, with swap before the root.
quiet='backup { backup = 0 archive = 0 }'
group() { # DEVICE
	lvm pvcreate -q --config "$quiet" "$1" && lvm vgcreate -q --config "$quiet" --devices "$1" guestvg "$1" &&
		lvm lvcreate -q -y --config "$quiet" --devices "$1" -L 4M -n swap guestvg && lvm lvcreate -q -y --config "$quiet" --devices "$1" -L 44M -n root guestvg
}
truncate -s 90M "$dir/img/lvm.raw" "$dir/host.raw"
partitions "$dir/img/lvm.raw" 20 60
dd if="$dir/boot.ext4" of="$dir/img/lvm.raw" bs=1M seek=1 conv=notrunc,sparse status=none
loop=$(losetup --find --show --partscan "$dir/img/lvm.raw")
group "${loop}p2" >"$dir/out" 2>&1 && dd if="$dir/root.ext4" of=/dev/guestvg/root bs=1M conv=notrunc,sparse status=none; result $? "a guest with LVM"
lvm vgchange -q -an --devices "${loop}p2" guestvg >/dev/null
ids() { lvm pvs --config "$quiet" --noheadings --devices "$1" -o pv_uuid,vg_uuid,vg_name; }
# shellcheck disable=SC2046
set -- $(ids "${loop}p2")
losetup -d "$loop"
own=$(losetup --find --show "$dir/host.raw")
group "$own" >"$dir/out" 2>&1 && echo "the host's" >"$dir/note" && dd if="$dir/note" of=/dev/guestvg/root conv=notrunc status=none; result $? "a group of that name on the host, in use"
host_ids=$(ids "$own")
guest web1 lvm
status 0 "$xenith" guest clone web1 web3 && ! says 'still the old ones'; result $? "clone of a guest with LVM"
[ "$(ids "$own")" = "$host_ids" ] && [ "$(head -n 1 /dev/guestvg/root)" = "the host's" ]; result $? "the host's group is as it was"
# A kernel that is in use keeps a volume open: it is let go for the look into the clone.
lvm vgchange -q -an --devices "$own" guestvg >/dev/null
losetup -d "$own"
[ -z "$(left)" ]; result $? "nothing is left active, mounted or attached"
loop=$(losetup --find --show --partscan "$dir/img/web3-lvm.raw")
old_pv=$1 old_vg=$2
# shellcheck disable=SC2046
set -- $(ids "${loop}p2")
[ "$1" != "$old_pv" ] && [ "$2" != "$old_vg" ] && [ "$3" = guestvg ]; result $? "UUIDs of its own, and the group's old name"
lvm vgchange -q -ay --devices "${loop}p2" guestvg >/dev/null 2>&1
mount -o ro /dev/guestvg/root "$dir/mnt" && own_identity "$dir/mnt" web3 && [ ! -e "$dir/mnt/etc/lvm/devices/system.devices" ]; result $? "its identity is its own"
umount "$dir/mnt"
lvm vgchange -q -an --devices "${loop}p2" guestvg >/dev/null
losetup -d "$loop"

# Killed in the middle: the next clone of that name takes all of it back first.
cat >"$dir/bin/ssh-keygen" <<-KEYGEN
	#!/bin/sh
	kill -KILL \$PPID
	sleep 5
KEYGEN
chmod 755 "$dir/bin/ssh-keygen"
status 137 "$xenith" guest clone web1 web4 && [ ! -e /etc/xen/web4.cfg ] && [ -n "$(left)" ]; result $? "a clone that is killed"
rm "$dir/bin/ssh-keygen"
status 0 "$xenith" guest clone web1 web4 && [ -e /etc/xen/web4.cfg ] && [ -z "$(left)" ]; result $? "again: it is taken back, and made"
echo "1..$n"
