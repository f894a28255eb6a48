#!/usr/bin/env python3
"""Measures how long after the answer to a write a replica has committed it, and what clients that wait
for the next event take of the publisher's memory.

One writer PUTs entities one after the other, at a steady rate. A replica follows: once it waits for the
next event (Prefer: wait), and once it polls every second. Needs Python 3.9; build first:
cargo build --release -p snapshot-sync
"""

import argparse
import resource
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

import programs as started

FEED = "/changes/latest"


def publish(programs, directory, port, *more):
    return started.publish(programs, f"{directory}/source.sqlite", port, "--store", f"{directory}/store",
                           "--generate", "1000", *more)


class Watch(threading.Thread):
    """Notes when the replica has committed which number."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.path, self.seen, self.ends = path, [], False

    def run(self):
        database = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
        select = "SELECT max(uri) FROM entity WHERE uri >= '/entities/lag-' AND uri < '/entities/lag-~'"
        version = last = None
        while not self.ends:
            now = database.execute("PRAGMA data_version").fetchone()[0]
            if now != version:
                version = now
                found = database.execute(select).fetchone()[0]
                if found != last:
                    last = found
                    self.seen.append((time.monotonic(), int(found.rsplit("-", 1)[1])))
            time.sleep(0.0005)


def write(port, first, rate, seconds):
    """Writes; when each number was answered."""
    client = started.Client(port)
    answered, began = [], time.monotonic()
    for number in range(int(rate * seconds)):
        time.sleep(max(0, began + number / rate - time.monotonic()))
        body = '{"assets":[{"id":"%d","role":"spot"}]}' % number
        status, _, _ = client.ask("PUT", f"/entities/lag-{first + number:09}", body, Content_Type="application/json")
        if status != 201:
            sys.exit(f"a write was answered with {status}")
        answered.append((time.monotonic(), first + number))
    return answered


def lags(answered, seen):
    """Milliseconds from each answer to the commit at the replica."""
    found, at = [], iter(seen)
    when, reached = next(at)
    for moment, number in answered:
        while reached < number:
            when, reached = next(at)
        found.append(max(0.0, 1000 * (when - moment)))
    return sorted(found)


def measure(programs, ways, rates, seconds):
    directory = tempfile.mkdtemp(prefix="lag-")
    port, first = started.free_port(), 0
    publisher = publish(programs, directory, port)
    try:
        print("| replica | events/s | events | p50 ms | p99 ms | largest ms |\n|---|---:|---:|---:|---:|---:|")
        for name, more in ways.items():
            copy = f"{directory}/{more[-1]}.sqlite"
            command = started.replicate(programs, port, copy, "--poll", "1")
            started.run([*command, "--once"])
            replica = subprocess.Popen([*command, *more], stderr=subprocess.DEVNULL)
            for rate in rates:
                watch = Watch(copy)
                watch.start()
                time.sleep(2)
                answered = write(port, first, rate, max(seconds, 20 / rate))
                first += len(answered)
                for _ in range(300):
                    if watch.seen and watch.seen[-1][1] == first - 1:
                        break
                    time.sleep(0.1)
                else:
                    sys.exit("the replica has not come to the end")
                watch.ends = True
                watch.join()
                found = lags(answered, watch.seen)
                at = lambda share: found[min(len(found) - 1, int(share * len(found)))]
                print(f"| {name} | {rate} | {len(found)} | {at(0.5):.1f} | {at(0.99):.1f} | {found[-1]:.1f} |", flush=True)
            started.stop(replica)
    finally:
        started.stop(publisher)
        shutil.rmtree(directory)


def memory(pid):
    """What a process has in memory, in kB, and its threads."""
    with open(f"/proc/{pid}/status") as status:
        fields = dict(line.split(":", 1) for line in status)
    return int(fields["VmRSS"].split()[0]), int(fields["Threads"])


def clients(programs, count):
    directory = tempfile.mkdtemp(prefix="lag-")
    port = started.free_port()
    publisher = publish(programs, directory, port, "--waiting-clients", str(count), "--connections", str(count + 50))
    try:
        write(port, 0, 10, 1)
        _, fields, _ = started.Client(port).ask("GET", FEED)
        request = (f"GET {FEED} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nPrefer: wait=20\r\n"
                   f"If-None-Match: {fields['ETag']}\r\n\r\n").encode()
        before = memory(publisher.pid)
        waiting = [socket.create_connection(("127.0.0.1", port)) for _ in range(count)]
        for client in waiting:
            client.sendall(request)
        time.sleep(3)
        within = memory(publisher.pid)
        began = time.monotonic()
        write(port, 100, 10, 0.1)
        for client in waiting:
            client.settimeout(30)
            if not client.makefile("rb").readline().startswith(b"HTTP/1.1 200"):
                sys.exit("a client that waits was not answered with the event")
        took = time.monotonic() - began
        after = memory(publisher.pid)
        print(f"\n{count} waiting clients: {(within[0] - before[0]) / 1024:.1f} MiB beside {before[0] / 1024:.1f} MiB, "
              f"{1024 * (within[0] - before[0]) / count / 1024:.1f} KiB each; {before[1]} threads before, {within[1]} "
              f"while they wait; {1000 * took:.0f} ms from a write until all have the event, "
              f"{after[0] / 1024:.1f} MiB and {after[1]} threads then")
    finally:
        started.stop(publisher)
        shutil.rmtree(directory)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", default="target/release", help="where the programs are")
    parser.add_argument("--rates", type=float, nargs="+", default=[1, 100], help="events a second")
    parser.add_argument("--seconds", type=float, default=20, help="for how long each rate is written")
    parser.add_argument("--clients", type=int, default=1000, help="how many clients wait")
    options = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    ways = {"waits for the next event": ["--wait", "30"], "polls every second": ["--wait", "0"]}
    measure(options.programs, ways, options.rates, options.seconds)
    clients(options.programs, options.clients)


if __name__ == "__main__":
    main()
