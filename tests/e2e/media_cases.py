"""The boot medium in every machine it is meant for, up to the installer's first answer: a refusal, since the kickstart
file wants a NIC that isn't there. Nothing is installed.

The file is put into a copy of the ISO by xenith iso embed; over the network it is fetched.
"""
import hashlib
import json
import lzma
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import cases
import qemu
from checks import check_installed
from lab import OUT, SUITE, Host

OVMF = qemu.OVMF
# Emulated, on a machine that has other things to do.
BOOT_S, NET_S = 600, 900
DETACH = rb'the medium may be detached'
REFUSED = rb'52:54:00:12:34:11: this machine has no such NIC'
# What Linux says where interrupts of the emulated timer come late: a loaded machine, no fault of the medium.
LATE_TIMER = rb"IO-APIC \+ timer doesn't work"
MAC = qemu.MACS[0]
# The namespace's network; RFC 2544's.
SERVER, RANGE = '198.18.0.1', '198.18.0.100,198.18.0.150'


class Machine(qemu.VM):
    """more: QEMU's words for the medium; firmware: bios, uefi or secure."""

    def __init__(self, name, folder, more, firmware='bios', memory_mib=512, before=()):
        super().__init__(name, folder, [], memory_mib=memory_mib)
        self.more, self.firmware, self.before = more, firmware, before

    def firmware_args(self):
        if self.firmware == 'bios':
            return []
        secure = self.firmware == 'secure'
        variables = self.folder / 'efi-vars.fd'
        shutil.copy(OVMF / ('OVMF_VARS_4M.ms.fd' if secure else 'OVMF_VARS_4M.fd'), variables)
        code = OVMF / ('OVMF_CODE_4M.secboot.fd' if secure else 'OVMF_CODE_4M.fd')
        return [*(['-global', 'driver=cfi.pflash01,property=secure,value=on'] if secure else []),
                '-drive', f'if=pflash,format=raw,unit=0,readonly=on,file={code}',
                '-drive', f'if=pflash,format=raw,unit=1,file={variables}']

    def args(self):
        machine = {'bios': 'pc', 'uefi': 'q35', 'secure': 'q35,smm=on'}[self.firmware]
        return [*self.before, 'qemu-system-x86_64', '-accel', 'tcg,thread=single', '-machine', machine, '-cpu', self.cpu,
                '-m', str(self.memory_mib), '-smbios', f'type=1,serial={self.name}', '-nodefaults', '-vga', 'none', '-display', 'none',
                '-no-reboot', '-chardev', f'socket,id=ser,path={self.sockets}/serial,server=on,wait=off,logfile={self.log}',
                '-serial', 'chardev:ser', '-qmp', f'unix:{self.sockets}/qmp,server=on,wait=off', *self.firmware_args(), *self.more]


# No time for network boot where there is none.
NO_TFTP = ['-fw_cfg', 'name=opt/org.tianocore/IPv4PXESupport,string=n']
NO_PXE = [*NO_TFTP, '-fw_cfg', 'name=opt/org.tianocore/IPv6PXESupport,string=n']
NIC = ['-netdev', 'user,id=n0,restrict=on', '-device', f'virtio-net-pci,netdev=n0,mac={MAC},romfile=']


def cd(iso, device, more=''):
    return ['-drive', f'if=none,id=cd,media=cdrom,readonly=on,file={iso}{more}', *device, *NIC, *NO_PXE]


def stick(iso):
    return ['-drive', f'if=none,id=cd,format=raw,readonly=on,file={iso}', '-device', 'qemu-xhci',
            '-device', 'usb-storage,drive=cd,bootindex=0,removable=on', *NIC, *NO_PXE]


IDE = ['-device', 'ide-cd,id=cd0,drive=cd,bus=ide.1,bootindex=0']
SATA = ['-device', 'ide-cd,id=cd0,drive=cd,bus=ide.2,bootindex=0']
USB = ['-device', 'qemu-xhci', '-device', 'usb-storage,id=cd0,drive=cd,bootindex=0']
THROTTLE = ',throttling.bps-total=2097152'
MATRIX = {
    'bios-ide': ('bios', lambda iso: cd(iso, IDE), 'BIOS, IDE CD'),
    'bios-usb-cd': ('bios', lambda iso: cd(iso, USB), 'BIOS, USB CD'),
    'bios-stick': ('bios', stick, 'BIOS, USB stick'),
    'uefi-sata': ('uefi', lambda iso: cd(iso, SATA), 'UEFI, SATA CD'),
    'uefi-usb-cd': ('uefi', lambda iso: cd(iso, USB), "UEFI, USB CD (a BMC's virtual media)"),
    'uefi-stick': ('uefi', stick, 'UEFI, USB stick'),
    'uefi-slow': ('uefi', lambda iso: cd(iso, USB, THROTTLE), 'UEFI, USB CD at 2 MB/s'),
    'secure-usb-cd': ('secure', lambda iso: cd(iso, USB), 'Secure Boot, USB CD'),
}


def folder_of(lab, name):
    folder = lab.folder / f'media-{name}'
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def kickstart(lab, folder):
    path = folder / 'host.ks'
    path.write_text(lab.kickstart('media', {'EVENTS': ''}.items(), edit=lambda text: re.sub(r'(?m)^report .*\n', '', text)))
    return path


def embedded(lab, folder, iso, *words):
    """A copy of the ISO for one host."""
    copy = folder / 'host.iso'
    copy.unlink(missing_ok=True)
    subprocess.run([OUT / 'xenith', 'iso', 'embed', *(words or ('--ks', kickstart(lab, folder))), '-o', copy, iso], check=True)
    return copy


def answered(vm, tap, what, seconds=BOOT_S):
    """It came as far as the refusal. True if so."""
    began = time.time()
    said = vm.wait_serial(DETACH + b'|' + LATE_TIMER, seconds)
    if said and b'IO-APIC' in said[0]:
        tap.note(f'{what}: the emulator was too slow for the kernel\'s test of the timer; started again')
        vm.stop()
        vm.output.clear()
        began = time.time()
        said = vm.start().wait_serial(DETACH, seconds)
    first = time.time() - began
    tail = bytes(vm.output[-3000:]).decode(errors='replace')
    if not tap.ok(said, f'{what}: the installer starts, and says that the medium may be detached', tail):
        return False
    tap.note(f'{what}: {first:.0f} s')
    return True


def refused(vm, tap, what, seconds=BOOT_S):
    return tap.ok(vm.wait_serial(REFUSED, seconds), f'{what}: the kickstart file is read and answered', bytes(vm.output[-3000:]).decode(errors='replace'))


def boots(name):
    firmware, words, what = MATRIX[name]

    def case(lab, tap):
        folder = folder_of(lab, name)
        iso = signed_iso(lab, tap) if firmware == 'secure' else lab.iso
        if not iso:
            return
        vm = Machine(name, folder, words(embedded(lab, folder, iso)), firmware).start()
        try:
            if answered(vm, tap, what):
                refused(vm, tap, what)
        finally:
            vm.stop()
    case.__doc__ = what
    return case


def build(lab, tap, output, *words):
    mirror = [] if '--mirror' in words else ['--mirror', f'{lab.mirror.local_url}/debian']
    argv = [OUT / 'xenith', 'iso', 'build', *mirror, '--suite', SUITE, '-o', output, *words]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return output if tap.ok(done.returncode == 0, f'{output.name} is built', done.stdout) else None


def signed_iso(lab, tap):
    return build(lab, tap, lab.folder / 'signed.iso', '--secure-boot', '--level', '3')


def case_firmware(lab, tap):
    """The image with all firmware has at most 40 MB (no QEMU)."""
    iso = build(lab, tap, lab.folder / 'firmware.iso', '--firmware')
    if iso:
        size = iso.stat().st_size
        tap.note(f'ISO with firmware: {size / 1e6:.1f} MB')
        tap.ok(size <= 40_000_000, 'the ISO with all firmware has at most 40 MB', size)


def case_eject(lab, tap):
    """UEFI, SATA CD that is taken out right after the message; 256 MB of RAM."""
    folder = folder_of(lab, 'eject')
    vm = Machine('eject', folder, cd(embedded(lab, folder, lab.iso), SATA), 'uefi', memory_mib=256).start()
    try:
        if answered(vm, tap, 'ejected, 256 MB of RAM'):
            gone = vm.qmp('blockdev-open-tray', id='cd0', force=True)
            gone = vm.qmp('blockdev-remove-medium', id='cd0') if 'error' not in gone else gone
            tap.ok('error' not in gone, 'ejected: the medium is out', json.dumps(gone))
            refused(vm, tap, 'ejected, 256 MB of RAM')
    finally:
        vm.stop()


def case_second(lab, tap):
    """A second medium labelled OEMDRV with the kickstart file; no ks= anywhere."""
    folder = folder_of(lab, 'second')
    image, plain = folder / 'oemdrv.img', folder / 'plain.iso'
    if not build(lab, tap, plain, '--level', '3'):
        return
    image.unlink(missing_ok=True)
    subprocess.run(['mkfs.fat', '-C', '-n', 'OEMDRV', image, '1440'], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(['mcopy', '-i', image, kickstart(lab, folder), '::/ks.cfg'], check=True)
    vm = Machine('second', folder, [*cd(plain, IDE), '-drive', f'if=none,id=oem,format=raw,readonly=on,file={image}',
                                    '-device', 'qemu-xhci', '-device', 'usb-storage,drive=oem,removable=on']).start()
    try:
        tap.ok(vm.wait_serial(rb'kickstart file from the medium OEMDRV', BOOT_S), 'second medium: found by its label')
        refused(vm, tap, 'second medium')
    finally:
        vm.stop()


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


def over_network(name, firmware, words, what, edit=lambda tree: None, memory_mib=768):
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
                if answered(vm, tap, what, NET_S):
                    refused(vm, tap, what)
                    tap.ok('GET /ks/media.ks' in net.http_log(), f"{what}: the kickstart file is the table's", net.http_log()[-2000:])
            finally:
                vm.stop()
    case.__doc__ = what
    return case


def http_iso(lab, tap, tree):
    """UEFI HTTP boot of the ISO itself: the firmware fetches it into a RAM disk."""
    copy = embedded(lab, tree.parent, lab.iso, '--ks-url', f'http://{SERVER}/ks/media.ks')
    shutil.copy(copy, tree / 'xenith.iso')
    conf = tree / 'dnsmasq.conf'
    conf.write_text(conf.read_text().replace('/grubx64.efi\ndhcp-host', '/xenith.iso\ndhcp-host'))
    return NO_TFTP


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


def case_same(lab, tap):
    """The same inputs in other folders give the same bytes: whole and thin ISO."""
    sums = []
    epoch = os.environ | {'SOURCE_DATE_EPOCH': '1700000000'}
    for name in 'same-a', 'same-b/deeper':
        folder = lab.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        sums.append([])
        for kind, words in ('whole', ['--level', '3', '--secure-boot']), ('thin', ['--thin', '--url', f'http://{SERVER}']):
            output = folder / f'{kind}.iso'
            argv = [OUT / 'xenith', 'iso', 'build', '--mirror', f'{lab.mirror.local_url}/debian', '--suite', SUITE, '-o', output.name, *words]
            done = subprocess.run(argv, cwd=folder, env=epoch, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            tap.ok(done.returncode == 0, f'{name}: the {kind} ISO is built', done.stdout)
            sums[-1].append(hashlib.sha256(output.read_bytes()).hexdigest())
        shutil.rmtree(folder)
    tap.ok(sums[0] == sums[1], 'built twice in different folders: the same sha256, whole and thin', sums)


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


def case_starts(lab, tap):
    """Every program of the initramfs finds its libraries, and in those all that it is linked to (no QEMU)."""
    folder = folder_of(lab, 'starts')
    tree, root = folder / 'tree', folder / 'root'
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    subprocess.run([OUT / 'xenith', 'pxe', 'build', '--iso', lab.iso, '-o', tree, '--url', f'http://{SERVER}', '--ks-url', 'http://192.0.2.9/ks'],
                   check=True, stdout=subprocess.DEVNULL)
    unpack(lzma.decompress((tree / 'initrd').read_bytes()), root)
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


def offline_iso(lab, tap, host, *words):
    """An image that carries the packages of the host's kickstart file, and the file, which says cdrom."""
    folder = folder_of(lab, host.name)
    ks = folder / 'host.ks'
    ks.write_text(re.sub(r'(?m)^url .*$', 'cdrom', host.kickstart()))
    # The archives as the host will reach them, which this machine does through a proxy only.
    return build(lab, tap, folder / 'offline.iso', '--mirror', f'{lab.mirror.url}/debian', '--proxy', lab.mirror.local_url,
                 '--offline', ks, '--ks', ks, '--append', 'xenith.json', '--level', '3', *words)


def case_offline(lab, tap):
    """An install from an offline image in 384 MB of RAM with the cables out; the image is taken out when that is said."""
    host = Host(lab, 'offline')
    iso = offline_iso(lab, tap, host)
    if not iso:
        return
    try:
        host.start(iso, 'install.log', memory_mib=384)
        for port in 'n0', 'n1':
            host.vm.qmp('set_link', name=port, up=False)
        tap.ok(host.vm.wait_serial(rb'this medium carries the packages', cases.ISO_BOOT_S), 'offline: init says that the medium is needed')
        done = host.vm.wait_serial(rb'the medium may be detached', cases.INSTALL_S)
        tap.ok(b'swapping to compressed memory' in host.vm.output, 'offline: little memory is made more by compressing it')
        if tap.ok(done, 'offline: the packages are unpacked without a network', host.tail()):
            host.vm.qmp('eject', device='cd', force=True)
            ended = host.vm.wait_exit(cases.INSTALL_S)
            if tap.ok(ended, 'offline: installed and rebooted', host.tail()):
                host.stop()
                if cases.boot(host, tap) or host.vm.alive():
                    check_installed(host, tap)
    finally:
        host.stop()


GANESHA = '''NFS_CORE_PARAM {{ Bind_addr = 127.0.0.1; NFS_Port = {port}; Protocols = 4; Enable_NLM = false; Enable_RQUOTA = false; Enable_UDP = false;
	Plugins_Dir = /usr/lib/x86_64-linux-gnu/ganesha; }}
NFSV4 {{ Graceless = true; Lease_Lifetime = 60; RecoveryBackend = fs; RecoveryRoot = {folder}/recov; Minor_Versions = 1; Delegations = false;
	Only_Numeric_Owners = true; }}
EXPORT {{ Export_Id = 1; Path = {export}; Pseudo = /mirror; Access_Type = RO; Squash = No_Root_Squash; SecType = sys, none; Protocols = 4;
	Transports = TCP; PrivilegedPort = false; FSAL {{ Name = VFS; }} }}
'''


class Ganesha:
    """A server of NFSv4.1 and nothing older, on this machine's loopback."""

    def __init__(self, folder, export):
        self.port, self.log = qemu.free_port(), folder / 'ganesha.log'
        conf, recov = folder / 'ganesha.conf', folder / 'recov'
        recov.mkdir(exist_ok=True)
        self.log.unlink(missing_ok=True)
        conf.write_text(GANESHA.format(port=self.port, folder=folder, export=export))
        self.process = subprocess.Popen(['setpriv', '--pdeathsig', 'KILL', '--', 'ganesha.nfsd', '-F', '-f', conf, '-p', folder / 'pid', '-L', self.log],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.time() + 120
        while time.time() < until and 'NFS SERVER INITIALIZED' not in self.text():
            time.sleep(0.2)

    def text(self):
        return self.log.read_text(errors='replace') if self.log.exists() else ''

    def close(self):
        self.process.kill()
        self.process.wait()


def lab_ks(lab, folder):
    """A kickstart file whose archive is the lab's mirror as this machine reaches it."""
    path = folder / 'mirror.ks'
    path.write_text(lab.kickstart('media', {'MIRROR': lab.mirror.local_url}.items()))
    return path


def case_nfs41(lab, tap):
    """A mirror that is an NFSv4.1 export: the archive's index is read of it and verified, up to a package that it doesn't have."""
    folder = folder_of(lab, 'nfs41')
    # Both are in the mirror's cache then, which is what is exported.
    if subprocess.run([OUT / 'xenith', 'root', 'build', '--dry-run', '--ks', lab_ks(lab, folder), folder / 'none'], stdin=subprocess.DEVNULL,
                      stdout=subprocess.DEVNULL).returncode:
        return tap.ok(False, 'nfs41: the mirror has the archive')
    server = Ganesha(folder, Path(lab.mirror.cache).resolve())

    def edit(text):
        source = f'nfs --server=10.0.2.2 --dir=/mirror/debian/dists/{SUITE} --opts=vers=4.1,port={server.port}'
        return re.sub(r'(?m)^repo .*\n', '', re.sub(r'(?m)^url .*$', source, text)).replace('@xen\n', '@xen\nno-such-package\n')
    host = Host(lab, 'nfs41', edit=edit)
    host.station.kickstart = host.kickstart()
    try:
        host.boot_iso()
        event = host.station.wait_event(cases.failed, cases.ISO_BOOT_S + NET_S, alive=host.vm.alive)
        tap.ok(event and 'no-such-package' in str(event.get('message')), 'nfs41: the index is read and verified, up to a package that is not in it',
               f'{event}\n{host.tail()}')
    finally:
        host.stop()
        server.close()


CASES = {
    'starts': case_starts,
    **{name: boots(name) for name in MATRIX},
    'eject': case_eject,
    'second': case_second,
    'firmware': case_firmware,
    'same': case_same,
    'pxe-bios': over_network('pxe-bios', 'bios', NET_BIOS, 'PXE, BIOS to iPXE'),
    'pxe-uefi': over_network('pxe-uefi', 'uefi', NET_UEFI, 'PXE, UEFI'),
    'http-uefi': over_network('http-uefi', 'uefi', NET_UEFI, 'UEFI HTTP boot',
                              edit=lambda lab, tap, tree: NO_TFTP),
    'http-iso': over_network('http-iso', 'uefi', NET_UEFI, 'UEFI HTTP boot of the ISO', http_iso, memory_mib=1024),
    'thin-bios': over_network('thin-bios', 'bios', no_boot(NET_BIOS), 'thin ISO, BIOS', thin),
    'thin-uefi': over_network('thin-uefi', 'uefi', no_boot(NET_UEFI), 'thin ISO, UEFI', thin),
    'pxe-local': case_local,
    'offline': case_offline,
    'nfs41': case_nfs41,
}
