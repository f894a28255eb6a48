//! Comments and processing instructions between the elements of Atom and AtomPub: they survive in the
//! values (XML 1.0 sections 2.5 and 2.6).

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use atom_fsm::app::{Categories, Collection, Service};
use atom_fsm::atom::{Entry, Feed};
use atom_fsm::xml::Node;
use atom_fsm::{
    Comments, Correction, Document, ErrorKind, FeedItem, Limit, Limits, Reader, Rule, Stage,
    Tolerance, Writer,
};
use proptest::prelude::*;

const ATOM: &str = "xmlns=\"http://www.w3.org/2005/Atom\"";

/// The children of a feed, as a writer orders them.
const METADATA: [&str; 14] = [
    "<id>urn:example:1</id>",
    "<title>A</title>",
    "<subtitle>b</subtitle>",
    "<updated>2026-01-01T00:00:00Z</updated>",
    "<author><!--1--><name>C</name><!--2--><uri>http://example.org/</uri><!--3-->\
     <email>c@example.org</email><!--4--><y xmlns=\"urn:x\"/><!--5--></author>",
    "<author><name>D</name></author>",
    "<contributor><name>E</name><?f g?></contributor>",
    "<link href=\"http://example.org/feed\" rel=\"self\"/>",
    "<link href=\"http://example.org/\"/>",
    "<category term=\"f\"/>",
    "<generator>g</generator>",
    "<icon>/h</icon>",
    "<logo>/i</logo>",
    "<rights>j</rights>",
];

/// Those of an entry.
const ENTRY: [&str; 12] = [
    "<id>urn:example:2</id>",
    "<title>K</title>",
    "<updated>2026-01-01T00:00:00Z</updated>",
    "<published>2026-01-01T00:00:00Z</published>",
    "<author><name>L</name></author>",
    "<contributor><name>M</name></contributor>",
    "<link href=\"http://example.org/2\"/>",
    "<category term=\"n\"/>",
    "<summary>o</summary>",
    "<content>p</content>",
    "<rights>q</rights>",
    "<y xmlns=\"urn:x\"/>",
];

/// Comments and instructions, none in most places.
fn misc() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just(String::new()),
        2 => "(<!--[a-z& ]{0,6}-->){1,3}",
        1 => "<\\?[a-wyz]{1,4} [a-z<&]{0,6}\\?>",
    ]
}

/// The children, with comments and instructions before each and behind the last.
fn with_misc(children: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::collection::vec(misc(), children.len() + 1).prop_map(|misc| {
        let children = children.iter().copied().chain([""]);
        misc.iter().zip(children).flat_map(|(misc, child)| [misc, child]).collect()
    })
}

fn feed() -> impl Strategy<Value = String> {
    let entries = prop::collection::vec((misc(), with_misc(&ENTRY)), 0..3);
    (with_misc(&METADATA), entries, misc()).prop_map(|(metadata, entries, end)| {
        let entries: String = entries
            .iter()
            .map(|(before, inside)| format!("{before}<entry>{inside}</entry>"))
            .collect();
        format!("<feed {ATOM}>{metadata}{entries}{end}</feed>")
    })
}

/// All comments and instructions of a document, with what each stands before.
fn places(document: &str) -> Vec<&str> {
    let starts = document.match_indices("<!--").chain(document.match_indices("<?"));
    let mut places: Vec<_> = starts.map(|(at, _)| &document[at..]).collect();
    for place in &mut places {
        let mut end = 0;
        while place[end..].starts_with("<!--") || place[end..].starts_with("<?") {
            end += place[end..].find('>').unwrap() + 1;
        }
        end += place[end..].find('>').unwrap() + 1;
        *place = &place[..end];
    }
    places.sort_unstable();
    places
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// A document whose elements are in the order of writing is written as it was read.
    #[test]
    fn what_stands_between_elements_is_written_at_its_place(source in feed()) {
        let reading = Reader::new().read::<Feed<'_>>(&source).unwrap();
        let feed = reading.into_document();
        let writer = Writer::new().tolerance(Tolerance::ALL);
        let mut written = Vec::new();
        writer.write(&feed, &mut written).unwrap();
        let written = String::from_utf8(written).unwrap();
        prop_assert_eq!(&written, &source);
        prop_assert_eq!(writer.to_string(&feed.into_owned()).unwrap(), written);
    }

    /// In any other order each goes with the element that it stands before.
    #[test]
    fn what_stands_before_an_element_goes_with_it(
        (children, misc) in (Just(METADATA.to_vec()).prop_shuffle(), prop::collection::vec(misc(), 14)),
        end in misc(),
    ) {
        let children: String =
            misc.iter().zip(&children).map(|(misc, child)| format!("{misc}{child}")).collect();
        let source = format!("<feed {ATOM}>{children}{end}</feed>");
        let writer = Writer::new().tolerance(Tolerance::ALL);
        let feed = Feed::parse(&source).unwrap();
        let written = writer.to_string(&feed).unwrap();
        let written = written.as_str();
        prop_assert_eq!(places(written), places(&source));
        let again = Feed::parse(written).unwrap();
        prop_assert_eq!(writer.to_string(&again).unwrap(), written);
    }

    /// Entry by entry, what is read is what is written.
    #[test]
    fn what_stands_between_entries_is_passed_on(source in feed()) {
        let mut out = Vec::new();
        let mut entries = Reader::new().entries(&source);
        let writer = Writer::new().tolerance(Tolerance::ALL);
        let mut begun = None;
        while let Some(item) = entries.next() {
            let item = item.unwrap();
            let feed = begun.get_or_insert_with(|| writer.feed(entries.feed(), &mut out).unwrap().0);
            feed.item(&item, &mut out).unwrap();
        }
        let feed = begun.unwrap_or_else(|| writer.feed(entries.feed(), &mut out).unwrap().0);
        feed.finish(&mut out).unwrap();
        prop_assert_eq!(String::from_utf8(out).unwrap(), source);
    }
}

/// The same in AtomPub's documents, and in a source.
#[test]
fn what_stands_between_elements_survives_in_every_container() {
    const APP: &str =
        "xmlns=\"http://www.w3.org/2007/app\" xmlns:atom=\"http://www.w3.org/2005/Atom\"";
    let categories =
        "<!--9--><atom:category term=\"t\"/><!--10--><x:a xmlns:x=\"urn:x\"/><!--11-->";
    let collection = format!(
        "<!--4--><atom:title>T</atom:title><!--5--><accept/><!--6--><accept/><!--7-->\
         <categories>{categories}</categories><!--12--><x:a xmlns:x=\"urn:x\"/><!--13-->"
    );
    let service = format!(
        "<service {APP}><!--1--><workspace><!--2--><atom:title>T</atom:title><!--3-->\
         <collection href=\"a\">{collection}</collection><!--14--><x:b xmlns:x=\"urn:x\"/><!--15-->\
         </workspace><!--16--><x:b xmlns:x=\"urn:x\"/><!--17--></service>"
    );
    let source = format!(
        "<entry {ATOM}><title>A</title><content>a</content><!--1--><source><!--2--><id>urn:a:1</id>\
         <!--3--><rights>r</rights><!--4--><x:b xmlns:x=\"urn:x\"/><!--5--></source><!--6--></entry>"
    );
    let categories = format!("<categories {APP}>{categories}</categories>");
    let collection = format!("<collection {APP} href=\"a\">{collection}</collection>");
    for source in [service, source, categories, collection] {
        let reader = Reader::new().stage(Stage::Submitted);
        let document = reader.read::<Document<'_>>(&source).unwrap().into_document();
        let writer = Writer::new().stage(Stage::Submitted);
        let written = writer.to_string(&document.clone().into_owned()).unwrap();
        // Prefixes may be declared elsewhere.
        let order = |text: &str| {
            let comments = text.split("<!--").skip(1).map(|rest| rest.split('>').next().unwrap());
            comments.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(order(&written), order(&source));
        let ends = |text: &str| {
            places(text).iter().map(|it| it.replace(" xmlns:x=\"urn:x\"", "")).collect::<Vec<_>>()
        };
        assert_eq!(ends(&written), ends(&source));
        assert_eq!(reader.read::<Document<'_>>(&written).unwrap().document(), &document);

        let without = reader.comments(Comments::Omitted).read::<Document<'_>>(&source).unwrap();
        let written = writer.to_string(without.document()).unwrap();
        assert!(!written.contains("<!--"), "{written}");
        assert_eq!(without.document(), &document, "comments do not count");
    }
}

#[test]
fn comments_are_given_in_document_order_and_can_be_removed() {
    let source =
        "<entry xmlns='http://www.w3.org/2005/Atom'><?a b?><title>A</title><!--c--></entry>";
    let mut entry = Entry::parse(source).unwrap();
    let nodes: Vec<_> = entry.comments().cloned().collect();
    let expected = [Node::Instruction("a".into(), "b".into()), Node::Comment("c".into())];
    assert_eq!(nodes, expected);
    entry.clear_comments();
    assert_eq!(entry.comments().count(), 0);
    let source = "<service xmlns='http://www.w3.org/2007/app'><!--a--></service>";
    assert_eq!(Service::parse(source).unwrap().comments().count(), 1);
    let source = "<categories xmlns='http://www.w3.org/2007/app'><!--a--></categories>";
    assert_eq!(Categories::parse(source).unwrap().comments().count(), 1);
    let source = "<collection xmlns='http://www.w3.org/2007/app'><!--a--></collection>";
    assert_eq!(Collection::parse(source).unwrap().comments().count(), 1);
}

/// A comment whose element was removed is written where that would be.
#[test]
fn a_comment_before_what_was_removed_is_still_written() {
    let source = format!(
        "<entry {ATOM}><title>A</title><!--a--><link href=\"1\"/><!--b--><link href=\"2\"/>\
         <!--c--><summary>s</summary><content>d</content></entry>"
    );
    let mut entry = Entry::parse(&source).unwrap();
    entry.links_mut().clear();
    entry.set_summary(None);
    let written = Writer::new().stage(Stage::Submitted).to_string(&entry).unwrap();
    let expected = format!(
        "<entry {ATOM}><title>A</title><!--a--><!--b--><!--c--><content>d</content></entry>"
    );
    assert_eq!(written, expected);
    let source = format!("<feed {ATOM}><!--a--><entry><!--b--></entry><!--c--><entry/></feed>");
    let mut feed = Feed::parse(&source).unwrap();
    feed.entries_mut().clear();
    let written = Writer::new().tolerance(Tolerance::ALL).to_string(&feed).unwrap();
    assert_eq!(written, format!("<feed {ATOM}><!--a--><!--c--></feed>"));
}

/// RFC 4287 section 4.1.1: metadata after entries is written there, or before them when corrected; a
/// comment goes with it.
#[test]
fn a_comment_goes_with_metadata_after_entries() {
    let source = format!(
        "<feed {ATOM}><!--1--><id>urn:a:1</id><!--2--><entry/><!--3--><title>A</title><!--4-->\
         <entry/><!--5--><rights>r</rights><!--6--></feed>"
    );
    let feed = Feed::parse(&source).unwrap();
    let writer = Writer::new().tolerance(Tolerance::ALL);
    assert_eq!(writer.to_string(&feed).unwrap(), source);
    let corrected = writer.correction(Correction::MetadataOrder).to_string(&feed).unwrap();
    let expected = format!(
        "<feed {ATOM}><!--1--><id>urn:a:1</id><!--3--><title>A</title><!--5--><rights>r</rights>\
         <!--2--><entry/><!--4--><entry/><!--6--></feed>"
    );
    assert_eq!(corrected, expected);
}

#[test]
fn what_is_kept_is_limited_and_what_is_left_out_is_not() {
    let comments = "<!---->".repeat(10);
    for source in [
        format!("<entry {ATOM}>{comments}</entry>"),
        format!("<feed {ATOM}>{comments}</feed>"),
        format!("<service xmlns=\"http://www.w3.org/2007/app\">{comments}</service>"),
        format!("<entry {ATOM}><author>{comments}</author></entry>"),
    ] {
        let reader = Reader::new().limits(Limits::default().elements(10));
        let error = reader.read::<Document<'_>>(&source).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit(Limit::Elements));
        assert!(reader.comments(Comments::Omitted).read::<Document<'_>>(&source).is_ok());
    }
}

/// Entry by entry, comments before all entries are kept with the metadata, and are limited as that is.
#[test]
fn comments_entry_by_entry() {
    let source = format!(
        "<feed {ATOM}><!--a--><title>A</title><!--b--><entry/><!--c--><?d e?><entry/><!--f--></feed>"
    );
    let items = |reader: Reader| {
        let mut entries = reader.entries(&source);
        let items: Vec<_> = entries.by_ref().map(|item| item.unwrap().into_owned()).collect();
        (entries.feed().comments().cloned().collect::<Vec<_>>(), items)
    };
    let (comments, found) = items(Reader::new());
    assert_eq!(comments, [Node::Comment("a".into()), Node::Comment("b".into())]);
    assert_eq!(found.len(), 5);
    assert_eq!(found[1], FeedItem::Comment("c".into()));
    assert_eq!(found[2], FeedItem::Instruction("d".into(), "e".into()));
    assert_eq!(found[4], FeedItem::Comment("f".into()));
    assert!(found[1].clone().into_entry().is_none());
    let (comments, found) = items(Reader::new().comments(Comments::Omitted));
    assert_eq!((comments.len(), found.len()), (0, 2));

    // Each entry is counted on its own, and so is the metadata.
    let entry = "<entry><!--1--><!--2--></entry>".repeat(4);
    for kept in ["<!--1-->", "<link href=\"/\"/>"] {
        for (number, is_taken) in [(4, true), (5, false)] {
            let source = format!("<feed {ATOM}>{}{entry}</feed>", kept.repeat(number));
            let reader = Reader::new().limits(Limits::default().elements(4));
            let outcome = reader.entries(&source).find_map(Result::err).map(|error| error.kind());
            let refused = Some(ErrorKind::Limit(Limit::Elements));
            assert_eq!(outcome, if is_taken { None } else { refused }, "{source}");
        }
    }

    let comment = "<!--0123456789-->";
    let source = format!("<feed {ATOM}>{}</feed>", format!(" {comment}").repeat(100));
    let reader = Reader::new().limits(Limits::default().octets(40));
    let error = reader.entries(&source).find_map(Result::err).unwrap();
    assert_eq!(error.kind(), ErrorKind::Limit(Limit::Octets));
    let third = source.match_indices(comment).nth(2).map(|(at, _)| at as u64);
    assert_eq!(Some(error.offset()), third, "where the comment begins that is one too many");
    assert!(reader.comments(Comments::Omitted).entries(&source).all(|item| item.is_ok()));
}

/// XML 1.0 section 2.5: a comment that cannot be written is refused, and nothing of it is written.
#[test]
fn a_comment_that_cannot_be_written_is_refused() {
    let mut out = Vec::new();
    let writer = Writer::new().tolerance(Tolerance::ALL);
    let (mut feed, _) = writer.feed(&Feed::new(), &mut out).unwrap();
    let begun = out.clone();
    let error = feed.item(&FeedItem::Comment("a--b".into()), &mut out).unwrap_err();
    assert_eq!((error.rule(), error.path()), (Some(Rule::Comment), Some("/feed")));
    assert_eq!(out, begun);
}
