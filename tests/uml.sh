#!/bin/sh
# What needs a kernel with bonds, VLANs, nf_tables, ISO 9660, partitions and device-mapper: unit/test_net_bond, cli/vif-hook,
# unit/test_install_medium, cli/guest-inside and cli/guest-shared, inside of user-mode Linux, which is a program. Its root file system is this
# machine's, read-only. Then unit/test_net_cut, which switches such a machine off in changes of the network. Takes six minutes,
# most of it waiting for monitors and timers.
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
failed=0
passed=0

# uml COMMAND [WORD...]: a machine that runs it, with these words for its kernel; what it says is in $dir/out then.
uml() {
	cat >"$dir/init" <<-END
		#!/bin/sh
		export PATH=/usr/sbin:/usr/bin:/sbin:/bin CMOCKA_MESSAGE_OUTPUT=TAP
		mount -t proc proc /proc
		mount -t sysfs sysfs /sys
		mount -t tmpfs run /run
		for module in bridge 8021q veth; do modprobe -d $dir \$module; done
		modprobe -d $dir bonding max_bonds=0
		cd "$here"
		$1
		echo "the test ended: \$?"
		poweroff -f
	END
	chmod +x "$dir/init"
	shift
	timeout 900 linux.uml mem=768M rootfstype=hostfs rootflags=/ ro "init=$dir/init" con=null con0=null,fd:1 quiet "$@" \
		</dev/null 2>"$dir/log" | tr -d '\r' >"$dir/out"
}

complain() {
	failed=$((failed + 1))
	cat "$dir/log" "$dir/out" | tail -n 40 | sed 's/^/# /'
}

# The results that are in $dir/out.
count() {
	sed -n '/^1\.\./p; /^ok /p; /^not ok /p; /^# /p' "$dir/out"
	passed=$((passed + $(grep '^ok ' "$dir/out" | grep -vc ' # SKIP ')))
	bad=$(grep -c '^not ok \|^ok .* # SKIP ' "$dir/out")
	failed=$((failed + bad))
	grep -q '^the test ended: 0' "$dir/out" || [ "$bad" -gt 0 ] || complain
}

uml "$O/tests/test_net_bond 2>&1"
count
uml "modprobe -d $dir nf_tables; mount -t tmpfs tmp /tmp; sh tests/cli/vif-hook.sh 2>&1"
count
uml "modprobe -d $dir -a isofs loop; mount -t tmpfs tmp /tmp; $O/tests/test_install_medium 2>&1"
count

for test in guest-inside guest-shared; do
	uml "modprobe -d $dir -a loop dm-mod dm-snapshot dm-thin-pool; mount -t tmpfs tmp /tmp; cp -a /etc /tmp/etc; mount --bind /tmp/etc /etc
		mount -t tmpfs var /var/lib; mount -t tmpfs log /var/log; mount -t tmpfs cache /var/cache; sh tests/cli/$test.sh 2>&1"
	count
done

# Its /etc and /var are on a disk, as a host's are.
disk="mount -t ext4 /dev/ubda /mnt && mkdir -p /mnt/etc /mnt/var &&
	mount --bind /mnt/etc /etc && mount --bind /mnt/var /var"
for moment in kept listed written removed applied confirmed; do
	want=old
	[ $moment != confirmed ] || want=new
	rm -f "$dir/disk"
	truncate -s 64M "$dir/disk"
	mke2fs -q -t ext4 "$dir/disk"
	uml "$disk && $O/tests/test_net_cut change $moment" "ubda=$dir/disk"
	cp "$dir/out" "$dir/change"
	uml "$disk && $O/tests/test_net_cut boot $want" "ubda=$dir/disk"
	if ! grep -q '^the test ended' "$dir/change" && grep -q '^right' "$dir/out"; then
		echo "ok - the power fails when a change is $moment: the $want files ($(sed -n 's/^right; //p' "$dir/out"))"
		passed=$((passed + 1))
	else
		echo "not ok - the power fails when a change is $moment"
		cat "$dir/change" >>"$dir/out"
		complain
	fi
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
