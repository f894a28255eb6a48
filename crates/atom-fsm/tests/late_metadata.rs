//! RFC 4287 section 4.1.1: the metadata of a feed is before its entries. Where a feed is read entry by entry,
//! what is behind one is an item of its own, so that a feed that is passed on loses nothing.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use atom_fsm::atom::Feed;
use atom_fsm::{
    Correction, Diagnostics, Error, ErrorKind, FeedItem, FeedMetadata, Limit, Limits, Reader, Rule,
    Tolerance, Writer,
};

const ATOM: &str = "xmlns=\"http://www.w3.org/2005/Atom\"";
const ENTRY: &str = "<entry><id>urn:example:2</id><title>T</title>\
    <updated>2026-01-01T00:00:00Z</updated><content>c</content></entry>";
const TOMBSTONE: &str = "<at:deleted-entry xmlns:at=\"http://purl.org/atompub/tombstones/1.0\" \
    ref=\"urn:example:9\" when=\"2026-01-01T00:00:00Z\"/>";

/// A feed with what stands behind its required metadata.
fn feed(inside: &str) -> String {
    format!(
        "<feed {ATOM}><id>urn:example:1</id><title>F</title><updated>2026-01-01T00:00:00Z</updated>\
         <author><name>A</name></author>{inside}</feed>"
    )
}

/// Reads a feed entry by entry, and writes each item as it is given.
fn passed_on(writer: &Writer, source: &str) -> Result<(String, Vec<Rule>), Error> {
    let mut entries = Reader::new().entries(source);
    let first = entries.next();
    let mut out = Vec::new();
    let (mut writer, begun) = writer.feed(entries.feed(), &mut out)?;
    let mut reported: Vec<_> = rules(&begun).collect();
    for item in first.into_iter().chain(entries) {
        reported.extend(rules(&writer.item(&item?, &mut out)?));
    }
    writer.finish(&mut out)?;
    reported.retain(|rule| *rule != Rule::FeedSelf);
    Ok((String::from_utf8(out).unwrap(), reported))
}

fn rules(diagnostics: &Diagnostics) -> impl Iterator<Item = Rule> {
    diagnostics.iter().map(atom_fsm::Diagnostic::rule)
}

#[test]
fn rfc4287_4_1_1_late_metadata_is_written_in_its_place_under_a_tolerance() {
    let tolerant = Writer::new().tolerance(Tolerance::DRAFTS);
    for late in [
        "<rights>R</rights>",
        "<subtitle type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\"><b>s</b></div></subtitle>",
        "<link href=\"/\" rel=\"next\"/>",
        "<author><name>B</name></author>",
        "<contributor><name>B</name></contributor>",
        "<category term=\"t\"/>",
        "<generator>G</generator>",
        "<icon>/i</icon>",
        "<logo>/l</logo>",
        "<y xmlns=\"urn:x\"/>",
    ] {
        let source = feed(&format!("{ENTRY}<!--a-->{late}<!--b-->"));
        let (out, reported) = passed_on(&tolerant, &source).unwrap();
        assert_eq!((out, reported), (source.clone(), vec![Rule::MetadataOrder]));
        let error = passed_on(&Writer::new(), &source).unwrap_err();
        assert_eq!((error.rule(), error.path()), (Some(Rule::MetadataOrder), Some("/feed")));
        // Behind a tombstone alone there is nothing to refuse.
        let source = feed(&format!("{TOMBSTONE}{late}{ENTRY}"));
        assert_eq!(passed_on(&Writer::new(), &source).unwrap(), (source, vec![]));
    }
}

/// A comment before the first entry stays there, whatever metadata is behind the entry.
#[test]
fn rfc4287_4_1_1_a_comment_before_the_first_entry_stays_there() {
    let source = feed(&format!("<!--a--><?b c?>{ENTRY}<rights>R</rights><!--d-->"));
    let mut entries = Reader::new().entries(&source);
    assert!(entries.by_ref().all(|item| item.is_ok()));
    let tolerant = Writer::new().tolerance(Tolerance::DRAFTS);
    assert_eq!(passed_on(&tolerant, &source).unwrap().0, source);
    let written = tolerant.to_string(entries.feed()).unwrap();
    assert_eq!(written, feed("<!--a--><?b c?>"));
    let at_once = Reader::new().read::<Feed<'_>>(&source).unwrap().into_document();
    assert_eq!(tolerant.to_string(&at_once).unwrap(), source);
}

/// What an item is: the part alone, with its place.
#[test]
fn late_metadata_is_given_alone_and_with_its_place() {
    let source = feed(&format!("{ENTRY}<link href=\"/\"/><title>again</title>"));
    let items: Vec<_> = Reader::new().entries(&source).map(Result::unwrap).collect();
    let [FeedItem::Entry(_), FeedItem::Metadata(link), FeedItem::Metadata(title)] = &items[..]
    else {
        unreachable!("{items:?}")
    };
    let octets = |part: &FeedMetadata<'_>| {
        let [start, end] =
            [part.span().start, part.span().end].map(|at| usize::try_from(at).unwrap());
        source[start..end].to_owned()
    };
    assert_eq!(octets(link), "<link href=\"/\"/>");
    assert_eq!(link.feed().links()[0].href(), Some("/"));
    // What the feed has already is not a title.
    assert_eq!(octets(title), "<title>again</title>");
    assert!(title.feed().title().is_none() && title.feed().extensions().len() == 1);
    assert!(items[1].clone().into_owned().into_entry().is_none());
}

/// RFC 4287 section 4.1.1: what a feed has once, and alternate links that differ, also where a writer has
/// begun the feed.
#[test]
fn rfc4287_4_1_1_late_metadata_that_repeats_is_refused_or_left_out() {
    let late = |inside: &str| {
        let source = format!("<feed {ATOM}><entry/>{inside}</feed>");
        let mut items: Vec<_> =
            Reader::new().entries(&source).map(|item| item.unwrap().into_owned()).collect();
        items.remove(1)
    };
    let begun = Feed::parse(&feed("<link href=\"/\" type=\"text/html\" hreflang=\"de\"/>"))
        .unwrap()
        .into_owned();
    for (inside, rule, correction) in [
        ("<title>again</title>", Rule::ElementRepeated, Correction::UnexpectedElements),
        (
            "<link href=\"/2\" type=\"TEXT/html\" hreflang=\"DE\"/>",
            Rule::AlternateRepeated,
            Correction::RepeatedAlternates,
        ),
    ] {
        let item = late(inside);
        for tolerance in [Tolerance::STRICT, Tolerance::DRAFTS.with(rule)] {
            let mut out = Vec::new();
            let writer = Writer::new().tolerance(tolerance);
            let (mut writer, _) = writer.feed(&begun, &mut out).unwrap();
            let before = out.clone();
            let written = writer.item(&item, &mut out);
            if tolerance == Tolerance::STRICT {
                assert_eq!(written.unwrap_err().rule(), Some(rule));
                assert_eq!(out, before);
            } else {
                assert_eq!(rules(&written.unwrap()).collect::<Vec<_>>(), [rule]);
                assert!(out.ends_with(inside.as_bytes()));
            }
        }
        let mut out = Vec::new();
        let writer = Writer::new().correction(correction);
        let (mut writer, _) = writer.feed(&begun, &mut out).unwrap();
        let before = out.clone();
        let reported = writer.item(&item, &mut out).unwrap();
        assert_eq!(reported.as_slice()[0].correction(), Some(correction));
        assert_eq!(out, before);
    }
    // The second of two that are late, and the limit on what is kept of them.
    let (title, link) = (late("<rights>R</rights>"), late("<link href=\"/\"/>"));
    let mut out = Vec::new();
    let (mut writer, _) = Writer::new().feed(&begun, &mut out).unwrap();
    for (item, rule) in [(title, Rule::ElementRepeated), (link, Rule::AlternateRepeated)] {
        writer.item(&item, &mut out).unwrap();
        assert_eq!(writer.item(&item, &mut out).unwrap_err().rule(), Some(rule));
        writer.skip();
    }
    writer.finish(&mut out).unwrap();
    let strict = Reader::new().tolerance(Tolerance::STRICT);
    assert!(strict.read::<Feed<'_>>(&out).is_ok());
    let limited = Writer::new().limits(Limits::default().octets(10));
    let (mut writer, _) = limited.feed(&begun, &mut out).unwrap();
    let error = writer.item(&late("<link href=\"/\"/>"), &mut out).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit(Limit::Octets));
}

/// RFC 4287 section 4.1.1: a feed has an author; one that is late is one.
#[test]
fn rfc4287_4_1_1_a_late_author_is_an_author() {
    let (author, entry) = ("<author><name>A</name></author>", ENTRY);
    let source = feed("").replace(author, &format!("{TOMBSTONE}{author}{entry}"));
    let mut entries = Reader::new().tolerance(Tolerance::STRICT).entries(&source);
    let given = entries.by_ref().filter_map(|item| item.unwrap().into_entry()).next().unwrap();
    assert_eq!(given.inherited_authors()[0].name(), Some("A"));
    assert!(entries.feed().authors().is_empty());
    assert_eq!(passed_on(&Writer::new(), &source).unwrap(), (source, vec![]));
    // Behind an entry it is not that of an entry which is passed on to another feed, as before.
    let source = feed("").replace(author, &format!("{entry}{author}{entry}"));
    let source = source.replacen("urn:example:2", "urn:example:3", 1);
    let tolerant = Writer::new().tolerance(Tolerance::DRAFTS);
    let (out, reported) = passed_on(&tolerant, &source).unwrap();
    assert_eq!((out, reported), (source, vec![Rule::FeedAuthor, Rule::MetadataOrder]));
}
