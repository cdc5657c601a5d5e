"""A folder for roots. A build that was killed may leave /proc and /dev mounted in it: removing would go on in there."""
import contextlib
import shutil
import tempfile
from pathlib import Path


def mounted(folder):
    return f' {folder}/' in Path('/proc/self/mounts').read_text()


@contextlib.contextmanager
def work_folder(prefix='xenith-', place=None):
    """Removed at the end, unless something is mounted there."""
    work = tempfile.mkdtemp(prefix=prefix, dir=place)
    Path(work).chmod(0o755)
    try:
        yield work
    finally:
        if mounted(work):
            print(f'{work} stays: something is mounted there; unmount it first', flush=True)
        else:
            shutil.rmtree(work)
