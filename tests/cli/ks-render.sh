#!/bin/sh
# xenith ks render: values, errors at the template's lines, checks of what is rendered, files and their modes.
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
	[ "$got" -eq "$wanted" ] || { echo "# exit status $got, wanted $wanted: $*"; sed 's/^/# /' "$dir/err"; return 1; }
}

cat >"$dir/t.ks" <<'END'
%%# a guest
%%default lang en_US.UTF-8
lang ${lang}
%%if console == serial
cmdline
%%end
network --device=eth0 --hostname=${hostname}
part / --size=${size:-4096}
%post
echo "$${HOME}"
%end
END

status 0 "$xenith" ks render "$dir/t.ks" --set hostname=g1 --set console=serial --set size=100 &&
	[ "$(cat "$dir/out")" = 'lang en_US.UTF-8
cmdline
network --device=eth0 --hostname=g1
part / --size=100
%post
echo "${HOME}"
%end' ]
result $? "values, a default, a condition, a literal"
status 3 "$xenith" ks render "$dir/t.ks" --set console=x && [ ! -s "$dir/out" ] &&
	grep -q 't.ks:7: hostname: is not defined' "$dir/err"
result $? "an undefined name: status 3, its line, nothing printed"
status 3 "$xenith" ks render "$dir/t.ks" --set hostname=g1 --set console=x --set size=big -o "$dir/no.ks" &&
	grep -q 't.ks:8: .*big' "$dir/err" && [ ! -e "$dir/no.ks" ]
result $? "a value that kickstart refuses: the template's line, nothing written"
status 0 "$xenith" ks render "$dir/t.ks" --set hostname=g1 --set console=x -o "$dir/g1.ks" &&
	[ "$(stat -c %a "$dir/g1.ks")" = 600 ] && status 0 "$xenith" ks check "$dir/g1.ks"
result $? "-o writes a file of mode 0600 that ks check takes"
status 2 "$xenith" ks render "$dir/t.ks" --set hostnam=g1 && grep -q 'did you mean hostname' "$dir/err"
result $? "--set of a name that the template does not use: status 2, the nearest"
status 2 "$xenith" ks render "$dir/t.ks" --set hostname && status 2 "$xenith" ks render "$dir/t.ks" --set 1=2 &&
	status 2 "$xenith" ks render "$dir/t.ks" --set size=1 --set size=2
result $? "--set without =, with a wrong name, twice: status 2"
printf 'g2\n' >"$dir/name"
status 0 "$xenith" ks render "$dir/t.ks" --set-file "hostname=$dir/name" --set console=x && grep -q 'hostname=g2$' "$dir/out"
result $? "--set-file takes the value from a file"
echo 'auth --enableshadow' >"$dir/v.ks"
status 0 "$xenith" ks render "$dir/v.ks" --version RHEL6 && status 3 "$xenith" ks render "$dir/v.ks" --version RHEL10
result $? "--version counts for the check"
echo 'network --bootproto=static --device=eth0' >"$dir/w.ks"
status 0 "$xenith" ks render "$dir/w.ks" && grep -q 'w.ks:1: .*warning: static needs' "$dir/err" &&
	status 3 "$xenith" ks render --strict "$dir/w.ks"
result $? "a warning is said; --strict makes it an error"

cat >"$dir/h.csv" <<'END'
name,hostname,size
a,a.example.org,
b,"b.example.org",200
END
status 0 "$xenith" ks render "$dir/t.ks" --hosts "$dir/h.csv" --set console=x -o "$dir/new/out" &&
	[ "$(ls -A "$dir/new/out")" = 'a.ks
b.ks' ] && grep -q 'part / --size=4096' "$dir/new/out/a.ks" && grep -q 'part / --size=200' "$dir/new/out/b.ks" &&
	[ "$(stat -c %a "$dir/new/out/a.ks")" = 600 ]
result $? "--hosts with CSV: a file a row, an empty field is no value"
echo '[{"name": "j", "hostname": "j", "size": 7}]' | "$xenith" ks render "$dir/t.ks" --hosts - --set console=serial -o "$dir/json" &&
	grep -q 'size=7' "$dir/json/j.ks" && grep -q cmdline "$dir/json/j.ks"
result $? "--hosts with JSON from standard input"
printf 'name,hostname,size,console\na,a,1,x\nb,b,big,x\nc,,1,x\n' >"$dir/bad.csv"
status 3 "$xenith" ks render "$dir/t.ks" --hosts "$dir/bad.csv" -o "$dir/none" && [ ! -e "$dir/none" ] &&
	grep -q 't.ks:8: .*bad.csv:3: b)' "$dir/err" && grep -q 't.ks:7: hostname: .*bad.csv:4: c)' "$dir/err"
result $? "an error in a row: all are said with the row, nothing is written"
printf 'name\na\n../x\na\n""\n.y\n' >"$dir/names.csv"
status 3 "$xenith" ks render "$dir/w.ks" --hosts "$dir/names.csv" -o "$dir/none" && [ ! -e "$dir/none" ] &&
	[ "$(grep -c "names.csv:[3-6]" "$dir/err")" = 4 ]
result $? "names that are no file's, or twice: errors"
status 2 "$xenith" ks render "$dir/w.ks" --hosts "$dir/h.csv" && status 0 "$xenith" ks render "$dir/w.ks" --hosts "$dir/h.csv" \
	--name hostname -o "$dir/named" && [ -e "$dir/named/b.example.org.ks" ]
result $? "--hosts wants -o; --name names the column"
printf 'rootpw --iscrypted ${pw}\n' >"$dir/p.ks"
printf '#version=RHEL8\nrootpw --iscrypted ${pw|crypt}\n' >"$dir/q.ks"
printf 'horse battery' >"$dir/pw"
status 0 "$xenith" ks render "$dir/p.ks" --version F45 --set-file "pw=$dir/pw" --hash pw && grep -q '^rootpw --iscrypted \$y\$' "$dir/out" &&
	status 0 "$xenith" ks render "$dir/p.ks" --version RHEL9 --set-file "pw=$dir/pw" --hash pw &&
	grep -q '^rootpw --iscrypted \$6\$' "$dir/out" && ! grep -q horse "$dir/out" "$dir/err"
result $? "--hash: yescrypt or sha512 by the version, and no password anywhere"
status 0 "$xenith" ks render "$dir/q.ks" --set-file "pw=$dir/pw" && hash=$(sed -n 's/rootpw --iscrypted //p' "$dir/out") &&
	case $hash in '$6$'*) : ;; *) false ;; esac && status 0 "$xenith" ks render "$dir/q.ks" --set "pw=$hash" &&
	grep -qF "iscrypted $hash" "$dir/out"
result $? "the crypt filter and the #version= line; a hash stays"
python3 -c 'import crypt, sys; sys.exit(crypt.crypt("horse battery", sys.argv[1]) != sys.argv[1])' "$hash" 2>/dev/null
result $? "the hash is that password's"
printf 'name,pw\na,horse\nb,horse\nc,\n' >"$dir/pw.csv"
status 0 "$xenith" ks render "$dir/p.ks" --hosts "$dir/pw.csv" --set pw=other --hash pw -o "$dir/pws" && ! grep -rq 'horse\|other' "$dir/pws" &&
	[ "$(cat "$dir"/pws/*.ks | grep -c '\$6\$')" = 3 ]
result $? "--hash with a table, and with --set for the rows without"
status 2 "$xenith" ks render "$dir/p.ks" --set pw=x --hash pwd && status 3 "$xenith" ks render "$dir/p.ks" --set pw= --hash pw
result $? "--hash of a name without a value, of an empty password: errors"
echo "1..$n"
