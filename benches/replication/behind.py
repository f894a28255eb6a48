#!/usr/bin/env python3
"""Measures how fast a replica that was away comes back: events a second, beside a loop that only inserts the
same states from memory, in the order of their events and in transactions of as many.

Writers change entities while the replica is away. Then it consumes the feed to its end (`replicate --once`). The
loop is Python's `sqlite3.executemany` on the same schema: it requests, reads and checks nothing. In each round both
begin with the same copy, and each copy is compared with the source row by row. Needs Python 3.9 and sqlite3;
build first: cargo build --release -p snapshot-sync
"""

import argparse
import os
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time

import load
import programs as started

# As many events as a document of the feed has, which is what the replica stores in one transaction.
TRANSACTION = 1000


def state(number):
    return b'{"assets":[{"id":"%d","role":"spot"}],"text":"%s"}' % (number, b"x" * 100)


def copied(path, to):
    """A copy of a database that nobody has open."""
    for end in ("", "-wal"):
        if os.path.exists(to + end):
            os.remove(to + end)
    shutil.copyfile(path, to)


def insert(database, states):
    """Inserts states in transactions; the seconds it takes."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.executescript("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 8000;")
    began = time.monotonic()
    for first in range(0, len(states), TRANSACTION):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT OR REPLACE INTO entity (uri, etag, type, body) VALUES (?, ?, ?, ?)",
                               states[first:first + TRANSACTION])
        connection.execute("COMMIT")
    seconds = time.monotonic() - began
    connection.close()
    return seconds


def measure(programs, directory, events, entities, rounds):
    source, away, copy = (f"{directory}/{name}.sqlite" for name in ("source", "away", "copy"))
    port = started.free_port()
    publisher = started.publish(programs, source, port, "--store", f"{directory}/store", "--generate", "1000",
                                "--page-events", str(TRANSACTION), "--no-codings")
    started.run(started.replicate(programs, port, away, "--once"))
    load.write(port, 64, lambda number: (f"/entities/b-{number % entities}", state(number)),
               lambda answered: answered + 64 > events)
    stored = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
    states = stored.execute("SELECT uri, etag, type, body FROM event ORDER BY number").fetchall()
    stored.close()
    seen = {"replicate --once": [], "insert-only loop": []}
    memory = 0
    for _ in range(rounds):
        copied(away, copy)
        seconds, peak = started.run(started.replicate(programs, port, copy, "--once"))
        memory = max(memory, peak)
        seen["replicate --once"].append(seconds)
        if started.differences(source, copy):
            sys.exit("replicate has copied something else")
        copied(away, copy)
        seen["insert-only loop"].append(insert(copy, states))
        if started.differences(source, copy):
            sys.exit("the loop has inserted something else")
    server = started.stop(publisher)
    print(f"\n{len(states)} events of {entities} entities, in transactions of {TRANSACTION}; {rounds} rounds. "
          f"replicate has at most {memory:.0f} MB, publish {server:.0f} MB.\n")
    print("| way | s, median (all) | events/s | beside the loop |\n|---|---:|---:|---:|")
    floor = statistics.median(seen["insert-only loop"])
    for way, found in seen.items():
        seconds = statistics.median(found)
        each = ", ".join(f"{seconds:.2f}" for seconds in sorted(found))
        print(f"| {way} | {seconds:.2f} ({each}) | {len(states) / seconds:.0f} | {floor / seconds:.2f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("events", type=int, nargs="?", default=100_000)
    parser.add_argument("--programs", default="target/release", help="where the programs are")
    parser.add_argument("--directory", help="where the databases are; a disk and no file system in memory")
    parser.add_argument("--entities", type=int, default=20_000, help="how many entities the events change")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    directory = tempfile.mkdtemp(prefix="behind-", dir=options.directory)
    try:
        measure(options.programs, directory, options.events, options.entities, options.rounds)
    finally:
        shutil.rmtree(directory)


if __name__ == "__main__":
    main()
