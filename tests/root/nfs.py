#!/usr/bin/env python3
"""Packages from a mirror that is an NFS export: `xenith root build --extract`, with nfs-ganesha as the server.

  O=build unshare -n -m tests/root/nfs.py      TAP; in a network and a mount namespace of its own
"""
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import archive
from faults import FILE, NEVER, XENITH, Tap, judge

SERVER = '198.18.1.1'
CONF = '''NFS_CORE_PARAM {{ Protocols = 3,4; MNT_Port = 20048; Enable_NLM = false; Enable_RQUOTA = false; Enable_UDP = False;
	Plugins_Dir = /usr/lib/x86_64-linux-gnu/ganesha; }}
NFSV4 {{ Graceless = true; Lease_Lifetime = 60; RecoveryBackend = fs; RecoveryRoot = {folder}/recov; Minor_Versions = 0,1;
	Delegations = false; Only_Numeric_Owners = true; }}
EXPORT {{ Export_Id = 1; Path = {folder}/export; Pseudo = /mirror; Access_Type = RO; Squash = No_Root_Squash;
	SecType = sys, none; Protocols = 3,4; Transports = TCP; PrivilegedPort = false; FSAL {{ Name = VFS; }} }}
'''


class Server:
    def __init__(self, folder):
        self.folder, self.count = Path(folder), 0
        for words in ('mount --make-rprivate /', 'mount -t tmpfs tmpfs /run', 'ip link set lo up', 'ip link add br0 type bridge',
                      f'ip addr add {SERVER}/24 dev br0', 'ip link set br0 up'):
            subprocess.run(words.split(), check=True)
        (self.folder / 'recov').mkdir()
        self.archive = archive.Archive(self.folder / 'export')
        self.conf, self.log = self.folder / 'ganesha.conf', self.folder / 'ganesha.log'
        self.conf.write_text(CONF.format(folder=folder))
        self.children = [subprocess.Popen(['setpriv', '--pdeathsig', 'KILL', '--', *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                          stderr=subprocess.DEVNULL)
                         for words in (['rpcbind', '-f', '-w'], ['sh', '-c', 'sleep 1; exec "$@"', '-', 'ganesha.nfsd', '-F', '-f', self.conf,
                                                                 '-p', self.folder / 'pid', '-L', self.log])]
        for _ in range(600):
            if self.log.exists() and 'NFS SERVER INITIALIZED' in self.log.read_text(errors='replace'):
                break
            time.sleep(0.1)

    def close(self):
        for child in reversed(self.children):
            child.kill()
            child.wait()
        self.archive.close()

    def build(self, line, packages=('app', 'big')):
        self.count += 1
        ks, target = self.folder / f'{self.count}.ks', self.folder / f'root{self.count}'
        ks.write_text('\n'.join([line, '%packages', *NEVER, *packages, '%end', '']))
        argv = [XENITH, 'root', 'build', '--extract', '--keyring', self.archive.keyring, '--ks', ks, target]
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
        return done, target

    def wrong(self, target):
        for path in Path(target).rglob('*'):
            inside = '/' + str(path.relative_to(target))
            if path.is_file() and not path.is_symlink() and not inside.startswith('/var/log/') and path.read_bytes() != self.archive.files.get(inside):
                yield inside


def cases(tap, server, export):
    app, big = there = 'usr/share/app', 'usr/share/big'
    judge(tap, server, 'NFSv4', server.build(f'url --url=nfs://{SERVER}/mirror/debian/dists/test?version=4'), 0, there=there)
    judge(tap, server, 'NFSv3, by the port mapper', server.build(f'url --url=nfs://{SERVER}{export}/debian/dists/test'), 0, there=there)
    judge(tap, server, 'NFSv3, by ports', server.build(
        f'url --url=nfs:version=3,nfsport=2049,mountport=20048:{SERVER}:{export}/debian/dists/test'), 0, there=there)
    judge(tap, server, 'the command nfs, with words for mount', server.build(
        f'nfs --server={SERVER} --dir=/mirror/debian/dists/test --opts=ro,nfsvers=4.1,hard'), 0, there=there)
    judge(tap, server, 'a suite that is not there', server.build(f'url --url=nfs://{SERVER}/mirror/debian/dists/none?version=4'), 5, 'dists/none/InRelease')
    judge(tap, server, 'a folder that is not exported', server.build(f'url --url=nfs://{SERVER}/elsewhere/debian/dists/test?version=4'), 5, 'elsewhere')
    judge(tap, server, 'a server that is not there', server.build('url --url=nfs:version=4,nfsport=1:127.0.0.1:/mirror/debian/dists/test'), 5, '127.0.0.1')
    judge(tap, server, 'a URL that is none', server.build('url --url=nfs:/mirror/debian/dists/test'), 3, 'nfs:[OPTIONS:]SERVER:/PATH')
    pool = server.folder / 'export/debian/pool'
    good = (pool / 'big_1.deb').read_bytes()
    (pool / 'big_1.deb').write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    judge(tap, server, 'a flipped bit', server.build(f'url --url=nfs://{SERVER}/mirror/debian/dists/test?version=4'), 5, 'big: wrong hash', gone=(big,))
    (pool / 'big_1.deb').write_bytes(good[:-1000])
    judge(tap, server, 'a package that was cut', server.build(f'url --url=nfs://{SERVER}/mirror/debian/dists/test?version=4'), 5, 'the index says', gone=(big,))
    (pool / 'big_1.deb').unlink()
    judge(tap, server, 'a package that is missing', server.build(f'url --url=nfs://{SERVER}/mirror/debian/dists/test?version=4'), 5, 'big_1.deb', gone=(big,))


def main():
    folder = tempfile.mkdtemp(prefix='xenith-nfs-')
    (Path(folder) / 'export').mkdir(mode=0o755)
    Path(folder).chmod(0o755)
    server, tap = Server(folder), Tap()
    try:
        server.archive.add('app', [('./usr/share/app', FILE, b'app\n')])
        # More than a stream holds before it pauses.
        server.archive.add('big', [('./usr/share/big', FILE, bytes(range(256)) * 40000)])
        server.archive.publish()
        cases(tap, server, f'{folder}/export')
    finally:
        server.close()
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == '__main__':
    sys.exit(main())
