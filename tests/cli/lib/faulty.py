#!/usr/bin/env python3
"""A server that fails on purpose: tests/cli/lib/faulty.py FOLDER PORT-FILE REQUESTS-FILE

The first word of the path says how, the rest is a file of FOLDER; HOW@PART is for files with PART in their name only:
  ok           as it should be, with ranges
  cut          every answer ends after 300 kB, and the connection is closed
  cut-once     the same, for the first request of a file only
  flip         the byte in the middle of the file is wrong
  flip-once    the same, the first time that it is sent
  drop         the connection is closed without an answer
  stall        nothing comes after the first 1000 bytes
  slow         1 KB a second
  cut-once-norange  the same, and ranges are ignored
  norange      ranges are ignored
  missing      404
  busy-once    503 with Retry-After: 1 for the first request of a file
"""
import re
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CUT = 300_000
folder, port_file, requests_file = map(Path, sys.argv[1:4])
seen = set()


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *args):
        pass

    def refuse(self, status, *headers):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header('Content-Length', '0')
        self.end_headers()

    def do_GET(self):
        fault, _, name = self.path.lstrip('/').partition('/')
        fault, _, part = fault.partition('@')
        if part not in name:
            fault = 'ok'
        first = self.path not in seen
        with requests_file.open('a') as f:
            f.write(f'{self.path} {self.headers.get("Range", "")}\n')
        path = folder / name
        if not path.is_file():
            return self.refuse(404)
        if fault == 'drop':
            self.close_connection = True
            return None
        if fault == 'missing':
            return self.refuse(404)
        if fault == 'busy-once' and first:
            seen.add(self.path)
            return self.refuse(503, ('Retry-After', '1'))
        data = bytearray(path.read_bytes())
        at, total, status = 0, len(data), 200
        middle = total // 2
        match = re.fullmatch(r'bytes=(\d+)-(\d*)', self.headers.get('Range', ''))
        end = total
        if match and int(match[1]) >= total:
            return self.refuse(416)
        if match and not fault.endswith('norange'):
            at, end, status = int(match[1]), min(int(match[2] or total - 1) + 1, total), 206
        if (fault == 'flip' or fault == 'flip-once' and self.path not in seen) and at <= middle < end:
            data[middle] ^= 1
            seen.add(self.path)
        self.send_response(status)
        self.send_header('Content-Length', str(end - at))
        if status == 206:
            self.send_header('Content-Range', f'bytes {at}-{end - 1}/{total}')
        self.end_headers()
        body = data[at:end]
        if fault == 'cut' or fault in ('cut-once', 'cut-once-norange') and len(body) > CUT and self.path not in seen:
            body = body[:CUT]
            seen.add(self.path)
            self.close_connection = True
        try:
            if fault == 'stall':
                self.wfile.write(body[:1000])
                self.wfile.flush()
                time.sleep(600)
            elif fault == 'slow':
                for i in range(0, len(body), 512):
                    self.wfile.write(body[i:i + 512])
                    self.wfile.flush()
                    time.sleep(0.5)
            else:
                self.wfile.write(body)
        except OSError:
            self.close_connection = True
        return None


class Server(ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        pass


server = Server(('127.0.0.1', 0), Handler)
server.daemon_threads = True
port_file.with_suffix('.part').write_text(str(server.server_address[1]))
port_file.with_suffix('.part').rename(port_file)
server.serve_forever()
