"""Cases on a SAN: guests' volumes on a LUN, paths that go and come, a second host, the system on a LUN."""
import hashlib
import re
import subprocess
import tempfile
import time

from cases import BOOT_S, TRY_S, Refusal, add_addon, boot, install, refuse
from checks import run
from lab import OUT, TOP, Host, failed
from san import Lun, San

GUESTS, FOREIGN, OTHER, SYSTEM = '5005076801900230', '500507680190022b', '5005076801900231', '5005076801900240'
MIB = 1 << 20
STREAM_MIB = 48


def ext4(image):
    subprocess.run(['mke2fs', '-q', '-F', '-t', 'ext4', '-L', 'foreign', image], check=True)


def lun_line(text):
    """An edit after which the file's only lun line says this."""
    def edit(ks, lab):
        others = [line for line in ks.splitlines() if not line.startswith('lun ')]
        return add_addon(f'lun {text}')('\n'.join(others) + '\n', lab)
    return edit


GOOD = f'--wwid={GUESTS.upper()} --alias=san-230 --min-paths=4 --wait=60 --vg=VG-SAN-0'


def chunk(n):
    """The same bytes as stream.sh writes into MiB n of the volume."""
    text = ''.join(f'{i}\n' for i in range(n * 1000000, n * 1000000 + 200000))
    return text.encode()[:MIB]


STREAM = f'''i=0
while [ $i -lt {STREAM_MIB} ]; do
  seq $((i * 1000000)) $((i * 1000000 + 199999)) | head -c {MIB} |
    dd of=/dev/VG-SAN-0/web1 bs=128k seek=$((i * 8)) oflag=direct iflag=fullblock conv=notrunc 2>/run/stream.dd || exit 1
  i=$((i + 1)); echo $i >/run/stream.at
done; echo done >/run/stream.end'''


def stream_sum():
    digest = hashlib.sha256()
    for n in range(STREAM_MIB):
        digest.update(chunk(n))
    return digest.hexdigest()


def captured_list(host):
    """`xenith multipath list` of what tools/capture-facts finds on the host: {WWID: verdict}, and the text."""
    argv = ['ssh', '-i', str(host.lab.key), '-p', str(host.vm.ssh_port), '-o', 'StrictHostKeyChecking=no', '-o', 'BatchMode=yes',
            '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR', 'root@127.0.0.1',
            'cat >/run/capture; sh /run/capture /run/captured.tar >/dev/null 2>&1; cat /run/captured.tar; rm -f /run/captured.tar']
    with tempfile.TemporaryDirectory() as folder:
        tar = subprocess.run(argv, input=(TOP / 'tools/capture-facts').read_bytes(), stdout=subprocess.PIPE, timeout=600).stdout
        subprocess.run(['tar', '-xf', '-', '-C', folder], input=tar, check=True)
        text = subprocess.run([OUT / 'xenith', 'multipath', 'list', '--root', folder], stdout=subprocess.PIPE, text=True).stdout
    verdicts = {line.split()[0]: ' '.join(line.split()[1:3]) for line in text.splitlines() if line.startswith('3')}
    return verdicts, text


def check_verdict(host, tap, what, wwn, wanted, seconds=120):
    """The verdict of a LUN becomes wanted in time."""
    until = time.time() + seconds
    while True:
        verdicts, text = captured_list(host)
        if verdicts.get('3' + wwn) == wanted or time.time() > until:
            return tap.ok(verdicts.get('3' + wwn) == wanted, f'{host.name}: {what}: verdict {wanted}', text)
        time.sleep(10)


def map_paths(host, tap, name, wanted, seconds=120):
    """The kernel's map has so many active paths."""
    until = time.time() + seconds
    while True:
        status, output = host.ssh(f'dmsetup status {name}')
        words = output.split()
        if sum(1 for a, b in zip(words, words[1:]) if ':' in a and b == 'A') == wanted:
            return tap.ok(True, f'{host.name}: map {name} has {wanted} active paths')
        if time.time() > until:
            return tap.ok(False, f'{host.name}: map {name} has {wanted} active paths', output)
        time.sleep(5)


def check_lvm(host, tap):
    run(host, tap, 'LVM sees the group on the map alone, without duplicates', 'pvs --noheadings -o pv_name,vg_name 2>&1',
        lambda o: [line.split() for line in o.splitlines() if 'VG-SAN-0' in line] == [['/dev/mapper/san-230', 'VG-SAN-0']]
        and 'uplicate' not in o and not any(line.strip().startswith('/dev/sd') for line in o.splitlines()))
    run(host, tap, 'only the named LUN is mapped', 'cat /sys/block/dm-*/dm/uuid | grep ^mpath-',
        lambda o: o.split() == [f'mpath-3{GUESTS}'])
    run(host, tap, 'multipath-tools-boot is not there', 'dpkg-query -W -f "${db:Status-Status}" multipath-tools-boot 2>/dev/null; true',
        lambda o: 'installed' not in o.split())


def paths_come_and_go(host, tap, san):
    """A stream of writes goes on while a path, then a whole HBA is gone."""
    run(host, tap, 'a guest volume is made', f'lvcreate -qq -y -L {STREAM_MIB + 16}M -n web1 VG-SAN-0 && echo made', lambda o: 'made' in o)
    host.ssh(f"cat >/run/stream.sh <<'END'\n{STREAM}\nEND\nnohup sh /run/stream.sh >/run/stream.log 2>&1 </dev/null &")
    san.pull(host.vm, (0, 0, 0))
    map_paths(host, tap, 'san-230', 3)
    check_verdict(host, tap, 'one path is gone', GUESTS, 'DEGRADED 3/4')
    san.pull(host.vm, (0, 0, 1))
    map_paths(host, tap, 'san-230', 2)
    check_verdict(host, tap, 'an HBA is gone', GUESTS, 'DEGRADED 2/4')
    san.plug(host.vm, (0, 0, 0), (0, 0, 1))
    map_paths(host, tap, 'san-230', 4)
    check_verdict(host, tap, 'all paths are back', GUESTS, 'OK 4/4')
    run(host, tap, 'the stream went on to its end', 'for i in $(seq 300); do [ -e /run/stream.end ] && break; sleep 2; done; '
        'cat /run/stream.end', lambda o: o.strip() == 'done', 900)
    check_stream(host, tap, 'nothing of the stream is lost')


def check_stream(host, tap, what):
    want = stream_sum()
    run(host, tap, what, 'vgchange -qq -ay VG-SAN-0; '
        f'dd if=/dev/VG-SAN-0/web1 bs=1M count={STREAM_MIB} iflag=direct status=none | sha256sum', lambda o: o.split()[0] == want, 600)


def dead_during_install(host, tap, san):
    """All paths go while packages are fetched: the LUN is written to after that, and must fail in time."""
    station = host.station
    text = host.kickstart()
    served = len(station.served)
    station.kickstart = text
    at = station.wait_served(text, served, TRY_S, host.vm.alive)
    mapped = at is not None and station.wait_event(lambda e: e['step'] in ('packages', 'network') and e['state'] == 'start', TRY_S,
                                                   at, host.vm.alive)
    if not tap.ok(mapped, f'{host.name}: the LUN is mapped before anything else', host.tail()):
        return False
    san.pull(host.vm, *san.paths(0))
    began = time.time()
    event = station.wait_event(failed, 600, at, host.vm.alive)
    tap.ok(event and event['code'] in (4, 6, 7), f'{host.name}: all paths down during the install: an error in bounded time',
           f'{event}\n{host.tail()}')
    tap.note(f'{host.name}: the error came {time.time() - began:.0f} s after the paths went: {event and event.get("message")}')
    tap.ok(event and re.search(r'230|san-230|LUN', str(event.get('message'))), f'{host.name}: the error names the LUN', str(event))
    san.plug(host.vm, *san.paths(0))
    return True


REFUSALS = [
    Refusal('a WWID that is not there', {4}, ['5005076801909999', '0 of 2 paths', GUESTS],
            lun_line('--wwid=5005076801909999 --min-paths=2 --wait=5 --vg=VG-SAN-0')),
    Refusal('a LUN with something of others', {4}, ['ext4 "foreign"', 'not empty'],
            lun_line(f'--wwid={FOREIGN} --min-paths=4 --wait=60 --vg=VG-SAN-0')),
    Refusal('more paths than there are', {4}, ['4 of 5 paths'], lun_line(f'--wwid={GUESTS} --min-paths=5 --wait=5 --vg=VG-SAN-0')),
    Refusal('a group that is not there to join', {4}, ['VG-NONE'], lun_line(f'--wwid={GUESTS} --vg=VG-NONE --join')),
]


def make_host(lab, name, luns, **options):
    host = Host(lab, name, **{'by_image': (), **options})
    san = San(luns, **({'boots': True} if options.get('no_disk') else {}))
    host.more_args = san.args
    return host, san


def guests_host(lab, name, **options):
    """A host with a local disk, an empty LUN for guests, one with something of others, and one that nobody names."""
    folder = lab.folder / name
    folder.mkdir(exist_ok=True)
    host, san = make_host(lab, name, [Lun(folder, GUESTS, 1), Lun(folder, FOREIGN, 1, ext4), Lun(folder, OTHER, 1)], **options)
    host.edit = lambda ks: lun_line(GOOD)(ks, lab)
    return host, san


def case_sanrefusals(lab, tap):
    """LUNs that must be refused, and all paths down during the install: an error in bounded time, no LUN changed."""
    # Package by package: there is time between the kickstart file and the first write.
    host, san = guests_host(lab, 'sanrefusals', by_image=None)
    try:
        host.boot_iso()
        sums, disks = san.sums(), host.sums()
        for refusal in REFUSALS:
            if not refuse(host, tap, refusal, disks):
                return
            tap.ok(san.sums() == sums, f'{host.name}: {refusal.what}: no LUN has changed')
        dead_during_install(host, tap, san)
        tap.ok(san.sums() == sums, f'{host.name}: all paths down: no LUN has changed')
    finally:
        host.stop()


def case_san(lab, tap):
    """A guests' volume group on a LUN with four paths: install, boot, paths that go and come under a stream of writes."""
    host, san = guests_host(lab, 'san')
    sums = san.sums()
    try:
        host.boot_iso()
        if not install(host, tap):
            return
        tap.ok(san.sums()[1:] == sums[1:], 'san: LUNs that are not named stay as they were')
        host.stop()
        if boot(host, tap):
            check_verdict(host, tap, 'after the first boot', GUESTS, 'OK 4/4')
            check_lvm(host, tap)
            paths_come_and_go(host, tap, san)
            host.ssh('sync; vgchange -qq -an VG-SAN-0; poweroff')
            host.vm.wait_exit(300)
    finally:
        host.stop()


def case_sanjoin(lab, tap):
    """A second host joins the volume group that the first one (case san) made: nothing on the LUN changes."""
    folder = lab.folder / 'san'
    if not (folder / f'lun-{GUESTS}.img').exists():
        tap.ok(False, 'sanjoin: case san was run before')
        return
    luns = [object.__new__(Lun)]
    luns[0].wwn, luns[0].image = GUESTS, folder / f'lun-{GUESTS}.img'
    host, san = make_host(lab, 'sanjoin', luns)
    host.edit = lambda ks: lun_line(f'--wwid={GUESTS} --alias=san-230 --min-paths=4 --vg=VG-SAN-0 --join')(ks, lab)
    try:
        sums = san.sums()
        host.boot_iso()
        if not install(host, tap):
            return
        host.stop()
        tap.ok(san.sums() == sums, 'sanjoin: not a byte of the LUN has changed')
        if boot(host, tap):
            check_verdict(host, tap, 'after the first boot', GUESTS, 'OK 4/4')
            check_lvm(host, tap)
            check_stream(host, tap, "the first host's volume is as it was")
    finally:
        host.stop()


def case_sanroot(lab, tap):
    """The system on a LUN with four paths, and no local disk: install, boot, boot with a path missing."""
    folder = lab.folder / 'sanroot'
    folder.mkdir(exist_ok=True)
    host, san = make_host(lab, 'sanroot', [Lun(folder, SYSTEM, 8)], no_disk=True, by_image=['multipath-tools-boot'])
    host.edit = lambda ks: lun_line(f'--wwid={SYSTEM} --alias=system --min-paths=4 --root')(
        '\n'.join(line for line in ks.splitlines() if not line.startswith('ignoredisk')) + '\n', lab)
    try:
        host.boot_iso()
        if not install(host, tap):
            return
        host.stop()
        if boot(host, tap):
            check_verdict(host, tap, 'after the first boot', SYSTEM, 'OK 4/4')
            run(host, tap, 'root stands on the map', 'lsblk -nso NAME,TYPE $(findmnt -no SOURCE /)', lambda o: 'mpath' in o)
            run(host, tap, 'LVM knows the map alone, and its group once', 'grep -c IDTYPE= /etc/lvm/devices/system.devices; pvs --noheadings -o pv_name 2>&1',
                lambda o: (w := o.split())[0] == '1' and len(w) == 2 and w[1].startswith('/dev/mapper/system'))
        host.stop()
        san.missing = {(0, 0, 0)}
        host.boot_disk('one-path-missing.log')
        status, output = 255, ''
        until = time.time() + BOOT_S
        while status and time.time() < until and host.vm.alive():
            status, output = host.ssh('true', 60)
            time.sleep(10)
        if tap.ok(status == 0, 'sanroot: boots with a path missing', host.tail()):
            map_paths(host, tap, 'system', 3)
    finally:
        host.stop()


CASES = {name[5:]: function for name, function in list(globals().items()) if name.startswith('case_')}
