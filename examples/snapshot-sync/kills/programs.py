"""The two programs as processes that are started, killed and stopped."""

import contextlib
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time

# The phases of a replica, in order.
PHASES = ["index", "packages", "switch", "replay", "follow"]
# The number of entities that generated changes are made to: few, so that many of them change several
# times in a second.
CHANGED = 400
# Exit statuses of `replicate`.
INCOMPLETE, OTHER_TIMELINE = 3, 4
# The option by which a replica is replaced by a snapshot of another timeline.
REPLACE = "--replace-other-timeline"


def free_port():
    """A port that no outgoing connection can get while the publisher does not run."""
    while True:
        port = random.randrange(20000, 30000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def end(child, how, who, text=()):
    """Ends a process, which must not have ended by itself."""
    child.send_signal(how)
    code = child.wait(60)
    # SIGTERM leads to a clean end, unless it comes before the program listens for it.
    if code not in ((0, -how) if how == signal.SIGTERM else (-how,)):
        sys.exit("".join(text) + f"{who} has ended with {code}")


class Publisher:
    def __init__(self, options, directory):
        self.options, self.directory, self.child = options, directory, None
        self.port, self.kills, self.kills_before_it_served = free_port(), 0, 0
        self.log = open(f"{directory}/publish.log", "ab")

    def start(self, *more):
        """Starts it without changes."""
        self.child = subprocess.Popen([
            os.path.join(self.options.programs, "publish"), "--database", f"{self.directory}/source.sqlite",
            "--store", f"{self.directory}/store", "--listen", f"127.0.0.1:{self.port}", "--no-codings",
            "--package-octets", str(self.options.package_octets), "--page-events", "100", "--keep", "5", *more,
        ], stderr=self.log)

    def start_filling(self):
        self.start("--generate", str(self.options.entities))

    def start_changing(self):
        # It replaces the snapshot from time to time, so that it is also killed while it writes one.
        more = ["--snapshot-every", "1"] if random.random() < 0.3 else []
        self.start("--generate", str(CHANGED), "--changes-per-second", "100", *more)

    def serves(self):
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return True

    def wait_until_it_serves(self):
        for _ in range(1200):
            if self.serves():
                return
            if self.child.poll() is not None:
                break
            time.sleep(0.05)
        sys.exit(f"the publisher does not serve; it has ended with {self.child.poll()}")

    def kill(self):
        self.kills_before_it_served += not self.serves()
        end(self.child, signal.SIGKILL, "the publisher")
        self.kills += 1

    def stop(self):
        end(self.child, signal.SIGTERM, "the publisher")


class Replica:
    """A running replica, and the phases that it has logged."""

    def __init__(self, options, directory, start, *more):
        command = [os.path.join(options.programs, "replicate"), "--from", start, "--poll", "1"]
        command += ["--database", f"{directory}/replica.sqlite", "--patience", str(options.patience)]
        # No interval keeps it from a needless snapshot: that is up to its rules.
        command += ["--snapshot-interval", "1", *more]
        # One that is to be replaced may first look for its last event in the feed.
        self.is_replaced = REPLACE in more
        self.phases, self.changed, self.text, self.has_ended = [], threading.Condition(), [], False
        self.child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self.log = open(f"{directory}/replicate.log", "a")
        self.log.write(" ".join(command) + "\n")
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.child.stderr:
            line = re.sub(r"\x1b\[[0-9;]*m", "", line)
            self.text.append(line)
            self.log.write(line)
            said = re.search(r"phase=(\w+)", line)
            if said and (self.phases or said[1] == "index" or not self.is_replaced):
                with self.changed:
                    self.phases.append(said[1])
                    self.changed.notify_all()
        self.log.close()
        with self.changed:
            self.has_ended = True
            self.changed.notify_all()

    @property
    def phase(self):
        return self.phases[-1] if self.phases else None

    def wait_for(self, phase):
        """Waits until it has reached this phase."""
        def is_met():
            return self.has_ended or self.phase and PHASES.index(self.phase) >= PHASES.index(phase)
        with self.changed:
            if not self.changed.wait_for(is_met, 90):
                sys.exit("".join(self.text) + f"the phase {phase} did not come")

    def kill(self):
        end(self.child, signal.SIGKILL, "the replica", self.text)
        self.reader.join()

    def ends(self, within):
        """Waits for the exit status of a replica that is expected to end by itself; none if it does not."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.child.wait(within)
            self.reader.join()
            return self.child.returncode
        self.kill()
