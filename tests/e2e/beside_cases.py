"""What comes from beside the boot medium: kickstart files on other media, drivers, a server that is to be trusted or not."""
import datetime
import ipaddress
import lzma
import re
import shutil
import ssl
import subprocess
import threading
import urllib.request
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

import qemu
from lab import RETRY_S, SUITE, failed
from medium import BOOT_S, IDE, NO_PXE, REFUSED, Machine, build, cd, embedded, folder_of, kickstart, refused

FIRST_QUESTION = rb"Which keyboard has the installed host's console"
# Seconds of the 60 for which it is looked for.
LATE_S = 8
NEEDED = rb'the medium of cdrom:/ks\.cfg is needed until its file was read'


def tail(vm):
    return bytes(vm.output[-3000:]).decode(errors='replace')


def fat(path, label, *files):
    """A FAT file system with these files: (host's path, name)."""
    path.unlink(missing_ok=True)
    subprocess.run(['mkfs.fat', '-C', '-n', label, path, '2880'], check=True, stdout=subprocess.DEVNULL)
    for file, name in files:
        subprocess.run(['mcopy', '-i', path, file, f'::/{name}'], check=True)
    return path


@cache
def plain_iso(lab, tap):
    """One that knows of no kickstart file; built once."""
    return build(lab, tap, lab.folder / 'plain.iso', '--level', '3')


def raw(name, image):
    return ['-drive', f'if=none,id={name},format=raw,readonly=on,file={image}']


def case_second(lab, tap):
    """A second medium labelled OEMDRV, a USB stick, plugged in after the questions began; no ks= anywhere."""
    folder = folder_of(lab, 'second')
    image, disk = fat(folder / 'oemdrv.img', 'OEMDRV', (kickstart(lab, folder), 'ks.cfg')), folder / 'disk.img'
    plain = plain_iso(lab, tap)
    if not plain:
        return
    # Without a disk nothing is asked.
    qemu.make_disk(disk, 8)
    vm = Machine('second', folder, [*cd(plain, IDE), *raw('oem', image), '-device', 'qemu-xhci', '-drive', f'if=none,id=d0,format=raw,file={disk}',
                                    '-device', 'virtio-blk-pci,drive=d0,serial=XENITH-SYS']).start()
    try:
        if tap.ok(vm.wait_serial(FIRST_QUESTION, BOOT_S), 'second medium: it is not there, and the questions begin', tail(vm)):
            vm.qmp('device_add', driver='usb-storage', drive='oem', removable=True)
            tap.ok(vm.wait_serial(rb'kickstart file from the medium OEMDRV', BOOT_S), 'second medium: found by its label when it comes', tail(vm))
            refused(vm, tap, 'second medium')
    finally:
        vm.stop()


def case_nvme(lab, tap):
    """A second medium labelled XENITHKS, on NVMe, there from the start; no ks= anywhere."""
    folder = folder_of(lab, 'nvme')
    image = fat(folder / 'xenithks.img', 'XENITHKS', (kickstart(lab, folder), 'ks.cfg'))
    plain = plain_iso(lab, tap)
    if not plain:
        return
    vm = Machine('nvme', folder, [*cd(plain, IDE), *raw('ks', image), '-device', 'nvme,drive=ks,serial=KS']).start()
    try:
        tap.ok(vm.wait_serial(rb'kickstart file from the medium XENITHKS', BOOT_S), 'NVMe: found by its label', tail(vm))
        refused(vm, tap, 'NVMe')
    finally:
        vm.stop()


def case_late(lab, tap):
    """ks=cdrom: where the first drive is empty and the second has the boot medium; a virtio disk with the image comes late."""
    folder = folder_of(lab, 'late')
    tree, image = folder / 'tree', folder / 'ks.iso'
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir()
    shutil.copy(kickstart(lab, folder), tree / 'ks.cfg')
    image.unlink(missing_ok=True)
    subprocess.run(['xorriso', '-as', 'mkisofs', '-quiet', '-r', '-J', '-o', image, tree], check=True, stderr=subprocess.DEVNULL)
    iso = embedded(lab, folder, lab.iso, '--append', 'ks=cdrom:/ks.cfg')
    vm = Machine('late', folder, ['-device', 'ide-cd,bus=ide.0', *cd(iso, IDE), *raw('late', image)])
    vm.on_line = lab.collector.station('late').console_line
    vm.start()
    try:
        tap.ok(vm.wait_serial(NEEDED, BOOT_S), 'late: init says that the medium is needed', tail(vm))
        tap.ok(vm.wait_serial(rb'"message":"reading cdrom:/ks\.cfg"', BOOT_S), 'late: the installer looks for it', tail(vm))
        ended = vm.wait_serial(rb'"state":"failed"', LATE_S)
        tap.ok(not ended, 'late: it is not there, and the installer goes on looking', tail(vm))
        vm.qmp('device_add', driver='virtio-blk-pci', drive='late')
        refused(vm, tap, 'late')
    finally:
        vm.stop()


def kernel_package(lab):
    """The package of the kernel that is in the ISO."""
    with urllib.request.urlopen(f'{lab.mirror.local_url}/debian/dists/{SUITE}/main/binary-amd64/Packages.xz') as f:
        index = lzma.decompress(f.read()).decode()
    name = re.search(r'^Package: linux-image-amd64\n(?:.+\n)*?Depends: ([^ ,]+)', index, re.M)[1]
    path = re.search(rf'^Package: {re.escape(name)}\n(?:.+\n)*?Filename: (.+)$', index, re.M)[1]
    package = lab.folder / 'kernel.deb'
    urllib.request.urlretrieve(f'{lab.mirror.local_url}/debian/{path}', package)
    return package


def driver_tar(lab, folder, name, *modules):
    """An archive of modules of the ISO's kernel, which the ISO leaves out."""
    root, archive = folder / f'{name}.root', folder / f'{name}.tar'
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    with subprocess.Popen(['dpkg-deb', '--fsys-tarfile', lab.folder / 'kernel.deb'], stdout=subprocess.PIPE) as deb:
        subprocess.run(['tar', '-x', '-C', root, '--wildcards', *(f'*/{m}.ko.xz' for m in modules)], stdin=deb.stdout, check=True)
    subprocess.run(['tar', '-c', '-C', root, '-f', archive, '.'], check=True)
    return archive


def case_drivers(lab, tap):
    """NICs whose drivers the ISO leaves out: one from a second medium, by which the kickstart file is fetched, one by driverdisk from a URL."""
    folder = folder_of(lab, 'drivers')
    kernel_package(lab)
    medium = fat(folder / 'drivers.img', 'DRIVERS', (driver_tar(lab, folder, 'ne2k', '8390', 'ne2k-pci'), 'ne2k.tar'))
    lab.mirror.files['/pcnet.tar'] = driver_tar(lab, folder, 'pcnet', 'pcnet32')
    station = lab.collector.station('drivers')
    station.kickstart = lab.kickstart('drivers', edit=lambda text: text.replace('zerombr\n', f'zerombr\ndriverdisk --source={lab.mirror.url}/pcnet.tar\n'))
    iso = embedded(lab, folder, lab.iso, '--append', 'inst.dd=hd:LABEL=DRIVERS:/')
    vm = Machine('drivers', folder, ['-drive', f'if=none,id=cd,media=cdrom,readonly=on,file={iso}', *IDE, *NO_PXE, *raw('dd', medium),
                                     '-device', 'qemu-xhci', '-device', 'usb-storage,drive=dd', '-netdev', 'user,id=n0,ipv6=off',
                                     '-device', f'ne2k_pci,netdev=n0,mac={qemu.MACS[0]},romfile=', '-netdev', 'user,id=n1,restrict=on',
                                     '-device', f'pcnet,netdev=n1,mac={qemu.MACS[1]},romfile='])
    vm.on_line = station.console_line
    vm.start()
    try:
        event = station.wait_event(failed, BOOT_S, alive=vm.alive)
        tap.ok(station.served, 'drivers: the kickstart file is fetched by the NIC whose driver a second medium has', tail(vm))
        message = str(event and event.get('message'))
        tap.ok('XENITH-SYS' in message and not re.search(REFUSED, vm.output), "drivers: the other NIC's driver comes from a URL: only a disk is missing",
               f'{message}\n{tail(vm)}')
    finally:
        vm.stop()


def certificate(folder, name):
    """A self-signed one of the address where QEMU's user network has this machine."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    # From before the medium's kernel was made, at which time its clock will be set.
    cert = (x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(datetime.datetime(2020, 1, 1)).not_valid_after(datetime.datetime(2049, 1, 1))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address('10.0.2.2'))]), False)
            .add_extension(x509.BasicConstraints(True, None), True).sign(key, hashes.SHA256()))
    pem = serialization.Encoding.PEM
    path = folder / f'{name}.pem'
    path.write_bytes(cert.public_bytes(pem))
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / f'{name}.key').write_bytes(secret)
    return path


class Https(ThreadingHTTPServer):
    """Serves a folder; show() changes the certificate."""

    def __init__(self, folder, cert):
        super().__init__(('127.0.0.1', 0), partial(self.Quiet, directory=str(folder)))
        self.show(cert)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    class Quiet(SimpleHTTPRequestHandler):
        timeout = 60

        def log_message(self, *args):
            pass

    def show(self, cert):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, Path(cert).with_suffix('.key'))
        self.context = context

    def finish_request(self, request, client_address):
        request.settimeout(60)
        with self.context.wrap_socket(request, server_side=True) as tls:
            super().finish_request(tls, client_address)

    def handle_error(self, *_):
        """Clients that don't trust it hang up."""


def case_trust(lab, tap):
    """A clock of 2001; a server that nobody signed for; a changed kickstart file; then the good ones, by --ca and --ks-keyring (minisign)."""
    folder = folder_of(lab, 'trust')
    www, key = folder / 'www', folder / 'ops.key'
    shutil.rmtree(www, ignore_errors=True)
    www.mkdir()
    subprocess.run(['minisign', '-GWf', '-p', folder / 'ops.pub', '-s', key], check=True, stdout=subprocess.DEVNULL)
    shutil.copy(kickstart(lab, folder), www / 'host.ks')
    subprocess.run(['minisign', '-S', '-s', key, '-m', www / 'host.ks'], check=True, stdout=subprocess.DEVNULL)
    good = (www / 'host.ks').read_text()
    (www / 'host.ks').write_text(good.replace('reboot\n', 'poweroff\n'))
    trusted, other = certificate(folder, 'trusted'), certificate(folder, 'other')
    server = Https(www, other)
    iso = build(lab, tap, folder / 'trust.iso', '--level', '3', '--ca', trusted, '--ks-keyring', folder / 'ops.pub',
                '--ks-url', f'https://10.0.2.2:{server.server_address[1]}/host.ks', '--append', f'xenith.retry={RETRY_S}')
    if not iso:
        return
    vm = Machine('trust', folder, ['-rtc', 'base=2001-01-01T00:00:00', '-drive', f'if=none,id=cd,media=cdrom,readonly=on,file={iso}', *IDE, *NO_PXE,
                                   '-netdev', 'user,id=n0,ipv6=off', '-device', f'virtio-net-pci,netdev=n0,mac={qemu.MACS[0]},romfile=']).start()
    try:
        tap.ok(vm.wait_serial(rb'the clock said 2001-01-01 \S+ UTC, before this medium was made: it is set to 20[2-9]', BOOT_S), 'trust: the clock is set', tail(vm))
        tap.ok(vm.wait_serial(rb'self.signed certificate', BOOT_S), 'trust: a server whose certificate nobody signed is refused', tail(vm))
        server.show(trusted)
        tap.ok(vm.wait_serial(rb'bad signature: the file was changed', BOOT_S), 'trust: one by an own CA is believed; a changed kickstart file is refused', tail(vm))
        tap.ok(not re.search(REFUSED, vm.output), 'trust: nothing of it was used')
        (www / 'host.ks').write_text(good)
        refused(vm, tap, 'trust: the signed one')
    finally:
        vm.stop()
        server.shutdown()
        server.server_close()


CASES = {'second': case_second, 'nvme': case_nvme, 'late': case_late, 'drivers': case_drivers, 'trust': case_trust}
