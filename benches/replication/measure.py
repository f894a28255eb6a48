#!/usr/bin/env python3
"""Measures replicating a snapshot beside what one would do without the codecs, in one run.

The same entities are copied in three ways in turn: by `replicate` (every check on), by `json-lines`
(the program beside this script: the same server, transactions and parallel fetches, with reqwest and
serde_json) and by `sqlite3 .dump | sqlite3`. Each copy is compared with the source row by row. Needs
Python 3.9 and sqlite3; build first: cargo build --release -p snapshot-sync -p json-lines
"""

import argparse
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

COLUMNS = "uri, etag, body"


def run(command):
    """Runs to the end; seconds, and the most memory it had, in MB."""
    began = time.monotonic()
    return finish(subprocess.Popen(command, stderr=subprocess.DEVNULL), began)


def finish(child, began=0.0):
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"{child.args[0]} failed: {child.returncode}")
    return time.monotonic() - began, used.ru_maxrss * 1024 / 1e6


def serve(command, port):
    child = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    while child.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return child
        except OSError:
            time.sleep(0.1)
    sys.exit(f"{command[0]} has ended by itself")


def stop(child):
    child.send_signal(signal.SIGTERM)
    return finish(child)[1]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(database, question):
    """By a process of its own: what this one takes would count as its children's."""
    return int(subprocess.run(["sqlite3", database, question], check=True, capture_output=True).stdout)


def differences(source, copy):
    here, there = f"SELECT {COLUMNS} FROM main.entity", f"SELECT {COLUMNS} FROM source.entity"
    return ask(copy, f"ATTACH '{source}' AS source;"
                     f"SELECT (SELECT count(*) FROM ({here} EXCEPT {there}))"
                     f" + (SELECT count(*) FROM ({there} EXCEPT {here}))")


def measure(programs, entities, rounds, directory):
    source, copy = f"{directory}/source.sqlite", f"{directory}/copy.sqlite"
    publish, replicate = f"{programs}/publish", f"{programs}/replicate"
    json_lines = f"{programs}/json-lines"
    ports = free_port(), free_port()
    publisher = serve([publish, "--database", source, "--store", f"{directory}/store", "--listen",
                       f"127.0.0.1:{ports[0]}", "--generate", str(entities), "--no-codings"], ports[0])
    run([json_lines, "write", source, f"{directory}/lines", str(3 << 20)])
    lines = serve([json_lines, "serve", f"{directory}/lines", f"127.0.0.1:{ports[1]}"], ports[1])
    dump = f"sqlite3 '{source}' '.dump entity' | sqlite3 '{copy}'"
    ways = {
        "replicate": [replicate, "--once", "--from",
                      f"http://127.0.0.1:{ports[0]}/snapshots/latest", "--database", copy],
        "JSON Lines": [json_lines, "replicate", f"http://127.0.0.1:{ports[1]}", copy],
        "sqlite3 .dump": ["sh", "-c", dump],
    }
    seen = {way: [] for way in ways}
    for _ in range(rounds):
        for way, command in ways.items():
            seen[way].append(run(command))
            if differences(source, copy):
                sys.exit(f"{way} has copied something else")
            for name in os.listdir(directory):
                if name.startswith("copy.sqlite"):
                    path = os.path.join(directory, name)
                    shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
    octets = ask(source, "SELECT sum(length(uri) + length(etag) + length(body)) FROM entity")
    served = {"replicate": stop(publisher), "JSON Lines": stop(lines), "sqlite3 .dump": None}
    print(f"\n{entities} entities, {octets / 1e6:.0f} MB of URIs, entity tags and bodies; {rounds} rounds\n")
    print("| way | s, median (all) | entities/s | MB/s | beside JSON Lines | peak MB | server's peak MB |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    peer = statistics.median(seconds for seconds, _ in seen["JSON Lines"])
    for way, figures in seen.items():
        seconds = statistics.median(seconds for seconds, _ in figures)
        each = ", ".join(f"{seconds:.1f}" for seconds, _ in sorted(figures))
        server = "-" if served[way] is None else f"{served[way]:.0f}"
        print(f"| {way} | {seconds:.2f} ({each}) | {entities / seconds:.0f} | {octets / seconds / 1e6:.1f} "
              f"| {peer / seconds:.2f} | {max(memory for _, memory in figures):.0f} | {server} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("entities", type=int, nargs="+")
    parser.add_argument("--programs", default="target/release", help="where the programs are")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    for entities in options.entities:
        directory = tempfile.mkdtemp(prefix="measure-")
        try:
            measure(options.programs, entities, options.rounds, directory)
        finally:
            shutil.rmtree(directory)


if __name__ == "__main__":
    main()
