#!/bin/sh
# Templates of guests: made of one on a file, guests made of them, taken away; and all that is refused.
set -u
. tests/cli/lib/guests.sh
ks=/etc/xenith/templates image=/var/lib/xenith/images
key='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 second'

. tests/cli/lib/debian-root.sh

nothing() { # NAME: neither of it, and nothing that is half done
	[ ! -e "$ks/$1.ks" ] && [ -z "$(ls -A $image 2>/dev/null)" ] && ! grep -q /run/xenith/template- /proc/mounts
}
refused() { # STATUS TEXT ARGUMENTS...: no template of that, and it is said why
	wanted=$1 text=$2
	shift 2
	status "$wanted" "$xenith" guest template "$@" && says "$text" && nothing "${2:-}"
}

disk_of web1 "$root" && guest_of web1
refused 3 'did you mean web1' wbe1 gold && says XEN-GUEST-002; result $? "a guest that isn't there"
for name in ../gold .gold 'go ld'; do
	refused 2 "can't name a template" web1 "$name"; result $? "the name \"$name\""
done
refused 2 'wants the NAME' web1; result $? "a guest alone"
refused 2 'wants 1 to 19' web1 gold --level 20; result $? "a level that zstd doesn't have"
refused 4 'there is a ready template debian13 already' web1 debian13; result $? "the name of another ready template"
echo 'web1 3 256 1 -b---- 1.0' >"$XL_RUNS"
refused 4 'web1 is running: template wants it off' web1 gold && says XEN-GUEST-003; result $? "a guest that runs"
rm "$XL_RUNS"
for odd in other none kernel parts gone; do
	rm -rf "$dir/odd" && cp -a "$root" "$dir/odd"
	case $odd in
	other) echo 'ID=fedora' >"$dir/odd/etc/os-release" ;;
	none) rm "$dir/odd/etc/os-release" && ln -s "$root/etc/os-release" "$dir/odd/etc/os-release" ;;
	kernel) rm "$dir/odd/vmlinuz" ;;
	esac
	disk_of $odd "$dir/odd"
	[ $odd = parts ] && truncate -s 0 "$dir/img/parts.raw" && truncate -s 64M "$dir/img/parts.raw" && echo ',,L' | sfdisk -q "$dir/img/parts.raw"
	guest_of $odd
	[ $odd = gone ] && rm "$dir/img/gone.raw"
done
refused 4 'is fedora, not Debian' other gold && says 'xenith guest clone'; result $? "a root of another system"
refused 4 'no /etc/os-release' none gold; result $? "a link in the root leads nowhere outside"
refused 4 'has no /vmlinuz' kernel gold; result $? "a root without its kernel's links"
refused 4 'has partitions' parts gold && says 'xenith guest clone' && says XEN-GUEST-005; result $? "a disk with partitions"
refused 4 'is not there' gone gold; result $? "a disk that is not there"

status 0 "$xenith" guest template web1 gold && says '^gold: made of web1, .*--from gold'; result $? "a template"
[ "$(stat -c %a $image $image/gold.img | tr '\n' ' ')" = '700 600 ' ] && [ "$(ls -A $image)" = gold.img ] && ! grep -q /run/xenith/template- /proc/mounts
result $? "its image, for root alone; nothing else is left"
grep -qx "%%default image file://$image/gold.img" $ks/gold.ks && grep -qx '%%default suite trixie' $ks/gold.ks && grep -qx '%%default timezone Atlantic/Canary' $ks/gold.ks &&
	grep -qx '%%default lang C.UTF-8' $ks/gold.ks
result $? "what it says of the guest"
cd / || exit 1
status 0 "$xenith" ks render --list && says '^gold  *kickstart  *Debian 13 trixie, of guest web1 as it was on 20'; result $? "ks render --list has it"
status 0 "$xenith" ks render gold --set name=x --set "sshkey=$key" && says "^liveimg --url=file://$image/gold.img --checksum=[0-9a-f]\{64\}$"; result $? "ks render knows it by name, and its includes"
status 4 "$xenith" guest template web1 gold && says 'there is a ready template gold already' && says XEN-GUEST-004; result $? "the same again: refused"

create() { # NAME IP OPTIONS...
	name=$1 ip=$2
	shift 2
	"$xenith" guest create "$name" --from gold --set "ip=$ip" --set gateway=192.0.2.1 --set nameserver=192.0.2.1 --bridge none --type pv --no-start \
		--disk "${size:-128M},file=$dir/img/$name.raw" "$@"
}
status 0 create web2 192.0.2.22/24 --set "sshkey=$key" && [ "$(cat /var/lib/xenith/guests/web2/vmlinuz)" = kernel ]; result $? "a guest of it"
mount -o loop,ro "$dir/img/web2.raw" "$dir/mnt"
[ "$(cat "$dir/mnt/etc/hostname")" = web2 ] && grep -q '^192.0.2.22 web2' "$dir/mnt/etc/hosts" && grep -qx '[0-9a-f]\{32\}' "$dir/mnt/etc/machine-id" &&
	grep -qx 'Address=192.0.2.22/24' "$dir/mnt/etc/systemd/network/10-guest.network" && [ "$(cat "$dir/mnt/etc/ssh/ssh_host_ed25519_key")" = own ] &&
	grep -q '^/dev/xvda / ext4' "$dir/mnt/etc/fstab" && [ "$(cat "$dir/mnt/root/.ssh/authorized_keys")" = "$key" ]
result $? "it has a name, addresses, keys and a machine-id of its own"
cmp -s "$root/srv/data" "$dir/mnt/srv/data" && [ "$(cat "$dir/mnt/srv/page")" = page ] && cmp -s "$root/etc/passwd" "$dir/mnt/etc/passwd" && [ -d "$dir/mnt/var/log/app" ]
result $? "files, users and the folders of logs are the first one's"
! grep -rl secret "$dir/mnt/etc" "$dir/mnt/root" "$dir/mnt/home" "$dir/mnt/var" >"$dir/out" && [ ! -e "$dir/mnt/home/ana/.ssh" ] && [ ! -e "$dir/mnt/var/log/app/app.log" ]
result $? "no secret, key, history or log of the first one is in it"
printf 'root:!:20000:0:99999:7:::\ndaemon:*:20000::::::\nana:!:20000::::::\n' | cmp -s - "$dir/mnt/etc/shadow" && [ "$(stat -c %a:%g "$dir/mnt/etc/shadow")" = 640:42 ]
result $? "its passwords are locked"
umount "$dir/mnt"
status 0 create web3 192.0.2.23/24 --set rootpw=horse && mount -o loop,ro "$dir/img/web3.raw" "$dir/mnt" && [ ! -e "$dir/mnt/root/.ssh" ] && grep -q '^root:\$y\$' "$dir/mnt/etc/passwords"
result $? "one with a password alone: the first one's key doesn't come back"
umount "$dir/mnt"
status 0 "$xenith" guest template web2 gold2 && says '^gold2: made of web2'; result $? "a template of a guest that was made of one"
status 0 "$xenith" guest template --delete gold2 && [ "$(ls $image $ks | tr '\n' ' ')" = "$ks: gold.ks  $image: gold.img " ] || ls $image $ks >"$dir/out"
[ ! -e $ks/gold2.ks ] && [ ! -e $image/gold2.img ] && [ -e $image/gold.img ]; result $? "--delete takes both of it, and no other"

size=40M
status 3 create no1 192.0.2.24/24 --set "sshkey=$key" && says '40 MiB are less than the' && [ ! -e "$dir/img/no1.raw" ]; result $? "a disk that is too small for it: refused before anything is made"
size=128M
status 3 create no1 192.0.2.24/24 --set "sshkey=$key" --set packages=nginx && says 'the image lacks packages.*: nginx;' && ! says 'making' && [ ! -e "$dir/img/no1.raw" ] &&
	[ ! -e /etc/xen/no1.cfg ]
result $? "a package that the image lacks: refused before anything is made"
status 3 create no1 '' --set "sshkey=$key" && says 'the image lacks packages.*: systemd-resolved;' && ! says 'making'; result $? "DHCP without who writes its servers down: the same"
mv $image/gold.img $image/away.img
status 5 create no1 192.0.2.24/24 --set "sshkey=$key" && says "$image/gold.img" && ! says 'making' && [ ! -e "$dir/img/no1.raw" ]; result $? "an image that has vanished: refused before anything is made"
cp $image/away.img $image/gold.img && printf 'other' | dd of=$image/gold.img bs=1 seek=5000000 conv=notrunc 2>/dev/null
status 5 create no1 192.0.2.24/24 --set "sshkey=$key" && says "$image/gold.img" && [ ! -e "$dir/img/no1.raw" ] && [ ! -e /etc/xen/no1.cfg ]; result $? "an image that has changed: taken back"
rm $image/gold.img
status 0 "$xenith" guest template --delete gold && [ ! -e $ks/gold.ks ]; result $? "--delete where only the image is gone"
status 3 "$xenith" guest template --delete gold && says 'there is no template gold' && says XEN-GUEST-002; result $? "--delete of none"
status 2 "$xenith" guest template --delete ../away; result $? "--delete of a name that is none"
rm $image/away.img
echo '%%include debian-direct.inc' >$ks/mine.ks
status 3 "$xenith" guest template --delete mine && says 'was not made of a guest' && [ -e $ks/mine.ks ]; result $? "--delete of a template that somebody wrote: refused"
: >$image/orphan.img
status 4 "$xenith" guest template web1 orphan && says 'orphan already' && status 0 "$xenith" guest template --delete orphan && nothing orphan; result $? "an image alone is in the way, and can be deleted"

# Killed while it composes; and two at once.
mkfifo "$dir/go"
cat >"$dir/bin/blkid" <<'BLKID'
#!/bin/sh
echo "$$" >"$BLKID_SEEN"
read -r line <"$BLKID_GO"
echo ext4
BLKID
chmod 755 "$dir/bin/blkid"
export BLKID_SEEN="$dir/seen" BLKID_GO="$dir/go"
"$xenith" guest template web1 gold --level 19 >"$dir/first" 2>&1 &
pid=$!
for _ in $(seq 300); do [ -s "$dir/seen" ] && break; sleep 0.1; done
status 4 "$xenith" guest template web1 gold2 && says XEN-GUEST-006; result $? "two at once: the second is refused"
echo >"$dir/go"
for _ in $(seq 300); do [ -e $image/.new.frames ] || [ -e $image/.new.part ] || grep -q template-web1 "/proc/$pid/mounts" 2>/dev/null && break; sleep 0.01; done
kill -9 $pid
wait $pid 2>/dev/null
[ ! -e $ks/gold.ks ] && [ ! -e $image/gold.img ] && ! grep -q /run/xenith/template- /proc/mounts; result $? "killed in the middle: no template, no mount"
rm "$dir/bin/blkid"
# Started while its files are read.
cat >"$dir/bin/mount" <<'MOUNT'
#!/bin/sh
echo 'web1 3 256 1 -b---- 1.0' >"$XL_RUNS"
exec /usr/bin/mount "$@"
MOUNT
chmod 755 "$dir/bin/mount"
refused 4 'web1 is running' web1 gold; result $? "a guest that is started meanwhile: refused, and nothing is left"
rm "$dir/bin/mount" "$XL_RUNS"
# No room for the image.
mkdir "$dir/small" && mount -t tmpfs -o size=6m none "$image"
refused 7 'No space left' web1 gold; result $? "no room: said, and nothing is left"
umount "$image"
status 0 "$xenith" guest template web1 gold --level 1; result $? "and then it is made"
echo "1..$n"
