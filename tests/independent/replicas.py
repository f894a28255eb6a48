#!/usr/bin/env python3
"""Compares what replica.py reads with what the publisher and our own replica hold.

`replicas.py DIR`, where publish and replicate are. Changes go on while replica.py reads: made-up
ones, and writes by HTTP, many in one second. Once they have ended, all must hold the same. Then once
more behind a proxy that adds a path prefix and has answers of its own for entities and old ones for
the feed; with relative references, and with absolute ones. One entity is forbidden: both replicas must
tell that they are incomplete, and must have all the others. Last, the publisher is restored from a
backup, and both must tell that.
"""
import http.client
import json
import random
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from replica import INCOMPLETE, OTHER_TIMELINE, digest

HERE, PROGRAMS = Path(__file__).parent, Path(sys.argv[1] if len(sys.argv) > 1 else "target/release")
PORT = random.randrange(20000, 30000)  # below those of outgoing connections
START = f"http://127.0.0.1:{PORT}/snapshots/latest"


@contextmanager
def changing(directory, written, *more):
    """A publisher, and writes to it until the block is left; then it still serves."""
    publisher = subprocess.Popen([
        PROGRAMS / "publish", "--database", f"{directory}/source.sqlite", "--store", f"{directory}/store",
        "--listen", f"127.0.0.1:{PORT}", "--page-events", "50", "--package-octets", "50000", *more,
    ], stderr=subprocess.DEVNULL)
    over = threading.Event()
    writing = threading.Thread(target=write, args=(over, written), daemon=True)
    try:
        for _ in range(600):
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", PORT)).close()
                break
            time.sleep(0.05)
        writing.start()
        yield lambda: (over.set(), writing.join())
    finally:
        over.set()
        publisher.terminate()
        publisher.wait()


class Proxy(BaseHTTPRequestHandler):
    """Adds PREFIX. Stands where clients are, so the publisher's own writers do not pass here."""
    PREFIX, FORBIDDEN = "/some/where", "/entities/16325906:001:99999"
    protocol_version = "HTTP/1.1"
    is_faulty, is_old, forbids, feed, answered = False, False, False, None, Counter()
    in_a_row = Counter()

    def do_GET(self):
        path = self.path[len(self.PREFIX):] if self.path.startswith(self.PREFIX + "/") else "/"
        is_entity = path.startswith("/entities/")
        if is_entity and self.forbids and path == self.FORBIDDEN:
            return self.answer("forbidden", 403)
        # Not four times in a row, which could be believed.
        is_faulty = is_entity and self.is_faulty and random.random() < 0.4 and self.in_a_row[path] < 3
        self.in_a_row[path] = self.in_a_row[path] + 1 if is_faulty else 0
        fault = random.choice([403, 404, 200, None, "content-digest"])
        if is_faulty and fault in (403, 404, 200):
            return self.answer("a page", fault)
        if path == "/changes/latest" and self.is_old and self.feed and random.random() < 0.2:
            return self.answer("an older feed", *self.feed)
        with closing(http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)) as connection:
            hop = {"host", "connection"}
            fields = {name: value for name, value in self.headers.items() if name.lower() not in hop}
            connection.request("GET", path, headers=fields)
            response = connection.getresponse()
            octets = response.read()
        answer = response.status, response.getheaders(), octets
        if is_faulty and response.status == 200:  # without its digest, or with one that does not hold
            fields = [field for field in response.getheaders() if field[0].lower() != fault]
            return self.answer("an altered entity", 200, fields, b"{}")
        if path == "/changes/latest" and response.status == 200 and random.random() < 0.2:
            Proxy.feed = answer
        self.answer("entity" if is_entity else "document", *answer)

    def answer(self, what, status, fields=(("Content-Type", "text/html"),), octets=b"<p>Log in</p>"):
        self.answered[f"{what}, {status}"] += 1
        self.send_response_only(status)
        for name, value in fields:
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(octets)))
        with suppress(ConnectionError):  # who has seen enough hangs up
            self.end_headers()
            self.wfile.write(octets)

    def log_message(self, *_):
        pass


@contextmanager
def proxy():
    """A proxy before the publisher, and the root that it gives it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{Proxy.PREFIX}/"
    finally:
        server.shutdown()
        server.server_close()


MERGE = {"content-type": "application/merge-patch+json"}


def write(over, written):
    """Writes to few entities, so that each has several events within one second and one reading."""
    while not over.wait(random.choice([0, 0, 0.02, 0.1])):
        number, entity = random.randrange(1000), 16325906 + random.randrange(12)
        method, body, fields = random.choices([
            ("PUT", {"id": str(number), "assets": [], "texts": {"é\r\n--": number}}, {}),
            ("PATCH", {"texts": {str(number % 3): number, str(number % 2): None}}, MERGE),
            ("POST", {"id": str(number), "role": "spot"}, {}),
            ("DELETE", None, {}),
        ], [3, 6, 2, 1])[0]
        written[method] += send(method, f"/entities/{entity}:001:99999", body, fields)


def send(method, path, body, fields):
    """Whether the publisher did it."""
    with closing(http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)) as connection:
        body = body and json.dumps(body, ensure_ascii=False).encode()
        connection.request(method, path, body, fields)
        return connection.getresponse().status < 300


def reading(quiet, start=START):
    command = [sys.executable, HERE / "replica.py", start, str(quiet)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def read(replica, when, status=0):
    """What a replica.py has read, and what it says of that."""
    read, said = replica.communicate(timeout=120)
    print(f"replica.py, {when}: {said.strip()}", flush=True)
    if replica.returncode != status:
        sys.exit(f"WRONG: replica.py, {when}: exit status {replica.returncode}")
    return dict(line.split("\t") for line in read.splitlines()), said


def replicate(database, start=START, statuses=(0,)):
    """What our own replica holds when it is at the feed's end."""
    command = [
        PROGRAMS / "replicate", "--once", "--patience", "2", "--from", start, "--database", database]
    ended = subprocess.run(command, stderr=subprocess.PIPE, text=True, timeout=120)
    if ended.returncode not in statuses:
        sys.exit(f"WRONG: replicate: exit status {ended.returncode}: {ended.stderr[-2000:]}")
    return held(database), ended.returncode


def held(database):
    with closing(sqlite3.connect(database)) as connection:
        return {uri: digest(body) for uri, body in connection.execute("SELECT uri, body FROM entity")}


def main(directory):
    written = dict.fromkeys(["PUT", "PATCH", "POST", "DELETE"], 0)
    made_up = ["--generate", "3000", "--changes-per-second", "50", "--snapshot-every", "2"]
    with changing(directory, written, *made_up) as end_changes:
        time.sleep(3)
        read(reading(0), "while snapshots are replaced and all changes go on")
    with changing(directory, written) as end_changes:
        replica = reading(2)
        time.sleep(4)
        end_changes()
        followed, said = read(replica, "from within the changes to their end")
        begun, _ = read(reading(0), "begun after them")
        ours, _ = replicate(f"{directory}/copy.sqlite")
    print(f"written by HTTP: {written}")
    wrong = [] if all(written.values()) else ["a method was not written"]
    if "'PATCH'" not in said or "'PATCH applied'" not in said:
        wrong.append("no patches both in the window and after it")
    wrong += differing(f"{directory}/source.sqlite", {
        "replica.py": followed, "replica.py, begun after": begun, "replicate": ours})
    for absolute in False, True:
        wrong += behind_proxy(directory, written, absolute)
    restored(directory, written)
    for line in wrong:
        print("WRONG:", line, file=sys.stderr)
    sys.exit(bool(wrong))


def differing(source, states, but=None):
    """What is not as the publisher has it, each time but one entity."""
    there = held(source)
    there.pop(but, None)
    for name, state in states.items():
        state.pop(but, None)
        differ = sorted({uri for uri, _ in state.items() ^ there.items()})
        print(f"{name}: {len(state)} entities, the publisher: {len(there)}; {len(differ)} differ", flush=True)
        if differ or not state:
            yield f"{name}: {differ[:5]}"


def behind_proxy(directory, written, is_absolute):
    """The same publisher behind a proxy, its faults and its prefix."""
    source, copy = f"{directory}/source.sqlite", f"{directory}/copy-{is_absolute}.sqlite"
    kind = "absolute" if is_absolute else "relative"
    Proxy.feed = None  # that of the run before had another prefix
    Proxy.answered.clear()
    with proxy() as root, changing(
            directory, written, *["--base-uri", root] * is_absolute) as end_changes:
        start = f"{root}snapshots/latest"
        Proxy.is_faulty = Proxy.is_old = True
        following = reading(3, start)
        time.sleep(2)
        replicate(copy, start, (0, INCOMPLETE))  # what is set aside now is tried again below
        time.sleep(2)
        end_changes()
        send("PUT", Proxy.FORBIDDEN, {"id": "0", "assets": []}, {})
        send("PATCH", Proxy.FORBIDDEN, {"texts": {"0": 0}}, MERGE)
        Proxy.is_old = False  # who has not read further cannot know that a document is old
        followed, _ = read(following, f"behind a proxy, {kind} references")
        ours, _ = replicate(copy, start)
        # With other faults, another entity may not have been had either when the time is over.
        Proxy.is_faulty, Proxy.forbids = False, True
        forbidden, said = read(reading(0, start), "an entity forbidden", INCOMPLETE)
        yield from () if Proxy.FORBIDDEN in said else ["replica.py does not list what is missing"]
        without, _ = replicate(f"{copy}-forbidden", start, (INCOMPLETE,))
        Proxy.forbids = False
        had, _ = replicate(f"{copy}-forbidden", start)
    print(f"the proxy's answers: {dict(Proxy.answered)}")
    yield from differing(source, {f"replica.py, {kind}": followed, f"replicate, {kind}": ours,
                                  "replicate, no longer forbidden": had})
    yield from differing(source, {"replica.py, one forbidden": forbidden,
                                  "replicate, one forbidden": without}, Proxy.FORBIDDEN)


def restored(directory, written):
    """The publisher is put back to a backup: both replicas must tell that this is another timeline."""
    source, copy = f"{directory}/source.sqlite", f"{directory}/copy-before.sqlite"
    with closing(sqlite3.connect(source)) as now, closing(sqlite3.connect(f"{source}.backup")) as backup:
        now.backup(backup)
    with changing(directory, written) as end_changes:
        time.sleep(1)
        following = reading(30)
        time.sleep(1)
        end_changes()
        replicate(copy)
        time.sleep(1)  # for replica.py, which reads the feed ten times a second
    for left in Path(directory).glob("source.sqlite-*"):
        left.unlink()
    Path(f"{source}.backup").replace(source)
    with changing(directory, written) as end_changes:
        read(following, "the publisher restored from a backup", OTHER_TIMELINE)
        replicate(copy, START, (OTHER_TIMELINE,))
        end_changes()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="replicas-") as made:
        main(made)
