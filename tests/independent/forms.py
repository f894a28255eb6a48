#!/usr/bin/env python3
"""Checks what the README of multipart-package says of python-multipart: what its MultipartParser gives
for small forms, most of them with one fault. Exits 1 if it gives something else.

    forms.py
"""

import logging
import sys

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

logging.disable()
FORM = b"multipart/form-data; boundary=b"
A = b'Content-Disposition: form-data; name="a"\r\n\r\n1\r\n'
PLAIN = b"--b\r\n" + A + b"--b--\r\n"


def named(disposition: bytes) -> bytes:
    return b"--b\r\nContent-Disposition: form-data; " + disposition + b"\r\n\r\n1\r\n--b--\r\n"


# What is unusual, the Content-Type, the body, and what comes of it: the name and the body of each part,
# and whether the parser said that the form ended, or failed.
ROWS = [
    ("nothing", FORM, PLAIN, [(b"a", b"1")], "ended"),
    ("a name with a backslash", FORM, named(b'name="5%22 disk \\"'), [(b"5%22 disk \\", b"1")], "ended"),
    ("two names", FORM, named(b'name="a"; name="b"'), [(b"b", b"1")], "ended"),
    ("an end in a body", FORM, b"--b\r\n" + A, [], "open"),
    ("an end between two parts", FORM, b"--b\r\n" + A + b"--b\r\n", [(b"a", b"1")], "open"),
    (
        "a line that begins with the delimiter",
        FORM, b"--b\r\n" + A + b"--bX\r\n2\r\n--b--",
        [(b"a", b"1\r\n--bX\r\n2")], "ended",
    ),
    ("junk behind delimiters", FORM, b"--b junk\r\n" + A + b"--b-- junk\r\n\r\n--b--", [], "failed"),
    ("another boundary", FORM, PLAIN.replace(b"--b", b"--c"), [], "failed"),
    ("an empty part", FORM, b"--b\r\n" + PLAIN, [], "failed"),
    ("half a line break at the end", FORM, b"--b\r\n" + A + b"--b--\r", [(b"a", b"1")], "ended"),
    ("bare LF", FORM, PLAIN.replace(b"\r\n", b"\n"), [], "failed"),
    ("a fold", FORM, PLAIN.replace(b"; name", b";\r\n name"), [], "failed"),
    ("padding", FORM, b"--b \t\r\n" + A + b"--b-- \r\n", [], "failed"),
    (
        "a length that differs",
        FORM, b"--b\r\nContent-Length: 9\r\n" + A + b"--b--\r\n",
        [(b"a", b"1")], "ended",
    ),
    ("an unquoted boundary", FORM + b"(1)", PLAIN.replace(b"--b", b"--b(1)"), [(b"a", b"1")], "ended"),
    (
        "a boundary of no bchars",
        b'multipart/form-data; boundary="b@"', PLAIN.replace(b"--b", b"--b@"),
        [(b"a", b"1")], "ended",
    ),
    ("a line break first", FORM, b"\r\n" + PLAIN, [(b"a", b"1")], "ended"),
]


def read(content_type: bytes, body: bytes):
    boundary = parse_options_header(content_type)[1][b"boundary"]
    name, value, octets = bytearray(), bytearray(), bytearray()
    parts, disposition, end = [], [], ["open"]

    def begin():
        octets.clear()

    def field():
        if name.lower() == b"content-disposition":
            disposition[:] = [parse_options_header(bytes(value))[1].get(b"name")]
        name.clear()
        value.clear()

    callbacks = {
        "on_part_begin": begin,
        "on_header_field": lambda data, start, end: name.extend(data[start:end]),
        "on_header_value": lambda data, start, end: value.extend(data[start:end]),
        "on_header_end": field,
        "on_part_data": lambda data, start, end: octets.extend(data[start:end]),
        "on_part_end": lambda: parts.append((*disposition, bytes(octets))),
        "on_end": lambda: end.__setitem__(0, "ended"),
    }
    parser = MultipartParser(boundary, callbacks)
    try:
        for at in range(0, len(body), 13):
            parser.write(body[at : at + 13])
        parser.finalize()
    except MultipartParseError:
        end[0] = "failed"
    return parts, end[0]


def main() -> int:
    differing = 0
    for what, content_type, body, parts, end in ROWS:
        found = read(content_type, body)
        if found != (parts, end):
            differing += 1
            print(f"{what}: {found}, not {(parts, end)}")
    print(f"{len(ROWS) - differing} of {len(ROWS)} forms are read as the README says")
    return int(differing > 0)


if __name__ == "__main__":
    sys.exit(main())
