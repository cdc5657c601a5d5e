"""What is in an initramfs: newc archives (kernel's Documentation/driver-api/early-userspace/buffer-format.rst), packed or not."""
import gzip
import hashlib
import subprocess

MAGIC = b'070701'


def pad(at):
    return (at + 3) & ~3


def entries(path):
    """{name: (mode, owner, group, device, sha256 of the content or link target)}, what comes later wins."""
    data, at, found = path.read_bytes(), 0, {}
    while at < len(data):
        if data[at] == 0:
            at += 1
        elif data[at:at + 6] == MAGIC:
            field = [int(data[at + 6 + 8 * i:at + 14 + 8 * i], 16) for i in range(13)]
            name_at = at + 110
            name = data[name_at:name_at + field[11] - 1].decode()
            body = pad(name_at + field[11])
            content = data[body:body + field[6]]
            at = pad(body + field[6])
            if name != 'TRAILER!!!':
                # Hard links: the content is with the last of them.
                found[name] = (oct(field[1]), field[2], field[3], (field[9], field[10]), hashlib.sha256(content).hexdigest())
        elif data[at:at + 2] == b'\x1f\x8b':
            data, at = gzip.decompress(data[at:]), 0
        elif data[at:at + 4] == b'\x28\xb5\x2f\xfd':
            data, at = subprocess.run(['zstd', '-dcq'], input=data[at:], capture_output=True, check=True).stdout, 0
        else:
            raise ValueError(f'{path}: no archive at byte {at}')
    return found


def differences(ours, theirs):
    """(name, what) of each entry that isn't the same in both."""
    a, b = entries(ours), entries(theirs)
    for name in sorted(a.keys() | b.keys()):
        if a.get(name) != b.get(name):
            yield name, 'only in theirs' if name not in a else 'only in ours' if name not in b else 'differs'
