"""Reading the programs' databases, also those of killed programs, without changing them."""

import collections
import contextlib
import json
import sqlite3

# How far a replica has consumed the feed: the text of its row, its snapshot (the second in which it was
# started, and when it was stored), the number and the time of the last event, and the number of readings.
Position = collections.namedtuple("Position", "document snapshot number time reading")


def opened(directory, name):
    """The connection only reads, so a killed program's write-ahead log stays as it is."""
    path = f"file:{directory}/{name}.sqlite?mode=ro"
    return contextlib.closing(sqlite3.connect(path, uri=True, timeout=30))


def is_made(replica):
    """Whether a replica was killed after it had made its tables."""
    return replica.execute("SELECT 1 FROM sqlite_master WHERE name = 'consumed'").fetchone()


def position(replica):
    """A replica's position; none if it has no complete snapshot."""
    row = replica.execute("SELECT document FROM position").fetchone()
    if not row:
        return None
    said = json.loads(row[0])
    last = said.get("last") or {}
    snapshot = (said["start"], said.get("replicated"))
    # The event before the snapshot's start may be the last one; what was had is the snapshot then.
    time = max(said["start"], last.get("time") or "")
    return Position(row[0], snapshot, number(last.get("id")), time, said["reading"])


def number(event):
    """The number in an event's id, `run.number.random@feed`."""
    return int(event.split("@")[0].split(".")[1]) if event else 0


def rows(replica):
    """All that a replica has stored of entities and of the feed."""
    select = "SELECT uri, etag, type, body FROM entity ORDER BY uri"
    return replica.execute(select).fetchall()
