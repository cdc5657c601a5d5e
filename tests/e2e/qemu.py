"""A virtual machine in QEMU: disks, two NICs, a serial console that is logged and read, QMP, ssh.

Everything is emulated (TCG): no right to /dev/kvm is taken for granted, and only TCG has SVM on every host. All CPUs of a
machine share one thread: with more, Debian 12's QEMU may run a jump label that another CPU is changing (`Oops: int3`), and
a dom0 of two CPUs takes 1.6 times the processor time to its login. Nor is there cmpxchg16b: before QEMU 8 its helper reads
flags that are not written back yet, so garbage gets into EFLAGS, and a kernel may fall over a debug exception out of
nowhere (`EFLAGS: 0fd8802a`, WARNING in exc_debug_kernel), guests of Xen above all.
"""
import hashlib
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

CPU = 'qemu64,+svm,+npt,+rdrand,-cx16'
RUNNING = set()
MACS = '52:54:00:12:34:10', '52:54:00:12:34:11'
OVMF = Path('/usr/share/OVMF')
# Printed by a kernel that lost a race of TCG's with a jump label, or by systemd after a kernel that stood still for minutes (soft
# lockup) had failed it; no fault of what is tested.
FALLEN = re.compile(rb'Oops: int3|int3: 0000|Freezing execution')


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def make_disk(path, gib, marks=()):
    """A sparse image. marks: (offset, bytes) of old contents."""
    with open(path, 'wb') as f:
        f.truncate(gib << 30)
        for offset, data in marks:
            f.seek(offset)
            f.write(data)


def copy_disk(image, to):
    """Its path: a copy that is sparse as well."""
    subprocess.run(['cp', '--sparse=always', image, to], check=True)
    return to


def data_extents(f):
    """(offset, length) of what isn't a hole."""
    end = os.fstat(f.fileno()).st_size
    at = 0
    while at < end:
        try:
            at = os.lseek(f.fileno(), at, os.SEEK_DATA)
        except OSError:
            return
        hole = os.lseek(f.fileno(), at, os.SEEK_HOLE)
        yield at, hole - at
        at = hole


def data_blocks(path, size=1 << 20):
    """(offset, bytes) of a sparse file's data, in blocks that start at multiples of size."""
    with open(path, 'rb') as f:
        last = -1
        for offset, length in data_extents(f):
            for start in range(offset - offset % size, offset + length, size):
                if start > last:
                    yield start, os.pread(f.fileno(), size, start)
                    last = start


def disk_sha256(path):
    """Hex digest of an image: its size and every block that isn't zero, so that holes cost nothing."""
    digest = hashlib.sha256(str(os.path.getsize(path)).encode())
    for offset, block in data_blocks(path):
        if block.count(0) != len(block):
            digest.update(offset.to_bytes(8, 'big') + block)
    return digest.hexdigest()


def disk_contains(path, text):
    """Whether these bytes stand anywhere in the image."""
    tail, end = b'', 0
    for offset, block in data_blocks(path):
        data = (tail if offset == end else b'') + block
        if text in data:
            return True
        tail, end = data[-len(text):], offset + len(block)
    return False


def stop_all():
    for vm in list(RUNNING):
        vm.stop()


class VM:
    """One run of one machine. folder takes the logs; name: the serial number that firmware gives; disks: (image, serial number); cdrom: an ISO or None."""

    def __init__(self, name, folder, disks, cdrom=None, uefi=False, memory_mib=512, cpus=1, cpu=CPU, on_line=None,
                 log='serial.log', nics=2, screen=False, more_args=(), sector=512):
        self.name, self.folder, self.disks, self.cdrom, self.uefi = name, Path(folder), disks, cdrom, uefi
        self.memory_mib, self.cpus, self.cpu, self.on_line, self.nics = memory_mib, cpus, cpu, on_line, nics
        self.log, self.screen, self.more_args = self.folder / log, screen, more_args
        self.sector = sector
        self.process, self.serial, self.ssh_port = None, None, free_port()
        self.output, self.changed = bytearray(), threading.Condition()
        self.began = None

    def firmware_args(self):
        if not self.uefi:
            return []
        variables = self.folder / 'efi-vars.fd'
        if not variables.exists():
            shutil.copy(OVMF / 'OVMF_VARS_4M.fd', variables)
        return ['-drive', f'if=pflash,format=raw,readonly=on,file={OVMF}/OVMF_CODE_4M.fd',
                '-drive', f'if=pflash,format=raw,file={variables}']

    def args(self):
        a = ['qemu-system-x86_64', '-accel', 'tcg,thread=single', '-cpu', self.cpu, '-smp', str(self.cpus),
             '-m', str(self.memory_mib), '-smbios', f'type=1,serial={self.name}', '-nodefaults', '-vga', 'std' if self.screen else 'none', '-display', 'none', '-no-reboot',
             '-chardev', f'socket,id=ser,path={self.sockets}/serial,server=on,wait=off,logfile={self.log}',
             '-serial', 'chardev:ser', '-qmp', f'unix:{self.sockets}/qmp,server=on,wait=off', *self.firmware_args()]
        if self.cdrom:
            a += ['-drive', f'if=none,id=cd,media=cdrom,readonly=on,file={self.cdrom}',
                  '-device', 'ide-cd,drive=cd,bus=ide.1,bootindex=0']
        for i, (image, serial) in enumerate(self.disks):
            a += ['-drive', f'file={image},if=none,id=d{i},format=raw,cache=unsafe,discard=unmap,detect-zeroes=unmap',
                  '-device', f'virtio-blk-pci,drive=d{i},serial={serial},bootindex={i + 1},'
                  f'logical_block_size={self.sector},physical_block_size={self.sector}']
        # addr is hexadecimal: slots 16 and 17, which Linux names ens16 and ens17.
        for i, mac in enumerate(MACS[:self.nics]):
            forward = f',hostfwd=tcp:127.0.0.1:{self.ssh_port}-:22' if i == 0 else ''
            a += ['-netdev', f'user,id=n{i},net=10.0.{i + 2}.0/24,ipv6=off{forward}',
                  '-device', f'e1000,netdev=n{i},mac={mac},addr={10 + i}']
        return [*a, *self.more_args]

    def start(self):
        self.sockets = tempfile.mkdtemp(prefix='xenith-')
        self.log.unlink(missing_ok=True)
        self.began = time.time()
        # It must not outlive the thread that started it, however that ends.
        self.process = subprocess.Popen(['setpriv', '--pdeathsig', 'KILL', '--', *self.args()],
                                        stdin=subprocess.DEVNULL, stderr=open(self.folder / 'qemu.log', 'wb'))
        RUNNING.add(self)
        self.serial = self.connect('serial')
        threading.Thread(target=self.read_serial, daemon=True).start()
        return self

    def connect(self, name):
        for _ in range(100):
            if self.process.poll() is not None:
                raise RuntimeError('QEMU ended: ' + (self.folder / 'qemu.log').read_text())
            try:
                s = socket.socket(socket.AF_UNIX)
                s.connect(f'{self.sockets}/{name}')
                return s
            except OSError:
                s.close()
                time.sleep(0.1)
        raise RuntimeError(f'QEMU does not open its socket "{name}"')

    def read_serial(self):
        line = bytearray()
        while True:
            try:
                data = self.serial.recv(4096)
            except OSError:
                data = b''
            with self.changed:
                self.output += data
                self.changed.notify_all()
            if not data:
                return
            line += data
            *lines, line = line.split(b'\n')
            for one in lines if self.on_line else ():
                self.on_line(one.decode(errors='replace').rstrip('\r'))

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def send(self, text):
        self.serial.sendall(text.encode())

    def wait_serial(self, pattern, seconds, start=0):
        """The match of a bytes pattern in the serial output from start on; None after that time or QEMU's end."""
        pattern, until = re.compile(pattern), time.time() + seconds
        with self.changed:
            while True:
                match = pattern.search(self.output, start)
                if match or time.time() >= until or not self.alive():
                    return match
                self.changed.wait(1)

    def fallen(self):
        """Whether the kernel fell over the emulation, after which a retry is fair."""
        return bool(FALLEN.search(self.output))

    def wait_exit(self, seconds):
        """Whether QEMU ended by itself (power off, or reboot with -no-reboot)."""
        try:
            self.process.wait(seconds)
            return True
        except subprocess.TimeoutExpired:
            return False

    def qmp(self, command, **arguments):
        with self.connect('qmp') as s, s.makefile('rw') as f:
            f.readline()
            for c in {'execute': 'qmp_capabilities'}, {'execute': command, 'arguments': arguments}:
                f.write(json.dumps(c) + '\n')
                f.flush()
                while 'event' in (answer := json.loads(f.readline())):
                    pass
        return answer

    def save(self, path):
        """Write memory and devices to a file, for a machine that is started with `-incoming`; its disks stay as they are at that time."""
        self.qmp('migrate-set-parameters', **{'max-bandwidth': 1 << 32})
        self.qmp('migrate', uri=f'exec:cat >{shlex.quote(str(path))}')
        while (state := self.qmp('query-migrate')['return']['status']) not in ('completed', 'failed'):
            time.sleep(0.5)
        self.stop()
        if state == 'failed':
            raise RuntimeError(f'{path}: the machine is not saved: ' + (self.folder / 'qemu.log').read_text())

    def stop(self):
        if self.alive():
            self.process.kill()
        if self.process:
            self.process.wait()
            RUNNING.discard(self)
            if self.serial:
                self.serial.close()
            shutil.rmtree(self.sockets, ignore_errors=True)

    def cpu_seconds(self):
        """User and system time that QEMU took so far: what a step costs whatever else the machine does."""
        try:
            fields = Path(f'/proc/{self.process.pid}/stat').read_text().rsplit(')', 1)[1].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')
        except OSError:
            return 0

    def ssh(self, key, command, seconds=120):
        """(exit status, output) of a command run by root over ssh."""
        argv = ['ssh', '-i', str(key), '-p', str(self.ssh_port), '-o', 'StrictHostKeyChecking=no', '-o', 'BatchMode=yes',
                '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR', '-o', 'ConnectTimeout=30',
                'root@127.0.0.1', command]
        try:
            done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  timeout=seconds)
            return done.returncode, done.stdout.decode(errors='replace')
        except subprocess.TimeoutExpired as late:
            return 124, (late.stdout or b'').decode(errors='replace') + f'\nstill running after {seconds} s'
