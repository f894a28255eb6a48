#!/usr/bin/env python3
"""Compares the linksets that our writers wrote with what readers read that share no code with ours.

usage: linksets.py DIR      checks DIR/linksets/NAME.json, NAME.linkset, NAME.core and NAME.told
       linksets.py          shows that each check can fail

NAME.told has the links that our reader read. Of NAME.json, Python's json must give these links by the
shapes of RFC 9264 section 4.2, and signposting (which reads the relation types of FAIR Signposting, and
URIs) those that it knows. Of NAME.linkset, httplink must give them, with line breaks as spaces. Of
NAME.core, which is in the CoRE Link Format, link_header must give them, resolved as RFC 6690 says.
"""

import json
import sys
import tempfile
import warnings
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import httplink
import link_header
from check import parameter
from signposting.linkset import LinksetJSON, _parse_linkset_json
from signposting.signpost import SIGNPOSTING

HERE = "https://example.org/links"


class Refused(Exception):
    """What differs."""


def expect(holds, words):
    if not holds:
        raise Refused(words)


def members(pairs):
    """An object, in which no two members have the same name (RFC 8259 section 4)."""
    names = [name for name, _ in pairs]
    expect(len(names) == len(set(names)), f"a name occurs twice: {names}")
    return dict(pairs)


def shaped(text):
    """The links of a document, which has the shapes of RFC 9264 sections 4.2.1 to 4.2.4."""
    document = json.loads(text, object_pairs_hook=members)
    expect(isinstance(document, dict) and list(document) == ["linkset"], "linkset is not the sole member")
    expect(isinstance(document["linkset"], list), "linkset is no array")
    links = []
    for context in document["linkset"]:
        expect(isinstance(context, dict), "a context is no object")
        anchor = context.pop("anchor", None)
        expect(anchor is None or isinstance(anchor, str), "an anchor is no string")
        for rel, targets in context.items():
            if isinstance(targets, str):
                continue  # a description, which section 4.2.5 allows
            expect(isinstance(targets, list), f"{rel} is no array")
            for target in targets:
                expect(isinstance(target, dict), f"a target of {rel} is no object")
                href = target.pop("href", None)
                expect(isinstance(href, str), "a target has no href")
                attributes = [one for name, value in target.items() for one in values(name, value)]
                links.append({"anchor": anchor, "rel": rel, "href": href, "attributes": attributes})
    return links


def values(name, value):
    """The values of an attribute, each with its name and its language (section 4.2.4)."""
    if name in ("media", "title", "type"):
        expect(isinstance(value, str), f"{name} is no string")
        return [[name, value, None]]
    expect(isinstance(value, list) and value, f"{name} is no array of values")
    if not name.endswith("*"):
        expect(all(isinstance(one, str) for one in value), f"{name} has a value that is no string")
        return [[name, one, None] for one in value]
    expect(all(set(one) in ({"value"}, {"value", "language"}) for one in value), f"{name} has other members")
    return [[name, one["value"], one.get("language")] for one in value]


def in_order(links):
    return sorted(links, key=lambda link: json.dumps(link, sort_keys=True))


def same(reader, found, expected):
    for theirs, ours in zip(found, expected):
        expect(theirs == ours, f"{reader}: {theirs}, not {ours}")
    expect(len(found) == len(expected), f"{reader}: {len(found)} links, not {len(expected)}")


def by_signposting(text, expected):
    """What signposting reads of the links that it knows. It keeps each link once."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        read = _parse_linkset_json(LinksetJSON(text, "application/linkset+json", HERE, HERE)).signposts
    found = {(str(one.context), str(one.rel), str(one.target), str(one.type or "")) for one in read}
    known = [one for one in expected if one["rel"] in SIGNPOSTING or ":" in one["rel"]]
    types = [next((value for name, value, _ in one["attributes"] if name == "type"), "") for one in known]
    ours = {(one["anchor"] or HERE, one["rel"], one["href"], type_) for one, type_ in zip(known, types)}
    same("signposting", sorted(found), sorted(ours))
    return len(ours)


def by_httplink(text, expected):
    """What httplink reads of the text."""
    found = []
    line = " ".join(text.split("\n")).strip()
    for one in httplink.parse_link_header(line).links if line else []:
        rest = {name: parameter(one, name) for name in ("anchor", "rel", "title", "type")}
        found.append({"href": one.target, **rest})
    ours = []
    for link in expected:
        first = {}
        for name, value, _ in link["attributes"]:
            first.setdefault(name, value)
        title = first.get("title*", first.get("title"))
        ours.append({"href": link["href"], "anchor": link["anchor"], "rel": link["rel"], "title": title, "type": first.get("type")})
    same("httplink", in_order(found), in_order(ours))


def origin(uri):
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


def by_link_header(text, expected):
    """What link_header reads of a document in the CoRE Link Format.

    A link without an anchor leads from the origin of its target or of the document, a relative target is
    resolved against the anchor, and a link without rel has the relation type hosts (RFC 6690 sections 2
    to 2.2).
    """
    found = []
    for one in link_header.parse(text).links:
        pairs = dict(one.attr_pairs)
        rel, anchor = pairs.pop("rel", "hosts"), pairs.pop("anchor", None)
        context = urljoin(HERE, anchor) if anchor else origin(urljoin(HERE, one.href))
        attributes = []
        for name, value in one.attr_pairs:
            if name in ("rel", "anchor"):
                continue
            charset, language, rest = value.split("'", 2) if name.endswith("*") else (None, None, value)
            expect(charset in (None, "UTF-8"), f"link_header: {charset}")
            attributes.append([name, unquote(rest) if charset else rest, language or None])
        found.append({"anchor": context, "rel": rel, "href": urljoin(context, one.href), "attributes": attributes})
    ours = []
    for link in expected:
        uris = {"anchor": urljoin(HERE, link["anchor"] or ""), "href": urljoin(HERE, link["href"])}
        ours.append({**link, **uris})
    same("link_header", in_order(found), in_order(ours))


def check(told):
    """All checks of one linkset; gives what is to be remarked."""
    expected = json.loads(told.read_text("utf-8"))
    text = told.with_suffix(".json").read_text("utf-8")
    same("json", in_order(shaped(text)), in_order(expected))
    count = by_signposting(text, expected)
    remark = f" ({len(expected)} links, {count} of them by signposting"
    as_text = told.with_suffix(".linkset")
    if as_text.exists():
        by_httplink(as_text.read_text("utf-8"), expected)
        remark += ", as text by httplink"
    core = told.with_suffix(".core")
    if core.exists():
        by_link_header(core.read_text("utf-8"), expected)
        remark += ", in the CoRE Link Format by link_header"
    return remark + ")"


def judge(directory, say=print):
    """Whether all linksets hold, and there are some of each form."""
    failed, cases = 0, sorted((directory / "linksets").glob("*.told"))
    for told in cases:
        try:
            say(f"ok   {told.stem}{check(told)}")
        except (Refused, OSError, ValueError, KeyError, TypeError) as error:
            failed += 1
            say(f"FAIL {told.stem}: {error}")
    texts, cores = (list((directory / "linksets").glob(f"*.{form}")) for form in ("linkset", "core"))
    say(f"{len(cases)} linksets, {len(texts)} also as text, {len(cores)} in the CoRE Link Format: {failed} failed")
    return not failed and cases and texts and cores


LINK = {
    "anchor": "https://a/",
    "rel": "https://a/rel",
    "href": "https://b/",
    "attributes": [["type", "text/html", None], ["title*", "ä", "de"]],
}
GOOD = {
    "told": json.dumps([LINK]),
    "json": '{"linkset":[{"anchor":"https://a/","https://a/rel":[{"href":"https://b/","type":"text/html","title*":[{"value":"ä","language":"de"}]}]}]}',
    "linkset": "<https://b/>\n; rel=\"https://a/rel\"; anchor=\"https://a/\"; type=\"text/html\"; title*=UTF-8'de'%C3%A4\n",
    "core": "<https://b/>;anchor=\"https://a/\";rel=\"https://a/rel\";type=\"text/html\";title*=UTF-8'de'%C3%A4",
}
# What is changed, and what is then said.
DOCTORED = [
    ("json", '{"linkset"', '{"x":1,"linkset"', "sole member"),
    ("json", '[{"href":"https://b/"', '{"href":"https://b/"', "Expecting"),
    ("json", '"type":', '"type":"a/b","type":', "occurs twice"),
    ("json", '"de"', '"fr"', "json:"),
    ("json", '[{"value":"ä","language":"de"}]', '"ä"', "no array"),
    ("json", '"text/html"', '["text/html"]', "no string"),
    ("json", "https://b/", "https://c/", "json:"),
    ("linkset", "https://b/", "https://c/", "httplink:"),
    ("linkset", "%C3%A4", "%C3%B6", "httplink:"),
    ("linkset", "anchor", "x", "httplink:"),
    ("linkset", "<", "", "ailed"),
    ("core", "https://b/", "https://c/", "link_header:"),
    ("core", "%C3%A4", "%C3%B6", "link_header:"),
    ("core", "anchor", "x", "link_header:"),
    ("core", ";rel", ";x", "link_header:"),
    ("core", "=\"text", "=\"", "link_header:"),
    ("told", "https://a/rel", "https://a/other", "json:"),
]


def self_test():
    wrong = 0
    for kind, old, new, words in [(None, None, None, "0 failed")] + DOCTORED:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "linksets"
            folder.mkdir()
            for suffix, text in GOOD.items():
                assert kind != suffix or old in text, old
                (folder / f"one.{suffix}").write_text(text.replace(old, new) if kind == suffix else text, "utf-8")
            said = []
            passed = judge(Path(name), said.append)
        right = any(words in line for line in said) and bool(passed) == (kind is None)
        wrong += not right
        print(f"{'ok  ' if right else 'WRONG'} {kind} {new}: {said[0]}")
    print(f"{len(DOCTORED)} doctored: {wrong} wrong")
    return not wrong


if __name__ == "__main__":
    if len(sys.argv) > 2:
        sys.exit(__doc__)
    sys.exit(0 if (judge(Path(sys.argv[1])) if len(sys.argv) == 2 else self_test()) else 1)
