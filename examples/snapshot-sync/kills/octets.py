"""Which octets of packages were requested, and whether that was necessary."""

import time

# The number of octets of one package that may be lost with a process: its buffers for the file (twice
# 256 KiB), and the data in sockets.
LOST = 768 * 1024


class Octets:
    """The octets of all lives."""

    def __init__(self, way, report):
        self.way, self.report = way, report
        self.octets, self.again, self.resumed = 0, 0, 0
        self.begin_life()

    def begin_life(self):
        # When each package was seen to be committed, and when the snapshot was.
        self.done, self.settled = {}, None
        with self.way.lock:
            self.way.packages.clear()

    def look(self, progress, is_settled):
        now = time.monotonic()
        if is_settled:
            self.settled = self.settled or now
        elif progress:
            for first, end in progress["done"]:
                for number in range(first, end):
                    self.done.setdefault((progress["id"], str(number)), now)

    def end_life(self):
        """Checks that no committed package was requested again, and no octets that were received before."""
        with self.way.lock:
            packages = list(self.way.packages)
        sent = {}
        for asked in packages:
            package, name = asked["package"], "/".join(asked["package"])
            if asked["began"] > min(self.done.get(package, float("inf")), self.settled or float("inf")):
                self.report(f"{name} was asked for after it was committed")
            again = sent.get(package, 0) - asked["first"]
            if again > LOST:
                self.report(f"{name} was asked for from {asked['first']}, {again} octets too early")
            sent[package] = max(sent.get(package, 0), asked["first"] + asked["octets"])
            self.resumed += asked["first"] > 0
        if unknown := self.done.keys() - sent.keys():
            self.report(f"{unknown} were committed, but never asked for")
        octets = sum(asked["octets"] for asked in packages)
        again = octets - sum(sent.values())
        self.octets += octets
        self.again += again
        print(f"  {len(packages)} requests for packages, {octets} octets, {again} of them for the second time; "
              f"{len(self.done)} packages were committed before a kill")
