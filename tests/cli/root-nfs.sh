#!/bin/sh
# `xenith root build` from a mirror that is an NFS export, v3 and v4, of nfs-ganesha: tests/root/nfs.py.
if ! command -v ganesha.nfsd >/dev/null || ! command -v rpcbind >/dev/null || [ "$(id -u)" != 0 ]; then
	echo "ok - nfs # SKIP needs nfs-ganesha, rpcbind and root"
	exit 0
fi
# A network and a /run of its own: NFSv3 is found by rpcbind, of which a machine has one.
exec unshare -n -m python3 tests/root/nfs.py
