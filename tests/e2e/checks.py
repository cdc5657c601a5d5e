"""What must hold on an installed host that has booted."""
import re

# Conffiles that the installer sets itself: dpkg --verify may name them, and nothing else.
OWN_CONFFILES = re.compile(r'/etc/')
VERIFY = re.compile(r'^(.{9}) (.) (\S+)$')

# With what each of them said.
FAILED_UNITS = ('for u in $(systemctl --failed --no-legend --plain | cut -d" " -f1); do'
                ' echo "$u"; journalctl -b -o short-precise --no-pager -u "$u"; done')


def run(host, tap, what, command, holds, seconds=180):
    """One check: the command's output (it must end with status 0) must satisfy holds."""
    status, output = host.ssh(command, seconds)
    good = status == 0 and bool(holds(output))
    return tap.ok(good, f'{host.name}: {what}', f'{command}: exit status {status}\n{output[-3000:]}')


def value(output, key):
    match = re.search(rf'^{re.escape(key)}\s*:\s*(.*)$', output, re.M)
    return match[1] if match else ''


def only_conffiles(output):
    """dpkg --verify: lines "??5??????   c /etc/...": only changed conffiles."""
    lines = [line for line in output.splitlines() if line.strip()]
    return all((m := re.match(r'^\S+\s+c\s+(\S+)', line)) and OWN_CONFFILES.match(m[1]) for line in lines)


def apt_works(host, tap):
    run(host, tap, 'apt-get update works', 'apt-get -q update && apt-get -q -s install hello',
        lambda o: not re.search(r'^(Err|W|E):', o, re.M), 900)


def check_installed(host, tap, apt=apt_works):
    """Log in over ssh with the key of the kickstart file, and look. apt: what must hold of its sources."""
    status, output = host.ssh('true', 300)
    if not tap.ok(status == 0, f'{host.name}: ssh with the key of the kickstart file', f'{output}\n{host.tail()}'):
        return
    run(host, tap, 'xl info: Xen 4.20', 'xl info',
        lambda o: value(o, 'xen_major') == '4' and value(o, 'xen_minor') == '20')
    run(host, tap, 'virt_caps has hvm', 'xl info', lambda o: 'hvm' in value(o, 'virt_caps').split())
    run(host, tap, 'dom0 has the memory asked for', "xl list 0 | awk 'END { print $3 }'",
        lambda o: 1008 <= int(o.strip() or 0) <= 1024)
    run(host, tap, 'dom0 has two vcpus', "xl list 0 | awk 'END { print $4 }'", lambda o: o.strip() == '2')
    run(host, tap, 'xenbr0 has its address', 'ip -br -4 addr show dev xenbr0', lambda o: '10.0.2.15/24' in o)
    run(host, tap, 'xenbr1 is up and has no address of any kind', 'ip -br addr show dev xenbr1',
        lambda o: re.fullmatch(r'xenbr1\s+UP', o.strip()))
    run(host, tap, 'each bridge has its port, found by MAC',
        'for b in xenbr0 xenbr1; do for p in /sys/class/net/$b/brif/*; do echo $b $(cat $p/../../../$(basename $p)/address'
        ' 2>/dev/null || cat /sys/class/net/$(basename $p)/address); done; done; bridge link',
        lambda o: 'xenbr0 52:54:00:12:34:10' in o and 'xenbr1 52:54:00:12:34:11' in o)
    run(host, tap, 'the bridges have the MACs of their ports', 'cat /sys/class/net/xenbr[01]/address',
        lambda o: o.split() == ['52:54:00:12:34:10', '52:54:00:12:34:11'])
    run(host, tap, 'STP is off', 'cat /sys/class/net/xenbr[01]/bridge/stp_state', lambda o: o.split() == ['0', '0'])
    run(host, tap, 'guests stand on xenbr1 by default', 'cat /etc/xen/xl.conf',
        lambda o: re.search(r'^vif\.default\.bridge\s*=\s*"xenbr1"', o, re.M))
    run(host, tap, 'hostname', 'hostname', lambda o: o.strip().split('.')[0] == host.name)
    run(host, tap, 'time zone', 'readlink -f /etc/localtime', lambda o: o.strip().endswith('Atlantic/Canary'))
    run(host, tap, 'locale', 'cat /etc/locale.conf /etc/default/locale 2>/dev/null; locale -a',
        lambda o: 'LANG=en_US.UTF-8' in o.replace('"', '') and 'en_US.utf8' in o)
    run(host, tap, '%post ran', 'cat /etc/motd', lambda o: 'installed from a kickstart file' in o)
    run(host, tap, 'volume group with free space', 'vgs --noheadings --nosuffix -o vg_name,vg_free --units m',
        lambda o: re.fullmatch(r'vg0 +[1-9]\d\d+\.\d+', o.strip()))
    run(host, tap, 'swap is on', 'cat /proc/swaps', lambda o: len(o.splitlines()) == 2)
    run(host, tap, 'dpkg --audit has nothing to say', 'dpkg --audit', lambda o: not o.strip())
    run(host, tap, 'dpkg --verify names conffiles only', 'dpkg --verify; true', only_conffiles, 900)
    apt(host, tap)
    run(host, tap, 'the default GRUB entry is Xen, and plain Linux has one',
        'cat /boot/grub/grub.cfg; echo "BOOTED"; cat /sys/hypervisor/type',
        lambda o: o.strip().endswith('xen') and re.search(r"menuentry '[^']*GNU/Linux'", o))
    run(host, tap, 'firmware as asked', 'test -d /sys/firmware/efi && echo uefi || echo bios',
        lambda o: o.strip() == ('uefi' if host.uefi else 'bios'))
    run(host, tap, "the installer's log is there, without the password",
        f'test -s /var/log/xenith/install.log && ! grep -rqF "{host.lab.password}" /var/log/xenith && ls /var/log/xenith',
        lambda o: o.strip())
    run(host, tap, 'no unit has failed', FAILED_UNITS, lambda o: not o.strip())
