#!/bin/sh
# Large and hostile kickstart files: a result or an error within seconds and little memory, and never a crash.
set -u
xenith=$(readlink -f "${O:-build}")/xenith
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# try STATUS TEXT REGEXP: ks check of $dir/x ends with that status and says that, within a minute and 1.5 GB.
try() {
	(
		# The sanitizers' shadow is larger than that.
		# shellcheck disable=SC3045
		case ${O:-build} in *san*) ;; *) ulimit -v 1500000 ;; esac
		cd "$dir" && timeout 60 "$xenith" ks check x
	) >"$dir/out" 2>"$dir/err" </dev/null
	got=$?
	if [ "$got" -eq "$1" ] && { [ -z "$3" ] || grep -q "$3" "$dir/err"; }; then
		echo "ok - $2"
	else
		echo "not ok - $2"
		echo "# exit status $got"
		head -c 2000 "$dir/err" | sed 's/^/# /'
	fi
}

write() { # a Python expression: the file's bytes
	python3 -c "import sys; sys.stdout.buffer.write($1)" >"$dir/x"
}

write "b'part / --size=1 --fstype=ext4\\n' * 3400000"
try 3 "100 MB" "larger than 16 MiB"
write "b'part / --size=1\\n' * 900000"
try 3 "15 MB of commands" "more than 20000 lines"
write "b''.join(b'user --name=u%d\\n' % i for i in range(20000))"
try 0 "20000 accounts" ""
write "b'%packages\\n' + b''.join(b'-a%d\\n' % i for i in range(9000)) + b''.join(b'a%d\\n' % i for i in range(9000)) + b'%end\\n'"
try 0 "18000 packages, taken out and put back" ""
write "b'%post\\n' + b'x\\n' * 7000000 + b'%end\\n'"
try 0 "a script of 14 MB" ""
write "b'bootloader --append=' + b'x' * 1000000 + b'\\n'"
try 0 "a value of 1 MB" ""
write "b'network --' + b'x' * 1000000 + b'\\n'"
try 3 "an unknown option of 1 MB" "no such option"
write "b'x' * 1000000"
try 3 "an unknown command of 1 MB" "unknown command"
write "b'lang ' + b'a ' * 500000 + b'\\n'"
try 3 "a line of 500000 words" "is unexpected here"
write "b'lang \\\"' + b'x' * 1000000 + b'\\n'"
try 3 "a quote that is open for 1 MB" "a quote is not closed"
write "b'lang en\\0\\n' + bytes(1000000)"
try 3 "NUL bytes" "x:1: the line has a NUL byte"
write "b'lang en_US\\ntext\\n# caf\\xe9\\n'"
try 0 "a line that is no UTF-8" "x:3: warning: the line is not UTF-8"
write "b'lang en_US.UTF-8\\r\\n%post\\r\\ntrue\\r\\n%end\\r\\n'"
try 0 "CR LF" ""
write "b'\\xef\\xbb\\xbflang en_US.UTF-8\\n'"
try 3 "a byte order mark" "x:1: the file starts with a byte order mark"
write "b'%include x\\n'"
try 3 "a file that includes itself" "x includes itself: x -> x"
write "b'%include y\\n' * 3"
python3 -c "print('%include x')" >"$dir/y"
try 3 "two that include each other" "includes itself: x -> y -> x"
for i in 1 2 3 4 5 6 7 8 9 10; do
	for j in 1 2 3 4 5 6 7 8 9 10; do echo "%include d$((i * 10 + j + 1))" >"$dir/d$((i * 10 + j))"; done
done
write "b'%include d11\\n'"
try 3 "a hundred files in one another" "files deep"
python3 -c "print('%include z1\n' * 100)" >"$dir/z0"
python3 -c "print('%include z2\n' * 100)" >"$dir/z1"
python3 -c "print('lang en_US\n' * 100)" >"$dir/z2"
write "b'%include z0\\n'"
try 3 "a million lines out of three files" "more than 20000 lines"
write "b'%pre\\n' + b'/tmp/no\\n' * 1000000 + b'%end\\n' + b'%include /tmp/none\\n' * 200"
try 3 "200 files that aren't there, beside a large script" "none"
rm "$dir/x" && ln -s /dev/zero "$dir/x"
try 3 "/dev/zero" "larger than 16 MiB"
rm "$dir/x"
echo "lang en_US.UTF-8" >"$dir/x"
# Most memory, in kB, that checking x so many times takes.
memory() {
	python3 - "$xenith" "$dir/x" "$1" <<'END'
import resource, subprocess, sys
subprocess.run([sys.argv[1], 'ks', 'check', *[sys.argv[2]] * int(sys.argv[3])], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
END
}
few=$(memory 100) && many=$(memory 20000)
# The names alone are 600 kB; the sanitizers keep freed memory for a while.
if case ${O:-build} in *san*) true ;; *) [ -n "$many" ] && [ "$many" -lt $((few + 4096)) ] ;; esac; then
	echo "ok - 20000 files take no more memory than 100"
else
	echo "not ok - 20000 files take no more memory than 100"
	echo "# $few kB, $many kB"
fi
echo 1..21
