# Servers for tests on loopback; sourced. $dir is the test's folder: it and the servers (their process ids in $http and
# $nfs) are gone when the test ends.
# shellcheck shell=sh disable=SC2034,SC2154
http='' nfs=''
# shellcheck disable=SC2317
clean() {
	[ -n "$http" ] && kill "$http"
	[ -n "$nfs" ] && kill "$nfs" && wait "$nfs"
	rm -rf "$dir"
} 2>/dev/null
trap clean EXIT
trap 'exit 1' INT TERM

can_serve_nfs() {
	command -v ganesha.nfsd >/dev/null && [ "$(id -u)" = 0 ]
}

# Serve $dir/export as nfs://127.0.0.1/export?version=4&nfsport=$nfsport; the log is $dir/log.
serve_nfs() {
	nfsport=$((20000 + $$ % 20000))
	mkdir "$dir/recov"
	cat >"$dir/ganesha.conf" <<CONF
NFS_CORE_PARAM { Bind_addr = 127.0.0.1; NFS_Port = $nfsport; Protocols = 4; Enable_NLM = false; Enable_RQUOTA = false;
	Enable_UDP = False; Plugins_Dir = /usr/lib/x86_64-linux-gnu/ganesha; }
NFSV4 { Graceless = true; Lease_Lifetime = 60; RecoveryBackend = fs; RecoveryRoot = $dir/recov; Minor_Versions = 0,1;
	Delegations = false; Only_Numeric_Owners = true; }
EXPORT { Export_Id = 1; Path = $dir/export; Pseudo = /export; Access_Type = RO; Squash = No_Root_Squash;
	SecType = sys, none; Protocols = 4; Transports = TCP; PrivilegedPort = false; FSAL { Name = VFS; } }
CONF
	ganesha.nfsd -F -f "$dir/ganesha.conf" -p "$dir/pid" -L "$dir/log" >/dev/null 2>&1 &
	nfs=$!
	for _ in $(seq 60); do
		grep -q 'NFS SERVER INITIALIZED' "$dir/log" 2>/dev/null && break
		sleep 0.5
	done
}

# Serve $dir/export as http://127.0.0.1:$httpport/FAULT/...; see faulty.py. The requests are listed in $dir/requests.
serve_faulty() {
	python3 tests/cli/lib/faulty.py "$dir/export" "$dir/port" "$dir/requests" &
	http=$!
	for _ in $(seq 120); do
		[ -s "$dir/port" ] && break
		sleep 0.25
	done
	httpport=$(cat "$dir/port")
}
