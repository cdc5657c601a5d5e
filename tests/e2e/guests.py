"""Hosts with guests, and guests on them: made, logged in to, saved and gone on from."""
import json
import re
import subprocess
import tempfile
import time

import qemu
from cases import boot, install
from checks import run
from lab import OUT, TOP, Host

# A guest in an emulated hypervisor in an emulated machine: minutes.
CREATE_S, START_S, LOGIN_S, INSTALL_S = 3000, 1200, 900, 7200
PV1 = 'pv1', '10.0.3.21'
NET = {'gateway': '10.0.3.2', 'nameserver': '10.0.3.3'}


def scp(host, path, to):
    argv = ['ssh', '-i', str(host.lab.key), '-p', str(host.vm.ssh_port), '-o', 'StrictHostKeyChecking=no', '-o', 'BatchMode=yes',
            '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR', 'root@127.0.0.1', f'cat >{to}']
    with open(path, 'rb') as f:
        return subprocess.run(argv, stdin=f, timeout=600).returncode == 0


class Guest:
    """A guest's way in: ssh through xenbr1, by a port of this machine that leads to its address."""

    def __init__(self, host, name, address):
        self.host, self.name, self.address, self.port = host, name, address, qemu.free_port()
        host.vm.qmp('human-monitor-command', **{'command-line': f'hostfwd_add n1 tcp:127.0.0.1:{self.port}-{address}:22'})

    def ssh(self, command, seconds=300):
        argv = ['ssh', '-i', str(self.host.lab.key), '-p', str(self.port), '-o', 'StrictHostKeyChecking=no', '-o', 'BatchMode=yes',
                '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR', '-o', 'ConnectTimeout=60', 'root@127.0.0.1', command]
        try:
            done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=seconds)
            return done.returncode, done.stdout
        except subprocess.TimeoutExpired:
            return 124, ''

    def login(self, seconds=LOGIN_S):
        """Whether somebody can log in within that time; what it said last."""
        until, output = time.time() + seconds, ''
        while time.time() < until:
            status, output = self.ssh('hostname; cat /sys/hypervisor/guest_type; ip -br -4 addr', 120)
            if status == 0:
                return True, output
            time.sleep(5)
        return False, output


# What an emulated guest has no time for, and nothing here asks about.
IDLE = 'systemd.show_status=no ' + ' '.join(f'systemd.mask={u}' for u in (
    'dpkg-db-backup.timer', 'apt-daily.timer', 'apt-daily-upgrade.timer', 'e2scrub_all.timer', 'e2scrub_reap.service', 'systemd-logind.service',
    'kmod-static-nodes.service', 'modprobe@drm.service', 'modprobe@efi_pstore.service', 'modprobe@fuse.service', 'dev-mqueue.mount',
    'sys-kernel-debug.mount', 'sys-kernel-tracing.mount', 'sys-fs-fuse-connections.mount', 'systemd-sysctl.service', 'systemd-random-seed.service'))


def words(name, seconds=1800, **values):
    return ' '.join(f"--set '{k}={v}'" for k, v in values.items()) + f' --bridge xenbr1 --memory 320M --timeout {seconds}'


def values_of(host, address):
    return {'sshkey': host.lab.public_key, 'ip': f'{address}/24', 'lang': 'C.UTF-8', **NET}


def create(host, tap, name, address, kind, source, seconds=CREATE_S, template='debian13-direct', group='vg0'):
    """Make a guest, look at what it tells, and log in."""
    began = time.time()
    command = (f'xenith guest create {name} --from {template} --disk 1100M,vg={group} --type {kind} '
               f"{words(name, **values_of(host, address), **source)} --extra '{IDLE}'")
    if not run(host, tap, f'{name}: made as {kind}, and runs', command, lambda o: f'{name}: runs' in o, seconds):
        host.ssh(f'tail -50 /var/log/xenith/guest-{name}.log; xl dmesg | tail -20')
        return None
    tap.note(f'{name}: made and told of itself in {time.time() - began:.0f} s')
    run(host, tap, f'{name}: its report: {kind}, PV disk and NIC, nothing emulated, its address', f'xenith guest verify {name} --json',
        lambda o: (r := json.loads(o))['ok'] and f'type={kind.upper()} ' in r['guest'] and 'disks=xvda:vbd ' in r['guest'] and
        re.search(r'nics=\w+:vif ', r['guest']) and 'emulated=no' in r['guest'] and f'address={address}/24' in r['guest'])
    guest = Guest(host, name, address)
    good, output = guest.login()
    tap.ok(good and name in output and kind.upper() in output, f'{host.name}: {name}: login by ssh through xenbr1', output)
    status, output = guest.ssh('cat /proc/cmdline')
    tap.ok(status == 0 and IDLE in output, f'{host.name}: {name}: its kernel has the words asked for', output)
    return guest


def stream_begins(guest):
    """It writes a number every 0.2 s from here on."""
    guest.ssh("nohup sh -c 'rm -f /root/stop /root/stream; i=0; while [ $i -lt 20000 ] && [ ! -e /root/stop ]; do i=$((i + 1)); echo $i; echo $i >>/root/stream; "
              "sync /root/stream; sleep 0.2; done' >/dev/null 2>&1 &")


def stream_ends(guest, tap):
    """It can be logged in to, and has written every number."""
    good, output = guest.login()
    time.sleep(5)
    status, output = guest.ssh('touch /root/stop; sleep 1; cat /root/stream')
    lines = output.split()
    tap.ok(good and len(lines) > 10 and lines == [str(i + 1) for i in range(len(lines))], f'{guest.host.name}: {guest.name}: the stream went on without a gap',
           output[-300:])


def by_installer(host, name, address, kind, seconds=1800):
    """The command that makes a guest by Debian's own installer."""
    host.lab.installer()
    # dom0 fetches the kernel from where the guest fetches the rest.
    host.ssh('ip addr replace 10.0.3.9/24 dev xenbr1')
    mirror = host.lab.mirror.url.replace('10.0.2.2', NET['gateway'])
    values = {**values_of(host, address), 'url': f'{mirror}/debian', 'security': f'{mirror}/debian-security', 'root_mib': 1400, 'swap_mib': 0}
    return f'xenith guest create {name} --from debian13 --type {kind} --disk 2500M,vg=vg0 {words(name, seconds, **values)}'


def image_of(lab):
    """A guest's root composed on this machine, as the template that an administrator keeps on a web server: the template's values."""
    return lab.once('image of guests', lambda: make_image(lab))


def make_image(lab):
    with tempfile.TemporaryDirectory(dir=lab.folder) as folder:
        checksum = compose_image(lab, folder)
    lab.mirror.files['/guest.img'] = lab.folder / 'guest.img'
    return {'image': f'{lab.mirror.url}/guest.img', 'checksum': checksum}


def compose_image(lab, folder):
    """lab.folder/guest.img; its checksum."""
    script = '''for d in /etc/xen /etc/xenith /var/lib/xenith /var/log/xenith /run/xenith; do
  mkdir -p $d $0/own$d; mount --bind $0/own$d $d; done
$1 guest create tmpl --from $2/debian13-direct.ks --set "url=$3/debian" --set "sshkey=$4" --set packages=openssh-server --set lang=C.UTF-8 \\
  --disk 1500M,file=$0/t.raw --bridge none --type pv --no-start && mkdir -p $0/mnt && mount -o loop,ro $0/t.raw $0/mnt && $1 image build --root $0/mnt -o $0/../guest.img'''
    done = subprocess.run(['unshare', '-m', '--propagation', 'private', 'sh', '-c', script, folder, OUT.resolve() / 'xenith', TOP / 'templates',
                           lab.mirror.local_url, lab.public_key], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    match = re.search(r'manifest sha256:(\w+)', done.stdout)
    if not match:
        raise RuntimeError(done.stdout[-2000:])
    return match[1]


def host_of_guests(lab, name, **options):
    """QEMU's VMRUN leaves an injected interrupt where its main loop delivers it again if it is left just then, as it is each time that two
    CPUs of one thread take turns: PVH kernels fell over that within seconds (`stack guard page was hit`, exc_page_fault in itself)."""
    host = Host(lab, name, **options)
    host.cpus = 1
    return host


def saved_host(lab, name):
    """What an earlier run saved under that name, if this one is to go on from it; or None."""
    return host_of_guests(lab, name, saved=True) if lab.again and (lab.folder / name / 'memory').exists() else None


def made_host(lab, tap):
    """A host that is installed and booted, and saved as it stands then; None if that failed."""
    saved = saved_host(lab, 'guesthost')
    if saved:
        return saved
    host = host_of_guests(lab, 'guesthost', by_image=())
    try:
        host.boot_iso()
        done = install(host, tap)
        host.stop()
        if done and boot(host, tap):
            host.save()
            return host
    finally:
        host.stop()


def with_pv(lab, tap):
    """The same with a PV guest that runs."""
    def make(host, tap):
        if create(host, tap, *PV1, 'pv', image_of(lab)):
            host.save()
            return host
    return saved_host(lab, 'guesthost-pv') or on_host(lab, tap, 'guesthost-pv', make)


def on_host(lab, tap, name, check, made=made_host):
    """All cases of one run go on from one host, each with a copy of its own."""
    saved = lab.once(made.__name__, lambda: made(lab, tap))
    if tap.ok(saved, f'{name}: there is a host to go on from'):
        host = saved.copy(name)
        try:
            # Its clock stood still meanwhile.
            if run(host, tap, 'it goes on', f'date -s @{time.time():.0f}', lambda o: True, 300):
                return check(host, tap)
        finally:
            host.stop()
