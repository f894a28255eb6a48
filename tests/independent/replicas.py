#!/usr/bin/env python3
"""Compares what replica.py reads with what the publisher and our own replica hold.

`replicas.py DIR`, where publish and replicate are. Changes go on while replica.py reads: made-up
ones, and writes by HTTP, many in one second. Once they have ended, all must hold the same.
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
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from replica import digest

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


def write(over, written):
    """Writes to few entities, so that each has several events within one second and one reading."""
    merge = {"content-type": "application/merge-patch+json"}
    while not over.wait(random.choice([0, 0, 0.02, 0.1])):
        number, entity = random.randrange(1000), 16325906 + random.randrange(12)
        method, body, fields = random.choices([
            ("PUT", {"id": str(number), "assets": [], "texts": {"é\r\n--": number}}, {}),
            ("PATCH", {"texts": {str(number % 3): number, str(number % 2): None}}, merge),
            ("POST", {"id": str(number), "role": "spot"}, {}),
            ("DELETE", None, {}),
        ], [3, 6, 2, 1])[0]
        with closing(http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)) as connection:
            body = body and json.dumps(body, ensure_ascii=False).encode()
            connection.request(method, f"/entities/{entity}:001:99999", body, fields)
            written[method] += connection.getresponse().status < 300


def reading(quiet):
    command = [sys.executable, HERE / "replica.py", START, str(quiet)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def read(replica, when):
    """What a replica.py has read, and what it says of that."""
    read, said = replica.communicate(timeout=120)
    print(f"replica.py, {when}: {said.strip()}", flush=True)
    return sys.exit(1) if replica.returncode else (dict(line.split("\t") for line in read.splitlines()), said)


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
        command = [PROGRAMS / "replicate", "--once", "--from", START, "--database", f"{directory}/copy.sqlite"]
        subprocess.run(command, stderr=subprocess.DEVNULL, check=True)
    there, ours = held(f"{directory}/source.sqlite"), held(f"{directory}/copy.sqlite")
    print(f"written by HTTP: {written}")
    wrong = [] if all(written.values()) else ["a method was not written"]
    if "'PATCH'" not in said or "'PATCH applied'" not in said:
        wrong.append("no patches both in the window and after it")
    for name, state in ("replica.py", followed), ("replica.py, begun after", begun), ("replicate", ours):
        differ = sorted({uri for uri, _ in state.items() ^ there.items()})
        print(f"{name}: {len(state)} entities, the publisher: {len(there)}; {len(differ)} differ")
        wrong += [f"{name}: {differ[:5]}"] if differ or not state else []
    for line in wrong:
        print("WRONG:", line, file=sys.stderr)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="replicas-") as made:
        main(made)
