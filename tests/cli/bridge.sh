#!/bin/sh
# xenith bridge plan: what the tools that read its files say of them; a real ifup between veth pairs.
set -u
x=${O:-build}/xenith
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

ok() { # ok TEXT STATUS [LOG]
	if [ "$2" -eq 0 ]; then echo "ok - $1"; else
		echo "not ok - $1"
		[ -z "${3:-}" ] || sed 's/^/# /' "$3"
	fi
}

for case in tests/cases/net/ifupdown-*.case; do
	name=$(basename "$case" .case)
	sed -n '1,/^--- \/etc\/network\/interfaces/d; p' "$case" >"$dir/interfaces"
	names=$(sed -n 's/^auto //p' "$dir/interfaces" | tr '\n' ' ')
	seen=$(ifquery -i "$dir/interfaces" --list -a 2>"$dir/log" | tr '\n' ' ')
	[ "$names" = "$seen" ] && [ ! -s "$dir/log" ]
	ok "ifquery reads $name" $? "$dir/log"
	ifup --no-act --force -a -i "$dir/interfaces" >"$dir/log" 2>&1
	ok "ifup would do $name" $? "$dir/log"
done

sed -n '/^@net/,/^@/p' tests/cases/net/bridge-over-vlan-over-bond.case | grep -v ^@ >"$dir/host.ks"
"$x" bridge plan --ks "$dir/host.ks" --facts tests/facts/hp-gen8 --json | python3 -c '
import json, sys
plan = json.load(sys.stdin)
devices = {d["name"]: d for d in plan["devices"]}
assert devices["bond0.100"]["over"] == ["bond0"] and devices["bond0.100"]["vlan_id"] == 100, devices
assert plan["manage"] == "xenbr0" and plan["guest_bridge"] == "xenbr1", plan' >"$dir/log" 2>&1
ok "--json says what stands on what" $? "$dir/log"
"$x" bridge plan >"$dir/log" 2>&1
[ $? -eq 2 ]
ok "no --ks: exit status 2" $? "$dir/log"

if [ "$(id -u)" != 0 ] || ! unshare -nm true 2>/dev/null; then
	echo "ok - ifup makes the bridges # SKIP wants root, for a network namespace"
else
	cat >"$dir/two.ks" <<-KS
		network --device=xenbr0 --bridgeslaves=eno1 --bootproto=static --ip=192.0.2.11 --netmask=24 --gateway=192.0.2.1 --noipv6
		network --device=xenbr1 --bridgeslaves=eno2 --bootproto=none
		%addon xenith
		net --files=ifupdown
		%end
	KS
	"$x" bridge plan --ks "$dir/two.ks" --facts tests/facts/hp-gen8 --files | sed '1,/^--- \/etc\/network\/interfaces/d' >"$dir/interfaces"
	cat >"$dir/try" <<-'SH'
		set -e
		mount --make-rprivate /
		mount -t tmpfs run /run
		mkdir -p /run/network
		mount -t sysfs sysfs /sys
		ip link add eno1 address 02:00:5e:20:00:01 type veth peer name far1
		ip link add eno2 address 02:00:5e:20:00:02 type veth peer name far2
		ip link set far1 up
		ip link set far2 up
		ifup -a -i "$1/interfaces"
		ip -4 -o addr show dev xenbr0 | grep 'inet 192.0.2.11/24'
		ip route show default | grep 'via 192.0.2.1 dev xenbr0'
		ip -o link show dev eno1 | grep 'master xenbr0'
		ip -o link show dev eno2 | grep 'master xenbr1'
		ip -o link show dev xenbr0 | grep 'link/ether 02:00:5e:20:00:01'
		ip -d -o link show dev xenbr1 | grep 'stp_state 0'
		! ip -o addr show dev xenbr1 | grep inet
	SH
	unshare -nm sh "$dir/try" "$dir" >"$dir/log" 2>&1
	ok "ifup makes the bridges" $? "$dir/log"
fi
echo "1..$(($(ls tests/cases/net/ifupdown-*.case | wc -l) * 2 + 3))"
