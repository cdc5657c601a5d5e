"""A disk as an earlier install left it: its mark, its volume group, a guest's volume and the guest's configuration.

Made without device-mapper: LVM's metadata is restored from text, and file systems are made in the image.
"""
import hashlib
import json
import os
import subprocess
import tempfile
from pathlib import Path

MIB = 1 << 20
PV_MIB, PV_SIZE_MIB, EXTENT_MIB = 1538, 6653, 4
# Name, first extent, extents.
VOLUMES = [('root', 0, 768), ('swap', 768, 64), ('vm1', 832, 128)]
ID = '00112233445566778899aabbccddeeff'
LETTERS = '23456789abcdefghjkmnpqrstvwxyz'
CONFIG = ('devices{use_devicesfile=0 obtain_device_list_from_udev=0 external_device_info_source="none" hints="none"} '
          'backup{backup=0 archive=0} activation{udev_sync=0 udev_rules=0}')
GUEST = 'name = "vm1"\ndisk = [ "phy:/dev/vg0/vm1,xvda,w" ]\n'


def run(*argv, **options):
    return subprocess.run(argv, check=True, stdin=subprocess.DEVNULL if 'input' not in options else None,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options).stdout


def token():
    """facts/mark.c: twelve letters by hash."""
    digest = hashlib.sha256(f'xenith reinstall {ID}'.encode()).digest()
    text = ''.join(LETTERS[b % len(LETTERS)] for b in digest[:12])
    return '-'.join(text[i:i + 4] for i in (0, 4, 8))


def table(image):
    """The partition table as sfdisk has it: start, size, type, name and UUID of each partition."""
    return json.loads(run('sfdisk', '--json', image))['partitiontable']


def metadata():
    uuid = '{}-0000-0000-0000-0000-0000-00000{}'.format
    volumes = ''.join(f'''{name} {{
id = "{uuid("LVlvlv", n)}" status = ["READ", "WRITE", "VISIBLE"] flags = [] segment_count = 1
segment1 {{ start_extent = 0 extent_count = {count} type = "striped" stripe_count = 1 stripes = [ "pv0", {start} ] }}
}}
''' for n, (name, start, count) in enumerate(VOLUMES))
    return uuid('PVpvpv', 1), f'''contents = "Text Format Volume Group"
version = 1
vg0 {{
id = "{uuid("VGvgvg", 1)}" seqno = 5 format = "lvm2" status = ["RESIZEABLE", "READ", "WRITE"] flags = []
extent_size = {EXTENT_MIB * 2048} max_lv = 0 max_pv = 0 metadata_copies = 0
physical_volumes {{
pv0 {{ id = "{uuid("PVpvpv", 1)}" device = "/dev/x" status = ["ALLOCATABLE"] flags = []
dev_size = {PV_SIZE_MIB * 2048} pe_start = 2048 pe_count = {(PV_SIZE_MIB - 1) // EXTENT_MIB} }}
}}
logical_volumes {{
{volumes}}}
}}
'''


def make_group(image):
    pv_uuid, text = metadata()
    loop = run('losetup', '-f', '--show', '-o', str(PV_MIB * MIB), '--sizelimit', str(PV_SIZE_MIB * MIB), image).strip()
    try:
        with tempfile.NamedTemporaryFile('w', suffix='.vg') as f:
            f.write(text)
            f.flush()
            common = '--yes', '--config', CONFIG, '--devices', loop
            run('lvm', 'pvcreate', *common, '--norestorefile', '--uuid', pv_uuid, loop)
            run('lvm', 'vgcfgrestore', *common, '-f', f.name, 'vg0')
    finally:
        run('losetup', '-d', loop)


class OldHost:
    def __init__(self, image):
        self.image, self.token = Path(image), token()
        size = os.path.getsize(image)
        with open(image, 'r+b') as f:
            f.truncate(0)
            f.truncate(size)
        run('sfdisk', '-q', image, input=f'''label: gpt
start=1MiB, size=1MiB, name=biosboot, type=21686148-6449-6E6F-744E-656564454649
start=2MiB, size=512MiB, name=boot/efi, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B
start=514MiB, size=1024MiB, name=boot, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4
start={PV_MIB}MiB, size={PV_SIZE_MIB}MiB, name=pv.1, type=E6D6D379-F507-44C2-A23C-238F2A3DF928
''')
        run('mke2fs', '-q', '-F', '-t', 'ext4', '-M', '/boot', '-E', f'offset={514 * MIB}', image, '1024M')
        make_group(image)
        with tempfile.TemporaryDirectory() as root:
            auto = Path(root, 'etc/xen/auto')
            auto.mkdir(parents=True)
            Path(root, 'etc/xen/vm1.cfg').write_text(GUEST)
            (auto / 'vm1.cfg').symlink_to('../vm1.cfg')
            run('mke2fs', '-q', '-F', '-t', 'ext4', '-M', '/', '-d', root, '-E', f'offset={self.start("root")}', image,
                '3072M')
        with open(image, 'r+b') as f:
            f.seek(self.start('vm1'))
            for _ in range(128):
                f.write(os.urandom(4 * MIB))
        self.mark()
        self.table = table(image)
        self.guest = self.guest_sha256()

    def start(self, volume):
        first = next(start for name, start, _ in VOLUMES if name == volume)
        return (PV_MIB + 1 + first * EXTENT_MIB) * MIB

    def guest_sha256(self):
        digest = hashlib.sha256()
        with open(self.image, 'rb') as f:
            f.seek(self.start('vm1'))
            for _ in range(128):
                digest.update(f.read(4 * MIB))
        return digest.hexdigest()

    def mark(self):
        """facts/mark.h: text in the 4096 bytes below 1 MiB."""
        uuid = table(self.image)['id'].lower()
        text = f'XENITH HOST 1\nid={ID}\nhost=xen-old\ninstalled=2026-01-01T00:00:00Z\ntable={uuid}\n'
        text += f'sha256={hashlib.sha256(text.encode()).hexdigest()}\n'
        with open(self.image, 'r+b') as f:
            f.seek(MIB - 4096)
            f.write(text.encode())
