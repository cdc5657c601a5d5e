"""The installer killed and the machine's power cut in each phase; then it installs all the same, and no password is left anywhere."""
import os
import subprocess
import threading
import time

import qemu
from cases import INSTALL_S, ISO_BOOT_S, boot, install
from checks import check_installed
from lab import Host

# (phase, seconds into it): where the installer is killed, and where the power goes.
KILLS = [('kickstart', 0), ('network', 0), ('packages', 0), ('disk', 0), ('disk', 2), ('unpack', 1), ('unpack', 12),
         ('target', 0), ('boot', 2), ('boot', 12), ('post', 0), ('report', 0)]
CUTS = [('disk', 0), ('disk', 1), ('disk', 3), ('unpack', 1), ('unpack', 15), ('target', 0), ('boot', 3), ('post', 0)]
POINT_S = 600

# Kills the installer (the script's parent) once it has been in a phase for so long, the script's own parent at once.
KILL_PRE = """%pre --erroronfail
installer=$PPID
seen=$(cat /run/xenith/events.jsonl | wc -l)
( until tail -n +$((seen + 1)) /run/xenith/events.jsonl | grep -q '"step":"@PHASE@","state":"start"'; do sleep 0.1; done
sleep @SECONDS@
kill -9 $installer ) </dev/null >/dev/null 2>&1 &
%end
"""
KILL_NOW = '%pre --erroronfail\nkill -9 $PPID\nsleep 1000\n%end\n'

# The pattern does not match itself, so that who looks is not found.
SEARCH = """%pre --erroronfail
( while :; do
for p in /proc/[0-9]*; do
cat $p/cmdline $p/environ 2>/dev/null | tr '\\0' '\\n' | grep -q '@PATTERN@' && tr '\\0' ' ' <$p/cmdline >>/run/canary
done
sleep 0.2
done ) </dev/null >/dev/null 2>&1 &
%end
%post --nochroot --erroronfail --interpreter=/bin/sh
n=0
until [ -e /run/seen ] || [ $n -ge 400 ]; do n=$((n + 1)); sleep 1; done
if [ -s /run/canary ]; then echo "the password was an argument or in an environment: $(cut -c1-60 /run/canary)"; exit 1; fi
if grep -rl '@PATTERN@' /run /tmp /var /root /etc 2>/dev/null; then echo "the password is in these files"; exit 1; fi
if dmesg | grep '@PATTERN@'; then echo "the password is in the kernel's log"; exit 1; fi
%end
"""


def search(text, lab):
    pattern = lab.password[:-1] + '[' + lab.password[-1] + ']'
    return text + f'sshpw --username=root --sshkey {lab.public_key}\n' + SEARCH.replace('@PATTERN@', pattern)


def look_in(host, tap, begun):
    """Log in to the installer while it waits in %post, look, and let it go on."""
    if not host.station.wait_event(started('post'), INSTALL_S, begun, host.vm.alive):
        return
    status, output = host.ssh('cat /run/xenith/journal; ps; ls -l /target/etc/shadow', 300)
    tap.ok(status == 0 and 'boot done' in output and 'install --ks-from-cmdline' in output,
           f'{host.name}: ssh into the installer at work, with the key of sshpw', f'{status}\n{output}\n{host.tail()}')
    tap.ok(host.lab.password not in output, f'{host.name}: no password in the process list', output)
    host.ssh('touch /run/seen')


def started(phase):
    return lambda event: event['step'] == phase and event['state'] == 'start'


def kill_at(host, tap, phase, seconds):
    """One try of the machine, which dies in that phase. False: it doesn't try any more."""
    station = host.station
    pre = KILL_NOW if phase == 'kickstart' else KILL_PRE.replace('@PHASE@', phase).replace('@SECONDS@', str(seconds))
    text, served, printed = host.kickstart() + pre, len(station.served), len(host.vm.output)
    station.kickstart = text
    at = station.wait_served(text, served, ISO_BOOT_S, host.vm.alive)
    name = f'{host.name}: killed {seconds} s into {phase}'
    if not tap.ok(at is not None, f'{name}: tried', host.tail()):
        return False
    killed = host.vm.wait_serial(rb'killed by signal 9[^\n]*\n[^\n]*XEN-RUN-004: ', POINT_S, printed)
    return tap.ok(killed, f'{name}: the console says so', host.tail())


def check_secrets(host, tap):
    """After the install: the disk as it is, and all that the machine said."""
    canary = host.lab.password
    tap.ok(not qemu.disk_contains(host.image, canary.encode()), f'{host.name}: the password is nowhere on the disk')
    tap.ok(canary.encode() not in host.vm.output, f'{host.name}: the password was never on a console')
    tap.ok(canary not in str(host.station.events), f'{host.name}: the password was in no event')


def finish(host, tap):
    """The good file, on what is left; then the host boots."""
    looker = threading.Thread(target=look_in, args=(host, tap, len(host.station.events)))
    looker.start()
    done = install(host, tap, search)
    looker.join()
    host.stop()
    if done:
        check_secrets(host, tap)
        if boot(host, tap) or host.vm.alive():
            check_installed(host, tap)
            status, output = host.ssh("getent shadow root | cut -d: -f2", 300)
            tap.ok(status == 0 and output.startswith('$y$'), f'{host.name}: the password is in /etc/shadow as a hash', output)


def case_kill(lab, tap):
    """kill -9 of the installer in each phase, the next try without a reboot; then it installs, and no password is anywhere."""
    host = Host(lab, 'kill', by_image=())
    try:
        host.boot_iso()
        if all(kill_at(host, tap, *point) for point in KILLS):
            finish(host, tap)
    finally:
        host.stop()


def copies_of(host, tap):
    """One install, whose disk is copied in each phase: what it holds when the power goes there, since what QEMU was not given is lost.
    {name: the copy}."""
    station, copies = host.station, {}
    station.kickstart = host.kickstart()
    host.boot_iso(cpus=2)
    for phase, seconds in CUTS:
        name = f'{seconds} s into {phase}'
        event = station.wait_event(started(phase), ISO_BOOT_S + POINT_S, 0, host.vm.alive)
        time.sleep(max(0, seconds - (time.time() - event['at'])) if event else 0)
        failures = [e for e in station.events if e['state'] == 'failed']
        if not tap.ok(event and host.vm.alive() and not failures, f'{host.name}: at work {name}', f'{failures}\n{host.tail()}'):
            break
        host.vm.qmp('stop')
        copies[name] = host.folder / f'cut{len(copies)}.img'
        subprocess.run(['cp', '--sparse=always', host.image, copies[name]], check=True)
        host.vm.qmp('cont')
    host.stop()
    return copies


def install_over(host, tap, name, copy):
    """The next boot of the medium, on the disk as it was when the power went."""
    os.replace(copy, host.image)
    host.boot_iso(cpus=2)
    begun = len(host.station.events)
    done = install(host, tap)
    warned = [e for e in host.station.events[begun:] if e['state'] == 'failed']
    tap.ok(done and not warned, f'{host.name}: cut {name}: the next boot of the medium installs', f'{warned}\n{host.tail()}')
    host.stop()
    return done


def case_powercut(lab, tap):
    """The power goes in each phase; the next boot of the medium installs on what is left, each time; what the last one left boots."""
    host = Host(lab, 'powercut', by_image=())
    try:
        copies = list(copies_of(host, tap).items())
        tap.ok(len(copies) == len(CUTS), 'powercut: the disk of each point was copied', len(copies))
        for name, copy in copies[:-1]:
            install_over(host, tap, name, copy)
        if copies:
            os.replace(copies[-1][1], host.image)
            host.boot_iso(cpus=2)
            finish(host, tap)
    finally:
        host.stop()
        for _, copy in copies:
            copy.unlink(missing_ok=True)


CASES = {'kill': case_kill, 'powercut': case_powercut}
