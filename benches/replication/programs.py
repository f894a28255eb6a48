"""The programs that the measurements start, and what they take."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def finish(child, began=0.0):
    """Waits for the end, which must be a good one; seconds since it began, and the most memory it had, in MB. Less
    than what this script itself has (20 MB or so) is not seen: a new process begins with that."""
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"{child.args[0]} failed: {child.returncode}")
    return time.monotonic() - began, used.ru_maxrss * 1024 / 1e6


def run(command):
    """Runs to the end; seconds, and the most memory it had, in MB."""
    began = time.monotonic()
    return finish(subprocess.Popen(command, stderr=subprocess.DEVNULL), began)


def serve(command, port):
    """Starts a server, and waits until it accepts connections."""
    child = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    while child.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return child
        except OSError:
            time.sleep(0.05)
    sys.exit(f"{command[0]} has ended by itself")


def publish(programs, database, port, *more):
    """Starts a publisher."""
    return serve([f"{programs}/publish", "--database", database, "--listen", f"127.0.0.1:{port}", *more], port)


def stop(child):
    """Stops a program; the most memory that it had, in MB."""
    child.send_signal(signal.SIGTERM)
    return finish(child)[1]


def replicate(programs, port, database, *more):
    """The command of a replica."""
    return [f"{programs}/replicate", "--from", f"http://127.0.0.1:{port}/snapshots/latest",
            "--database", database, *more]


def ask(database, question):
    """What SQLite answers: by a process of its own, since what this one takes would count as its children's."""
    return subprocess.run(["sqlite3", database, question], check=True, capture_output=True, text=True).stdout.strip()


def differences(source, copy):
    """The entities that one of both databases has and the other lacks, or has otherwise."""
    here, there = (f"SELECT uri, etag, body FROM {name}.entity" for name in ("main", "source"))
    return int(ask(copy, f"ATTACH '{source}' AS source;"
                         f"SELECT (SELECT count(*) FROM ({here} EXCEPT {there}))"
                         f" + (SELECT count(*) FROM ({there} EXCEPT {here}))"))


class Client:
    """A connection that is kept open, on which requests are sent one after the other."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, method, path, body=None, **fields):
        """The status and the answer's fields and body."""
        fields = {name.replace("_", "-"): value for name, value in fields.items()}
        self.connection.request(method, path, body, fields)
        answer = self.connection.getresponse()
        return answer.status, answer.headers, answer.read()
