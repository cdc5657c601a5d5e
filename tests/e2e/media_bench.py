"""The boot medium beside Debian's netboot files of the same release: sizes, what is read of it, time to the first screen."""
import io
import lzma
import re
import shutil
import subprocess
import tarfile
import time
import urllib.request

import media_cases
import qemu
from lab import OUT, SUITE

RELEASE = {'trixie': 13, 'bookworm': 12}[SUITE]
FIRST_S = 900


class Quiet:
    """Takes what the cases say of tests."""

    def ok(self, good, text, detail=''):
        if not good:
            print(f'{text}: failed: {detail}')
        return bool(good)

    def note(self, text):
        pass


def netboot(lab):
    """(kernel, initrd) of Debian's netboot package, in a folder; fetched once."""
    folder = lab.folder / 'netboot'
    kernel, initrd = folder / 'linux', folder / 'initrd.gz'
    if kernel.exists() and initrd.exists():
        return kernel, initrd
    folder.mkdir(exist_ok=True)
    base = f'{lab.mirror.local_url}/debian'
    with urllib.request.urlopen(f'{base}/dists/{SUITE}/main/binary-amd64/Packages.xz') as f:
        index = lzma.decompress(f.read()).decode()
    at = re.search(rf'^Package: debian-installer-{RELEASE}-netboot-amd64\n(?:.+\n)*?Filename: (.+)$', index, re.M)
    deb = folder / 'netboot.deb'
    with urllib.request.urlopen(f'{base}/{at[1]}') as f, open(deb, 'wb') as out:
        shutil.copyfileobj(f, out)
    # The text installer's.
    pack = subprocess.run(['dpkg-deb', '--fsys-tarfile', deb], stdout=subprocess.PIPE, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(pack)) as tar:
        for member in tar:
            if member.isfile() and re.search(r'/text/debian-installer/amd64/(linux|initrd\.gz)$', member.name):
                (folder / member.name.rsplit('/', 1)[1]).write_bytes(tar.extractfile(member).read())
    deb.unlink()
    return kernel, initrd


def first_screen(lab, name, kernel, initrd, args, pattern):
    """(wall, processor) seconds from QEMU's start until the serial line shows pattern; None if it never does."""
    vm = media_cases.Machine(name, media_cases.folder_of(lab, name),
                             ['-kernel', str(kernel), '-initrd', str(initrd), '-append', args, *media_cases.NIC], memory_mib=1024)
    began = time.time()
    vm.start()
    try:
        return (time.time() - began, vm.cpu_seconds()) if vm.wait_serial(pattern, FIRST_S) else None
    finally:
        vm.stop()


def read_of_medium(lab):
    """(operations, bytes) that were read of a CD under UEFI until the installer's message."""
    folder = media_cases.folder_of(lab, 'bench-reads')
    iso = media_cases.embedded(lab, folder, lab.iso)
    vm = media_cases.Machine('bench-reads', folder, media_cases.cd(iso, media_cases.SATA), 'uefi').start()
    try:
        if not vm.wait_serial(media_cases.DETACH, FIRST_S):
            return None
        for drive in vm.qmp('query-blockstats')['return']:
            if drive.get('device') == 'cd':
                return drive['stats']['rd_operations'], drive['stats']['rd_bytes']
    finally:
        vm.stop()


def sizes(lab):
    """The files of both; prints them."""
    whole = lab.iso.stat().st_size
    thin = media_cases.build(lab, Quiet(), lab.folder / 'thin.iso', '--thin', '--url', 'http://192.0.2.9/x')
    full = media_cases.build(lab, Quiet(), lab.folder / 'full.iso', '--secure-boot', '--firmware')
    kernel, initrd = netboot(lab)
    theirs = kernel.stat().st_size + initrd.stat().st_size
    print(f'ISO: {whole / 1e6:.1f} MB; with firmware and signed loaders {full.stat().st_size / 1e6 if full else 0:.1f} MB; thin '
          f'{thin.stat().st_size / 1e6 if thin else 0:.2f} MB')
    print(f"Debian {RELEASE}'s netboot kernel and initrd: {theirs / 1e6:.1f} MB; our ISO is {whole / theirs:.2f} of it")
    return kernel, initrd


def bench_media(lab):
    theirs = sizes(lab)
    tree = lab.folder / 'bench-pxe'
    subprocess.run([OUT / 'xenith', 'pxe', 'build', '--iso', lab.iso, '-o', tree, '--url', 'http://192.0.2.9', '--ks-url', 'http://192.0.2.9/ks'],
                   check=True, stdout=subprocess.DEVNULL)
    console = 'loglevel=4 console=ttyS0,115200'
    a = first_screen(lab, 'bench-xenith', tree / 'vmlinuz', tree / 'initrd', f'{console} xenith.shell', media_cases.DETACH)
    b = first_screen(lab, 'bench-netboot', *theirs, f'{console} vga=off DEBIAN_FRONTEND=text', rb'Select a language|Choose the language')
    for what, i in ('wall', 0), ('processor', 1):
        if a and b:
            print(f'first screen, {what} time: {a[i]:.1f} s, netboot {b[i]:.1f} s, ratio {a[i] / b[i]:.2f}')
    read = read_of_medium(lab)
    if read:
        print(f'read of a CD under UEFI until the installer runs: {read[0]} requests, {read[1] / 1e6:.1f} MB')
