#!/usr/bin/env python3
"""Measures how many writes a second a publisher stores, beside how often a second its disk stores a page.

Each write is answered when it is on the disk. Writes that wait at the same time share a commit, so that many
clients are answered with one sync. All figures are of one run and one disk: give --directory if the default
is a file system in memory. It fails if anything that was answered is not in the database. With --trace it
shows by strace, for some writes, that a sync of the write-ahead log began behind each request and ended before its
answer. With --delay, each sync takes so many milliseconds more, for the program and for the disk's own figure: some
disks store a page at once, since they have a battery or do not tell the truth. Needs Python 3.9 and sqlite3; build first: cargo build --release -p snapshot-sync
"""

import argparse
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import load
import programs as started


def state(number):
    return b'{"n":%d,"text":"%s"}' % (number, b"x" * 100)


def check(source, last, before, count):
    """Everything that was answered is stored: each event, and the last state of each entity."""
    events = int(started.ask(source, "SELECT coalesce(max(number), 0) FROM event"))
    if events != before + count:
        sys.exit(f"{count} writes were answered, and there are {events - before} events")
    stored = dict(line.split("|", 1) for line in started.ask(
        source, "SELECT uri, CAST(body AS TEXT) FROM entity WHERE uri LIKE '/entities/w-%'").splitlines())
    for path, body in last.items():
        if stored.get(path) != body.decode():
            sys.exit(f"{path} is not what was answered: {stored.get(path)}")
    return events


def publisher(programs, directory, before=()):
    port = started.free_port()
    command = [*before, f"{programs}/publish", "--database", f"{directory}/source.sqlite",
               "--store", f"{directory}/store", "--listen", f"127.0.0.1:{port}", "--generate", "1000"]
    return started.serve(command, port), port


def slower(delay):
    """What makes each sync of a program take some milliseconds more."""
    return delay and ["strace", "-f", "--seccomp-bpf", "-o", "/dev/null", "-e", "signal=none", "-e",
                      "trace=fsync,fdatasync", "-e", f"inject=fsync,fdatasync:delay_exit={delay * 1000}"] or []


def syncs(directory, seconds, delay):
    """How often a second the disk stores a page, in a process of its own."""
    command = [*slower(delay), sys.executable, load.__file__, directory, str(seconds)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def stop(child):
    """Stops a program that was started by strace: the signal is for the program."""
    with open(f"/proc/{child.pid}/task/{child.pid}/children") as children:
        for pid in children.read().split():
            os.kill(int(pid), signal.SIGTERM)
    started.finish(child)


def measure(programs, directory, clients, rounds, seconds, delay):
    source, events = f"{directory}/source.sqlite", 0
    rates, disk = {count: [] for count in clients}, []
    for _ in range(rounds):
        for count in clients:
            disk.append(syncs(directory, seconds / 4, delay))
            child, port = publisher(programs, directory, slower(delay))
            until = time.monotonic() + seconds
            # Each client writes to some entities; a number is written once.
            took, answered, last = load.write(
                port, count, lambda number: (f"/entities/w-{number % (8 * count)}", state(number)),
                lambda _: time.monotonic() >= until)
            stop(child) if delay else started.stop(child)
            events = check(source, last, events, answered)
            rates[count].append(answered / took)
    each = statistics.median(disk)
    print(f"\n{rounds} rounds of {seconds:g} s. The disk stores a page {each:.0f} times a second "
          f"({min(disk):.0f} to {max(disk):.0f}), {1000 / each:.2f} ms each.\n")
    print("| clients | writes/s, median (all) | beside the disk's syncs |\n|---:|---:|---:|")
    for count, found in rates.items():
        rate = statistics.median(found)
        print(f"| {count} | {rate:.0f} ({', '.join(f'{rate:.0f}' for rate in sorted(found))}) | {rate / each:.1f} |")


CALL = re.compile(r"(?P<pid>\d+) +(?P<time>[\d.]+) (?:<\.\.\. (?P<resumed>\w+) resumed>|(?P<name>\w+)\((?P<fd>\d+)<(?P<file>[^>]*)>?)(?P<rest>.*)")


def traced(path):
    """The requests, syncs and answers of a trace: (kind, begin, end, connection)."""
    begun = {}
    with open(path, errors="replace") as lines:
        for line in lines:
            found = CALL.match(line)
            if not found:
                continue
            time_of, pid = float(found["time"]), found["pid"]
            if found["resumed"]:
                if pid not in begun:
                    continue
                begin, name, file, fd, text = begun.pop(pid)
                text += found["rest"]
            else:
                begin, name, file, fd, text = time_of, found["name"], found["file"], found["fd"], found["rest"]
                if "<unfinished ...>" in line:
                    begun[pid] = begin, name, file, fd, text
                    continue
            if name in ("fdatasync", "fsync"):
                if file.endswith("source.sqlite-wal"):
                    yield "sync", begin, time_of, None
            elif '"PUT ' in text:
                yield "request", begin, time_of, fd
            elif '"HTTP/1.1 20' in text:
                yield "answer", begin, time_of, fd


def trace(programs, directory, clients, count):
    """Shows that a sync of the log lies between each request and its answer."""
    trace_file = f"{directory}/trace"
    calls = "trace=fdatasync,fsync,read,recvfrom,write,writev,sendto,sendmsg"
    before = ["strace", "-f", "-ttt", "-y", "-s", "32", "-e", calls, "-e", "signal=none", "-o", trace_file]
    child, port = publisher(programs, directory, before)
    events = int(started.ask(f"{directory}/source.sqlite", "SELECT coalesce(max(number), 0) FROM event"))
    _, answered, last = load.write(
        port, clients, lambda number: (f"/entities/w-{number % (8 * clients)}", state(number)),
        lambda answered: answered + clients > count)
    stop(child)
    check(f"{directory}/source.sqlite", last, events, answered)
    calls = sorted(traced(trace_file), key=lambda call: call[1])
    synced = [(begin, end) for kind, begin, end, _ in calls if kind == "sync"]
    requested, answers = {}, 0
    for kind, begin, end, fd in calls:
        if kind == "request":
            requested[fd] = end
        elif kind == "answer":
            # What the trace shows of a request that is cut in pieces is its first one.
            request = requested.pop(fd, None)
            if request is None or not any(request <= first and last <= begin for first, last in synced):
                sys.exit(f"an answer was sent at {begin} without a sync behind its request at {request}")
            answers += 1
    if answers != answered:
        sys.exit(f"the trace shows {answers} answers of {answered}")
    print(f"\nstrace, {clients} clients: {answers} writes, {len(synced)} syncs of the log; one lies between each request "
          "and its answer.")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", default="target/release", help="where the programs are")
    parser.add_argument("--directory", help="where the database is, on the disk that is measured")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 64])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10, help="for how long each number of clients writes")
    parser.add_argument("--delay", type=int, metavar="MS", default=0, help="how much longer each sync takes, by strace")
    parser.add_argument("--trace", type=int, metavar="WRITES", default=0, help="how many writes are traced")
    options = parser.parse_args()
    directory = tempfile.mkdtemp(prefix="writes-", dir=options.directory)
    try:
        measure(options.programs, directory, options.clients, options.rounds, options.seconds, options.delay)
        if options.trace:
            trace(options.programs, directory, max(options.clients), options.trace)
    finally:
        shutil.rmtree(directory)


if __name__ == "__main__":
    main()
