//! The rules of XML's names and of Atom's elements, and of what AtomPub adds to entries.

use crate::publishing::app;
use crate::{Row, Written, entry, feed};
use Written::{Clean, Refused};
use atom_fsm::Rule;

fn without(document: &str, piece: &str) -> String {
    assert!(document.contains(piece));
    format!("@{}", document.replace(piece, ""))
}

fn added(inside: &str) -> String {
    inside.replace("NS", "xmlns:app='http://www.w3.org/2007/app'")
}

fn member(id: &str, updated: &str) -> String {
    format!(
        "<entry><id>urn:example:{id}</id><title>T</title><updated>{updated}</updated><content/></entry>"
    )
}

/// Each rule, the document with an `@` where its violation is reported, and what becomes of the value.
pub(crate) fn rows() -> Vec<Row> {
    use Rule::*;
    let (of_feed, of_entry) = (feed(""), entry(""));
    let kept = Refused(ElementUnexpected, "/entry");
    vec![
        (XmlVersion, format!("@<?xml version='1.1'?>{of_feed}"), Clean),
        (ElementNameCase, entry("@<Summary>x</Summary>"), Clean),
        (ElementUnexpected, entry("@<nonsense/>"), kept),
        (ElementUnexpected, feed("@<summary/>"), Refused(ElementUnexpected, "/feed")),
        (ElementRepeated, entry("@<id>urn:example:3</id>"), kept),
        (ElementRepeated, entry("<content/>@<content/>"), kept),
        (ElementUnexpected, entry(&added("@<app:service NS/>")), kept),
        (
            ElementUnexpected,
            feed(&added("@<app:edited NS>2026-01-01T00:00:00Z</app:edited>")),
            Refused(ElementUnexpected, "/feed"),
        ),
        (
            ElementUnexpected,
            entry(&added("<app:control NS>@<app:edited/></app:control>")),
            Refused(ElementUnexpected, "/entry/control[1]"),
        ),
        (
            ElementUnexpected,
            entry("<link rel='up' href='/'>@<title/></link>"),
            Refused(ElementUnexpected, "/entry/link[2]"),
        ),
        (
            ElementUnexpected,
            entry("<category term='a'>@<link/></category>"),
            Refused(ElementUnexpected, "/entry/category[1]"),
        ),
        (
            ElementUnexpected,
            entry(&added("<contributor><name>A</name>@<app:draft NS/></contributor>")),
            Refused(ElementUnexpected, "/entry/contributor[1]"),
        ),
        (
            ElementRepeated,
            entry(&added("<app:control NS/>@<app:control NS/>")),
            Refused(ElementRepeated, "/entry"),
        ),
        (
            ElementRepeated,
            entry(&added(
                "<app:edited NS>2026-01-01T00:00:00Z</app:edited>@<app:edited NS>2026-01-01T00:00:00Z</app:edited>",
            )),
            Refused(ElementRepeated, "/entry"),
        ),
        (
            ElementRepeated,
            entry(&added(
                "<app:control NS><app:draft>yes</app:draft>@<app:draft>no</app:draft></app:control>",
            )),
            Refused(ElementRepeated, "/entry/control[1]"),
        ),
        (
            ControlDraft,
            entry(&added("@<app:control NS><app:draft>Yes</app:draft></app:control>")),
            Refused(ControlDraft, "/entry/control[1]"),
        ),
        (
            TextMarkup,
            entry(&added("@<app:control NS><app:draft><b/></app:draft></app:control>")),
            Refused(TextMarkup, "/entry/control[1]"),
        ),
        (
            DateSyntax,
            entry(&added("@<app:edited NS>yesterday</app:edited>")),
            Refused(DateSyntax, "/entry/edited[1]"),
        ),
        (
            ValueSpace,
            entry(&added("@<app:edited NS> 2026-01-01T00:00:00Z </app:edited>")),
            Refused(ValueSpace, "/entry/edited[1]"),
        ),
        (
            TextMarkup,
            entry(&added("@<app:edited NS><b/></app:edited>")),
            Refused(TextMarkup, "/entry/edited[1]"),
        ),
        (AttributeUnexpected, entry("@<summary x='y'/>"), Clean),
        (StrayText, entry("@text"), Clean),
        (TextMarkup, entry("@<summary><b/></summary>"), Refused(TextMarkup, "/entry/summary[1]")),
        (
            TextMarkup,
            entry("@<rights type='html'>a<b/></rights>"),
            Refused(TextMarkup, "/entry/rights[1]"),
        ),
        (TextMarkup, entry("@<published><b/></published>"), kept),
        (
            TextMarkup,
            entry("@<content type='text/html'><p>a</p></content>"),
            Refused(TextMarkup, "/entry/content[1]"),
        ),
        (
            TextMarkup,
            entry("<summary/>@<content type='image/png'><p>a</p></content>"),
            Refused(TextMarkup, "/entry/content[1]"),
        ),
        (ValueSpace, entry("@<published> 2026-01-01T00:00:00Z\n</published>"), Clean),
        (ValueSpace, entry("@<link rel='up' href=' /\n'/>"), Clean),
        (ValueSpace, entry("@<link rel=' up' href='/'/>"), Clean),
        (ValueSpace, entry("<summary/>@<content type='a/b' src='/x '/>"), Clean),
        (ValueSpace, entry("@<category term='a' scheme='&#9;http://example.org/'/>"), Clean),
        (ValueSpace, entry("@<summary xml:base=' /a '/>"), Clean),
        (ValueSpace, feed("@<generator uri=' /a'>A</generator>"), Clean),
        (ValueSpace, app("@<categories NAMES href=' /'/>"), Clean),
        (ValueSpace, app("@<categories NAMES scheme='http://example.org/ '/>"), Clean),
        (ValueSpace, app("@<collection NAMES href=' /'><a:title>T</a:title></collection>"), Clean),
        (IriSyntax, entry("@<link rel='up' href='a b'/>"), Refused(IriSyntax, "/entry/link[2]")),
        (IriSyntax, feed("@<icon>a b</icon>"), Refused(IriSyntax, "/feed/icon[1]")),
        (IriSyntax, entry("@<summary xml:base='a b'/>"), Refused(IriSyntax, "/entry/summary[1]")),
        (IriHost, entry("@<link rel='up' href='http:/a'/>"), Clean),
        (IriHost, entry("@<link rel='up' href='https://:80/a'/>"), Clean),
        (IriHost, entry("@<link rel='up' href='http://u@/'/>"), Clean),
        (IriHost, feed("@<icon>http:///a</icon>"), Clean),
        (IriHost, feed("@<generator uri='http:a'>A</generator>"), Clean),
        (IriHost, entry("@<summary xml:base='HTTP://?a'/>"), Clean),
        (IriHost, entry("@<category term='a' scheme='http:a'/>"), Clean),
        (IriHost, entry("<summary/>@<content type='a/b' src='http:a'/>"), Clean),
        (IriHost, app("@<categories NAMES href='http:a'/>"), Clean),
        (IriHost, app("@<categories NAMES scheme='http:a'/>"), Clean),
        (IriHost, app("@<collection NAMES href='http:a'><a:title>T</a:title></collection>"), Clean),
        (IriHost, entry("").replace("<id>urn:example:2", "@<id>http:example.org/2"), Clean),
        (
            IdAbsolute,
            of_entry.replace("<id>urn:example:2", "@<id>relative"),
            Refused(IdAbsolute, "/entry/id[1]"),
        ),
        (IdNormal, entry("").replace("<id>urn:example:2", "@<id>http://Example.org"), Clean),
        (IdTag, entry("").replace("<id>urn:example:2", "@<id>tag:a"), Clean),
        (IdUrn, entry("").replace("<id>urn:example:2", "@<id>urn:x:2"), Clean),
        (IdUuid, entry("").replace("<id>urn:example:2", "@<id>urn:uuid:2"), Clean),
        (NameEmpty, entry("<contributor>@<name> </name></contributor>"), Clean),
        (TitleEmpty, entry("").replace("<title>T<", "@<title>\n<"), Clean),
        (
            TitleEmpty,
            feed("").replace(
                "<title>T<",
                "@<title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'/><",
            ),
            Clean,
        ),
        (
            DateSyntax,
            entry("@<published>yesterday</published>"),
            Refused(DateSyntax, "/entry/published[1]"),
        ),
        (
            TextType,
            entry("@<summary type='text/plain'>x</summary>"),
            Refused(TextType, "/entry/summary[1]"),
        ),
        (
            TextType,
            entry("@<summary type='a/b'><b/></summary>"),
            Refused(TextType, "/entry/summary[1]"),
        ),
        (
            XhtmlDiv,
            entry("@<summary type='xhtml'>x</summary>"),
            Refused(XhtmlDiv, "/entry/summary[1]"),
        ),
        (
            XhtmlDiv,
            entry("@<content type='xhtml'><div/></content>"),
            Refused(XhtmlDiv, "/entry/content[1]"),
        ),
        (
            XhtmlElement,
            entry(
                "@<summary type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p><b xmlns=''/></p></div></summary>",
            ),
            Clean,
        ),
        (
            XhtmlElement,
            entry(
                "@<content type='xhtml'><h:div xmlns:h='http://www.w3.org/1999/xhtml'><b/></h:div></content>",
            ),
            Clean,
        ),
        (
            XhtmlElement,
            entry(
                "@<rights type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><x xmlns='http://www.w3.org/2007/app'/></div></rights>",
            ),
            Clean,
        ),
        (PersonName, entry("@<contributor/>"), Refused(PersonName, "/entry/contributor[1]")),
        (
            PersonEmail,
            entry("<contributor><name>A</name>@<email>x</email></contributor>"),
            Refused(PersonEmail, "/entry/contributor[1]/email[1]"),
        ),
        (
            PersonEmail,
            entry("<contributor><name>A</name>@<email>mailto:a@b</email></contributor>"),
            Refused(PersonEmail, "/entry/contributor[1]/email[1]"),
        ),
        (
            PersonEmail,
            entry("<contributor><name>A</name>@<email>a@@b</email></contributor>"),
            Refused(PersonEmail, "/entry/contributor[1]/email[1]"),
        ),
        (LanguageTag, entry("@<summary xml:lang='no_NO'/>"), Clean),
        (FeedId, without(&of_feed, "<id>urn:example:1</id>"), Refused(FeedId, "/feed")),
        (FeedTitle, without(&of_feed, "<title>T</title>"), Refused(FeedTitle, "/feed")),
        (
            FeedUpdated,
            without(&of_feed, "<updated>2026-01-01T00:00:00Z</updated>"),
            Refused(FeedUpdated, "/feed"),
        ),
        (
            FeedAuthor,
            without(
                &feed(
                    "<entry><id>urn:example:2</id><title>T</title><updated>2026-01-01T00:00:00Z</updated><content/></entry>",
                ),
                "<author><name>A</name></author>",
            ),
            Refused(FeedAuthor, "/feed"),
        ),
        (FeedSelf, without(&of_feed, "<link rel='self' href='/'/>"), Clean),
        (
            AlternateRepeated,
            format!("@{}", entry("<link rel='alternate' href='/2'/>")),
            Refused(AlternateRepeated, "/entry"),
        ),
        (
            AlternateRepeated,
            format!("@{}", feed("<link href='/1' type='a/b'/><link href='/2' type='A/B'/>")),
            Refused(AlternateRepeated, "/feed"),
        ),
        (
            MetadataOrder,
            feed(&format!("{}@<subtitle/>", member("3", "2026-01-01T00:00:00Z"))),
            Refused(MetadataOrder, "/feed"),
        ),
        (
            MetadataOrder,
            feed(&format!("{}@<a:b xmlns:a='u'/>", member("3", "2026-01-01T00:00:00Z"))),
            Refused(MetadataOrder, "/feed"),
        ),
        (
            EntryRepeated,
            feed(&format!(
                "{}@{}",
                member("3", "2026-01-01T00:00:00Z"),
                member("3", "2026-01-01T01:00:00+01:00")
            )),
            Clean,
        ),
        (EntryId, without(&of_entry, "<id>urn:example:2</id>"), Refused(EntryId, "/entry")),
        (EntryTitle, without(&of_entry, "<title>T</title>"), Refused(EntryTitle, "/entry")),
        (
            EntryUpdated,
            without(&of_entry, "<updated>2026-01-01T00:00:00Z</updated>"),
            Refused(EntryUpdated, "/entry"),
        ),
        (
            EntryAuthor,
            without(&of_entry, "<author><name>A</name></author>"),
            Refused(EntryAuthor, "/entry"),
        ),
        (EntryAlternate, without(&of_entry, "<link href='/'/>"), Refused(EntryAlternate, "/entry")),
        (
            EntrySummary,
            format!("@{}", entry("<content src='/x' type='a/b'/>")),
            Refused(EntrySummary, "/entry"),
        ),
        (
            EntrySummary,
            format!("@{}", entry("<content type='image/png'>AAAA</content>")),
            Refused(EntrySummary, "/entry"),
        ),
        (
            ContentType,
            entry("@<content type='multipart/mixed'>no base64</content>"),
            Refused(ContentType, "/entry/content[1]"),
        ),
        (
            ContentSource,
            entry("<summary/>@<content type='a/b' src='/x'>text</content>"),
            Refused(ContentSource, "/entry/content[1]"),
        ),
        (
            ContentSource,
            entry("<summary/>@<content type='a/b' src='/x'><b/></content>"),
            Refused(ContentSource, "/entry/content[1]"),
        ),
        (
            ContentSource,
            entry("<summary/>@<content type='html' src='/x'/>"),
            Refused(ContentSource, "/entry/content[1]"),
        ),
        (ContentSourceType, entry("<summary/>@<content src='/x'/>"), Clean),
        (
            ContentBase64,
            entry("<summary/>@<content type='image/png'>***</content>"),
            Refused(ContentBase64, "/entry/content[1]"),
        ),
        (ContentRoot, entry("@<content type='application/xml'>a</content>"), Clean),
        (ContentRoot, entry("@<content type='a/b+xml'/>"), Clean),
        (
            ContentRoot,
            entry(
                "@<content type='image/svg+xml'>a<svg xmlns='http://www.w3.org/2000/svg'/></content>",
            ),
            Clean,
        ),
        (
            ContentRoot,
            entry("@<content type='text/xml'><x xmlns=''/><x xmlns=''/></content>"),
            Clean,
        ),
        (
            ContentRoot,
            entry(
                "@<content type='application/xhtml+xml'><div xmlns='http://www.w3.org/1999/xhtml'/></content>",
            ),
            Clean,
        ),
        (CategoryTerm, entry("@<category/>"), Refused(CategoryTerm, "/entry/category[1]")),
        (TermEmpty, entry("@<category term=' '/>"), Clean),
        (LinkHref, entry("@<link rel='up'/>"), Refused(LinkHref, "/entry/link[2]")),
        (LinkRel, entry("@<link rel='' href='/'/>"), Refused(LinkRel, "/entry/link[2]")),
        (LinkRel, feed("@<link rel='a b' href='/'/>"), Refused(LinkRel, "/feed/link[2]")),
        (
            LinkType,
            entry("@<link rel='up' type='html' href='/'/>"),
            Refused(LinkType, "/entry/link[2]"),
        ),
        (
            LinkHreflang,
            entry("@<link rel='up' hreflang='no_NO' href='/'/>"),
            Refused(LinkHreflang, "/entry/link[2]"),
        ),
        (LinkLength, entry("@<link rel='enclosure' href='/' length='12 kB'/>"), Clean),
        (LinkLength, entry("@<link rel='enclosure' href='/' length='-1'/>"), Clean),
        (LinkLength, entry("@<link rel='enclosure' href='/' length=''/>"), Clean),
        (SourceMetadata, entry("@<source><id>urn:example:3</id><title>S</title></source>"), Clean),
        (SourceMetadata, entry("@<source><updated>2026-01-01T00:00:00Z</updated></source>"), Clean),
        (LinkRelCase, entry("@<link rel='Up' href='/'/>"), Clean),
        (
            LinkRelCase,
            entry("@<link rel='http://www.iana.org/assignments/relation/UP' href='/'/>"),
            Clean,
        ),
        (LinkRelUnregistered, entry("@<link rel='shortlink' href='/'/>"), Clean),
    ]
}
