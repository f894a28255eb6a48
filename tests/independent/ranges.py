#!/usr/bin/env python3
"""Reads ranges of a package with Python's `http.client` and `email`, and compares them octet by octet
with the whole package.

`ranges.py DIR`, where publish is. Random sets of one to twenty ranges are asked for, of each form that
the package has. What the answer must be is worked out here, with a set of positions: no more than
16 ranges are asked for, or all comes; what overlaps or adjoins is one range; one range that is left
comes without parts; none, and the answer is 416.
"""
import http.client
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing, suppress
from email.parser import BytesParser
from email.policy import compat32
from pathlib import Path

PORT = random.randrange(20000, 30000)
MOST = 16


def get(path, **fields):
    """The status, the fields and the octets of an answer; `http.client` refuses one that is too short."""
    with closing(http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)) as connection:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in fields.items()})
        answer = connection.getresponse()
        octets = answer.read()
        assert len(octets) == int(answer.headers["Content-Length"]), "more octets than stated"
        return answer.status, answer.headers, octets


def expected(asked, size):
    """The runs of positions that are asked for, in the order in which the first of each is."""
    wanted = set().union(*(range(first, min(last + 1, size)) for first, last in asked))
    runs = []
    for first, _ in asked:
        if first in wanted:
            start = end = first
            while start - 1 in wanted:
                start -= 1
            while end + 1 in wanted:
                end += 1
            wanted.difference_update(range(start, end + 1))
            runs.append((start, end))
    return runs


def parts(fields, octets):
    """The parts of an answer, by `email`. It would read a package within a part as parts of that."""
    octets = octets.replace(b"\r\nContent-Type: multipart/package", b"\r\nX-Content-Type: multipart/package")
    head = b"Content-Type: " + fields["Content-Type"].encode() + b"\r\n\r\n"
    message = BytesParser(policy=compat32).parsebytes(head + octets)
    assert message.get_content_type() == "multipart/byteranges" and not message.defects, message.defects
    assert not (message.preamble or "").strip() and not (message.epilogue or "").strip()
    for part in message.get_payload():
        yield part["Content-Range"], part["Content-Encoding"], part.get_payload(decode=True)


def check(path, coding, whole, asked):
    """What kind of answer came; it must be as expected."""
    size, form = len(whole), {"Accept_Encoding": coding}
    field = "bytes=" + ", ".join(f"{first}-{last}" for first, last in asked)
    status, fields, octets = get(path, Range=field, **form)
    runs = expected(asked, size)
    if len(asked) > MOST:
        assert (status, octets) == (200, whole), field
        return "all"
    if not runs:
        assert (status, fields["Content-Range"]) == (416, f"bytes */{size}"), field
        return "none"
    assert status == 206, field
    if len(runs) == 1:
        read = [(fields["Content-Range"], fields["Content-Encoding"], octets)]
    else:
        assert fields["Content-Range"] is None and fields["Content-Encoding"] is None
        read = list(parts(fields, octets))
    coded = None if coding == "identity" else coding
    assert read == [(f"bytes {a}-{b}/{size}", coded, whole[a : b + 1]) for a, b in runs], field
    return "one" if len(runs) == 1 else "several"


def sets(size):
    """Random sets of ranges: few or many, near or far, some of them behind the end."""
    for _ in range(300):
        reach, most = random.choice([50, size, size + size // 10]), random.choice([1, 10, 500, size])
        firsts = [random.randrange(reach) for _ in range(random.randint(1, 20))]
        yield [(first, first + random.randrange(most)) for first in firsts]
    yield [(size + at, size + at) for at in range(3)]


def main(programs):
    with tempfile.TemporaryDirectory() as directory:
        publisher = subprocess.Popen([
            programs / "publish", "--database", f"{directory}/source.sqlite", "--store", f"{directory}/store",
            "--listen", f"127.0.0.1:{PORT}", "--generate", "300", "--package-octets", "20000",
        ], stderr=subprocess.DEVNULL)
        try:
            for _ in range(600):
                with suppress(OSError):
                    socket.create_connection(("127.0.0.1", PORT)).close()
                    break
                time.sleep(0.05)
            # The path of the index, which the packages are beside.
            path = "/snapshots/" + get("/snapshots/latest")[1]["Location"].removeprefix("./")
            path = path.replace("/index", "/0")
            for coding in "identity", "gzip", "zstd":
                status, fields, whole = get(path, Accept_Encoding=coding)
                assert status == 200 and fields.get("Content-Encoding", "identity") == coding
                kinds = Counter(check(path, coding, whole, asked) for asked in sets(len(whole)))
                print(f"{coding}: {len(whole)} octets; answers: {dict(kinds)}", flush=True)
                assert len(kinds) == 4, "a kind of answer never came"
        finally:
            publisher.terminate()
            publisher.wait()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "target/release"))
