"""A person at the serial console: the same kind of talk as in tests/dialog, with a machine in QEMU. Lines "% KEYS" type at
its screen's keyboard instead, lines "! COMMAND" run on it by ssh."""
import re
import struct
import subprocess
import sys
import time
from pathlib import Path

import pyte

from lab import OUT, TOP

sys.path.insert(0, str(TOP / 'tests/dialog'))
from scp_server import ScpServer  # noqa: E402

KEYS = {'Enter': '\r', 'Tab': '\t', 'Esc': '\033', 'Space': ' ', 'Up': '\033[A', 'Down': '\033[B', 'Clear': '\025'}
# On the keyboard of a PC, as QMP names its keys.
SCREEN_KEYS = {'Enter': ['ret'], 'AltF1': ['alt', 'f1'], 'AltF2': ['alt', 'f2'], ' ': ['spc'], '/': ['slash'], '-': ['minus'], '.': ['dot']}
FIRST_S, NEXT_S, INSTALL_S = 300, 120, 1800


class Savings:
    """Where the answers are saved to: a USB stick, and this machine by scp."""

    def __init__(self, folder, password):
        self.stick, self.file = folder / 'stick.img', (folder / 'by-scp.ks').resolve()
        self.stick.unlink(missing_ok=True)
        self.file.unlink(missing_ok=True)
        subprocess.run(['mkfs.vfat', '-C', self.stick, '8192'], check=True, stdout=subprocess.DEVNULL)
        self.server = ScpServer('keeper', password)

    def args(self):
        return ['-device', 'qemu-xhci', '-drive', f'if=none,id=stick,file={self.stick},format=raw',
                '-device', 'usb-storage,drive=stick,serial=STICK,removable=on']

    def check(self, tap, secret):
        self.server.close()
        shown = subprocess.run(['mtype', '-i', self.stick, '::attended.ks'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        tap.ok(shown.returncode == 0 and 'liveimg' in shown.stdout, 'attended: the answers are on the stick', shown.stdout)
        sent = self.file.read_text() if self.file.exists() else ''
        tap.ok(sent == shown.stdout, 'attended: and were sent by scp', sent)
        tap.ok(secret not in sent + shown.stdout, 'attended: the plain password is in neither')
        said = subprocess.run([OUT / 'xenith', 'ks', 'check', self.file], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        tap.ok(said.returncode == 0 and not said.stdout, 'attended: it is a good kickstart file', said.stdout)


def lines_of(lab, liveimg, savings):
    text = (Path(__file__).resolve().parent / 'attended.talk').read_text()
    url, checksum = re.search(r'--url=(\S+) --checksum=(?:sha256:)?(\w+)', liveimg).groups()
    words = {'MIRROR': lab.mirror.url, 'PASSWORD': lab.password, 'SSHKEY': lab.public_key, 'IMAGE': url, 'SUM': checksum,
             'SCP': f'{savings.server.port}{savings.file}', 'KEY': savings.server.fingerprint}
    for word, value in words.items():
        text = text.replace(f'@{word}@', value)
    return text.splitlines()


def spcr(path):
    """An ACPI table that says: the firmware's words go to the second serial port, 115200 baud."""
    body = bytes([0, 0, 0, 0, 1, 8, 0, 1]) + (0x2f8).to_bytes(8, 'little') + bytes([0] * 6) + bytes([7]) + bytes(21)
    head = b'SPCR' + (36 + len(body)).to_bytes(4, 'little') + b'\2\0XENITHTESTING ' + bytes(12)
    table = bytearray(head + body)
    table[9] = -sum(table) & 0xff
    path.write_bytes(table)


def plain(text):
    """Without the lines around boxes."""
    return ' '.join(re.sub(r'[|+]', ' ', text).split())


class Screen:
    """What a terminal of 80 by 24 characters at the end of the machine's serial line shows."""

    def __init__(self, vm):
        self.vm, self.at = vm, 0
        self.screen = pyte.Screen(80, 24)
        self.stream = pyte.ByteStream(self.screen)

    def text(self):
        return '\n'.join(line.rstrip() for line in self.screen.display)

    def wait_for(self, text, seconds):
        words, until = plain(text), time.time() + seconds
        while True:
            with self.vm.changed:
                data = bytes(self.vm.output[self.at:])
            self.at += len(data)
            self.stream.feed(data)
            if words in plain(self.text()):
                return True
            if time.time() > until or not self.vm.alive():
                return False
            with self.vm.changed:
                self.vm.changed.wait(1)


def type_keys(vm, keys):
    """As fast as a person pastes: a serial port of a machine in an emulator drops what comes at once."""
    for i in range(0, len(keys), 8):
        vm.send(keys[i:i + 8])
        time.sleep(0.1)


def type_at_screen(vm, text):
    for name, letter in re.findall(r'<(\w+)>|(.)', text):
        keys = [{'type': 'qcode', 'data': k} for k in SCREEN_KEYS.get(name or letter, [letter])]
        vm.qmp('send-key', keys=keys, **{'hold-time': 50})
        time.sleep(0.2)


def run_by_ssh(host, command):
    """(exit status, output); the server may be on its way still."""
    until, status, output = time.time() + NEXT_S, 255, ''
    while status == 255 and time.time() < until:
        status, output = host.ssh(command, INSTALL_S)
    return status, output


def talk(lab, host, savings, tap):
    """Answer every question; true once the machine has ended by its own reboot."""
    screen, limit, before, modes = Screen(host.vm), FIRST_S, host.sums(), set()
    for line in lines_of(lab, host.liveimg, savings):
        if line.startswith('? '):
            seconds = INSTALL_S if 'is installed' in line or 'failed' in line else limit
            if not screen.wait_for(line[2:], seconds):
                return tap.ok(False, f'{host.name}: "{line[2:]}" is asked', f'{screen.text()}\n{host.tail()}')
            limit = NEXT_S
            time.sleep(1)  # for the whole screen
            shot = host.folder / f'screen-{len(list(host.folder.glob("screen-*.png"))):02}.png'
            host.vm.qmp('screendump', filename=str(shot), format='png')
            modes.add(struct.unpack('>II', shot.read_bytes()[16:24]))
            if 'will be erased now' in line:
                tap.ok(host.sums() == before, f'{host.name}: nothing is written before the plan is confirmed')
        elif line.startswith('> '):
            type_keys(host.vm, re.sub(r'<(\w+)>', lambda m: KEYS[m[1]], line[2:]))
        elif line.startswith('% '):
            type_at_screen(host.vm, line[2:])
        elif line.startswith('! '):
            status, output = run_by_ssh(host, line[2:])
            if not tap.ok(status == 0, f'{host.name}: ssh into the installer at work', f'{output}\n{screen.text()}'):
                return False
    tap.ok(modes == {(720, 400)}, f'{host.name}: the screen is one of 720x400 all along', modes)
    return tap.ok(host.vm.wait_exit(NEXT_S), f'{host.name}: installed by keystrokes on the serial line, and rebooted', host.tail())
