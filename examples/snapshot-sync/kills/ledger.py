"""All states that the publisher's entities ever had, and what that says of a replica's rows.

The publisher's table `earlier` has no entity tags. But the versions of an entity have no gaps, and each
event but a DELETE makes one, so the n-th of these events gave its entity tag to the n-th version behind
those that the database was filled with.
"""

import sqlite3
import sys

READ = """
    INSERT INTO state
    WITH known AS (SELECT uri, max(version) AS version FROM state WHERE NOT is_abandoned GROUP BY uri),
    made AS (
        SELECT uri, etag, number, time, row_number() OVER (PARTITION BY uri ORDER BY number) AS nth
        FROM source.event
        WHERE etag IS NOT NULL AND number > (SELECT max(number) FROM state WHERE NOT is_abandoned)
    ),
    version AS (
        SELECT uri, version, type, body FROM source.earlier
        UNION ALL SELECT uri, version, type, body FROM source.entity
    )
    SELECT made.uri, made.etag, number, time, version.version, type, body, 0
    FROM made LEFT JOIN known USING (uri)
    JOIN version ON version.uri = made.uri AND version.version = nth + coalesce(known.version, 0)
"""
# The rows of the publisher that the ledger does not have: there must be none.
UNKNOWN = """
    SELECT count(*) FROM source.entity AS row LEFT JOIN state USING (uri, etag)
    WHERE state.body IS NOT row.body OR state.type IS NOT row.type OR is_abandoned
"""
# Rows that the publisher never had on its timeline under this entity tag.
WRONG = """
    SELECT uri, etag FROM replica.entity AS row LEFT JOIN state USING (uri, etag)
    WHERE state.body IS NOT row.body OR state.type IS NOT row.type OR is_abandoned
"""
# For each entity that has changed up to the replica's position, the event that changed it last.
DUE = """
    CREATE TEMP VIEW due AS
    SELECT uri, max(number) AS number FROM source.event
    WHERE number <= (SELECT number FROM position) GROUP BY uri
"""
# Rows that are older than the position says.
BEHIND = """
    SELECT uri, state.etag FROM replica.entity JOIN state USING (uri, etag) JOIN due USING (uri)
    WHERE state.number < due.number AND uri NOT IN (SELECT uri FROM replica.aside)
"""
# Rows that are younger than the position says, though they were neither fetched nor in the snapshot. The
# feed is read from the second in which the snapshot was started.
AHEAD = """
    SELECT uri, state.etag FROM replica.entity JOIN state USING (uri, etag)
    WHERE state.number > (SELECT number FROM position) AND state.time / 1000 > (SELECT start FROM position)
    AND uri NOT IN (SELECT uri FROM replica.fetched)
"""
# Entities that are missing, though no event up to the position has removed them, and no later one.
MISSING = """
    SELECT uri, state.etag FROM state LEFT JOIN due USING (uri)
    WHERE NOT is_abandoned AND state.number = coalesce(due.number, 0)
    AND uri NOT IN (SELECT uri FROM replica.entity) AND uri NOT IN (SELECT uri FROM replica.aside)
    AND uri NOT IN (SELECT uri FROM source.event
                    WHERE method = 'DELETE' AND number > (SELECT number FROM position))
"""


class Ledger:
    def __init__(self, directory):
        self.directory = directory
        self.database = sqlite3.connect(f"file:{directory}/ledger.sqlite", uri=True, isolation_level=None)
        self.database.executescript("""
            PRAGMA synchronous = OFF;
            CREATE TABLE state (
                uri TEXT, etag TEXT, number INTEGER, time INTEGER, version INTEGER, type TEXT, body BLOB,
                is_abandoned INTEGER, PRIMARY KEY (uri, etag)
            ) WITHOUT ROWID;
            CREATE TEMP TABLE position (number INTEGER, start INTEGER);
        """)

    def begin(self):
        """Reads a database that was filled and not changed yet."""
        self.attach("source")
        self.database.execute("""
            INSERT INTO state SELECT uri, etag, 0, time, version, type, body, 0 FROM source.entity
        """)
        self.detach("source")

    def read(self):
        """Reads what the publisher has done since the last call."""
        self.attach("source")
        self.database.execute("BEGIN")
        self.database.execute(READ)
        if unknown := self.database.execute(UNKNOWN).fetchone()[0]:
            sys.exit(f"the ledger lacks {unknown} states of the publisher: it reads its tables wrongly")
        self.database.execute("COMMIT")
        self.detach("source")

    def restore(self):
        """Takes notice of a backup that was put into the database's place: the states behind it are on
        another timeline. Call it before the publisher issues other events."""
        self.attach("source")
        self.database.execute("""
            UPDATE state SET is_abandoned = 1 WHERE number > (SELECT coalesce(max(number), 0) FROM source.event)
        """)
        self.detach("source")

    def faults(self, number, start):
        """What is wrong with the rows of a replica that has this position: kind, entity and entity tag."""
        self.read()
        self.attach("source")
        self.attach("replica")
        self.database.execute("DELETE FROM position")
        self.database.execute("INSERT INTO position VALUES (?, CAST(strftime('%s', ?) AS INTEGER))", (number, start))
        self.database.execute(DUE)
        selects = {"wrong": WRONG, "behind": BEHIND, "ahead": AHEAD, "missing": MISSING}
        found = [(kind, *row) for kind, select in selects.items() for row in self.database.execute(select)]
        self.database.execute("DROP VIEW due")
        self.detach("source")
        self.detach("replica")
        return found

    def attach(self, name):
        self.database.execute(f"ATTACH ? AS {name}", (f"file:{self.directory}/{name}.sqlite?mode=ro",))

    def detach(self, name):
        self.database.execute(f"DETACH {name}")
