"""Machines that start from the network: a namespace of its own, with what xenith pxe build writes and dnsmasq."""
import shutil
import subprocess

from lab import OUT
from medium import MAC, NET_S, NO_PXE, NO_TFTP, Machine, answered, build, embedded, folder_of, kickstart, refused

# The namespace's network; RFC 2544's.
SERVER, RANGE = '198.18.0.1', '198.18.0.100,198.18.0.150'


class Namespace:
    """A network of its own: a bridge, a tap for the machine, dnsmasq with what pxe build wrote, a server of the folder."""

    def __init__(self, name, tree):
        self.name, self.tree, self.children = f'xen-{name}', tree, []
        self.requests = []

    def run(self, *argv):
        subprocess.run(['ip', 'netns', 'exec', self.name, *argv], check=True)

    def start(self, *argv, log):
        self.children.append(subprocess.Popen(['setpriv', '--pdeathsig', 'KILL', '--', 'ip', 'netns', 'exec', self.name, *argv],
                                              stdin=subprocess.DEVNULL, stdout=open(log, 'wb'), stderr=subprocess.STDOUT))

    def __enter__(self):
        subprocess.run(['ip', 'netns', 'del', self.name], check=False, stderr=subprocess.DEVNULL)
        subprocess.run(['ip', 'netns', 'add', self.name], check=True)
        for words in ('link set lo up', 'link add br0 type bridge', f'addr add {SERVER}/24 dev br0', 'link set br0 up',
                      'tuntap add dev tap0 mode tap', 'link set tap0 master br0 up'):
            self.run('ip', *words.split())
        folder = self.tree.parent
        self.start('dnsmasq', '-k', '-C', str(self.tree / 'dnsmasq.conf'), '--user=root', '--log-facility=-', '--leasefile-ro', log=folder / 'dnsmasq.log')
        self.start('python3', '-m', 'http.server', '80', '--bind', SERVER, '--directory', str(self.tree), log=folder / 'http.log')
        return self

    def http_log(self):
        return (self.tree.parent / 'http.log').read_text(errors='replace')

    def __exit__(self, *_):
        for child in self.children:
            child.kill()
            child.wait()
        subprocess.run(['ip', 'netns', 'del', self.name], check=False)


def tree_of(lab, tap, folder):
    """A folder of pxe build for one host, whose kickstart file is in it."""
    tree = folder / 'tree'
    shutil.rmtree(tree, ignore_errors=True)
    table = folder / 'hosts.csv'
    table.write_text(f'mac,name,ks\n{MAC},media.example.org,ks/media.ks\n')
    argv = [OUT / 'xenith', 'pxe', 'build', '--iso', lab.iso, '-o', tree, '--url', f'http://{SERVER}', '--hosts', table,
            '--interface', 'br0', '--dhcp-range', RANGE]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if not tap.ok(done.returncode == 0, 'pxe build: the folder is written', done.stdout):
        return None
    (tree / 'ks').mkdir()
    shutil.copy(kickstart(lab, folder), tree / 'ks/media.ks')
    return tree


TAP = ['-netdev', 'tap,id=n0,ifname=tap0,script=no,downscript=no']
# UEFI's own driver; SeaBIOS has none, and takes the card's ROM.
NET_UEFI = [*TAP, '-device', f'virtio-net-pci,netdev=n0,mac={MAC},bootindex=0,romfile=', '-device', 'virtio-rng-pci']
NET_BIOS = [*TAP, '-device', f'e1000,netdev=n0,mac={MAC},bootindex=0']


def fetched(vm, tap, what, net):
    """The kickstart file is that of the table, and is refused."""
    if answered(vm, tap, what, NET_S):
        refused(vm, tap, what)
        tap.ok('GET /ks/media.ks' in net.http_log(), f"{what}: the kickstart file is the table's", net.http_log()[-2000:])


def over_network(name, firmware, words, what, edit=lambda tree: None, memory_mib=768, come_so_far=fetched):
    def case(lab, tap):
        folder = folder_of(lab, name)
        tree = tree_of(lab, tap, folder)
        if not tree:
            return
        more = edit(lab, tap, tree) if edit.__code__.co_argcount == 3 else []
        with Namespace(name, tree) as net:
            vm = Machine(name, folder, [*words, *(more or [])], firmware, memory_mib=memory_mib,
                         before=('ip', 'netns', 'exec', net.name)).start()
            try:
                come_so_far(vm, tap, what, net)
            finally:
                vm.stop()
    case.__doc__ = what
    return case


def serve_iso(lab, tree, *words):
    """What the firmware fetches is the ISO itself, with these words for xenith iso embed."""
    shutil.copy(embedded(lab, tree.parent, lab.iso, *words), tree / 'xenith.iso')
    conf = tree / 'dnsmasq.conf'
    conf.write_text(conf.read_text().replace('/grubx64.efi\ndhcp-host', '/xenith.iso\ndhcp-host'))
    return NO_TFTP


def http_iso(lab, tap, tree):
    """UEFI HTTP boot of the ISO itself: the firmware fetches it into a RAM disk."""
    return serve_iso(lab, tree, '--ks-url', f'http://{SERVER}/ks/media.ks')


def ram_disk_iso(lab, tap, tree):
    """The kickstart file is to be on the ISO: any text of it will do to see that it was read."""
    return serve_iso(lab, tree, '--append', 'ks=cdrom:/boot/grub/grub.cfg')


def from_ram_disk(vm, tap, what, net):
    said = vm.wait_serial(rb'grub\.cfg:\d+: ', NET_S)
    tap.ok(said, f'{what}: a file of the RAM disk (pmem0) is read as kickstart file, and refused', bytes(vm.output[-3000:]).decode(errors='replace'))


def thin(lab, tap, tree):
    iso = build(lab, tap, lab.folder / 'thin.iso', '--thin', '--url', f'http://{SERVER}')
    if iso:
        tap.ok(iso.stat().st_size <= 2_000_000, 'the thin ISO has at most 2 MB', iso.stat().st_size)
    return ['-drive', f'if=none,id=cd,media=cdrom,readonly=on,file={iso}', '-device', 'qemu-xhci', '-device', 'usb-storage,drive=cd,bootindex=0',
            *NO_PXE]


def no_boot(words):
    return [w.replace(',bootindex=0', '') for w in words]


def case_local(lab, tap):
    """Over the network, BIOS: a host that reported ready starts from its disk."""
    folder = folder_of(lab, 'pxe-local')
    tree = tree_of(lab, tap, folder)
    if not tree:
        return
    # A boot sector that writes one letter to the serial port again and again.
    sector = bytes([0xba, 0xf8, 0x03, 0xb0, 0x4c, 0xee, 0xeb, 0xfb]).ljust(510, b'\0') + b'\x55\xaa'
    disk = folder / 'disk.img'
    disk.write_bytes(sector.ljust(1 << 20, b'\0'))
    subprocess.run([OUT / 'xenith', 'pxe', 'local', tree, 'media'], check=True)
    with Namespace('pxe-local', tree) as net:
        vm = Machine('pxe-local', folder, [*NET_BIOS, '-drive', f'if=none,id=d,format=raw,file={disk}', '-device', 'ide-hd,drive=d,bootindex=1'],
                     before=('ip', 'netns', 'exec', net.name)).start()
        try:
            tap.ok(vm.wait_serial(rb'LLLLLLLL', NET_S), 'ready: the host starts from its disk', bytes(vm.output[-2000:]).decode(errors='replace'))
            tap.ok('GET /vmlinuz' not in net.http_log(), 'ready: no installer is fetched', net.http_log())
        finally:
            vm.stop()


CASES = {
    'pxe-bios': over_network('pxe-bios', 'bios', NET_BIOS, 'PXE, BIOS to iPXE'),
    'pxe-uefi': over_network('pxe-uefi', 'uefi', NET_UEFI, 'PXE, UEFI'),
    'http-uefi': over_network('http-uefi', 'uefi', NET_UEFI, 'UEFI HTTP boot', edit=lambda lab, tap, tree: NO_TFTP),
    'http-iso': over_network('http-iso', 'uefi', NET_UEFI, 'UEFI HTTP boot of the ISO', http_iso, memory_mib=1024),
    'http-pmem': over_network('http-pmem', 'uefi', NET_UEFI, 'UEFI HTTP boot of the ISO, kickstart file on it', ram_disk_iso, memory_mib=1024,
                              come_so_far=from_ram_disk),
    'thin-bios': over_network('thin-bios', 'bios', no_boot(NET_BIOS), 'thin ISO, BIOS', thin),
    'thin-uefi': over_network('thin-uefi', 'uefi', no_boot(NET_UEFI), 'thin ISO, UEFI', thin),
    'pxe-local': case_local,
}
