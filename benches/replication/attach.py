#!/usr/bin/env python3
"""Measures attaching the table of an application that has many rows already: until it is attached, until it is
served, and until a first replica has all of it, with the most memory that each program had (20 MB is what any has here).

The application is the program sqlite3. The copy is compared with the table row by row. Needs Python 3.9 and
sqlite3; build first: cargo build --release -p snapshot-sync
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time

import programs as started

TABLE = """
    PRAGMA journal_mode = WAL;
    CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price REAL, stock INTEGER, text TEXT);
    WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {rows})
        INSERT INTO products SELECT n, 'product ' || n, n * 0.25, n % 1000,
            'lorem ipsum dolor sit amet, consectetur adipiscing elit ' || hex(n * 7919) FROM n;
"""

# Each row of the table that the copy lacks or has otherwise, and each that it has beyond them.
DIFFERENCES = """
    ATTACH '{copy}' AS copy;
    SELECT (SELECT count(*) FROM products LEFT JOIN copy.entity ON uri = '/products/' || id
            WHERE body IS NULL OR CAST(body AS TEXT) -> '$' IS NOT
                json_object('id', id, 'name', name, 'price', price, 'stock', stock, 'text', text) -> '$')
         + (SELECT count(*) FROM copy.entity) - (SELECT count(*) FROM products);
"""


def measure(programs, rows, directory):
    application, copy = f"{directory}/app.sqlite", f"{directory}/copy.sqlite"
    subprocess.run(["sqlite3", application], input=TABLE.format(rows=rows), text=True, check=True, capture_output=True)
    octets = os.path.getsize(application)
    attached = started.run([f"{programs}/publish", "attach", "--database", application, "--table", "products"])
    port, began = started.free_port(), time.monotonic()
    publisher = started.publish(programs, application, port)
    serving = time.monotonic() - began
    replicated = started.run(started.replicate(programs, port, copy, "--once"))
    steps = [("attach", *attached), ("publish, until it serves", serving, started.stop(publisher)),
             ("replicate --once", *replicated)]
    print(f"\n{rows} rows, {octets / 1e6:.0f} MB; the feed has {os.path.getsize(application + '-feed') / 1e6:.0f} MB\n")
    print("| step | s | rows/s | peak MB |\n|---|---:|---:|---:|")
    for step, seconds, memory in steps:
        print(f"| {step} | {seconds:.1f} | {rows / seconds:.0f} | {memory:.0f} |", flush=True)
    wrong = int(started.ask(application, DIFFERENCES.format(copy=copy)))
    if wrong:
        sys.exit(f"{wrong} rows of the copy are not those of the table")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="*", default=[1_000_000])
    parser.add_argument("--programs", default="target/release", help="where the programs are")
    parser.add_argument("--directory", help="where the files are; a disk and no file system in memory")
    options = parser.parse_args()
    for rows in options.rows:
        directory = tempfile.mkdtemp(prefix="attach-", dir=options.directory)
        try:
            measure(options.programs, rows, directory)
        finally:
            shutil.rmtree(directory)


if __name__ == "__main__":
    main()
