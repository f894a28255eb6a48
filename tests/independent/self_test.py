#!/usr/bin/env python3
"""Shows that each check of check.py can fail: good cases pass, and each is refused once doctored,
by the check meant for it."""

import json
import shutil
import sys
import tempfile
from pathlib import Path

from check import judge

SOURCE = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:x="http://example.com/x" xml:lang="en">
  <id>urn:feed</id>
  <title>Feed &amp; more</title>
  <updated>2024-01-01T00:00:00Z</updated>
  <link rel="self" href="/feed"/>
  <link href="/" type="text/html"/>
  <x:first n="1"> a <x:in/> b </x:first>
  <x:second/>
  <entry>
    <id>urn:one</id>
    <title type="html">One &lt;b&gt;bold&lt;/b&gt;</title>
    <updated>2024-01-02T01:00:00.5+01:00</updated>
    <published>2024-01-01T12:00:00Z</published>
    <link href="one" xml:base="/entries/"/>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>a</p> <i>b</i></div></content>
  </entry>
</feed>
"""
# As a writer may write it: other prefixes, no white space, Atom's elements in another order.
WRITTEN = (
    '<a:feed xmlns:a="http://www.w3.org/2005/Atom" xml:lang="en"><a:link href="/" type="text/html"/>'
    '<a:title>Feed &amp; more</a:title><a:id>urn:feed</a:id><a:updated>2024-01-01T00:00:00Z</a:updated>'
    '<a:link href="/feed" rel="self"/><y:first xmlns:y="http://example.com/x" n="1"> a <y:in/> b </y:first>'
    '<a:entry><a:id>urn:one</a:id><a:title type="html">One &lt;b>bold&lt;/b></a:title>'
    '<a:updated>2024-01-02T01:00:00.5+01:00</a:updated><a:published>2024-01-01T12:00:00Z</a:published>'
    '<a:link href="one" xml:base="/entries/"/><a:content type="xhtml">'
    '<div xmlns="http://www.w3.org/1999/xhtml"><p>a</p> <i>b</i></div></a:content></a:entry>'
    '<y:second xmlns:y="http://example.com/x"/></a:feed>'
)
TOLD = {
    "kind": "feed",
    "id": "urn:feed",
    "title": "Feed & more",
    "updated": "2024-01-01T00:00:00Z",
    "links": [{"href": "/feed", "rel": "self"}, {"href": "/", "type": "text/html"}],
    "entries": [
        {
            "id": "urn:one",
            "title": "One <b>bold</b>",
            "updated": "2024-01-02T01:00:00.5+01:00",
            "published": "2024-01-01T12:00:00Z",
            "links": [{"href": "one", "rel": "alternate"}],
        }
    ],
}
ENTRY = (
    '<?xml version="1.0"?>\n<entry xmlns="http://www.w3.org/2005/Atom"><id> urn:e </id>'
    '<title type="xhtml"> {}</title></entry>'
)
DIV = '<div xmlns="http://www.w3.org/1999/xhtml">a &lt; <b>b</b></div>'
SERVICE = (
    '<service><workspace><atom:title>w</atom:title><collection href="1"/><collection href="2"/>'
    "<fsm:query/></workspace></service>"
)
PREFIXES = {
    "": "http://www.w3.org/2007/app",
    "atom": "http://www.w3.org/2005/Atom",
    "fsm": "http://dret.net/fsm/1.0",
}
DECLARED = "".join(f' xmlns{":" if name else ""}{name}="{uri}"' for name, uri in PREFIXES.items())
FIELD = (
    "</a>; rel=next; title=\"x\"; title*=UTF-8''%e2%82%ac; anchor=\"#b\", <b,c>;rel=\"Up prev\"\n"
    '<d>; rel="x"; rel="ignored"; type="text/plain"; title="a \\"b\\""'
)
LINKS = [
    {"target": "/a", "rel": ["next"], "anchor": "#b", "title": "€", "type": None},
    {"target": "b,c", "rel": ["up", "prev"], "anchor": None, "title": None, "type": None},
    {"target": "d", "rel": ["x"], "anchor": None, "title": 'a "b"', "type": "text/plain"},
]
# Documents that the schemas take as they stand.
HEAD = "<id>urn:b</id><title>b</title><updated>2026-01-01T00:00:00Z</updated>"
VALID = {
    "stored": f'<feed xmlns="http://www.w3.org/2005/Atom">{HEAD}<author><name>a</name></author>'
    f'<link rel="self" href="/"/><entry>{HEAD}<content type="text/csv">a,b</content></entry></feed>',
    "stored-entry": f'<entry xmlns="http://www.w3.org/2005/Atom">{HEAD}<link href="/"/></entry>',
    "stored-service": f'<service{DECLARED}><workspace><atom:title>w</atom:title></workspace></service>',
    "categories": f'<categories{DECLARED} fixed="yes"><atom:category term="t"/></categories>',
    "collection": f'<collection{DECLARED} href="c"><atom:title>c</atom:title></collection>',
    "deleted-entry": '<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0"'
    ' ref="urn:e" when="2026-01-01T00:00:00Z"><at:comment>gone</at:comment></at:deleted-entry>',
}
OPML = (
    '<opml version="2.0"><head><title>t</title></head><body><outline text="f">'
    '<outline text="a &amp; b" type="rss" xmlUrl="http://a/"/></outline></body></opml>'
)
LISTED = {"title": "t", "outlines": [{"url": "http://a/", "title": "a & b", "around": ["f"]}]}
GOOD = {
    **{f"xml/{name}/{file}.xml": text for name, text in VALID.items() for file in ("source", "written", "again")},
    **{f"xml/{name}/submitted": "" for name in ("feed", "entry", "service")},
    "opml/some.opml": OPML,
    "opml/some.json": json.dumps(LISTED),
    "xml/feed/source.xml": SOURCE,
    "xml/feed/written.xml": WRITTEN,
    "xml/feed/again.xml": WRITTEN.replace('href="/feed" rel="self"/', 'rel = "self" href="/feed"></a:link'),
    "xml/feed/told.json": json.dumps(TOLD),
    "xml/entry/source.xml": ENTRY.format(DIV),
    "xml/entry/written.xml": ENTRY.format(DIV).replace(" urn:e ", "urn:e").replace("> <div", "><div"),
    "xml/entry/again.xml": ENTRY.format(DIV).replace(" urn:e ", "urn:e").replace("> <div", "><div"),
    "xml/entry/told.json": json.dumps({"kind": "entry", "id": "urn:e", "title": "a < b"}),
    "xml/service/source.xml": SERVICE,
    "xml/service/prefix.json": json.dumps(PREFIXES),
    "xml/service/written.xml": SERVICE.replace("<service", f"<service{DECLARED}"),
    "xml/service/again.xml": SERVICE.replace("<service", f"<service{DECLARED}"),
    "links/some.field": FIELD,
    "links/some.json": json.dumps(LINKS),
}

FEED, AGAIN, SAID = "xml/feed/written.xml", "xml/feed/again.xml", "xml/feed/told.json"
# What is done to a good file (this text becomes that), and what the check then says.
DOCTORED = [
    ("not well-formed", FEED, "</a:feed>", "", "written.xml: xmllint exits 1"),
    ("not well-formed again", AGAIN, "</a:feed>", "", "again.xml: xmllint exits 1"),
    ("xmllint only warns", FEED, "<a:feed ", '<a:feed xmlns:r="a b" ', "xmllint exits 0: "),
    ("attribute's value", FEED, 'n="1"', 'n="2"', "/feed/first: attributes"),
    ("attribute dropped", FEED, ' xml:lang="en"', "", "/feed: attributes"),
    ("attribute's namespace", FEED, ' n="1"', ' y:n="1"', "/feed/first: attributes"),
    ("attribute's link", FEED, 'href="/" ', 'href="/x" ', "/feed/link: attributes"),
    ("element's namespace", FEED, "<y:in/>", "<in/>", "/feed/first: children"),
    ("XHTML swapped", FEED, "<p>a</p> <i>b</i>", "<i>b</i> <p>a</p>", "/entry/content/div: children"),
    ("XHTML's white space", FEED, "</p> <i>", "</p><i>", "/entry/content/div: text ' ' after"),
    ("foreign dropped", FEED, '<y:second xmlns:y="http://example.com/x"/>', "", "/feed: children"),
    ("foreign's text", FEED, "> a <", ">a <", "/feed/first: text ' a '"),
    ("foreign's tail", FEED, "/> b <", "/> c <", "/feed/first: text ' b ' after"),
    ("entry's id", FEED, "urn:one", "urn:two", "/feed/entry/id: text 'urn:one' became 'urn:two'"),
    ("title's white space", FEED, "<a:title>Feed", "<a:title> Feed", "/feed/title: text"),
    ("text in structure", FEED, "</a:id><a:updated>", "</a:id>stray<a:updated>", "/feed: text '' became 'stray'"),
    ("link twice", FEED, "<a:entry>", '<a:link href="/" type="text/html"/><a:entry>', "/feed: 2 of"),
    ("collection dropped", "xml/service/written.xml", '<collection href="1"/>', "", "/workspace: 2 of"),
    ("collections swapped", "xml/service/written.xml", '"1"/><collection href="2', '"2"/><collection href="1', "/collection: a"),
    ("prefix not declared", "xml/service/prefix.json", '"fsm"', '"fsn"', "unbound prefix"),
    ("written otherwise again", AGAIN, "urn:one", "urn:two", "C14N: "),
    ("entry's id", "xml/stored/written.xml", "<entry><id>urn:b</id>", "<entry>", 'jing, rfc4287-atom.rnc: '),
    ("entry before metadata again", "xml/stored/again.xml", "<title>b</title>", "<entry/><title>b</title>", "again.xml: jing, "),
    ("entry's date", "xml/stored-entry/written.xml", "T00:00:00Z", " 00:00:00Z", "jing, rfc4287-atom.rnc: "),
    ("attribute nobody knows", "xml/stored/written.xml", "<entry>", '<entry x="1">', "jing, rfc4287-atom.rnc: "),
    ("no workspace", "xml/stored-service/written.xml", "<workspace><atom:title>w</atom:title></workspace>", "", "jing, rfc5023-service.rnc: "),
    ("neither yes nor no", "xml/categories/written.xml", '"yes"', '"true"', "jing, rfc5023-categories.rnc: "),
    ("collection's title", "xml/collection/written.xml", "<atom:title>c</atom:title>", "", "jing, collection.rnc: "),
    ("when", "xml/deleted-entry/written.xml", ' when="2026-01-01T00:00:00Z"', "", "jing, deleted-entry.rnc: "),
    ("no schema", "xml/collection/written.xml", "2007/app", "2006/app", "no schema for"),
    ("list not well-formed", "opml/some.opml", "</opml>", "", "some.opml: xmllint exits 1"),
    ("list's feed", "opml/some.opml", "http://a/", "http://b/", "listparser: [('http://b/'"),
    ("list's folder", "opml/some.json", '["f"]', "[]", "listparser: [('http://a/'"),
    ("list's title", "opml/some.json", '"title": "t"', '"title": "u"', "listparser: title 't'"),
    ("list's version", "opml/some.opml", ' version="2.0"', "", "listparser: opml"),
    ("no source", "xml/feed/source.xml", None, None, "FileNotFoundError"),
    ("not written again", AGAIN, None, None, "again.xml: xmllint exits"),
    ("told another id", SAID, '"urn:one"', '"urn:two"', "feedparser: entry urn:two: id"),
    ("told another feed's id", SAID, '"urn:feed"', '"urn:two"', "feedparser: feed: id"),
    ("told another title", SAID, "Feed &", "Feed and", "feedparser: feed: title"),
    ("told another markup", SAID, "<b>bold</b>", "bold", "feedparser: entry urn:one: title"),
    ("told another instant", SAID, ".5+01:00", ".5+02:00", "feedparser: entry urn:one: updated"),
    ("told no published", SAID, '"published"', '"issued"', "feedparser: entry urn:one: published"),
    ("told another href", SAID, '"/feed"', '"/fee"', "feedparser: feed: links"),
    ("told another rel", SAID, '"alternate"', '"edit"', "feedparser: entry urn:one: links"),
    ("told another type", SAID, '"text/html"', '"text/plain"', "feedparser: feed: links"),
    ("told no entries", SAID, '"entries"', '"members"', "feedparser: 1 entries, not 0"),
    ("told another entry's id", "xml/entry/told.json", "urn:e", "urn:f", "feedparser: entry urn:f: id"),
    ("told another entry's title", "xml/entry/told.json", "a < b", "a b", "feedparser: entry urn:e: title"),
    ("link's target", "links/some.field", "</a>", "</b>", "httplink: {'target': '/b'"),
    ("link's rel", "links/some.json", '"prev"', '"next"', "httplink: {'target': 'b,c'"),
    ("link's anchor", "links/some.json", '"#b"', '"#c"', "httplink: {'target': '/a'"),
    ("link's title", "links/some.field", "%e2%82%ac", "%e2%82%ad", "httplink: {'target': '/a'"),
    ("link's type", "links/some.field", "text/plain", "text/html", "httplink: {'target': 'd'"),
    ("link dropped", "links/some.field", ', <b,c>;rel="Up prev"', "", "httplink: {'target': 'd'"),
    ("last link dropped", "links/some.field", "\n<d>", "\n,", "httplink: Bad link"),
    ("link not told", "links/some.json", ", " + json.dumps(LINKS[2]), "", "httplink: 3 links, not 2"),
    ("link told in excess", "links/some.json", "}]", '}, {"target": "e", "rel": []}]', "httplink: 3 links, not 4"),
    ("not JSON", "links/some.json", "[", "", "JSONDecodeError"),
    ("link's quote left open", "links/some.field", '\\""', '\\"', "httplink: Bad link"),
    ("no field", "links/some.field", None, None, "FileNotFoundError"),
    ("no told", "links/some.json", None, None, "FileNotFoundError"),
]
# What is taken away, and what is then said to be lacking.
LACKING = [
    (["xml", "links"], "no document in xml/"),
    (["xml"], "no document in xml/"),
    (["xml/feed/told.json", "xml/entry/told.json"], "no told.json in xml/"),
    (["links"], "no field in links/"),
    (["opml"], "no list in opml/"),
    (["xml/collection"], "}collection for jing"),
    (["xml/deleted-entry"], "}deleted-entry for jing"),
]


def outcome(change):
    """Whether the good cases hold once changed, and the lines that were said."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        for path, text in GOOD.items():
            (directory / path).parent.mkdir(parents=True, exist_ok=True)
            (directory / path).write_text(text, "utf-8")
        change(directory)
        said = []
        return judge(directory, said.append), said


def replace(directory, path, old, new):
    """Doctors a file."""
    file = directory / path
    if old is None:
        file.unlink()
        return
    text = file.read_text("utf-8")
    assert text.count(old) >= 1, f"{path} has no {old}"
    file.write_text(text.replace(old, new, 1), "utf-8")


def remove(directory, paths):
    """Takes files and directories away."""
    for path in paths:
        file = directory / path
        if file.is_file():
            file.unlink()
        else:
            shutil.rmtree(file)


def main():
    """Exits 0 when good cases pass and all others are refused for the right reason."""
    wrong = 0
    passed, said = outcome(lambda directory: None)
    good = passed and len(said) == len([*VALID, "feed", "entry", "service", "list", "some", "summary"])
    print("\n".join(said))
    wrong += not good
    trials = [
        (name, lambda at, path=path, old=old, new=new: replace(at, path, old, new), words)
        for name, path, old, new, words in DOCTORED
    ] + [(words, lambda at, paths=paths: remove(at, paths), words) for paths, words in LACKING]
    for name, change, words in trials:
        passed, said = outcome(change)
        failures = [line for line in said if line.startswith("FAIL")]
        refused = not passed and any(words in line for line in failures)
        wrong += not refused
        print(f"{'ok   refused' if refused else 'WRONG'} {name}: {'; '.join(failures) or 'passed'}")
    print(f"{len(trials)} doctored: {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
