#!/usr/bin/env python3
"""Measures queries of a snapshot beside the engine's own reader of JSON lines, on the same records, in one run.

It makes a snapshot of packages, and one file with the records of their bodies as lines. Each query is run in turn
by `snapshot-query` and by `lines` (examples/lines.rs), with one partition and with two; every result must be the
one that the script has counted. The snapshot has no manifest, so that its parts are read. Times are those of whole
processes. Needs Python 3.9; build first (anew, if the engine was built without this example):

    cargo build --release --manifest-path examples/snapshot-query/Cargo.toml --bin snapshot-query --example lines
"""

import argparse
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

BOUNDARY = "1b0f5b7a3c2d4e6f8091a2b3c4d5e6f7"
TYPE = f"multipart/package; boundary={BOUNDARY}"
PACKAGE = 128 << 20
WORDS = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath", "inlet", "jetty"]

# What is asked of the snapshot, and of the lines.
QUERIES = {
    "count": ("select count(length) as n from snapshot", "select count(id) as n from snapshot"),
    "sum of lengths": ("select sum(length) as n from snapshot",
                       "select sum(octet_length(text)) as n from snapshot"),
    "filter": ("select count(*) as n from snapshot where json_get_int(body, 'number') < 100",
               "select count(*) as n from snapshot where number < 100"),
}


def make(directory, octets):
    """Makes the snapshot and the lines; what each query must give, for the snapshot and for the lines."""
    dice = random.Random(27)
    texts = [" ".join(dice.choices(WORDS, k=dice.randrange(20, 100))) for _ in range(997)]
    count = bodies = characters = found = written = 0
    names = []
    with open(f"{directory}/records.jsonl", "w") as lines:
        while written < octets:
            names.append(str(len(names)))
            with open(f"{directory}/{names[-1]}", "w") as package:
                here = 0
                while here < PACKAGE and written + here < octets:
                    number, text = dice.randrange(10_000), texts[count % len(texts)]
                    body = f'{{"id":{count},"kind":"{WORDS[number % 10]}","number":{number},"text":"{text}"}}'
                    line = "\r\n" if here else ""
                    here += package.write(
                        f"{line}--{BOUNDARY}\r\nContent-Type: application/json\r\n"
                        f"Content-Location: ../../entities/{count}\r\nContent-Length: {len(body)}\r\n\r\n{body}")
                    lines.write(body + "\n")
                    count, bodies, characters = count + 1, bodies + len(body), characters + len(text)
                    found += number < 100
                here += package.write(f"\r\n--{BOUNDARY}--\r\n")
                written += here
    with open(f"{directory}/index.json", "w") as index:
        json.dump({"id": "2015-06-23T00:36:45.885Z", "started": 1435019805885, "completed": 1435019805885,
                   "uris": names}, index)
    print(f"{count} records: {len(names)} packages of {written / 1e9:.2f} GB, "
          f"and {os.path.getsize(f'{directory}/records.jsonl') / 1e9:.2f} GB of lines", flush=True)
    return {"count": (count, count), "sum of lengths": (bodies, characters), "filter": (found, found)}


def run(command, expected):
    """Runs a query; seconds, and the most memory it had, in MB."""
    began = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    printed = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    seconds = time.monotonic() - began
    found = re.search(r"^\|\s*(\d+)\s*\|", printed, re.MULTILINE)
    if status or not found or int(found[1]) != expected:
        sys.exit(f"{command}: {expected} expected, found: {printed}")
    return seconds, used.ru_maxrss * 1024 / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", default="examples/snapshot-query/target/release", help="where the programs are")
    parser.add_argument("--octets", type=int, default=2_000_000_000, help="of all packages, about")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    directory = tempfile.mkdtemp(prefix="measure-")
    try:
        expected = make(directory, options.octets)
        packages = [f"{options.programs}/snapshot-query", "--quiet", "--from", f"{directory}/index.json",
                    "--content-type", TYPE]
        lines = [f"{options.programs}/examples/lines", "--from", f"{directory}/records.jsonl"]
        ways = {(way, partitions): [] for way in ("snapshot-query", "lines") for partitions in (1, 2)}
        print("\n| query | way | partitions | s, median (all) | 1 partition / 2 | snapshot / lines | peak MB |")
        print("|---|---|---:|---:|---:|---:|---:|")
        for query, (of_packages, of_lines) in QUERIES.items():
            seen = {way: [] for way in ways}
            # The first round only fills the caches.
            for round in range(options.rounds + 1):
                for way, partitions in ways:
                    command, asked = (packages, of_packages) if way == "snapshot-query" else (lines, of_lines)
                    figures = run([*command, "--partitions", str(partitions), asked],
                                  expected[query][way == "lines"])
                    if round:
                        seen[way, partitions].append(figures)
            medians = {way: statistics.median(seconds for seconds, _ in figures) for way, figures in seen.items()}
            for (way, partitions), figures in seen.items():
                each = ", ".join(f"{seconds:.2f}" for seconds, _ in sorted(figures))
                faster = f"{medians[way, 1] / medians[way, 2]:.2f}" if partitions == 2 else ""
                beside = "" if way == "lines" else (
                    f"{medians[way, partitions] / medians['lines', partitions]:.2f}")
                print(f"| {query} | {way} | {partitions} | {medians[way, partitions]:.2f} ({each}) | {faster} "
                      f"| {beside} | {max(memory for _, memory in figures):.0f} |", flush=True)
    finally:
        shutil.rmtree(directory)


if __name__ == "__main__":
    main()
