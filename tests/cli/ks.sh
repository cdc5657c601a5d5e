#!/bin/sh
# xenith ks check and ks print: exit statuses, streams, standard input, several files, --json, --strict, --host, --version.
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

# status WANTED COMMAND...: its output goes to $dir/out and $dir/err.
status() {
	wanted=$1
	shift
	"$@" >"$dir/out" 2>"$dir/err" </dev/null
	got=$?
	[ "$got" -eq "$wanted" ] || { echo "# exit status $got, wanted $wanted: $*"; return 1; }
}

cat >"$dir/good.ks" <<'END'
url --url=http://mirror.example.org/debian/dists/trixie
rootpw --iscrypted $y$j9T$salt$hash
part / --size=4096
END
cat >"$dir/bad.ks" <<'END'
lnag en_US.UTF-8
network --devise=eth0
END
echo 'network --bootproto=static --device=eth0' >"$dir/loose.ks"
printf '#version=RHEL7\nauth --enableshadow\n' >"$dir/old.ks"

status 0 "$xenith" ks check "$dir/good.ks" && [ ! -s "$dir/out" ] && [ ! -s "$dir/err" ]
result $? "a good file: status 0, nothing said"
status 3 "$xenith" ks check "$dir/bad.ks" && [ ! -s "$dir/out" ]
result $? "a bad file: status 3, nothing on standard output"
grep -q "bad.ks:1: lnag: unknown command; did you mean lang?" "$dir/err" && grep -q "bad.ks:2: --devise:" "$dir/err"
result $? "both errors are said, with file, line and the nearest name"
status 3 "$xenith" ks check "$dir/good.ks" "$dir/bad.ks" "$dir/loose.ks" && grep -q loose.ks:1: "$dir/err"
result $? "several files: all are checked"
"$xenith" ks check - <"$dir/bad.ks" 2>"$dir/err"
[ $? -eq 3 ] && grep -q '^-:1: lnag' "$dir/err"
result $? "standard input"
status 0 "$xenith" ks check "$dir/loose.ks" && grep -q 'warning: static needs' "$dir/err"
result $? "a fault that the language allows is a warning"
status 3 "$xenith" ks check --strict "$dir/loose.ks"
result $? "--strict makes it an error"
status 0 "$xenith" ks check --host "$dir/good.ks" && status 3 "$xenith" ks check --host "$dir/loose.ks"
result $? "--host asks for what an install needs"
printf 'network --device=br1 --bootproto=none\n' >"$dir/none.ks"
status 3 "$xenith" ks check "$dir/none.ks" && grep -q 'none.ks:1: --bootproto: "none" is for Xen hosts' "$dir/err" &&
	{ cat "$dir/none.ks"; printf '%%addon xenith\n%%end\n'; } >"$dir/host.ks" && status 0 "$xenith" ks check "$dir/host.ks"
result $? "a word that only Xenith's installer takes is an error in a file without %addon xenith"
bad=0
for f in README.md tests/e2e/host.ks.in; do
	sed -n 's/^    //; /^lang /,/^%addon/p' "$f" | sed '$d' >"$dir/host.ks"
	[ -s "$dir/host.ks" ] && status 0 "$xenith" ks check --version RHEL9 "$dir/host.ks" || bad=1
done
result $bad "the examples have no word that only Xenith's installer takes, but in %addon xenith"
cat >"$dir/loose2.ks" <<'END'
network --device=eth0 --vlanid=ID --mtu=many
clearpart --all --disklabel=vtoc
volgroup vg0 pv.1 --reserved=1
key --skip --nonsense
END
status 0 "$xenith" ks check --version RHEL5 - <"$dir/good.ks" && sed 's/ --vlanid=ID//; /clearpart/d' "$dir/loose2.ks" >"$dir/loose3.ks" &&
	status 0 "$xenith" ks check --version RHEL5 "$dir/loose3.ks" && [ "$(grep -c warning: "$dir/err")" -ge 3 ] &&
	status 3 "$xenith" ks check --version RHEL5 --strict "$dir/loose3.ks" &&
	status 3 "$xenith" ks check --version RHEL5 --host "$dir/loose3.ks" &&
	grep -q -- '--mtu: "many" is not a whole number' "$dir/err" &&
	sed -n '1,2p' "$dir/loose2.ks" >"$dir/loose4.ks" && status 0 "$xenith" ks check "$dir/loose4.ks" &&
	[ "$(grep -c warning: "$dir/err")" -eq 3 ] && status 3 "$xenith" ks check --host "$dir/loose4.ks" &&
	"$xenith" ks print "$dir/loose4.ks" 2>/dev/null | grep -q -- '--mtu=many.*--vlanid=ID'
result $? "what the reference overlooks is a warning, and an error with --strict and --host"
status 3 "$xenith" ks check --json "$dir/bad.ks" && python3 -c "
import json, sys
d = json.load(open('$dir/out'))
sys.exit(not (len(d) == 2 and d[0]['line'] == 1 and d[0]['word'] == 'lnag' and d[0]['severity'] == 'error'))"
result $? "--json prints the errors as data"
status 0 "$xenith" ks check "$dir/old.ks" && status 3 "$xenith" ks check --version F45 "$dir/old.ks" &&
	grep -q 'removed in F35' "$dir/err"
result $? "the file's own version counts, and --version in front of it"
printf 'timezone Atlantic/Canry\nlang es_EZ.UTF-8\nkeyboard --vckeymap=qwertz9 --xlayouts=us,xy\n' >"$dir/names.ks"
printf 'timezone Atlantic/Canary\nlang es_ES --addsupport=ca_ES.UTF-8@valencia\nkeyboard --vckeymap=de-latin1 --xlayouts="us (intl)",de\n' >"$dir/known.ks"
if [ -e /usr/share/zoneinfo/tzdata.zi ] && [ -e /usr/share/i18n/SUPPORTED ] && [ -e /usr/share/X11/xkb/rules/base.lst ] &&
	[ -e /usr/share/systemd/kbd-model-map ]; then
	status 0 "$xenith" ks check "$dir/names.ks" && grep -q 'unknown time zone; did you mean Atlantic/Canary?' "$dir/err" &&
		grep -q 'unknown locale; did you mean es_E' "$dir/err" && grep -q 'qwertz9: warning: unknown keymap' "$dir/err" &&
		grep -q 'xy: warning: unknown keyboard layout' "$dir/err"
	result $? "unknown time zone, locale, keymap and layout"
	status 3 "$xenith" ks check --strict "$dir/names.ks" && status 0 "$xenith" ks check --strict "$dir/known.ks"
	result $? "known ones are fine"
else
	result 0 "unknown names # SKIP needs the lists of tzdata, locales, systemd and xkb-data"
fi
status 2 "$xenith" ks check --version RHEL99 "$dir/good.ks" && status 2 "$xenith" ks check
result $? "an unknown version, no file: status 2"
status 3 "$xenith" ks check "$dir/none.ks" && grep -q none.ks "$dir/err"
result $? "a missing file: status 3"
status 3 "$xenith" ks print "$dir/bad.ks" && [ ! -s "$dir/out" ]
result $? "ks print prints nothing of a bad file"
status 0 "$xenith" ks print "$dir/good.ks" && cp "$dir/out" "$dir/once.ks" &&
	status 0 "$xenith" ks print "$dir/once.ks" && cmp -s "$dir/out" "$dir/once.ks"
result $? "what ks print printed prints the same"
status 0 "$xenith" ks print --mask "$dir/good.ks" && grep -q '^rootpw --iscrypted \*\*\*$' "$dir/out"
result $? "--mask hides passwords"
printf 'lang en_US --fault=1\nrotpw open-sesame --x=hidden\nnetwork --devise=\303\261 --wepkey=hidden\n' >"$dir/caret.ks"
status 3 "$xenith" ks check --caret "$dir/caret.ks" && [ "$(grep -A1 '^    [a-z]' "$dir/err")" = "\
    lang en_US --fault=1
               ^^^^^^^
--
    rotpw *** --x=***
    ^^^^^
--
    network --devise=*** --wepkey=***
            ^^^^^^^^" ]
result $? "--caret shows the line and marks the word, without what may be secret"
echo "1..$n"
