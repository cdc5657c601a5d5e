#!/bin/sh
# The hook of Xen's vif scripts, on a bridge in a network namespace: veth pairs stand in for a guest's vif.
set -u
here=$(cd "$(dirname "$0")/../.." && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

if [ "$(id -u)" != 0 ] || ! unshare -nm nft add table bridge x 2>/dev/null; then
	echo "1..0 # SKIP wants root, network namespaces and nftables"
	exit 0
fi
cat >"$dir/guest.py" <<'PY'
"""guest.py IFACE MAC IP [KIND [VLAN]]: does a frame of this sender come out at the uplink, with this VLAN's tag?"""
import socket
import struct
import sys
import time

iface, mac, ip = sys.argv[1:4]
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
out.bind((iface, 0))
far = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
far.bind(('far', 0))
far.settimeout(0.2)
far.setsockopt(263, 8, 1)  # SOL_PACKET, PACKET_AUXDATA: tags are beside the frame
mac = bytes.fromhex(mac.replace(':', ''))
kind = sys.argv[4] if len(sys.argv) > 4 else 'arp'
vlan = int(sys.argv[5]) if len(sys.argv) > 5 else None
mark = b'xenith-mark'
if kind == 'arp':
    packet = b'\x08\x06' + struct.pack('!HHBBH', 1, 0x800, 6, 4, 1) + mac + socket.inet_aton(ip) + b'\0' * 6 + b'\xc0\0\x02\x01'
elif kind == 'ip':
    head = bytearray(struct.pack('!BBHHHBBH4s4s', 0x45, 0, 28 + len(mark), 0, 0, 64, 17, 0, socket.inet_aton(ip),
                                 socket.inet_aton('192.0.2.1')))
    total = sum(struct.unpack('!10H', head))
    head[10:12] = struct.pack('!H', 0xffff - (total % 0xffff))
    head = bytes(head)
    packet = b'\x08\x00' + head + struct.pack('!HHHH', 5000, 5000, 8 + len(mark), 0) + mark
elif kind == 'ip6':
    packet = b'\x86\xdd' + struct.pack('!IHBB', 6 << 28, 8 + len(mark), 17, 64) + socket.inet_pton(socket.AF_INET6, ip) + \
        socket.inet_pton(socket.AF_INET6, '2001:db8::1') + struct.pack('!HHHH', 5000, 5000, 8 + len(mark), 0) + mark
elif kind == 'na':
    packet = b'\x86\xdd' + struct.pack('!IHBB', 6 << 28, 32, 58, 255) + socket.inet_pton(socket.AF_INET6, 'fe80::1') + \
        socket.inet_pton(socket.AF_INET6, 'ff02::1') + struct.pack('!BBHI', 136, 0, 0, 1 << 29) + \
        socket.inet_pton(socket.AF_INET6, ip) + b'\2\1' + mac
else:
    packet = b'\x88\xb5' + mark
frame = b'\xff' * 6 + mac + packet + mark
end = time.time() + (2 if kind != 'quiet' else 1)
passed = False
while time.time() < end and not passed:
    out.send(frame)
    try:
        data, aux, _, _ = far.recvmsg(2048, 256)
        seen = next((struct.unpack('=IIIHHHH', a[2][:20])[5] for a in aux), 0)
        passed = data[6:].startswith(mac + packet[:2]) and (vlan is None or seen == vlan)
    except TimeoutError:
        pass
sys.exit(0 if passed else 1)
PY
cat >"$dir/run" <<'SH'
n=0
ok() { # ok WANTED-STATUS TEXT COMMAND...
	want=$1 text=$2 n=$((n + 1))
	shift 2
	"$@" >"$dir/log" 2>&1
	got=$?
	if [ $got -eq "$want" ]; then echo "ok - $text"; else
		echo "not ok - $text"
		sed 's/^/# /' "$dir/log"
		nft list ruleset | sed 's/^/# /'
	fi
}
hook() { # hook COMMAND IP: as vif-bridge calls it
	(
		command=$1 dev=vif1.0 ip=$2 XENBUS_PATH=backend/vif/1/0
		xenstore_read_default() { case $1 in */mac) echo 00:16:3e:00:00:01 ;; */vlan) printf '%s' "${vlan:-}" ;; esac; }
		fatal() { echo "fatal: $*"; exit 9; }
		set -e
		. "$here/netbridge/vif-post.hook"
	)
}
guest() { python3 "$dir/guest.py" guest "$@"; }
mount --make-rprivate /
mount -t sysfs sysfs /sys
ip link set lo up
ip link add xenbr1 type bridge mcast_snooping 0
ip link add vif1.0 type veth peer name guest
ip link add up0 type veth peer name far
for i in xenbr1 vif1.0 guest up0 far; do ip link set $i up; done
ip link set vif1.0 master xenbr1
ip link set up0 master xenbr1
bridge=xenbr1
ok 0 "without the hook everything passes" guest 02:00:00:00:00:99 192.0.2.99
ok 0 "a vif without ip=" hook online ''
ok 0 "its MAC passes" guest 00:16:3e:00:00:01 192.0.2.50
ok 1 "another MAC is dropped" guest 02:00:00:00:00:99 192.0.2.50
ok 0 "any address passes without ip=" guest 00:16:3e:00:00:01 192.0.2.77 ip
ok 0 "a vif with addresses, over the one before" hook online '192.0.2.50 192.0.2.51/24 2001:db8::50'
ok 0 "its ARP passes" guest 00:16:3e:00:00:01 192.0.2.50
ok 0 "its second address too" guest 00:16:3e:00:00:01 192.0.2.51 ip
ok 0 "its IPv6 address too" guest 00:16:3e:00:00:01 2001:db8::50 ip6
ok 0 "its link-local address too" guest 00:16:3e:00:00:01 fe80::1 ip6
ok 0 "DHCP's empty sender too" guest 00:16:3e:00:00:01 0.0.0.0 ip
ok 0 "its own neighbour advertisement passes" guest 00:16:3e:00:00:01 2001:db8::50 na
ok 0 "one for a link-local address too" guest 00:16:3e:00:00:01 fe80::2 na
ok 1 "one for another address is dropped" guest 00:16:3e:00:00:01 2001:db8::99 na
ok 1 "ARP for another address is dropped" guest 00:16:3e:00:00:01 192.0.2.99
ok 1 "another sender is dropped" guest 00:16:3e:00:00:01 192.0.2.99 ip
ok 1 "another IPv6 sender is dropped" guest 00:16:3e:00:00:01 2001:db8::99 ip6
ok 1 "another MAC is dropped still" guest 02:00:00:00:00:99 192.0.2.50
ok 1 "other protocols are dropped" guest 00:16:3e:00:00:01 192.0.2.50 other
vlan=10
ok 9 "vlan= on a bridge without VLANs is fatal" hook online ''
unset vlan
ok 0 "the vif goes" hook offline ''
ok 0 "and its rules with it" sh -c '! nft list table bridge xenith | grep vif1'
ok 0 "it may go twice" hook offline ''
if ip link add xenbr2 type bridge mcast_snooping 0 vlan_filtering 1 vlan_default_pvid 0 2>/dev/null; then
	ip link set xenbr2 up
	ip link set vif1.0 master xenbr2
	ip link set up0 master xenbr2
	bridge vlan add dev up0 vid 200-300
	bridge=xenbr2
	ok 1 "without vlan= nothing passes where VLANs are filtered" guest 00:16:3e:00:00:01 192.0.2.50
	vlan=200
	ok 0 "vlan=200" hook online 192.0.2.50
	ok 0 "its frames leave with that tag" guest 00:16:3e:00:00:01 192.0.2.50 arp 200
	ok 1 "still with its own address only" guest 00:16:3e:00:00:01 192.0.2.99
	vlan=300
	ok 0 "vlan=300 over it" hook online 192.0.2.50
	ok 0 "they leave with the new tag" guest 00:16:3e:00:00:01 192.0.2.50 arp 300
	ok 1 "and no more with the old one" guest 00:16:3e:00:00:01 192.0.2.50 arp 200
	vlan=201p/210-211t
	ok 0 "vlan=201p/210-211t" hook online 192.0.2.50
	ok 0 "untagged frames leave with that tag" guest 00:16:3e:00:00:01 192.0.2.50 arp 201
	ok 0 "the port is in these VLANs alone" sh -c "bridge vlan show dev vif1.0 | tr -s ' \t' ' ' |
		sed -n 's/^\(vif1.0\)* //p' | tr '\n' , | grep -x '201 PVID Egress Untagged,210,211,'"
	vlan=5000
	ok 9 "a number that is none is fatal" hook online ''
	unset vlan
else
	echo "ok - vlan= # SKIP this kernel's bridges filter no VLANs: see make check-uml"
	n=$((n + 1))
fi
echo "1..$n"
SH
export here dir
unshare -nm sh "$dir/run"
