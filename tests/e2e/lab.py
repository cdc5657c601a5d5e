"""The place where hosts are installed: a mirror, a collector, an ISO and an ssh key; and one Host for each machine."""
import copy
import lzma
import os
import re
import secrets
import shlex
import subprocess
import threading
import time
import urllib.request
from pathlib import Path

import qemu
from collector import Collector
from proxy import Mirror

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
OUT = TOP / os.environ.get('O', 'build')
SUITE = 'trixie'
# init starts over so many seconds after a failure, and takes the kickstart file anew.
RETRY_S = 5
# What an image holds beside the packages of host.ks.in, so that hosts of all cases can be installed from it.
IMAGE_PACKAGES = ['btrfs-progs', 'cryptsetup', 'cryptsetup-initramfs', 'mdadm', 'multipath-tools', 'thin-provisioning-tools']


class Lab:
    def __init__(self, folder=OUT / 'e2e', cache=OUT / 'cache/mirror'):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.mirror, self.collector = Mirror(cache), Collector()
        self.attended_iso = self.folder / 'attended.iso'
        self.iso, self.key = self.folder / 'xenith.iso', self.folder / 'ssh-key'
        # Looked for later in logs and in the disk image.
        self.password = 'canary-' + secrets.token_hex(12)
        self.made, self.lock = {}, threading.Lock()
        # Hosts that an earlier run saved are gone on from; they know its key.
        self.again = bool(os.environ.get('XENITH_E2E_AGAIN')) and self.key.exists()
        if not self.again:
            for old in self.key, self.key.with_suffix('.pub'):
                old.unlink(missing_ok=True)
            subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', self.key], check=True)
        self.public_key = self.key.with_suffix('.pub').read_text().strip()

    def close(self):
        self.mirror.close()
        self.collector.close()

    def build_iso(self, attended=False):
        """(seconds, exit status, output). attended: one that asks for what the other is told by its kernel's command line."""
        began = time.time()
        argv = [OUT / 'xenith', 'iso', 'build', '--mirror', f'{self.mirror.local_url}/debian', '--suite', SUITE]
        argv += ['--append', 'inst.sshd', '-o', self.attended_iso] if attended else [
            '--ks-url', self.collector.ks_url, '--append', f'xenith.retry={RETRY_S} xenith.json', '-o', self.iso]
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return time.time() - began, done.returncode, done.stdout

    def image(self, more=()):
        """The liveimg line of an image with these further packages, which is built when it is first asked for."""
        packages = [*IMAGE_PACKAGES, *more]
        return self.once(('image', *packages), lambda: self.build_image('-'.join(['dom0', *more]), packages))

    def once(self, what, make):
        """What make() gave the first that asked for it; others that ask meanwhile wait."""
        with self.lock:
            lock, made = self.made.setdefault(what, (threading.Lock(), []))
        with lock:
            if not made:
                made.append(make())
            return made[0]

    def build_image(self, name, packages):
        ks, image = self.folder / f'{name}.ks', self.folder / f'{name}.img'
        text = self.kickstart('image', {'MIRROR': self.mirror.local_url})
        ks.write_text(text.replace('@xen\n', '\n'.join(['@xen', *packages, ''])))
        done = subprocess.run([OUT / 'xenith', 'image', 'build', '--ks', ks, '-o', image], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        checksum = re.search(r'^manifest (sha256:\w+)$', done.stdout, re.M)
        if done.returncode or not checksum:
            raise RuntimeError(f'the image is not built: {done.returncode}\n{done.stdout}')
        self.mirror.files[f'/{name}.img'] = image
        return f'liveimg --url={self.mirror.url}/{name}.img --checksum={checksum[1]}\n'

    def installer(self):
        """Serve Debian's own netboot installer where the mirror leaves it out: the same files, of the package that carries them."""
        images = f'/debian/dists/{SUITE}/main/installer-amd64/current/images/netboot/debian-installer/amd64'
        if self.mirror.get(f'{images}/initrd.gz').wait_head() == 200:
            return
        with urllib.request.urlopen(f'{self.mirror.local_url}/debian/dists/{SUITE}/main/binary-amd64/Packages.xz') as f:
            index = lzma.decompress(f.read()).decode()
        path = re.search(r'^Package: debian-installer-\d+-netboot-amd64\n(?:.+\n)*?Filename: (.+)$', index, re.M)[1]
        package, folder = self.folder / 'installer.deb', self.folder / 'installer'
        urllib.request.urlretrieve(f'{self.mirror.local_url}/debian/{path}', package)
        subprocess.run(['dpkg-deb', '-x', package, folder], check=True)
        for name in 'linux', 'initrd.gz':
            self.mirror.files[f'{images}/{name}'] = next(folder.glob(f'usr/lib/debian-installer/images/*/amd64/text/debian-installer/amd64/{name}'))

    def kickstart(self, name, values=(), edit=lambda text: text, liveimg=None):
        """liveimg: the line of an image that the host is installed from, instead of package by package."""
        archive = '@MIRROR@/debian/dists/@SUITE@'
        words = {'SOURCE': f'{liveimg}repo --name=main --baseurl={archive}' if liveimg else f'url --url={archive}',
                 'MIRROR': self.mirror.url, 'SUITE': SUITE, 'PASSWORD': self.password, 'SSHKEY': self.public_key,
                 'NAME': name, 'DISK': 'disk/by-id/virtio-XENITH-SYS', 'EVENTS': f'{self.collector.url}/events/{name}'}
        text = (HERE / 'host.ks.in').read_text()
        for word, value in {**words, **dict(values)}.items():
            text = text.replace(f'@{word}@', value)
        return edit(text)


class Host:
    """A machine of the lab from its empty disks on. disks: {serial number: (image, GiB)}. by_image: it is installed from
    an image, which holds IMAGE_PACKAGES and those named here; None: package by package. saved: by an earlier run, whose disks it has."""

    def __init__(self, lab, name, uefi=False, on_event=None, more_disks=(), edit=lambda text: text, no_disk=False, by_image=None, saved=False):
        self.lab, self.name, self.uefi, self.edit = lab, name, uefi, edit
        self.serial = name
        self.liveimg = None if by_image is None else lab.image(by_image)
        self.sector = 512  # bytes, of its disks
        self.cpus = 2  # of the installed host
        self.more_args = lambda: ()  # further words for QEMU
        self.incoming = ()  # where a copy goes on
        self.folder = lab.folder / name
        self.folder.mkdir(exist_ok=True)
        (self.folder / 'efi-vars.fd').unlink(missing_ok=True)
        if not saved:
            self.memory.unlink(missing_ok=True)
        self.station = lab.collector.station(name, on_event)
        self.events_file = self.folder / 'events'
        self.disks, self.vm = [], None
        for i, (serial, gib) in enumerate([*([] if no_disk else [('XENITH-SYS', 8)]), *more_disks]):
            image = self.folder / f'disk{i}.img'
            if not saved:
                # Old contents: an ext4 file system, and something at the end.
                qemu.make_disk(image, gib, [((gib << 30) - 4096, b'old contents')])
                subprocess.run(['mke2fs', '-q', '-F', '-t', 'ext4', '-L', 'old', image], check=True)
            self.disks.append((image, serial))
        self.image = self.disks[0][0] if self.disks else None

    def kickstart(self):
        return self.lab.kickstart(self.name, edit=self.edit, liveimg=self.liveimg)

    def start(self, cdrom, log, only=None, **options):
        """only: the index of the one disk that is left in the machine."""
        self.vm = qemu.VM(self.serial, self.folder, self.disks if only is None else [self.disks[only]], cdrom=cdrom, uefi=self.uefi, log=log, sector=self.sector,
                          on_line=self.station.console_line, more_args=(*self.more_args(), *self.incoming), **options)
        return self.vm.start()

    def boot_iso(self, **options):
        return self.start(self.lab.iso, 'install.log', **options)

    def boot_disk(self, log='boot.log', only=None):
        return self.start(None, log, only, memory_mib=3072, cpus=self.cpus)

    def boot_to_report(self, seconds, name='boot', only=None, say=print):
        """Boot the installed disk (or the one that is left): the event by which its first boot reported, or None. A kernel that fell over
        the emulation is booted again once, and say told."""
        for attempt in 1, 2:
            start = len(self.station.events)
            self.boot_disk(f'{name}{attempt}.log', only)
            event = self.station.wait_event(first_boot, seconds, start, lambda: self.vm.alive() and not self.vm.fallen())
            if event or attempt == 2 or not self.vm.fallen():
                return event
            say(f'{self.name}: the kernel fell over the emulation (int3 or a soft lockup); booting again')
            self.vm.stop()

    @property
    def memory(self):
        return self.folder / 'memory'

    def save(self):
        """Keep the running machine as it stands, memory and disks, for copies that go on from there; it ends."""
        self.vm.save(self.memory)

    def copy(self, name):
        """The saved machine under another name, running: in seconds, where a boot takes minutes."""
        ret = copy.copy(self)
        ret.name, ret.folder = name, self.lab.folder / name
        ret.folder.mkdir(exist_ok=True)
        ret.station, ret.events_file = self.lab.collector.station(name), ret.folder / 'events'
        ret.disks = [(qemu.copy_disk(image, ret.folder / image.name), serial) for image, serial in self.disks]
        ret.image = ret.disks[0][0]
        ret.incoming = '-incoming', f'exec:cat {shlex.quote(str(self.memory))}'
        ret.boot_disk()
        return ret

    def sums(self):
        return [qemu.disk_sha256(image) for image, _ in self.disks]

    def ssh(self, command, seconds=180):
        return self.vm.ssh(self.lab.key, command, seconds)

    def tail(self, lines=40):
        """The last lines of the serial console, for a failure's detail."""
        if not self.vm:
            return ''
        return '\n'.join(bytes(self.vm.output[-8000:]).decode(errors='replace').splitlines()[-lines:])

    def stop(self):
        if self.vm:
            self.vm.stop()
        with open(self.events_file, 'w') as f:
            for e in self.station.events:
                f.write(f'{sorted(e["via"])} ' + ' '.join(f'{k}={v}' for k, v in e.items() if k not in ('via', 'at')) + '\n')


def failed(event):
    return event['state'] == 'failed'


def first_boot(event):
    """The end of the first boot's checks."""
    return event['step'] == 'firstboot' and event['state'] in ('ready', 'degraded')
