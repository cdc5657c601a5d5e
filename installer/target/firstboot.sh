#!/bin/sh
# Checks the first boot of a Xen host and reports it, as one JSON line on the console, in
# /var/log/xenith/firstboot.json and to the collector: state "ready", or "degraded" when it is
# degraded. Run by xenith-firstboot.service until the report has arrived once.
#
# The configuration has one line a thing:
#   url URL | syslog udp|tcp|tls HOST PORT | dom0_mem MIB | bridge NAME none|dhcp|ADDRESS/LEN PORT... | vg NAME | lun WWID PATHS
# XENITH_ROOT, XENITH_PATH, XENITH_WAIT_S and XENITH_CONSOLE are for trying it elsewhere.
set -u
export LC_ALL=C PATH=${XENITH_PATH:+$XENITH_PATH:}/usr/sbin:/usr/bin:/sbin:/bin
root=${XENITH_ROOT:-}
conf=$root/etc/xenith/firstboot.conf
marker=$root/var/lib/xenith/firstboot
result=$root/var/log/xenith/firstboot.json
console=${XENITH_CONSOLE:-/dev/console}
wait_s=${XENITH_WAIT_S:-300}
pause_s=5

uptime_s() {
	read -r seconds _ </proc/uptime
	echo "${seconds%.*}"
}

# A JSON string.
str() {
	printf '"%s"' "$(printf '%s' "$1" | tr '\n\t' '  ' | tr -d '\000-\037' | sed 's/[\\"]/\\&/g')"
}

# A number for JSON, null for anything else.
num() {
	case $1 in
	'' | *[!0-9]*) printf null ;;
	*) printf '%s' "$1" ;;
	esac
}

wrong() {
	problems="$problems${problems:+; }$1"
}

# "key : value" of `xl info`.
info() {
	printf '%s\n' "$xl_info" | sed -n "s/^$1 *: *//p"
}

# true or false: nothing was found wrong since $problems was $1.
ok_since() {
	[ "$problems" = "$1" ] && echo true || echo false
}

check_xen() {
	before=$problems
	xl_info=
	if [ "$(cat "$root/sys/hypervisor/type" 2>/dev/null)" != xen ]; then
		wrong 'Xen does not run (/sys/hypervisor/type)'
	elif ! grep -qs control_d "$root/proc/xen/capabilities"; then
		wrong 'this is not dom0 (/proc/xen/capabilities)'
	elif ! xl_info=$(xl info 2>&1); then
		wrong "xl info fails: $xl_info"
		xl_info=
	fi
	version=$(info xen_version)
	xen="{\"ok\":$(ok_since "$before"),\"version\":$(str "$version"),\"virt_caps\":$(str "$(info virt_caps)")"
	xen="$xen,\"total_mib\":$(num "$(info total_memory)"),\"free_mib\":$(num "$(info free_memory)")}"
}

# dom0 has what was asked for; Xen rounds and keeps a little back.
check_dom0() {
	before=$problems
	mem=
	[ -z "$xl_info" ] || mem=$(xl list 0 2>/dev/null | sed -n 's/^Domain-0 *0 *\([0-9]*\) .*/\1/p')
	if [ -n "$xl_info" ] && [ -n "$want_mem" ]; then
		if [ -z "$mem" ]; then
			wrong 'xl list does not show Domain-0'
		elif [ "$mem" -gt "$((want_mem + 16))" ] || [ "$mem" -lt "$((want_mem - 16))" ]; then
			wrong "dom0 has $mem MiB instead of $want_mem"
		fi
	fi
	dom0="{\"ok\":$(ok_since "$before"),\"memory_mib\":$(num "$mem"),\"wanted_mib\":$(num "$want_mem")}"
}

# check_bridge NAME none|dhcp|ADDRESS/LEN PORT...
check_bridge() {
	before=$problems
	bridge=$1
	want=$2
	shift 2
	dir=$root/sys/class/net/$bridge
	ports=
	if [ ! -d "$dir/bridge" ]; then
		wrong "no bridge $bridge"
	else
		for port; do
			ports="$ports${ports:+,}$(str "$port")"
			if [ ! -d "$dir/brif/$port" ]; then
				wrong "$port is not in $bridge"
			elif [ "$(cat "$dir/brif/$port/state")" != 3 ]; then # BR_STATE_FORWARDING
				wrong "$port in $bridge does not forward (no link?)"
			fi
		done
	fi
	all=$(ip -o addr show dev "$bridge" scope global 2>/dev/null |
		sed -n 's/.* inet6* \([^ ]*\) .*/\1/p' | tr '\n' ' ')
	all=${all% }
	case $want in
	none) [ -z "$all" ] || wrong "$bridge has the address $all and should have none" ;;
	dhcp) [ -n "$all" ] || wrong "$bridge got no address by DHCP" ;;
	*) case " $all " in
		*" $want "*) ;;
		*) wrong "$bridge has the address ${all:-(none)} instead of $want" ;;
		esac ;;
	esac
	bridges="$bridges${bridges:+,}{\"name\":$(str "$bridge"),\"ok\":$(ok_since "$before"),\"ports\":[$ports]"
	bridges="$bridges,\"address\":$(str "$all")}"
}

# What xenith-net-boot.service found: its first line is "ok", or what is wrong follows it.
check_network() {
	before=$problems
	found=$root/run/xenith/network
	network=
	if [ -e "$found" ]; then
		network=$(head -n 1 "$found")
		[ "$network" = ok ] || wrong "network $network: $(sed 1d "$found" | tr -s '\n ' ' ')"
	elif [ -e "$root/var/lib/xenith/net-unproven" ]; then
		wrong 'the network was not checked (xenith-net-boot.service)'
	fi
	network="{\"ok\":$(ok_since "$before"),\"state\":$(str "$network")}"
}

check_vg() {
	before=$problems
	free=$(vgs --noheadings --nosuffix --units m -o vg_free "$1" 2>/dev/null | tr -d ' ')
	[ -n "$free" ] || wrong "no volume group $1"
	vgs="$vgs${vgs:+,}{\"name\":$(str "$1"),\"ok\":$(ok_since "$before"),\"free_mib\":$(num "${free%.*}")}"
	frees="$frees, $1 has ${free%.*} MiB free"
}

# check_lun WWID PATHS: its map has so many paths whose devices run. sysfs alone is asked: a map may queue.
check_lun() {
	before=$problems
	up=0
	for uuid in "$root"/sys/block/dm-*/dm/uuid; do
		[ "$(cat "$uuid" 2>/dev/null)" = "mpath-$1" ] || continue
		for path in "${uuid%/dm/uuid}"/slaves/*; do
			[ "$(cat "$path/device/state" 2>/dev/null)" != running ] || up=$((up + 1))
		done
	done
	[ "$up" -ge "$2" ] || wrong "LUN $1 has $up of $2 paths"
	luns="$luns${luns:+,}{\"wwid\":$(str "$1"),\"ok\":$(ok_since "$before"),\"paths\":$up,\"wanted\":$(num "$2")}"
	frees="$frees, LUN $1 has $up paths"
}

check() {
	problems='' bridges='' vgs='' luns='' frees='' addresses='' want_mem='' url='' syslog=''
	while read -r what rest; do
		case $what in
		dom0_mem) want_mem=$rest ;;
		url) url=$rest ;;
		syslog) syslog=$rest ;;
		esac
	done <"$conf"
	check_xen
	check_dom0
	check_network
	while read -r what rest; do
		# shellcheck disable=SC2086 # words
		case $what in
		bridge)
			check_bridge $rest
			addresses="$addresses, $bridge has ${all:-no address}"
			;;
		vg) check_vg "$rest" ;;
		lun) check_lun $rest ;;
		esac
	done <"$conf"
	[ -z "$problems" ]
}

report() {
	if [ -z "$problems" ]; then
		state=ready
		message="ready: Xen $version, dom0 has $mem MiB$addresses$frees"
	else
		state=degraded
		message="degraded: $problems"
	fi
	mkdir -p "${result%/*}"
	printf '{"seq":1,"time":"%s","host":%s,"step":"firstboot","state":"%s","percent":100,"message":%s,"checks":{"xen":%s,"dom0":%s,"network":%s,"bridges":[%s],"vgs":[%s],"luns":[%s]}}\n' \
		"$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$(str "$(hostname)")" "$state" "$(str "$message")" \
		"$xen" "$dom0" "$network" "$bridges" "$vgs" "$luns" >"$result"
	{ echo; cat "$result"; } >"$console" 2>/dev/null
}

# Until it is taken or the time is over.
post() {
	[ -n "$url" ] || return 0
	end=$(($(uptime_s) + wait_s))
	until curl -fsS --max-time 60 -o /dev/null -H 'Content-Type: application/json' --data-binary "@$result" "$url"; do
		[ "$(uptime_s)" -lt "$end" ] || return 1
		sleep "$pause_s"
	done
}

# One RFC 5424 message, as the installer's were. TLS: RFC 5425, by openssl(1), which checks the certificate.
log_to() { # udp|tcp|tls HOST PORT
	level=info
	[ "$state" = ready ] || level=err
	case $1 in
	tls)
		priority=134
		[ $level = info ] || priority=131
		line="<$priority>1 $(date -u +%Y-%m-%dT%H:%M:%SZ) $(hostname) xenith - event - $(cat "$result")"
		printf '%s %s' "$(printf %s "$line" | wc -c)" "$line" |
			openssl s_client -connect "$2:$3" -verify_hostname "$2" -verify_return_error -quiet -no_ign_eof >/dev/null 2>&1
		;;
	tcp) logger --rfc5424=notq -T --octet-count -n "$2" -P "$3" -t xenith --msgid event -p "local0.$level" -- "$(cat "$result")" ;;
	*) logger --rfc5424=notq -d -n "$2" -P "$3" -t xenith --msgid event -p "local0.$level" -- "$(cat "$result")" ;;
	esac
}

# Until it is taken or the time is over.
tell_syslog() {
	[ -n "$syslog" ] || return 0
	end=$(($(uptime_s) + wait_s))
	# shellcheck disable=SC2086 # words
	until log_to $syslog; do
		[ "$(uptime_s)" -lt "$end" ] || return 1
		sleep "$pause_s"
	done
}

end=$(($(uptime_s) + wait_s))
until check; do
	[ "$(uptime_s)" -lt "$end" ] || break
	sleep "$pause_s"
done
report
if post && tell_syslog; then
	rm -f "$marker"
	[ -n "$root" ] || systemctl -q disable xenith-firstboot.service
else
	echo "the report could not be posted; it is tried again at the next boot" >&2
	exit 1
fi
