#!/bin/sh
# `xenith image build` and `image unpack`: the same tree comes out, from servers that fail as well.
set -u
xenith=$(pwd)/${O:-build}/xenith
dir=$(mktemp -d)
. tests/cli/lib/servers.sh

check() { # TEXT COMMAND...
	text=$1
	shift
	if "$@" >"$dir/out" 2>&1; then
		echo "ok - $text"
	else
		echo "not ok - $text"
		tail -n 30 "$dir/out" | sed 's/^/# /'
	fi
}
refused() { # STATUS PART COMMAND...
	status=$1 part=$2
	shift 2
	"$@" >"$dir/said" 2>&1
	found=$?
	cat "$dir/said"
	[ $found -eq "$status" ] && grep -qF "$part" "$dir/said"
}
# One line a file: all that must survive.
listing() { # DIR
	(cd "$1" && find . -mindepth 1 -printf '%p %y %m %U:%G %n %l %T@\n' | sed 's/\.[0-9]*$//' | sort && find . -type f -print0 |
		sort -z | xargs -0 sha256sum && getfattr -dhR -m - . 2>/dev/null | grep -v '^$')
}
fetch() { # FAULT [DIR]
	rm -rf "${2:-$dir/back}"
	"$xenith" image unpack --url "http://127.0.0.1:$httpport/$1/dom0.img" --checksum "$manifest" "${2:-$dir/back}"
}

root=$dir/root
mkdir -p "$root/usr/bin" "$root/etc/ssh" "$root/var/lib/dpkg" "$root/dev" "$root/tmp" "$root/var/log" "$dir/export"
# 9 MB that can't be compressed and 5 MB that can: five frames.
head -c 9000000 /dev/urandom >"$root/usr/bin/big"
yes compressible | head -c 5000000 >"$root/usr/bin/small file"
ln "$root/usr/bin/big" "$root/usr/bin/link"
ln -s ../../etc/passwd "$root/usr/bin/symlink"
ln -s /nowhere "$root/etc/absolute"
mkfifo "$root/var/log/fifo"
echo root >"$root/etc/passwd"
chmod 4755 "$root/usr/bin/small file"
: >"$root/etc/$(printf 'n\303\244me with a very long name, longer than what fits into the header of a tar archive, and that is over a hundred bytes')"
touch -d '2001-02-03 04:05:06' "$root/etc/passwd"
printf 'Package: app\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n' >"$root/var/lib/dpkg/status"
if [ "$(id -u)" = 0 ]; then
	chown 42:43 "$root/etc/passwd"
	setfattr -n user.test -v value "$root/etc/passwd" 2>/dev/null
	setcap cap_net_raw+ep "$root/usr/bin/big" 2>/dev/null
fi
listing "$root" >"$dir/before"
# What isn't for every host:
echo key >"$root/etc/ssh/ssh_host_rsa_key"
echo name >"$root/etc/hostname"
echo x >"$root/tmp/junk"
mkdir "$root/var/log/xenith"
echo 0123 >"$root/etc/machine-id"
mtime=$(stat -c %Y "$root/etc/machine-id")

check "an image is composed" sh -c "'$xenith' image build --root '$root' -o '$dir/export/dom0.img' >'$dir/sums'"
manifest=$(sed -n 's/^manifest sha256://p' "$dir/sums")
file=$(sed -n 's/^file sha256://p' "$dir/sums")
check "the file's sum is right" sh -c "echo '$file  $dir/export/dom0.img' | sha256sum -c"
check "the same tree gives the same bytes" sh -c \
	"'$xenith' image build --root '$root' -o '$dir/again.img' && cmp '$dir/export/dom0.img' '$dir/again.img'"
check "nothing else is left beside it" sh -c "[ \"\$(ls '$dir/export')\" = dom0.img ]"
check "zstd and tar read it" sh -c "zstd -dcq '$dir/export/dom0.img' | tar -t | grep -qx 'usr/bin/big'"
check "SOURCE_DATE_EPOCH bounds times" sh -c "SOURCE_DATE_EPOCH=1000000000 '$xenith' image build --root '$root' -o '$dir/old.img' &&
	zstd -dcq '$dir/old.img' | TZ=UTC tar -tv --full-time | awk '\$4 > \"2001-09-09\"' | tee '$dir/newer' && [ ! -s '$dir/newer' ]"

serve_faulty
check "it is unpacked" fetch ok
printf 'uninitialized\n' >"$dir/none"
check "the next boot makes a machine-id" cmp "$dir/none" "$dir/back/etc/machine-id"
rm -f "$dir/back/etc/machine-id"
touch -d "@$(stat -c %Y "$root/etc")" "$dir/back/etc" # the folder's time changed with the file
(cd "$root" && rm -rf etc/ssh/ssh_host_rsa_key etc/hostname etc/machine-id tmp/junk var/log/xenith)
for d in etc etc/ssh tmp var/log; do touch -d "@$mtime" "$root/$d" "$dir/back/$d"; done
listing "$root" >"$dir/before"
listing "$dir/back" >"$dir/after"
check "the tree is the same, without what is one host's own" diff "$dir/before" "$dir/after"

check "a transfer that is cut is taken up again" fetch cut
check "where it broke" grep -q 'dom0.img bytes=[1-9][0-9]*-' "$dir/requests"
check "a byte that was wrong once is fetched again" fetch flip-once
check "a byte that stays wrong is named" refused 5 'has another SHA-256 than the manifest says' fetch flip
check "a busy server is asked again" fetch busy-once
check "no connection" refused 5 'dom0.img' fetch drop
check "a server without ranges: the whole file is read" fetch norange
rm -f "$dir/back/etc/machine-id" && touch -d "@$(stat -c %Y "$root/etc")" "$dir/back/etc"
for d in etc etc/ssh tmp var/log; do touch -d "@$mtime" "$dir/back/$d"; done
listing "$dir/back" >"$dir/after"
check "and the tree is the same" diff "$dir/before" "$dir/after"
check "a transfer of such a server that is cut once" fetch cut-once-norange
check "no such file" refused 5 'HTTP status 404' "$xenith" image unpack --url "http://127.0.0.1:$httpport/ok/none.img" \
	--checksum "$manifest" "$dir/none"
check "no image" refused 5 'is no image' "$xenith" image unpack --url "file://$root/usr/bin/big" --checksum "$manifest" "$dir/none"
check "no checksum and no keyring" refused 3 'give its checksum' "$xenith" image unpack --url "file://$dir/export/dom0.img" "$dir/none"
check "nothing was unpacked" test ! -e "$dir/none/usr"
check "the whole file's checksum" "$xenith" image unpack --url "file://$dir/export/dom0.img" --checksum "sha256:$file" "$dir/whole"
check "another checksum" refused 5 'wrong checksum' "$xenith" image unpack --url "file://$dir/export/dom0.img" \
	--checksum "$(echo x | sha256sum | cut -c1-64)" "$dir/other"
head -c 5000000 "$dir/export/dom0.img" >"$dir/export/short.img"
check "a file that was cut" refused 5 'frame 2 of' "$xenith" image unpack \
	--url "http://127.0.0.1:$httpport/ok/short.img" --checksum "$manifest" "$dir/short"

GNUPGHOME=$dir/gnupg
export GNUPGHOME
mkdir -m 700 "$GNUPGHOME"
for name in good other; do
	gpg --batch --quiet --passphrase '' --quick-gen-key "$name@example.org" ed25519 sign never 2>/dev/null
	gpg --batch --quiet --output "$dir/$name.gpg" --export "$name@example.org"
done
check "signed" "$xenith" image build --root "$root" --sign good@example.org -o "$dir/signed.img"
gpgconf --kill all
check "a signature by a key of the keyring" "$xenith" image unpack --url "file://$dir/signed.img" --keyring "$dir/good.gpg" "$dir/s1"
check "a signature by another key" refused 5 'no signature by a key of' "$xenith" image unpack --url "file://$dir/signed.img" \
	--keyring "$dir/other.gpg" "$dir/s2"
check "not signed" refused 5 'is not signed' "$xenith" image unpack --url "file://$dir/export/dom0.img" --keyring "$dir/good.gpg" "$dir/s2"
check "zstd reads a signed one" zstd -tq "$dir/signed.img"
