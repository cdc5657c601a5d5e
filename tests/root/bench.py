#!/usr/bin/env python3
"""The same packages from the same mirror (nginx, loopback) by xenith and by others, in turns; medians of the pairs' ratios.

  O=build tests/root/bench.py [PART...] [ROUNDS]

Parts: solver, packages, floor, debootstrap, image; all if none is named. ROUNDS (or BENCH_RUNS; 1 if not given) pairs each.
Wants root, nginx, mmdebstrap, eatmydata, debootstrap. Each target is a fresh folder on a tmpfs (XENITH_BENCH_DIR: another
place). Wall seconds depend on what else the machine does; processor seconds, and ratios of runs that follow each other,
less so. Each part says what it is to reach; nothing fails for being slower.
"""
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from folder import work_folder

TOP = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / 'tests/e2e'))
from proxy import Mirror  # noqa: E402

OUT = TOP / os.environ.get('O', 'build')
SUITE = 'trixie'
PACKAGES = ['@core', '@xen', 'multipath-tools', 'chrony']
# What scripts made, and would find done the next time.
FROM_SCRIPTS = ('etc/ssh/ssh_host_*', 'boot/initrd.img-*', 'var/lib/systemd/deb-systemd-*', 'usr/lib/modules/*/modules.dep*',
                'usr/lib/python3*/**/__pycache__', 'etc/ssl/certs/*', 'usr/lib/udev/hwdb.bin', 'etc/udev/hwdb.bin')
PARTS = 'solver', 'packages', 'floor', 'debootstrap', 'image'
TOOLS = 'nginx', 'mmdebstrap', 'eatmydata', 'debootstrap', 'zstd', 'curl'


class Took:
    """Wall and processor seconds and the highest memory of one process (MB) of a command that ended well."""

    def __init__(self, argv):
        began = time.monotonic()
        with tempfile.TemporaryFile('w+') as out:
            child = subprocess.Popen([str(word) for word in argv], stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
            try:
                _, status, used = os.wait4(child.pid, 0)
            except BaseException:
                child.kill()
                raise
            child.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            self.output = out.read()
        if child.returncode:
            raise RuntimeError(f'{argv[0]}: exit status {child.returncode}: {self.output[-1500:]}')
        self.wall, self.cpu, self.peak = time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1e3


class Nginx:
    """A folder served on loopback."""

    def __init__(self, folder, work):
        self.port = 20000 + os.getpid() % 20000
        conf = Path(work, 'nginx.conf')
        conf.write_text(f'daemon off; worker_processes 1; pid {work}/nginx.pid; error_log {work}/nginx.err;\n'
                        'events { worker_connections 2048; }\n'
                        'http { access_log off; sendfile on; tcp_nopush on;\n'
                        f'server {{ listen 127.0.0.1:{self.port}; root {folder}; }} }}\n')
        os.chmod(work, 0o755)
        self.child = subprocess.Popen(['nginx', '-e', f'{work}/nginx.err', '-c', conf], stdin=subprocess.DEVNULL)
        self.url = f'http://127.0.0.1:{self.port}'
        for _ in range(100):
            if subprocess.run(['curl', '-s', '-o', '/dev/null', self.url], check=False).returncode == 0:
                break
            time.sleep(0.1)

    def close(self):
        self.child.terminate()
        self.child.wait()


def kickstart(path, url):
    path.write_text('\n'.join([f'url --url={url}/debian/dists/{SUITE}',
                               f'repo --name=security --baseurl={url}/debian-security/dists/{SUITE}-security',
                               '%packages', *PACKAGES, '%end', '']))
    return path


class Bench:
    def __init__(self, work, server):
        self.work, self.url = Path(work), server.url
        self.ks, self.names = kickstart(self.work / 'host.ks', server.url), []
        self.xenith = OUT / 'xenith'

    def folder(self, name):
        path = self.work / name
        shutil.rmtree(path, ignore_errors=True)
        return path

    def packages(self):
        return Took([self.xenith, 'root', 'build', '--timing', '--ks', self.ks, self.folder('ours')])

    def floor(self):
        """The maintainer scripts alone, as dpkg runs them: a copy of the root whose packages are said to be unpacked only."""
        root = self.folder('scripts')
        subprocess.run(['cp', '-a', self.work / 'ours', root], check=True)
        status = root / 'var/lib/dpkg/status'
        text = status.read_text().replace('Status: install ok installed', 'Status: install ok unpacked')
        status.write_text(re.sub(r'^Config-Version:.*\n', '', text, flags=re.M))
        for pattern in FROM_SCRIPTS:
            for path in root.glob(pattern):
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        policy = root / 'usr/sbin/policy-rc.d'
        policy.write_text('#!/bin/sh\nexit 101\n')
        policy.chmod(0o755)
        inside = ('mount -t proc proc "$0/proc" && mount -t devtmpfs dev "$0/dev" && DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 '
                  'exec chroot "$0" dpkg --force-unsafe-io --force-confold --configure -a')
        return Took(['unshare', '--mount', '--propagation', 'private', 'sh', '-c', inside, root])

    def mmdebstrap(self):
        return Took(['eatmydata', 'mmdebstrap', '--quiet', '--variant=custom', '--dpkgopt=force-unsafe-io',
                     f'--include={",".join(self.names)}', SUITE, self.folder('theirs'),
                     f'deb {self.url}/debian {SUITE} main', f'deb {self.url}/debian-security {SUITE}-security main'])

    def debootstrap(self, *words, url=None):
        # It knows one suite: the security suite's kernel is another package there.
        names = [name for name in self.names if not name.startswith('linux-image-6')]
        return Took(['eatmydata', 'debootstrap', *words, '--variant=minbase', f'--include={",".join(names)}',
                     SUITE, self.folder('third'), f'{url or self.url}/debian'])

    def image(self):
        return Took([self.xenith, 'image', 'unpack', '--url', f'{self.url}/dom0.img', '--checksum', self.manifest,
                     self.folder('image')])

    def zstd_floor(self):
        self.folder('floor').mkdir()
        return Took(['sh', '-c', f'curl -s {self.url}/dom0.img | zstd -dcq >{self.work}/floor/bytes'])

    def tar_floor(self):
        self.folder('floor').mkdir()
        return Took(['sh', '-c', f'curl -s {self.url}/dom0.img | zstd -dcq | tar -x --xattrs -C {self.work}/floor'])


def medians(name, pairs, wanted=''):
    """pairs: [(ours, theirs)]"""
    wall = statistics.median(a.wall / b.wall for a, b in pairs)
    cpu = statistics.median(a.cpu / b.cpu for a, b in pairs)
    ours, theirs = pairs[-1]
    print(f'{name}: wall ratio {wall:.2f} ({1 / wall:.1f} times faster), processor ratio {cpu:.2f}{wanted}; last pair: '
          f'{ours.wall:.1f} s, {ours.cpu:.1f} s cpu, {ours.peak:.0f} MB against {theirs.wall:.1f} s, {theirs.cpu:.1f} s cpu, '
          f'{theirs.peak:.0f} MB ({len(pairs)} pairs)', flush=True)


def packages_of(root):
    return subprocess.run(['dpkg-query', f'--admindir={root}/var/lib/dpkg', '-W', '-f', '${Package}\n'], check=True,
                          capture_output=True, text=True).stdout.split()


def bench_solver(b):
    """Indices and closure, cold and from the cache."""
    cold, warm = [], []
    for _ in range(3):
        cache = b.folder('cache')
        for times in cold, warm:
            times.append(Took([b.xenith, 'root', 'build', '--dry-run', '--ks', b.ks, '--cache', cache, b.work / 'none']))
    for name, times, wanted in ('cold', cold, 1), ('from the cache', warm, 0.1):
        best = min(times, key=lambda t: t.wall)
        print(f'solver, {name}: {best.wall:.2f} s wall, {best.cpu:.2f} s cpu, the best of {len(times)} (wanted: {wanted} s)', flush=True)


def bench_packages(b, rounds):
    """Returns the pairs."""
    pairs = []
    for i in range(rounds):
        runs = [b.packages, b.mmdebstrap]
        took = [run() for run in (runs if i % 2 == 0 else runs[::-1])]
        pairs.append(tuple(took if i % 2 == 0 else took[::-1]))
    medians(f'packages route / mmdebstrap ({len(b.names)} packages)', pairs, ' (wanted: 3 times, 0.5, at most 200 MB)')
    done = subprocess.run([TOP / 'tests/root/compare.py', b.work / 'ours', b.work / 'theirs'], capture_output=True, text=True)
    print(f'results compared: {done.stdout.splitlines()[-1] if done.stdout else done.stderr}', flush=True)
    print(pairs[-1][0].output, end='', flush=True)
    return pairs


def bench_floor(b, ours):
    floor = b.floor()
    print(f'floor, the same maintainer scripts alone: {floor.wall:.1f} s wall, {floor.cpu:.1f} s cpu; the packages route takes '
          f'{ours.wall / floor.wall:.2f} and {ours.cpu / floor.cpu:.2f} of that for all', flush=True)


def bench_debootstrap(b, ours, mirror):
    # Older versions than those of the security suite, which the folder that nginx serves doesn't have yet.
    b.debootstrap('--download-only', url=mirror.local_url)
    third = b.debootstrap()
    print(f'packages route / debootstrap: wall ratio {ours.wall / third.wall:.2f} ({third.wall / ours.wall:.1f} times faster; wanted: 6), '
          f'processor ratio {ours.cpu / third.cpu:.2f}; {third.wall:.1f} s, {third.cpu:.1f} s cpu (one run)', flush=True)


def bench_image(b, mirror, rounds, theirs):
    path = Path(mirror, 'dom0.img')
    built = Took([b.xenith, 'image', 'build', '--root', b.work / 'ours', '-o', path])
    b.manifest = next(line.split(':')[1] for line in built.output.splitlines() if line.startswith('manifest sha256:'))
    print(f'image of that root: {path.stat().st_size / 1e6:.0f} MB in {built.wall:.1f} s, {built.cpu:.1f} s cpu', flush=True)
    zstd, tar = [], []
    try:
        for _ in range(rounds):
            ours = b.image()
            zstd.append((ours, b.zstd_floor()))
            tar.append((b.image(), b.tar_floor()))
    finally:
        path.unlink()
    medians('image route / curl | zstd -d', zstd, ' (wanted: 1.3)')
    medians('image route / curl | zstd -d | tar -x', tar)
    if theirs:
        wall = statistics.median(o.wall for o, _ in zstd + tar) / theirs.wall
        cpu = statistics.median(o.cpu for o, _ in zstd + tar) / theirs.cpu
        print(f'image route / mmdebstrap: wall ratio {wall:.3f} ({1 / wall:.0f} times faster; wanted: 25), processor ratio {cpu:.3f} '
              f'({1 / cpu:.0f} times less)', flush=True)


def bench(b, mirror, parts, rounds):
    """mirror: a Mirror, whose folder nginx serves."""
    ours, theirs = None, None
    if 'solver' in parts:
        bench_solver(b)
    if 'packages' in parts:
        ours, theirs = bench_packages(b, rounds)[-1]
    elif parts - {'solver'}:
        ours = b.packages()
    if 'floor' in parts:
        bench_floor(b, ours)
    if 'image' in parts:
        bench_image(b, mirror.cache, rounds, theirs)
    if 'debootstrap' in parts:
        bench_debootstrap(b, ours, mirror)


def main():
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if os.geteuid() or missing:
        print(f'root: skipped (wants root and {" ".join(missing) or "nothing else"})')
        return 0
    rounds, parts = int(os.environ.get('BENCH_RUNS') or 1), set()
    for word in sys.argv[1:]:
        if word.isdigit():
            rounds = int(word)
        elif word in PARTS:
            parts.add(word)
        else:
            print(f'{word}: no part of this; there are {", ".join(PARTS)}')
            return 2
    mirror = Mirror(OUT / 'cache/mirror')
    place = os.environ.get('XENITH_BENCH_DIR') or ('/dev/shm' if os.access('/dev/shm', os.W_OK) else None)
    with work_folder(place=place) as work:
        # The first build fills the mirror's folder.
        warm = Path(work, 'warm')
        Took([OUT / 'xenith', 'root', 'build', '--ks', kickstart(Path(work, 'warm.ks'), mirror.local_url), warm])
        server = Nginx((OUT / 'cache/mirror').resolve(), work)
        try:
            b = Bench(work, server)
            b.names = packages_of(warm)
            shutil.rmtree(warm)
            bench(b, mirror, parts or set(PARTS), rounds)
        finally:
            server.close()
            mirror.close()
    return 0


if __name__ == '__main__':
    # What stops it gets the servers and folders removed, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(main())
