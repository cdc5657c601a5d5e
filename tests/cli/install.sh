#!/bin/sh
# xenith install: the command line, and a dry run that writes nothing.
set -u
xenith=$(readlink -f "${O:-build}")/xenith
top=$(dirname "$0")/../..
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# ok TEXT COMMAND...
ok() {
	text=$1
	shift
	if "$@"; then
		echo "ok - $text"
	else
		echo "not ok - $text"
		sed 's/^/# /' "$dir/err" "$dir/out" 2>/dev/null | head -n 20
	fi
}

# status N WORDS...: xenith install's exit status
status() {
	want=$1
	shift
	"$xenith" install "$@" >"$dir/out" 2>"$dir/err" </dev/null
	[ $? -eq "$want" ]
}

cat >"$dir/host.ks" <<'KS'
url --url=http://mirror.example.org/debian/dists/trixie
rootpw --plaintext canary-of-the-mine
network --device=xenbr0 --bridgeslaves=ens16 --bootproto=dhcp --hostname=xen1
network --device=xenbr1 --bridgeslaves=ens17 --bootproto=none
ignoredisk --only-use=serial=xenith-disk-0
clearpart --all --initlabel
reqpart
part / --size=4096 --grow
%packages
@xen
%end
KS
dry="--dry-run --facts $top/tests/facts/qemu-bios"

# code CODE: what stands in front of the next step, behind the error
code() {
	tail -n 1 "$dir/err" | grep -q "^$1: "
}

ok "no --ks: exit status 2" status 2
ok "and its code" code XEN-RUN-003
ok "an unknown --plan: exit status 2" status 2 --ks "$dir/host.ks" --plan=xml
ok "a kickstart file that isn't there: exit status 7" status 7 --ks "$dir/none.ks" --facts "$top/tests/facts/qemu-bios"
# shellcheck disable=SC2086
ok "and its code" code XEN-KS-002
ok "a CD that isn't there: exit status 4" status 4 --ks cdrom:/host.ks --facts "$top/tests/facts/qemu-bios"
ok "and its code" code XEN-KS-004
ok "an address that is none: exit status 3" status 3 --ks hd:host.ks --facts "$top/tests/facts/qemu-bios"
ok "and its code" code XEN-KS-005
ok "the code is explained" sh -c '"$1" errors xen-ks-005 | grep -q "exit status 3"' - "$xenith"
ok "the manual of errors is the program's own" sh -c '"$1" errors --man | cmp - man/xenith-errors.7' - "$xenith"
ok "each as one JSON object" sh -c '"$1" errors --json | python3 -c "
import json, sys
all = [json.loads(line) for line in sys.stdin]
assert len(all) > 70 and min(len(e[k]) for e in all for k in e if k != \"code\") > 0"' - "$xenith"
# shellcheck disable=SC2086
ok "a dry run: exit status 0" status 0 --ks "$dir/host.ks" $dry
ok "the plan names the disk by its id" grep -q '^disk serial-xenith-disk-0' "$dir/out"
ok "the plan has no password" sh -c '! grep -q canary "$1"' - "$dir/out"
ok "a dry run sends no events" sh -c '! grep -q "\"seq\"" "$1"' - "$dir/out"
cp "$dir/out" "$dir/plan"
# shellcheck disable=SC2086
ok "the kickstart file from standard input" sh -c '"$1" install --ks - --dry-run --facts "$2" <"$3" 2>&1 | cmp -s - "$4"' \
	- "$xenith" "$top/tests/facts/qemu-bios" "$dir/host.ks" "$dir/plan"
# shellcheck disable=SC2086
ok "the plan as data" status 0 --ks "$dir/host.ks" $dry --plan=json
ok "which is one JSON object" python3 -c '
import json, sys
plan = json.load(open(sys.argv[1]))
assert set(plan) == {"virt", "luns", "disk", "packages", "target", "network", "boot"}, plan.keys()
assert plan["disk"]["disks"][0]["serial"] == "xenith-disk-0"' "$dir/out"

# Every mount read-only: a write anywhere would fail.
if unshare -m true 2>/dev/null; then
	ok "a dry run writes nothing" unshare -m sh -c '
		mount --make-rprivate / && mkdir -p "$3" && mount -t tmpfs tmpfs "$3" && exec 3>"$3/out" 4>"$3/err" &&
		awk "{ print \$5 }" /proc/self/mountinfo | grep -v "^/proc" | while read -r m; do
			[ "$m" = "$3" ] || mount -o remount,bind,ro "$m" 2>/dev/null
		done
		! touch "$2.x" 2>/dev/null &&
		"$1" install --dry-run --facts "$4" --ks "$2" >&3 2>&4 </dev/null && cmp "$3/out" "$5"' \
		- "$xenith" "$dir/host.ks" "$dir/mnt" "$top/tests/facts/qemu-bios" "$dir/plan"
else
	echo "ok - a dry run writes nothing # SKIP needs the right to make a mount namespace"
fi
