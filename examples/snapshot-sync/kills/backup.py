"""A publisher whose database is restored from a backup, and what a replica does then."""

import contextlib
import os
import random
import shutil
import sqlite3
import sys
import time

from databases import opened, position, rows
from programs import OTHER_TIMELINE


def events(directory):
    """The number of the publisher's last event."""
    with opened(directory, "source") as source:
        return source.execute("SELECT coalesce(max(number), 0) FROM event").fetchone()[0]


class Backup:
    """A copy of the publisher's database, made while the publisher may run."""

    def __init__(self, directory):
        self.directory = directory
        with opened(directory, "source") as source:
            with contextlib.closing(sqlite3.connect(f"{directory}/backup.sqlite")) as copy:
                source.backup(copy)
                self.last = copy.execute("SELECT coalesce(max(number), 0) FROM event").fetchone()[0]

    def restore(self):
        """Puts the copy in the place of the database of a publisher that does not run."""
        for suffix in ("-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.remove(f"{self.directory}/source.sqlite{suffix}")
        shutil.copyfile(f"{self.directory}/backup.sqlite", f"{self.directory}/source.sqlite")


def restore(run):
    """Restores the backup of a publisher that has stopped, and lets it issue other events. The replica,
    which has consumed all, must then say so, and change nothing."""
    backup, before = run.backup, events(run.directory)
    if backup.last >= before:
        sys.exit("there were no changes since the backup")
    backup.restore()
    run.ledger.restore()
    # A replica whose snapshot is older than the restore may believe a timeline from before the restore, and then a
    # state of that time. It stops when it sees the timeline of now, and rightly so. The model in the tests of
    # change-feed has such replicas; here each life is to come to its end.
    run.way.faults.forget("timeline")
    run.publisher.start_changing()
    # The replica's last event has a number that is not issued again yet, or is another event's.
    enough = before + 1 if random.random() < 0.5 else backup.last + 1
    deadline = time.monotonic() + 120
    while events(run.directory) < enough:
        if time.monotonic() > deadline:
            sys.exit("the restored publisher makes no changes")
        time.sleep(0.05)
    print(f"restored to event {backup.last} of {before}; other events up to {enough} and more were issued")
    with opened(run.directory, "replica") as replica:
        stored, place = rows(replica), position(replica)
    replica = run.replicate()
    status = replica.ends(within=120)
    if status != OTHER_TIMELINE:
        run.report(f"a replica of another timeline has ended with {status}: {''.join(replica.text[-3:])}")
    with opened(run.directory, "replica") as replica:
        now = position(replica)
        if rows(replica) != stored:
            run.report("a replica of another timeline was changed")
        if now is None or now[1:4] != place[1:4]:
            run.report(f"the position of a replica of another timeline was changed from {place} to {now}")
