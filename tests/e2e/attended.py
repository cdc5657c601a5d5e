"""A person at the serial console: the same kind of talk as in tests/dialog, with a machine in QEMU."""
import re
import time
from pathlib import Path

import pyte

KEYS = {'Enter': '\r', 'Tab': '\t', 'Esc': '\033', 'Space': ' ', 'Up': '\033[A', 'Down': '\033[B', 'Clear': '\025'}
FIRST_S, NEXT_S, INSTALL_S = 300, 120, 1800


def lines_of(lab):
    text = (Path(__file__).resolve().parent / 'attended.talk').read_text()
    for word, value in {'MIRROR': lab.mirror.url, 'PASSWORD': lab.password, 'SSHKEY': lab.public_key}.items():
        text = text.replace(f'@{word}@', value)
    return text.splitlines()


class Screen:
    """What a terminal of 80 by 24 characters at the end of the machine's serial line shows."""

    def __init__(self, vm):
        self.vm, self.at = vm, 0
        self.screen = pyte.Screen(80, 24)
        self.stream = pyte.ByteStream(self.screen)

    def text(self):
        return '\n'.join(line.rstrip() for line in self.screen.display)

    def wait_for(self, text, seconds):
        words, until = ' '.join(text.split()), time.time() + seconds
        while True:
            with self.vm.changed:
                data = bytes(self.vm.output[self.at:])
            self.at += len(data)
            self.stream.feed(data)
            if words in ' '.join(re.sub(r'[|+]', ' ', self.text()).split()):
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


def talk(lab, host, tap):
    """Answer every question; true once the machine has ended by its own reboot."""
    screen, limit = Screen(host.vm), FIRST_S
    for line in lines_of(lab):
        if line.startswith('? '):
            seconds = INSTALL_S if 'is installed' in line else limit
            if not screen.wait_for(line[2:], seconds):
                return tap.ok(False, f'{host.name}: "{line[2:]}" is asked', f'{screen.text()}\n{host.tail()}')
            limit = NEXT_S
            time.sleep(1)  # for the whole screen
            host.vm.qmp('screendump', filename=str(host.folder / f'screen-{len(list(host.folder.glob("screen-*.png"))):02}.png'), format='png')
        elif line.startswith('> '):
            type_keys(host.vm, re.sub(r'<(\w+)>', lambda m: KEYS[m[1]], line[2:]))
    return tap.ok(host.vm.wait_exit(NEXT_S), f'{host.name}: installed by keystrokes on the serial line, and rebooted', host.tail())
