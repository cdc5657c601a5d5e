"""A switch between a machine's NICs and networks: VLANs, ports that can be unplugged, LLDP, LACP.

The kernel here has no 8021q; frames come and go as UDP datagrams of QEMU's socket netdevs, and VLAN tags are put on
and taken off in this process. The user network (gateway, DNS, port forwarding) is a second QEMU without a machine.
"""
import socket
import struct
import subprocess
import threading
import time
from pathlib import Path

TPID = b'\x81\x00'
ARP, SLOW, LLDP = b'\x08\x06', b'\x88\x09', b'\x88\xcc'
MAC = bytes.fromhex('02005e530001')
SLOW_GROUP, LLDP_GROUP = bytes.fromhex('0180c2000002'), bytes.fromhex('0180c200000e')
LLDP_S = 5
# Actor: active, aggregatable, in sync, collecting, distributing (802.1AX 6.4.2.3).
LACP_STATE = 0x3d


def udp():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(('127.0.0.1', 0))
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    return s


def free_udp_port():
    with udp() as s:
        return s.getsockname()[1]


class Wire:
    """One of QEMU's netdevs: our socket, and QEMU's address."""

    def __init__(self):
        self.socket, self.qemu = udp(), ('127.0.0.1', free_udp_port())

    def netdev(self, name):
        return f'socket,id={name},udp=127.0.0.1:{self.socket.getsockname()[1]},localaddr=127.0.0.1:{self.qemu[1]}'

    def send(self, frame):
        self.socket.sendto(frame, self.qemu)


class Port(Wire):
    """The machine's end of a cable. tagged: VLANs that it lets through; untagged: that of frames without a tag, or None."""

    def __init__(self, number, tagged, untagged):
        super().__init__()
        self.number, self.tagged, self.untagged = number, set(tagged), untagged
        self.plugged, self.heard_lacp = True, 0


class Users(Wire):
    """QEMU's user network: the way out, and ssh into the machine. forwards: hostfwd=... of -netdev user."""

    def __init__(self, folder, net, *forwards):
        super().__init__()
        log = open(Path(folder) / 'switch.log', 'wb')
        self.process = subprocess.Popen(
            ['setpriv', '--pdeathsig', 'KILL', '--', 'qemu-system-x86_64', '-machine', 'none', '-display', 'none',
             '-nodefaults', '-monitor', 'none', '-serial', 'none',
             '-netdev', f'user,id=u,net={net},ipv6=off,{",".join(forwards)}', '-netdev', self.netdev('s'),
             '-netdev', 'hubport,id=h0,hubid=0,netdev=u', '-netdev', 'hubport,id=h1,hubid=0,netdev=s'],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def close(self):
        self.process.kill()
        self.process.wait()


def arp(op, mac, ip, to_mac, to_ip):
    return struct.pack('!6s6s2sHHBBH6s4s6s4s', to_mac, mac, ARP, 1, 0x800, 6, 4, op, mac, ip, to_mac, to_ip)


class Switch:
    """nets: VLAN -> something with send(frame), such as Users. Only what a port is let through counts.

    impostors: addresses that another machine of the VLAN answers ARP for: {VLAN: {"10.0.2.15": MAC}}.
    seen: {(VLAN, source MAC): frames}; asked: {(VLAN, sender address)}: who sent ARP; lost: frames of no VLAN of their port.
    """

    def __init__(self, ports, nets):
        self.ports = [Port(i + 1, *p) for i, p in enumerate(ports)]
        self.nets, self.impostors = nets, {}
        self.seen, self.asked, self.lost, self.home = {}, set(), 0, {}
        self.lacp, self.lldp, self.stopped = False, True, False
        for port in self.ports:
            threading.Thread(target=self.from_machine, args=(port,), daemon=True).start()
        for vlan, net in nets.items():
            threading.Thread(target=self.from_net, args=(vlan, net), daemon=True).start()
        threading.Thread(target=self.talk, daemon=True).start()

    def from_machine(self, port):
        while not self.stopped:
            frame = port.socket.recv(65536)
            if not port.plugged or len(frame) < 18:
                continue
            if frame[12:14] == SLOW:
                self.take_lacp(port, frame)
                continue
            tag = int.from_bytes(frame[14:16], 'big') & 0xfff if frame[12:14] == TPID else 0
            vlan = tag if tag in port.tagged else port.untagged if not tag else None
            if vlan is None:
                self.lost += 1
                continue
            if tag:
                frame = frame[:12] + frame[16:]
            key = vlan, frame[6:12].hex(':')
            self.seen[key] = self.seen.get(key, 0) + 1
            self.home[vlan, frame[6:12]] = port, bool(tag)
            if frame[12:14] == ARP and self.answers_arp(vlan, frame, port):
                continue
            if vlan in self.nets:
                self.nets[vlan].send(frame)

    def answers_arp(self, vlan, frame, port):
        sender, target = frame[28:32], frame[38:42]
        self.asked.add((vlan, socket.inet_ntoa(sender)))
        mac = self.impostors.get(vlan, {}).get(socket.inet_ntoa(target))
        if mac and frame[20:22] == b'\0\1':
            self.to_port(port, vlan, arp(2, bytes.fromhex(mac.replace(':', '')), target, frame[6:12], sender))
        return bool(mac)

    def to_port(self, port, vlan, frame, tagged=None):
        """tagged: as the machine spoke last; None: in every way that the port has for this VLAN."""
        if not port.plugged:
            return
        if port.untagged == vlan and not (tagged and vlan in port.tagged):
            port.send(frame)
        if vlan in port.tagged and (tagged is not False or port.untagged != vlan):
            port.send(frame[:12] + TPID + vlan.to_bytes(2, 'big') + frame[12:])

    def from_net(self, vlan, net):
        while not self.stopped:
            frame = net.socket.recv(65536)
            port, tagged = self.home.get((vlan, frame[:6]), (None, None)) if len(frame) >= 14 else (None, None)
            if port and port.plugged:
                self.to_port(port, vlan, frame, tagged)
            else:
                for other in self.ports:
                    self.to_port(other, vlan, frame)

    def take_lacp(self, port, frame):
        """Answer with what was heard as the partner's part."""
        port.heard_lacp += 1
        if not self.lacp or frame[14] != 1:
            return
        actor = struct.pack('!BBH6sHHHB3x', 1, 20, 0x8000, MAC, 7, 0x8000, port.number, LACP_STATE)
        partner = struct.pack('!BB', 2, 20) + frame[18:36]
        rest = struct.pack('!BBH12x', 3, 16, 0) + bytes(2 + 50)
        port.send(SLOW_GROUP + MAC + SLOW + b'\1\1' + actor + partner + rest)

    def talk(self):
        """LLDP on each port."""
        def tlv(kind, data):
            return (kind << 9 | len(data)).to_bytes(2, 'big') + data

        while not self.stopped:
            for port in self.ports if self.lldp else ():
                if port.plugged:
                    port.send(LLDP_GROUP + MAC + LLDP + tlv(1, b'\4' + MAC) + tlv(2, b'\5Gi1/0/%d' % port.number) + tlv(3, b'\0\x78') +
                              tlv(5, b'sw1.example.org') +
                              (tlv(127, b'\0\x80\xc2\1' + port.untagged.to_bytes(2, 'big')) if port.untagged else b'') + b'\0\0')
            time.sleep(LLDP_S)

    def close(self):
        self.stopped = True
        for net in self.nets.values():
            net.close()


class Station:
    """A machine of one VLAN: it answers ARP for its address."""

    def __init__(self, ip, mac):
        self.ip, self.mac = socket.inet_aton(ip), bytes.fromhex(mac.replace(':', ''))
        self.socket, self.out = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)

    def send(self, frame):
        if frame[12:14] == ARP and frame[20:22] == b'\0\1' and frame[38:42] == self.ip:
            self.out.send(arp(2, self.mac, self.ip, frame[6:12], frame[28:32]))

    def close(self):
        """Its sockets go with this process: a thread still reads from them."""
