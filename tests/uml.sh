#!/bin/sh
# Bonds and VLANs on a kernel that has them: unit/test_net_bond inside of user-mode Linux, which is a program. Its root
# file system is this machine's, read-only. Takes a minute, most of it waiting for monitors and timers.
O=${O:-build}
here=$(pwd)
if ! command -v linux.uml >/dev/null; then
	echo "user-mode-linux is not installed (make deps)"
	exit 1
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir -p "$dir/lib"
ln -s /usr/lib/uml/modules "$dir/lib/modules"
cat >"$dir/init" <<END
#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin CMOCKA_MESSAGE_OUTPUT=TAP
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs run /run
for module in bridge 8021q veth; do modprobe -d $dir \$module; done
modprobe -d $dir bonding max_bonds=0
cd "$here"
$O/tests/test_net_bond 2>&1
echo "the test ended: \$?"
poweroff -f
END
chmod +x "$dir/init"
timeout 900 linux.uml mem=256M rootfstype=hostfs rootflags=/ ro "init=$dir/init" con=null con0=null,fd:1 quiet \
	</dev/null >"$dir/out" 2>"$dir/log"
tr -d '\r' <"$dir/out" | sed -n '/^1\.\./p; /^ok /p; /^not ok /p; /^# /p'
passed=$(grep -c '^ok ' "$dir/out")
failed=$(grep -c '^not ok ' "$dir/out")
if ! grep -q '^the test ended: 0' "$dir/out"; then
	cat "$dir/log" "$dir/out" | tail -n 40 | sed 's/^/# /'
	[ "$failed" -gt 0 ] || failed=1
fi
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
