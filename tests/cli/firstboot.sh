#!/bin/sh
# shellcheck disable=SC2016 # what is in single quotes is for another shell
# The first boot's check, below a folder that looks like a booted dom0: a real shell and curl, and stand-ins for xl, vgs
# and ip, which need a hypervisor.
here=$(cd "$(dirname "$0")/../.." && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
script=$here/installer/target/firstboot.sh

ok() { # ok TEXT COMMAND...
	text=$1
	shift
	if "$@"; then echo "ok - $text"; else
		echo "not ok - $text"
		sed 's/^/# /' "$dir/var/log/xenith/firstboot.json"
	fi
}

field() { # field PYTHON-EXPRESSION: of the event e
	python3 -c "import json,sys; e=json.load(open('$dir/var/log/xenith/firstboot.json')); sys.exit(not ($1))"
}

mkdir -p "$dir/bin" "$dir/sys/hypervisor" "$dir/proc/xen" "$dir/etc/xenith" "$dir/var/lib/xenith"
for b in xenbr0:ens16 xenbr1:ens17; do
	mkdir -p "$dir/sys/class/net/${b%:*}/bridge" "$dir/sys/class/net/${b%:*}/brif/${b#*:}"
	echo 3 >"$dir/sys/class/net/${b%:*}/brif/${b#*:}/state"
done
echo xen >"$dir/sys/hypervisor/type"
echo control_d >"$dir/proc/xen/capabilities"
cat >"$dir/etc/xenith/firstboot.conf" <<-'END'
	dom0_mem 1024
	bridge xenbr0 192.0.2.11/24 ens16
	bridge xenbr1 none ens17
	vg vg0
	lun 35005076801900230 2
END
mkdir -p "$dir/sys/block/dm-1/dm"
echo mpath-35005076801900230 >"$dir/sys/block/dm-1/dm/uuid"
for path in sda sdb; do
	mkdir -p "$dir/sys/block/dm-1/slaves/$path/device"
	echo running >"$dir/sys/block/dm-1/slaves/$path/device/state"
done
cat >"$dir/bin/xl" <<-'END'
	#!/bin/sh
	case $1 in
	info) printf 'virt_caps              : pv hvm hap\ntotal_memory           : 3071\nfree_memory            : 2014\nxen_version            : 4.20.4-pre\n' ;;
	list) printf 'Name  ID Mem VCPUs State Time(s)\nDomain-0                                     0  1024     2     r-----      90.1\n' ;;
	esac
END
cat >"$dir/bin/ip" <<-'END'
	#!/bin/sh
	[ "$5" = xenbr0 ] && echo '5: xenbr0    inet 192.0.2.11/24 brd 192.0.2.255 scope global xenbr0\       valid_lft forever'
	exit 0
END
printf '#!/bin/sh\n[ "$7" = vg0 ] && echo "  4096.00"\n' >"$dir/bin/vgs"
chmod +x "$dir/bin/"*
export XENITH_ROOT="$dir" XENITH_PATH="$dir/bin" XENITH_WAIT_S=0 XENITH_CONSOLE="$dir/console"

touch "$dir/var/lib/xenith/firstboot"
ok "a good host passes" sh "$script"
ok "it says ready" field 'e["state"] == "ready" and e["message"].startswith("ready: Xen 4.20.4-pre")'
ok "the checks hold what was found" field 'e["checks"]["vgs"][0]["free_mib"] == 4096 and e["checks"]["dom0"]["memory_mib"] == 1024 and e["checks"]["bridges"][0] == {"name":"xenbr0","ok":True,"ports":["ens16"],"address":"192.0.2.11/24"}'
ok "and the paths to a LUN" field 'e["checks"]["luns"] == [{"wwid":"35005076801900230","ok":True,"paths":2,"wanted":2}]'
ok "the console shows the same line" sh -c 'tail -n1 "$1/console" | cmp -s - "$1/var/log/xenith/firstboot.json"' - "$dir"
ok "the marker is gone" test ! -e "$dir/var/lib/xenith/firstboot"

bad() { # bad TEXT MESSAGE-PART: the host is degraded now
	sh "$script" || echo "not ok - $1: the check itself failed"
	ok "$1" field 'e["state"] == "degraded" and '"'''$2'''"' in e["message"]'
}
echo offline >"$dir/sys/block/dm-1/slaves/sdb/device/state"
bad "a path that is down degrades" "LUN 35005076801900230 has 1 of 2 paths"
echo running >"$dir/sys/block/dm-1/slaves/sdb/device/state"
echo 0 >"$dir/sys/class/net/xenbr1/brif/ens17/state"
bad "a port without link degrades" "ens17 in xenbr1 does not forward"
echo 3 >"$dir/sys/class/net/xenbr1/brif/ens17/state"
mkdir -p "$dir/run/xenith"
printf 'fallback\nWRONG gateway   192.0.2.1: no answer\nfallback: xenbr0 is on eno2, untagged\n' >"$dir/run/xenith/network"
bad "a network that fell back degrades, and says where it is" "network fallback: WRONG gateway 192.0.2.1: no answer fallback: xenbr0 is on eno2, untagged"
echo ok >"$dir/run/xenith/network"
sed -i 's/xenbr1 none/xenbr1 dhcp/; s/1024/2048/; s/vg vg0/vg "other"/' "$dir/etc/xenith/firstboot.conf"
bad "an address that is missing degrades" "xenbr1 got no address by DHCP"
bad "so does dom0's memory" "dom0 has 1024 MiB instead of 2048"
bad "so does a volume group, quotes and all" 'no volume group "other"'
rm "$dir/sys/hypervisor/type"
bad "so does Linux without Xen" "Xen does not run"

echo "url http://127.0.0.1:9/events" >>"$dir/etc/xenith/firstboot.conf"
touch "$dir/var/lib/xenith/firstboot"
ok "a report that nobody takes is tried again at the next boot" sh -c '! sh "$1" 2>/dev/null && test -e "$2/var/lib/xenith/firstboot"' - "$script" "$dir"
