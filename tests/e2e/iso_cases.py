"""Images as they are built: what is in them, how large they are, and whether they are the same again."""
import hashlib
import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

from lab import OUT, SUITE
from medium import IDE, Machine, answered, build, cd, embedded, folder_of, refused
from netboot_cases import SERVER


def unpack(archive, folder):
    """A newc cpio archive (linux: Documentation/driver-api/early-userspace/buffer-format.rst): files, folders and links."""
    at = 0
    while True:
        head = [int(archive[at + 6 + 8 * i:at + 14 + 8 * i], 16) for i in range(13)]
        mode, size, name_size = head[1], head[6], head[11]
        name = archive[at + 110:at + 110 + name_size - 1].decode()
        start = (at + 110 + name_size + 3) & ~3
        if name == 'TRAILER!!!':
            return
        data, path = archive[start:start + size], folder / name
        at = (start + size + 3) & ~3
        if mode & 0o170000 == 0o040000:
            path.mkdir(exist_ok=True)
        elif mode & 0o170000 == 0o120000:
            path.symlink_to(data.decode())
        else:
            path.write_bytes(data)
            path.chmod(mode & 0o777)


def initramfs(iso, folder):
    """The folder with what is in that of an ISO."""
    tree, root = folder / 'tree', folder / 'root'
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    subprocess.run([OUT / 'xenith', 'pxe', 'build', '--iso', iso, '-o', tree, '--url', f'http://{SERVER}', '--ks-url', 'http://192.0.2.9/ks'],
                   check=True, stdout=subprocess.DEVNULL)
    # One archive of zstd or xz, behind it a stored one, of what is compressed already.
    unpack(subprocess.run(['zstd', '-dc', tree / 'initrd'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout, root)
    whole = (tree / 'initrd').read_bytes()
    unpack(whole[next(m.start() for m in re.finditer(b'07070100', whole) if m.start() % 4 == 0):], root)
    return root


def case_starts(lab, tap):
    """Every program of the initramfs finds its libraries, and in those all that it is linked to (no QEMU)."""
    folder = folder_of(lab, 'starts')
    root = initramfs(lab.iso, folder)
    programs, wrong = 0, []
    for path in sorted(p for d in ('usr/bin', 'usr/sbin', 'usr/lib/udev') for p in (root / d).iterdir()):
        if not path.is_file() or path.is_symlink() or path.read_bytes()[:4] != b'\x7fELF':
            continue
        programs += 1
        # As ldd -r does: the loader binds everything, and ends before main.
        done = subprocess.run(['/lib64/ld-linux-x86-64.so.2', '/' + str(path.relative_to(root))], preexec_fn=lambda: os.chroot(root),
                              env={'LD_BIND_NOW': '1', 'LD_WARN': '1', 'LD_TRACE_LOADED_OBJECTS': '1'}, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode or re.search('not found|undefined symbol|no version information|cannot', done.stdout):
            wrong.append(f'{path.name}: {done.stdout}')
    tap.ok(programs > 20 and not wrong, f'the {programs} programs of the initramfs find all that they are linked to', '\n'.join(wrong))


def case_firmware(lab, tap):
    """The image with all firmware has at most 40 MB; what is in it is printed and stored; modules and firmware stay compressed (no QEMU)."""
    folder = folder_of(lab, 'firmware')
    iso = build(lab, tap, folder / 'firmware.iso', '--firmware')
    if not iso:
        return
    size = iso.stat().st_size
    tap.note(f'ISO with firmware: {size / 1e6:.1f} MB')
    tap.ok(size <= 40_000_000, 'the ISO with all firmware has at most 40 MB', size)
    root, printed = initramfs(iso, folder), iso.with_suffix('.out').read_text()
    stored = (root / 'etc/xenith/versions').read_text()
    names = {line.split()[0] for line in stored.splitlines()}
    tap.ok(stored and stored in printed, 'what is in it, and of which version, is printed as it is stored', f'{printed}\n---\n{stored}')
    tap.ok({'lvm2', 'libc6', 'firmware-bnx2x'} < names and any(n.startswith('linux-image-') for n in names),
           'programs, libraries, firmware and kernel are in the list', stored)
    modules = [p for p in (root / 'usr/lib/modules').rglob('*.ko*') if p.is_file()]
    firmware = [p for p in (root / 'usr/lib/firmware').rglob('*') if p.is_file() and not p.is_symlink()]
    loose = [str(p) for p in modules + firmware if p.suffix != '.xz']
    tap.ok(len(modules) > 200 and len(firmware) > 50 and not loose, f'{len(modules)} modules and {len(firmware)} files of firmware, all .xz', loose)


SAME = {'ordinary': [], 'signed': ['--level', '3', '--secure-boot'], 'thin': ['--thin', '--url', f'http://{SERVER}']}


def case_same(lab, tap):
    """The same inputs in other folders give the same bytes: ordinary, signed and thin ISO (no QEMU)."""
    folders = [lab.folder / 'same-a', lab.folder / 'same-b/deeper']
    epoch = os.environ | {'SOURCE_DATE_EPOCH': '1700000000'}
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    for kind, words in SAME.items():
        def one(folder):
            argv = [OUT / 'xenith', 'iso', 'build', '--mirror', f'{lab.mirror.local_url}/debian', '--suite', SUITE, '-o', f'{kind}.iso', *words]
            done = subprocess.run(argv, cwd=folder, env=epoch, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            return hashlib.sha256((folder / f'{kind}.iso').read_bytes()).hexdigest() if done.returncode == 0 else done.stdout
        with ThreadPoolExecutor(len(folders)) as pool:
            sums = list(pool.map(one, folders))
        tap.ok(len(sums[0]) == 64 and sums[0] == sums[1], f'built twice in different folders: the same sha256 of the {kind} ISO', sums)
    for folder in folders:
        shutil.rmtree(folder)


def case_bookworm(lab, tap):
    """An image with the kernel of Debian 12, in a machine with BIOS."""
    folder = folder_of(lab, 'bookworm')
    iso = build(lab, tap, folder / 'bookworm.iso', '--level', '3', suite='bookworm')
    if not iso:
        return
    versions = iso.with_suffix('.out').read_text()
    tap.ok(re.search(r'^linux-image-6\.1\.\S* ', versions, re.M), 'bookworm: it has the kernel of Debian 12', versions)
    vm = Machine('bookworm', folder, cd(embedded(lab, folder, iso), IDE)).start()
    try:
        if answered(vm, tap, 'bookworm'):
            refused(vm, tap, 'bookworm')
    finally:
        vm.stop()


CASES = {'starts': case_starts, 'firmware': case_firmware, 'same': case_same, 'bookworm': case_bookworm}
