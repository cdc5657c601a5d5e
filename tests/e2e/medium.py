"""What the cases of the boot medium share: machines that start from it, images for one host, and how far they come: to the
installer's first answer, a refusal, since the kickstart file wants a NIC that isn't there.

The file is put into a copy of the ISO by xenith iso embed; over the network it is fetched.
"""
import re
import shutil
import subprocess
import time

import qemu
from lab import OUT, SUITE

OVMF = qemu.OVMF
# Emulated, on a machine that has other things to do.
BOOT_S, NET_S = 600, 900
DETACH = rb'the medium may be detached'
REFUSED = rb'52:54:00:12:34:11: this machine has no such NIC'
# What Linux says where interrupts of the emulated timer come late: a loaded machine, no fault of the medium.
LATE_TIMER = rb"IO-APIC \+ timer doesn't work"
MAC = qemu.MACS[0]


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


def build(lab, tap, output, *words, suite=SUITE):
    """An ISO; what was printed is beside it, as .out."""
    mirror = [] if '--mirror' in words else ['--mirror', f'{lab.mirror.local_url}/debian']
    argv = [OUT / 'xenith', 'iso', 'build', *mirror, '--suite', suite, '-o', output, *words]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    output.with_suffix('.out').write_text(done.stdout)
    return output if tap.ok(done.returncode == 0, f'{output.name} is built', done.stdout) else None
