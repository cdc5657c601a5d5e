#!/bin/sh
# `xenith root build` into a folder, from the archive that this machine's apt uses, and what dpkg and apt say of it.
# zutils is there for its preinst script, which diverts files of gzip.
set -u
xenith=$(pwd)/${O:-build}/xenith
cache=$(pwd)/${O:-build}/cache
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

mirror=$(cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null | sed 's/#.*//' |
	grep -oE 'https?://[^ ]*/debian/?( |$)' | head -n 1 | sed 's,/* *$,,')
skip() {
	echo "ok - root build # SKIP $1"
	exit 0
}
[ -n "$mirror" ] || skip "no Debian mirror is configured"
[ "$(id -u)" = 0 ] || skip "needs root: it runs maintainer scripts in a chroot"
curl -sfI -m 20 -o "$work/head" "$mirror/dists/trixie/InRelease" || skip "the mirror is not reachable"

check() { # TEXT COMMAND...
	text=$1
	shift
	if "$@" >"$work/out" 2>&1; then
		echo "ok - $text"
	else
		echo "not ok - $text"
		tail -n 30 "$work/out" | sed 's/^/# /'
	fi
}
ks() { # FILE PACKAGE...
	file=$1
	shift
	{
		printf 'url --url=%s/dists/trixie\n%%packages\n' "$mirror"
		printf '%s\n' "$@"
		echo '%end'
	} >"$file"
}
prints_nothing() {
	"$@" >"$work/printed" 2>&1 && [ ! -s "$work/printed" ] && return 0
	cat "$work/printed"
	return 1
}
refused() { # STATUS PART COMMAND...
	status=$1 part=$2
	shift 2
	"$@" >"$work/said" 2>&1
	found=$?
	cat "$work/said"
	[ $found -eq "$status" ] && grep -qF "$part" "$work/said"
}

ks "$work/typo.ks" chronyy
check "a package that doesn't exist is refused, with the nearest name" \
	refused 3 'did you mean chrony?' "$xenith" root build --ks "$work/typo.ks" --cache "$cache" "$work/typo"
check "nothing is unpacked then" test ! -e "$work/typo/usr"

ks "$work/host.ks" zutils -linux-image-amd64
root=$work/root
check "a folder is built" "$xenith" root build --ks "$work/host.ks" --cache "$cache" "$root"
check "dpkg --audit is clean" prints_nothing chroot "$root" dpkg --audit
check "dpkg --verify finds no difference" prints_nothing chroot "$root" dpkg --verify
check "apt-get check is clean" chroot "$root" apt-get -q check
check "all packages are installed" prints_nothing sh -c \
	"dpkg-query --admindir='$root/var/lib/dpkg' -W -f '\${db:Status-Abbrev}\${Package}\n' | grep -v '^ii '; true"
check "diverted files have their other name" test -e "$root/usr/bin/zcat.gzip"
check "no service is kept from starting later" test ! -e "$root/usr/sbin/policy-rc.d"
check "no .deb is left" test -z "$(find "$root/var/cache" -name '*.deb')"
check "nothing is mounted there" sh -c "! grep -qF '$root/' /proc/self/mounts"
check "apt knows where packages come from" grep -qF "URIs: $mirror" "$root/etc/apt/sources.list.d/main.sources"
# The resolver of the host's own apt names this host's packages from the same archive.
check "apt finds nothing to add or remove" sh -c "
	cp /etc/resolv.conf '$root/etc/resolv.conf' && chroot '$root' apt-get -q update -o APT::Sandbox::User=root &&
	chroot '$root' apt-get -s -q dist-upgrade | grep -q '^0 upgraded, 0 newly installed, 0 to remove'"
check "a folder that isn't empty is refused" \
	refused 3 'not empty' "$xenith" root build --ks "$work/host.ks" --cache "$cache" "$root"
check "with its code" grep -q '^XEN-PKG-004: ' "$work/said"

# Killed while its /proc is mounted; what it was in the middle of must not stay.
killed=$work/killed
"$xenith" root build --ks "$work/host.ks" --cache "$cache" "$killed" >"$work/out" 2>&1 &
pid=$!
while kill -0 $pid 2>/dev/null && ! grep -qF "$killed/dev/shm" /proc/$pid/mounts 2>/dev/null; do
	sleep 0.1
done
kill -9 $pid 2>/dev/null
wait $pid 2>/dev/null
check "a build that is killed was in the middle of it" test $? -eq 137
check "and leaves nothing mounted" sh -c "! grep -F '$killed/' /proc/self/mounts"
