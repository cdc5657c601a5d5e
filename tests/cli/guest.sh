#!/bin/sh
# Guests on files, made and kept for real: create, clone, backup, restore, resize, delete, a create that is killed.
set -u
. tests/cli/lib/guests.sh
http=
# shellcheck disable=SC2317
clean() {
	[ -n "$http" ] && kill "$http" 2>/dev/null
	umount "$dir/mnt" 2>/dev/null
	rm -rf "$dir"
}

# A root on a whole disk, as a direct install leaves one.
root=$dir/root
mkdir -p "$root/etc/systemd/network"
echo old1 >"$root/etc/hostname"
printf '127.0.1.1 old1.example.org old1\n' >"$root/etc/hosts"
echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id"
head -c 3000000 /dev/urandom >"$root/data"
truncate -s 64M "$dir/img/old1.raw"
mke2fs -q -F -t ext4 -d "$root" "$dir/img/old1.raw"
cp --sparse=always "$dir/img/old1.raw" "$dir/img/copy.raw"

status 0 "$xenith" guest create old1 --disk "path=$dir/img/old1.raw" --bridge none --type pv --no-start; result $? "create on a disk that is there"
grep -q '^name = "old1"' /etc/xen/old1.cfg && [ "$(stat -c %a /etc/xen/old1.cfg)" = 600 ]; result $? "its configuration, for root alone"
status 4 "$xenith" guest create old1 --disk "path=$dir/img/copy.raw" --bridge none --type pv --no-start && says 'there is a guest of that name'
result $? "create twice: refused"
status 4 "$xenith" guest create two --disk "path=$dir/img/old1.raw" --bridge none --type pv --no-start && says "is guest old1's"
result $? "the disk of another: refused"
loop=$(losetup -f --show "$dir/img/copy.raw")
mount -o ro "$loop" "$dir/mnt"
status 4 "$xenith" guest create two --disk "path=$loop" --bridge none --type pv --dry-run && says 'is in use on this host, and by no guest'
result $? "a device that is mounted: refused"
umount "$dir/mnt"
status 0 "$xenith" guest create two --disk "path=$loop" --bridge none --type pv --dry-run; result $? "a device that nothing uses"
losetup -d "$loop"
status 0 "$xenith" guest list && says '^old1 .* off '; result $? "list"
status 0 "$xenith" guest show old1 && says 'name = "old1"'; result $? "show"
status 3 "$xenith" guest show odl1 && says 'did you mean old1' && says '^XEN-GUEST-002: '; result $? "show: the nearest name is suggested"

sum=$(sha256sum <"$dir/img/old1.raw")
status 0 "$xenith" guest backup old1 "$dir/old1.backup" && says 'SHA-256'; result $? "backup to a file"
[ "$(sha256sum <"$dir/old1.backup" | cut -d ' ' -f 1)" = "$(sed 's/.*SHA-256 //' "$dir/out")" ]; result $? "the sum that it said is the file's"
tar --zstd -tf "$dir/old1.backup" 2>/dev/null | tr '\n' ' ' | grep -q 'guest.cfg guest.json disk/xvda SHA256SUMS'; result $? "tar reads it"
status 4 "$xenith" guest restore "$dir/old1.backup" && says 'there is a guest old1 already' && says XEN-GUEST-004; result $? "restore over a guest: refused"
status 0 "$xenith" guest delete old1 --yes && [ ! -e /etc/xen/old1.cfg ] && [ -e "$dir/img/old1.raw" ]; result $? "delete: a disk that was there before stays"
status 4 "$xenith" guest restore "$dir/old1.backup" && says 'is there already' && [ ! -e /etc/xen/old1.cfg ]; result $? "restore over a disk: refused, nothing is left"
mv "$dir/img/old1.raw" "$dir/img/before.raw"
status 0 "$xenith" guest restore "$dir/old1.backup" && [ "$(sha256sum <"$dir/img/old1.raw")" = "$sum" ]; result $? "restore: the disk is as it was"
[ "$(stat -c %b "$dir/img/old1.raw")" -le "$(($(stat -c %b "$dir/img/before.raw") + 64))" ]; result $? "holes are holes again"

# One byte in the middle of the stream, and a stream without its end.
python3 - "$dir/old1.backup" "$dir/flipped" "$dir/short" <<'PY'
import sys
data = bytearray(open(sys.argv[1], 'rb').read())
open(sys.argv[3], 'wb').write(data[:len(data) // 2])
data[len(data) // 2] ^= 1
open(sys.argv[2], 'wb').write(data)
PY
for bad in flipped short; do
	status 5 "$xenith" guest restore --name bad --dir "$dir/img" "$dir/$bad" && [ ! -e /etc/xen/bad.cfg ] && [ ! -e "$dir/img/bad-xvda.raw" ]
	result $? "restore of a $bad backup: refused, and all of it taken back"
done
# A disk that is not what its sum says: the archive itself is sound.
mkdir "$dir/lie" && tar --zstd -C "$dir/lie" -xf "$dir/old1.backup" && printf 'other bytes' | dd of="$dir/lie/disk/xvda" bs=1 seek=5000000 conv=notrunc 2>/dev/null
tar --zstd -C "$dir/lie" -cf "$dir/lie.backup" guest.cfg guest.json disk/xvda SHA256SUMS
status 5 "$xenith" guest restore --name bad --dir "$dir/img" "$dir/lie.backup" && says 'another SHA-256' && [ ! -e "$dir/img/bad-xvda.raw" ]
result $? "restore of a disk with another sum: refused, and taken back"

status 0 "$xenith" guest restore --name other --dir "$dir/img" "$dir/old1.backup"; result $? "restore as another guest"
mount -o loop,ro "$dir/img/other-xvda.raw" "$dir/mnt" && [ "$(cat "$dir/mnt/etc/hostname")" = other ] && cmp -s "$root/data" "$dir/mnt/data" &&
	! cmp -s "$root/etc/machine-id" "$dir/mnt/etc/machine-id"
result $? "its host name and machine-id are its own, its files are the same"
umount "$dir/mnt"
[ "$(sed -n 's/^uuid = //p' /etc/xen/other.cfg)" != "$(sed -n 's/^uuid = //p' /etc/xen/old1.cfg)" ]; result $? "its uuid is its own"

status 0 "$xenith" guest clone old1 new1; result $? "clone"
mount -o loop,ro "$dir/img/new1.raw" "$dir/mnt" && [ "$(cat "$dir/mnt/etc/hostname")" = new1 ] && grep -q 'new1.example.org new1' "$dir/mnt/etc/hosts" &&
	! cmp -s "$root/etc/machine-id" "$dir/mnt/etc/machine-id"
result $? "the clone's host name, hosts and machine-id"
umount "$dir/mnt"
echo 'old1 3 256 1 -b---- 1.0' >"$XL_RUNS"
status 4 "$xenith" guest clone old1 new2 && says 'is running' && says XEN-GUEST-003; result $? "clone of a running guest: refused"
status 4 "$xenith" guest resize old1 xvda 128M && says 'is running'; result $? "resize of a running guest: refused"
status 4 "$xenith" guest delete old1 --yes && says 'is running'; result $? "delete of a running guest: refused"
: >"$XL_LOG"
status 0 "$xenith" guest backup old1 "$dir/running.backup" && grep -q '^pause old1' "$XL_LOG" && grep -q '^unpause old1' "$XL_LOG"
result $? "backup of a running guest on files: paused meanwhile"
printf '#!/bin/sh\nexit 0\n' >"$dir/bin/xenstore-ls"
chmod 755 "$dir/bin/xenstore-ls"
status 4 "$xenith" guest verify old1 && says XEN-GUEST-011; result $? "verify of what is not as asked: its code"
echo 'old1 3 256 1 ----c- 1.0' >"$XL_RUNS"
status 6 "$xenith" guest stop old1 && says XEN-GUEST-010; result $? "stop of a crashed guest: its code"
rm "$XL_RUNS"
status 4 "$xenith" guest snapshot old1 before && says XEN-GUEST-005; result $? "a snapshot of a disk that is no volume: refused"
status 3 "$xenith" guest resize new1 xvda 32M && says 'larger, not smaller'; result $? "smaller: refused"
status 0 "$xenith" guest resize new1 xvda 128M && [ "$(dumpe2fs -h "$dir/img/new1.raw" 2>/dev/null | sed -n 's/^Block count: *//p')" -ge 32768 ]
result $? "resize: the file system grew too"
status 2 "$xenith" guest delete new1; result $? "delete wants --yes"
status 0 "$xenith" guest delete new1 --yes && [ ! -e "$dir/img/new1.raw" ] && [ ! -e /etc/xenith/guests/new1.json ]; result $? "delete: its volume goes with it"

# To a server by PUT, and back by GET.
cat >"$dir/server.py" <<'PY'
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

folder = Path(sys.argv[1])


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *args):
        pass

    def reply(self, status, body=b''):
        self.send_response(status)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_PUT(self):
        with open(folder / self.path.strip('/'), 'wb') as f:
            while True:
                size = int(self.rfile.readline().strip() or b'0', 16)
                f.write(self.rfile.read(size))
                self.rfile.readline()
                if not size:
                    break
        self.reply(403 if 'refused' in self.path else 201)

    def do_GET(self):
        path = folder / self.path.strip('/')
        self.reply(200, path.read_bytes()) if path.exists() else self.reply(404)


server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
(folder / 'port').write_text(str(server.server_address[1]))
server.serve_forever()
PY
mkdir "$dir/served"
python3 "$dir/server.py" "$dir/served" &
http=$!
for _ in $(seq 100); do [ -s "$dir/served/port" ] && break; sleep 0.2; done
url=http://127.0.0.1:$(cat "$dir/served/port")
status 0 "$xenith" guest backup old1 "$url/old1" && status 0 "$xenith" guest restore --name web --dir "$dir/img" "$url/old1" && cmp -s "$dir/img/web-xvda.raw" "$dir/img/old1.raw"
[ -e "$dir/img/web-xvda.raw" ]; result $? "backup by PUT, restore by GET"
status 5 "$xenith" guest backup old1 "$url/refused"; result $? "a server that refuses: exit status 5"
status 5 "$xenith" guest restore --name gone --dir "$dir/img" "$url/none" && [ ! -e /etc/xen/gone.cfg ]; result $? "no such backup: exit status 5"
# By ssh: a stand-in that runs what it is told here.
cat >"$dir/bin/ssh" <<'SSH'
#!/bin/sh
while [ "$1" != -- ]; do shift; done
shift 2
exec sh -c "$*"
SSH
chmod 755 "$dir/bin/ssh"
status 0 "$xenith" guest backup old1 "ssh://root@backup$dir/by-ssh" && [ -s "$dir/by-ssh" ] && [ ! -e "$dir/by-ssh.part" ] &&
	status 0 "$xenith" guest restore --name ssh1 --dir "$dir/img" "ssh://root@backup$dir/by-ssh"
result $? "backup and restore by ssh"
status 5 "$xenith" guest restore --name ssh2 --dir "$dir/img" ssh://root@backup/none && says XEN-GUEST-009; result $? "ssh that fails: its code"
status 2 "$xenith" guest backup old1 "ssh://root@backup/a;reboot"; result $? "no words for a remote shell in the path"

# To another host: stand-ins for it, for what xl says of both, and for scp.
cat >"$dir/bin/xl" <<'XL'
#!/bin/sh
[ "$1" = list ] && echo 'Name ID Mem VCPUs State Time(s)' && cat "$XL_RUNS" 2>/dev/null
[ "$1" = info ] && printf 'xen_major : 4\nxen_minor : 20\nfree_memory : 900\nhw_caps : 1:2\n'
echo "$*" >>"$XL_LOG"
exit 0
XL
cat >"$dir/bin/ssh" <<'SSH'
#!/bin/sh
while [ "$1" != -- ]; do shift; done
shift 2
echo "$*" >>"$SSH_LOG"
sh -c "$*" | sed -e 's/^id .*/id other/' -e "s/^hostname .*/hostname $FAR_NAME/" -e '/^guest /d'
SSH
cat >"$dir/bin/scp" <<'SCP'
#!/bin/sh
while [ "$1" != -- ]; do shift; done
mkdir -p "$FAR${3#*:}" && cp -r "$2" "$FAR${3#*:}"
SCP
chmod 755 "$dir/bin/ssh" "$dir/bin/scp"
mkdir -p /etc/xen/start /etc/xenith/guests /var/lib/xenith/guests/move1 "$dir/far"
export SSH_LOG="$dir/ssh.log" FAR="$dir/far" FAR_NAME=far
printf 'name = "move1"\nmemory = 64\nkernel = "/var/lib/xenith/guests/move1/vmlinuz"\n' >/etc/xen/move1.cfg
echo '{"name": "move1", "delay_s": 3}' >/etc/xenith/guests/move1.json
echo kernel >/var/lib/xenith/guests/move1/vmlinuz
ln -s ../move1.cfg /etc/xen/start/07-move1
status 4 "$xenith" guest migrate move1 root@far && says 'only a running one'; result $? "migrate of a guest that is off: refused"
echo 'move1 9 64 1 -b---- 1.0' >"$XL_RUNS"
status 4 env FAR_NAME="$(cat /etc/hostname)" "$xenith" guest migrate move1 root@far && says 'both hosts are called'; result $? "a host of the same name: refused"
: >"$XL_LOG"
status 0 "$xenith" guest migrate move1 root@far --check && ! grep -q '^migrate' "$XL_LOG" && [ -e /etc/xen/move1.cfg ]; result $? "migrate --check moves nothing"
status 0 "$xenith" guest migrate move1 root@far && grep -q '^migrate move1 root@far' "$XL_LOG" && grep -q 'name = "move1"' "$dir/far/etc/xen/move1.cfg" &&
	[ -e "$dir/far/etc/xenith/guests/move1.json" ] && [ -e "$dir/far/var/lib/xenith/guests/move1/vmlinuz" ] &&
	grep -q '^ln -sfn ../move1.cfg /etc/xen/start/07-move1' "$SSH_LOG"
result $? "migrate: configuration, record, kernel and start move along"
[ ! -e /etc/xen/move1.cfg ] && [ ! -e /etc/xenith/guests/move1.json ] && [ ! -e /var/lib/xenith/guests/move1 ] && [ ! -h /etc/xen/start/07-move1 ]
result $? "and nothing of it is left here"
rm -f "$XL_RUNS"

# With the host: in the order of their links, once their disks are there, each with its delay behind it.
for i in 2 1 3; do
	truncate -s 8M "$dir/img/auto$i.raw"
	status 0 "$xenith" guest create "auto$i" --disk "path=$dir/img/auto$i.raw" --bridge none --type pv --no-start --autostart --order "$i" --delay 1
done
[ "$(cd /etc/xen/start && echo *)" = '01-auto1 02-auto2 03-auto3' ]; result $? "create --autostart: a link in /etc/xen/start"
status 0 "$xenith" guest list && says '^auto2 .* auto$'; result $? "list tells who starts with the host"
ln -s ../none.cfg /etc/xen/start/00-none
mv "$dir/img/auto2.raw" "$dir/img/away.raw"
echo 'auto3 7 256 1 -b---- 1.0' >"$XL_RUNS"
: >"$XL_LOG"
status 3 "$xenith" guest start --auto && says '^00-none: .*leads to no guest' && says '^auto1: started$' && says '^auto2: .*is not there' && says '^auto3: runs$'
result $? "start --auto: one that fails keeps the others from nothing"
[ "$(grep -c '^create ' "$XL_LOG")" = 1 ] && grep -q '^create /etc/xen/auto1.cfg' "$XL_LOG"; result $? "what can't start, or runs, is not started"
rm "$XL_RUNS" /etc/xen/start/00-none
# A host so busy that libxl kills a script of its own.
mv "$dir/bin/xl" "$dir/bin/xl.good"
cat >"$dir/bin/xl" <<'XL'
#!/bin/sh
if [ "$1" = create ] && [ "$(grep -c ^create "$XL_LOG")" -lt "$XL_BUSY" ]; then
	echo "$*" >>"$XL_LOG"
	echo 'libxl: error: libxl_aoutils.c:539:async_exec_timeout: killing execution of /etc/xen/scripts/vif-bridge online because of timeout' >&2
	exit 3
fi
exec xl.good "$@"
XL
chmod 755 "$dir/bin/xl"
: >"$XL_LOG"
status 0 env XL_BUSY=2 "$xenith" guest start auto1 && [ "$(grep -c '^create ' "$XL_LOG")" = 3 ]; result $? "start: a script that libxl found too slow is tried again"
: >"$XL_LOG"
status 6 env XL_BUSY=9 "$xenith" guest start auto1 && says 'because of timeout' && [ "$(grep -c '^create ' "$XL_LOG")" = 3 ]; result $? "but not for ever"
mv "$dir/bin/xl.good" "$dir/bin/xl"
status 2 "$xenith" guest start && status 2 "$xenith" guest start auto1 --auto; result $? "start wants a name or --auto"
for i in 1 2 3; do "$xenith" guest delete "auto$i" --yes >/dev/null; done
[ -z "$(ls /etc/xen/start)" ]; result $? "delete: the link goes too"

# Killed while the file system is made: the next create takes back what is there.
cat >"$dir/bin/mkfs.ext4" <<'MK'
#!/bin/sh
echo made >"$MKFS_SEEN"
exec sleep 60
MK
chmod 755 "$dir/bin/mkfs.ext4"
export MKFS_SEEN="$dir/seen"
key='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 admin'
cd / || exit 1
"$xenith" guest create k1 --from "$here/templates/debian13-direct.ks" --set "sshkey=$key" --set url=http://127.0.0.1:1/debian \
	--disk "2000M,file=$dir/img/k1.raw" --disk "50M,file=$dir/img/k1b.raw" --bridge none --type pv --no-start >"$dir/out" 2>&1 &
pid=$!
for _ in $(seq 300); do [ -s "$dir/seen" ] && break; sleep 0.1; done
status 4 "$xenith" guest create k1 --disk "path=$dir/img/copy.raw" --bridge none --type pv --no-start && says 'another xenith is at work' && says XEN-GUEST-006
result $? "two creates of one guest: the second is refused"
kill -9 "$pid"
wait "$pid" 2>/dev/null
rm "$dir/bin/mkfs.ext4"
[ -e "$dir/img/k1.raw" ] && [ -e "$dir/img/k1b.raw" ] && [ ! -e /etc/xen/k1.cfg ]; result $? "killed in the middle: its disks are left"
status 0 "$xenith" guest create k1 --disk "path=$dir/img/copy.raw" --bridge none --type pv --no-start && says 'taken back' && [ ! -e "$dir/img/k1.raw" ] &&
	[ ! -e "$dir/img/k1b.raw" ] && [ -e /etc/xen/k1.cfg ]
result $? "create again: the old disks are taken back, the guest is made"
# A mirror that isn't there, after the disks were made: nothing is left.
status 5 "$xenith" guest create f1 --from "$here/templates/debian13-direct.ks" --set "sshkey=$key" --set url=http://127.0.0.1:1/debian \
	--disk "2000M,file=$dir/img/f1.raw" --bridge none --type pv --no-start && [ ! -e "$dir/img/f1.raw" ] && [ ! -e /etc/xen/f1.cfg ] &&
	[ ! -e /var/lib/xenith/guests/f1 ] && ! grep -q "$dir/img/f1" /proc/mounts
result $? "a create that fails takes back what it made"

# A table: planned as a whole, made some at a time, made again only where something is missing.
{
	echo name,disk,memory
	i=0
	while [ $i -lt 12 ]; do
		i=$((i + 1))
		cp --sparse=always "$dir/img/copy.raw" "$dir/img/t$i.raw"
		echo "t$i,path=$dir/img/t$i.raw,256M"
	done
} >"$dir/table.csv"
status 0 "$xenith" guest create --hosts "$dir/table.csv" --bridge none --type pv --no-start --parallel 3 && [ "$(grep -c ': made$' "$dir/out")" = 12 ]
result $? "twelve guests from a table, a line each"
"$xenith" guest delete t5 --yes >/dev/null
status 0 "$xenith" guest create --hosts "$dir/table.csv" --bridge none --type pv --no-start && [ "$(grep -c ': made$' "$dir/out")" = 1 ] && [ "$(grep -c ': is there$' "$dir/out")" = 11 ]
result $? "the same again makes only what is missing"
{ cat "$dir/table.csv"; echo "u1,path=$dir/img/old1.raw,256M"; echo "u2,path=$dir/img/none.raw,256M"; } >"$dir/bad.csv"
status 4 "$xenith" guest create --hosts "$dir/bad.csv" --bridge none --type pv --no-start && says "u1.*is guest old1's" && says 'u2.*is not there' && [ ! -e /etc/xen/u1.cfg ]
result $? "all that is wrong in a table is said, and nothing is made"
# A kernel that lies beside a guest is always the newest of its root; a clone gets one of its own.
mkdir -p "$root/boot" && echo kernel >"$root/boot/vmlinuz-2" && echo initrd >"$root/boot/initrd-2" && ln -s boot/vmlinuz-2 "$root/vmlinuz" &&
	ln -s boot/initrd-2 "$root/initrd.img"
truncate -s 64M "$dir/img/kern.raw" && mke2fs -q -F -t ext4 -d "$root" "$dir/img/kern.raw"
cat >/etc/xen/kern.cfg <<CFG
name = "kern"
type = "pv"
kernel = "/var/lib/xenith/guests/kern/vmlinuz"
ramdisk = "/var/lib/xenith/guests/kern/initrd"
disk = [ "format=raw,vdev=xvda,access=rw,backendtype=qdisk,target=$dir/img/kern.raw" ]
CFG
status 0 "$xenith" guest clone kern kern2 && grep -q guests/kern2/vmlinuz /etc/xen/kern2.cfg && : >"$XL_LOG" && status 0 "$xenith" guest start kern2 &&
	[ "$(cat /var/lib/xenith/guests/kern2/vmlinuz)" = kernel ] && [ "$(cat /var/lib/xenith/guests/kern2/initrd)" = initrd ] && grep -q '^create /etc/xen/kern2.cfg' "$XL_LOG"
result $? "start: the kernel beside a guest is that of its root"
# Switched off while it ran: its journal has to be replayed, which a loop device that is read-only can't.
mount -o loop "$dir/img/kern2.raw" "$dir/mnt" && ln -sfn boot/initrd-3 "$dir/mnt/initrd.img" && echo newer >"$dir/mnt/boot/initrd-3" && sync -f "$dir/mnt" &&
	cp --sparse=always "$dir/img/kern2.raw" "$dir/img/dirty.raw"
umount "$dir/mnt"
mv "$dir/img/dirty.raw" "$dir/img/kern2.raw"
dumpe2fs -h "$dir/img/kern2.raw" 2>/dev/null | grep -q needs_recovery && status 0 "$xenith" guest start kern2 &&
	[ "$(cat /var/lib/xenith/guests/kern2/initrd)" = newer ] && ! grep -q /run/xenith/inside- /proc/mounts
result $? "start of a guest that was switched off"
# A guest's own root may have links that lead out of it: to a file of the host.
secret=$dir/secret
echo "the host's old1" >"$secret"
evil=$dir/evil
mkdir -p "$evil/etc/ssh"
ln -s "$secret" "$evil/etc/hosts"
ln -s "../../../../../../..$secret" "$evil/etc/hostname"
ln -s "$dir" "$evil/etc/systemd"
echo 0123456789abcdef0123456789abcdef >"$evil/etc/machine-id"
ln -s "$secret" "$evil/vmlinuz"
ln -s "../../../../../../..$secret" "$evil/initrd.img"
ssh-keygen -q -t ed25519 -N '' -C old -f "$evil/etc/ssh/ssh_host_ed25519_key"
printf '#!/bin/sh\ntouch %s\n' "$dir/was-run" >"$dir/tool"
install -D -m 755 "$dir/tool" "$evil/usr/bin/ssh-keygen"
truncate -s 64M "$dir/img/evil.raw" && mke2fs -q -F -t ext4 -d "$evil" "$dir/img/evil.raw"
sed "s/\\bkern\\b/evil/g" /etc/xen/kern.cfg >/etc/xen/evil.cfg
status 0 "$xenith" guest clone evil evil2; result $? "clone of a root with links that lead out"
mount -o loop,ro "$dir/img/evil2.raw" "$dir/mnt" && [ "$(cat "$dir/mnt/etc/hostname")" = evil2 ] && [ -L "$dir/mnt/etc/hosts" ] &&
	! grep -rq "the host's" "$dir/mnt/etc/hostname" "$dir/mnt/etc/ssh" && grep -q ' root@evil2$' "$dir/mnt/etc/ssh/ssh_host_ed25519_key.pub" &&
	! cmp -s "$evil/etc/ssh/ssh_host_ed25519_key" "$dir/mnt/etc/ssh/ssh_host_ed25519_key"
result $? "nothing of the host is in it, and its host keys are its own"
umount "$dir/mnt"
[ "$(cat "$secret")" = "the host's old1" ] && [ ! -e "$dir/was-run" ]; result $? "the host's file is as it was, and no program of the guest was run"
: >"$XL_LOG"
status 7 "$xenith" guest start evil && says 'has no /vmlinuz' && ! grep -rqs "the host's" /var/lib/xenith/guests && ! grep -q '^create' "$XL_LOG"
result $? "a kernel that leads out is no kernel"
# An installer that comes to no end. Its kernel is an ELF file with the notes of a PV one.
python3 - "$dir/kernel" <<'PY'
import struct
import sys
note = lambda kind, data: struct.pack('<3L', 4, len(data), kind) + b'Xen\0' + data
notes = note(1, struct.pack('<Q', 0x1000000)) + note(5, b'xen-3.0\0') + note(6, b'linux\0\0\0')
head = b'\x7fELF\x02\x01\x01' + bytes(9) + struct.pack('<2HL3QL6H', 2, 62, 1, 0, 64, 0, 0, 64, 56, 1, 0, 0, 0)
with open(sys.argv[1], 'wb') as f:
    f.write(head + struct.pack('<2L6Q', 4, 4, 120, 0, 0, len(notes), len(notes), 4) + notes)
PY
: >"$XL_LOG"
cat >"$dir/bin/xl" <<'XL'
#!/bin/sh
echo "$*" >>"$XL_LOG"
[ "$1" = list ] && echo 'Name ID Mem VCPUs State Time(s)' && cat "$XL_RUNS" 2>/dev/null
[ "$1" = create ] && echo 'in1 9 1024 1 -b---- 1.0' >"$XL_RUNS"
[ "$1" = destroy ] && rm -f "$XL_RUNS"
exit 0
XL
status 4 "$xenith" guest create in1 --from "$here/templates/debian13.cfg" --kernel "$dir/kernel" --initrd "$dir/xl.log" --type pv \
	--set url=http://mirror.example.org/debian --set "sshkey=ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB9RRRAwD5eenWglSDB/i7xpAl15v1soS6tRIxuN/BJv a" \
	--disk "4G,file=$dir/img/in1.raw" --bridge none --timeout 3 && says 'still runs after 3 s' && says XEN-GUEST-012
result $? "an installer that does not end in its time"
grep -q '^destroy in1' "$XL_LOG" && [ ! -e /etc/xen/in1.cfg ] && [ ! -e "$dir/img/in1.raw" ]; result $? "its guest is ended and taken back"
echo "1..$n"
