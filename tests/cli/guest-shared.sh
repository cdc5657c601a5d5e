#!/bin/sh
# Guests on a group that other hosts see too, without lvmlockd: one host at a time has a volume. The hosts are this machine
# under two names; the group is on a map that is called multipath's. On a kernel that has device-mapper.
set -u
. tests/cli/lib/guests.sh
clean() {
	umount "$dir/mnt" 2>/dev/null
	lvm vgchange -q -an san local >/dev/null 2>&1
	dmsetup remove lun0 2>/dev/null
	for l in $(losetup -n -O NAME,BACK-FILE --raw | sed -n "s,^\([^ ]*\) $dir/.*,\1,p"); do losetup -d "$l"; done
	rm -rf "$dir"
}
truncate -s 1200M "$dir/img/lun"
truncate -s 120M "$dir/img/local"
lun=$(losetup --find --show "$dir/img/lun")
own=$(losetup --find --show "$dir/img/local")
hidden=$lun
. tests/cli/lib/lvm.sh

dmsetup create lun0 -u mpath-360000000000000000e00000000010001 --table "0 2457600 linear $lun 0" || exit 1
dmsetup mknodes
{ lvm vgcreate -q san /dev/mapper/lun0 && lvm vgcreate -q local "$own"; } >/dev/null || exit 1

# host NAME: this machine is that one from now on, with its own idea of what runs.
cp -a /etc/hostname "$dir/hostname" 2>/dev/null
touch "$dir/hostname"
mount --bind "$dir/hostname" /etc/hostname
host() {
	echo "$1" >"$dir/hostname"
	XL_RUNS=$dir/runs-$1
}
runs() { printf '%s 1 256 1 -b---- 1.0\n' "$@" >"$XL_RUNS"; }
off() { rm -f "$XL_RUNS"; }
tags() { lvm lvs --noheadings -o lv_tags "$1" | tr -d ' '; }
active() { [ -n "$(lvm lvs --noheadings -o lv_active "$1" | tr -d ' ')" ]; }
# free VG/LV: nobody's, and not active
free() { ! active "$1" && ! tags "$1" | grep -q owner; }
create() { # NAME DISK [STATUS]
	address=$((${address:-10} + 1))
	status "${3:-0}" "$xenith" guest create "$1" --from gold --set sshkey="$key" --set "ip=192.0.2.$address/24" --set gateway=192.0.2.1 --set nameserver=192.0.2.1 --disk "$2" --bridge none --type pv --memory 64M --no-start
}

key='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 admin'
. tests/cli/lib/debian-root.sh
host hosta
disk_of web0 "$root" && guest_of web0 && status 0 "$xenith" guest template web0 gold --level 1; result $? "a template to make guests of"
create web1 80M,vg=san && free san/web1 && [ "$(tags san/web1)" = xenith.guest.web1 ]
made=$?
result $made "one that is made and not started is nobody's"
[ $made = 0 ] || exit 1
[ "$(lvm lvs --noheadings -o lv_autoactivation san/web1 | tr -d ' ')" = "" ]; result $? "no host activates it when it boots"
create near 80M,vg=local && active local/near && [ "$(tags local/near)" = xenith.guest.near ]; result $? "a volume of a group that only this host sees: no owner"

status 0 "$xenith" guest start web1 && active san/web1 && tags san/web1 | grep -q 'xenith.owner.hosta'; result $? "start: it is this host's"
runs web1
status 0 "$xenith" guest backup web1 "$dir/b0" && active san/web1 && ! lvm lvs san/web1.snap.backup >/dev/null 2>&1; result $? "backup while it runs"
sum=$(sha256sum </dev/san/web1)
lvm lvcreate -q -y -s -n web1.snap.s0 -L 12M san/web1 >/dev/null
host hostb
status 0 "$xenith" guest list && says '^web1 .* off .* host hosta has its volumes' && ! says 'near.* has its volumes'; result $? "another host: list says who has it"
status 0 "$xenith" guest show web1 --json && says '"owner": "hosta"'; result $? "another host: show, too"
for command in "start web1" "resize web1 xvda 100M" "backup web1 $dir/b" "clone web1 web2" "snapshot web1 s1" "snapshot web1 s0 --drop" "revert web1 s0" \
	"template web1 gold2" "delete web1 --yes"; do
	# shellcheck disable=SC2086
	status 4 "$xenith" guest $command && says "volume san/web1 is host hosta's"; result $? "another host: ${command%% *} is refused"
done
status 4 "$xenith" guest create web9 --disk path=/dev/san/web1 && says "is host hosta's"; result $? "another host: its volume for a guest of its own is refused"
sed 's,/dev/san/web1,/dev/mapper/san-web1,' /etc/xen/web1.cfg >/etc/xen/web1b.cfg
sed -i 's/"web1"/"web1b"/' /etc/xen/web1b.cfg
status 4 "$xenith" guest start web1b && says "volume san/web1 is host hosta's"; result $? "by another name of the volume: refused"
rm /etc/xen/web1b.cfg
{ sha256sum </dev/san/web1; echo "$sum"; lvm lvs; ls /etc/xen; } >"$dir/out" 2>&1
[ "$(sha256sum </dev/san/web1)" = "$sum" ] && says web1.snap.s0 && ! says web2 && says '^web1.cfg'
result $? "nothing has changed"
host hosta
status 0 "$xenith" guest snapshot web1 s0 --drop; result $? "the owner may"
off
status 0 "$xenith" guest stop web1 && free san/web1; result $? "stop: it is nobody's"

host hostb
status 0 "$xenith" guest start web1 && tags san/web1 | grep -q 'xenith.owner.hostb'; result $? "then another host may start it"
cat >"$dir/bin/xl-fails" <<-'XL'
	#!/bin/sh
	[ "$1" = create ] && exit 1
	exec "$(dirname "$0")/xl-works" "$@"
XL
chmod 755 "$dir/bin/xl-fails"
status 0 "$xenith" guest stop web1
mv "$dir/bin/xl" "$dir/bin/xl-works"
mv "$dir/bin/xl-fails" "$dir/bin/xl"
status 6 "$xenith" guest start web1 && free san/web1; result $? "a start that fails lets it go"
mv "$dir/bin/xl-works" "$dir/bin/xl"

# While it is off: each takes it, and lets it go.
status 0 "$xenith" guest snapshot web1 s1 --size 8M && free san/web1; result $? "off: snapshot"
lvm lvchange -q -ay san/web1 && dd if=/dev/urandom of=/dev/san/web1 bs=1k seek=20000 count=4 conv=notrunc status=none; lvm lvchange -q -an san/web1
status 0 "$xenith" guest revert web1 s1 && free san/web1; result $? "off: revert"
status 0 "$xenith" guest backup web1 "$dir/b" && free san/web1; result $? "off: backup"
lvm lvchange -q -ay san/web1; [ "$(sha256sum </dev/san/web1)" = "$sum" ]; result $? "the volume is as it was"; lvm lvchange -q -an san/web1
status 0 "$xenith" guest clone web1 web2 && free san/web1 && free san/web2 && [ "$(tags san/web2)" = xenith.guest.web2 ]; result $? "off: clone, which is nobody's either"
status 0 "$xenith" guest restore "$dir/b" --name web3 && free san/web3; result $? "restore: nobody's"
status 0 "$xenith" guest resize web1 xvda 100M && free san/web1 && lvm lvchange -q -ay san/web1 &&
	[ "$(dumpe2fs -h /dev/san/web1 2>/dev/null | awk '/^Block count/ { n = $3 } /^Block size/ { print n * $3 / 1048576 }')" = 100 ]
result $? "off: resize, with its file system"
lvm lvchange -q -an san/web1
status 0 "$xenith" guest delete web2 --yes && ! lvm lvs san/web2 >/dev/null 2>&1; result $? "off: delete"

# Another host at the same time: what it does within the moment that the tag is left for.
meanwhile() { # TAG COMMAND...
	wanted=$1
	shift
	for _ in $(seq 100); do
		lvm lvs --noheadings -o lv_tags san 2>/dev/null | grep -q "$wanted" && break
		sleep 0.05
	done
	"$@" >/dev/null 2>&1
}
meanwhile xenith.owner.hostb lvm lvchange -q --addtag xenith.owner.hosta san/web1 &
status 4 "$xenith" guest start web1 && says 'host hosta takes volume san/web1 at the same time'; result $? "two hosts start it at the same time: this one gives way"
wait
! active san/web1 && [ "$(tags san/web1)" = xenith.guest.web1,xenith.owner.hosta ]; result $? "and leaves it as it was"
lvm lvchange -q --deltag xenith.owner.hosta san/web1
meanwhile xenith.owner.hostb lvm lvchange -q --deltag xenith.owner.hostb san/web1 &
status 4 "$xenith" guest start web1 && says 'another host changed the group at the same time' && free san/web1; result $? "its tag was written over: it gives way"
wait
cfg=$(ls /etc/xen)
meanwhile xenith.guest.web4 lvm lvremove -q -y san/web4 &
create web4 80M,vg=san 4 &&
	says 'volume san/web4 is gone: another host changed the group at the same time' && [ "$(ls /etc/xen)" = "$cfg" ] && [ ! -e /dev/mapper/san-web4 ]
result $? "a volume that another host's change took away: not made"
wait

# A thin pool is one host's with all that is in it.
lvm lvcreate -q -y --type thin-pool -L 200M --poolmetadatasize 4M -n pool san >"$dir/out" 2>&1
lvm lvchange -q -an san/pool
if lvm lvs san/pool >/dev/null 2>&1; then
	host hosta
	{ create thin1 80M,vg=san,thin=pool && create thin2 80M,vg=san,thin=pool; } && free san/thin1 && free san/pool; result $? "thin volumes"
	status 0 "$xenith" guest start thin1 && tags san/pool | grep -q xenith.owner.hosta; result $? "start: the pool is this host's"
	runs thin1
	status 0 "$xenith" guest backup thin1 "$dir/b1" && active san/thin1 && ! lvm lvs san/thin1.snap.backup >/dev/null 2>&1; result $? "backup while it runs"
	host hostb
	status 4 "$xenith" guest start thin2 && says "volume san/pool is host hosta's"; result $? "another host: a guest in the same pool is refused"
	host hosta
	status 0 "$xenith" guest start thin2; result $? "this host: it is started"
	off
	runs thin1
	status 0 "$xenith" guest stop thin2 && ! active san/thin2 && tags san/pool | grep -q xenith.owner.hosta; result $? "stop of one: the pool stays"
	off
	status 0 "$xenith" guest stop thin1 && free san/thin1 && free san/pool; result $? "stop of the other: the pool goes"
	status 0 "$xenith" guest clone thin1 thin3 && free san/thin3 && free san/thin1 && free san/pool; result $? "clone"
	status 0 "$xenith" guest snapshot thin1 s1 && free san/thin1 && free san/pool && status 0 "$xenith" guest revert thin1 s1 && free san/pool; result $? "snapshot, revert"
	host hostb
	status 0 "$xenith" guest start thin2 && tags san/pool | grep -q xenith.owner.hostb; result $? "then another host may start one"
	status 0 "$xenith" guest stop thin2
else
	result 1 "a thin pool"
fi
echo "1..$n"
