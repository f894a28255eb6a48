"""The faults of what is between replica and publisher: answers of long ago, and 404s."""

import collections
import email.utils
import random
import re
import threading

# What is asked for, by its path below the feed's root. The first that matches counts.
KINDS = [
    ("redirect to the index", r"/snapshots/latest"),
    ("index", r"/snapshots/[^/]+/index"),
    ("package", r"/snapshots/[^/]+/\d+"),
    ("subscription document", r"/changes/latest"),
    ("archive document", r"/changes/archive/\d+"),
    ("self link", r"/changes/[^/]+"),
    ("timeline", r"/timeline"),
    ("entity", r"/entities/.+"),
]
KEPT = {"redirect to the index", "subscription document", "archive document", "self link", "timeline", "entity"}
# The number of answers that are kept of one document.
MOST = 100

Answer = collections.namedtuple("Answer", "status fields body")


def kind_of(path):
    return next((kind for kind, pattern in KINDS if re.fullmatch(pattern, path)), "other")


class Faults:
    """A cache that keeps what it was given and sometimes gives it again, whatever the request says, and a
    proxy that sometimes finds nothing."""

    def __init__(self, old, missing):
        self.old, self.missing, self.lock = old, missing, threading.Lock()
        self.kept = collections.defaultdict(lambda: collections.deque(maxlen=MOST))
        self.given, self.refused = collections.Counter(), collections.Counter()

    def instead(self, path, fields):
        """What is answered in place of the publisher; mostly nothing."""
        kind = kind_of(path)
        is_range = kind == "package" and "range" in fields
        with self.lock:
            if not is_range and random.random() < self.missing:
                self.refused[kind] += 1
                return not_found()
            if self.kept[path] and random.random() < self.old:
                self.given[kind] += 1
                return conditional(random.choice(self.kept[path]), fields.get("if-none-match"))

    def keep(self, path, answer):
        """Keeps an answer of the publisher, unless the last one that was kept is the same."""
        with self.lock:
            kept = self.kept[path]
            is_kind = kind_of(path) in KEPT and answer.status in (200, 301, 302, 303, 307, 308)
            if is_kind and not (kept and identity(kept[-1]) == identity(answer)):
                kept.append(answer)

    def forget(self, kind):
        """Forgets the answers of a kind."""
        with self.lock:
            for path in [path for path in self.kept if kind_of(path) == kind]:
                del self.kept[path]

    def count(self):
        """The number of old answers that lead through the feed or to a snapshot."""
        with self.lock:
            return sum(count for kind, count in self.given.items() if kind != "entity")

    def __str__(self):
        def told(counts):
            return ", ".join(f"{count} of {kind}" for kind, count in sorted(counts.items())) or "none"
        return f"old answers: {told(self.given)}\n404s: {told(self.refused)}"


def field(answer, name):
    return next((value for key, value in answer.fields if key.lower() == name), None)


def identity(answer):
    return answer.status, field(answer, "etag"), field(answer, "location"), answer.body


def conditional(answer, tag):
    """A cache compares the condition of a request with what it has (RFC 9111 section 4.3.2)."""
    if answer.status == 200 and tag and field(answer, "etag") == tag:
        kept = {"etag", "date", "cache-control", "content-location", "link"}
        return Answer(304, [(key, value) for key, value in answer.fields if key.lower() in kept], b"")
    return answer


def not_found():
    fields = [("Content-Type", "text/html"), ("Date", email.utils.formatdate(usegmt=True))]
    return Answer(404, fields, b"<!doctype html><title>404</title><h1>Not Found</h1>\n")
