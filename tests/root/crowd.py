#!/usr/bin/env python3
"""Many installers at once, one nginx, and one mirror that fails in turn: all end well, and nothing is fetched twice.

  O=build tests/root/crowd.py [HOSTS]      TAP; needs nginx

Each host has URLs of its own, so that the servers' logs tell them apart.
"""
import itertools
import os
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import archive
from faults import NEVER, Tap

TOP = Path(__file__).resolve().parent.parent.parent
XENITH = TOP / os.environ.get('O', 'build') / 'xenith'
PACKAGES, BYTES = 12, 150_000


def failing_mirror(folder):
    """(server, [(path, bytes sent)]): every fourth answer is good; the others are busy, cut in the middle, and none."""
    turn, sent = itertools.count(), []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = 'HTTP/1.1'

        def log_message(self, *args):
            pass

        def do_GET(self):
            fault = next(turn) % 4
            path = folder / re.sub(r'^/h\d+/', '', self.path)
            if fault == 0:
                self.close_connection = True
                return
            if fault == 1 or not path.is_file():
                self.send_response(503 if path.is_file() else 404)
                self.send_header('Retry-After', '1')
                self.send_header('Content-Length', '0')
                self.end_headers()
                return
            data, match = path.read_bytes(), re.fullmatch(r'bytes=(\d+)-', self.headers.get('Range', ''))
            at = int(match[1]) if match else 0
            self.send_response(206 if match else 200)
            if match:
                self.send_header('Content-Range', f'bytes {at}-{len(data) - 1}/{len(data)}')
            self.send_header('Content-Length', str(len(data) - at))
            self.end_headers()
            body = data[at:at + (len(data) - at) // 2] if fault == 2 else data[at:]
            self.close_connection = fault == 2
            try:
                self.wfile.write(body)
                sent.append((self.path, len(body)))
            except OSError:
                self.close_connection = True

    class Server(ThreadingHTTPServer):
        request_queue_size = 1024

        def handle_error(self, request, client_address):
            pass

    server = Server(('127.0.0.1', 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, sent


def start_nginx(folder, port):
    conf = folder / 'nginx.conf'
    conf.write_text(f'''
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.err; worker_rlimit_nofile 8192;
events {{ worker_connections 4096; }}
http {{
  log_format sent '$uri $body_bytes_sent';
  access_log {folder}/sent sent;
  keepalive_requests 10000;
  server {{
    listen 127.0.0.1:{port} backlog=1024;
    location ~ ^/h[0-9]+/(.*)$ {{ alias {folder}/$1; }}
  }}
}}
''')
    child = subprocess.Popen(['nginx', '-e', folder / 'nginx.err', '-c', conf], stdin=subprocess.DEVNULL)
    for _ in range(100):
        if (folder / 'nginx.pid').exists():
            break
        time.sleep(0.1)
    return child


def start_host(folder, keyring, host, mirrors, names):
    """mirrors: in turn the first one for half of the hosts."""
    order = mirrors if host % 2 else mirrors[::-1]
    (folder / f'{host}.list').write_text('\n'.join(f'{m}/h{host}/debian/dists/test' for m in order) + '\n')
    ks = folder / f'{host}.ks'
    ks.write_text('\n'.join([f'url --mirrorlist=file://{folder}/{host}.list', '%packages', *NEVER, *names, '%end', '']))
    with open(folder / f'{host}.said', 'w') as said:
        return subprocess.Popen([XENITH, 'root', 'build', '--extract', '--keyring', keyring, '--ks', ks, folder / f'root{host}'],
                                stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT)


def main():
    hosts = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    tap = Tap()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 16384), hard))
    with tempfile.TemporaryDirectory(prefix='xenith-crowd-') as name:
        folder = Path(name)
        folder.chmod(0o755)
        a = archive.Archive(folder)
        names = [f'p{i}' for i in range(PACKAGES)]
        for i, package in enumerate(names):
            a.add(package, [(f'./usr/share/{package}', {'mode': 0o644}, random.Random(i).randbytes(BYTES))], installed=200)
        a.publish()
        failing, sent = failing_mirror(folder)
        port = 20000 + os.getpid() % 20000
        nginx = start_nginx(folder, port)
        mirrors = [f'http://127.0.0.1:{port}', f'http://127.0.0.1:{failing.server_address[1]}']
        began = time.monotonic()
        try:
            children = [start_host(folder, a.keyring, host, mirrors, names) for host in range(hosts)]
            bad = [host for host, child in enumerate(children) if child.wait(600)]
            took = time.monotonic() - began
        finally:
            failing.shutdown()
            nginx.terminate()
            nginx.wait()
            a.close()
        tap.ok(not bad, f'{hosts} installers at once ({took:.0f} s)', '\n'.join((folder / f'{h}.said').read_text() for h in bad[:5]))
        wrong = [h for h in range(hosts) for p in names
                 if (folder / f'root{h}/usr/share/{p}').read_bytes() != a.files[f'/usr/share/{p}']] if not bad else []
        tap.ok(not wrong, 'all have what they asked for', str(wrong[:10]))
        got = Counter()
        for path, count in sent:
            got[path] += count
        for line in (folder / 'sent').read_text().splitlines():
            path, count = line.split()
            got[path] += int(count)
        files = {p: p.stat().st_size for p in (folder / 'debian').rglob('*') if p.name.endswith(('.deb', 'InRelease', 'Packages'))}
        sizes = {f'/h{h}/{p.relative_to(folder)}': size for h in range(hosts) for p, size in files.items()}
        debs = {path: size for path, size in sizes.items() if path.endswith('.deb')}
        twice = {path: got[path] - size for path, size in debs.items() if got[path] > size * 1.05}
        tap.ok(not twice, 'no host fetched a package twice', str(list(twice.items())[:10]))
        ideal, all_bytes = sum(sizes.values()), sum(got[p] for p in sizes)
        tap.ok(ideal <= all_bytes <= ideal * 1.05, f'{all_bytes / 1e6:.1f} MB were sent, {ideal / 1e6:.1f} MB is the least '
               f'({100 * all_bytes / ideal - 100:.1f} % more); the failing mirror sent {sum(n for _, n in sent) / 1e6:.1f} MB')
    print(f'1..{tap.count}')
    return 0


if __name__ == '__main__':
    # What stops it gets the servers and folders removed, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(main())
