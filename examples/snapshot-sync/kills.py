#!/usr/bin/env python3
"""Kills replica and publisher (SIGKILL) at random moments, many times, and starts them again.

The run of the replica has several lives. Each life begins with a snapshot, over the database of the
life before. It ends with a comparison of both databases row by row, while the publisher makes no
changes. After every kill the script compares the number of consumed events with the publisher's
events, and checks that the replica requests nothing that it has already. Needs Python 3.9 and nothing
else; build the programs first: cargo build --release -p snapshot-sync --bins
"""

import argparse
import contextlib
import http.client
import http.server
import json
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

# The phases of a replica in order, and for each the longest time in seconds from its begin to a kill.
# A kill that comes too late shortens that time, so that the script works on any machine.
PHASES = {"index": 0.01, "packages": 0.8, "switch": 0.002, "replay": 0.2, "follow": 1.2}
ORDER = list(PHASES)
# The number of octets of one package that may be lost with a process: its buffers for the file (twice
# 256 KiB), and the data in sockets.
LOST_OCTETS = 768 * 1024
# The number of entities that generated changes are made to: few, so that many of them change several
# times in a second.
CHANGED = 400
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "host"}


def free_port():
    """A port that no outgoing connection can get while the publisher does not run."""
    while True:
        port = random.randrange(20000, 30000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Proxy(http.server.ThreadingHTTPServer):
    """A proxy between both that records the requests for packages and passes packages on slowly."""

    daemon_threads = True

    def __init__(self, publisher_port, octets_per_second):
        super().__init__(("127.0.0.1", 0), Passing)
        self.publisher_port, self.pace = publisher_port, octets_per_second
        self.lock, self.packages = threading.Lock(), []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def start(self):
        return f"http://127.0.0.1:{self.server_address[1]}/snapshots/latest"

    def handle_error(self, request, address):
        pass  # A killed replica closes its connections.


class Passing(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        # What is in the socket's buffer when the replica is killed counts as sent: so it is small.
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
        super().setup()

    def do_GET(self):
        proxy, asked = self.server, {"octets": 0}
        package = re.fullmatch(r"/snapshots/([^/]+)/(\d+)", self.path)
        if package:
            first = re.match(r"bytes=(\d+)-", self.headers.get("range", ""))
            asked.update(package=package.groups(), began=time.monotonic(), first=int(first[1]) if first else 0)
            with proxy.lock:
                proxy.packages.append(asked)
        fields = {k: v for k, v in self.headers.items() if k.lower() not in HOP_BY_HOP}
        connection = http.client.HTTPConnection("127.0.0.1", proxy.publisher_port, timeout=10)
        try:
            connection.request("GET", self.path, headers=fields)
            answer = connection.getresponse()
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, value)
            self.end_headers()
            while chunk := answer.read(16384):
                if package:
                    time.sleep(len(chunk) / proxy.pace)
                self.wfile.write(chunk)
                asked["octets"] += len(chunk)
            # Otherwise the client would wait for the rest of the answer.
            self.close_connection = answer.length != 0
        except (OSError, http.client.HTTPException):
            self.close_connection = True  # The publisher or the replica was killed.
        finally:
            connection.close()

    def log_message(self, *arguments):
        pass


class Publisher:
    def __init__(self, options, directory, port):
        self.options, self.port, self.child = options, port, None
        self.kills, self.kills_before_it_served = 0, 0
        self.command = [
            os.path.join(options.programs, "publish"), "--database", f"{directory}/source.sqlite",
            "--store", f"{directory}/store", "--listen", f"127.0.0.1:{port}", "--no-codings",
            "--package-octets", str(options.package_octets), "--page-events", "100", "--keep", "5",
        ]
        self.log = open(f"{directory}/publish.log", "ab")

    def start(self, *more):
        self.child = subprocess.Popen(self.command + list(more), stderr=self.log)

    def start_filling(self):
        self.start("--generate", str(self.options.entities))

    def start_changing(self):
        # It replaces the snapshot from time to time, so that it is also killed while it writes one.
        more = ["--snapshot-every", "1"] if random.random() < 0.3 else []
        self.start("--generate", str(CHANGED), "--changes-per-second", "100", *more)

    def serves(self):
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return True

    def wait_until_it_serves(self):
        for _ in range(1200):
            if self.serves():
                return
            if self.child.poll() is not None:
                break
            time.sleep(0.05)
        sys.exit(f"the publisher does not serve; it has ended with {self.child.poll()}")

    def kill(self):
        self.kills_before_it_served += not self.serves()
        end(self.child, signal.SIGKILL, "the publisher")
        self.kills += 1

    def stop(self):
        end(self.child, signal.SIGTERM, "the publisher")


class Replica:
    """A running replica, and the phase that it has logged last."""

    def __init__(self, options, directory, start, *more):
        command = [os.path.join(options.programs, "replicate"), "--from", start, "--poll", "1"]
        command += ["--database", f"{directory}/replica.sqlite", *more]
        self.phase, self.changed, self.text, self.has_ended = None, threading.Condition(), [], False
        self.child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.child.stderr:
            self.text.append(line)
            said = re.search(r"phase=(\w+)", re.sub(r"\x1b\[[0-9;]*m", "", line))
            if said:
                with self.changed:
                    self.phase = said[1]
                    self.changed.notify_all()
        with self.changed:
            self.has_ended = True
            self.changed.notify_all()

    def wait_for(self, phase):
        """Waits until it has reached this phase."""
        def is_met():
            return self.has_ended or self.phase and ORDER.index(self.phase) >= ORDER.index(phase)
        with self.changed:
            if not self.changed.wait_for(is_met, 90):
                sys.exit("".join(self.text) + f"the phase {phase} did not come")

    def kill(self):
        end(self.child, signal.SIGKILL, "the replica", self.text)
        self.reader.join()


def end(child, how, who, text=()):
    """Ends a process, which must not have ended by itself."""
    child.send_signal(how)
    code = child.wait(60)
    # SIGTERM leads to a clean end, unless it comes before the program listens for it.
    if code not in ((0, -how) if how == signal.SIGTERM else (-how,)):
        sys.exit("".join(text) + f"{who} has ended with {code}")


def opened(directory, name):
    """A killed program's database. The connection only reads, so the write-ahead log stays as it is."""
    path = f"file:{directory}/{name}.sqlite?mode=ro"
    return contextlib.closing(sqlite3.connect(path, uri=True, timeout=30))


class Run:
    def __init__(self, options, directory, port):
        self.options, self.directory, self.wrong = options, directory, []
        self.publisher = Publisher(options, directory, port)
        self.proxy = Proxy(port, options.octets_per_second)
        self.most, self.tally, self.unswitched = dict(PHASES), dict.fromkeys(PHASES, 0), 0
        self.replica, self.lives, self.octets, self.octets_again, self.resumed = None, 0, 0, 0, 0
        self.publisher_killed_in = {}
        self.turn = threading.Lock()  # Its owner may start and stop the publisher.
        self.over, self.follows = threading.Event(), False

    def kill_publisher_while_it_begins(self, times):
        for _ in range(times):
            self.publisher.start_filling()
            time.sleep(random.uniform(0, 0.02 + self.options.entities / 200000))
            self.publisher.kill()
        self.publisher.start_filling()
        self.publisher.wait_until_it_serves()
        self.publisher.stop()

    def kill_publishers(self):
        """Kills the publisher from time to time, in proportion to the kills of the replica."""
        try:
            self.try_to_kill_publishers()
        except SystemExit as ended:
            self.wrong.append(str(ended))

    def try_to_kill_publishers(self):
        whole, before = self.options.publisher_kills, self.publisher.kills
        while not self.over.wait(random.uniform(0.1, 1)):
            share = 1 if self.follows else min(0.75, self.killed() / self.options.replica_kills)
            with self.turn:
                if self.publisher.kills < before + (whole - before) * share:
                    phase = self.replica and self.replica.phase or "its start"
                    self.publisher.kill()
                    self.publisher_killed_in[phase] = self.publisher_killed_in.get(phase, 0) + 1
                    time.sleep(random.uniform(0, 0.3))
                    self.publisher.start_changing()

    def killed(self):
        return sum(self.tally.values())

    def is_enough(self):
        return (self.killed() >= self.options.replica_kills
                and min(self.tally.values()) >= self.options.replica_kills // 10)

    def begin_life(self):
        self.lives += 1
        # When each package was seen to be committed, and when the snapshot was.
        self.done, self.settled = {}, None
        with self.proxy.lock:
            self.proxy.packages.clear()

    def live(self):
        """Kills the replica in each phase in turn, and in the end lets it catch up."""
        self.begin_life()
        each = max(1, self.options.replica_kills // 25)
        for phase in PHASES:
            met = 0
            # A phase that is past comes again only in the next life.
            while met < each and (phase in ("replay", "follow") or not self.settled):
                is_past = self.kill(phase)
                if is_past and phase == "replay":
                    break
                met += not is_past
        self.settle()

    def kill(self, phase):
        """Kills the replica in a phase; returns whether that phase was past already."""
        self.replica = Replica(self.options, self.directory, self.proxy.start)
        self.replica.wait_for(phase)
        # While it follows, many kills shall come when it works, and not when it sleeps.
        share = random.random() ** (3 if phase == "follow" else 1)
        time.sleep(share * self.most[phase])
        self.replica.kill()
        at = self.replica.phase
        self.tally[at] += 1
        is_past = ORDER.index(at) > ORDER.index(phase)
        if is_past:
            self.most[phase] *= 0.7
        elif self.most[phase] < PHASES[phase]:
            self.most[phase] *= 1.1
        print(f"  killed in {at}", flush=True)
        self.look(at)
        return is_past

    def look(self, at):
        """Compares what the killed replica has stored with what the publisher has done."""
        with opened(self.directory, "replica") as replica:
            now = time.monotonic()
            if not replica.execute("SELECT 1 FROM sqlite_master WHERE name = 'consumed'").fetchone():
                return  # It was killed before it had a database.
            position = replica.execute("SELECT start, last_self FROM position").fetchone()
            progress = replica.execute("SELECT document FROM progress").fetchone()
            consumed = replica.execute("SELECT events FROM consumed").fetchone()[0]
        if position:
            self.settled = self.settled or now
            # If an event was skipped or applied twice, the count up to the last event is wrong.
            start, last = position[0], int(position[1].rsplit("/", 1)[1]) if position[1] else 0
            with opened(self.directory, "source") as source:
                count = "SELECT count(*) FROM event WHERE time >= ? AND number <= ?"
                events = source.execute(count, (start, last)).fetchone()[0]
            if consumed != events:
                self.wrong.append(f"{consumed} events were consumed of {events}, killed in {at}")
        elif progress:
            saved = json.loads(progress[0])
            for first, end in saved["done"]:
                for number in range(first, end):
                    self.done.setdefault((saved["id"], str(number)), now)
        self.unswitched += at == "switch" and not position

    def settle(self):
        """Ends a life: both databases must be equal once there are no more changes."""
        if self.options.sabotage and self.lives == 1:
            sabotage(self.options.sabotage, self.directory)
        with self.turn:
            self.publisher.wait_until_it_serves()
            self.publisher.stop()
            self.publisher.start()
            self.publisher.wait_until_it_serves()
            self.replica = Replica(self.options, self.directory, self.proxy.start, "--once")
            if self.replica.child.wait(120) != 0:
                self.replica.reader.join()
                sys.exit("".join(self.replica.text) + "the last run of this life has failed")
            self.look("the last run")
            self.compare()
            self.count_octets()
            self.publisher.stop()
            self.publisher.start_changing()
            self.publisher.wait_until_it_serves()
        # The replica does the same when the feed's history was cut: it begins again with a
        # snapshot, and its entities stay until the snapshot replaces them.
        with contextlib.closing(sqlite3.connect(f"{self.directory}/replica.sqlite")) as replica:
            replica.execute("DELETE FROM position")
            replica.commit()

    def compare(self):
        rows = "SELECT uri, etag, body FROM entity ORDER BY uri"
        with opened(self.directory, "source") as source, opened(self.directory, "replica") as replica:
            here, there = source.execute(rows).fetchall(), replica.execute(rows).fetchall()
            consumed = replica.execute("SELECT events FROM consumed").fetchone()[0]
            start = replica.execute("SELECT start FROM position").fetchone()[0]
            count = "SELECT count(*) FROM event WHERE time >= ?"
            events = source.execute(count, (start,)).fetchone()[0]
            all_events = source.execute("SELECT count(*) FROM event").fetchone()[0]
        differences = len(set(here) ^ set(there))
        print(f"life {self.lives}: {len(here)} entities, {differences} rows differ; "
              f"{events} events since the snapshot (of {all_events}), {consumed} consumed", flush=True)
        if differences or len(here) < self.options.entities // 2:
            self.wrong.append(f"{differences} rows of {len(here)} differ")
        if consumed != events:
            self.wrong.append(f"{consumed} events were consumed, not {events}")

    def count_octets(self):
        """Checks that no committed package is requested again, and no octets that were received before."""
        with self.proxy.lock:
            packages = list(self.proxy.packages)
        sent = {}
        for asked in packages:
            package, name = asked["package"], "/".join(asked["package"])
            if asked["began"] > min(self.done.get(package, float("inf")), self.settled or float("inf")):
                self.wrong.append(f"{name} was asked for after it was committed")
            again = sent.get(package, 0) - asked["first"]
            if again > LOST_OCTETS:
                self.wrong.append(f"{name} was asked for from {asked['first']}, {again} octets too early")
            sent[package] = max(sent.get(package, 0), asked["first"] + asked["octets"])
            self.resumed += asked["first"] > 0
        if unknown := self.done.keys() - sent.keys():
            self.wrong.append(f"{unknown} were committed, but never asked for")
        octets = sum(asked["octets"] for asked in packages)
        self.octets += octets
        self.octets_again += octets - sum(sent.values())
        print(f"  {len(packages)} requests for packages, {octets} octets, {octets - sum(sent.values())} "
              f"of them for the second time; {len(self.done)} packages were committed before a kill")

    def all(self):
        self.kill_publisher_while_it_begins(self.options.publisher_kills // 4)
        self.publisher.start_changing()
        self.publisher.wait_until_it_serves()
        killing = threading.Thread(target=self.kill_publishers, daemon=True)
        killing.start()
        while not self.is_enough():
            if self.lives > 40:
                self.wrong.append("not every phase was met often enough")
                break
            self.live()
        # The remaining kills of the publisher come while the replica follows.
        self.begin_life()
        self.replica = Replica(self.options, self.directory, self.proxy.start)
        self.replica.wait_for("follow")
        self.follows, deadline = True, time.monotonic() + 60
        while self.publisher.kills < self.options.publisher_kills and time.monotonic() < deadline:
            time.sleep(0.1)
        self.over.set()
        killing.join()
        if self.publisher.kills < self.options.publisher_kills:
            self.wrong.append("the publisher was not killed often enough")
        self.publisher.wait_until_it_serves()
        self.replica.kill()
        self.settle()
        print("replica killed: " + ", ".join(f"{count} in {phase}" for phase, count in self.tally.items())
              + f" ({self.killed()}; {self.unswitched} in switch before its commit)")
        print(f"publisher killed: {self.publisher.kills}, {self.publisher.kills_before_it_served} of them "
              f"before it served; while the replica was in {self.publisher_killed_in}")
        print(f"{self.octets} octets of packages, {self.octets_again} of them for the second time; "
              f"{self.resumed} packages were resumed in their midst")


def sabotage(what, directory):
    """Damages the replica's database, to show that the script notices it."""
    statement = {
        "row": "UPDATE entity SET body = body || ' ' WHERE uri = (SELECT max(uri) FROM entity)",
        "missing": "DELETE FROM entity WHERE uri = (SELECT max(uri) FROM entity)",
        "event": "UPDATE consumed SET events = events + 1",
        "packages": "DELETE FROM position",
    }[what]
    with contextlib.closing(sqlite3.connect(f"{directory}/replica.sqlite")) as replica:
        replica.execute(statement)
        replica.commit()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", default="target/release", help="the directory of publish and replicate")
    parser.add_argument("--replica-kills", type=int, default=50)
    parser.add_argument("--publisher-kills", type=int, default=20)
    parser.add_argument("--entities", type=int, default=60000)
    parser.add_argument("--package-octets", type=int, default=1500000)
    parser.add_argument("--octets-per-second", type=float, default=2e6, help="the pace of a package through the proxy")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--sabotage", choices=["row", "missing", "event", "packages"],
                        help="damage this in the replica: the run must then fail")
    options = parser.parse_args()
    random.seed(options.seed)
    print(f"seed {options.seed}")
    directory = tempfile.mkdtemp(prefix="kills-")
    run = Run(options, directory, free_port())
    try:
        run.all()
    except BaseException:
        print(f"see {directory}", file=sys.stderr)
        raise
    finally:
        run.over.set()
        for process in (run.publisher, run.replica):
            if process and process.child and process.child.poll() is None:
                process.child.kill()
        run.proxy.shutdown()
    for line in run.wrong:
        print("WRONG:", line, file=sys.stderr)
    if run.wrong:
        sys.exit(f"see {directory}")
    shutil.rmtree(directory)
    print("all is well")


if __name__ == "__main__":
    main()
