"""Serves kickstart files and collects the events of machines, as posted and as seen on their serial consoles."""
import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

IN_TEXT = re.compile(r'\{"[a-z_]+":.*\}')


class Station:
    """What one machine is given (kickstart, the text that it gets now) and what it says (events, in order).

    An event that was posted and printed on the console is one entry, with "via": {"post", "console"}.
    """

    def __init__(self, on_event=None):
        self.on_event, self.kickstart, self.events, self.seen, self.served = on_event, None, [], {}, []
        self.headers, self.bundles = {}, []
        self.changed = threading.Condition()

    def fetch(self, headers):
        """The kickstart file; notes which text was given, and how many events there had been."""
        with self.changed:
            self.headers = headers
            self.served.append((self.kickstart, len(self.events)))
            self.changed.notify_all()
            return self.kickstart

    def add(self, event, via):
        key = tuple(str(event.get(k)) for k in ('seq', 'time', 'step', 'state', 'percent', 'message'))
        with self.changed:
            known = self.seen.get(key)
            if known:
                known['via'].add(via)
            else:
                event['via'], event['at'] = {via}, time.time()
                self.seen[key] = event
                self.events.append(event)
            self.changed.notify_all()
        if not known and self.on_event:
            self.on_event(event)

    def console_line(self, line):
        """Pick an event out of a line of the serial console."""
        match = IN_TEXT.search(line)
        try:
            event = json.loads(match[0]) if match else None
        except ValueError:
            return
        if isinstance(event, dict) and 'step' in event:
            self.add(event, 'console')

    def wait(self, find, seconds, alive=lambda: True):
        """What find() gives once it gives something; None after that time, or when alive() no longer holds."""
        until = time.time() + seconds
        with self.changed:
            while True:
                found = find()
                if found is not None or time.time() >= until:
                    return found
                if not alive():
                    # What was sent last may still be on its way.
                    until = min(until, time.time() + 3)
                self.changed.wait(1)

    def wait_event(self, wanted, seconds, start=0, alive=lambda: True):
        """The first event from index start on for which wanted(event) holds."""
        return self.wait(lambda: next((e for e in self.events[start:] if wanted(e)), None), seconds, alive)

    def wait_served(self, text, start, seconds, alive=lambda: True):
        """How many events there were when this kickstart text was given, from served[start] on."""
        return self.wait(lambda: next((n for t, n in self.served[start:] if t is text), None), seconds, alive)


class Collector:
    """One server for all machines: GET /ks/host.ks, chosen by the header X-System-Serial-Number, which is the
    machine's name; POST /events/NAME."""

    def __init__(self, port=0):
        self.stations = {}
        self.server = ThreadingHTTPServer(('127.0.0.1', port), self.handler())
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f'http://10.0.2.2:{self.port}'
        self.ks_url = f'{self.url}/ks/host.ks'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def station(self, name, on_event=None):
        self.stations[name] = Station(on_event)
        return self.stations[name]

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def handler(collector):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'
            timeout = 120

            def log_message(self, *args):
                pass

            def reply(self, status, body=b''):
                self.send_response(status)
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                station = collector.stations.get(self.headers.get('X-System-Serial-Number'))
                text = station.fetch(dict(self.headers)) if station and self.path == '/ks/host.ks' else None
                self.reply(200 if text is not None else 404, (text or '').encode())

            def do_POST(self):
                raw = self.rfile.read(int(self.headers.get('Content-Length') or 0))
                station = collector.stations.get(self.path.removeprefix('/events/'))
                if station and self.headers.get('Content-Type') == 'application/x-tar':  # the logs of a failure
                    station.bundles.append(raw)
                    return self.reply(200)
                body = raw.decode(errors='replace')
                for line in body.splitlines() if station else ():
                    try:
                        station.add(json.loads(line), 'post')
                    except ValueError:
                        print(f'# collector: not JSON: {line}', flush=True)
                self.reply(200 if station else 404)

        return Handler
