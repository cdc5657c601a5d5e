#!/bin/sh
# xenith fleet watch: events by HTTP, shown as lines and as JSON; what it refuses; how it ends.
set -u
xenith=$(readlink -f "${O:-build}")/xenith
dir=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null; rm -rf "$dir"' EXIT

ok() {
	text=$1
	shift
	if "$@"; then
		echo "ok - $text"
	else
		echo "not ok - $text"
		sed 's/^/# /' "$dir/out" "$dir/err" | head -n 30
	fi
}

# start WORDS...: the receiver; $url is where it listens
start() {
	: >"$dir/out"
	"$xenith" fleet watch --port 0 "$@" >"$dir/out" 2>"$dir/err" </dev/null &
	pid=$!
	n=0
	until grep -q '[0-9]' "$dir/out"; do
		n=$((n + 1))
		[ $n -lt 600 ] || break
		sleep 0.1
	done
	url=http://127.0.0.1:$(sed -n '1s/[^0-9]*\([0-9]*\).*/\1/p' "$dir/out")
}

# post PATH BODY: the HTTP status
post() {
	curl -s --noproxy '*' -m 60 -o /dev/null -w '%{http_code}' --data-binary "$2" "$url$1"
}

# ended STATUS: it ends by itself, so
ended() {
	wait "$pid"
	got=$?
	pid=
	[ $got -eq "$1" ]
}

start --hosts 2
ok "an event is taken" [ "$(post /events '{"host":"xen1","step":"unpack","state":"progress","overall":37,"message":"linux"}')" = 200 ]
ok "another one, its host in the path" [ "$(post /events/xen2 '{"step":"disk","state":"start","message":"wiping"}')" = 200 ]
ok "no JSON: 400" [ "$(post /events 'no json')" = 400 ]
ok "JSON that is no event: 400" [ "$(post /events '{"a":1}')" = 400 ]
ok "nothing: 400" [ "$(post /events '')" = 400 ]
ok "a GET: 405" [ "$(curl -s --noproxy '*' -m 60 -o /dev/null -w '%{http_code}' "$url/")" = 405 ]
printf '{"host":"xen1","step":"boot","state":"warning","message":"an escape \\u001b[2J and\\na newline"}' >"$dir/body"
ok "bytes that a terminal would obey" [ "$(post /events @"$dir/body")" = 200 ]
ok "a host that is ready" [ "$(post /events '{"host":"xen1","step":"firstboot","state":"ready","message":"Xen"}')" = 200 ]
ok "a host that failed" [ "$(post /events/xen2 '{"step":"disk","state":"failed","code":4,"message":"too small"}')" = 200 ]
ok "it ends when two have ended: exit status 4, for one failed" ended 4
ok "a line an event" grep -qE '^[0-9:]{8} xen1 \[ 37%\] unpack progress: linux$' "$dir/out"
ok "the host of the path" grep -qE ' xen2 \[  0%\] disk failed: too small$' "$dir/out"
ok "escapes are gone" grep -qF 'an escape  [2J and a newline' "$dir/out"
ok "six lines in all" [ "$(wc -l <"$dir/out")" -eq 6 ]

mkdir "$dir/bundles"
start --hosts 1 --bundles "$dir/bundles"
head -c 3000000 /dev/zero | tr '\0' x >"$dir/tar"
ok "a log bundle is taken" [ "$(curl -s --noproxy '*' -m 60 -o /dev/null -w '%{http_code}' -H 'Content-Type: application/x-tar' \
	--data-binary @"$dir/tar" "$url/events/xen2")" = 200 ]
ok "and kept whole" cmp "$dir/tar" "$dir/bundles/xen2.tar"
ok "the end" [ "$(post /events/xen2 '{"step":"disk","state":"failed","code":4,"message":"too small"}')" = 200 ]
ok "and its exit status" ended 4

start --hosts 1 --json
ok "JSON: taken" [ "$(post /x '{"step":"firstboot","state":"ready","message":"Xen"}')" = 200 ]
ok "all are ready: exit status 0" ended 0
ok "JSON lines with the host's name" python3 -c '
import json, sys
first, event = map(json.loads, open(sys.argv[1]))
assert first["listening"] and event["host"] == "x" and event["state"] == "ready"' "$dir/out"

start --hosts 1
"$xenith" fleet watch --port "${url##*:}" >"$dir/out2" 2>"$dir/err2"
ok "a port that is taken: exit status 7 and its code" [ "$? $(grep -c '^XEN-RUN-007: ' "$dir/err2")" = "7 1" ]
kill -TERM "$pid"
ok "stopped while it waits: exit status 8" ended 8
"$xenith" fleet watch --port 70000 >"$dir/out" 2>"$dir/err"
ok "a port that can't be: exit status 2" [ $? -eq 2 ]
