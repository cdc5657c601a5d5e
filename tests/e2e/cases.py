"""The cases: what is tried on a Host, and what must come of it. Each takes (lab, tap)."""
import re
import time

import attended
import oldhost
import qemu
from checks import check_installed, run
from lab import RETRY_S, Host, failed
from oldhost import OldHost
from proxy import Mirror

ISO_BOOT_S, TRY_S, INSTALL_S, BOOT_S = 300, 240, 1800, 1500
BAD_DISKS = ('SMALL', 1), ('TWIN', 4), ('TWIN', 4)


class Refusal:
    """A kickstart file or a network that must be refused: edit(text) changes the good file, arrange(mirror) the mirror.

    codes: exit statuses that fit (README, err.h); words: patterns that the message must hold; posted: whether the
    collector can be reached at all; writes: whether it fails after the disks were begun with; warned: a pattern that a
    warning before the failure must hold; error: the code that the event must have (xenith-errors(7)).
    """

    def __init__(self, what, codes, words, edit=lambda text, lab: text, arrange=None, posted=True, writes=False, warned=None,
                 error=None):
        self.what, self.codes, self.words, self.edit, self.arrange = what, codes, words, edit, arrange
        self.posted, self.writes, self.warned = posted, writes, warned
        self.error = error


def swap(old, new):
    def edit(text, lab):
        assert old in text, old
        return text.replace(old, new)
    return edit


def disk(name):
    return swap('virtio-XENITH-SYS', f'virtio-{name}')


def add(*lines):
    return lambda text, lab: text.replace('zerombr\n', 'zerombr\n' + '\n'.join(lines) + '\n')


def add_addon(*lines):
    return swap('virt --require=hvm\n', 'virt --require=hvm\n' + '\n'.join(lines) + '\n')


def dead_mirror(text, lab):
    dead = text.replace(lab.mirror.url, f'http://10.0.2.2:{qemu.free_port()}')
    return swap('%addon xenith\n', '%addon xenith\nretry --times=1 --delay=1\n')(dead, lab)


REFUSALS = [
    Refusal('a kickstart file with three errors, all named', {3}, [r'host\.ks:\d+: partt: ', r'10\.0\.2\.300', r'no-such-command'],
            lambda t, lab: add('partt / --size=1', 'no-such-command')(t, lab).replace('=10.0.2.15', '=10.0.2.300')),
    Refusal('a disk that is not there', {3}, ['NOT-THERE', 'XENITH-SYS'], disk('NOT-THERE')),
    Refusal('two disks that match', {4}, ['TWIN'], disk('TWIN')),
    Refusal('a disk too small', {4}, ['SMALL'], disk('SMALL')),
    Refusal('no mirror (connection refused), tried twice', {5}, [r'10\.0\.2\.2'], dead_mirror, warned=r'^try 1 failed, 1 more'),
    Refusal('a bad signature', {5}, ['InRelease'], arrange=lambda m: m.fail('/debian/.*InRelease', 'forge')),
    Refusal('a package index with the wrong hash', {5}, ['dists/.*SHA-256'],
            arrange=lambda m: m.fail('/debian/dists/.*(Packages|by-hash/SHA256)', 'flip')),
    Refusal('a package that does not exist', {3}, ['no-such-package'], swap('@xen\n', '@xen\nno-such-package\n')),
    Refusal('a network that leads nowhere', {5}, [r'10\.0\.2\.99'], swap('--gateway=10.0.2.2 ', '--gateway=10.0.2.99 '),
            posted=False, error='XEN-NET-005'),
    Refusal('an IPv6 gateway that is not there', {4}, ['fd00:5::99'],
            swap('--gateway=10.0.2.2 ', '--gateway=10.0.2.2 --ipv6=fd00:5::5/64 --ipv6gateway=fd00:5::99 '), error='XEN-NET-007'),
]
LATE_REFUSALS = [
    Refusal('a package with the wrong hash, half-way', {5}, [r'\.deb|hash|sha256|SHA-?256'],
            arrange=lambda m: m.fail(r'/pool/.*/grub2-common_', 'flip'), writes=True),
]


def refuse(host, tap, refusal, sums):
    """Give the machine the bad file at its next try, and check how it fails. False: it does not try any more."""
    if not refusal.arrange:
        return try_refused(host, tap, refusal, sums, refusal.edit(host.kickstart(), host.lab))
    mirror = Mirror(host.lab.mirror.cache)
    try:
        refusal.arrange(mirror)
        text = refusal.edit(host.kickstart(), host.lab).replace(host.lab.mirror.url, mirror.url)
        return try_refused(host, tap, refusal, sums, text)
    finally:
        mirror.close()


def try_refused(host, tap, refusal, sums, text):
    station = host.station
    served = len(station.served)
    station.kickstart = text
    limit = ISO_BOOT_S if not served else TRY_S
    at = station.wait_served(text, served, limit, host.vm.alive)
    if not tap.ok(at is not None, f'{host.name}: {refusal.what}: tried', host.tail()):
        return False
    event = station.wait_event(failed, INSTALL_S if refusal.writes else TRY_S, at, host.vm.alive)
    if not tap.ok(event, f'{host.name}: {refusal.what}: a failure event', host.tail()):
        return False
    message = str(event.get('message'))
    tap.ok(event.get('code') in refusal.codes, f'{host.name}: {refusal.what}: exit status {sorted(refusal.codes)}',
           f'code {event.get("code")}: {message}')
    missing = [w for w in refusal.words if not re.search(w, message)]
    tap.ok(not missing, f'{host.name}: {refusal.what}: the message says so', f'{missing} not in: {message}')
    tap.ok(re.match(refusal.error or r'XEN-(?!GEN)', str(event.get('error'))), f'{host.name}: {refusal.what}: its code',
           f'{event.get("error")}: {message}')
    if refusal.warned:
        warnings = [str(e.get('message')) for e in station.events[at:] if e['state'] == 'warning']
        tap.ok(any(re.search(refusal.warned, w) for w in warnings), f'{host.name}: {refusal.what}: a warning said so', warnings)
    if refusal.posted:
        station.wait(lambda: True if 'post' in event['via'] else None, 5)
        tap.ok('post' in event['via'], f'{host.name}: {refusal.what}: posted to the collector')
    if not refusal.writes:
        tap.ok(host.sums() == sums, f'{host.name}: {refusal.what}: no disk image has changed')
    return True


def install(host, tap, edit=lambda text, lab: text):
    """Give the machine the good file, and wait for it to install itself and to end QEMU by its reboot."""
    station = host.station
    began, served = time.time(), len(station.served)
    text = edit(host.kickstart(), host.lab)
    station.kickstart = text
    at = station.wait_served(text, served, ISO_BOOT_S, host.vm.alive)
    if not tap.ok(at is not None, f'{host.name}: the good kickstart is taken', host.tail()):
        return False
    while host.vm.alive() and time.time() - began < INSTALL_S:
        event = station.wait_event(failed, 5, at, host.vm.alive)
        if event:
            return tap.ok(False, f'{host.name}: installed', f'{event}\n{host.tail()}')
    if not tap.ok(not host.vm.alive(), f'{host.name}: installed and rebooted', host.tail()):
        return False
    tap.note(f'{host.name}: install took {time.time() - began:.0f} s')
    return True


def boot(host, tap, only=None, name='boot'):
    """Boot the installed disk (or the one that is left); true once its first boot reported."""
    event = host.boot_to_report(BOOT_S, name, only, tap.note)
    if not tap.ok(event, f'{host.name}: first boot reported', host.tail()):
        return False
    tap.note(f'{host.name}: first boot took {time.time() - host.vm.began:.0f} s, {host.vm.cpu_seconds():.0f} s of processor time')
    text = f'{event["state"]}: {event.get("message")}'
    return tap.ok(event['state'] == 'ready', f'{host.name}: first boot says ready', text)


def boot_fallback(host, tap):
    """The plain-Linux entry, chosen at GRUB's menu on the serial console: it is the first."""
    host.boot_disk('fallback.log')
    menu = host.vm.wait_serial(rb'GNU GRUB', 120)
    if not tap.ok(menu, f'{host.name}: GRUB shows its menu on the serial console', host.tail()):
        return
    host.vm.send('\x01\r')
    up = host.vm.wait_serial(rb'login: ', BOOT_S)
    if tap.ok(up, f'{host.name}: the fallback entry boots to a login on the serial console', host.tail()):
        status, output = host.ssh('test ! -e /sys/hypervisor/type && ip -br addr show dev xenbr0', 300)
        tap.ok(status == 0 and '10.0.2.15/24' in output, f'{host.name}: it is Linux without Xen, and reachable', output)


def install_and_boot(lab, tap, name, uefi, before=lambda host, tap: True, more_disks=(), after=None, **options):
    host = Host(lab, name, uefi=uefi, more_disks=more_disks, **options)
    try:
        host.boot_iso()
        done = before(host, tap) and install(host, tap)
        host.stop()
        if done:
            others = host.sums()[1:]
            tap.ok(not qemu.disk_contains(host.image, lab.password.encode()),
                   f'{name}: the plain password is nowhere on the disk')
            if boot(host, tap) or host.vm.alive():
                check_installed(host, tap)
            tap.ok(host.sums()[1:] == others, f'{name}: disks that are not named stay as they were')
            if after:
                host.stop()
                after(host, tap)
    finally:
        host.stop()


def all_refusals(host, tap):
    sums = host.sums()
    for refusal in REFUSALS + LATE_REFUSALS:
        if not refuse(host, tap, refusal, sums):
            return False
    bundles = host.station.wait(lambda: host.station.bundles or None, 60, host.vm.alive) or []
    tap.ok(any(b[257:262] == b'ustar' for b in bundles), f'{host.name}: the logs of a failure came as a tar file', len(bundles))
    tap.ok(not any(host.lab.password.encode() in b for b in bundles), f'{host.name}: the password is in none of them')
    return True


def case_bios(lab, tap):
    """BIOS: install and boot, then boot the fallback entry."""
    install_and_boot(lab, tap, 'bios', False, after=boot_fallback)


def case_uefi(lab, tap):
    """UEFI: install and boot."""
    install_and_boot(lab, tap, 'uefi', True)


class Absent:
    """The image is not there from the first write on, until a try has failed for it."""

    def __init__(self, lab):
        self.files, self.path, self.events = lab.mirror.files, None, []

    def edit(self, text):
        """A path of its own for this host, and what to do when it is not there."""
        there = re.search(r'--url=http://[^/]+(/\S+)', text)[1]
        self.path, self.image = f'/absent{there}', self.files[there]
        self.files[self.path] = self.image
        text = text.replace(there, self.path, 1)
        return text.replace('%addon xenith\n', '%addon xenith\nretry --times=3 --delay=1\n')

    def on_event(self, event):
        self.events.append(event)
        if (event['step'], event['state']) == ('disk', 'start'):
            self.files.pop(self.path, None)
        elif event['state'] == 'warning' and 'try 1 failed' in str(event.get('message')):
            self.files[self.path] = self.image

    def check(self, host, tap):
        """Behind the install."""
        warnings = [str(e.get('message')) for e in self.events if e['state'] == 'warning']
        tap.ok(any(re.search('try 1 failed, 3 more, .* from unpack: .*404', w) for w in warnings),
               f'{host.name}: an image that is not there for a while: unpacked in the second try', warnings)
        made = [e for e in self.events if (e['step'], e['state']) == ('disk', 'done')]
        tap.ok(len(made) == 1, f'{host.name}: and the disks were made once', made)


def case_image(lab, tap):
    """UEFI: install from a composed image, whose server loses it for a while, and boot."""
    absent = Absent(lab)
    install_and_boot(lab, tap, 'image', True, after=absent.check, by_image=(), edit=absent.edit, on_event=absent.on_event)


def case_refusals(lab, tap):
    """Every refusal in turn on one machine that is never rebooted, then the good file installs on it, and boots."""
    install_and_boot(lab, tap, 'refusals', False, all_refusals, BAD_DISKS)


def guard(*words):
    return swap('%addon xenith\n', f'%addon xenith\nguard {" ".join(words)}\n')


def case_reinstall(lab, tap):
    """A host that is there already: refused without its token, installed over with it, its guest untouched."""
    host = Host(lab, 'reinstall')
    old = OldHost(host.image)
    again = guard(f'--reinstall=allow-token={old.token}', '--keep-vg=vg0')
    used_up = Refusal('the same token once more', {4}, ['reinstall', f'its token is (?!{old.token})'], again)
    try:
        host.boot_iso()
        if not refuse(host, tap, Refusal('a host without its token', {4}, ['xen-old', old.token]), host.sums()):
            return
        if not install(host, tap, again):
            return
        host.stop()
        tap.ok(old.guest_sha256() == old.guest, "reinstall: the guest's volume has not changed")
        tap.ok(oldhost.table(host.image) == old.table, 'reinstall: the partition table has not changed')
        host.boot_iso()
        refuse(host, tap, used_up, host.sums())
        host.stop()
        if boot(host, tap) or host.vm.alive():
            run(host, tap, "the guest's configuration is back", 'cat /etc/xen/auto/vm1.cfg', lambda o: o == oldhost.GUEST)
            run(host, tap, "the guest's volume as dom0 sees it", 'sha256sum /dev/vg0/vm1', lambda o: old.guest in o, 600)
            run(host, tap, 'the token is on the host', 'cat /etc/xenith/reinstall', lambda o: 'allow-token=' in o)
    finally:
        host.stop()


def case_novirt(lab, tap):
    """virt --require=hvm on a processor without virtualization flags."""
    host = Host(lab, 'novirt')
    try:
        host.boot_iso(cpu='qemu64,-svm,+rdrand,-cx16')
        refuse(host, tap, Refusal('no virtualization flags', {4}, ['svm|SVM|virtuali[sz]ation|hvm']), host.sums())
    finally:
        host.stop()


def case_attended(lab, tap):
    """No kickstart file: the dialog's questions are answered on the serial line, with a screen and a second line (SPCR) beside it;
    the answers are saved; a step fails and is done again; then it boots."""
    host = Host(lab, 'attended', by_image=())
    savings = attended.Savings(host.folder, lab.password)
    table, second = host.folder / 'spcr', host.folder / 'second.log'
    attended.spcr(table)
    for old in second, *host.folder.glob('screen-*.png'):
        old.unlink(missing_ok=True)
    host.more_args = lambda: ['-acpitable', f'file={table}', '-chardev', f'file,id=second,path={second},append=on', '-serial', 'chardev:second',
                              *savings.args()]
    try:
        took, status, output = lab.build_iso(attended=True)
        if not tap.ok(status == 0, 'attended: an ISO that asks is built', output):
            return
        host.start(lab.attended_iso, 'install.log', screen=True, memory_mib=2048)
        done = attended.talk(lab, host, savings, tap)
        tap.note(f'attended: {time.time() - host.vm.began:.0f} s from power on to the reboot')
        host.stop()
        if done:
            canary = lab.password.encode()
            savings.check(tap, lab.password)
            tap.ok(not qemu.disk_contains(host.image, canary), 'attended: the plain password is nowhere on the disk')
            tap.ok(canary not in host.vm.output, 'attended: the plain password was never shown')
            tap.ok(b'is installed' in second.read_bytes(), "attended: all of it was on the firmware's serial port, too")
            second.unlink()
            host.boot_disk()
            until, status, output = time.time() + BOOT_S, 1, ''
            while b'login: ' not in (second.read_bytes() if second.exists() else b'') and time.time() < until and host.vm.alive():
                time.sleep(5)
            tail = second.read_bytes()[-3000:].decode(errors='replace')
            tap.ok('login: ' in tail, "attended: it boots to a login on the firmware's serial port", tail)
            # The login comes before the network is there.
            while status and time.time() < until and host.vm.alive():
                status, output = host.ssh('xl info && ip -br addr show dev xenbr0 && cat /etc/hostname', 300)
            tap.ok(status == 0 and 'xen_major' in output and '10.0.2.15/24' in output and 'attended' in output,
                   'attended: the host runs Xen and is reached by ssh', f'{output}\n{tail}')
    finally:
        host.stop()


CASES = {name[5:]: function for name, function in list(globals().items()) if name.startswith('case_')}
assert RETRY_S < TRY_S
