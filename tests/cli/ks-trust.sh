#!/bin/sh
# Whom a kickstart file is taken from: signatures by gpg and minisign, servers by their certificates or by a pinned key.
set -u
xenith=$(readlink -f "${O:-build}")/xenith
dir=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null; rm -rf "$dir"' EXIT
export GNUPGHOME="$dir/gpg"
mkdir -m 700 "$GNUPGHOME" "$dir/www"
cp -r tests/facts/two-equal-disks "$dir/facts"
chmod -R u+w "$dir/facts"

x=planned
planned() {
	case $1 in
	iso) "$xenith" "$@" </dev/null ;;
	*) "$xenith" install --facts "$dir/facts" "$@" </dev/null ;;
	esac
}
# shellcheck source=tests/cli/lib/refuse.sh
. tests/cli/lib/refuse.sh

# The plan itself is refused, for a disk that isn't there: the file was read and believed.
cat >"$dir/www/host.ks" <<'K'
url --url=http://mirror.example.org/debian/dists/trixie
lang en_US.UTF-8
timezone --utc Europe/Madrid
rootpw --iscrypted $6$abc$defghijk
network --device=xenbr0 --bridgeslaves=eno1 --bootproto=dhcp --hostname=media
network --device=xenbr1 --bridgeslaves=eno2 --bootproto=none
ignoredisk --only-use=disk/by-id/nonesuch
zerombr
clearpart --all --initlabel
autopart
K
believed="nonesuch: no disk of this machine"
gpg -q --batch --passphrase '' --quick-gen-key ops@example.org ed25519 sign 2>/dev/null
gpg -q --batch --passphrase '' --quick-gen-key eve@example.org ed25519 sign 2>/dev/null
gpg -q --export ops@example.org >"$dir/ops.gpg"
gpg -q --batch -u ops@example.org --detach-sign -o "$dir/www/host.ks.sig" "$dir/www/host.ks"
gpg -q --batch -u eve@example.org --detach-sign -o "$dir/www/eve.sig" "$dir/www/host.ks"
(cat "$dir/www/host.ks"; echo "reboot") >"$dir/www/changed.ks"
cp "$dir/www/host.ks.sig" "$dir/www/changed.ks.sig"
cp "$dir/www/host.ks" "$dir/www/bare.ks"
cp "$dir/www/host.ks" "$dir/www/eve.ks"
mv "$dir/www/eve.sig" "$dir/www/eve.ks.sig"

# Hashed, as minisign signs today, and as it did.
for who in ops eve; do
	minisign -GWf -p "$dir/$who.pub" -s "$dir/$who.key" >/dev/null
done
minisign -S -s "$dir/ops.key" -t "host of May" -m "$dir/www/host.ks" >/dev/null
for name in legacy comment mini-eve garbage; do
	cp "$dir/www/host.ks" "$dir/www/$name.ks"
done
cp "$dir/www/host.ks.minisig" "$dir/www/changed.ks.minisig"
sed 's/host of May/host of June/' "$dir/www/host.ks.minisig" >"$dir/www/comment.ks.minisig"
minisign -S -l -s "$dir/ops.key" -m "$dir/www/legacy.ks" >/dev/null
minisign -S -s "$dir/eve.key" -m "$dir/www/mini-eve.ks" >/dev/null
echo nonsense >"$dir/www/garbage.ks.minisig"
cat "$dir/eve.pub" "$dir/ops.pub" >"$dir/both.pub"

openssl req -x509 -newkey ed25519 -nodes -days 30 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
	-keyout "$dir/key.pem" -out "$dir/cert.pem" 2>/dev/null
openssl req -x509 -newkey ed25519 -nodes -days 30 -subj /CN=other -keyout "$dir/key2.pem" -out "$dir/cert2.pem" 2>/dev/null
pin() {
	openssl x509 -in "$1" -noout -pubkey | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64
}
cat >"$dir/serve.py" <<'P'
import functools, http.server, pathlib, ssl, sys
folder, port_file = sys.argv[1:3]
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder + '/www')
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(folder + '/cert.pem', folder + '/key.pem')
server.socket = context.wrap_socket(server.socket, server_side=True)
pathlib.Path(port_file).write_text(str(server.server_address[1]))
server.serve_forever()
P
python3 "$dir/serve.py" "$dir" "$dir/port" >/dev/null 2>&1 </dev/null &
pid=$!
n=0
until [ -s "$dir/port" ] || [ $n -ge 600 ]; do
	n=$((n + 1))
	sleep 0.1
done
tls=https://127.0.0.1:$(cat "$dir/port")

cmdline() {
	mkdir -p "$dir/facts/proc"
	echo "quiet $*" >"$dir/facts/proc/cmdline"
}
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy

cmdline
refuse 5 "self" "a self-signed server is refused" --ks "$tls/host.ks"
refuse 5 "clock says" "the refusal says what the clock says" --ks "$tls/host.ks"
refuse 5 "XEN-SRC-016: Check this machine's clock" "and what to do" --ks "$tls/host.ks"
cmdline "xenith.pin=sha256//$(pin "$dir/cert.pem")"
refuse 3 "$believed" "a server with the pinned key is believed" --ks "$tls/host.ks"
refuse 3 "$believed" "a good signature" --ks-keyring "$dir/ops.gpg" --ks "$tls/host.ks"
refuse 5 "bad signature" "a changed kickstart file is refused" --ks-keyring "$dir/ops.gpg" --ks "$tls/changed.ks"
refuse 5 "no signature by a key of" "a signature by somebody else is refused" --ks-keyring "$dir/ops.gpg" --ks "$tls/eve.ks"
refuse 5 "XEN-KS-009: Sign the file" "and what to do" --ks-keyring "$dir/ops.gpg" --ks "$tls/changed.ks"
refuse 5 "signed kickstart files only" "a file without a signature is refused" --ks-keyring "$dir/ops.gpg" --ks "$tls/bare.ks"
refuse 3 "$believed" "minisign: a good signature" --ks-keyring "$dir/ops.pub" --ks "$tls/host.ks"
refuse 3 "$believed" "minisign: one of the text, not of its hash" --ks-keyring "$dir/ops.pub" --ks "$tls/legacy.ks"
refuse 3 "$believed" "minisign: by one of several keys" --ks-keyring "$dir/both.pub" --ks "$tls/host.ks"
refuse 5 "bad signature: the file" "minisign: a changed kickstart file is refused" --ks-keyring "$dir/ops.pub" --ks "$tls/changed.ks"
refuse 5 "bad signature: its trusted comment" "minisign: a changed comment is refused" --ks-keyring "$dir/ops.pub" --ks "$tls/comment.ks"
refuse 5 "no signature by a key of" "minisign: a signature by somebody else is refused" --ks-keyring "$dir/ops.pub" --ks "$tls/mini-eve.ks"
refuse 5 "no signature of minisign" "minisign: what is no signature is refused" --ks-keyring "$dir/ops.pub" --ks "$tls/garbage.ks"
refuse 5 "signed kickstart files only" "minisign: a file without a signature is refused" --ks-keyring "$dir/ops.pub" --ks "$tls/bare.ks"
refuse 3 "is no public key" "a secret key does not get into a medium" iso build -o "$dir/x.iso" --kernel-dir "$dir" --ks-keyring "$dir/ops.key"
cmdline "xenith.pin=sha256//$(pin "$dir/cert.pem") ks.sig=$tls/host.ks.minisig"
refuse 3 "$believed" "minisign: ks.sig= says where the signature is" --ks-keyring "$dir/ops.pub" --ks "$tls/bare.ks"
cmdline "xenith.pin=sha256//$(pin "$dir/cert.pem") ks.sig=$tls/host.ks.sig"
refuse 3 "$believed" "ks.sig= says where the signature is" --ks-keyring "$dir/ops.gpg" --ks "$tls/bare.ks"
refuse 4 "no keyring" "a keyring that isn't there is no leave" --ks-keyring "$dir/none.gpg" --ks "$tls/bare.ks"
cmdline "xenith.pin=sha256//$(pin "$dir/cert2.pem")"
refuse 5 "pinned" "a server with another key than the pinned one is refused" --ks "$tls/host.ks"
