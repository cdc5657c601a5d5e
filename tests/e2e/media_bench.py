"""The boot medium beside Debian's netboot files of the same release: sizes, what is read of it, time to the first screen."""
import io
import lzma
import re
import shutil
import subprocess
import tarfile
import time
import urllib.request

import medium
import qemu
from lab import OUT, SUITE

RELEASE = {'trixie': 13, 'bookworm': 12}[SUITE]
FIRST_S = 900
SMALL_MIB = 256
PAIRS = 3
CONSOLE = 'loglevel=4 console=ttyS0,115200'
FIRST_QUESTION = rb"Which keyboard has the installed host's console"


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


def first_screen(lab, name, kernel, initrd, args, pattern, memory_mib=1024):
    """(wall, processor) seconds from QEMU's start until the serial line shows pattern; None if it never does."""
    # A disk: ours refuses to ask where there is nothing to install on.
    disk = lab.folder / 'bench-disk.img'
    qemu.make_disk(disk, 8)
    vm = medium.Machine(name, medium.folder_of(lab, name),
                        ['-kernel', str(kernel), '-initrd', str(initrd), '-append', args, *medium.NIC,
                         '-drive', f'if=none,id=d0,format=raw,file={disk}', '-device', 'virtio-blk-pci,drive=d0,serial=XENITH-SYS'],
                        memory_mib=memory_mib)
    began = time.time()
    vm.start()
    try:
        return (time.time() - began, vm.cpu_seconds()) if vm.wait_serial(pattern, FIRST_S) else None
    finally:
        vm.stop()


def read_of_medium(lab):
    """(operations, bytes) that were read of a CD under UEFI until the installer's message."""
    folder = medium.folder_of(lab, 'bench-reads')
    iso = medium.embedded(lab, folder, lab.iso)
    vm = medium.Machine('bench-reads', folder, medium.cd(iso, medium.SATA), 'uefi').start()
    try:
        if not vm.wait_serial(medium.DETACH, FIRST_S):
            return None
        for drive in vm.qmp('query-blockstats')['return']:
            if drive.get('device') == 'cd':
                return drive['stats']['rd_operations'], drive['stats']['rd_bytes']
    finally:
        vm.stop()


def sizes(lab):
    """The files of both; prints them."""
    whole = lab.iso.stat().st_size
    thin = medium.build(lab, Quiet(), lab.folder / 'thin.iso', '--thin', '--url', 'http://192.0.2.9/x')
    full = medium.build(lab, Quiet(), lab.folder / 'full.iso', '--firmware')
    signed = medium.build(lab, Quiet(), lab.folder / 'full-signed.iso', '--secure-boot', '--firmware')
    kernel, initrd = netboot(lab)
    theirs = kernel.stat().st_size + initrd.stat().st_size
    sizes = [f'{iso.stat().st_size / 1e6:.2f} MB' if iso else 'not built' for iso in (full, signed, thin)]
    print(f'ISO: {whole / 1e6:.2f} MB; with all firmware {sizes[0]}; with firmware and signed for Secure Boot {sizes[1]}; thin {sizes[2]}')
    print(f"Debian {RELEASE}'s netboot kernel and initrd: {theirs / 1e6:.1f} MB; our ISO is {whole / theirs:.2f} of it")
    return kernel, initrd


def own_words(tree):
    """The words that our medium gives its kernel, without those of one host; the serial line alone."""
    line = re.search(r'^kernel (.+)$', (tree / 'boot.ipxe').read_text(), re.M)[1]
    words = [w for w in line.split()[1:] if not re.match(r'initrd=|ks=|BOOTIF=|xenith\.(json|retry)|console=', w)]
    return ' '.join([*words, CONSOLE])


def bench_media(lab):
    theirs = sizes(lab)
    tree = lab.folder / 'bench-pxe'
    subprocess.run([OUT / 'xenith', 'pxe', 'build', '--iso', lab.iso, '-o', tree, '--url', 'http://192.0.2.9', '--ks-url', 'http://192.0.2.9/ks'],
                   check=True, stdout=subprocess.DEVNULL)
    ours = (tree / 'vmlinuz', tree / 'initrd', own_words(tree), FIRST_QUESTION)
    both = [(first_screen(lab, 'bench-xenith', *ours),
             first_screen(lab, 'bench-netboot', *theirs, f'{CONSOLE} DEBIAN_FRONTEND=text', rb'Select a language|Choose the language')) for _ in range(PAIRS)]
    for what, i in ('wall', 0), ('processor', 1):
        pairs = sorted((a[i] / b[i], a[i], b[i]) for a, b in both if a and b)
        if pairs:
            ratio, a, b = pairs[len(pairs) // 2]
            print(f'first screen, {what} time: {a:.1f} s, netboot {b:.1f} s, ratio {ratio:.2f} (the middle one of {len(pairs)} pairs: '
                  f'{" ".join(f"{p[0]:.2f}" for p in pairs)})')
    small = first_screen(lab, 'bench-small', *ours, SMALL_MIB)
    print(f'first question in {SMALL_MIB} MB of RAM: ' + (f'{small[0]:.1f} s' if small else 'never'))
    read = read_of_medium(lab)
    if read:
        print(f'read of a CD under UEFI until the installer runs: {read[0]} requests, {read[1] / 1e6:.1f} MB')
