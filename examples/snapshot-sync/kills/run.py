"""One run of the kill script: the lives of a replica, whose publisher is killed, moved and restored."""

import contextlib
import random
import signal
import sqlite3
import threading
import time

from backup import Backup, restore
from databases import opened
from ledger import Ledger
from octets import Octets
from programs import INCOMPLETE, PHASES, REPLACE, Publisher, Replica, free_port
from proxy import Way
from sabotage import sabotage
from watch import Watch

# For each phase the longest time in seconds from its begin to a kill. A kill that comes too late shortens
# that time, so that the script works on any machine.
MOST = {"index": 0.01, "packages": 0.8, "switch": 0.002, "replay": 0.2, "follow": 1.2}
# How often a replica may be started until it has consumed the whole feed: a cache that serves an old
# document in a new one's place hides what has happened since.
STARTS = 8


class Run:
    def __init__(self, options, directory):
        self.options, self.directory, self.wrong = options, directory, []
        self.publisher = Publisher(options, directory)
        self.way = Way(options, self.publisher.port)
        self.ledger, self.octets = Ledger(directory), Octets(self.way, self.report)
        self.most, self.tally, self.unswitched = dict(MOST), dict.fromkeys(PHASES, 0), 0
        self.replica, self.watch, self.lives, self.restores, self.needless = None, None, 0, 0, 0
        self.backup, self.is_restored = None, False
        self.publisher_killed_in = {}
        self.turn = threading.Lock()  # Its owner may start and stop the publisher.
        self.over, self.follows = threading.Event(), False

    def report(self, what):
        print(f"WRONG: {what}", flush=True)
        self.wrong.append(what)

    def kill_publisher_while_it_begins(self, times):
        for _ in range(times):
            self.publisher.start_filling()
            time.sleep(random.uniform(0, 0.02 + self.options.entities / 200000))
            self.publisher.kill()
        self.publisher.start_filling()
        self.publisher.wait_until_it_serves()
        self.publisher.stop()

    def kill_publishers(self):
        """Kills the publisher from time to time, in proportion to the kills of the replica."""
        try:
            self.try_to_kill_publishers()
        except SystemExit as ended:
            self.report(str(ended))

    def try_to_kill_publishers(self):
        whole, before = self.options.publisher_kills, self.publisher.kills
        while not self.over.wait(random.uniform(0.1, 1)):
            share = 1 if self.follows else min(0.75, self.killed() / self.options.replica_kills)
            with self.turn:
                if self.publisher.kills < before + (whole - before) * share:
                    phase = self.replica and self.replica.phase or "its start"
                    self.publisher.kill()
                    self.publisher_killed_in[phase] = self.publisher_killed_in.get(phase, 0) + 1
                    time.sleep(random.uniform(0, 0.3))
                    self.publisher.start_changing()

    def killed(self):
        return sum(self.tally.values())

    def is_enough(self):
        return (self.killed() >= self.options.replica_kills
                and min(self.tally.values()) >= self.options.replica_kills // 10)

    def begin_life(self):
        self.watch = Watch(self.directory, self.ledger, self.report)
        self.lives += 1
        self.octets.begin_life()

    def live(self):
        """Kills the replica in each phase in turn, and in the end lets it catch up."""
        self.begin_life()
        each = max(1, self.options.replica_kills // 25)
        moves_before = random.choice(PHASES)
        for phase in PHASES:
            if phase == moves_before:
                self.move()
            if phase == "follow" and self.lives % 2:
                # What happens from now on will be undone.
                with self.turn:
                    self.backup = Backup(self.directory)
            met = 0
            # A phase that is past comes again only in the next life.
            while met < each and (phase in ("replay", "follow") or not self.watch.is_settled):
                is_past = self.kill(phase)
                if is_past and phase == "replay":
                    break
                met += not is_past
        self.settle()

    def move(self):
        """The publisher gets another address, between two runs of the replica."""
        with self.turn:
            self.publisher.wait_until_it_serves()
            self.publisher.stop()
            self.publisher.port = free_port()
            self.publisher.start_changing()
            self.way.move(self.publisher.port)
        print(f"  moved to {self.way.start}", flush=True)

    def replicate(self, *more):
        """Starts the replica."""
        self.replica = Replica(self.options, self.directory, self.way.start, *more)
        return self.replica

    def replacing(self):
        """The option that a replica needs until it has a snapshot of the restored publisher."""
        return [REPLACE] if self.is_restored and not self.watch.is_settled else []

    def kill(self, phase):
        """Kills the replica in a phase; returns whether that phase was past already."""
        self.replicate(*self.replacing())
        self.replica.wait_for(phase)
        # While it follows, many kills shall come when it works, and not when it sleeps.
        share = random.random() ** (3 if phase == "follow" else 1)
        time.sleep(share * self.most[phase])
        self.replica.kill()
        at = self.replica.phase
        self.tally[at] += 1
        is_past = PHASES.index(at) > PHASES.index(phase)
        if is_past:
            self.most[phase] *= 0.7
        elif self.most[phase] < MOST[phase]:
            self.most[phase] *= 1.1
        print(f"  killed in {at}", flush=True)
        self.look(f"killed in {at}")
        self.unswitched += at == "switch" and not self.watch.is_settled
        return is_past

    def look(self, when):
        """Checks what a replica that has ended has stored, and what it has begun."""
        self.watch.count_snapshots(self.replica.phases)
        progress = self.watch.look(when)
        self.octets.look(progress, self.watch.is_settled)

    def settle(self):
        """Ends a life: both databases must be equal once there are no more changes."""
        with self.turn:
            self.publisher.wait_until_it_serves()
            self.publisher.stop()
            self.publisher.start()
            self.publisher.wait_until_it_serves()
            for _ in range({None: 0, "snapshots": 2}.get(self.options.sabotage, 1) if self.lives == 1 else 0):
                sabotage(self.options.sabotage, self.directory)
                self.watch.look("sabotaged")
                self.catch_up()
            self.catch_up()
            self.octets.end_life()
            self.publisher.stop()
            self.needless += self.watch.needless
            self.begin_again()
            self.publisher.wait_until_it_serves()

    def begin_again(self):
        """Starts the publisher in such a way that the replica needs a snapshot again."""
        self.is_restored = self.backup is not None
        if self.is_restored:
            restore(self)
            self.backup, self.restores = None, self.restores + 1
            return
        self.publisher.start_changing()
        # The replica does the same when the feed's history was cut: it begins again with a snapshot,
        # and its entities stay until the snapshot replaces them.
        with contextlib.closing(sqlite3.connect(f"{self.directory}/replica.sqlite")) as replica:
            replica.execute("DELETE FROM position")
            replica.commit()

    def catch_up(self):
        """Starts the replica until it has consumed the feed to its end."""
        for _ in range(1 if self.options.sabotage else STARTS):
            given = self.way.faults.count()
            status = self.replicate("--once", *self.replacing()).ends(within=60 + 2 * self.options.patience)
            self.look("after a run with --once")
            if status == 0 and self.is_whole():
                return
            if status not in (0, INCOMPLETE):
                self.report(f"a run with --once has ended with {status}: {''.join(self.replica.text[-3:])}")
            elif status == 0 and given == self.way.faults.count():
                self.report("a run has ended before the end of the feed, though no document was old")
        self.report("the replica has not caught up, however often it was started")

    def is_whole(self):
        """Whether the replica has consumed all events. Then both databases must be equal."""
        select = "SELECT uri, etag, type, body FROM entity ORDER BY uri"
        with opened(self.directory, "source") as source, opened(self.directory, "replica") as replica:
            here, there = source.execute(select).fetchall(), replica.execute(select).fetchall()
            last = source.execute("SELECT coalesce(max(number), 0) FROM event").fetchone()[0]
            aside = replica.execute("SELECT count(*) FROM aside").fetchone()[0]
        if aside:
            self.report(f"a run with --once has ended with 0, though {aside} entities are set aside")
        if self.watch.last.number < last:
            return False
        differences = len(set(here) ^ set(there))
        print(f"life {self.lives}: {len(here)} entities, {differences} rows differ; "
              f"all {last} events consumed", flush=True)
        if differences or len(here) < self.options.entities // 2:
            self.report(f"{differences} rows of {len(here)} differ")
        return True

    def all(self):
        self.kill_publisher_while_it_begins(self.options.publisher_kills // 4)
        self.ledger.begin()
        self.publisher.start_changing()
        self.publisher.wait_until_it_serves()
        killing = threading.Thread(target=self.kill_publishers, daemon=True)
        killing.start()
        while not self.is_enough():
            if self.lives > 40:
                self.report("not every phase was met often enough")
                break
            self.live()
            if self.options.sabotage:
                break
        else:
            self.follow(killing)
        self.over.set()
        killing.join()
        if self.needless > 1:
            self.report(f"{self.needless} snapshots were begun without need")

    def follow(self, killing):
        """The last life: the remaining kills of the publisher come while the replica follows."""
        self.begin_life()
        self.replicate(*self.replacing()).wait_for("follow")
        self.follows, deadline = True, time.monotonic() + 60
        while self.publisher.kills < self.options.publisher_kills and time.monotonic() < deadline:
            time.sleep(0.1)
        self.over.set()
        killing.join()
        if self.publisher.kills < self.options.publisher_kills:
            self.report("the publisher was not killed often enough")
        self.publisher.wait_until_it_serves()
        self.replica.kill()
        self.look("killed at the end")
        self.settle()

    def end(self):
        """Ends what runs."""
        self.over.set()
        for process in (self.publisher, self.replica):
            if process and process.child and process.child.poll() is None:
                process.child.send_signal(signal.SIGKILL)
        self.way.close()

    def __str__(self):
        phases = ", ".join(f"{count} in {phase}" for phase, count in self.tally.items())
        return "\n".join([
            f"replica killed: {phases} ({self.killed()}; {self.unswitched} in switch before its commit)",
            f"publisher killed: {self.publisher.kills}, {self.publisher.kills_before_it_served} of them before it "
            f"served; while the replica was in {self.publisher_killed_in}",
            f"publisher moved: {self.way.moves}; restored: {self.restores}; needless snapshots: {self.needless}",
            f"{self.octets.octets} octets of packages, {self.octets.again} of them for the second time; "
            f"{self.octets.resumed} packages were resumed in their midst",
            str(self.way.faults),
        ])
