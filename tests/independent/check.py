#!/usr/bin/env python3
"""Readers that share no code with ours judge what ours wrote: `check.py DIR`. README.md says more."""

import io
import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import feedparser
import httplink
import listparser

ATOM = "{http://www.w3.org/2005/Atom}"
APP = "{http://www.w3.org/2007/app}"
XHTML = "{http://www.w3.org/1999/xhtml}"
TOMBSTONES = "{http://purl.org/atompub/tombstones/1.0}"

# Elements that hold elements only: white space between those means nothing.
STRUCTURE = {ATOM + name for name in ("feed", "entry", "source", "author", "contributor")} | {
    APP + name for name in ("service", "workspace", "collection", "categories")
}
# Values around which white space means nothing.
TRIMMED = {ATOM + name for name in ("id", "updated", "published", "uri", "email", "icon", "logo")}


class Refused(Exception):
    """A check failed; the text says how."""


# Well-formed, says xmllint.


def lint(file):
    """xmllint takes the file, and has nothing to say about it."""
    command = ["xmllint", "--noout", "--nonet", str(file)]
    run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    said = " ".join(run.stderr.decode("utf-8", "replace").split())
    if run.returncode or said:
        raise Refused(f"{file.name}: xmllint exits {run.returncode}: {said}")


# As the RFCs' schemas demand, says jing.

SCHEMAS = Path(__file__).parent.parent / "data" / "schemas"
# The schema of each kind of document, by its root.
SCHEMA = {
    ATOM + "feed": "rfc4287-atom.rnc",
    ATOM + "entry": "rfc4287-atom.rnc",
    APP + "service": "rfc5023-service.rnc",
    APP + "categories": "rfc5023-categories.rnc",
    APP + "collection": "collection.rnc",
    TOMBSTONES + "deleted-entry": "deleted-entry.rnc",
}
# What jing has said of a text under a schema: starting it takes longer than asking it.
JUDGED = {}
JING = re.compile(r"(.*?):(\d+:\d+: (?:error|fatal).*)")


def root(file):
    """The name of the root of a document; none where it is not well-formed."""
    try:
        return next(ElementTree.iterparse(file, ["start"]))[1].tag
    except (ElementTree.ParseError, OSError):
        return None


def ask_jing(files):
    """Asks jing for all files that it has not judged: once for each schema."""
    new = defaultdict(dict)
    for file in files:
        schema = SCHEMA.get(root(file))
        if schema and (schema, text := file.read_bytes()) not in JUDGED:
            new[schema][str(file)] = text
    for schema, texts in new.items():
        command = ["jing", "-c", str(SCHEMAS / schema), *texts]
        run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        said = defaultdict(list)
        for line in run.stdout.decode("utf-8", "replace").splitlines():
            found = JING.match(line)
            if not found or found[1] not in texts:
                raise Refused(f"jing: {line}")
            said[found[1]].append(found[2])
        if run.returncode not in (0, 1) or bool(run.returncode) != bool(said):
            raise Refused(f"jing exits {run.returncode}: {run.stderr.decode('utf-8', 'replace')}")
        for name, text in texts.items():
            JUDGED[schema, text] = said[name]


def schema(file):
    """jing has nothing to say against the file under the schema of its root."""
    name = SCHEMA.get(root(file))
    if not name:
        raise Refused(f"{file.name}: no schema for {root(file)}")
    said = JUDGED[name, file.read_bytes()]
    if said:
        raise Refused(f"{file.name}: jing, {name}: {said[0]}")


# The same document, says ElementTree.


class Shape(NamedTuple):
    """What an element says, without what Atom and AtomPub leave open: white space between the
    children of structure, and the order of Atom's elements."""

    tag: str
    attributes: tuple
    text: str
    # Atom's children of structure: by name, sorted, since their order means nothing.
    loose: tuple
    # AtomPub's children of AtomPub's structure: by name, in order.
    named: tuple
    # All others: each with the text after it, in order.
    ordered: tuple


def shape(element, trim):
    """The shape of an element; `trim` leaves white space out around the values of `TRIMMED`, and
    around the div of XHTML."""
    structural = element.tag in STRUCTURE
    loose, named, ordered = defaultdict(list), defaultdict(list), []
    text = element.text or ""
    for child in element:
        tail = child.tail or ""
        if not structural:
            ordered.append((verbatim(child), tail))
            continue
        text += tail
        if child.tag.startswith(ATOM):
            loose[child.tag].append(shape(child, trim))
        elif child.tag.startswith(APP) and element.tag.startswith(APP):
            named[child.tag].append(shape(child, trim))
        else:
            ordered.append((verbatim(child), ""))
    if structural and not text.strip():
        text = ""
    if trim and element.tag in TRIMMED:
        text = text.strip()
    if trim and [child.tag for child in element] == [XHTML + "div"]:
        if element.tag.startswith(ATOM) and element.get("type") == "xhtml":
            text = text.strip()
            ordered = [(inner, tail.strip()) for inner, tail in ordered]
    return Shape(
        element.tag,
        tuple(sorted(element.attrib.items())),
        text,
        tuple((name, tuple(sorted(loose[name]))) for name in sorted(loose)),
        tuple((name, tuple(named[name])) for name in sorted(named)),
        tuple(ordered),
    )


def verbatim(element):
    """The shape of an element in which all counts: its order, and each white space."""
    inner = tuple((verbatim(child), child.tail or "") for child in element)
    return Shape(element.tag, tuple(sorted(element.attrib.items())), element.text or "", (), (), inner)


def difference(source, written, path=""):
    """Where two shapes that are not equal first part."""
    path = f"{path}/{source.tag.rpartition('}')[2]}"
    if source.tag != written.tag:
        return f"{path}: {source.tag} became {written.tag}"
    if source.attributes != written.attributes:
        return f"{path}: attributes {dict(source.attributes)} became {dict(written.attributes)}"
    if source.text != written.text:
        return f"{path}: text {source.text!r} became {written.text!r}"
    for before, after in ((dict(source.loose), dict(written.loose)), (dict(source.named), dict(written.named))):
        for name in sorted({*before, *after}):
            left, right = before.get(name, ()), after.get(name, ())
            if len(left) != len(right):
                return f"{path}: {len(left)} of {name} became {len(right)}"
            for one, other in pairs(left, right):
                return difference(one, other, path)
    before, after = ([child.tag for child, _ in side.ordered] for side in (source, written))
    if before != after:
        return f"{path}: children {before} became {after}"
    for (one, tail), (other, after) in zip(source.ordered, written.ordered):
        if one != other:
            return difference(one, other, path)
        if tail != after:
            return f"{path}: text {tail!r} after {one.tag} became {after!r}"
    raise AssertionError("equal shapes do not differ")


def pairs(left, right):
    """The elements of two lists that differ. Where the lists hold the same in another order, they
    differ by place; else what both hold is no part of the difference."""
    if Counter(left) != Counter(right):
        both = Counter(left) & Counter(right)
        left, right = list((Counter(left) - both).elements()), list((Counter(right) - both).elements())
    return [(one, other) for one, other in zip(left, right) if one != other]


START_TAG = re.compile(r"""<[^\s<>/!?]+(?:[^<>"']|"[^"]*"|'[^']*')*?(?=/?>)""")
BEFORE_ROOT = re.compile(r"\ufeff?(?:\s|<\?.*?\?>|<!--.*?-->)*", re.S)


def declare(text, prefixes):
    """A fragment with the prefixes declared in its root that it does not declare itself."""
    tag = START_TAG.match(text, BEFORE_ROOT.match(text).end())
    if not tag:
        raise Refused("source.xml: no start tag")
    declarations = ""
    for prefix, namespace in prefixes.items():
        name = f"xmlns:{prefix}" if prefix else "xmlns"
        if not re.search(rf"\s{re.escape(name)}\s*=", tag.group()):
            declarations += f' {name}="{namespace}"'
    return text[: tag.end()] + declarations + text[tag.end() :]


def same_document(case):
    """What was read and what was written say the same; gives a remark where only white space that
    means nothing differs."""
    source = (case / "source.xml").read_text("utf-8")
    prefixes = case / "prefix.json"
    if prefixes.exists():
        source = declare(source, json.loads(prefixes.read_text("utf-8")))
    before = ElementTree.fromstring(source.encode("utf-8"))
    after = ElementTree.fromstring((case / "written.xml").read_bytes())
    if shape(before, False) == shape(after, False):
        return ""
    before, after = shape(before, True), shape(after, True)
    if before == after:
        return " (white space around a value differs)"
    raise Refused(difference(before, after))


def canonical(case):
    """Writing what was written writes the same, once both are in canonical form."""
    written, again = (
        ElementTree.canonicalize(from_file=str(case / name)) for name in ("written.xml", "again.xml")
    )
    if written.encode() != again.encode():
        at = next((i for i, (a, b) in enumerate(zip(written, again)) if a != b), min(len(written), len(again)))
        raise Refused(f"C14N: {written[at - 20 : at + 40]!r} became {again[at - 20 : at + 40]!r}")


# The same feed, says feedparser.

INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d):(\d\d)(?:\.\d+)?(?:Z|([+-]\d\d:\d\d))", re.I)
BASE = re.compile(r"""\sxml:base\s*=\s*("[^"]*"|'[^']*')""")
TAG = re.compile(r"""<(?:[^<>"']|"[^"]*"|'[^']*')*>""")
RELATION = "http://www.iana.org/assignments/relation/"


def instant(text):
    """The instant that RFC 3339 text names, to the second, as feedparser has it."""
    found = INSTANT.fullmatch(text.strip())
    if not found:
        raise Refused(f"told.json: {text!r} is not a date")
    minute = datetime.strptime(found[1].upper() + (found[3] or "+00:00"), "%Y-%m-%dT%H:%M%z")
    return (minute + timedelta(seconds=int(found[2]))).astimezone(timezone.utc).timetuple()[:6]


def link(href, rel, media_type):
    """A link with feedparser's defaults, which it does not tell from what was written."""
    rel = rel or "alternate"
    rel = rel[len(RELATION) :] if rel.startswith(RELATION) else rel
    return href, rel, media_type or ("application/atom+xml" if rel == "self" else "text/html")


def told(what):
    """What our reader read, in the form that feedparser's answer takes below."""
    links = [link(one.get("href"), one.get("rel"), one.get("type")) for one in what.get("links") or []]
    title = what.get("title")
    return {
        "id": (what.get("id") or "").strip(),
        "title": (title or "").split(),
        "updated": instant(what["updated"]) if what.get("updated") else None,
        "published": instant(what["published"]) if what.get("published") else None,
        "links": sorted(links),
    }


def heard(what):
    """What feedparser read; `dict.get`, since its own `get` answers for a missing key with others."""
    title = dict.get(what, "title") or ""
    if dict.get(what, "title_detail", {}).get("type") == "application/xhtml+xml":
        title = TAG.sub("", title).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    dates = {}
    for name in ("updated", "published"):
        parsed = dict.get(what, name + "_parsed")
        if dict.get(what, name) and not parsed:
            raise Refused(f"feedparser: cannot read {name} {dict.get(what, name)!r}")
        dates[name] = tuple(parsed[:6]) if parsed else None
    links = [link(one.get("href"), one.get("rel"), one.get("type")) for one in dict.get(what, "links", [])]
    return {"id": dict.get(what, "id") or "", "title": title.split(), **dates, "links": sorted(links)}


def same_feed(case):
    """feedparser reads from what was written what our reader read from the source."""
    expected = json.loads((case / "told.json").read_text("utf-8"))
    kind = expected["kind"]
    text = (case / "written.xml").read_text("utf-8")
    # Links are compared as they stand, not resolved.
    text = TAG.sub(lambda tag: BASE.sub("", tag.group()), text)
    if kind == "entry":
        text = f'<feed xmlns="{ATOM[1:-1]}">{text[BEFORE_ROOT.match(text).end() :]}</feed>'
    elif kind != "feed":
        raise Refused(f"told.json: kind {kind!r}")
    found = feedparser.parse(
        io.BytesIO(text.encode("utf-8")),
        response_headers={"content-type": "application/atom+xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if found.bozo:
        raise Refused(f"feedparser: {found.bozo_exception}")
    if kind == "entry":
        expected = {"entries": [expected]}
    pairs_of = [("feed", told(expected), heard(found.feed))]
    entries = expected.get("entries") or []
    if len(entries) != len(found.entries):
        raise Refused(f"feedparser: {len(found.entries)} entries, not {len(entries)}")
    # The order of entries means nothing, but an entry may stand in a feed twice.
    sides = (sorted(map(told, entries), key=repr), sorted(map(heard, found.entries), key=repr))
    pairs_of += [(f"entry {ours['id']}", ours, theirs) for ours, theirs in zip(*sides)]
    for name, ours, theirs in pairs_of:
        for key, value in ours.items():
            if value != theirs[key]:
                raise Refused(f"feedparser: {name}: {key} {theirs[key]!r}, not {value!r}")


# The same links, says httplink.

# RFC 8187 section 3.2.1 lets the language be empty; httplink 0.2.0 asks for one.
httplink.RE_EXT_VALUE = re.compile(
    httplink.RE_EXT_VALUE.pattern.replace("([-0-9A-Za-z]+)", "([-0-9A-Za-z]*)"), re.X
)


def parameter(one, name):
    """The first parameter of a name, since those after it do not count (RFC 8288 section 3)."""
    starred = next((v for k, v in one.attributes if k.lower() == name + "*"), None)
    if starred is not None and name == "title":
        return httplink.decode_extended_value(starred)[0]
    return next((v for k, v in one.attributes if k.lower() == name), None)


def same_links(field):
    """httplink reads from the field's lines what our reader read."""
    expected = [
        {
            "target": one["target"],
            "rel": sorted(rel.lower() for rel in one["rel"]),
            **{name: one.get(name) for name in ("anchor", "title", "type")},
        }
        for one in json.loads(field.with_suffix(".json").read_text("utf-8"))
    ]
    found = []
    for line in field.read_text("utf-8").split("\n"):
        try:
            links = httplink.parse_link_header(line).links
        except ValueError as error:
            raise Refused(f"httplink: {error}") from error
        for one in links:
            rel = sorted(parameter(one, "rel").lower().split())
            rest = {name: parameter(one, name) for name in ("anchor", "title", "type")}
            found.append({"target": one.target, "rel": rel, **rest})
    for ours, theirs in zip(expected, found):
        if ours != theirs:
            raise Refused(f"httplink: {theirs}, not {ours}")
    if len(expected) != len(found):
        raise Refused(f"httplink: {len(found)} links, not {len(expected)}")


# The same list of feeds, says listparser.


def same_list(file):
    """xmllint takes the list, and listparser reads from it what our reader read."""
    lint(file)
    expected = json.loads(file.with_suffix(".json").read_text("utf-8"))
    found = listparser.parse(file.read_bytes())
    if found.bozo or found.version != "opml2":
        raise Refused(f"listparser: {found.version}, {found.bozo_exception}")
    if found.meta.get("title") != expected["title"]:
        raise Refused(f"listparser: title {found.meta.get('title')!r}, not {expected['title']!r}")
    theirs = sorted(
        (one.url, one.title, list(one.categories[0]) if one.categories else [])
        for one in [*found.feeds, *found.lists]
    )
    ours = sorted((one["url"], one["title"], one["around"]) for one in expected["outlines"])
    if ours != theirs:
        raise Refused(f"listparser: {theirs}, not {ours}")


# All cases of a directory.


def is_stored(case):
    """Whether the case is a document as a server stores it, for which the schemas are made."""
    return not (case / "submitted").exists()


def document(case):
    """All checks of one document; gives what is to be remarked."""
    for name in ("written.xml", "again.xml"):
        lint(case / name)
        if is_stored(case):
            schema(case / name)
    remark = same_document(case)
    canonical(case)
    if (case / "told.json").exists():
        same_feed(case)
        remark += " (feedparser too)"
    if is_stored(case):
        remark += " (jing too)"
    return remark


def judge(directory, say=print):
    """Whether all cases hold, and there are some for each reader."""
    documents = sorted(path for path in directory.glob("xml/*") if path.is_dir())
    fields = {path.with_suffix(".field") for path in directory.glob("links/*") if path.suffix in (".field", ".json")}
    lists = sorted(directory.glob("opml/*.opml"))
    cases = [(path, document) for path in documents]
    cases += [(path, same_list) for path in lists]
    cases += [(path, same_links) for path in sorted(fields)]
    failed = 0
    stored = [case / name for case in documents if is_stored(case) for name in ("written.xml", "again.xml")]
    ask_jing([file for file in stored if file.exists()])
    kinds = {root(file) for file in stored}
    for path, check in cases:
        name = path.relative_to(directory).with_suffix("") if check is same_links else path.relative_to(directory)
        try:
            say(f"ok   {name}{check(path) or ''}")
        except (Refused, ElementTree.ParseError, OSError, ValueError, KeyError) as error:
            failed += 1
            said = error if isinstance(error, Refused) else f"{type(error).__name__}: {error}"
            say(f"FAIL {name}: {said}")
    lacking = [
        what
        for what, some in (
            ("document in xml/", documents),
            ("told.json in xml/", list(directory.glob("xml/*/told.json"))),
            ("list in opml/", lists),
            ("field in links/", fields),
        )
        if not some
    ] + [f"{kind} for jing" for kind in SCHEMA if kind not in kinds]
    for what in lacking:
        say(f"FAIL no {what}: nothing was checked")
    say(f"{len(documents)} documents, {len(lists)} lists of feeds, {len(fields)} Link fields: {failed} failed")
    return not failed and not lacking


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: check.py DIR")
    sys.exit(0 if judge(Path(sys.argv[1])) else 1)
