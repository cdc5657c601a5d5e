"""Installs whose packages come from elsewhere than from a web server: from the medium itself, and from an NFS export."""
import re
import subprocess
import time
from pathlib import Path

import cases
import qemu
from checks import check_installed, run
from lab import SUITE, Host
from medium import build, embedded, folder_of


def offline_iso(lab, tap, host, *words):
    """An image that carries the packages of the host's kickstart file, and the file, which says cdrom."""
    folder = folder_of(lab, host.name)
    ks = folder / 'host.ks'
    ks.write_text(re.sub(r'(?m)^url .*$', 'cdrom', host.kickstart()))
    # The archives as the host will reach them, which this machine does through a proxy only.
    return build(lab, tap, folder / 'offline.iso', '--mirror', f'{lab.mirror.url}/debian', '--proxy', lab.mirror.local_url,
                 '--offline', ks, '--ks', ks, '--append', 'xenith.json', '--level', '3', *words)


def case_offline(lab, tap):
    """An install from an offline image in 384 MB of RAM with the cables out; the image is taken out when that is said."""
    host = Host(lab, 'offline')
    iso = offline_iso(lab, tap, host)
    if not iso:
        return
    try:
        host.start(iso, 'install.log', memory_mib=384)
        for port in 'n0', 'n1':
            host.vm.qmp('set_link', name=port, up=False)
        tap.ok(host.vm.wait_serial(rb'this medium carries the packages', cases.ISO_BOOT_S), 'offline: init says that the medium is needed')
        done = host.vm.wait_serial(rb'the medium may be detached', cases.INSTALL_S)
        tap.ok(b'swapping to compressed memory' in host.vm.output, 'offline: little memory is made more by compressing it')
        if tap.ok(done, 'offline: the packages are unpacked without a network', host.tail()):
            host.vm.qmp('eject', device='cd', force=True)
            ended = host.vm.wait_exit(cases.INSTALL_S)
            if tap.ok(ended, 'offline: installed and rebooted', host.tail()):
                host.stop()
                if cases.boot(host, tap) or host.vm.alive():
                    check_installed(host, tap)
    finally:
        host.stop()


GANESHA = '''NFS_CORE_PARAM {{ Bind_addr = 127.0.0.1; NFS_Port = {port}; Protocols = 4; Enable_NLM = false; Enable_RQUOTA = false; Enable_UDP = false;
	Plugins_Dir = /usr/lib/x86_64-linux-gnu/ganesha; }}
NFSV4 {{ Graceless = true; Lease_Lifetime = 60; RecoveryBackend = fs; RecoveryRoot = {folder}/recov; Minor_Versions = 1; Delegations = false;
	Only_Numeric_Owners = true; }}
'''
EXPORT = '''EXPORT {{ Export_Id = {number}; Path = {path}; Pseudo = {pseudo}; Access_Type = RO; Squash = No_Root_Squash; SecType = sys, none; Protocols = 4;
	Transports = TCP; PrivilegedPort = false; FSAL {{ Name = VFS; }} }}
'''


class Ganesha:
    """A server of NFSv4.1 and nothing older, on this machine's loopback. exports: {pseudo path: folder}."""

    def __init__(self, folder, exports):
        self.port, self.log = qemu.free_port(), folder / 'ganesha.log'
        conf, recov = folder / 'ganesha.conf', folder / 'recov'
        recov.mkdir(exist_ok=True)
        self.log.unlink(missing_ok=True)
        conf.write_text(GANESHA.format(port=self.port, folder=folder) +
                        ''.join(EXPORT.format(number=i + 1, pseudo=p, path=path) for i, (p, path) in enumerate(exports.items())))
        self.process = subprocess.Popen(['setpriv', '--pdeathsig', 'KILL', '--', 'ganesha.nfsd', '-F', '-f', conf, '-p', folder / 'pid', '-L', self.log],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.time() + 120
        while time.time() < until and 'NFS SERVER INITIALIZED' not in self.text():
            time.sleep(0.2)

    def text(self):
        return self.log.read_text(errors='replace') if self.log.exists() else ''

    def close(self):
        self.process.kill()
        self.process.wait()


def apt_is_off(host, tap):
    """apt reads no export: its entries are there, and off."""
    run(host, tap, "apt's two entries for the export are off", 'apt-get -q update && cat /etc/apt/sources.list.d/*.sources',
        lambda o: len(re.findall(r'^Enabled: no\nTypes: deb\nURIs: nfs:', o, re.M)) == 2 and not re.search(r'^(Err|W|E):', o, re.M), 900)


def case_nfs41(lab, tap):
    """An install in 384 MB of RAM from a server of NFSv4.1 only: kickstart file and packages; its version is found, or said."""
    folder = folder_of(lab, 'nfs41')
    exported = folder / 'export'
    exported.mkdir(exist_ok=True)
    # All packages are in the mirror's cache then, which is what is exported.
    lab.image()
    server = Ganesha(folder, {'/mirror': Path(lab.mirror.cache).resolve(), '/ks': exported.resolve()})

    def edit(text):
        main = f'nfs --server=10.0.2.2 --dir=/mirror/debian/dists/{SUITE} --opts=port={server.port}'
        security = f'repo --name=security --baseurl=nfs:vers=4.1,port={server.port}:10.0.2.2:/mirror/debian-security/dists/{SUITE}-security'
        return re.sub(r'(?m)^repo .*$', security, re.sub(r'(?m)^url .*$', main, text))
    host = Host(lab, 'nfs41', edit=edit)
    (exported / 'host.ks').write_text(host.kickstart())
    iso = embedded(lab, folder, lab.iso, '--ks-url', f'nfs:port={server.port}:10.0.2.2:/ks/host.ks')
    asked, began = len(lab.mirror.requests), time.time()
    try:
        host.start(iso, 'install.log', memory_mib=384)
        tap.ok(host.vm.wait_serial(rb'"message":"reading nfs:', cases.ISO_BOOT_S), 'nfs41: the kickstart file is read', host.tail())
        event = host.station.wait_event(lambda e: cases.failed(e) or (e['step'], e['state']) == ('unpack', 'done'), cases.INSTALL_S, alive=host.vm.alive)
        if not tap.ok(event and not cases.failed(event), 'nfs41: packages are fetched, verified and unpacked', f'{event}\n{host.tail()}'):
            return
        tap.note(f'nfs41: {time.time() - began:.0f} s to there')
        tap.ok(not lab.mirror.requests[asked:], 'nfs41: nothing came over HTTP', lab.mirror.requests[asked:])
        tap.ok(b'swapping to compressed memory' in host.vm.output, 'nfs41: little memory is made more by compressing it')
        if tap.ok(host.vm.wait_exit(cases.INSTALL_S), 'nfs41: installed and rebooted', host.tail()):
            tap.note(f'nfs41: installed in {time.time() - began:.0f} s')
            host.stop()
            if cases.boot(host, tap) or host.vm.alive():
                check_installed(host, tap, apt_is_off)
    finally:
        host.stop()
        server.close()


CASES = {'offline': case_offline, 'nfs41': case_nfs41}
