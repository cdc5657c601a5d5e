"""Take a file out of an ISO by its path (ECMA-119): for booting an ISO's kernel with other words."""
import struct

SECTOR = 2048


def entries(f, extent, size):
    f.seek(extent * SECTOR)
    data = f.read(size)
    at = 0
    while at < len(data):
        if not data[at]:
            at = (at // SECTOR + 1) * SECTOR
            continue
        name = data[at + 33:at + 33 + data[at + 32]].decode('latin-1').split(';')[0].rstrip('.').lower()
        yield name, struct.unpack_from('<I', data, at + 2)[0], struct.unpack_from('<I', data, at + 10)[0]
        at += data[at]


def read(iso, path):
    with open(iso, 'rb') as f:
        f.seek(16 * SECTOR)
        root = f.read(SECTOR)[156:190]
        extent, size = struct.unpack_from('<I', root, 2)[0], struct.unpack_from('<I', root, 10)[0]
        for part in path.strip('/').split('/'):
            extent, size = next((e, s) for n, e, s in entries(f, extent, size) if n == part)
        f.seek(extent * SECTOR)
        return f.read(size)
