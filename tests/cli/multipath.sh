#!/bin/sh
# xenith multipath on captured machines and pasted text: compared word for word with tests/multipath/*.out. UPDATE=1 writes
# those files.
set -u
x=${O:-build}/xenith
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
n=0

result() { # result STATUS TEXT [FILE]
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		[ $# -lt 3 ] || sed 's/^/# /' "$3"
	fi
}

# same NAME TEXT COMMAND...: what the command says (and how it ends) is tests/multipath/NAME.out
same() {
	name=$1 text=$2
	shift 2
	"$@" >"$tmp/out" 2>&1 </dev/null
	echo "exit status $?" >>"$tmp/out"
	[ -z "${UPDATE:-}" ] || cp "$tmp/out" "tests/multipath/$name.out"
	diff -u "tests/multipath/$name.out" "$tmp/out" >"$tmp/diff"
	result $? "$text" "$tmp/diff"
}

for f in tests/multipath/*.ll; do
	name=$(basename "$f" .ll)
	same "$name" "parse $name" "$x" multipath parse "$f"
done
same parse-json "parse --json" "$x" multipath parse --json tests/multipath/0.4.8-no-blank.ll
"$x" multipath parse - <tests/multipath/0.4.7.ll >"$tmp/a" && "$x" multipath parse tests/multipath/0.4.7.ll | cmp - "$tmp/a"
result $? "parse reads standard input"

tools/make-san tests/facts/san-2145.san "$tmp/san" || exit 1
same list "list" "$x" multipath list --root "$tmp/san"
same list-json "list --json" "$x" multipath list --root "$tmp/san" --json
same list-xml "list --xml" "$x" multipath list --root "$tmp/san" --xml
"$x" multipath list --root "$tmp/san" --xml | python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.stdin)'
result $? "list --xml is XML"
mkdir -p "$tmp/san/etc/xenith"
echo '360050768019081ACF800000000000231 4 guests VG-SAN-0 -' >"$tmp/san/etc/xenith/luns"
"$x" multipath list --root "$tmp/san" | grep -q '^360050768019081acf800000000000231  DEGRADED 2/4 '
result $? "paths that were seen at the install are missed"
same both "list --json --xml is a usage error" "$x" multipath list --json --xml

# plan, on the same machine; tests/cases/lun-*.case are the refusals.
cat >"$tmp/host.ks" <<'END'
%addon xenith
lun --wwid=60050768019081ACF800000000000230 --alias=san-230 --min-paths=4 --vg=VG-SAN-1
lun --wwid=60050768019081ACF80000000000022B --vg=VG-SAN-0 --join
%end
END
rm -rf "$tmp/san/etc"
same plan "plan" "$x" multipath plan --root "$tmp/san" "$tmp/host.ks"
same plan-json "plan --json" "$x" multipath plan --json --root "$tmp/san" "$tmp/host.ks"
mkdir -p "$tmp/san/etc/xenith"
echo '360050768019081acf80000000000022b 4 - VG-SAN-0 Xk3Jd2-0aBc-1dEf-2gHi-3jKl-4mNo-5pQrSt' >"$tmp/san/etc/xenith/luns"
sed 's/ --join//' "$tmp/host.ks" >"$tmp/again.ks"
"$x" multipath plan --root "$tmp/san" "$tmp/again.ks" | grep -q 'volume group VG-SAN-0, made by this host, is kept'
result $? "a host's own volume group is kept when its file is carried out again"
echo >"$tmp/empty.ks"
"$x" multipath plan --root "$tmp/san" "$tmp/empty.ks" 2>"$tmp/err"
[ $? -eq 3 ] && grep -q 'lun: no such line' "$tmp/err"
result $? "a file without lun lines is an input error" "$tmp/err"
"$x" multipath vg --dry-run "$tmp/empty.ks" 2>"$tmp/err"
[ $? -eq 3 ]
result $? "vg too" "$tmp/err"
echo "1..$n"
