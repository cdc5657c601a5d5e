"""Cases of disks: arrays whose halves start alone, encryption on 4096-byte sectors, root on a thin volume or a subvolume."""
import re
import secrets
import time

import qemu
from cases import BOOT_S, boot, install, swap
from checks import run
from lab import Host, first_boot

MIRRORED = """part raid.1 --size=2500 --grow --ondisk=disk/by-id/virtio-XENITH-SYS
part raid.2 --size=2500 --grow --ondisk=disk/by-id/virtio-XENITH-TWO
raid pv.1 --device=md0 --level=RAID1 raid.1 raid.2
part btrfs.1 --size=256 --ondisk=disk/by-id/virtio-XENITH-SYS
part btrfs.2 --size=256 --ondisk=disk/by-id/virtio-XENITH-TWO
btrfs none --data=raid1 --metadata=raid1 --label=files btrfs.1 btrfs.2
btrfs none --subvol --name=files LABEL=files
logvol none --vgname=vg0 --name=pool --thinpool --size=512
logvol /srv/thin --vgname=vg0 --name=thin --thin --poolname=pool --size=256
logvol /srv/secret --vgname=vg0 --name=secret --size=64 --encrypted --passphrase=@PASSPHRASE@ --pbkdf=pbkdf2 --pbkdf-iterations=1000 --fsoptions=noauto
"""


def check_half(host, tap, which, members):
    """The host runs on one half, and all that lies on it is there."""
    status, output = host.ssh('true', 300)
    if not tap.ok(status == 0, f'{host.name}: {which}: ssh', f'{output}\n{host.tail()}'):
        return
    for what, command, holds in (
            ('it is Xen', 'xl info', lambda o: 'xen_major' in o),
            ('one disk is left, and all arrays run on it', 'cat /proc/mdstat; ls /sys/block',
             lambda o: o.count('active') == members and o.count('[2/1]') == members and 'vdb' not in o),
            ('root, /boot and the EFI system partition are on arrays', 'findmnt -no SOURCE /boot; findmnt -no SOURCE /boot/efi; pvs --noheadings -o pv_name',
             lambda o: len(re.findall(r'/dev/md', o)) == 3),
            ('the thin volume is mounted', 'findmnt /srv/thin && lvs --noheadings -o pool_lv vg0/thin', lambda o: 'pool' in o),
            ('the encrypted volume opens with its passphrase and no other',
             f'printf wrong | cryptsetup open --test-passphrase --key-file=- /dev/vg0/secret; '
             f'printf %s {host.passphrase} | cryptsetup open --key-file=- /dev/vg0/secret crypt-srv-secret && mount /srv/secret && '
             'findmnt -no FSTYPE /srv/secret', lambda o: 'No key available' in o and o.split()[-1] == 'ext4'),
            ('no password in the log', f'! grep -rqF {host.passphrase} /var/log/xenith /etc', lambda o: True)):
        status, output = host.ssh(command)
        tap.ok(status == 0 and holds(output), f'{host.name}: {which}: {what}', f'{command}: {status}\n{output[-3000:]}')


def case_raid1(lab, tap):
    """RAID1 over two disks; then each disk starts the host alone, one by BIOS and one by UEFI."""
    passphrase = 'canary-' + secrets.token_hex(8)
    host = Host(lab, 'raid1', more_disks=[('XENITH-TWO', 8)], by_image=(),
                edit=lambda text: swap('part pv.1 --size=1 --grow\n', MIRRORED.replace('@PASSPHRASE@', passphrase))(
                    swap('disk/by-id/virtio-XENITH-SYS', 'disk/by-id/virtio-XENITH-SYS,disk/by-id/virtio-XENITH-TWO')(text, lab), lab))
    host.passphrase = passphrase
    try:
        host.boot_iso()
        done = install(host, tap)
        host.stop()
        for only, uefi, which in ((0, False, 'first half, BIOS'), (1, True, 'second half, UEFI')) if done else ():
            host.uefi = uefi
            tap.ok(not qemu.disk_contains(host.disks[only][0], passphrase.encode()), f'raid1: {which}: no passphrase on the disk')
            if boot(host, tap, only, f'half{only}-') or host.vm.alive():
                check_half(host, tap, which, 3)
            host.stop()
    finally:
        host.stop()


ENCRYPTED = '''part pv.1 --size=1 --grow --encrypted --passphrase=@PASSPHRASE@
'''


def unlock(host, tap, passphrase):
    """Boot, and type the passphrase where the initramfs asks for it; true once the first boot reported."""
    start, began = len(host.station.events), time.time()
    host.boot_disk('boot.log')
    asked = host.vm.wait_serial(rb'unlock disk crypt-pv\.1', BOOT_S)
    if not tap.ok(asked, f'{host.name}: the passphrase is asked for on the console', host.tail()):
        return False
    host.vm.send(passphrase + '\r')
    event = host.station.wait_event(first_boot, BOOT_S, start, host.vm.alive)
    tap.note(f'{host.name}: first boot took {time.time() - began:.0f} s')
    return tap.ok(event and event['state'] == 'ready', f'{host.name}: first boot says ready', f'{event}\n{host.tail()}')


def case_luks4kn(lab, tap):
    """UEFI, a disk with sectors of 4096 bytes, root on LVM inside of LUKS2: install, and boot with the passphrase."""
    passphrase = 'canary-' + secrets.token_hex(8)
    host = Host(lab, 'luks4kn', uefi=True, by_image=(), edit=lambda text: swap(
        'part pv.1 --size=1 --grow\n', ENCRYPTED.replace('@PASSPHRASE@', passphrase))(text, lab))
    host.sector = 4096
    try:
        host.boot_iso()
        done = install(host, tap)
        host.stop()
        if done:
            tap.ok(not qemu.disk_contains(host.image, passphrase.encode()), 'luks4kn: no passphrase on the disk')
            if unlock(host, tap, passphrase) or host.vm.alive():
                run(host, tap, 'sectors of 4096 bytes', 'cat /sys/block/vda/queue/logical_block_size', lambda o: o.strip() == '4096')
                run(host, tap, 'root on LVM inside of LUKS2', 'lsblk -nso TYPE $(findmnt -no SOURCE /); cryptsetup status crypt-pv.1',
                    lambda o: sorted(o.split()[:4]) == ['crypt', 'disk', 'lvm', 'part'] and 'LUKS2' in o)
                run(host, tap, 'dom0 can open it again: argon2id with less than half of its memory',
                    "cryptsetup luksDump /dev/vda4 | awk '/Memory:/ { print $2 }'", lambda o: 0 < int(o) <= 512 * 1024)
                run(host, tap, 'it is Xen, by UEFI', 'xl info && test -d /sys/firmware/efi && echo uefi', lambda o: o.endswith('uefi\n'))
    finally:
        host.stop()


def lines(*new):
    """An edit after which these lines are all that the file says of partitions, groups and volumes."""
    def edit(text, lab):
        old = 'reqpart ', 'part ', 'volgroup ', 'logvol '
        kept = [line for line in text.splitlines() if not line.startswith(old)]
        return swap('zerombr', '\n'.join(['zerombr', *new]))('\n'.join(kept) + '\n', lab)
    return edit


def case_thin(lab, tap):
    """autopart's thin pool: root on a thin volume."""
    host = Host(lab, 'thin', by_image=(), edit=lambda text: lines('autopart --type=thinp')(text, lab))
    try:
        host.boot_iso()
        done = install(host, tap)
        host.stop()
        if done and boot(host, tap) or host.vm.alive():
            run(host, tap, 'root is a thin volume', 'findmnt -no SOURCE / && lvs --noheadings -o pool_lv vg0/root',
                lambda o: o.split() == ['/dev/mapper/vg0-root', 'pool00'])
            run(host, tap, 'the group has room for guests', 'vgs --noheadings --nosuffix --units m -o vg_free vg0', lambda o: float(o) > 100)
            run(host, tap, 'it is Xen', 'xl info', lambda o: 'xen_major' in o)
    finally:
        host.stop()


def case_btrfs(lab, tap):
    """UEFI, root on a subvolume of a btrfs over two disks."""
    two = swap('disk/by-id/virtio-XENITH-SYS', 'disk/by-id/virtio-XENITH-SYS,disk/by-id/virtio-XENITH-TWO')
    host = Host(lab, 'btrfs', uefi=True, more_disks=[('XENITH-TWO', 4)], by_image=(),
                edit=lambda text: lines('autopart --type=btrfs')(two(text, lab), lab))
    try:
        host.boot_iso()
        done = install(host, tap)
        host.stop()
        if done and boot(host, tap) or host.vm.alive():
            run(host, tap, 'root is a subvolume', 'findmnt -no FSTYPE,FSROOT /', lambda o: o.split() == ['btrfs', '/root'])
            run(host, tap, 'on both disks', 'btrfs filesystem show /', lambda o: o.count('devid') == 2 and 'missing' not in o)
            run(host, tap, 'it is Xen, by UEFI', 'xl info && test -d /sys/firmware/efi && echo uefi', lambda o: o.endswith('uefi\n'))
    finally:
        host.stop()


CASES = {name[5:]: function for name, function in list(globals().items()) if name.startswith('case_')}
