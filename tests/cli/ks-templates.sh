#!/bin/sh
# The ready templates: what they render is without a fault, warnings too, in the version that they are for.
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

# good TEMPLATE VERSION WORDS...: rendered with the words and checked as that version, into $dir/g.ks.
good() {
	template=templates/$1
	version=$2
	shift 2
	rm -f "$dir/g.ks"
	"$xenith" ks render --strict "$template" -o "$dir/g.ks" "$@" >"$dir/err" 2>&1 &&
		"$xenith" ks check --strict --version "$version" "$dir/g.ks" >>"$dir/err" 2>&1 && [ ! -s "$dir/err" ] ||
		{ sed 's/^/# /' "$dir/err"; return 1; }
}

# bad TEMPLATE TEXT WORDS...: not rendered, and that is said.
bad() {
	template=templates/$1
	text=$2
	shift 2
	"$xenith" ks render "$template" "$@" >"$dir/out" 2>"$dir/err"
	[ $? -eq 3 ] && [ ! -s "$dir/out" ] && grep -qF "$text" "$dir/err" || { sed 's/^/# /' "$dir/err"; return 1; }
}

static='--set ip=192.0.2.21 --set netmask=255.255.255.0 --set gateway=192.0.2.1 --set nameserver=192.0.2.1'
centos='--set hostname=g1 --set nfs_server=192.0.2.10 --set nfs_dir=/export/centos/5.6 --set rootpw=horse'
# shellcheck disable=SC2086
{
	good centos5-guest.ks RHEL5 $centos && grep -q '^rootpw --iscrypted \$6\$' "$dir/g.ks" && ! grep -q horse "$dir/g.ks"
	result $? "centos5-guest: DHCP, the password hashed"
	good centos5-guest.ks RHEL5 $centos $static --set ssh_port=no --set 'packages=gcc make java-openjdk' &&
		grep -qx java-openjdk "$dir/g.ks" && grep -qx 'firewall --enabled' "$dir/g.ks"
	result $? "centos5-guest: static, packages, no SSH"
	bad centos5-guest.ks 'the NFS server that has' --set hostname=g1 --set rootpw=x
	result $? "centos5-guest: what is needed is said"
	for release in 7 8 9 10; do
		rhel="--set hostname=g1 --set release=$release --set url=http://mirror.example.org/rocky/$release/BaseOS/x86_64/os"
		good rhel-guest.ks RHEL$release $rhel --set rootpw=horse --set ntp=ntp1.example.org,ntp2.example.org &&
			! grep -q horse "$dir/g.ks"
		result $? "rhel-guest: $release, DHCP"
		good rhel-guest.ks RHEL$release $rhel $static --set 'sshkey=ssh-ed25519 AAAA admin' --set packages=vim-minimal &&
			grep -qx 'rootpw --lock' "$dir/g.ks" && grep -qx vim-minimal "$dir/g.ks"
		result $? "rhel-guest: $release, static, an SSH key alone"
	done
	bad rhel-guest.ks 'nobody could log in' $rhel
	result $? "rhel-guest: neither password nor key"
	bad rhel-guest.ks 'release is 6' --set hostname=g1 --set release=6 --set url=http://mirror.example.org --set rootpw=x
	result $? "rhel-guest: another release"
}
cat >"$dir/hosts.json" <<'END'
[{"name": "g1", "rootpw": "horse", "repos": [{"name": "AppStream", "url": "http://mirror.example.org/AppStream"}]},
 {"name": "g2", "rootpw": "horse", "ip": "192.0.2.22", "netmask": "255.255.255.0", "gateway": "192.0.2.1",
  "nameserver": ["192.0.2.1", "192.0.2.2"], "packages": ["gcc", "make"]}]
END
sed -i 's/"name": "\(g.\)"/"name": "\1", "hostname": "\1"/' "$dir/hosts.json"
"$xenith" ks render templates/rhel-guest.ks --set url=http://mirror.example.org/BaseOS --hosts "$dir/hosts.json" -o "$dir/out.d" &&
	"$xenith" ks check --strict --version RHEL9 "$dir/out.d/g1.ks" "$dir/out.d/g2.ks" && grep -q AppStream "$dir/out.d/g1.ks"
result $? "rhel-guest: a JSON table with lists and objects"
mkdir -p "$dir/usr/sbin" "$dir/usr/share/xenith" "$dir/elsewhere"
cp "$xenith" "$dir/usr/sbin/xenith" && cp -r templates "$dir/usr/share/xenith/"
(cd "$dir/elsewhere" && ../usr/sbin/xenith ks render debian13 --set name=g1 --set rootpw=x --set url=http://mirror.example.org/debian -o g1.cfg) &&
	[ "$(stat -c %a "$dir/elsewhere/g1.cfg")" = 600 ]
result $? "an installed xenith finds its templates by name"
"$dir/usr/sbin/xenith" ks render --list >"$dir/list" && [ "$(grep -c . "$dir/list")" -ge 20 ] && grep -q '^debian13  *preseed  *Debian 13$' "$dir/list" &&
	grep -q '^ubuntu2404  *autoinstall ' "$dir/list" && grep -q '^rocky9  *kickstart ' "$dir/list"
result $? "--list shows them with their dialects"
make -s -n install PREFIX=/usr DESTDIR="$dir/install" | grep -q 'for t in templates/\*'
result $? "make install installs them"
echo "1..$n"
