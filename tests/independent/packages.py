#!/usr/bin/env python3
"""Compares what our reader read of generated multiparts with two readers that share no code with
it: Python's `email` and python-multipart. Where one of them reads otherwise, the difference must be
of a class that is known, named below, and found in the octets: it is counted, never voted on.

    packages.py DIR    DIR as tests/examples/packages.rs writes it; exits 1 on what is unexplained
"""

import base64
import json
import logging
import re
import sys
from collections import Counter
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from pathlib import Path

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser

LEAST = 1000
logging.disable()
BLANK = b" \t\r\n"


class Case:
    def __init__(self, stem: Path):
        self.name = stem.name
        self.type = stem.with_suffix(".type").read_bytes()
        self.octets = stem.with_suffix(".body").read_bytes()
        told = json.loads(stem.with_suffix(".json").read_text())
        decode = base64.b64decode
        self.parts = [
            ([(name, decode(value)) for name, value in part["fields"]], decode(part["body"]))
            for part in told
        ]
        boundary = Message()
        boundary["Content-Type"] = self.type.decode("ascii")
        self.boundary = boundary.get_boundary().encode("ascii")
        self.delimiter = b"--" + self.boundary


def field(name: str, value: bytes):
    """Names in any case; white space around a value does not count."""
    return name.lower(), value.strip(BLANK)


def read_by_email(case: Case, package: bytes):
    message = BytesParser(policy=compat32).parsebytes(
        b"Content-Type: " + case.type + b"\r\n\r\n" + package
    )
    parts = message.get_payload() if message.is_multipart() else []
    octets = lambda text: str(text).encode("ascii", "surrogateescape")
    return [
        ([field(name, octets(value)) for name, value in part.raw_items()], part.get_payload(decode=True) or b"")
        for part in parts
    ]


def read_by_python_multipart(case: Case, package: bytes):
    parts, name, value = [], bytearray(), bytearray()

    def header_end():
        parts[-1][0].append(field(bytes(name).decode("ascii"), bytes(value)))
        name.clear()
        value.clear()

    callbacks = {
        "on_part_begin": lambda: parts.append(([], bytearray())),
        "on_header_field": lambda data, start, end: name.extend(data[start:end]),
        "on_header_value": lambda data, start, end: value.extend(data[start:end]),
        "on_header_end": header_end,
        "on_part_data": lambda data, start, end: parts[-1][1].extend(data[start:end]),
    }
    parser = MultipartParser(case.boundary, callbacks)
    parser.write(package)
    parser.finalize()
    return [(fields, bytes(body)) for fields, body in parts]


def expected(case: Case):
    return [([field(*one) for one in fields], body) for fields, body in case.parts]


def without_preamble(octets: bytes, delimiter: bytes) -> bytes:
    """python-multipart takes no preamble but line breaks."""
    return octets[octets.index(delimiter) :]


def without_padding(octets: bytes, delimiter: bytes) -> bytes:
    """python-multipart takes no space or tab behind the delimiter that opens."""
    return re.sub(rb"\A(" + re.escape(delimiter) + rb"(?:--)?)[ \t]+", rb"\1", octets)


def without_folds(octets: bytes, delimiter: bytes) -> bytes:
    """python-multipart takes no folded field."""
    head = re.compile(rb"((?:\A|(?<=\n))" + re.escape(delimiter) + rb"[ \t]*\r\n)(.*?)(\r\n\r\n)", re.S)
    fold = re.compile(rb":[ \t]*\r\n[ \t]")
    return head.sub(lambda found: found[1] + fold.sub(b": ", found[2]) + found[3], octets)


def with_line_breaks(octets: bytes, delimiter: bytes) -> bytes:
    """python-multipart wants a line break of its own before a delimiter, behind an empty body too."""
    delimiter = re.escape(delimiter)
    head = rb"((?:\A|(?<=\n))" + delimiter + rb"[ \t]*\r\n(?:[^\r\n]+\r\n)*\r\n)(?=" + delimiter + rb")"
    return re.sub(head, rb"\1\r\n", octets)


# What a reader cannot read: where it differs, it must agree once these are gone from the octets.
READERS = {
    "email": (read_by_email, []),
    "python-multipart": (
        read_by_python_multipart,
        [without_preamble, without_padding, without_folds, with_line_breaks],
    ),
}


def compare(case: Case, reader: str) -> str:
    """`agreed`, what had to go from the octets first, or what cannot be explained."""
    read, classes = READERS[reader]
    octets, changed = case.octets, []
    for change in [None, *classes]:
        if change:
            before, octets = octets, change(octets, case.delimiter)
            if octets == before:
                continue
            changed.append(change.__name__)
        try:
            found = read(case, octets)
        except MultipartParseError as error:
            found = f"{error}"
        if found == expected(case):
            return " ".join(changed) or "agreed"
    return f"unexplained: {case.name}: {str(found)[:300]} for {str(expected(case))[:300]}"


def doctored(case: Case):
    """What must not agree: a body's octet changed, a part dropped, a part told twice, a value changed."""
    (first, others) = (case.parts[0], case.parts[1:])
    fields, body = first
    yield [(fields, body + b"x"), *others]
    yield others
    yield [first, first, *others]
    yield [([*fields, ("X-More", b"")], body), *others]
    if fields:
        yield [([(fields[0][0], fields[0][1] + b"x"), *fields[1:]], body), *others]


def undetected(stems) -> int:
    """How many doctored cases a reader agrees with, which shows that the comparison can fail."""
    count = agreed = 0
    for case in (Case(stem) for stem in stems[:100]):
        for parts in doctored(case) if case.parts else []:
            case.parts = parts
            said = [compare(case, reader) for reader in READERS]
            agreed += sum(not one.startswith("unexplained") for one in said)
            count += len(said)
    print(f"doctored {count}: {agreed} agreed")
    return agreed if count else 1


def main() -> int:
    stems = sorted(path.with_suffix("") for path in Path(sys.argv[1]).glob("*.type"))
    if len(stems) < LEAST:
        print(f"{len(stems)} cases are fewer than {LEAST}")
        return 1
    failed = undetected(stems)
    for reader in READERS:
        counts = Counter()
        for stem in stems:
            came = compare(Case(stem), reader)
            if came.startswith("unexplained"):
                print(came)
                came = "unexplained"
                failed += 1
            counts[came] += 1
        parts = Counter()
        for came, count in counts.items():
            for one in came.split():
                parts[one] += count
        told = ", ".join(f"{name} {count}" for name, count in parts.most_common())
        print(f"{reader}, of {len(stems)}: {told}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
