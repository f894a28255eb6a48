"""Damages a replica's database, to show that the checks notice it."""

import contextlib
import json
import sqlite3

from databases import opened

STATEMENTS = {
    "row": "UPDATE entity SET body = body || ' ' WHERE uri = (SELECT max(uri) FROM entity)",
    "missing": "DELETE FROM entity WHERE uri = (SELECT max(uri) FROM entity)",
    "event": "UPDATE consumed SET events = events + 1",
    "packages": "DELETE FROM position",
    "snapshots": "DELETE FROM position",
}
KINDS = sorted([*STATEMENTS, "older", "position"])


def sabotage(what, directory):
    with contextlib.closing(sqlite3.connect(f"{directory}/replica.sqlite")) as replica:
        if what == "older":
            older(replica, directory)
        elif what == "position":
            move_back(replica)
        else:
            replica.execute(STATEMENTS[what])
        replica.commit()


def older(replica, directory):
    """Gives a row a former state of its entity, and the entity tag of that state."""
    with opened(directory, "source") as source:
        former = source.execute("""
            SELECT uri, etag, type, body FROM event WHERE method = 'PUT' AND uri IN (
                SELECT uri FROM event GROUP BY uri HAVING count(*) > 1 AND uri IN (SELECT uri FROM entity)
            ) ORDER BY number
        """).fetchone()
    replica.execute("INSERT OR REPLACE INTO entity (uri, etag, type, body) VALUES (?, ?, ?, ?)", former)


def move_back(replica):
    """Moves the position back by ten events."""
    said = json.loads(replica.execute("SELECT document FROM position").fetchone()[0])
    run, number, random = said["last"]["id"].split(".", 2)
    said["last"]["id"] = f"{run}.{int(number) - 10}.{random}"
    replica.execute("UPDATE position SET document = ?", (json.dumps(said),))
