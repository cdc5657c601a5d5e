"""A caching mirror on loopback: /debian/... and /debian-security/..., fetched from this machine's own apt sources.

What never changes (pool/, by-hash/) is kept in a folder; the rest for a minute. Requests for a file that is still on
its way read along. Rules make it fail on purpose, for the tests.
"""
import os
import re
import subprocess
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

BLOCK = 256 * 1024
FRESH_S = 60
TIMEOUT_S = 60


def apt_uris():
    """The URIs of apt's own sources, both formats of sources.list(5), in order."""
    folder = Path('/etc/apt')
    uris = []
    for path in [folder / 'sources.list', *sorted((folder / 'sources.list.d').glob('*'))]:
        if path.suffix not in ('.list', '.sources') or not path.is_file():
            continue
        for line in path.read_text().splitlines():
            if path.suffix == '.list':
                match = re.match(r'\s*deb\s+(?:\[[^]]*\]\s+)?(\S+)', line)
            else:
                match = re.match(r'URIs:\s*(\S+)', line, re.I)
            if match:
                uris.append(match[1].rstrip('/'))
    return uris


def upstreams():
    """{'debian': URI, 'debian-security': URI} of this machine's mirror."""
    ret = {}
    for uri in apt_uris():
        name = uri.rsplit('/', 1)[-1]
        if name in ('debian', 'debian-security') and uri.startswith(('http:', 'https:')):
            ret.setdefault(name, uri)
    if 'debian' not in ret:
        raise RuntimeError('no http URI that ends with /debian in /etc/apt/sources.list or sources.list.d')
    ret.setdefault('debian-security', ret['debian'] + '-security')
    return ret


def opener():
    """Opens URLs through the proxy that apt is told to use, if any (else the environment's)."""
    dump = subprocess.run(['apt-config', 'dump'], capture_output=True, text=True, check=False).stdout
    found = dict(re.findall(r'^Acquire::(https?)::Proxy "([^"]+)";$', dump, re.M | re.I))
    proxies = {scheme: url for scheme, url in found.items() if url != 'DIRECT'}
    return urllib.request.build_opener(urllib.request.ProxyHandler(proxies or None))


@dataclass
class Rule:
    """A failure on purpose for paths that match: status (404 ...), flip (one wrong byte), truncate (half of it, then
    close), drop (close at once), forge (the signed text is changed), slow (bytes a second). times: how often, None:
    always."""
    pattern: str
    action: str
    value: int = 0
    times: int = None

    def matches(self, path):
        return self.times != 0 and re.search(self.pattern, path)


class Download(threading.Thread):
    """One file on its way from upstream into the cache; readers wait in read()."""

    def __init__(self, open_url, url, path):
        super().__init__(daemon=True)
        self.open_url, self.url, self.path = open_url, url, path
        self.part = path.with_name(path.name + f'.part{id(self)}')
        self.changed = threading.Condition()
        self.status, self.length, self.modified = None, None, None
        self.here, self.done, self.failed, self.begun = 0, False, False, time.time()

    def run(self):
        status = 502
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.open_url(self.url, timeout=TIMEOUT_S) as answer, open(self.part, 'wb', buffering=0) as out:
                length = answer.headers.get('Content-Length')
                with self.changed:
                    self.length = int(length) if length else None
                    self.modified = answer.headers.get('Last-Modified')
                    if length:
                        self.status = 200
                        self.changed.notify_all()
                while block := answer.read(BLOCK):
                    out.write(block)
                    with self.changed:
                        self.here += len(block)
                        self.changed.notify_all()
            if self.length not in (None, self.here):
                raise OSError('the connection was closed early')
            self.length = self.here
            os.replace(self.part, self.path)
            status = 200
        except urllib.error.HTTPError as error:
            status = error.code
        except (OSError, ValueError) as error:
            print(f'# mirror: {self.url}: {error}', flush=True)
        finally:
            if status != 200:
                self.part.unlink(missing_ok=True)
            with self.changed:
                self.status = self.status or status
                self.done = True
                self.failed = status != 200
                self.changed.notify_all()

    def wait_head(self):
        with self.changed:
            self.changed.wait_for(lambda: self.status or self.done, TIMEOUT_S * 2)
            return self.status or 504

    def open(self):
        """The file, complete or not."""
        try:
            return open(self.part, 'rb')
        except FileNotFoundError:
            return open(self.path, 'rb')

    def wait_bytes(self, end):
        """How much is here, once something behind end-1 is, or all."""
        with self.changed:
            self.changed.wait_for(lambda: self.here >= end or self.done, TIMEOUT_S * 2)
            if self.done and self.failed:
                raise OSError('upstream failed')
            return self.here


def here(path):
    """A Download of a file that is there already."""
    way = Download(None, None, path)
    way.status, way.done, way.failed = 200, True, False
    way.here = way.length = path.stat().st_size
    return way


class Mirror:
    """The server. url is where a guest in QEMU's user network finds it. files: further paths that it serves, of this
    machine. Several may share a cache: a case that makes it fail has one of its own."""

    def __init__(self, cache, port=0):
        self.cache, self.rules, self.lock = Path(cache), [], threading.Lock()
        self.upstreams, self.opener, self.on_way = upstreams(), opener(), {}
        self.bytes_sent, self.requests, self.files = 0, [], {}
        self.server = ThreadingHTTPServer(('127.0.0.1', port), self.handler())
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url, self.local_url = f'http://10.0.2.2:{self.port}', f'http://127.0.0.1:{self.port}'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def fail(self, pattern, action, value=0, times=None):
        self.rules.append(Rule(pattern, action, value, times))

    def rule_for(self, path):
        with self.lock:
            for rule in self.rules:
                if rule.matches(path):
                    if rule.times:
                        rule.times -= 1
                    return rule
        return None

    def get(self, path):
        """A Download (perhaps a finished one) for a path below the mirror, or None: no such archive."""
        if path in self.files:
            return here(self.files[path])
        archive, _, rest = path.lstrip('/').partition('/')
        if archive not in self.upstreams or '..' in rest.split('/') or not rest:
            return None
        file = self.cache / archive / rest
        forever = '/pool/' in path or '/by-hash/' in path
        with self.lock:
            way = self.on_way.get(path)
            if way and not way.done:
                return way
            if way and not way.failed and file.exists() and (forever or time.time() - way.begun < FRESH_S):
                return way
            if forever and file.is_file():
                way = here(file)
            else:
                way = Download(self.opener.open, f'{self.upstreams[archive]}/{rest}', file)
                way.start()
            self.on_way[path] = way
            return way

    def handler(mirror):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'
            timeout = 120

            def log_message(self, *args):
                pass

            def do_HEAD(self):
                self.answer(False)

            def do_GET(self):
                self.answer(True)

            def answer(self, with_body):
                # Whole where this is somebody's proxy (RFC 9112, 3.2.2).
                path = re.sub(r'^http://[^/]*', '', urllib.request.unquote(self.path.split('?')[0]))
                rule = mirror.rule_for(path)
                mirror.requests.append((path, rule and rule.action))
                try:
                    if rule and rule.action == 'drop':
                        self.close_connection = True
                    elif rule and rule.action == 'status':
                        self.send_nothing(rule.value or 404)
                    else:
                        self.send_file(mirror.get(path), rule, with_body)
                except (ConnectionError, TimeoutError, OSError):
                    self.close_connection = True

            def send_nothing(self, status):
                self.send_response(status)
                self.send_header('Content-Length', '0')
                self.end_headers()

            def send_file(self, way, rule, with_body):
                status = way.wait_head() if way else 404
                if status != 200:
                    return self.send_nothing(status)
                total, first, last = way.length, 0, None
                if total is None:
                    total = way.wait_bytes(1 << 62)
                match = re.fullmatch(r'bytes=(\d+)-(\d*)', self.headers.get('Range', ''))
                if match and int(match[1]) < total:
                    first, last = int(match[1]), min(int(match[2] or total - 1), total - 1)
                self.send_response(206 if last is not None else 200)
                if last is None:
                    last = total - 1
                else:
                    self.send_header('Content-Range', f'bytes {first}-{last}/{total}')
                self.send_header('Content-Length', str(last - first + 1))
                self.send_header('Accept-Ranges', 'bytes')
                if way.modified:
                    self.send_header('Last-Modified', way.modified)
                self.end_headers()
                if with_body:
                    self.send_bytes(way, rule, first, last + 1)

            def send_bytes(self, way, rule, at, end):
                action, middle = (rule.action if rule else ''), way.length // 2
                if action == 'truncate':
                    end = min(end, middle)
                with way.open() as file:
                    file.seek(at)
                    while at < end:
                        here = way.wait_bytes(at + 1)
                        block = file.read(min(BLOCK, end - at, here - at))
                        if action == 'flip' and at <= middle < at + len(block):
                            block = bytearray(block)
                            block[middle - at] ^= 1
                        if action == 'forge':
                            block = block.replace(b'Origin: Debian', b'Origin: Debiam')
                        if action == 'slow':
                            time.sleep(len(block) / rule.value)
                        self.wfile.write(block)
                        at += len(block)
                        mirror.bytes_sent += len(block)
                if action == 'truncate':
                    self.close_connection = True

        return Handler


def main():
    """python3 tests/e2e/proxy.py [PORT]: serve until stopped."""
    import sys
    mirror = Mirror('build/cache/mirror', int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    print(f'{mirror.local_url}/debian', flush=True)
    threading.Event().wait()


if __name__ == '__main__':
    main()
