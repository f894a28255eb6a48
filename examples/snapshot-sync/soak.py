#!/usr/bin/env python3
"""Lets a publisher and its replica work for a long time, and tells what they take of memory and disk.

Clients write all the time. Snapshots replace one another, old events are removed, and both programs are
killed (SIGKILL) again and again. In the end everything that was acknowledged must be in the publisher's
database, and the replica must be equal to it. Needs Python 3.9; build first:
cargo build --release -p snapshot-sync
"""

import argparse
import http.client
import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

COLUMNS = "uri, etag, type, body"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Program:
    """A program that is started again whenever it is killed."""

    def __init__(self, name, command, log):
        self.name, self.command, self.log, self.kills = name, command, open(log, "a"), 0
        self.peak, self.now = 0, 0
        self.start()

    def start(self):
        self.child = subprocess.Popen(self.command, stderr=self.log)

    def kill(self):
        self.look()
        if self.child.poll() is not None:
            sys.exit(f"{self.name} has ended by itself: {self.child.returncode}")
        self.child.kill()
        self.child.wait()
        self.kills += 1
        self.start()

    def stop(self):
        self.child.send_signal(signal.SIGTERM)
        if self.child.wait(60):
            sys.exit(f"{self.name} did not stop cleanly: {self.child.returncode}")

    def look(self):
        """Its memory, in MiB."""
        try:
            with open(f"/proc/{self.child.pid}/status") as status:
                fields = dict(line.split(":", 1) for line in status)
            self.now = int(fields["VmRSS"].split()[0]) / 1024
            self.peak = max(self.peak, int(fields["VmHWM"].split()[0]) / 1024)
        except (OSError, KeyError):
            pass  # It is just being started again.


class Writer(threading.Thread):
    """Writes entities of its own, and notes what each of them must be."""

    def __init__(self, number, port, rate, over):
        super().__init__(daemon=True)
        self.number, self.port, self.rate, self.over = number, port, rate, over
        self.known, self.unsure, self.acknowledged = {}, set(), 0

    def run(self):
        connection, count = None, 0
        while not self.over.is_set():
            time.sleep(random.expovariate(self.rate))
            # Some entities are written again and again, the others come and go. There are no more of them in
            # the end than after some minutes: what grows then is not theirs.
            count += 1
            name = f"soak-{self.number}-{count % 2000 if count % 4 == 0 else count % 50}"
            body = None if name in self.known and count % 3 == 0 else json.dumps({"count": count, "text": "x" * 500})
            connection = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            self.unsure.add(name)
            try:
                method, fields = ("DELETE", {}) if body is None else ("PUT", {"Content-Type": "application/json"})
                connection.request(method, f"/entities/{name}", body, fields)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                # It was killed: whether the write was made is not known, until the next one.
                connection = None
                continue
            if answer.status in (201, 204, 404):
                self.acknowledged += 1
                self.unsure.discard(name)
                self.known[name] = body


def size(path):
    """What a file, or a directory, takes, in MiB."""
    if os.path.isdir(path):
        return sum(size(os.path.join(path, name)) for name in os.listdir(path))
    try:
        return os.path.getsize(path) / 2**20
    except OSError:
        return 0


def database(path):
    return size(path) + size(f"{path}-wal")


def one(path, select, *attached):
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
    try:
        for name in attached:
            connection.execute("ATTACH ? AS other", (f"file:{name}?mode=ro",))
        return connection.execute(select).fetchone()[0]
    finally:
        connection.close()


def differences(source, copy):
    here, there = f"SELECT {COLUMNS} FROM main.entity", f"SELECT {COLUMNS} FROM other.entity"
    return one(source, f"SELECT (SELECT count(*) FROM ({here} EXCEPT {there}))"
                       f" + (SELECT count(*) FROM ({there} EXCEPT {here}))", copy)


def soak(options, directory):
    source, copy, store = (f"{directory}/{name}" for name in ("source.sqlite", "copy.sqlite", "store"))
    port = free_port()
    keep = f"{options.keep_events}s"
    programs = [
        Program("publish", [f"{options.programs}/publish", "--database", source, "--store", store, "--listen",
                            f"127.0.0.1:{port}", "--generate", "2000", "--page-events", "100", "--snapshot-every",
                            "20", "--keep", "20", "--keep-events", keep], f"{directory}/publish.log"),
        Program("replicate", [f"{options.programs}/replicate", "--from", f"http://127.0.0.1:{port}/snapshots/latest",
                              "--database", copy, "--poll", "1", "--snapshot-interval", "1", "--patience", "60"],
                f"{directory}/replicate.log"),
    ]
    over = threading.Event()
    writers = [Writer(number, port, options.rate / 4, over) for number in range(4)]
    for writer in writers:
        writer.start()
    began, told, seen = time.monotonic(), 0, []
    print("| minute | writes | events kept | publisher MiB | replica MiB | source MiB | packages MiB | copy MiB | kills |\n"
          "|---:|---:|---:|---:|---:|---:|---:|---:|---:|", flush=True)
    while (elapsed := time.monotonic() - began) < options.minutes * 60:
        time.sleep(random.uniform(2, options.kill_every * 2))
        random.choice(programs).kill()
        if elapsed >= told:
            told += 60
            for program in programs:
                program.look()
            events = one(source, "SELECT count(*) FROM event")
            sizes = database(source), size(store), database(copy)
            seen.append((events, *sizes))
            memory = " | ".join(f"{program.now:.0f}" for program in programs)
            written = sum(writer.acknowledged for writer in writers)
            print(f"| {elapsed / 60:.1f} | {written} | {events} | {memory} | "
                  + " | ".join(f"{octets:.1f}" for octets in sizes)
                  + f" | {programs[0].kills}, {programs[1].kills} |", flush=True)
    over.set()
    for writer in writers:
        writer.join()
    for _ in range(600):
        time.sleep(0.2)
        if os.path.exists(copy) and differences(source, copy) == 0:
            break
    else:
        sys.exit(f"{differences(source, copy)} entities differ; see {directory}")
    for program in programs:
        program.look()
        program.stop()
    lost = 0
    connection = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
    for writer in writers:
        for name, body in writer.known.items():
            found = connection.execute("SELECT body FROM entity WHERE uri = ?", (f"/entities/{name}",)).fetchone()
            found = found and bytes(found[0]).decode()
            lost += name not in writer.unsure and found != body
    if lost:
        sys.exit(f"{lost} acknowledged writes are lost; see {directory}")
    written = sum(writer.acknowledged for writer in writers)
    print(f"\n{written} acknowledged writes, none lost; the copy is equal. Peak memory: "
          + ", ".join(f"{program.name} {program.peak:.0f} MiB" for program in programs))
    middle = len(seen) // 2
    for name, column in (("events", 0), ("source", 1), ("packages", 2), ("copy", 3)):
        before, after = (max((row[column] for row in part), default=0) for part in (seen[:middle], seen[middle:]))
        print(f"most {name} in the first half {before:.1f}, in the second {after:.1f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", default="target/release", help="where the programs are")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=40, help="writes a second, about")
    parser.add_argument("--kill-every", type=float, default=10, help="seconds between two kills, about")
    parser.add_argument("--keep-events", type=int, default=60, help="seconds for which events are kept")
    options = parser.parse_args()
    directory = tempfile.mkdtemp(prefix="soak-")
    soak(options, directory)
    shutil.rmtree(directory)


if __name__ == "__main__":
    main()
