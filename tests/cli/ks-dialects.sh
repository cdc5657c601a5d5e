#!/bin/sh
# What is rendered, read by those that it is for: debconf, cloud-init, netplan, a YAML reader; and values that are hard to quote.
set -u
xenith=${O:-build}/xenith
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0

# result STATUS TEXT: one TAP line.
result() {
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

# needs COMMAND TEXT: false, with a skip, where it is not installed.
needs() {
	command -v "$1" >/dev/null && return 0
	n=$((n + 1))
	echo "ok $n - $2 # SKIP $1 is not installed"
	return 1
}

cat >"$dir/hosts.csv" <<'END'
name,ip,gateway,nameserver,rootpw,sshkey,user,userpw,packages,ntp,mac,swap_mib
web1.example.org,192.0.2.21/24,192.0.2.1,"192.0.2.1, 192.0.2.2","h""o:r #s\e 'ü",ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 it's me #1,joe,"'$x\""",vim gcc,ntp1.example.org,00:16:3e:00:00:21,2048
db1,192.0.2.22/25,192.0.2.1,192.0.2.1,horse,,,,,,,0
plain,,,,,ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 admin,,,,,,
END
for t in debian12 debian13 ubuntu2204 ubuntu2404 cloud-init; do
	"$xenith" ks render --strict "$t" --hosts "$dir/hosts.csv" --set url=http://mirror.example.org/x -o "$dir/$t" >"$dir/err" 2>&1 &&
		[ ! -s "$dir/err" ] && ! grep -rq 'h"o:r\|horse' "$dir/$t"
	result $? "$t: three guests, no password"
done

if needs debconf-set-selections "preseed: debconf-set-selections -c"; then
	debconf-set-selections -c "$dir/debian12"/*.cfg && debconf-set-selections -c "$dir/debian13"/*.cfg
	result $? "preseed: debconf-set-selections -c"
fi
for t in ubuntu2204 ubuntu2404 cloud-init; do
	needs cloud-init "$t: cloud-init schema" || continue
	r=0
	for f in "$dir/$t"/*/user-data; do
		cloud-init schema --config-file "$f" >"$dir/err" 2>&1 || { r=1; sed 's/^/# /' "$dir/err"; }
	done
	result $r "$t: cloud-init schema"
done

# netplan_takes: netplan takes the network on standard input; what it makes of it is in $dir/root.
netplan_takes() {
	rm -rf "$dir/root"
	mkdir -p "$dir/root/etc/netplan"
	cat >"$dir/root/etc/netplan/a.yaml"
	chmod 600 "$dir/root/etc/netplan/a.yaml"
	netplan generate --root-dir "$dir/root" >"$dir/err" 2>&1 || { sed 's/^/# /' "$dir/err"; return 1; }
}
# made LINE: it stands in what netplan made.
made() {
	cat "$dir"/root/run/systemd/network/*.network | grep -qx "$1"
}
if needs netplan "netplan generate"; then
	{ echo network:; sed 's/^/  /' "$dir/cloud-init/web1.example.org/network-config"; } | netplan_takes &&
		made Address=192.0.2.21/24 && made Gateway=192.0.2.1 && made DNS=192.0.2.2
	result $? "cloud-init's network-config: netplan generate, static"
	{ echo network:; sed 's/^/  /' "$dir/cloud-init/plain/network-config"; } | netplan_takes && made DHCP=ipv4
	result $? "cloud-init's network-config: netplan generate, DHCP"
	sed '/^  network:/,/^  [a-z]/!d; s/^  //; /^[a-mo-z]/d' "$dir/ubuntu2404/db1/user-data" | netplan_takes && made Address=192.0.2.22/25
	result $? "autoinstall's network: netplan generate"
fi

cat >"$dir/read.py" <<'END'
import sys
import yaml
users = yaml.safe_load(open(sys.argv[1]))
users = users.get('autoinstall', {}).get('user-data', users)['users']
assert [u['name'] for u in users] == ['joe', 'root'], users
assert all(u['ssh_authorized_keys'] == ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 it's me #1"] for u in users), users
END
for t in ubuntu2404 cloud-init; do
	/usr/bin/python3 "$dir/read.py" "$dir/$t/web1.example.org/user-data" 2>"$dir/err" || { sed 's/^/# /' "$dir/err"; false; }
	result $? "$t: a YAML reader finds the key as it was given"
done

# What comes back from each dialect's own reader is what was put in.
printf '%s' '"q" '"'s'"' a: b #c \d ü %x - {}!&*|>$HOME `id` \' >"$dir/hard"
printf '%%%%dialect yaml\na: ${v|yaml}\n' >"$dir/t.yaml"
printf '%%%%# sh\n#version=RHEL9\n%%post\nprintf %%s ${v|shell}\n%%end\n' >"$dir/t.ks"
"$xenith" ks render "$dir/t.yaml" --set-file "v=$dir/hard" >"$dir/a.yaml" &&
	/usr/bin/python3 -c 'import sys, yaml; sys.stdout.write(yaml.safe_load(open(sys.argv[1]))["a"])' "$dir/a.yaml" | cmp - "$dir/hard"
result $? "|yaml: a YAML reader gets the value"
"$xenith" ks render "$dir/t.ks" --set-file "v=$dir/hard" | sed -n 's/^printf/printf/p' >"$dir/a.sh" && sh "$dir/a.sh" | cmp - "$dir/hard"
result $? "|shell: a shell gets the value"
printf 'rootpw --plaintext ${v|quote}\n' >"$dir/p.ks"
"$xenith" ks render "$dir/p.ks" --set-file "v=$dir/hard" >"$dir/a.ks" &&
	/usr/bin/python3 -c 'import shlex, sys; sys.stdout.write(shlex.split(open(sys.argv[1]).read(), comments=True)[2])' "$dir/a.ks" | cmp - "$dir/hard"
result $? "|quote: shlex, which the reference uses, gets the value"
printf '%s' '"q" '"'s'"' a: b #c \d ü %x' >"$dir/hard"
printf '%%%%dialect preseed\nxenith-test xenith-test/value string ${v|preseed}\n' >"$dir/p.cfg"
cat >"$dir/debconf.conf" <<END
Config: config
Templates: templates

Name: config
Driver: File
Filename: $dir/config.dat

Name: templates
Driver: File
Filename: $dir/templates.dat
END
if needs debconf-set-selections "|preseed: debconf gets the value"; then
	"$xenith" ks render "$dir/p.cfg" --set-file "v=$dir/hard" >"$dir/a.cfg" &&
		DEBCONF_SYSTEMRC=$dir/debconf.conf debconf-set-selections "$dir/a.cfg" && grep -qxF "Value: $(cat "$dir/hard")" "$dir/config.dat"
	result $? "|preseed: debconf gets the value"
fi
echo "1..$n"
