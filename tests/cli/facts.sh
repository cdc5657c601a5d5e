#!/bin/sh
# xenith facts on captured machines, and tools/capture-facts on this one.
set -u
x=${O:-build}/xenith
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

check() { # check TEXT COMMAND...
	text=$1
	shift
	if "$@" >"$tmp/log" 2>&1; then
		echo "ok - $text"
	else
		echo "not ok - $text"
		sed 's/^/# /' "$tmp/log"
	fi
}
status_is() { # status_is STATUS COMMAND...
	want=$1
	shift
	"$@"
	[ $? -eq "$want" ]
}

for dir in tests/facts/*/; do
	name=$(basename "$dir")
	check "facts prints $name" "$x" facts --root "$dir"
	check "facts --json prints $name" "$x" facts --json --root "$dir"
done
check "a missing folder is a system error" status_is 7 "$x" facts --root "$tmp/none"
check "an unknown option is a usage error" status_is 2 "$x" facts --jsno

# Everything but contents (udev's and libblkid's words for them differ a little) and the masked command line.
essence() { grep -vE '^ +(contents|[a-z0-9]+: )|^          +[a-z0-9]+[0-9]*: '; }
check "capture-facts captures this machine" tools/capture-facts "$tmp/here"
"$x" facts | essence >"$tmp/live"
"$x" facts --root "$tmp/here" | essence >"$tmp/captured"
if [ "$(id -u)" != 0 ] || [ ! -r /dev/cpu/0/cpuid ]; then
	echo "ok - a captured machine reads like the live one # SKIP not root, or no cpuid device"
else
	check "a captured machine reads like the live one" diff "$tmp/live" "$tmp/captured"
fi
check "capture-facts refuses a folder with something in it" status_is 2 tools/capture-facts "$tmp/here"
check "capture-facts writes a tar" tools/capture-facts "$tmp/here.tar.gz"
check "the tar holds the machine" tar -xzf "$tmp/here.tar.gz" -C "$tmp" ./proc/cmdline
