#!/bin/sh
# In place of deb-systemd-helper(1), which is a Perl program that is called 80 times while a dom0 is configured. What
# a first installation asks for is answered here with the same result; all else is the true one's.

true_one() {
	exec /usr/bin/deb-systemd-helper "$@"
}

# The links that enabling the unit would make, one a line. False: this unit has more than links of the plain kind.
list_links() {
	links=
	while read -r line || [ -n "$line" ]; do
		case $line in
		[Ww][Aa][Nn][Tt][Ee][Dd][Bb][Yy]=*[\"\']* | [Rr][Ee][Qq][Uu][Ii][Rr][Ee][Dd][Bb][Yy]=*[\"\']*) return 1 ;;
		WantedBy=[!\ ]*) kind=wants ;;
		RequiredBy=[!\ ]*) kind=requires ;;
		[Ww][Aa][Nn][Tt][Ee][Dd][Bb][Yy]=* | [Rr][Ee][Qq][Uu][Ii][Rr][Ee][Dd][Bb][Yy]=*) return 1 ;;
		[Aa][Ll][Ss][Oo]=* | [Aa][Ll][Ii][Aa][Ss]=*) return 1 ;;
		[Dd][Ee][Ff][Aa][Uu][Ll][Tt][Ii][Nn][Ss][Tt][Aa][Nn][Cc][Ee]=*) return 1 ;;
		*) continue ;;
		esac
		for target in ${line#*=}; do
			link=/etc/systemd/$instance/$target.$kind/$unit
			case $links in
			*"$link"*) return 1 ;;
			esac
			links="$links$link
"
		done
	done <"$path"
}

write_state() {
	folder=${state%/*}
	mkdir -p "$folder" || exit 1
	printf '%s' "$links" >"$state.new" && mv "$state.new" "$state" || exit 1
}

enable_unit() {
	systemctl --root=/ "$scope" --preset-mode=enable-only preset "$unit" || exit 1
	[ -z "$links" ] || write_state
	for link in $links; do
		mark=$enabled/${link#/etc/systemd/"$instance"/}
		[ -e "$mark" ] && continue
		mkdir -p "${mark%/*}" && : >>"$mark" || exit 1
	done
}

set -f
umask 022
[ -z "${DPKG_ROOT:-}${_DEB_SYSTEMD_HELPER_DEBUG:-}${_DEB_SYSTEMD_HELPER_PURGE:-}" ] || true_one "$@"
if [ -z "${DPKG_MAINTSCRIPT_PACKAGE:-}" ] || [ -d /run/systemd/system ] || [ ! -x /usr/bin/systemctl ]; then
	true_one "$@"
fi

instance=system scope=--system quiet='' action='' unit=''
for word; do
	case $word in
	--quiet) quiet=1 ;;
	--user) instance=user scope=--global ;;
	--system | -*) true_one "$@" ;;
	*)
		if [ -z "$action" ]; then
			action=$word
		elif [ -z "$unit" ]; then
			unit=$word
		else
			true_one "$@"
		fi
		;;
	esac
done
case $unit in
'' | */* | *@.*) true_one "$@" ;;
esac
enabled=/var/lib/systemd/deb-systemd-helper-enabled masked=/var/lib/systemd/deb-systemd-helper-masked
if [ $instance = user ]; then
	enabled=/var/lib/systemd/deb-systemd-user-helper-enabled
	masked=/var/lib/systemd/deb-systemd-user-helper-masked
fi
state=$enabled/$unit.dsh-also
path=/usr/lib/systemd/$instance/$unit
# Of a first installation nothing is known yet.
if [ -e "$state" ] || [ -e "$masked" ] || [ -e "/etc/systemd/$instance/$unit" ]; then
	true_one "$@"
fi

case $action in
unmask) exit 0 ;;
debian-installed) exit 1 ;;
was-enabled)
	[ -n "$quiet" ] || echo enabled >&2
	exit 0
	;;
enable | update-state)
	[ -f "$path" ] || true_one "$@"
	list_links || true_one "$@"
	if [ "$action" = enable ]; then
		enable_unit
	else
		write_state
	fi
	;;
*) true_one "$@" ;;
esac
exit 0
