"""Cases of a host whose management is tagged on a bond: refusals, legs pulled, the plan compared with the host, guests
that cheat, LACP, a change that nobody confirmed, and the fallback of a first boot without a gateway."""
import json
import re
import subprocess
import time

import iso9660
import qemu
from cases import BOOT_S, INSTALL_S, Refusal, boot, refuse
from checks import run
from lab import RETRY_S, Host, failed, first_boot
from switch import Station, Switch, Users

MACS = '52:54:00:12:34:10', '52:54:00:12:34:11', '52:54:00:12:34:12'
LEGS = 'ens16', 'ens17'
OTHER = '02:00:5e:53:00:99'
# The machine's address, and one that it is changed to.
ADDRESS, NEW_ADDRESS = '10.0.2.15', '10.0.2.16'
# Guests' VLANs, each with a station.
STATIONS = {200: ('10.0.3.2', '02:00:5e:53:02:00'), 300: ('10.0.3.2', '02:00:5e:53:03:00')}

LINES = f'''network --device=bond0 --bondslaves={MACS[0]},{MACS[1]} --bondopts=mode=active-backup,miimon=100 --bootproto=none
network --device=bond0 --vlanid=100 --bootproto=none
network --device=xenbr0 --bridgeslaves=bond0.100 --bootproto=static --ip=10.0.2.15 --netmask=255.255.255.0 --gateway=10.0.2.2 --nameserver=10.0.2.3 --noipv6 --hostname=@NAME@.example.org
network --device=xenbr1 --bridgeslaves={MACS[2]} "--bridgeopts=vlan-filtering=yes,vlan-default-pvid=0,vlans=200 300" --bootproto=none
'''
# As dracut.cmdline(7): the kickstart file itself is behind the tagged bond.
EARLY = ('bond=bond0:ens16,ens17:mode=active-backup,miimon=100 vlan=bond0.100:bond0 '
         'ip=10.0.2.15::10.0.2.2:255.255.255.0::bond0.100:none nameserver=10.0.2.3')


def copy(image, to):
    """Holes stay holes."""
    subprocess.run(['cp', '--sparse=always', image, to], check=True)


def tagged(name, lines=LINES):
    def edit(text):
        others = [line for line in text.splitlines(keepends=True) if not line.startswith('network ')]
        at = next(i for i, line in enumerate(others) if line.startswith('ignoredisk '))
        return ''.join([*others[:at], lines.replace('@NAME@', name), *others[at:]])
    return edit


class NetHost(Host):
    """A Host with three NICs on a switch of ours: two legs with VLAN 100 tagged, one with the guests' VLANs."""

    def __init__(self, lab, name, by_image=()):
        super().__init__(lab, name, edit=tagged(name), by_image=by_image)
        self.ports, self.kernel = {a: qemu.free_port() for a in (ADDRESS, NEW_ADDRESS)}, ()
        users = Users(self.folder, '10.0.2.0/24', *(f'hostfwd=tcp:127.0.0.1:{p}-{a}:22' for a, p in self.ports.items()))
        self.switch = Switch([({100}, None), ({100}, None), ({200, 300}, None)],
                             {100: users, **{vlan: Station(*who) for vlan, who in STATIONS.items()}})
        self.more_args = self.args

    def args(self):
        words = list(self.kernel)
        for i, port in enumerate(self.switch.ports):
            words += ['-netdev', port.netdev(f'n{i}'), '-device', f'e1000,netdev=n{i},mac={MACS[i]},addr={10 + i}']
        return words

    def start(self, *args, **options):
        vm = super().start(*args, nics=0, **options)
        vm.ssh_port = self.ports[ADDRESS]
        return vm

    def boot_again(self, log, find):
        """Boot the installed disk until find() gives something, and return that; again if the kernel fell over the emulation."""
        for attempt in 1, 2:
            self.boot_disk(f'{log}{attempt}.log')
            found = find()
            if found or not self.vm.fallen():
                return found
            self.vm.stop()
        return None

    def boot_kernel(self, words):
        """The ISO's kernel and initramfs, with these words; no medium at all."""
        for name in 'vmlinuz', 'initrd':
            (self.folder / name).write_bytes(iso9660.read(self.lab.iso, f'boot/{name}'))
        append = f'loglevel=4 console=ttyS0,115200 ks={self.lab.collector.ks_url} xenith.retry={RETRY_S} xenith.json {words}'
        self.kernel = '-kernel', str(self.folder / 'vmlinuz'), '-initrd', str(self.folder / 'initrd'), '-append', append
        try:
            return self.start(None, 'install.log')
        finally:
            self.kernel = ()

    def wait_ssh(self, seconds=600):
        """Until it answers: a login on the console comes before the network."""
        until = time.time() + seconds
        while self.ssh('true')[0] and time.time() < until and self.vm.alive():
            time.sleep(1)

    def pull(self, leg, up):
        """The cable of one NIC, at both its ends."""
        self.switch.ports[leg].plugged = up
        self.vm.qmp('set_link', name=f'n{leg}', up=up)

    def close(self):
        self.stop()
        self.switch.close()


def say(old, new):
    return lambda text, lab: text.replace(old, new)


WRONG = [
    Refusal('a VLAN that the switch does not have', {5}, [r'gateway 10\.0\.2\.2 does not answer on xenbr0', r'check .*VLAN',
                                                            r'ens16 +52:54:00:12:34:10 +e1000 .*switch sw1\.example\.org, port Gi1/0/1',
                                                            r'ens17 .*port Gi1/0/2', r'ens18 .*port Gi1/0/3'],
            lambda t, lab: t.replace('--vlanid=100', '--vlanid=101').replace('bond0.100', 'bond0.101'), posted=False),
    Refusal('an address that another machine has', {4}, [rf'10\.0\.2\.16: another machine, {OTHER}, has this address'],
            say('--ip=10.0.2.15', '--ip=10.0.2.16'), posted=False),
    Refusal('a gateway that is dead', {5}, [r'gateway 10\.0\.2\.99 does not answer'], say('--gateway=10.0.2.2', '--gateway=10.0.2.99'),
            posted=False),
]


def install_on_one_leg(host, tap):
    """The good file; the first leg is pulled while the system comes in."""
    served, began = len(host.station.served), time.time()
    text = host.kickstart()
    host.station.kickstart = text
    at = host.station.wait_served(text, served, INSTALL_S, host.vm.alive)
    event = at is not None and host.station.wait_event(lambda e: e['step'] == 'unpack' or failed(e), INSTALL_S, at, host.vm.alive)
    if not tap.ok(event and not failed(event), f'{host.name}: the system comes in over the tagged bond', f'{event}\n{host.tail()}'):
        return False
    told = [e['message'] for e in host.station.events[at:] if e['step'] == 'network' and e['state'] == 'done']
    tap.ok(told and re.search(r'ens16 .*port Gi1/0/1\b', told[0]), f'{host.name}: the network step shows NIC, switch and port', told)
    host.pull(0, False)
    while host.vm.alive() and time.time() - began < INSTALL_S:
        event = host.station.wait_event(failed, 5, at, host.vm.alive)
        if event:
            return tap.ok(False, f'{host.name}: installed with a leg pulled', f'{event}\n{host.tail()}')
    tap.note(f'{host.name}: install took {time.time() - began:.0f} s')
    return tap.ok(not host.vm.alive(), f'{host.name}: installed with a leg pulled', host.tail())


def addresses(links):
    return {link['ifname']: [f'{a["local"]}/{a["prefixlen"]}' for a in link['addr_info'] if a['scope'] == 'global'] for link in links}


def compare(plan, links):
    """What the host has that the plan says otherwise; links: of `ip -j -d addr`."""
    have, wrong = {link['ifname']: link for link in links}, []
    kinds = {'bridge': 'bridge', 'bond': 'bond', 'VLAN': 'vlan', 'NIC': None}

    def check(name, what, got, wanted):
        if got != wanted:
            wrong.append(f'{name}: {what} is {got}, not {wanted}')

    masters = {lower: d['name'] for d in plan['devices'] if d['kind'] in ('bridge', 'bond') for lower in d['over']}
    for device in plan['devices']:
        name = device['name']
        link = have.get(name)
        if not link:
            wrong.append(f'{name}: is not there')
            continue
        info = link.get('linkinfo', {})
        check(name, 'kind', info.get('info_kind') if device['kind'] != 'NIC' else None, kinds[device['kind']])
        check(name, 'master', link.get('master'), masters.get(name))
        check(name, 'up', 'UP' in link['flags'], device['onboot'])
        if device['kind'] == 'NIC':
            check(name, 'permanent MAC', link.get('permaddr', link['address']), device['mac'])
        else:
            check(name, 'MAC', link['address'], device['mac'])
        if device['kind'] == 'VLAN':
            check(name, 'VLAN', [info['info_data']['id'], link['link']], [device['vlan_id'], device['over'][0]])
        if device['kind'] == 'bond':
            check(name, 'mode', info['info_data']['mode'], device['options']['mode'])
        if device['kind'] == 'bridge':
            check(name, 'STP', info['info_data']['stp_state'], 0)
            check(name, 'VLAN filter', bool(info['info_data']['vlan_filtering']), 'vlans' in device)
        ip = device['address']['ip']
        check(name, 'addresses', addresses(links)[name], [f'{ip}/{device["address"]["prefix_len"]}'] if ip else [])
    return wrong


def check_plan(host, tap):
    """What `ip` and `networkctl` say of the host is the plan of this machine for its kickstart file."""
    status, output = host.ssh('xenith bridge plan --json --ks /etc/xenith/network.ks; echo @; ip -j -d addr; echo @; '
                              'networkctl list --no-legend --no-pager; echo @; ip -j route show default', 300)
    parts = output.split('@\n')
    if not tap.ok(status == 0 and len(parts) == 4, f'{host.name}: ssh to xenbr0; plan, addresses and networkd can be read', output[-3000:]):
        return
    (host.folder / 'captured').write_text(output)
    plan, links, routes = (json.loads(parts[i]) for i in (0, 1, 3))
    wrong = compare(plan, links)
    tap.ok(not wrong, f'{host.name}: every link is what the plan says (ip -j addr)', wrong)
    # Its JSON is had by D-Bus alone, which a dom0 need not have. Index, link, type, operational and setup state.
    states = {line.split()[1]: line.split()[4] for line in parts[2].splitlines()}
    tap.ok(all(states.get(d['name']) == 'configured' for d in plan['devices']), f'{host.name}: networkd has configured them all', states)
    tap.ok([(r.get('gateway'), r['dev']) for r in routes] == [('10.0.2.2', 'xenbr0')], f'{host.name}: one default route, by xenbr0', routes)
    run(host, tap, 'verify agrees', 'xenith bridge verify --ks /etc/xenith/network.ks; true', lambda o: not re.search(r'^WRONG (?!DNS)', o, re.M), 300)
    run(host, tap, 'the first boot proved the network', 'head -n 1 /run/xenith/network; ls /var/lib/xenith/net-unproven 2>&1; true',
        lambda o: o.startswith('ok\n') and 'No such file' in o)
    run(host, tap, 'each port and its switch', 'xenith bridge nics --wait 30',
        lambda o: all(re.search(rf'^ens1{6 + i} +{MACS[i]} +e1000 +.*switch sw1\.example\.org, port Gi1/0/{i + 1}$', o, re.M) for i in range(3)))


def check_legs(host, tap):
    for leg in 0, 1:
        host.pull(leg, False)
        run(host, tap, f'reachable with leg {leg} pulled', 'cat /sys/class/net/bond0/bonding/active_slave',
            lambda o, other=LEGS[1 - leg]: o.split() == [other], 300)
        if leg == 0:
            run(host, tap, 'verify names the leg', 'xenith bridge verify --ks /etc/xenith/network.ks --no-duplicates; true',
                lambda o: re.search(r'^WRONG leg +ens16: is down in bond0', o, re.M), 300)
        host.pull(leg, True)
        host.ssh('for i in $(seq 60); do grep -L up /sys/class/net/ens1[67]/bonding_slave/mii_status | grep -q . || break; sleep 1; done')


# A stand-in for a guest: one end of a veth pair is its vif, brought up by Xen's own script, the other is the guest.
VIF = '''set -e
ip netns add guest 2>/dev/null || true
ip link del vif9.0 2>/dev/null || true
ip link add vif9.0 type veth peer name eth0 netns guest
ip -n guest link set eth0 address 00:16:3e:00:00:09 up
for kv in mac=00:16:3e:00:00:09 bridge=xenbr1 "ip=10.0.3.9" vlan=@VLAN@; do xenstore-write backend/vif/9/0/${kv%%=*} "${kv#*=}"; done
vif=vif9.0 XENBUS_PATH=backend/vif/9/0 XENBUS_TYPE=vif XENBUS_BASE_PATH=backend /etc/xen/scripts/vif-bridge online type_if=vif
'''
# asks ADDRESS: what becomes of an ARP request for the station from that address.
ASK = '''asks() {
  ip -n guest addr flush dev eth0; ip -n guest addr add "$1/24" dev eth0; ip -n guest neigh flush dev eth0
  ip netns exec guest bash -c 'echo x >/dev/udp/10.0.3.2/9' 2>/dev/null || true; sleep 4
  ip -n guest neigh show 10.0.3.2
}
'''


def check_vif(host, tap):
    seen, asked = host.switch.seen, host.switch.asked
    run(host, tap, "Xen's script takes a vif into xenbr1", VIF.replace('@VLAN@', '200') + 'ip -j link show vif9.0',
        lambda o: '"master":"xenbr1"' in o, 300)
    run(host, tap, 'the guest reaches the station of its VLAN', ASK + 'asks 10.0.3.9', lambda o: f'lladdr {STATIONS[200][1]}' in o)
    tap.ok((200, '10.0.3.9') in asked and (300, '10.0.3.9') not in asked, f'{host.name}: its frames are in VLAN 200 alone', asked)
    run(host, tap, 'an address that is not its own reaches nobody', ASK + 'asks 10.0.3.77', lambda o: 'lladdr' not in o)
    tap.ok(not [a for a in asked if a[1] == '10.0.3.77'], f'{host.name}: none of its frames left the host', asked)
    run(host, tap, 'a MAC that is not its own reaches nobody', ASK + 'ip -n guest link set eth0 address 00:16:3e:00:00:66; asks 10.0.3.9',
        lambda o: 'lladdr' not in o)
    tap.ok(not [k for k in seen if k[1] == '00:16:3e:00:00:66'], f'{host.name}: none of these either', seen)
    run(host, tap, 'vlan=300 leads to the other station', VIF.replace('@VLAN@', '300') + ASK + 'asks 10.0.3.9',
        lambda o: f'lladdr {STATIONS[300][1]}' in o, 300)
    host.ssh('ip link del vif9.0; ip netns del guest; xenstore-rm backend/vif/9')


LACP = "sed 's/mode=active-backup/mode=802.3ad,lacp_rate=fast/' /etc/xenith/network.ks >/root/lacp.ks"


def check_lacp(host, tap):
    """A change over ssh to a mode that needs the switch's part."""
    host.switch.lacp = True
    run(host, tap, 'the bond is changed to LACP over ssh, and confirmed',
        f'{LACP}; xenith bridge apply --ks /root/lacp.ks --timer 120 && sleep 10 && xenith bridge confirm', lambda o: 'confirmed' in o, 300)
    run(host, tap, 'verify: LACP is negotiated with both legs',
        'for i in $(seq 12); do xenith bridge verify --ks /root/lacp.ks --no-duplicates >/run/v; grep -q "^ok *LACP" /run/v && break; sleep 5; done; cat /run/v',
        lambda o: re.search(r'^ok +LACP +bond0: 2 legs with 02:00:5e:53:00:01', o, re.M), 600)
    host.switch.lacp = False
    run(host, tap, 'verify: the switch speaks LACP no more',
        'for i in $(seq 12); do xenith bridge verify --ks /root/lacp.ks --no-duplicates >/run/v; grep -q "^WRONG *LACP" /run/v && break; sleep 5; done; cat /run/v',
        lambda o: re.search(r'^WRONG LACP +bond0: ', o, re.M), 600)
    run(host, tap, 'and back', 'xenith bridge apply --ks /etc/xenith/network.ks --timer 120 && xenith bridge confirm', lambda o: 'confirmed' in o, 300)


def cut_in_a_change(host, tap):
    """The power goes while a change waits for its confirmation: the next boot has what was before."""
    files = 'grep -rh ^Address= /etc/systemd/network'
    run(host, tap, 'a change is begun', f"sed 's/{ADDRESS}/{NEW_ADDRESS}/' /etc/xenith/network.ks >/root/new.ks; "
        '(sleep 3; exec setsid xenith bridge apply --ks /root/new.ks --timer 3600) >/root/apply.log 2>&1 </dev/null & echo begun',
        lambda o: 'begun' in o)
    host.vm.ssh_port = host.ports[NEW_ADDRESS]
    host.wait_ssh()
    run(host, tap, 'it is reached at its new address, and the change waits for its confirmation',
        f'{files}; for i in $(seq 60); do grep -q "to confirm" /var/log/xenith/net-change.log && break; sleep 1; done; ls /var/lib/xenith/net-change',
        lambda o: f'Address={NEW_ADDRESS}/24' in o and 'list' in o.split(), 300)
    host.stop()
    up = host.boot_again('restored', lambda: host.vm.wait_serial(rb'login: ', BOOT_S))
    tap.ok(up, f'{host.name}: it boots again', host.tail())
    host.wait_ssh()
    run(host, tap, 'it has its address from before', f'{files}; ip -br addr show dev xenbr0',
        lambda o: f'Address={ADDRESS}/24' in o and f' {ADDRESS}/24' in o and NEW_ADDRESS not in o, 300)
    run(host, tap, 'the unit restored the files', 'cat /var/log/xenith/net-change.log; ls /var/lib/xenith/net-change 2>&1; '
        'journalctl -b -o cat -u xenith-net-rollback.service',
        lambda o: 'booted with an unconfirmed change' in o and 'rolled back' in o and 'No such file' in o)


def fall_back(host, tap):
    """The host as it was installed, booted where its VLAN has no tag: it falls back, and tells."""
    copy(host.folder / 'fresh.img', host.image)
    for port in host.switch.ports[:2]:
        port.tagged, port.untagged = set(), 100
    start = len(host.station.events)
    event = host.boot_again('fallback', lambda: host.station.wait_event(first_boot, BOOT_S, start, lambda: host.vm.alive() and not host.vm.fallen()))
    if not tap.ok(event, f'{host.name}: without its VLAN: first boot reported', host.tail()):
        return
    text = str(event.get('message'))
    host.station.wait(lambda: True if 'post' in event['via'] else None, 60)
    tap.ok(event['state'] == 'degraded' and 'post' in event['via'], f'{host.name}: degraded, and the collector heard it', event)
    tap.ok(re.search(r'network fallback: .*gateway 10\.0\.2\.2 does not answer on xenbr0.*fallback: xenbr0 is on ens16, untagged', text, re.S),
           f'{host.name}: it says what is wrong, and where it is now', text)
    tap.ok('switch sw1.example.org, port Gi1/0/1, untagged VLAN 100' in text, f'{host.name}: with the switch and its port', text)
    run(host, tap, 'reachable over ssh at its address', 'ip -br addr show dev xenbr0; ip -o link show dev ens16; cat /run/issue.d/xenith.issue',
        lambda o: '10.0.2.15/24' in o and 'master xenbr0' in o and 'fallback: xenbr0' in o, 300)
    for port in host.switch.ports[:2]:
        port.tagged = {100}  # and untagged still: the session is there
    run(host, tap, 'with the switch mended, apply and confirm lead back to the plan',
        'xenith bridge apply --ks /etc/xenith/network.ks --timer 120 && sleep 5 && xenith bridge confirm && '
        'ls /run/systemd/network; ip -br link; xenith bridge verify --ks /etc/xenith/network.ks --no-duplicates; true',
        lambda o: 'confirmed' in o and 'fallback' not in o and 'xenfb' not in o and not re.search(r'^WRONG (?!DNS)', o, re.M), 300)
    run(host, tap, 'and the network counts as proven', 'xenith bridge boot --ks /etc/xenith/network.ks; ls /var/lib/xenith/net-unproven 2>&1; true',
        lambda o: 'proven' in o and 'No such file' in o, 300)


class Shell:
    """The installer's shell on the serial console."""

    def __init__(self, vm):
        self.vm, self.n = vm, 0

    def open(self, seconds):
        """At the question after a failure, which is asked for RETRY_S only: the next one if that is over. False: it never came."""
        start, until = max(0, len(self.vm.output) - 4000), time.time() + seconds
        while asked := self.vm.wait_serial(rb's shell, ', until - time.time(), start):
            self.vm.send('s')
            if self.vm.wait_serial(rb'Rescue shell', 10, start):
                return self.run('stty -echo cols 500; PS1=; : >/etc/resolv.conf', 60)[0] == 0
            start = asked.end()
        return False

    def run(self, command, seconds=120):
        """(exit status, output); 124 where it didn't end in time."""
        self.n += 1
        start = len(self.vm.output)
        self.vm.send(f'{command}\necho "@{self.n}=$?@"\n')
        end = self.vm.wait_serial(rb'@%d=(\d+)@' % self.n, seconds, start)
        output = bytes(self.vm.output[start:end.start() if end else None]).decode(errors='replace').replace('\r', '')
        return int(end[1]) if end else 124, output


class Live:
    """Checks in the installer's shell."""

    def __init__(self, host, tap):
        self.host, self.tap, self.shell = host, tap, Shell(host.vm)

    def file(self, name, text):
        for i, line in enumerate(text.splitlines()):
            quoted = line.replace("'", "'\\''")
            self.shell.run(f"echo '{quoted}' {'>>' if i else '>'}{name}")

    def run(self, what, command, holds, seconds=180):
        status, output = self.shell.run(command, seconds)
        return self.tap.ok(holds(output), f'{self.host.name}: {what}', f'{command}: exit status {status}\n{output[-3000:]}')

    def lead_to(self, ks):
        """The network that the file describes, confirmed."""
        return f'xenith bridge apply --ks {ks} --timer 300 >/run/out && xenith bridge confirm || cat /run/out'


def live_stack(live):
    live.shell.run('for i in xenbr0 xenbr1 bond0.100 bond0; do ip link del $i; done')
    live.run('bonds, VLANs and bridges are made over each other', live.lead_to('/good'), lambda o: 'confirmed' in o)
    live.run('verify finds nothing wrong', 'xenith bridge verify --ks /good', lambda o: 'WRONG' not in o and re.search(r'^ok +leg +ens17: is up in bond0', o, re.M))
    live.run('a second apply finds nothing to do', 'xenith bridge apply --ks /good', lambda o: 'all is as the plan says' in o)
    live.run('ports and their switches', 'xenith bridge nics --wait 30',
             lambda o: all(re.search(rf'^ens1{6 + i} +{MACS[i]} +e1000 +.*switch sw1\.example\.org, port Gi1/0/{i + 1}$', o, re.M) for i in range(3)))


def live_legs(live):
    for leg in 0, 1:
        live.host.pull(leg, False)
        live.run(f'leg {leg} is pulled: the gateway still answers, and verify names the leg',
                 'sleep 2; xenith bridge verify --ks /good --no-duplicates',
                 lambda o, name=LEGS[leg]: re.search(rf'^WRONG leg +{name}: is down in bond0', o, re.M) and re.search(r'^ok +gateway +10', o, re.M))
        live.host.pull(leg, True)
        live.shell.run('for i in $(seq 30); do grep -L up /sys/class/net/ens1[67]/bonding_slave/mii_status | grep -q . || break; sleep 1; done')


def live_lacp(live):
    live.host.switch.lacp = True
    live.run('LACP with the switch', live.lead_to('/lacp'), lambda o: 'confirmed' in o)
    live.run('verify: both legs are in the channel', 'for i in $(seq 12); do xenith bridge verify --ks /lacp --no-duplicates >/run/v && break; sleep 3; done; cat /run/v',
             lambda o: 'WRONG' not in o and re.search(r'^ok +LACP +bond0: 2 legs with 02:00:5e:53:00:01', o, re.M), 300)
    live.host.switch.lacp = False
    live.run('verify: the switch speaks LACP no more', 'for i in $(seq 12); do xenith bridge verify --ks /lacp --no-duplicates >/run/v || break; sleep 3; done; cat /run/v',
             lambda o: re.search(r'^WRONG LACP +bond0: ', o, re.M), 300)
    live.run('and back to active-backup', live.lead_to('/good'), lambda o: 'confirmed' in o)


def live_rollback(live):
    live.run('a VLAN that is not there is taken back by the timer', 'xenith bridge apply --ks /wrong --timer 3 >/run/out; '
             'for i in $(seq 30); do [ -e /var/lib/xenith/net-change/list ] || break; sleep 1; done; xenith bridge verify --ks /good --no-duplicates',
             lambda o: 'WRONG' not in o and 'ok    gateway' in o)


def live_fallback(live):
    """The first boot's check, with switches that are set up otherwise than in the installer."""
    ports = live.host.switch.ports
    for port in ports[:2]:
        port.tagged, port.untagged = set(), 100
    live.run('no tag on the ports: the first boot falls back to the first leg, untagged', 'xenith bridge boot --ks /good --wait 5; '
             'cat /run/xenith/network; ip -o link show dev ens16; ip addr show dev xenbr0',
             lambda o: re.search(r'^fallback: xenbr0 is on ens16, untagged until the next boot: gateway 10\.0\.2\.2 \(52:55:0a:00:02:02\)', o, re.M) and
             'master xenbr0' in o and '10.0.2.15/24' in o and 'switch sw1.example.org, port Gi1/0/1, untagged VLAN 100' in o)
    for port in ports[:2]:
        port.tagged, port.untagged = {100}, None
    live.run('the ports are mended: apply leads back', live.lead_to('/good'), lambda o: 'confirmed' in o)
    live.run('and the network is proven', 'xenith bridge boot --ks /good --wait 20; cat /run/xenith/network', lambda o: o.split()[-1:] == ['ok'])
    active = LEGS.index(live.shell.run('cat /sys/class/net/bond0/bonding/active_slave')[1].split()[-1])
    other = LEGS[1 - active]
    ports[active].tagged = set()
    live.run('the leg in use has a link, in the wrong VLAN: the other one, tagged', 'xenith bridge boot --ks /good --wait 5; cat /proc/net/vlan/xenfb.100 '
             '/proc/net/bonding/bond0',
             lambda o: re.search(rf'^fallback: xenbr0 is on {other}, VLAN 100 until', o, re.M) and re.search(r'^xenfb\.100 +VID: 100\b', o, re.M) and f'Device: {other}' in o and
             f'Slave Interface: {LEGS[active]}' in o and f'Slave Interface: {other}' not in o)
    ports[active].tagged = {100}
    live.run('and back again; nothing of the fallback is left', live.lead_to('/good') + '; sleep 3; ip -o link; ls /run/systemd/network; '
             'xenith bridge verify --ks /good --no-duplicates',
             lambda o: 'confirmed' in o and 'xenfb' not in o and 'xenith-fallback' not in o and 'WRONG' not in o)
    for port in ports[:2]:
        port.tagged = set()
    live.run('no gateway anywhere: nothing is changed', 'xenith bridge boot --ks /good --wait 5; ip -o link show dev bond0.100; cat /run/xenith/network',
             lambda o: 'degraded' in o and 'gateway 10.0.2.2 was asked for on ens16, VLAN 100; ens17, VLAN 100; ens16, untagged; ens17, untagged: no answer' in o
             and 'master xenbr0' in o)


def case_netlive(lab, tap):
    """Bonds, VLANs, LACP, changes and the first boot's fallback on the installer's kernel: nothing is installed."""
    host = NetHost(lab, 'netlive', by_image=None)
    try:
        host.boot_kernel(EARLY)
        host.switch.impostors = {100: {'10.0.2.16': OTHER}}
        sums = host.sums()
        if not all([refuse(host, tap, wrong, sums) for wrong in WRONG]):
            return
        live = Live(host, tap)
        if not tap.ok(live.shell.open(300), 'netlive: a shell after the last failure', host.tail()):
            return
        good = LINES.replace('@NAME@', host.name).replace('--nameserver=10.0.2.3 ', '')
        live.file('/good', good)
        live.file('/lacp', good.replace('mode=active-backup', 'mode=802.3ad,lacp_rate=fast'))
        live.file('/wrong', good.replace('--vlanid=100', '--vlanid=101').replace('bond0.100', 'bond0.101'))
        for check in live_stack, live_legs, live_lacp, live_rollback, live_fallback:
            check(live)
    finally:
        host.close()


def case_net(lab, tap):
    """A host on a tagged bond: a leg pulled, the plan compared, guests that cheat, a power cut in a change, a fallback."""
    host = NetHost(lab, 'net')
    try:
        host.boot_kernel(EARLY)
        done = install_on_one_leg(host, tap)
        host.stop()
        host.switch.ports[0].plugged = True
        if not done:
            return
        copy(host.image, host.folder / 'fresh.img')
        if not boot(host, tap) and not host.vm.alive():
            return
        for check in check_plan, check_legs, check_vif, check_lacp, cut_in_a_change:
            check(host, tap)
        host.stop()
        fall_back(host, tap)
    finally:
        host.close()


CASES = {name[5:]: function for name, function in list(globals().items()) if name.startswith('case_')}
