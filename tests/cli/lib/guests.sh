# For tests of guests on files, as root: a mount namespace with folders of its own, $dir, result, status, says. What runs is
# told by a stand-in for xl; tests/e2e has the real one. The test may have a clean() of its own.
O=${O:-build}
if [ "$(id -u)" != 0 ]; then
	echo "1..0 # SKIP needs root"
	exit 0
fi
if [ "${GUEST_NAMESPACE:-}" != yes ]; then
	GUEST_NAMESPACE=yes exec unshare -m --propagation private sh "$0"
fi
xenith=$(realpath "$O/xenith")
here=$(pwd)
dir=$(mktemp -d)
clean() {
	umount "$dir/mnt" 2>/dev/null
	rm -rf "$dir"
}
trap clean EXIT
n=0
result() {
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else
		echo "not ok $n - $2"
		sed 's/^/# /' "$dir/out" 2>/dev/null | tail -20
	fi
}
# status WANTED COMMAND...: output to $dir/out
status() {
	wanted=$1
	shift
	"$@" >"$dir/out" 2>&1 </dev/null
	got=$?
	[ "$got" -eq "$wanted" ] || { echo "exit status $got, wanted $wanted" >>"$dir/out"; return 1; }
}
says() { grep -q -e "$1" "$dir/out"; }

for d in /etc/xen /etc/xenith /var/lib/xenith /var/log/xenith /var/cache/xenith /run/xenith; do
	mkdir -p "$d" "$dir/own$d"
	mount --bind "$dir/own$d" "$d"
done
mkdir -p /etc/xen/auto "$dir/bin" "$dir/img" "$dir/mnt"
cat >"$dir/bin/xl" <<'XL'
#!/bin/sh
[ "$1" = list ] && echo 'Name ID Mem VCPUs State Time(s)' && cat "$XL_RUNS" 2>/dev/null
echo "$*" >>"$XL_LOG"
exit 0
XL
chmod 755 "$dir/bin/xl"
export XL_RUNS="$dir/runs" XL_LOG="$dir/xl.log" PATH="$dir/bin:$PATH"
