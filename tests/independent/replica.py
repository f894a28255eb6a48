#!/usr/bin/env python3
"""An independent replica of a Web Event Sourcing publisher: `replica.py START_URI [QUIET_SECONDS]`.

Written only from draft-kiessling-web-eventsourcing-00 and this project's notes on it, to share no
misreading with what it is held against. Section numbers are the draft's last revision's. Reads until
there was no event for so long, then prints `PATH<TAB>sha256` for each entity, PATH being what follows
the publisher's root. Exit status: 1 if a rule is broken; 3 if the copy is incomplete (what is missing
is listed); 4 if the publisher is on another timeline; 75 if it can only be tried again later.
"""
import base64, hashlib, json, re, sys, time
from collections import Counter, defaultdict, namedtuple
from email import message_from_bytes
from email.utils import mktime_tz, parsedate_tz
from http.client import HTTPException
from itertools import dropwhile
from urllib.error import HTTPError
from urllib.parse import urldefrag, urljoin
from urllib.request import Request, urlopen

LINK = re.compile(r'''<([^>]*)>(?:[^,"]|"[^"]*")*?;\s*rel\s*=\s*"?([^",;]*)''', re.I)
EVENT_ID = re.compile(r"<([^.@>]+)\.([0-9]+)\.[^.@>]+@[^@>]+>")
DIGEST = re.compile(r"(?:^|,)\s*sha-256=:([^:]*):")  # RFC 9530, section 2
TIMELINE = "https://github.com/web-history-codecs/web-history-codecs#timeline"
INCOMPLETE, OTHER_TIMELINE, LATER = 3, 4, 75
GONE = 404, 410
# One answer proves nothing: caches are old, and proxies have answers of their own. What is to be
# believed, that something is missing or other, was told this often, over six seconds in all.
ATTEMPTS, DELAY = 7, 0.1

Aside = namedtuple("Aside", "tries gone due why", defaults=(0, 0, 0, "not tried yet"))


class Fault(Exception):
    """What may pass, so try again later; with an answer's status, if that is the fault."""
    def __init__(self, why, status=None):
        super().__init__(why)
        self.status = status


def attempts():
    for number in range(ATTEMPTS):
        time.sleep(DELAY * 2 ** (number - 1) if number else 0)
        yield number


def demand(value, message):
    if not value:
        raise ValueError(message)
    return value


def parts(url, headers, octets, kind):
    """Each part's fields and body (RFC 2046, 5.1.1)."""
    delimiter = b"--" + demand(headers.get_boundary(), "no boundary").encode()
    if kind == "multipart/package" and not octets.startswith(delimiter):
        octets = delimiter + b"\r\n" + octets  # its first part stands where others have a preamble
    head = f"Content-Type: {headers['content-type']}\r\n\r\n".encode()
    package = message_from_bytes(head + octets)
    demand(not package.defects, f"{url}: {package.defects}")  # such as no close delimiter
    demand(kind == "multipart/mixed" or package.epilogue in (None, "", "\r\n"), "not at its end")
    for part in package.get_payload():
        body = demand(not part.defects, f"{url}: {part.defects}") and part.get_payload(decode=True)
        demand(int(part.get("content-length", len(body))) == len(body), "wrong Content-Length")
        yield part, body


def merge(target, patch):
    """RFC 7396, section 2."""
    if not isinstance(patch, dict):
        return patch
    target = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        before = target.pop(name, None)
        if value is not None:
            target[name] = merge(before, value)
    return target


def digest(body):
    """A merge patch leaves the serialisation open, so JSON is hashed in one canonical form."""
    text = json.dumps(json.loads(body), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


class Replica:
    def __init__(self, start):
        self.start, self.name, self.root = start, None, ""
        self.entities, self.types, self.did = {}, defaultdict(set), Counter()
        self.last = self.window = None  # the last event; what is in 6.1's window: all at first
        self.aside, self.digests = {}, False  # what is to be fetched; whether answers have digests
        self.load()

    def load(self):
        """Load the snapshot (6.1), but never one from before the last event."""
        for _ in attempts():
            self.root = ""  # the publisher may have moved
            url, headers, octets = self.get(self.start, "application/json")
            index = json.loads(octets)
            self.timeline = demand(self.link(url, headers, TIMELINE), "no link to a timeline")
            self.root = urljoin(self.timeline, ".")
            demand(index["id"] and index["started"] <= index["completed"], "an unfinished snapshot")
            since = index["started"] // 1000  # Last-Modified has whole seconds
            if self.last is None or since >= self.last.time:
                break
        else:
            raise Fault("there is only a snapshot older than this copy")
        if self.last:
            self.check_timeline(self.last)  # before anything is replaced
        self.name = json.loads(self.get(self.timeline, "application/json")[2])["feed"]
        self.feed = demand(self.link(url, headers, "current"), "no link to a feed")
        entities = {}
        for uri in index["uris"]:
            package, headers, octets = self.get(self.resolve(url, uri), "multipart/package")
            for fields, body in parts(package, headers, octets, "multipart/package"):
                path = self.path(self.resolve(package, fields["content-location"]))
                demand(path not in entities, f"{path}: twice in the snapshot")
                entities[path] = body, fields["etag"]
                self.types[path].add(fields.get_content_type())
        self.entities, self.since, self.aside = entities, since, {}
        self.last = self.window = None

    def resolve(self, base, reference):
        """By RFC 3986: references are relative, or absolute where the publisher knows its URI."""
        uri = urldefrag(urljoin(base, reference)).url
        return demand(uri.startswith(self.root) and uri, f"{uri}: not below {self.root}")

    def path(self, uri):
        """An entity's name, wherever the publisher is now."""
        return uri[len(self.root):]

    def link(self, base, fields, relation):
        field = ", ".join(fields.get_all("link", []))
        for target, relations in LINK.findall(field):
            if relation in relations.lower().split():
                return self.resolve(base, target)

    def ask(self, uri, kinds, **fields):
        """One answer: where from, fields, octets. It counts by its status, type and digest."""
        try:
            with urlopen(Request(uri, headers=fields), timeout=60) as response:
                url, headers, octets = response.url, response.headers, response.read()
        except (OSError, HTTPException) as error:  # HTTPError is an OSError
            raise Fault(f"{uri}: {error!r}", getattr(error, "code", None)) from error
        kind = headers["content-type"] and headers.get_content_type()
        stated = DIGEST.findall(", ".join(headers.get_all("content-digest", [])))
        headers.has_digest = base64.b64encode(hashlib.sha256(octets).digest()).decode() in stated
        if kind not in kinds or not url.startswith(self.root):
            raise Fault(f"{url}, of type {kind}, is somebody else's")
        if stated and not headers.has_digest:
            raise Fault(f"{url}: its digest does not hold")
        self.digests = self.digests or headers.has_digest
        return url, headers, octets

    def get(self, uri, kind):
        """The same for a document."""
        for _ in attempts():
            try:
                return self.ask(uri, {kind}, Accept=kind)
            except Fault as error:
                fault = error
        raise fault

    def check_timeline(self, event):
        """Its run must be in the list of runs, and must not have ended before its number."""
        for _ in attempts():  # an older list lacks the youngest run
            timeline = json.loads(self.get(self.timeline, "application/json")[2])
            ends = [run["first"] for run in timeline["runs"][1:]] + [event.number + 1]
            for run, end in zip(timeline["runs"], ends):
                is_covered = run["id"] == event.run and run["first"] <= event.number < end
                if timeline["feed"] == self.name and is_covered:
                    return
        print(f"{event['content-id']}: the publisher is on another timeline", file=sys.stderr)
        sys.exit(OTHER_TIMELINE)

    def walk(self):
        """The events back from `current`, as far as needed; oldest first."""
        events, uri = [], self.feed
        while uri:
            url, headers, octets = self.get(uri, "multipart/mixed")
            page = list(parts(url, headers, octets, "multipart/mixed"))
            for fields, _ in page:
                fields.path = self.path(demand(self.link(url, fields, "about"), "no target"))
                fields.time = mktime_tz(parsedate_tz(fields["last-modified"]))
                match = demand(EVENT_ID.fullmatch(fields["content-id"]), "not run.number.random@")
                fields.run, fields.number = match[1], int(match[2])
            events = page + events
            numbers = [fields.number for fields, _ in events]
            demand(numbers == sorted(set(numbers)), "an event twice in the feed, or not in its order")
            oldest = events[0][0] if events else None
            if oldest and (oldest.number <= self.last.number if self.last else oldest.time < self.since):
                break  # 4.7's example has the second of these relations:
            uri = self.link(url, headers, "prev-archive") or self.link(url, headers, "prev")
        return events

    def unread(self):
        """The events after the last one, oldest first."""
        events = []
        try:
            for _ in attempts():
                events = self.walk()
                ids = [fields["content-id"] for fields, _ in events]
                if self.last is None:
                    if events:
                        self.check_timeline(events[-1][0])
                    return list(dropwhile(lambda event: event[0].time < self.since, events))
                if self.last["content-id"] in ids:
                    return events[ids.index(self.last["content-id"]) + 1:]
            self.check_timeline(self.last)
            if not events or events[-1][0].number < self.last.number:
                raise Fault("the feed is older than this copy")  # which never goes backward
        except Fault as fault:
            if fault.status not in GONE:  # else it is an archive document that is missing
                raise
        demand(self.last and not self.did["snapshot again"], "no snapshot has its whole history")
        self.did["snapshot again"] += 1
        self.load()
        return self.unread()

    def read(self):
        """Process what one reading of the feed brings; say how many events that was."""
        events = self.unread()
        for fields, body in events:
            family, method = fields["event-type"].split("=")
            demand(family == "http-equiv", f"{family}: an unknown family of events")
            path, is_merge = fields.path, "merge-patch+json" in fields.get_content_type()
            inside = self.window is None or path in self.window or path in self.aside
            if method == "PUT":
                self.entities[path] = body, fields["etag"]
                self.types[path].add(fields.get_content_type())
                self.aside.pop(path, None)
            elif method == "DELETE":
                self.entities.pop(path, None)
                self.aside.pop(path, None)
            elif method == "PATCH" and is_merge and not inside and path in self.entities:
                state = merge(json.loads(self.entities[path][0]), json.loads(body))
                self.entities[path], method = (json.dumps(state).encode(), None), "PATCH applied"
            else:  # a POST; or a PATCH in the window, or one that only its server can apply
                demand(method in ("PATCH", "POST"), f"{method}: unknown")
                self.aside.setdefault(path, Aside())
            self.did[method] += 1
            self.last = fields
        # Only here, at the feed's end, are all types known that a fetched entity may have.
        due = [path for path, aside in self.aside.items() if aside.due <= time.monotonic()]
        fetched = {path for path in due if self.fetch(path)}
        # A state that was fetched may hold a patch that is still unread. So its entity stays in
        # the window until a whole reading, begun after its last GET, brought no need of another.
        if self.last:
            self.window = fetched | set(self.aside)
        return len(events)

    def fetch(self, path):
        """Try to get an entity's state; what cannot be had stays aside, and the feed goes on."""
        _, etag = self.entities.get(path, (None, None))
        fields = {"Cache-Control": "no-cache", **({"If-None-Match": etag} if etag else {})}
        tries, gone, *_ = self.aside.pop(path)
        try:
            url, headers, body = self.ask(urljoin(self.root, path), self.types[path], **fields)
            if self.digests and not headers.has_digest:
                raise Fault(f"{url}: without a digest")
            self.entities[path] = body, headers["etag"]
        except Fault as fault:
            gone = gone + 1 if fault.status in GONE else 0
            if gone == ATTEMPTS:  # mostly the feed's DELETE comes first
                self.entities.pop(path, None)
            elif fault.status != 304 or not etag:
                due = time.monotonic() + DELAY * 2 ** min(tries, ATTEMPTS)
                self.aside[path] = Aside(tries + 1, gone, due, str(fault))
                return False
        return True


def main(start, quiet=0):
    replica, since = Replica(start), time.monotonic()
    while ((read := replica.read()) or time.monotonic() - since < float(quiet)
           or any(aside.tries < ATTEMPTS for aside in replica.aside.values())):
        since = time.monotonic() if read else since
        time.sleep(0 if read else DELAY)
    for path in sorted(replica.entities):
        print(f"/{path}\t{digest(replica.entities[path][0])}")
    for path, aside in replica.aside.items():
        print(f"/{path} cannot be had: {aside.why}", file=sys.stderr)
    print(f"{len(replica.entities)} entities; events: {dict(replica.did)}", file=sys.stderr)
    sys.exit(INCOMPLETE if replica.aside else 0)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Fault as fault:
        print(f"try again later: {fault}", file=sys.stderr)
        sys.exit(LATER)
