#!/usr/bin/env python3
"""What can go wrong between a mirror and a folder: the message, the exit status, and that nothing wrong was unpacked.

  O=build tests/root/faults.py [slow]      TAP; slow: also those that wait for servers that stall

A small archive on a server on loopback (tests/cli/lib/faulty.py), read by `xenith root build --extract`.
"""
import lzma
import os
import random
import shutil
import stat
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import archive
import options

TOP = Path(__file__).resolve().parent.parent.parent
XENITH = TOP / os.environ.get('O', 'build') / 'xenith'
NEVER = ['-linux-image-amd64', '-systemd-sysv', '-udev', '-debian-archive-keyring', '-apt']
FILE, DIRECTORY = {'mode': 0o644}, {'mode': 0o755, 'type': archive.tarfile.DIRTYPE}


class Lab:
    def __init__(self, folder):
        self.folder, self.count = Path(folder), 0
        self.archive = archive.Archive(folder)
        self.requests = self.folder / 'requests'
        self.requests.touch()
        port = self.folder / 'port'
        self.server = subprocess.Popen([sys.executable, TOP / 'tests/cli/lib/faulty.py', folder, port, self.requests],
                                       stdin=subprocess.DEVNULL)
        for _ in range(600):
            if port.exists():
                break
            time.sleep(0.1)
        self.url = f'http://127.0.0.1:{port.read_text()}'

    def close(self):
        self.server.kill()
        self.server.wait()
        self.archive.close()

    def suite(self, fault='ok', suite='test'):
        return f'{self.url}/{fault}/debian/dists/{suite}'

    def command(self, source, packages, *words, target=None, cache=None, lines=()):
        """(argv, folder) of a build; source: a URL of a suite, or a list of them; lines: further ones of the kickstart file."""
        self.count += 1
        target = target or self.folder / f'root{self.count}'
        ks = self.folder / f'{self.count}.ks'
        if isinstance(source, list):
            (self.folder / f'{self.count}.list').write_text('# mirrors\n' + '\n'.join(source) + '\n')
            line = f'url --mirrorlist={self.url}/ok/{self.count}.list'
        else:
            line = f'url --url={source}'
        line = '\n'.join([line, *lines])
        ks.write_text('\n'.join([line, '%packages', *NEVER, *packages, '%end', '']))
        cache = ['--cache', cache] if cache else []
        return [XENITH, 'root', 'build', '--extract', '--keyring', self.archive.keyring, '--ks', ks, *cache, *words, target], target

    def build(self, source, packages, *words, env=None, **options):
        argv, target = self.command(source, packages, *words, **options)
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=300, env=env)
        return done, target

    def wrong(self, target):
        """What below the folder is not a file of the archive's packages."""
        for folder, _, names in os.walk(target):
            for name in names:
                path = Path(folder, name)
                inside = '/' + str(path.relative_to(target))
                if inside.startswith('/var/log/'):
                    continue
                if path.is_symlink() and folder == str(target):
                    continue
                if path.is_symlink() or path.read_bytes() != self.archive.files.get(inside):
                    yield inside


class Tap:
    def __init__(self):
        self.count = 0

    def ok(self, good, text, detail=''):
        self.count += 1
        print(f'{"ok" if good else "not ok"} {self.count} - {text}', flush=True)
        if not good:
            print('\n'.join(f'# {line}' for line in detail.splitlines()[-20:]), flush=True)


def judge(tap, lab, text, built, status, part='', gone=(), there=()):
    done, target = built
    wrong = list(lab.wrong(target))
    missing = [name for name in there if not (target / name).exists()]
    left = [name for name in gone if (target / name).exists()]
    tap.ok(done.returncode == status and part in done.stdout and not wrong and not missing and not left, text,
           f'{done.stdout}\nstatus {done.returncode}, wanted {status}: "{part}"; wrong: {wrong}, missing: {missing}, left: {left}')


def transfers(tap, lab):
    """The archive is right; the way isn't."""
    names, app, big = ['app', 'big'], 'usr/share/app', 'usr/share/big'
    judge(tap, lab, 'as it should be', lab.build(lab.suite(), names), 0, there=(app, big))
    judge(tap, lab, 'a transfer that breaks again and again is taken up', lab.build(lab.suite('cut@big'), names), 0, there=(app, big))
    ranges = [line for line in lab.requests.read_text().splitlines() if 'cut@big' in line and 'bytes=300000-' in line]
    tap.ok(ranges, 'where it broke')
    judge(tap, lab, 'so is an index', lab.build(lab.suite('cut@Packages', 'long'), names), 0, there=(app, big))
    judge(tap, lab, 'a server without ranges', lab.build(lab.suite('cut-once-norange@big'), names), 0, there=(app, big))
    judge(tap, lab, 'a flipped bit', lab.build(lab.suite('flip@big'), names), 5, 'big: wrong hash: found SHA-256', gone=(big,))
    judge(tap, lab, 'a bit that was flipped once', lab.build(lab.suite('flip-once@app'), names), 0, there=(app, big))
    judge(tap, lab, 'a missing package', lab.build(lab.suite('missing@app'), names), 5, 'app_1.deb: HTTP status 404', gone=(app,))
    judge(tap, lab, 'a flipped bit in the index', lab.build(lab.suite('flip@Packages'), names), 5, 'wrong hash: found SHA-256')
    judge(tap, lab, 'a changed release', lab.build(lab.suite('flip@InRelease'), names), 5, 'InRelease: ')
    judge(tap, lab, 'a missing index', lab.build(lab.suite('missing@Packages'), names), 5, 'HTTP status 404')
    judge(tap, lab, 'no such suite', lab.build(lab.suite(suite='none'), names), 5, 'HTTP status 404')
    before = time.monotonic()
    judge(tap, lab, 'a busy server', lab.build(lab.suite('busy-once@app'), names), 0, there=(app, big))
    tap.ok(time.monotonic() - before >= 1, 'is asked again when it says')
    for fault in 'missing', 'flip', 'drop':
        judge(tap, lab, f'the next mirror where the first one fails ({fault})',
              lab.build([lab.suite(f'{fault}@pool'), lab.suite()], names), 0, there=(app, big))
    judge(tap, lab, 'the next mirror for the release', lab.build([lab.suite('missing'), lab.suite()], names), 0, there=(app, big))
    judge(tap, lab, 'the next mirror for the index', lab.build([lab.suite('flip@Packages'), lab.suite()], names), 0, there=(app, big))
    judge(tap, lab, 'no mirror has it', lab.build([lab.suite('missing@app'), lab.suite('flip@app')], names), 5, 'app', gone=(app,))


def replaced(tap, lab):
    """The pool does not fit the index."""
    path = lab.folder / 'debian/pool/app_1.deb'
    good = path.read_bytes()
    evil = archive.ar([('debian-binary', b'2.0\n'), ('control.tar', archive.tar([('./control', FILE, b'Package: app\n')])),
                       ('data.tar', archive.tar([('./usr/share/suid', {'mode': 0o4755}, b'x'), ('./usr/share/way', {
                           'type': archive.tarfile.SYMTYPE, 'linkname': '/tmp'}, b''), ('./usr/share/way/out', FILE, b'x')]))])
    for text, data, part in (('truncated', good[:-200], 'the index says'), ('longer', good + b'x', 'more than the'),
                             ('replaced', evil + b'\n' * (len(good) - len(evil)), 'app: wrong hash')):
        path.write_bytes(data)
        judge(tap, lab, f'a package that was {text} on the mirror', lab.build(lab.suite(), ['app']), 5, part, gone=('usr/share/app',))
        judge(tap, lab, 'and its way to the cache', lab.build(lab.suite(), ['app'], cache=lab.folder / f'cache-{text}'), 5, part)
        kept = [f.name for f in (lab.folder / f'cache-{text}').iterdir() if f.suffix != '.solv' and 'Package: app' not in f.read_text('latin1')]
        tap.ok(not kept, 'keeps nothing there', str(kept))
    path.write_bytes(good)
    # A cache whose file was damaged is passed over.
    cache = lab.folder / 'cache-damaged'
    lab.build(lab.suite(), ['app'], cache=cache)
    (cache / archive.hashlib.sha256(good).hexdigest()).write_bytes(good[:-1] + b'x')
    judge(tap, lab, 'a damaged file in the cache is fetched anew', lab.build(lab.suite(), ['app'], cache=cache), 0, there=('usr/share/app',))
    # A mirror in the middle of an update: the index is newer than the pool.
    lab.archive.add('late')
    lab.archive.publish()
    late = lab.folder / 'debian/pool/late_1.deb'
    late.rename(late.with_suffix('.later'))
    judge(tap, lab, 'an index that is newer than the pool', lab.build(lab.suite(), ['late']), 5, 'late_1.deb: HTTP status 404')
    late.with_suffix('.later').rename(late)


CLOCK = '''
#include <sys/time.h>
#include <time.h>
#define THEN 978350400
time_t time(time_t *t) { if (t) *t = THEN; return THEN; }
'''


def releases(tap, lab):
    for suite, fields, part in (('expired', 'Valid-Until: Sat, 01 Jan 2022 00:00:00 UTC\n', 'expired: valid until'),
                                ('future', 'Date: Fri, 01 Jan 2100 00:00:00 UTC\n', "this machine's clock is wrong")):
        lab.archive.publish(suite, fields)
        judge(tap, lab, f'a release of the {suite} kind', lab.build(lab.suite(suite=suite), ['app']), 5, part)
    lab.archive.publish('dated', f'Date: {time.strftime("%a, %d %b %Y %H:%M:%S UTC", time.gmtime())}\n')
    source, library = lab.folder / 'clock.c', lab.folder / 'clock.so'
    source.write_text(CLOCK)
    subprocess.run(['cc', '-shared', '-fPIC', '-o', library, source], check=True)
    judge(tap, lab, 'a clock in 2001', lab.build(lab.suite(suite='dated'), ['app'], env=dict(os.environ, LD_PRELOAD=str(library))), 5,
          'clock')
    lab.archive.publish('unsigned', sign=False)
    judge(tap, lab, 'an unsigned release', lab.build(lab.suite(suite='unsigned'), ['app']), 5, 'not signed')
    lab.archive.make_key(lab.folder / 'other.gpg', 'other@example.org')
    lab.archive.publish('other', key='other@example.org')
    judge(tap, lab, 'a key that is not in the keyring', lab.build(lab.suite(suite='other'), ['app']), 5, 'no signature by a key of')
    lab.archive.publish('right')
    (lab.folder / 'debian/dists/renamed').symlink_to('right')
    judge(tap, lab, "another suite's release", lab.build(lab.suite(suite='renamed'), ['app']), 5, 'is for the suite "right"')


def evil(tap, lab):
    """Packages that are as the signed index says, and should not be."""
    link, hard = {'type': archive.tarfile.SYMTYPE}, {'type': archive.tarfile.LNKTYPE}
    outside = lab.folder / 'outside'
    outside.mkdir()
    add, suite = lab.archive.add, lab.suite(suite='evil')
    add('dots', [('./../../evil', FILE, b'x')])
    add('dots-link', [('./usr/share/l', dict(hard, linkname='../../../etc/passwd'), b'')])
    add('way', [('./usr/share/way', dict(link, linkname=str(outside)), b''), ('./usr/share/way/out', FILE, b'x')])
    add('device', [('./usr/share/disk', {'type': archive.tarfile.BLKTYPE, 'devmajor': 8, 'devminor': 0, 'mode': 0o666}, b'')])
    add('fifo', [('./usr/share/fifo', {'type': archive.tarfile.FIFOTYPE}, b'')])
    add('hard', [('./usr/share/victim', FILE, b'mine'), ('./usr/share/hard', dict(hard, linkname='./usr/share/victim', mode=0o4777), b'')])
    add('bomb', [('./usr/share/bomb', FILE, bytes(100 << 20))], pack=lambda data: ('data.tar.xz', lzma.compress(data, preset=1)), installed=1)
    add('control-bomb', control=[('./postinst', {'mode': 0o755}, bytes(20 << 20))])
    add('names', control=[(f'./n{i}', FILE, b'') for i in range(1100)])
    add('setuid', [('./usr/bin/setuid', {'mode': 0o4755}, b'x')])
    lab.archive.publish('evil')
    for name, part in (('dots', 'leads out of its folder'), ('dots-link', 'holds a link to'), ('device', 'no file, folder or link'),
                       ('fifo', 'no file, folder or link'), ('bomb', 'more than the'), ('control-bomb', 'control files are larger'),
                       ('names', 'control files')):
        before = time.monotonic()
        judge(tap, lab, f'a package that is a {name}', lab.build(suite, [name]), 5, part)
        if time.monotonic() - before > 60:
            tap.ok(False, 'soon enough')
    tap.ok(not (lab.folder / 'evil').exists(), 'nothing is beside the folder')
    done, target = lab.build(suite, ['way'])
    tap.ok(not list(outside.iterdir()), 'a link leads nowhere else', done.stdout)
    done, target = lab.build(suite, ['hard'])
    victim = target / 'usr/share/victim'
    tap.ok(victim.read_bytes() == b'mine' and stat.S_IMODE(victim.stat().st_mode) == 0o644, "a hard link doesn't change what it is to",
           done.stdout)
    done, target = lab.build(suite, ['setuid'])
    mode = stat.S_IMODE((target / 'usr/bin/setuid').stat().st_mode)
    # What is signed may be setuid; without root there is nobody to be.
    tap.ok(mode == (0o4755 if os.geteuid() == 0 else mode & 0o777), 'setuid is as the package says', oct(mode))


def full(tap, lab):
    """A disk that is full in the middle."""
    for size in '100k', '600k':
        target = lab.folder / f'full-{size}'
        target.mkdir()
        if os.geteuid() or subprocess.run(['mount', '-t', 'tmpfs', '-o', f'size={size}', 'tmpfs', target], check=False).returncode:
            print(f'ok {tap.count + 1} - a full disk # SKIP needs root and mount(2)')
            tap.count += 1
            return
        try:
            done, _ = lab.build(lab.suite(), ['app', 'big'], target=target)
            tap.ok(done.returncode == 7 and 'No space left on device' in done.stdout, f'a disk of {size} that is full', done.stdout)
        finally:
            subprocess.run(['umount', target], check=True)
    cache = lab.folder / 'full-cache'
    cache.mkdir()
    subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=100k', 'tmpfs', cache], check=True)
    try:
        judge(tap, lab, 'a full cache only keeps nothing', lab.build(lab.suite(), ['app', 'big'], cache=cache), 0,
              there=('usr/share/app', 'usr/share/big'))
    finally:
        subprocess.run(['umount', cache], check=True)


def killed(tap, lab):
    """kill -9, then another run: what was verified is not fetched again."""
    names, cache = [f'part{i}' for i in range(6)], lab.folder / 'cache-killed'
    for name in names:
        lab.archive.add(name)
    lab.archive.publish('parts')
    wanted = [archive.hashlib.sha256((lab.folder / f'debian/pool/{name}_1.deb').read_bytes()).hexdigest() for name in names]
    argv, _ = lab.command(lab.suite('slow@part3', 'parts'), names, cache=cache)
    child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    here = []
    for _ in range(600):
        here = [i for i, name in enumerate(wanted) if (cache / name).exists()]
        if len(here) >= 5 or child.poll() is not None:
            break
        time.sleep(0.1)
    child.kill()
    child.wait()
    lab.requests.write_text('')
    built = lab.build(lab.suite('ok', 'parts'), names, cache=cache)
    asked = lab.requests.read_text()
    judge(tap, lab, 'after kill -9 another run ends well', built, 0, there=[f'usr/share/{name}' for name in names])
    tap.ok(len(here) >= 3 and not [i for i in here if f'part{i}_' in asked], f'and fetches none of the {len(here)} again', asked)


def slow(tap, lab):
    names = ['app', 'big']
    for fault in 'stall', 'slow':
        judge(tap, lab, f'the next mirror where the first one is {fault}',
              lab.build([lab.suite(f'{fault}@big'), lab.suite()], names), 0, there=('usr/share/app', 'usr/share/big'))
        judge(tap, lab, f'a deadline ({fault})', lab.build(lab.suite(f'{fault}@big'), names, '--deadline', '8'), 5,
              'big_1.deb: ', gone=('usr/share/big',))
    judge(tap, lab, 'connections that are dropped', lab.build(lab.suite('drop@app'), names), 5, 'app_1.deb: ', gone=('usr/share/app',))


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix='xenith-faults-') as folder:
        os.chmod(folder, 0o755)
        lab = Lab(folder)
        try:
            lab.archive.add('app')
            lab.archive.add('big', [('./usr/share/big', FILE, random.Random(1).randbytes(700000))], installed=700)
            lab.archive.publish()
            index, lab.archive.index = lab.archive.index, lab.archive.index + ''.join(
                f'Package: filler{i}\nVersion: 1\nArchitecture: all\n\n' for i in range(8000))
            lab.archive.publish('long')
            lab.archive.index = index
            for part in (slow,) if 'slow' in sys.argv[1:] else (transfers, replaced, releases, evil, full, killed, options.judge):
                part(tap, lab)
        finally:
            lab.close()
    print(f'1..{tap.count}')
    return 0


if __name__ == '__main__':
    # What stops it gets the servers and folders removed, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(main())
