"""Guests on an installed host: made directly, from an image, as PVH, PV and HVM; kept, moved, taken back."""
import json
import re
import subprocess
import tempfile
import time
from pathlib import Path

from checks import run
from guests import (CREATE_S, IDLE, INSTALL_S, PV1, START_S, Guest, by_installer, create, image_of, on_host, scp, stream_begins, stream_ends,
                    values_of, with_pv, words)
from lab import TOP


def golden(host, tap):
    """Each configuration of tests/guest is taken by this Xen's own xl."""
    with tempfile.TemporaryDirectory() as folder:
        n = 0
        for case in sorted((TOP / 'tests/guest').glob('*.case')):
            for part in re.split(r'^--- ', case.read_text(), flags=re.M)[1:]:
                text = re.split(r'^(?:guest |@)', part.partition('\n')[2], flags=re.M)[0]
                n += 1
                Path(folder, f'{n}-{case.stem}.cfg').write_text(text)
        tar = Path(folder, 'all.tar')
        subprocess.run(['tar', '-C', folder, '-cf', tar, *(p.name for p in Path(folder).glob('*.cfg'))], check=True)
        scp(host, tar, '/root/golden.tar')
    run(host, tap, f'xl -N create takes all {n} golden configurations',
        'mkdir -p /root/golden && cd /root/golden && tar -xmf ../golden.tar && for f in *.cfg; do xl -N create "$f" >/dev/null 2>out || '
        '{ echo "refused $f"; cat out; }; done; ls *.cfg | wc -l', lambda o: o.strip() == str(n), 900)


def snapshots(host, tap, guest):
    name = guest.name
    guest.ssh('echo before >/root/state; sync')
    run(host, tap, 'snapshot of the running guest', f'xenith guest snapshot {name} s1 --size 300M', lambda o: 'made' in o, 600)
    guest.ssh('echo after >/root/state; sync')
    run(host, tap, 'revert of a running guest is refused', f'! xenith guest revert {name} s1 2>&1', lambda o: 'wants it off' in o)
    run(host, tap, 'it stops', f'xenith guest stop {name} --timeout 600 --force', lambda o: 'off' in o, START_S)
    run(host, tap, 'revert', f'xenith guest revert {name} s1', lambda o: 'as it was' in o, 900)
    run(host, tap, 'it starts', f'xenith guest start {name}', lambda o: 'started' in o, START_S)
    good, output = guest.login()
    status, output = guest.ssh('cat /root/state')
    tap.ok(good and output.strip() == 'before', f'{host.name}: {name}: its files are those of the snapshot', output)


def backups(host, tap, guest):
    name = guest.name
    run(host, tap, 'backup of the running guest, from a snapshot', f'xenith guest backup {name} /root/{name}.backup --level 1 && ls -s /root/{name}.backup',
        lambda o: 'SHA-256' in o, CREATE_S)
    run(host, tap, 'the snapshot is gone', 'lvs --noheadings -o lv_name vg0', lambda o: 'snap' not in o)
    run(host, tap, 'it stops', f'xenith guest stop {name} --timeout 600 --force', lambda o: 'off' in o, START_S)
    status, before = host.ssh(f'xenith guest backup {name} /root/{name}.off --level 1 >/dev/null && sha256sum </dev/vg0/{name}', CREATE_S)
    run(host, tap, 'delete', f'xenith guest delete {name} --yes && ! lvs vg0/{name} 2>&1', lambda o: 'deleted' in o)
    run(host, tap, 'restore: the volume has the checksum that it had', f'xenith guest restore /root/{name}.off && sha256sum </dev/vg0/{name}',
        lambda o: before.split()[0] in o if status == 0 else False, CREATE_S)


def clones(host, tap, guest, address):
    run(host, tap, 'clone', f'xenith guest clone {guest.name} clone1 && cat /etc/xen/clone1.cfg', lambda o: 'clone1: made of' in o, CREATE_S)
    # It would have its original's address.
    run(host, tap, "the clone's address", 'mount /dev/vg0/clone1 /mnt && sed -i s/^Address=.*/Address=%s\\\\/24/ /mnt/etc/systemd/network/10-guest.network '
        '&& cat /mnt/etc/machine-id /mnt/etc/ssh/ssh_host_ed25519_key.pub; umount /mnt' % address, lambda o: 'ssh-ed25519' in o)
    status, ids = host.ssh(f'mount -o ro /dev/vg0/{guest.name} /mnt && cat /mnt/etc/machine-id /mnt/etc/ssh/ssh_host_ed25519_key.pub; umount /mnt')
    run(host, tap, 'the clone starts beside it', 'xenith guest start clone1', lambda o: 'started' in o, START_S)
    clone = Guest(host, 'clone1', address)
    good, output = clone.login()
    tap.ok(good and output.startswith('clone1'), f'{host.name}: clone1: login, under its own host name', output)
    status, own = clone.ssh('cat /etc/machine-id /etc/ssh/ssh_host_ed25519_key.pub')
    tap.ok(status == 0 and not set(own.split()[:3]) & set(ids.split()[:1] + ids.split()[2:3]), f'{host.name}: clone1: machine-id and host key are its own', own)
    return clone


def templates(host, tap, guest, address):
    """Of a guest that is off; and one made of it, with nothing of the first one that is its own."""
    host.ssh(f'mount /dev/vg0/{guest.name} /mnt && echo kept >/mnt/srv/kept && echo private >/mnt/root/.bash_history; umount /mnt')
    status, ids = host.ssh(f'mount -o ro /dev/vg0/{guest.name} /mnt && cat /mnt/etc/machine-id /mnt/etc/ssh/ssh_host_ed25519_key.pub; umount /mnt')
    run(host, tap, 'a template of it', f'xenith guest template {guest.name} gold --level 1', lambda o: 'gold: made of' in o, CREATE_S)
    run(host, tap, 'ks render --list has it', 'xenith ks render --list', lambda o: re.search(rf'^gold +kickstart +Debian 13 trixie, of guest {guest.name} ', o, re.M))
    made = create(host, tap, 'tmpl1', address, 'pv', {}, template='gold')
    if made:
        status, own = made.ssh('cat /etc/machine-id /etc/ssh/ssh_host_ed25519_key.pub')
        tap.ok(status == 0 and len(ids.split()) >= 3 and not set(own.split()[:3:2]) & set(ids.split()[:3:2]),
               f'{host.name}: tmpl1: machine-id and host key are its own', own)
        status, output = made.ssh('cat /srv/kept; ls -A /root')
        tap.ok('kept' in output and '.bash_history' not in output, f"{host.name}: tmpl1: it has the first one's files, without what is private", output)
    run(host, tap, 'the template is deleted', 'xenith guest template --delete gold; ls -A /etc/xenith/templates /var/lib/xenith/images',
        lambda o: 'gold: deleted' in o and 'gold.' not in o)


def ssh_to_itself(host):
    host.ssh('test -e /root/.ssh/id_ed25519 || ssh-keygen -q -t ed25519 -N "" -f /root/.ssh/id_ed25519; '
             'cat /root/.ssh/id_ed25519.pub >>/root/.ssh/authorized_keys; echo localhost $(cat /etc/ssh/ssh_host_ed25519_key.pub) >>/root/.ssh/known_hosts')


def migration(host, tap, guest):
    """To the very same host: the memory and devices go through all that a move to another one does."""
    ssh_to_itself(host)
    stream_begins(guest)
    status, first = host.ssh(f'xl domid {guest.name}')
    run(host, tap, 'migrate --check', f'xenith guest migrate {guest.name} localhost --check', lambda o: 'nothing speaks against' in o, 600)
    run(host, tap, 'migrate while it writes', f'xenith guest migrate {guest.name} localhost && xl domid {guest.name}', lambda o: o.split()[-1] != first.strip(), START_S)
    stream_ends(guest, tap)
    run(host, tap, 'a host that cannot be reached is refused', f'! xenith guest migrate {guest.name} nobody.invalid 2>&1', lambda o: 'ssh' in o)


def killed(host, tap, address, source):
    command = (f'xenith guest create killed1 --from debian13-direct --disk 1100M,vg=vg0 --type pv '
               f"{words('killed1', **values_of(host, address), **source)} --extra '{IDLE}'")
    host.ssh(f"nohup sh -c \"{command.replace(chr(34), '')}\" >/root/killed.out 2>&1 & echo $! >/root/killed.pid")
    run(host, tap, 'a create is killed in the middle', 'for i in $(seq 600); do grep -q killed1 /proc/mounts && break; sleep 0.5; done; sleep 2; '
        'pkill -KILL -x xenith; sleep 1; grep killed1 /proc/mounts; lvs vg0/killed1', lambda o: 'killed1' in o, 600)
    run(host, tap, 'it is no guest', 'xenith guest list; ls /etc/xen', lambda o: 'killed1.cfg' not in o)
    run(host, tap, 'create again', command, lambda o: 'taken back' in o and 'killed1: runs' in o, CREATE_S)
    run(host, tap, 'it is deleted', 'xenith guest stop killed1 --timeout 300 --force; xenith guest delete killed1 --yes', lambda o: 'deleted' in o, START_S)


def refusals(host, tap, guest):
    """On a host as it is, not as a capture tells it."""
    large = f"create no1 --from debian13-direct --set url=http://mirror.example.org/debian --set 'sshkey={host.lab.public_key}' --disk 900G,vg=vg0"
    for what, command, said in (
            ('its name', f'create {guest.name} --disk 100M,vg=vg0', 'there is a guest of that name'),
            ('its volume', f'create no1 --disk path=/dev/vg0/{guest.name}', f"is guest {guest.name}'s"),
            ("dom0's root", 'create no1 --disk path=/dev/vg0/root', 'in use on this host'),
            ("the disk that dom0's own group is on", 'create no1 --disk path=/dev/disk/by-id/virtio-XENITH-SYS', 'in use on this host'),
            ('a bridge that is not there', f'create no1 --disk path=/dev/vg0/{guest.name} --bridge br9', 'there is no bridge br9'),
            ('more room than there is', large, 'MiB free, and 921600 are wanted'),
            ('a start of what runs', f'start {guest.name}', 'is running')):
        run(host, tap, f'refused: {what}', f'! xenith guest {command} 2>&1 && test ! -e /etc/xen/no1.cfg', lambda o, s=said: re.search(s, o))


def managed(host, tap, guest):
    """What the other commands say of it."""
    name = guest.name
    run(host, tap, 'list', 'xenith guest list', lambda o: re.search(rf'^{name} +running ', o, re.M))
    run(host, tap, 'show', f'xenith guest show {name}', lambda o: f'{name}: running' in o and 'backendtype=phy' in o)
    run(host, tap, 'the report is kept with the guest', f'xenith guest show {name} --json',
        lambda o: 'vbd' in json.loads(o)['record']['verify']['guest'])
    # What it printed before may have been read by create.
    host.ssh(f'nohup timeout 300 xenith guest console {name} </dev/null >/root/console 2>&1 &')
    guest.ssh('for i in $(seq 10); do echo from inside >/dev/hvc0; sleep 2; done')
    run(host, tap, 'console', 'for i in $(seq 30); do grep -q "from inside" /root/console && break; sleep 2; done; cat /root/console', lambda o: 'from inside' in o)


def loader(host, tap):
    """HVM: SeaBIOS, then GRUB of an ISO, on the serial console."""
    scp(host, host.lab.iso, '/root/boot.iso')
    run(host, tap, 'an HVM guest boots from an ISO', 'xenith guest create iso1 --iso /root/boot.iso --disk 100M,vg=vg0 --bridge xenbr1 --memory 128M',
        lambda o: 'iso1: runs' in o, START_S)
    # What its serial port prints while nobody reads is lost: from create's own reader on somebody does.
    run(host, tap, 'its boot loader comes up, and loads', 'xenith guest console iso1 </dev/null >/root/iso1.out 2>&1 & for i in $(seq 400); do '
        'cat /var/log/xenith/guest-iso1-boot.log /root/iso1.out >/root/iso1.all; grep -q "Loading the installer" /root/iso1.all && break; sleep 2; done; '
        'kill $!; tail -c 2500 /root/iso1.all', lambda o: 'GNU GRUB' in o and 'Loading the installer' in o, 1200)
    host.ssh('xenith guest stop iso1 --timeout 5 --force; xenith guest delete iso1 --yes; rm -f /root/boot.iso /root/iso1.*', START_S)


def inside(host, tap):
    """Clones of guests with partitions and LVM, where udev sees what comes and goes: tests/cli/guest-inside.sh on the host itself."""
    host.ssh('mkdir -p o tests/cli/lib && ln -sf "$(command -v xenith)" o/xenith')
    for file in 'tests/cli/guest-inside.sh', 'tests/cli/lib/guests.sh':
        scp(host, TOP / file, f'/root/{file}')
    run(host, tap, 'clones of guests with partitions and LVM', 'O=o sh tests/cli/guest-inside.sh 2>&1',
        lambda o: re.search(r'^1\.\.\d+$', o, re.M) and 'not ok' not in o, 900)


def installed(host, tap, name, address, kind):
    """By Debian's own installer, to its end: it boots its own disk then, and lets in who has the key."""
    began = time.time()
    command = by_installer(host, name, address, kind, INSTALL_S)
    if run(host, tap, f'{name}: {kind}: installed unattended, and runs', command, lambda o: f'{name}: runs' in o, 2 * INSTALL_S):
        tap.note(f'{name}: installed and told of itself in {time.time() - began:.0f} s')
        run(host, tap, f'{name}: its report', f'xenith guest verify {name} --json', lambda o: json.loads(o)['ok'])
        good, output = Guest(host, name, address).login()
        tap.ok(good and name in output and kind.upper() in output and address in output, f'{host.name}: {name}: login by ssh through xenbr1', output)
    else:
        host.ssh(f'tail -c 5000 /var/log/xenith/guest-{name}-install.log')


def unattended(host, tap, name, address, kind):
    """Debian's own installer with our answers in its initrd, its address on xenbr1: it asks nothing, and fetches its parts from the mirror
    of our file; there it is stopped."""
    command = by_installer(host, name, address, kind)
    host.ssh(f'nohup {command} >/root/{name}.out 2>&1 </dev/null &')
    log, served = f'/var/log/xenith/guest-{name}-install.log', len(host.lab.mirror.requests)
    run(host, tap, f'{name}: {kind}: the installer fetches its parts from the mirror of our file, by xenbr1',
        f'for i in $(seq 700); do grep -q "Loading additional components" {log} 2>/dev/null && break; sleep 4; done; tail -c 3000 {log}; cat /root/{name}.out',
        lambda o: 'Loading additional components' in o, CREATE_S)
    # Nothing listens there: who has the address says so.
    run(host, tap, f'{name}: its address', f'! timeout 60 bash -c "echo >/dev/tcp/{address}/9" 2>&1', lambda o: 'refused' in o)
    until, asked = time.time() + 300, []
    while time.time() < until and not (asked := [p for p, _ in host.lab.mirror.requests[served:] if p.endswith('.udeb')]):
        time.sleep(2)
    tap.ok(asked, f'{host.name}: {name}: the mirror was asked for them', host.lab.mirror.requests[served:])
    run(host, tap, f'{name}: one that is stopped is no guest', f'xl destroy {name}; for i in $(seq 60); do grep -q "^xenith: " /root/{name}.out && break; sleep 2; '
        f'done; cat /root/{name}.out; ls /etc/xen; lvs vg0',
        lambda o: 'left xvda empty' in o and f'{name}.cfg' not in o and not re.search(rf'^ +{name} ', o, re.M), 300)
    host.ssh('ip addr del 10.0.3.9/24 dev xenbr1')


def starts_with_host(host, tap, guest):
    """As the unit xenith-guests does at the host's start."""
    name = guest.name
    run(host, tap, 'the unit is there', 'systemctl is-enabled xenith-guests', lambda o: o.strip() == 'enabled')
    run(host, tap, 'it starts what is off', f'mkdir -p /etc/xen/start && ln -s ../{name}.cfg /etc/xen/start/05-{name} && systemctl restart xenith-guests; '
        f'for i in $(seq 100); do xl domid {name} && break; sleep 3; done; xenith guest list; xenith guest start --auto', lambda o: f'{name}: runs' in o, START_S)
    host.ssh('rm -rf /etc/xen/start')


def check_pv(host, tap):
    pv = Guest(host, *PV1)
    golden(host, tap)
    managed(host, tap, pv)
    refusals(host, tap, pv)
    snapshots(host, tap, pv)
    ssh_to_itself(host)
    # Debian's Xen is built without shadow paging.
    run(host, tap, 'migration of a PV guest is refused', '! xenith guest migrate pv1 localhost --check 2>&1', lambda o: 'no shadow paging' in o)


def check_kept(host, tap):
    pv = Guest(host, *PV1)
    backups(host, tap, pv)
    starts_with_host(host, tap, pv)
    host.ssh('xenith guest stop pv1 --timeout 300 --force', START_S)
    clones(host, tap, pv, '10.0.3.23')
    host.ssh('xenith guest stop clone1 --timeout 300 --force; xenith guest delete clone1 --yes; rm -f /root/*.backup /root/*.off', START_S)
    templates(host, tap, pv, '10.0.3.25')


def check_made(host, tap):
    killed(host, tap, '10.0.3.24', image_of(host.lab))
    loader(host, tap)
    inside(host, tap)


def check_direct(host, tap):
    """By its packages, from the mirror: no image, no installer."""
    url = {'url': f'{host.lab.mirror.url}/debian', 'packages': 'openssh-server'}
    for name, address, kind in ('direct1', '10.0.3.26', 'pv'), ('direct2', '10.0.3.27', 'pvh'):
        if create(host, tap, name, address, kind, url):
            host.ssh(f'xenith guest stop {name} --timeout 300 --force; xenith guest delete {name} --yes', START_S)


def check_installer(host, tap):
    unattended(host, tap, 'di1', '10.0.3.28', 'pv')
    unattended(host, tap, 'di2', '10.0.3.29', 'pvh')


def check_pvh(host, tap):
    pvh = create(host, tap, 'pvh1', '10.0.3.20', 'pvh', image_of(host.lab))
    if pvh:
        migration(host, tap, pvh)


def case_guests(lab, tap):
    """A PV guest from an image to its login; list, show, console, refusals, snapshot and revert."""
    on_host(lab, tap, 'guests', check_pv, with_pv)


def case_guestkeep(lab, tap):
    """A PV guest from an image: backup, restore, the start with the host, clone, template."""
    on_host(lab, tap, 'guestkeep', check_kept, with_pv)


def case_guestmade(lab, tap):
    """A create that is killed and done again; HVM to its boot loader."""
    on_host(lab, tap, 'guestmade', check_made)


def case_guestdirect(lab, tap):
    """Debian guests by their packages, PV and PVH, to their login."""
    on_host(lab, tap, 'guestdirect', check_direct)


def case_guestdi(lab, tap):
    """Debian's installer, unattended, PVH and PV, as far as its parts from the mirror."""
    on_host(lab, tap, 'guestdi', check_installer)


def case_guestinstall(lab, tap):
    """Debian's installer, unattended, to the login of what it installed; PV. An hour and more."""
    on_host(lab, tap, 'guestinstall', lambda host, tap: installed(host, tap, 'di3', '10.0.3.30', 'pv'))


def case_guestmove(lab, tap):
    """A PVH guest from an image to its login, moved while it writes."""
    on_host(lab, tap, 'guestmove', check_pvh)


CASES = {'guests': case_guests, 'guestkeep': case_guestkeep, 'guestmade': case_guestmade, 'guestdirect': case_guestdirect, 'guestdi': case_guestdi,
         'guestinstall': case_guestinstall, 'guestmove': case_guestmove}
