"""Takes what is posted: collector.py FOLDER PORTFILE. JSON lines are added to FOLDER/events, a tar file becomes
FOLDER/bundle.tar. The first answers are 503 and 429: who posts must try again."""
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

folder, busy = Path(sys.argv[1]), [429, 503]


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        status = busy.pop() if busy else 200
        if status == 200 and self.headers['Content-Type'] == 'application/x-tar':
            (folder / 'bundle.tar').write_bytes(body)
        elif status == 200:
            with open(folder / 'events', 'ab') as f:
                f.write(body + b'\n')
        self.send_response(status)
        self.send_header('Content-Length', '0')
        self.end_headers()

    def log_message(self, *args):
        pass


server = HTTPServer(('127.0.0.1', 0), Handler)
Path(sys.argv[2]).write_text(str(server.server_address[1]))
server.serve_forever()
