#!/bin/sh
# The command line as a whole: --help of every command, --version, exit statuses of wrong calls, a man page each.
set -u
O=${O:-build}
xenith=$O/xenith
n=0

# result STATUS TEXT: one TAP line.
result() {
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

# status WANTED COMMAND...: 0 if the command ends with that exit status and says something on the right stream.
status() {
	wanted=$1
	shift
	out=$("$@" 2>/dev/null </dev/null)
	got=$?
	msg=$("$@" 2>&1 >/dev/null </dev/null)
	[ "$got" -eq "$wanted" ] || { echo "# exit status $got, wanted $wanted: $*"; return 1; }
	if [ "$wanted" -eq 0 ]; then [ -n "$out" ]; else [ -n "$msg" ] && [ -z "$out" ]; fi
}

status 0 "$xenith" --help; result $? "xenith --help"
status 0 "$xenith" --version; result $? "xenith --version"
case $("$xenith" --version) in "xenith "[0-9]*) r=0 ;; *) r=1 ;; esac; result $r "--version names program and version"
status 2 "$xenith"; result $? "no command: exit status 2"
status 2 "$xenith" no-such-command; result $? "unknown command: exit status 2"
case $("$xenith" fcats 2>&1) in *"facts"*) r=0 ;; *) r=1 ;; esac; result $r "unknown command: the nearest name is suggested"

commands=$("$xenith" --help | sed -n 's/^  \([a-z][a-z -]*[a-z]\)  .*/\1/p')
[ -n "$commands" ]; result $? "xenith --help lists commands"
old_ifs=$IFS
IFS='
'
for c in $commands; do
	IFS=$old_ifs
	# shellcheck disable=SC2086
	status 0 "$xenith" $c --help; result $? "$c --help"
	# shellcheck disable=SC2086
	status 2 "$xenith" $c --no-such-option; result $? "$c --no-such-option: exit status 2"
	page=man/xenith-$(echo "$c" | tr ' ' -)
	# A family of commands may share a page: xenith-ks(1).
	ls "$page".[1578] >/dev/null 2>&1 || page=man/xenith-${c%% *}
	if ls man/*.[1578] >/dev/null 2>&1; then
		ls "$page".[1578] >/dev/null 2>&1; result $? "$page exists"
		# shellcheck disable=SC2086
		"$xenith" $c --help | sed -n 's/.* \(--[a-z][a-z-]*\) .*/\1/p' | sort -u | {
			missing=
			while read -r option; do
				sed 's/\\-/-/g; s/Fl -/--/g' "$page".[1578] 2>/dev/null | grep -q -e "$option" || missing="$missing $option"
			done
			[ -z "$missing" ] || { echo "# not in $page:$missing"; exit 1; }
		}
		result $? "$page names every option"
	fi
done
echo "1..$n"
