#!/bin/sh
# shellcheck disable=SC2016 # what is in single quotes is for another shell
# What an install that fails says, and to whom: a collector by HTTP, a real syslog server by UDP, TCP and TLS; the log
# bundle; %onerror and %traceback; tries again. The kickstart file is wrong, whatever the machine is: nothing is written.
set -u
xenith=$(readlink -f "${O:-build}")/xenith
top=$(cd "$(dirname "$0")/../.." && pwd)
dir=$(mktemp -d)
collector='' syslogd=''
# shellcheck disable=SC2317
clean() {
	[ -z "$collector" ] || kill "$collector"
	[ -z "$syslogd" ] || kill "$syslogd"
	rm -rf "$dir"
} 2>/dev/null
trap clean EXIT
trap 'exit 1' INT TERM

# ok TEXT COMMAND...
ok() {
	text=$1
	shift
	if "$@"; then
		echo "ok - $text"
	else
		echo "not ok - $text"
		tail -n 15 "$dir/err" "$dir/out" "$dir/rsyslogd.out" 2>/dev/null | cut -c1-300 | sed 's/^/# /'
	fi
}

if ! unshare -m true 2>/dev/null || ! command -v rsyslogd >/dev/null; then
	echo "ok - events # SKIP needs rsyslogd and the right to make a mount namespace"
	exit 0
fi

wait_for() { # COMMAND...: up to two minutes
	n=0
	until "$@" 2>/dev/null; do
		n=$((n + 1))
		[ $n -lt 1200 ] || return 1
		sleep 0.1
	done
}

free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# install WORDS-FOR-THE-ADDON: /run/xenith and the certificates are this run's own
install() {
	{
		cat "$dir/host.ks"
		printf '%%addon xenith\n%s\n%%end\n' "$1"
	} >"$dir/try.ks"
	mkdir -p "$dir/run"
	unshare -m sh -c 'mount --make-rprivate / && mkdir -p /run/xenith && mount --bind "$1/run" /run/xenith &&
		mount --bind "$1/ca.pem" /etc/ssl/certs/ca-certificates.crt && exec "$2" install --yes --ks "$1/try.ks"' \
		- "$dir" "$xenith" >"$dir/out" 2>"$dir/err" </dev/null
}

cat >"$dir/host.ks" <<KS
url --url=http://mirror.example.org/debian/dists/trixie
rootpw --plaintext canary-of-the-mine
network --device=link --bootproto=dhcp --hostname=xen1.example.org
no-such-command
ignoredisk --only-use=serial=NOT-THERE
clearpart --all --initlabel
reqpart
part / --size=4096 --grow
%packages
@xen
%end
%onerror --interpreter=/usr/bin/python3 --log=$dir/onerror.log
print('told', 6 * 7)
raise SystemExit(9)
%end
%onerror
echo again >>$dir/onerror-second
%end
%traceback
echo never >$dir/traceback
%end
KS

# A certificate authority, and a certificate for 127.0.0.1.
(
	cd "$dir" &&
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj '/CN=Test CA' \
			-keyout ca.key -out ca.pem -addext basicConstraints=critical,CA:TRUE &&
		openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost -keyout key.pem -out req.pem &&
		printf 'subjectAltName=IP:127.0.0.1,DNS:localhost\n' >ext &&
		openssl x509 -req -in req.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile ext -out cert.pem
) >"$dir/openssl.out" 2>&1
ok "certificates are made" test -s "$dir/cert.pem"

udp=$(free_port) tcp=$(free_port) tls=$(free_port)
cat >"$dir/rsyslog.conf" <<CONF
global(workDirectory="$dir" maxMessageSize="64k" defaultNetstreamDriverCAFile="$dir/ca.pem"
  defaultNetstreamDriverCertFile="$dir/cert.pem" defaultNetstreamDriverKeyFile="$dir/key.pem")
module(load="imudp")
module(load="imptcp")
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon")
template(name="whole" type="string" string="%pri-text% %protocol-version% %timereported:::date-rfc3339% %hostname% %app-name% %msgid% %msg%\n")
input(type="imudp" port="$udp" address="127.0.0.1" ruleset="udp")
input(type="imptcp" port="$tcp" address="127.0.0.1" ruleset="tcp")
input(type="imtcp" port="$tls" address="127.0.0.1" ruleset="tls")
ruleset(name="udp") { action(type="omfile" file="$dir/udp" template="whole") }
ruleset(name="tcp") { action(type="omfile" file="$dir/tcp" template="whole") }
ruleset(name="tls") { action(type="omfile" file="$dir/tls" template="whole") }
CONF
rsyslogd -n -f "$dir/rsyslog.conf" -i "$dir/rsyslogd.pid" >"$dir/rsyslogd.out" 2>&1 &
syslogd=$!
python3 "$top/tests/cli/lib/collector.py" "$dir" "$dir/port" &
collector=$!
wait_for test -s "$dir/port"
# It listens when it takes a connection.
wait_for python3 -c 'import socket, sys; [socket.create_connection(("127.0.0.1", int(p)), 5) for p in sys.argv[1:]]' "$tcp" "$tls"
http=http://127.0.0.1:$(cat "$dir/port")/events

install "report --url=$http --syslog=127.0.0.1:$udp"
ok "a file with an error: exit status 3" [ $? -eq 3 ]
ok "the collector, busy at first, has the failure: code, phase, what was wanted, the log" python3 -c '
import json, sys
events = [json.loads(line) for line in open(sys.argv[1])]
last = events[-1]
assert (last["state"], last["step"], last["code"], last["error"]) == ("failed", "kickstart", 3, "XEN-KS-001"), last
assert "no-such-command" in last["message"] and last["wanted"] and last["next"] and last["log"].count("\n") >= 1
assert [e["seq"] for e in events] == sorted(e["seq"] for e in events)' "$dir/events"
ok "and the bundle of logs" sh -c 'tar -tf "$1" error.txt install.log host.ks facts.json events.jsonl >/dev/null' - "$dir/bundle.tar"
ok "with the code in it" sh -c 'tar -xOf "$1" error.txt | grep -q XEN-KS-001' - "$dir/bundle.tar"
ok "%onerror ran with its interpreter and its log, and its exit status is told" sh -c \
	'grep -qx "told 42" "$1/onerror.log" && grep -q "%onerror: the script failed.*exit status 9" "$1/run/install.log"' - "$dir"
ok "the next %onerror ran as well, once" sh -c '[ "$(cat "$1")" = again ]' - "$dir/onerror-second"
ok "no %traceback: the file is at fault" test ! -e "$dir/traceback"
ok "syslog by UDP: RFC 5424, as error" wait_for grep -qE \
	'^local0\.err 1 20[0-9-]+T[0-9:.]+(Z|\+00:00) xen1\.example\.org xenith event .*XEN-KS-001' "$dir/udp"
ok "with the log's lines" grep -qE '^local0\.info 1 .* xenith event [0-9.]+ event: ' "$dir/udp"

install "report --syslog=tcp://127.0.0.1:$tcp"
ok "syslog by TCP" wait_for grep -q '^local0\.err.* xenith event .*XEN-KS-001' "$dir/tcp"
install "report --syslog=tls://localhost:$tls"
ok "syslog by TLS" wait_for grep -q '^local0\.err.* xenith event .*XEN-KS-001' "$dir/tls"
cp "$dir/tls" "$dir/tls.before"
cp "$dir/ca.pem" "$dir/own-ca.pem"
cp /etc/ssl/certs/ca-certificates.crt "$dir/ca.pem"
install "report --syslog=tls://localhost:$tls"
ok "a server that can't be trusted gets nothing" cmp "$dir/tls" "$dir/tls.before"
ok "and the log says why" grep -q 'cannot log an event: syslog: .*certificate' "$dir/run/install.log"

# The installed host's first boot tells the same servers.
mkdir -p "$dir/host/etc/xenith" "$dir/host/var/lib/xenith" "$dir/host/bin"
printf '#!/bin/sh\nexec /usr/bin/openssl "$@" -CAfile "%s"\n' "$dir/own-ca.pem" >"$dir/host/bin/openssl"
chmod +x "$dir/host/bin/openssl"
for server in "udp 127.0.0.1 $udp" "tcp 127.0.0.1 $tcp" "tls localhost $tls"; do
	echo "syslog $server" >"$dir/host/etc/xenith/firstboot.conf"
	touch "$dir/host/var/lib/xenith/firstboot"
	XENITH_ROOT=$dir/host XENITH_PATH=$dir/host/bin XENITH_WAIT_S=0 XENITH_CONSOLE=/dev/null sh "$top/installer/target/firstboot.sh" \
		>"$dir/out" 2>"$dir/err"
	ok "the first boot's degraded by ${server%% *}" wait_for grep -q '^local0\.err 1 .* xenith event .*"state":"degraded"' "$dir/${server%% *}"
	ok "taken: it isn't told again" test ! -e "$dir/host/var/lib/xenith/firstboot"
done

# What can't be fetched is tried again.
sed -i 's,^no-such-command$,%include http://127.0.0.1:1/none,' "$dir/host.ks"
: >"$dir/onerror-second"
install "report --url=$http
retry --times=2 --delay=1"
ok "what can't be fetched: exit status 5" [ $? -eq 5 ]
ok "and its code" sh -c 'tail -n 1 "$1" | grep -q "^XEN-KS-008: "' - "$dir/err"
ok "tried three times, with a longer pause each" python3 -c '
import json, sys
events = [json.loads(line) for line in open(sys.argv[1])]
said = [e["message"] for e in events if e["state"] == "warning" and "try " in e["message"]]
assert [("next in 1 s" in m, "next in 2 s" in m) for m in said[-2:]] == [(True, False), (False, True)], said' "$dir/events"
ok "%onerror at the end only" sh -c '[ "$(cat "$1")" = again ]' - "$dir/onerror-second"

ok "the password is in no event, message, log, bundle or file of the run" sh -c \
	'cd "$1" && ! grep -rlaF canary-of events udp tcp tls bundle.tar out err run onerror.log' - "$dir"
