"""Two hosts and one disk that both see, locked by lvmlockd and sanlock: who may have a guest, and how it moves."""
import lzma
import re
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import qemu
from checks import run
from guests import Guest, create, image_of, made_host, scp, stream_begins, stream_ends
from lab import OUT, SUITE

NAMES, LINK = ('pair1', 'pair2'), ('192.0.2.1', '192.0.2.2')
WEB1 = '10.0.3.31'
GROUP, DISK = 'shared', '/dev/disk/by-id/virtio-XENITH-SHARED'
# Beside other machines a command in an emulated dom0 takes minutes, and sanlock's first lease of a group half a minute by itself.
SLOW_S, MOVE_S, LEASE_S = 900, 3600, 900
# With what they need beyond an installed host.
PACKAGES = 'lvm2-lockd', 'sanlock', 'libdlm3', 'libsanlock-client1', 'libsanlock1'


def plug(vm, n, ports, image):
    """Hot-plug a disk that is the other machine's as well, and a NIC whose wire ends at the other machine: what QMP answers."""
    # What is plugged in while the machine's state still comes isn't announced to its kernel.
    while vm.alive() and vm.qmp('query-status')['return']['status'] != 'running':
        time.sleep(1)

    def inet(port):
        return {'type': 'inet', 'host': '127.0.0.1', 'port': str(port)}
    return [vm.qmp(command, **words) for command, words in (
        ('blockdev-add', {'driver': 'raw', 'node-name': 'shared', 'discard': 'unmap', 'detect-zeroes': 'unmap', 'cache': {'no-flush': True},
                          'file': {'driver': 'file', 'filename': str(image), 'locking': 'off', 'discard': 'unmap', 'cache': {'no-flush': True}}}),
        ('device_add', {'driver': 'virtio-blk-pci', 'id': 'shared', 'drive': 'shared', 'serial': 'XENITH-SHARED', 'share-rw': True}),
        ('netdev_add', {'type': 'dgram', 'id': 'link', 'local': inet(ports[n]), 'remote': inet(ports[1 - n])}),
        ('device_add', {'driver': 'e1000', 'id': 'link', 'netdev': 'link', 'mac': f'52:54:00:12:35:0{n}', 'addr': '12'}))]


def pair_of(lab, saved, tap):
    """Two machines that go on from a saved one, joined."""
    ports, image = [qemu.free_port() for _ in NAMES], lab.folder / 'shared.img'
    qemu.make_disk(image, 8)
    hosts = [saved.copy(name) for name in NAMES]
    for n, host in enumerate(hosts):
        answers = plug(host.vm, n, ports, image)
        tap.ok(all('return' in a for a in answers), f'{host.name}: a shared disk and a link are plugged in', answers)
    return hosts


def both(function, hosts):
    """function(n, host) for the two at once; whether it was so for both."""
    with ThreadPoolExecutor(2) as pool:
        return all(list(pool.map(function, range(2), hosts)))


OWN_NAME = '''set -e
for i in $(seq 60); do [ -e /sys/class/net/ens18 -a -e {disk} ] && break; echo 1 >/sys/bus/pci/rescan; sleep 2; done
systemctl stop apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer
hostname {name}.example.org; hostname >/etc/hostname; sed -i s/guesthost/{name}/g /etc/hosts
tr -d - </proc/sys/kernel/random/uuid >/etc/machine-id
rm -f /etc/ssh/ssh_host_*; ssh-keygen -A >/dev/null; systemctl restart ssh
test -e /root/.ssh/id_ed25519 || ssh-keygen -q -t ed25519 -N "" -f /root/.ssh/id_ed25519
ip addr replace {address}/24 dev ens18; ip link set ens18 up
date -s @{now:.0f} >/dev/null; cat /etc/machine-id /root/.ssh/id_ed25519.pub /etc/ssh/ssh_host_ed25519_key.pub'''


def introduce(hosts, tap):
    """Names, keys and addresses of their own; each may log in to the other."""
    told = []
    for n, host in enumerate(hosts):
        status, output = host.ssh(OWN_NAME.format(name=NAMES[n], address=LINK[n], disk=DISK, now=time.time()), SLOW_S)
        told.append(output.splitlines()[-3:])
        if not tap.ok(status == 0 and len(told[n]) == 3, f'{host.name}: a name, keys and an address of its own', output):
            return False
    tap.ok(not set(told[0]) & set(told[1]), 'the two have nothing in common', told)
    for n, host in enumerate(hosts):
        host.ssh(f"echo '{told[1 - n][1]}' >>/root/.ssh/authorized_keys; echo '{LINK[1 - n]} {told[1 - n][2]}' >>/root/.ssh/known_hosts")
    return all([run(host, tap, 'it gets into the other one', f'ssh -o BatchMode=yes {LINK[1 - n]} hostname', lambda o, n=n: NAMES[1 - n] in o, SLOW_S)
                for n, host in enumerate(hosts)])


def fetch(lab, names):
    """The paths of these packages, fetched on this machine: apt in an emulated dom0 takes minutes to read an index."""
    with urllib.request.urlopen(f'{lab.mirror.local_url}/debian/dists/{SUITE}/main/binary-amd64/Packages.xz') as f:
        index = lzma.decompress(f.read()).decode()
    ret = []
    for name in names:
        path = re.search(rf'^Package: {name}\n(?:.+\n)*?Filename: (.+)$', index, re.M)[1]
        ret.append(lab.folder / 'pair1' / path.rsplit('/', 1)[1])
        urllib.request.urlretrieve(f'{lab.mirror.local_url}/debian/{path}', ret[-1])
    return ret


# An emulated machine stands still for longer than a watchdog allows: it would be reset. A real host keeps the watchdog, which
# is what makes a lease that ran out mean that its holder has stopped.
LOCKING = '''set -e
mkdir -p /etc/sanlock; echo 'use_watchdog = 0' >>/etc/sanlock/sanlock.conf
printf 'global {{\\n\\tuse_lvmlockd = 1\\n}}\\nlocal {{\\n\\thost_id = {id}\\n}}\\n' >/etc/lvm/lvmlocal.conf
dpkg -i /root/packages/*.deb
systemctl enable --now sanlock lvmlockd; systemctl is-active sanlock lvmlockd'''


def locking(hosts, packages, tap):
    def prepare(n, host):
        host.ssh('mkdir -p /root/packages')
        for package in packages:
            scp(host, package, f'/root/packages/{package.name}')
        return run(host, tap, 'lvmlockd and sanlock run', LOCKING.format(id=n + 1), lambda o: o.split()[-2:] == ['active', 'active'], 1800)
    return both(prepare, hosts)


def newest(hosts, tap):
    """What this run has built, in place of what the hosts were installed with."""
    def put(n, host):
        return scp(host, OUT / 'xenith', '/root/xenith') and run(host, tap, 'it has the xenith of this run', 'mv /root/xenith "$(command -v xenith)" && '
                                                                 'chmod 755 "$(command -v xenith)" && xenith --version', lambda o: 'xenith' in o, SLOW_S)
    return both(put, hosts)


# lvmlockd gives the node of the group's own volume a second to appear; vgchange ends with status 0 also if that was too short.
START = '''for i in $(seq 10); do udevadm settle; vgchange --lockstart {group}; lvmlockctl -i | grep -q 'LS sanlock lvm_{group}' && break; sleep 5; done
lvmlockctl -i'''


def group(hosts, tap):
    run(hosts[0], tap, 'a shared group is made', f'vgcreate -qq -y --shared {GROUP} {DISK} && vgs --noheadings -o vg_lock_type {GROUP}',
        lambda o: o.split()[-1:] == ['sanlock'], SLOW_S)
    return both(lambda n, host: run(host, tap, 'the lockspace is started', START.format(group=GROUP),
                                    lambda o: f'LS sanlock lvm_{GROUP}' in o, SLOW_S), hosts)


def lock(host, tap, what, mode):
    """How this host holds the lock of the group's only volume, exclusively (ex) or not at all (un), and that it is active or not."""
    return run(host, tap, what, "lvmlockctl -i | sed -n 's/^LK LV \\([a-z]*\\) .*/\\1/p'; dmsetup ls | grep web1; true",
               lambda o: re.fullmatch({'ex': r'ex shared-web1 .*', 'un': '(un)?'}[mode], ' '.join(o.split())), SLOW_S)


# What lvm says of a volume that another host has.
REFUSED = r'locked by other host|does not let this host'


def lent(hosts, tap):
    """What a move relies on: an exclusive lock becomes a shared one while the volume is open, and an exclusive one again once it is alone."""
    first, second = hosts
    run(first, tap, 'a volume of its own', f'lvcreate -qq -y -aey -L 64M -n trial {GROUP}', lambda o: True, SLOW_S)
    for who, what, mode, good in ((first, 'exclusive', 'ey', True), (second, 'no second one', 'sy', False), (first, 'shared while it is open', 'sy', True),
                                  (second, 'shared there', 'sy', True), (first, 'not exclusive while the other one has it', 'ey', False),
                                  (first, 'let go', 'n', True), (second, 'exclusive there', 'ey', True), (first, 'none here', 'ey', False),
                                  (second, 'let go', 'n', True)):
        hold = 'exec 9</dev/%s/trial; ' % GROUP if 'open' in what else ''
        run(who, tap, f'a lock by hand: {what}', f'{hold}lvchange -a {mode} {GROUP}/trial 2>&1; echo status $?',
            lambda o, g=good: 'status 0' in o if g else re.search(REFUSED, o), SLOW_S)
    run(first, tap, 'it is gone again', f'lvremove -qq -y {GROUP}/trial', lambda o: True, SLOW_S)


FILES = 'etc/xen/web1.cfg etc/xenith/guests/web1.json'


def take_files(host, tap, other):
    """A guest's configuration, as an administrator copies it to a host that is to start the guest by itself."""
    return run(host, tap, 'it gets the configuration', f'ssh -o BatchMode=yes {other} tar -C / -c {FILES} | tar -C / -x && ls /etc/xen/web1.cfg',
               lambda o: 'web1' in o, SLOW_S)


def refusals(hosts, tap):
    """What the other host must not do to a guest that runs: pair1's."""
    owner, host = hosts
    facts = f'vgs --noheadings -o vg_seqno,lv_count {GROUP}; lvs --noheadings -a -o lv_name,lv_uuid,lv_size,lv_tags,seg_pe_ranges {GROUP}'
    before = owner.ssh(facts, SLOW_S)
    for what in 'start web1', 'resize web1 xvda 1400M', 'snapshot web1 s1', 'backup web1 /root/b', 'clone web1 web2', 'template web1 gold', 'delete web1 --yes':
        run(host, tap, f'{what.split()[0]} of what runs on the other host is refused',
            f'! xenith guest {what} 2>&1 && test -e /etc/xen/web1.cfg -a ! -e /etc/xen/web2.cfg',
            lambda o: re.search(REFUSED, o), SLOW_S)
    lock(host, tap, 'it has no lock', 'un')
    lock(owner, tap, 'its lock is exclusive still', 'ex')
    after = owner.ssh(facts, SLOW_S)
    tap.ok(before[0] == 0 and before == after, f'{owner.name}: nothing in the group has changed', f'{before}\n{after}')


def snapshot(owner, tap):
    """Two hosts would both write to the snapshot's store."""
    run(owner, tap, 'a snapshot of it', 'xenith guest snapshot web1 s1 --size 100M', lambda o: 'made' in o, SLOW_S)
    run(owner, tap, 'with a snapshot it does not move', f'! xenith guest migrate web1 {LINK[1]} --check 2>&1', lambda o: 'snapshot' in o, SLOW_S)
    run(owner, tap, 'the snapshot is dropped', f'xenith guest snapshot web1 s1 --drop; lvs --noheadings -o lv_name {GROUP}',
        lambda o: '.snap.' not in o, SLOW_S)


# The connection ends in the middle of the guest's memory.
BREAKS = '''printf '#!/bin/sh\\n[ "$1" != migrate-receive ] || { head -c 40000000 | /usr/sbin/xl "$@"; exit 1; }\\nexec /usr/sbin/xl "$@"\\n' >/usr/local/sbin/xl
chmod 755 /usr/local/sbin/xl'''


def fails_midway(hosts, tap, guest):
    first, second = hosts
    stream_begins(guest)
    second.ssh(BREAKS)
    run(first, tap, 'a move whose connection ends in the middle fails', f'! xenith guest migrate web1 {LINK[1]} 2>&1', lambda o: 'xl' in o, MOVE_S)
    second.ssh('rm -f /usr/local/sbin/xl')
    run(first, tap, 'the guest runs here still', 'xl list; ls /etc/xen', lambda o: re.search(r'^web1 +\d+ .* [rb-]{6} ', o, re.M) and 'web1.cfg' in o, SLOW_S)
    run(second, tap, 'and not there', 'xl list', lambda o: 'web1' not in o, SLOW_S)
    lock(first, tap, 'its lock is exclusive here again', 'ex')
    lock(second, tap, 'nothing is active there', 'un')
    stream_ends(guest, tap)


def moves(hosts, tap, guest):
    """The guest, on the second host."""
    first, second = hosts
    stream_begins(guest)
    first.ssh('mkdir -p /etc/xen/start && ln -sfn ../web1.cfg /etc/xen/start/05-web1')
    run(first, tap, 'migrate --check', f'xenith guest migrate web1 {LINK[1]} --check', lambda o: 'nothing speaks against' in o, SLOW_S)
    began = time.time()
    good = run(first, tap, 'it moves while it writes', f'xenith guest migrate web1 {LINK[1]}', lambda o: True, MOVE_S)
    tap.note(f'web1: moved in {time.time() - began:.0f} s')
    run(first, tap, 'it is gone from here', 'xl list; ls -R /etc/xen /etc/xenith/guests /var/lib/xenith/guests', lambda o: 'web1' not in o, SLOW_S)
    run(second, tap, 'it runs there, with its configuration, its record and its start with the host',
        f'xl domid web1 && cd / && ls {FILES} && readlink etc/xen/start/05-web1', lambda o: '../web1.cfg' in o, SLOW_S)
    lock(second, tap, 'its lock is exclusive there', 'ex')
    lock(first, tap, 'nothing is active here', 'un')
    moved = Guest(second, 'web1', WEB1)
    stream_ends(moved, tap)
    take_files(first, tap, LINK[1])
    run(first, tap, 'start where it was is refused', '! xenith guest start web1 2>&1', lambda o: re.search(REFUSED, o), SLOW_S)
    return good and moved


def moves_cold(first, second, tap):
    """Off on the first, on again on the second."""
    take_files(second, tap, LINK[NAMES.index(first.name)])
    run(first, tap, 'stop', 'xenith guest stop web1 --timeout 900 --force', lambda o: 'off' in o, MOVE_S)
    lock(first, tap, 'its lock is let go', 'un')
    run(second, tap, 'start', 'xenith guest start web1', lambda o: 'started' in o, MOVE_S)
    lock(second, tap, 'its lock is exclusive', 'ex')
    good, output = Guest(second, 'web1', WEB1).login()
    return tap.ok(good, f'{second.name}: web1: login', output)


def dies(first, second, tap):
    """The host that runs the guest is gone without a word: its leases keep the other one away until they have run out."""
    first.vm.stop()
    began = time.time()
    run(second, tap, 'start is refused while the leases of the other host last', '! xenith guest start web1 2>&1',
        lambda o: re.search(REFUSED, o), SLOW_S)
    status, output = 1, ''
    while status and time.time() - began < LEASE_S:
        time.sleep(15)
        status, output = second.ssh('xenith guest start web1 2>&1', MOVE_S)
    tap.note(f'web1: taken over {time.time() - began:.0f} s after its host had died')
    tap.ok(status == 0, f'{second.name}: once they have, it starts', output)
    lock(second, tap, 'its lock is exclusive', 'ex')
    good, output = Guest(second, 'web1', WEB1).login()
    tap.ok(good, f'{second.name}: web1: login', output)


def check_live(lab, hosts, tap):
    first, second = hosts
    guest = create(first, tap, 'web1', WEB1, 'pvh', image_of(lab), group=GROUP)
    if not guest:
        return
    run(second, tap, 'it sees the volume', f'lvs --noheadings -o lv_size --units m {GROUP}/web1', lambda o: '1100' in o, SLOW_S)
    take_files(second, tap, LINK[0])
    refusals(hosts, tap)
    snapshot(first, tap)
    second.ssh(f'rm -rf {" ".join("/" + f for f in FILES.split())}')
    fails_midway(hosts, tap, guest)
    moves(hosts, tap, guest)


def check_cold(lab, hosts, tap):
    first, second = hosts
    lent(hosts, tap)
    if create(first, tap, 'web1', WEB1, 'pv', image_of(lab), group=GROUP) and moves_cold(first, second, tap):
        dies(second, first, tap)


def on_pair(lab, tap, name, check):
    saved = lab.once('made_host', lambda: made_host(lab, tap))
    if not tap.ok(saved, f'{name}: there is a host to go on from'):
        return
    hosts = pair_of(lab, saved, tap)
    try:
        if introduce(hosts, tap) and newest(hosts, tap) and locking(hosts, fetch(lab, PACKAGES), tap) and group(hosts, tap):
            check(lab, hosts, tap)
    finally:
        for host in hosts:
            host.stop()


def case_guestpair(lab, tap):
    """Two hosts with one disk, locked by lvmlockd and sanlock: a PVH guest that one alone may touch, moved while it writes."""
    on_pair(lab, tap, 'guestpair', check_live)


def case_guestlock(lab, tap):
    """Two hosts with one disk, locked by lvmlockd and sanlock: a PV guest off here and on there; its host dies."""
    on_pair(lab, tap, 'guestlock', check_cold)


CASES = {'guestpair': case_guestpair, 'guestlock': case_guestlock}
