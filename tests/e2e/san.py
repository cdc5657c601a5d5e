"""A SAN for a virtual machine: LUNs that are seen through two HBAs, and two ports of the storage behind each."""
import qemu

HBAS, PORTS = 2, 2


class Lun:
    """An image as a LUN. wwn: 16 hex digits; multipath puts a 3 in front of them."""

    def __init__(self, folder, wwn, gib, content=None):
        self.wwn, self.image = wwn, folder / f'lun-{wwn}.img'
        qemu.make_disk(self.image, gib)
        if content:
            content(self.image)

    @property
    def wwid(self):
        return '3' + self.wwn


class San:
    """LUNs of a machine. missing: paths (hba, port) that aren't there at the start. boots: the firmware tries the first LUN."""

    def __init__(self, luns, boots=False):
        self.luns, self.boots, self.missing = luns, boots, set()

    def path_id(self, n, hba, port):
        return f'lun{n}h{hba}p{port}'

    def device(self, n, hba, port):
        return {'driver': 'scsi-hd', 'id': self.path_id(n, hba, port), 'bus': f'fc{hba}.0', 'channel': 0, 'scsi-id': port,
                'lun': n, 'drive': f'san{n}', 'share-rw': True, 'serial': f'02006420{n:x}', 'vendor': 'IBM',
                'product': '2145', 'wwn': int(self.luns[n].wwn, 16)}

    def paths(self, n):
        return [(n, h, p) for h in range(HBAS) for p in range(PORTS)]

    def args(self):
        a = []
        for h in range(HBAS):
            a += ['-device', f'virtio-scsi-pci,id=fc{h},addr={12 + h}']
        for n, lun in enumerate(self.luns):
            a += ['-blockdev', f'driver=file,filename={lun.image},node-name=san{n}f,cache.no-flush=on',
                  '-blockdev', f'driver=raw,file=san{n}f,node-name=san{n},discard=unmap']
            for path in self.paths(n):
                if path not in self.missing:
                    words = {k: 'on' if v is True else v for k, v in self.device(*path).items()}
                    words['wwn'] = f'0x{lun.wwn}'
                    if self.boots and n == 0:
                        words['bootindex'] = 1 + path[1] * PORTS + path[2]
                    a += ['-device', ','.join([words.pop('driver'), *(f'{k}={v}' for k, v in words.items())])]
        return a

    def pull(self, vm, *paths):
        """Unplug paths from a running machine."""
        return [vm.qmp('device_del', id=self.path_id(*p)) for p in paths]

    def plug(self, vm, *paths):
        return [vm.qmp('device_add', **self.device(*p)) for p in paths]

    def sums(self):
        return [qemu.disk_sha256(lun.image) for lun in self.luns]
