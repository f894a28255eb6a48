#!/usr/bin/env python3
"""An independent replica of a Web Event Sourcing publisher: `replica.py START_URI [QUIET_SECONDS]`.

Written only from draft-kiessling-web-eventsourcing-00 and this project's notes on it, to share no
misreading with what it is held against; later only shortened. Section numbers are the draft's last
revision's. Reads until there was no event for so long, then prints `PATH<TAB>sha256` for each
entity; whatever breaks a rule ends it with exit code 1.
"""
import hashlib, json, re, sys, time
from collections import Counter
from email import message_from_bytes
from email.utils import mktime_tz, parsedate_tz
from itertools import dropwhile
from urllib.error import HTTPError
from urllib.parse import urldefrag, urljoin
from urllib.request import Request, urlopen

LINK = re.compile(r'''<([^>]*)>(?:[^,"]|"[^"]*")*?;\s*rel\s*=\s*"?([^",;]*)''', re.I)


def demand(value, message):
    if not value:
        raise ValueError(message)
    return value


def parts(url, headers, octets, kind):
    """Each part's fields and body (RFC 2046, 5.1.1)."""
    demand(headers.get_content_type() == kind, f"{url}: not {kind}")
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
        """Load the snapshot (6.1)."""
        self.root, self.entities, self.did = urljoin(start, "/"), {}, Counter()
        self.last = self.window = None  # the last event's id; what is in 6.1's window: all at first
        url, headers, octets = self.get(start, Accept="application/json")
        index = json.loads(octets)
        demand(index["id"] and index["started"] <= index["completed"], "an unfinished snapshot")
        self.since = index["started"] // 1000  # Last-Modified has whole seconds
        self.feed = demand(self.link(url, headers, "current"), "no link to a feed")
        for uri in index["uris"]:
            url, headers, octets = self.get(self.resolve(url, uri), Accept="multipart/package")
            for fields, body in parts(url, headers, octets, "multipart/package"):
                entity = self.resolve(url, fields["content-location"])
                demand(entity not in self.entities, f"{entity}: twice in the snapshot")
                self.entities[entity] = body, fields["etag"]

    def resolve(self, base, reference):
        uri = urldefrag(urljoin(base, reference)).url
        return demand(uri.startswith(self.root) and uri, f"{uri}: of another origin")

    def link(self, base, fields, relation):
        field = ", ".join(fields.get_all("link", []))
        for target, relations in LINK.findall(field):
            if relation in relations.lower().split():
                return self.resolve(base, target)

    def get(self, uri, statuses=(200,), **fields):
        try:
            response = urlopen(Request(uri, headers=fields), timeout=60)
        except HTTPError as error:
            response = error
        with response:
            demand(response.status in statuses, f"{uri}: status {response.status}")
            self.status = response.status
            return self.resolve(response.url, ""), response.headers, response.read()

    def unread(self):
        """The events after the last one, oldest first: back from `current` as far as needed."""
        events, ids, uri = [], [], self.feed
        while uri and self.last not in ids:
            url, headers, octets = self.get(uri, Accept="multipart/mixed")
            page = list(parts(url, headers, octets, "multipart/mixed"))
            for fields, _ in page:
                fields.target = demand(self.link(url, fields, "about"), "an event without target")
                fields.time = mktime_tz(parsedate_tz(fields["last-modified"]))
            events = page + events
            ids = [fields["content-id"] for fields, _ in events]
            demand(len(set(ids)) == len(ids), "an event stands twice in the feed")
            if self.last is None and events and events[0][0].time < self.since:
                break  # 4.7's example has the second of these relations:
            uri = self.link(url, headers, "prev-archive") or self.link(url, headers, "prev")
        last, self.last = self.last, ids[-1] if ids else None
        if last is None:
            return list(dropwhile(lambda event: event[0].time < self.since, events))
        demand(last in ids, "the history was cut: start again from a snapshot")
        return events[ids.index(last) + 1:]

    def read(self):
        """Process what one reading of the feed brings; say how many events that was."""
        events, fetched = self.unread(), set()
        for fields, body in events:
            family, method = fields["event-type"].split("=")
            demand(family == "http-equiv", f"{family}: an unknown family of events")
            target, is_merge = fields.target, "merge-patch+json" in fields.get_content_type()
            inside = self.window is None or target in self.window | fetched
            if method == "PUT":
                self.entities[target] = body, fields["etag"]
            elif method == "DELETE":
                self.entities.pop(target, None)
            elif method == "PATCH" and is_merge and not inside and target in self.entities:
                state = merge(json.loads(self.entities[target][0]), json.loads(body))
                self.entities[target], method = (json.dumps(state).encode(), None), "PATCH applied"
            else:  # a POST; or a PATCH in the window, or one that only its server can apply
                self.fetch(demand(method in ("PATCH", "POST") and target, f"unknown: {method}"))
                fetched.add(target)
            self.did[method] += 1
        # A state that was fetched may hold a patch that is still unread. So its entity stays in
        # the window until a whole reading, begun after its last GET, brought no need of another.
        self.window = fetched
        return len(events)

    def fetch(self, target):
        _, etag = self.entities.get(target, (None, None))
        condition = {"If-None-Match": etag} if etag else {}
        _, headers, body = self.get(target, (200, 404, 410, *(304,) * bool(etag)), **condition)
        if self.status == 200:
            self.entities[target] = body, headers["etag"]
        elif self.status != 304:
            self.entities.pop(target, None)


def main(start, quiet=0):
    replica, since = Replica(start), time.monotonic()
    while (read := replica.read()) or time.monotonic() - since < float(quiet):
        since = time.monotonic() if read else since
        time.sleep(min(0.1, float(quiet)))
    for uri in sorted(replica.entities):  # all of one origin, so by path
        print(f"/{uri[len(replica.root):]}\t{digest(replica.entities[uri][0])}")
    print(f"{len(replica.entities)} entities; events: {dict(replica.did)}", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
