#!/bin/sh
# Where a kickstart file can come from: a real HTTP server and a real NFS server on loopback, and how their failures are told.
set -u
xenith=$(readlink -f "${O:-build}")/xenith
facts=$(dirname "$0")/../facts/qemu-bios
dir=$(mktemp -d)
# shellcheck source=tests/cli/lib/servers.sh
. "$(dirname "$0")/lib/servers.sh"

mkdir "$dir/export"
cat >"$dir/export/host.ks" <<'KS'
url --url=http://mirror.example.org/debian/dists/trixie
rootpw --iscrypted $y$j9T$saltsaltsaltsaltsalt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
network --device=xenbr0 --bridgeslaves=ens16 --bootproto=dhcp --hostname=xen1
ignoredisk --only-use=serial=xenith-disk-0
clearpart --all --initlabel
reqpart
part / --size=4096 --grow
%packages
@xen
%end
KS

# plan URL: the dry run's exit status; output in $dir/out
plan() {
	"$xenith" install --dry-run --facts "$facts" --ks "$1" >"$dir/out" 2>&1 </dev/null
}

ok() { # TEXT COMMAND...
	text=$1
	shift
	if "$@"; then
		echo "ok - $text"
	else
		echo "not ok - $text"
		sed 's/^/# /' "$dir/out" "$dir/log" 2>/dev/null | head -n 30
	fi
}

said() {
	grep -q "$1" "$dir/out"
}

fails() { # STATUS URL
	plan "$2"
	[ $? -eq "$1" ]
}

python3 - "$dir" <<'PY' &
import http.server, sys
top = sys.argv[1]
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with open(f'{top}/headers', 'a') as f:
            f.write(f'{self.path}\n{self.headers}')
        name = 'host.ks' if self.path.startswith('/52') else self.path.strip('/')
        body = open(f'{top}/export/{name}', 'rb').read() if name.endswith('.ks') else b''
        self.send_response(200 if body else 404)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args):
        pass
server = http.server.HTTPServer(('127.0.0.1', 0), Handler)
with open(f'{top}/port.new', 'w') as f:
    f.write(str(server.server_port))
import os
os.rename(f'{top}/port.new', f'{top}/port')
server.serve_forever()
PY
http=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
	[ -s "$dir/port" ] && break
	sleep 0.5
done
port=$(cat "$dir/port")

# shellcheck disable=SC2016
ok "http: with the machine's MAC in the URL" plan "http://127.0.0.1:$port/"'${mac}.ks'
ok "http: the MAC is filled in" grep -q '^/52:54:00:12:34:10.ks$' "$dir/headers"
ok "http: the MACs are sent" grep -q '^X-RHN-Provisioning-MAC-1: ens17 52:54:00:12:34:11' "$dir/headers"
sed '/^part/d' "$dir/export/host.ks" >"$dir/export/whole.ks"
sed -i 's/^reqpart/&\n%include parts.ks/' "$dir/export/whole.ks"
echo 'part / --size=4096 --grow' >"$dir/export/parts.ks"
ok "http: a file that includes another beside it" plan "http://127.0.0.1:$port/whole.ks"
ok "http: not there: exit status 5" fails 5 "http://127.0.0.1:$port/none"
ok "http: the message has the status" said 'HTTP status 404'
ok "http: refused: exit status 5" fails 5 "http://user:open-sesame@127.0.0.1:1/host.ks"
ok "http: the URL's password is masked" sh -c 'grep -q "user:\*\*\*@" "$1" && ! grep -q open-sesame "$1"' - "$dir/out"

if ! can_serve_nfs; then
	echo "ok - nfs # SKIP needs nfs-ganesha and root"
	exit 0
fi
serve_nfs
where="version=4&nfsport=$nfsport"
ok "nfs: a file of a real server" plan "nfs://127.0.0.1/export/host.ks?$where"
ok "nfs: a version that the server has is found" plan "nfs://127.0.0.1/export/host.ks?nfsport=$nfsport"
ok "nfs: the plan is made" said '^disk serial-xenith-disk-0'
ok "nfs: not there: exit status 5" fails 5 "nfs://127.0.0.1/export/none.ks?$where"
ok "nfs: the message names the file" said 'none.ks'
