#!/bin/sh
# What xenith iso embed, xenith pxe build and xenith pxe local refuse, and how; fleet watch --pxe.
set -u
x=$(readlink -f "${O:-build}")/xenith
dir=$(mktemp -d) || exit 1
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null; rm -rf "$dir"' EXIT

# shellcheck source=tests/cli/lib/refuse.sh
. tests/cli/lib/refuse.sh

ok() {
	text=$1
	shift
	if "$@"; then echo "ok - $text"; else echo "not ok - $text"; fi
}

echo "no image" >"$dir/x.iso"
echo "lagn C" >"$dir/bad.ks"
refuse 2 "--ks FILE" "iso embed: something to put in is needed" iso embed "$dir/x.iso"
refuse 2 "--clear" "iso embed: --clear goes alone" iso embed --clear --append quiet "$dir/x.iso"
refuse 2 "exclude" "iso embed: --ks and --ks-url exclude each other" iso embed --ks a --ks-url b "$dir/x.iso"
refuse 3 "did you mean lang" "iso embed: a wrong kickstart file is not put in" iso embed --ks "$dir/bad.ks" "$dir/x.iso"
refuse 3 "no whole boot medium" "iso embed: another file is left alone" iso embed --append quiet "$dir/x.iso"
refuse 3 "no whole boot medium" "iso embed: a copy that can't be made" iso embed --append quiet -o "$dir/y.iso" "$dir/x.iso"
ok "iso embed: no half copy is left" [ ! -e "$dir/y.iso" ]
ok "iso embed: the other file is unchanged" [ "$(cat "$dir/x.iso")" = "no image" ]

refuse 2 "-o DIR" "pxe build: a folder is needed" pxe build
refuse 2 "--url URL" "pxe build: where it is served is needed" pxe build -o "$dir/tree"
refuse 2 "--iso FILE" "pxe build: a medium is needed" pxe build -o "$dir/tree" --url http://192.0.2.9/x
refuse 2 "--hosts FILE" "pxe build: kickstart files are needed" pxe build -o "$dir/tree" --url http://192.0.2.9/x --iso "$dir/x.iso"
printf 'mac,ks\n52:54:00,http://192.0.2.9/ks\n' >"$dir/hosts.csv"
refuse 3 "hosts.csv:2: mac: " "pxe build: the table's errors have lines" pxe build -o "$dir/tree" --url http://192.0.2.9/x \
	--iso "$dir/x.iso" --hosts "$dir/hosts.csv"
refuse 2 "https://192.0.2.9/x" "pxe build: loaders read plain HTTP" pxe build -o "$dir/tree" --url https://192.0.2.9/x \
	--iso "$dir/x.iso" --ks-url http://192.0.2.9/ks
ok "pxe build: a refusal writes nothing" [ ! -e "$dir/tree" ]

mkdir "$dir/pxe"
echo "52:54:00:12:34:10 xen1.example.org" >"$dir/pxe/hosts.list"
refuse 3 "no such host" "pxe local: only hosts of the table" pxe local "$dir/pxe" xen2
refuse 7 "none" "pxe local: only a folder of pxe build" pxe local "$dir/none" xen1

"$x" fleet watch --port 0 --hosts 1 --pxe "$dir/pxe" >"$dir/watch" 2>&1 </dev/null &
pid=$!
n=0
until grep -q '[0-9]' "$dir/watch" || [ $n -ge 600 ]; do
	n=$((n + 1))
	sleep 0.1
done
url=http://127.0.0.1:$(sed -n '1s/[^0-9]*\([0-9]*\).*/\1/p' "$dir/watch")/events
post() {
	curl -s --noproxy '*' -m 60 -o /dev/null --data-binary "$1" "$url"
}
mark=$dir/pxe/local/52-54-00-12-34-10.ipxe
post '{"host":"xen1","step":"unpack","state":"done"}'
ok "fleet watch --pxe: a host that is being installed starts the installer" [ ! -e "$mark" ]
post '{"host":"xen1","step":"install","state":"done"}'
ok "fleet watch --pxe: an installed host starts from its disk" [ -e "$mark" ]
"$x" pxe local --install "$dir/pxe" xen1
ok "pxe local --install: it starts the installer again" [ ! -e "$mark" ]
post '{"host":"xen1","step":"firstboot","state":"ready"}'
wait "$pid"
pid=
ok "fleet watch --pxe: a host that is ready starts from its disk" [ -e "$mark" ]
