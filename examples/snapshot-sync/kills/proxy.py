"""A proxy between replica and publisher that adds a prefix, records the requests for packages, passes
packages on slowly, and has faults."""

import http.client
import http.server
import re
import socket
import threading
import time

from faults import Answer, Faults

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "host"}


class Way:
    """The way from the replica to the publisher. Both ends may move; what is known of it stays."""

    def __init__(self, options, port):
        self.options, self.lock, self.packages = options, threading.Lock(), []
        self.faults = Faults(options.old, options.missing)
        self.proxy, self.port, self.prefix, self.moves = None, port, "", 0
        self.listen()

    def listen(self):
        self.proxy = Proxy(self)

    def move(self, port):
        """The publisher listens on this port now, and the proxy elsewhere, with a longer prefix."""
        self.close()
        self.moves += 1
        self.port, self.prefix = port, ["", "/a/b", "/c"][self.moves % 3]
        self.listen()

    def close(self):
        self.proxy.shutdown()
        self.proxy.server_close()

    @property
    def start(self):
        return f"http://127.0.0.1:{self.proxy.server_address[1]}{self.prefix}/snapshots/latest"


class Proxy(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, way):
        super().__init__(("127.0.0.1", 0), Passing)
        self.way, self.prefix = way, way.prefix
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def handle_error(self, request, address):
        pass  # A killed replica closes its connections.


class Passing(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        # What is in the socket's buffer when the replica is killed counts as sent: so it is small.
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
        super().setup()

    def do_GET(self):
        way, prefix = self.server.way, self.server.prefix
        path = self.path[len(prefix):] if self.path.startswith(prefix + "/") else "/nowhere"
        asked = self.record(path)
        fields = {name.lower(): value for name, value in self.headers.items()}
        try:
            if answer := way.faults.instead(path, fields):
                self.give(answer)
            else:
                self.pass_on(path, asked)
        except (OSError, http.client.HTTPException):
            self.close_connection = True  # The publisher or the replica was killed.

    def record(self, path):
        """Records the request if it is for a package."""
        package = re.fullmatch(r"/snapshots/([^/]+)/(\d+)", path)
        if not package:
            return None
        first = re.match(r"bytes=(\d+)-", self.headers.get("range", ""))
        first = int(first[1]) if first else 0
        asked = {"package": package.groups(), "began": time.monotonic(), "first": first, "octets": 0}
        with self.server.way.lock:
            self.server.way.packages.append(asked)
        return asked

    def pass_on(self, path, asked):
        way = self.server.way
        fields = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        connection = http.client.HTTPConnection("127.0.0.1", way.port, timeout=10)
        try:
            connection.request("GET", path, headers=fields)
            answer = connection.getresponse()
            passed = [(name, value) for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP]
            if not asked:
                answer = Answer(answer.status, passed, answer.read())
                way.faults.keep(path, answer)
                return self.give(answer)
            self.begin(answer.status, passed)
            while chunk := answer.read(16384):
                time.sleep(len(chunk) / way.options.octets_per_second)
                self.wfile.write(chunk)
                asked["octets"] += len(chunk) if answer.status < 300 else 0
            # Otherwise the client would wait for the rest of the answer.
            self.close_connection = answer.length != 0
        finally:
            connection.close()

    def begin(self, status, fields):
        self.send_response_only(status)
        for name, value in fields:
            self.send_header(name, value)
        self.end_headers()

    def give(self, answer):
        fields = [(name, value) for name, value in answer.fields if name.lower() != "content-length"]
        if answer.status not in (204, 304):
            fields.append(("Content-Length", str(len(answer.body))))
        self.begin(answer.status, fields)
        self.wfile.write(answer.body)

    def log_message(self, *arguments):
        pass
