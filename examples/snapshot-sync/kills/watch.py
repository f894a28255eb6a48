"""What must hold of a replica's database whenever the replica has ended, however it has ended."""

import json
import os

from databases import is_made, opened, position, rows


class Watch:
    """Watches a replica during one life. A life begins where the replica has to take a new snapshot."""

    def __init__(self, directory, ledger, report):
        self.directory, self.ledger, self.report = directory, ledger, report
        self.before, self.rows = None, []
        if os.path.exists(f"{directory}/replica.sqlite"):
            with opened(directory, "replica") as replica:
                if is_made(replica):
                    self.before, self.rows = position(replica), rows(replica)
        # The last position since the snapshot of this life was complete; the newest snapshot that was
        # begun; and the number of snapshots that were begun and not needed.
        self.last, self.begun, self.needless, self.repeats = None, "", 0, False

    @property
    def is_settled(self):
        return self.last is not None

    def count_snapshots(self, phases):
        """Counts the snapshots that a replica began after that of this life was complete, by its log."""
        is_complete, has_switched = self.is_settled and not self.repeats, False
        for phase in phases:
            has_switched |= phase == "switch"
            if has_switched and phase in ("replay", "follow"):
                is_complete, self.repeats = True, False
            elif is_complete and phase == "packages":
                self.needless += 1
                is_complete, has_switched, self.repeats = False, False, True

    def look(self, when):
        """Looks at the database; returns the progress of a snapshot that is not complete, if there is one."""
        with opened(self.directory, "replica") as replica:
            if not is_made(replica):
                return None
            now, stored = position(replica), rows(replica)
            progress = replica.execute("SELECT document FROM progress").fetchone()
            consumed = replica.execute("SELECT events FROM consumed").fetchone()[0]
        progress = json.loads(progress[0]) if progress else None
        if progress:
            self.needless += progress["id"] < self.begun
            self.begun = max(self.begun, progress["id"])
        is_before = now is None or (self.before and now.snapshot == self.before.snapshot)
        if not self.is_settled and is_before:
            if stored != self.rows:
                self.report(f"the rows changed before the snapshot was complete, {when}")
        elif now:
            self.compare(now, when)
            self.count(now, consumed, when)
            self.last = now
            for kind, uri, etag in self.ledger.faults(now.number, now.snapshot[0])[:5]:
                self.report(f"the row of {uri} is {kind}: {etag}, at event {now.number}, {when}")
        return progress

    def compare(self, now, when):
        """Nothing goes backward."""
        last = self.last or now
        if now.snapshot != last.snapshot:
            # That it was replaced is counted elsewhere.
            if now.snapshot[0] < last.time:
                self.report(f"a replica at {last.time} was replaced by a snapshot of {now.snapshot[0]}, {when}")
            return
        for what in ("number", "time", "reading"):
            if getattr(now, what) < getattr(last, what):
                self.report(f"the {what} of the position went back from {getattr(last, what)} "
                            f"to {getattr(now, what)}, {when}")

    def count(self, now, consumed, when):
        """If an event was skipped or applied twice, the number of events up to the last one is wrong."""
        with opened(self.directory, "source") as source:
            events = source.execute(
                "SELECT count(*) FROM event WHERE number <= ? "
                "AND time / 1000 >= CAST(strftime('%s', ?) AS INTEGER)",
                (now.number, now.snapshot[0])).fetchone()[0]
        if consumed != events:
            self.report(f"{consumed} events were consumed of {events}, {when}")
