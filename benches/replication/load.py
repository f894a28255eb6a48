"""Clients that write to a publisher as fast as it answers: one process, each with a connection."""

import os
import selectors
import socket
import sys
import time


class Writer:
    """A client: what it has written, and what it waits for."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.read = b""

    def send(self, path, body):
        head = f"PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.socket.sendall(head.encode() + body)
        self.path, self.body, self.read = path, body, b""

    def has_answer(self):
        """Reads what has come; whether the answer is whole, which must be a good one."""
        octets = self.socket.recv(65536)
        self.read += octets
        head, end, _ = self.read.partition(b"\r\n\r\n")
        if not octets or end and not head.startswith((b"HTTP/1.1 201 ", b"HTTP/1.1 204 ")):
            sys.exit(f"a write was answered with {self.read!r}")
        return bool(end)


def write(port, clients, next_write, is_over):
    """Writes what `next_write(number)` returns (a path and a body), until `is_over(answered)`; then no write is
    begun, and those that have begun are waited for. The seconds, their number, and the last body of each path."""
    written, last, answered = 0, {}, 0
    with selectors.DefaultSelector() as selector:
        writers = [Writer(port) for _ in range(clients)]
        began = time.monotonic()
        for writer in writers:
            writer.send(*next_write(written))
            written += 1
            selector.register(writer.socket, selectors.EVENT_READ, writer)
        while answered < written:
            for key, _ in selector.select(60) or sys.exit("no answer comes"):
                writer = key.data
                if not writer.has_answer():
                    continue
                answered += 1
                last[writer.path] = writer.body
                if not is_over(answered):
                    writer.send(*next_write(written))
                    written += 1
        seconds = time.monotonic() - began
    for writer in writers:
        writer.socket.close()
    return seconds, answered, last


def syncs(directory, seconds):
    """How often a second a page is written and synced, alone, in a file of this directory."""
    path, page = os.path.join(directory, "syncs"), os.urandom(4096)
    file = os.open(path, os.O_CREAT | os.O_WRONLY)
    try:
        # The file is as large as it gets before: only what is written counts.
        os.pwrite(file, bytes(64 * 4096), 0)
        os.fsync(file)
        count, began = 0, time.monotonic()
        while time.monotonic() - began < seconds:
            os.pwrite(file, page, count % 64 * 4096)
            os.fdatasync(file)
            count += 1
        return count / (time.monotonic() - began)
    finally:
        os.close(file)
        os.remove(path)


if __name__ == "__main__":
    print(syncs(sys.argv[1], float(sys.argv[2])))
