#!/usr/bin/env python3
"""Compares the linksets that our writers wrote with what readers read that share no code with ours.

usage: linksets.py DIR      checks DIR/linksets/NAME.json, NAME.linkset and NAME.told
       linksets.py          shows that each check can fail

NAME.told has the links that our reader read. Of NAME.json, Python's json must give these links by the
shapes of RFC 9264 section 4.2, and signposting (which reads the relation types of FAIR Signposting, and
URIs) those that it knows. Of NAME.linkset, httplink must give them, with line breaks as spaces.
"""

import json
import sys
import tempfile
import warnings
from pathlib import Path

import httplink
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
    texts = list((directory / "linksets").glob("*.linkset"))
    say(f"{len(cases)} linksets, {len(texts)} also as text: {failed} failed")
    return not failed and cases and texts


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
