"""The boot medium in every machine that has drives and ports for it."""
import json

from medium import IDE, SATA, THROTTLE, USB, Machine, answered, build, cd, embedded, folder_of, refused, stick

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


def signed_iso(lab, tap):
    return build(lab, tap, lab.folder / 'signed.iso', '--secure-boot', '--level', '3')


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


CASES = {**{name: boots(name) for name in MATRIX}, 'eject': case_eject}
