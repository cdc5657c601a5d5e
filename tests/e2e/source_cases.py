"""Installs whose packages come from elsewhere than from a web server: from the medium itself, and from an NFS export."""
import re
import subprocess
import time
from pathlib import Path

import cases
import qemu
from checks import check_installed
from lab import OUT, SUITE, Host
from medium import NET_S, build, folder_of


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
EXPORT {{ Export_Id = 1; Path = {export}; Pseudo = /mirror; Access_Type = RO; Squash = No_Root_Squash; SecType = sys, none; Protocols = 4;
	Transports = TCP; PrivilegedPort = false; FSAL {{ Name = VFS; }} }}
'''


class Ganesha:
    """A server of NFSv4.1 and nothing older, on this machine's loopback."""

    def __init__(self, folder, export):
        self.port, self.log = qemu.free_port(), folder / 'ganesha.log'
        conf, recov = folder / 'ganesha.conf', folder / 'recov'
        recov.mkdir(exist_ok=True)
        self.log.unlink(missing_ok=True)
        conf.write_text(GANESHA.format(port=self.port, folder=folder, export=export))
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


def lab_ks(lab, folder):
    """A kickstart file whose archive is the lab's mirror as this machine reaches it."""
    path = folder / 'mirror.ks'
    path.write_text(lab.kickstart('media', {'MIRROR': lab.mirror.local_url}.items()))
    return path


def case_nfs41(lab, tap):
    """A mirror that is an NFSv4.1 export: the archive's index is read of it and verified, up to a package that it doesn't have."""
    folder = folder_of(lab, 'nfs41')
    # Both are in the mirror's cache then, which is what is exported.
    if subprocess.run([OUT / 'xenith', 'root', 'build', '--dry-run', '--ks', lab_ks(lab, folder), folder / 'none'], stdin=subprocess.DEVNULL,
                      stdout=subprocess.DEVNULL).returncode:
        return tap.ok(False, 'nfs41: the mirror has the archive')
    server = Ganesha(folder, Path(lab.mirror.cache).resolve())

    def edit(text):
        source = f'nfs --server=10.0.2.2 --dir=/mirror/debian/dists/{SUITE} --opts=vers=4.1,port={server.port}'
        return re.sub(r'(?m)^repo .*\n', '', re.sub(r'(?m)^url .*$', source, text)).replace('@xen\n', '@xen\nno-such-package\n')
    host = Host(lab, 'nfs41', edit=edit)
    host.station.kickstart = host.kickstart()
    try:
        host.boot_iso()
        event = host.station.wait_event(cases.failed, cases.ISO_BOOT_S + NET_S, alive=host.vm.alive)
        tap.ok(event and 'no-such-package' in str(event.get('message')), 'nfs41: the index is read and verified, up to a package that is not in it',
               f'{event}\n{host.tail()}')
    finally:
        host.stop()
        server.close()


CASES = {'offline': case_offline, 'nfs41': case_nfs41}
