#!/usr/bin/env python3
"""Measures replicating a snapshot beside what one would do without the codecs, in one run.

The same entities are copied in four ways in turn: by `replicate` (every check on), by `json-lines`
(the program beside this script: the same server, transactions and parallel fetches, with reqwest and
serde_json), by a loop of the same program that only inserts them from memory in the same transactions, and by
`sqlite3 .dump | sqlite3`. Each copy is compared with the source row by row. Needs
Python 3.9 and sqlite3; build first: cargo build --release -p snapshot-sync -p json-lines
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

import programs as started


def inserted(command):
    """The seconds that the program says the inserts took (before them it reads the source), and its memory."""
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    seconds = float(child.stdout.read())
    return seconds, started.finish(child)[1]


def measure(programs, entities, rounds, directory):
    source, copy = f"{directory}/source.sqlite", f"{directory}/copy.sqlite"
    json_lines = f"{programs}/json-lines"
    ports = started.free_port(), started.free_port()
    publisher = started.publish(programs, source, ports[0], "--store", f"{directory}/store",
                                "--generate", str(entities), "--no-codings")
    started.run([json_lines, "write", source, f"{directory}/lines", str(3 << 20)])
    lines = started.serve([json_lines, "serve", f"{directory}/lines", f"127.0.0.1:{ports[1]}"], ports[1])
    dump = f"sqlite3 '{source}' '.dump entity' | sqlite3 '{copy}'"
    ways = {
        "replicate": started.replicate(programs, ports[0], copy, "--once"),
        "JSON Lines": [json_lines, "replicate", f"http://127.0.0.1:{ports[1]}", copy],
        "inserts alone": [json_lines, "insert", source, copy],
        "sqlite3 .dump": ["sh", "-c", dump],
    }
    seen = {way: [] for way in ways}
    for _ in range(rounds):
        for way, command in ways.items():
            seen[way].append(inserted(command) if way == "inserts alone" else started.run(command))
            if started.differences(source, copy):
                sys.exit(f"{way} has copied something else")
            for name in os.listdir(directory):
                if name.startswith("copy.sqlite"):
                    path = os.path.join(directory, name)
                    shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
    octets = int(started.ask(source, "SELECT sum(length(uri) + length(etag) + length(body)) FROM entity"))
    served = {"replicate": started.stop(publisher), "JSON Lines": started.stop(lines)}
    print(f"\n{entities} entities, {octets / 1e6:.0f} MB of URIs, entity tags and bodies; {rounds} rounds\n")
    print("| way | s, median (all) | entities/s | MB/s | beside JSON Lines | beside inserts alone | peak MB | server's peak MB |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    peer, least = (statistics.median(seconds for seconds, _ in seen[way]) for way in ("JSON Lines", "inserts alone"))
    for way, figures in seen.items():
        seconds = statistics.median(seconds for seconds, _ in figures)
        each = ", ".join(f"{seconds:.1f}" for seconds, _ in sorted(figures))
        server = f"{served[way]:.0f}" if way in served else "-"
        print(f"| {way} | {seconds:.2f} ({each}) | {entities / seconds:.0f} | {octets / seconds / 1e6:.1f} "
              f"| {peer / seconds:.2f} | {least / seconds:.2f} | {max(memory for _, memory in figures):.0f} | {server} |", flush=True)


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
