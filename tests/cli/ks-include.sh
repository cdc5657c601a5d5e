#!/bin/sh
# %include and %ksappend in ks check and ks print: files, real HTTPS and NFS servers; loops, depth, failures.
set -u
xenith=$(readlink -f "${O:-build}")/xenith
dir=$(mktemp -d)
# shellcheck source=tests/cli/lib/servers.sh
. "$(dirname "$0")/lib/servers.sh"

ok() { # TEXT COMMAND...
	text=$1
	shift
	if "$@"; then
		echo "ok - $text"
	else
		echo "not ok - $text"
		sed 's/^/# /' "$dir/out" "$dir/err" | head -n 30
	fi
}

run() { # STATUS WORDS...: xenith ks WORDS, from another folder
	wanted=$1
	shift
	(cd / && "$xenith" ks "$@") >"$dir/out" 2>"$dir/err" </dev/null
	[ $? -eq "$wanted" ]
}

says() { # REGEXP: the only line on standard error but the count
	[ "$(grep -vcE '^(xenith: )?[0-9]+ errors?$' "$dir/err")" -eq 1 ] && grep -q "$1" "$dir/err"
}

prints() { # LINE...: each is a line of standard output
	for line in "$@"; do
		grep -qxF "$line" "$dir/out" || return 1
	done
}

mkdir -p "$dir/export/sub"
cd "$dir/export" || exit 1
printf 'lang es_ES.UTF-8\n%%include sub/part.ks\n' >top.ks
printf 'keyboard es\n%%include more.ks\n' >sub/part.ks
printf 'timezone Atlantic/Canary\n' >sub/more.ks
printf '%%include b.ks\n' >a.ks
printf 'lang en_US\n%%include a.ks\n' >b.ks
printf '%%packages\nchrony\n%%ksappend tail.ks\nlang en_US\n' >append.ks
printf '# no comment of a body\nvim\n%%end\nkeyboard es\n' >tail.ks
printf '%%post\n%%ksappend body.txt\n%%include body.txt\n%%end\n' >body.ks
printf '# a comment\necho\n' >body.txt
printf '%%include /run/no-such-part.ks\n%%pre\necho clearpart --all >/run/no-such-part.ks\n%%end\n' >pre.ks
printf '%%ksappend\n' >nothing.ks
printf 'lnag en_US\n' >sub/bad.ks
printf '%%include sub/bad.ks\n' >bad.ks
i=0
while [ $i -lt 40 ]; do
	echo "%include deep$((i + 1)).ks" >deep$i.ks
	i=$((i + 1))
done
printf 'lang en_US\n' >deep40.ks
for i in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	printf '%%include wide%s.ks\n%%include wide%s.ks\n' $((i + 1)) $((i + 1)) >wide$i.ks
done
: >wide21.ks

ok "files beside the one that includes them" run 0 print "$dir/export/top.ks"
ok "all three are in the text" prints "lang es_ES.UTF-8" "keyboard es" "timezone Atlantic/Canary"
run 3 check "$dir/export/bad.ks"
ok "an error names the included file and its line" says "^$dir/export/sub/bad.ks:1: lnag: unknown command"
run 3 check "$dir/export/a.ks"
ok "a loop is told with its chain" says "b.ks:2: %include: .*a.ks includes itself: .*a.ks -> .*b.ks -> .*a.ks\$"
ok "too deep: exit status 3" run 3 check "$dir/export/deep0.ks"
ok "too deep: said as such, once" says 'deep32.ks:1: %include: .*deep33.ks is 33 files deep; at most 32 may'
ok "includes that double at each level come to an end" run 3 check "$dir/export/wide0.ks"
ok "%ksappend goes on with the section" run 0 print "$dir/export/append.ks"
ok "both files' commands and packages are there" prints chrony vim "lang en_US" "keyboard es"
ok "%ksappend in a script" run 0 print "$dir/export/body.ks"
ok "%include drops leading comments, %ksappend doesn't" [ "$(grep -c -e '^# a comment' -e '^echo' "$dir/out")" -eq 3 ]
ok "%ksappend without a name" run 3 check "$dir/export/nothing.ks"
ok "a file that a %pre script writes may be missing" run 0 check "$dir/export/pre.ks"
ok "and is warned of" says 'pre.ks:1: %include: warning: /run/no-such-part.ks is not there yet'

ok "flatten makes one file of them" run 0 flatten --version RHEL9 "$dir/export/top.ks"
printf '#version=RHEL9\nlang es_ES.UTF-8\nkeyboard es\ntimezone Atlantic/Canary\n' >"$dir/want"
ok "in the canonical form" cmp "$dir/want" "$dir/out"
ok "flatten of what is flat" run 0 flatten "$dir/want"
ok "prints the same" cmp "$dir/want" "$dir/out"
cat >"$dir/later.ks" <<'KS'
#version=F45
lang en_US
%include /run/no-such-part.ks

%packages
vim
%include /run/no-such-packages
%end

%pre
echo clearpart --all >/run/no-such-part.ks
echo vim >/run/no-such-packages
touch /run/no-such-script
%end

%post
%include /run/no-such-script
%end
KS
ok "flatten with files that are still to be written" run 0 flatten "$dir/later.ks"
ok "keeps their lines where they are" cmp "$dir/later.ks" "$dir/out"
ok "warns of each" [ "$(grep -c 'warning: /run/no-such-.* is not there yet' "$dir/err")" -eq 3 ]
ok "flatten of a file with errors" run 3 flatten "$dir/export/bad.ks"
ok "prints nothing" [ ! -s "$dir/out" ]

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
	-keyout "$dir/key.pem" -out "$dir/cert.pem" 2>/dev/null
python3 - "$dir" <<'PY' &
import functools, http.server, os, ssl, sys, threading
top = sys.argv[1]
class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass
server, secure = [http.server.HTTPServer(('127.0.0.1', 0), functools.partial(Handler, directory=top + '/export')) for _ in range(2)]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(top + '/cert.pem', top + '/key.pem')
secure.socket = context.wrap_socket(secure.socket, server_side=True)
threading.Thread(target=secure.serve_forever, daemon=True).start()
with open(f'{top}/port.new', 'w') as f:
    f.write(f'{server.server_port} {secure.server_port}')
os.rename(f'{top}/port.new', f'{top}/port')
server.serve_forever()
PY
http=$!
for _ in $(seq 120); do
	[ -s "$dir/port" ] && break
	sleep 0.5
done
read -r port secure <"$dir/port"
url=http://127.0.0.1:$port
echo "%include $url/top.ks" >"$dir/http.ks"
echo "%include http://user:open-sesame@${url#http://}/sub/bad.ks" >"$dir/secret.ks"
echo "%include $url/none.ks" >"$dir/none.ks"
echo "%ksappend $url/sub/more.ks" >"$dir/append.ks"
# shellcheck disable=SC2016
echo '%include http://127.0.0.1:1/${mac}.ks' >"$dir/mac.ks"
echo '%include cdrom:/part.ks' >"$dir/cdrom.ks"

ok "http: a URL in a file" run 0 print "$dir/http.ks"
ok "http: relative names are beside the URL" prints "lang es_ES.UTF-8" "keyboard es" "timezone Atlantic/Canary"
ok "http: the file itself" run 0 check "$url/top.ks?host=1"
ok "http: a loop" run 3 check "$url/a.ks"
ok "http: its chain" says "includes itself: $url/a.ks -> $url/b.ks -> $url/a.ks\$"
ok "http: %ksappend" run 0 print "$dir/append.ks"
ok "http: what it appends" prints "timezone Atlantic/Canary"
ok "http: errors of a URL" run 3 check "$dir/secret.ks"
ok "http: without its password" says "^http://user:\*\*\*@127.0.0.1:[0-9]*/sub/bad.ks:1: lnag"
ok "http: not there" run 5 check "$dir/none.ks"
ok "http: the status is said, at the line that includes it" says "none.ks:1: %include: .*404"
ok "a URL that wants a machine's values" run 3 check "$dir/mac.ks"
ok "the value is named" says "this machine has no value for"
ok "no medium is mounted" run 3 check "$dir/cdrom.ks"
ok "the medium is named" says "cdrom:/part.ks is on a medium"
ok "http: FILE that isn't there: exit status 5" run 5 check "$url/none.ks"

echo "%include https://127.0.0.1:$secure/top.ks" >"$dir/https.ks"
ok "https: a certificate that nobody vouches for" run 5 check "$dir/https.ks"
ok "https: is said" says "https.ks:1: %include: .*certificate"
# In a mount namespace of its own the system trusts it.
trusted() {
	unshare -m sh -c 'mount --bind "$1" /etc/ssl/certs/ca-certificates.crt && exec "$2" ks print "$3"' sh "$dir/cert.pem" "$xenith" \
		"$dir/https.ks" >"$dir/out" 2>"$dir/err"
}
if unshare -m true 2>/dev/null && [ -e /etc/ssl/certs/ca-certificates.crt ]; then
	ok "https: a URL in a file" trusted
	ok "https: relative names are beside the URL" prints "lang es_ES.UTF-8" "keyboard es" "timezone Atlantic/Canary"
else
	echo "ok - https # SKIP needs root and ca-certificates"
fi

if ! can_serve_nfs; then
	echo "ok - nfs # SKIP needs nfs-ganesha and root"
	exit 0
fi
serve_nfs
echo "%include nfs://127.0.0.1/export/top.ks?version=4&nfsport=$nfsport" >"$dir/nfs.ks"
ok "nfs: a URL of a real server" run 0 print "$dir/nfs.ks"
ok "nfs: relative names are beside the URL" prints "lang es_ES.UTF-8" "keyboard es" "timezone Atlantic/Canary"
