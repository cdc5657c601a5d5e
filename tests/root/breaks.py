"""A root build that ends at any step: the disk is full, or it is killed. What it says, what stays, and the next run."""
import os
import signal
import subprocess
import time
from pathlib import Path


def mounts_in(folder):
    """Mount points below it, the last one first."""
    return [line.split()[1] for line in reversed(Path('/proc/self/mounts').read_text().splitlines())
            if line.split()[1].startswith(f'{folder}/')]


def size_of(root):
    return int(subprocess.run(['du', '-s', '--block-size=1', root], capture_output=True, text=True, check=True).stdout.split()[0])


def try_full(build, folder, tap):
    """build(target, *words): a finished process. Full while files come, while scripts run, and at the end."""
    done = build(f'{folder}/whole', '--cache', f'{folder}/cache')
    if not tap.ok(done.returncode == 0, 'full disk: enough room', done.stdout):
        return
    need = size_of(f'{folder}/whole')
    for percent in 3, 40, 70, 90, 97:
        disk = Path(folder, f'disk{percent}')
        disk.mkdir()
        subprocess.run(['mount', '-t', 'tmpfs', '-o', f'size={need * percent // 100}', 'tmpfs', disk], check=True)
        try:
            done = build(disk, '--cache', f'{folder}/cache')
            log = disk / 'var/log/xenith/root-build.log'
            told = 'No space left on device' in done.stdout or log.is_file() and 'No space left on device' in log.read_text(errors='replace')
            tap.ok(done.returncode in (6, 7) and told, f'full disk at {percent} %: status 6 or 7, and it is told',
                   f'{done.returncode}: {done.stdout}')
            tap.ok(not mounts_in(disk), f'full disk at {percent} %: nothing is mounted', str(mounts_in(disk)))
        finally:
            for path in mounts_in(disk):
                subprocess.run(['umount', '-l', path], check=False)
            subprocess.run(['umount', disk], check=True)


def kill_after(argv, seconds):
    """Whether it was still running."""
    child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        child.wait(seconds)
        return False
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        return True


def try_killed(argv, asked, folder, tap):
    """argv(target): the build with a cache that all share; asked(): the paths that the mirror was asked for, so far."""
    began = time.monotonic()
    done = subprocess.run(argv(f'{folder}/first'), capture_output=True, text=True, check=False)
    took = time.monotonic() - began
    if not tap.ok(done.returncode == 0, 'killed: a first run', done.stdout + done.stderr):
        return
    subprocess.run(['rm', '-rf', f'{folder}/cache'], check=True)
    for step in range(8):
        target = f'{folder}/killed{step}'
        running = kill_after(argv(target), took * (step + 1) / 10)
        for path in mounts_in(target):
            subprocess.run(['umount', '-l', path], check=False)
        cache = Path(folder, 'cache')
        there = {p.name for p in cache.iterdir() if p.suffix == '' and len(p.name) == 64} if cache.is_dir() else set()
        wrong = [name for name in there
                 if not subprocess.run(['sha256sum', cache / name], capture_output=True, text=True, check=True).stdout.startswith(name)]
        tap.ok(not wrong, f'killed after {step + 1} tenths ({"running" if running else "ended"}): {len(there)} files are kept, all whole', str(wrong))
    before = len(asked())
    done = subprocess.run(argv(f'{folder}/last'), capture_output=True, text=True, check=False)
    again = [path for path in asked()[before:] if path.endswith('.deb')]
    tap.ok(done.returncode == 0, 'killed: the next run ends well', done.stdout + done.stderr)
    tap.ok(len(again) <= 2, 'killed: and fetches nothing anew that was kept', str(again))
