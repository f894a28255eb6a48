//! `EntryReader` and `EntryDecoder`: what they give is what a `Reader` reads at once, however the octets
//! are cut, and each complete entry is given before what is wrong behind it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use atom_fsm::atom::{Entry, Feed};
use atom_fsm::xml::{Element, Node};
use atom_fsm::{
    Diagnostic, EntryDecoder, EntryStep, Error, ErrorKind, FeedItem, FeedMetadata, Limit, Limits,
    Reader, Rule, Stage, StreamError, Tolerance, namespace,
};
use proptest::prelude::*;

/// What was read of a feed, and what ended it.
#[derive(Debug, PartialEq)]
struct Read {
    feed: Feed<'static>,
    late: Vec<FeedMetadata<'static>>,
    entries: Vec<Entry<'static>>,
    extensions: Vec<Element<'static>>,
    comments: Vec<Node<'static>>,
    sources: Vec<(String, u64)>,
    diagnostics: Vec<Diagnostic>,
    is_repaired: bool,
    end: Option<Ended>,
}

type Ended = (ErrorKind, u64, u64, u64);

fn ended(error: &Error) -> Ended {
    let position = error.position().unwrap();
    (error.kind(), position.offset(), position.line(), position.column())
}

impl Read {
    fn take(&mut self, item: FeedItem<'_>) {
        match item.into_owned() {
            FeedItem::Entry(entry) => {
                assert_eq!(entry.span().end - entry.span().start, entry.source().len() as u64);
                self.sources.push((entry.source().to_owned(), entry.span().start));
                self.entries.push(entry.into_entry());
            }
            FeedItem::Extension(extension) => self.extensions.push(extension),
            FeedItem::Metadata(metadata) => self.late.push(metadata),
            FeedItem::Comment(text) => self.comments.push(Node::Comment(text)),
            FeedItem::Instruction(target, data) => {
                self.comments.push(Node::Instruction(target, data));
            }
            other => panic!("{other:?}"),
        }
    }
}

fn nothing() -> Read {
    Read {
        feed: Feed::new(),
        late: Vec::new(),
        entries: Vec::new(),
        extensions: Vec::new(),
        comments: Vec::new(),
        sources: Vec::new(),
        diagnostics: Vec::new(),
        is_repaired: false,
        end: None,
    }
}

fn by_slice(reader: &Reader, source: &[u8]) -> Read {
    let mut read = nothing();
    let mut entries = reader.entries(source);
    for item in entries.by_ref() {
        match item {
            Ok(item) => read.take(item),
            Err(error) => read.end = Some(ended(&error)),
        }
    }
    assert!(entries.next().is_none(), "it is fused");
    read.feed = entries.feed().clone().into_owned();
    read.diagnostics = entries.diagnostics().iter().cloned().collect();
    read.is_repaired = entries.is_repaired();
    read
}

fn by_chunks<'c>(reader: &Reader, chunks: impl IntoIterator<Item = &'c [u8]>) -> Read {
    of_decoder(reader.entry_decoder(), chunks.into_iter())
}

fn of_decoder<'c>(mut decoder: EntryDecoder, mut chunks: impl Iterator<Item = &'c [u8]>) -> Read {
    let mut read = nothing();
    loop {
        match decoder.step() {
            Ok(EntryStep::Item(item)) => read.take(item),
            Ok(EntryStep::Done) => break,
            Ok(EntryStep::NeedInput) => match chunks.next() {
                Some(chunk) => decoder.push(chunk),
                None => decoder.finish(),
            },
            Err(error) => read.end = Some(ended(&error)),
        }
    }
    assert_eq!(decoder.step(), Ok(EntryStep::Done), "it is fused");
    read.feed = decoder.feed().clone();
    read.diagnostics = decoder.diagnostics().iter().cloned().collect();
    read.is_repaired = decoder.is_repaired();
    read
}

/// Compares what is read entry by entry with what a `Reader` reads.
fn check(reader: &Reader, source: &[u8], chunk: usize) {
    let read = by_slice(reader, source);
    let text = String::from_utf8_lossy(source);
    assert_eq!(by_chunks(reader, source.chunks(chunk)), read, "{text}");
    assert_eq!(by_chunks(reader, source.chunks(1)), read, "{text}");
    assert_eq!(by_chunks(reader, [source]), read, "{text}");
    for (entry, start) in &read.sources {
        let start = usize::try_from(*start).unwrap();
        assert_eq!(&source[start..start + entry.len()], entry.as_bytes());
    }
    match reader.read::<Feed<'_>>(source) {
        Ok(reading) => {
            let feed = reading.document();
            assert_eq!((read.end, &read.entries[..]), (None, feed.entries()), "{text}");
            let metadata = |feed: &Feed<'_>| {
                let mut feed = feed.clone().into_owned();
                feed.entries_mut().clear();
                feed.extensions_mut().clear();
                // Where its parts are is not compared.
                let mut bare = Feed::new().with_common(feed.common().clone());
                bare.set_id(feed.id().map(|id| id.to_owned().into()));
                bare.set_title(feed.title().cloned());
                bare.set_subtitle(feed.subtitle().cloned());
                bare.set_updated(feed.updated().cloned());
                bare.set_generator(feed.generator().cloned());
                bare.set_icon(feed.icon().map(|icon| icon.to_owned().into()));
                bare.set_logo(feed.logo().map(|logo| logo.to_owned().into()));
                bare.set_rights(feed.rights().cloned());
                bare.authors_mut().extend_from_slice(feed.authors());
                bare.contributors_mut().extend_from_slice(feed.contributors());
                bare.links_mut().extend_from_slice(feed.links());
                bare.categories_mut().extend_from_slice(feed.categories());
                bare
            };
            let mut whole = read.feed.clone();
            for part in read.late.iter().cloned() {
                let at = |offset: u64| usize::try_from(offset).unwrap();
                let octets = &source[at(part.span().start)..at(part.span().end)];
                assert!(octets.starts_with(b"<") && octets.ends_with(b">"));
                part.add_to(&mut whole);
            }
            assert_eq!(metadata(&whole), metadata(feed), "{text}");
            let is_tombstone = |element: &&Element<'_>| element.name().local() == "deleted-entry";
            let comments = read.feed.comments().chain(&read.comments);
            assert!(comments.eq(feed.comments()));
            let all = || whole.extensions().iter().chain(&read.extensions);
            assert!(all().filter(is_tombstone).eq(feed.extensions().iter().filter(is_tombstone)));
            let is_other = |element: &&Element<'_>| !is_tombstone(element);
            let late =
                |element: &&Element<'_>| element.name().is(namespace::ATOM, element.name().local());
            assert!(
                all().filter(is_other).filter(late).eq(feed
                    .extensions()
                    .iter()
                    .filter(is_other)
                    .filter(late))
            );
            let is_foreign = |element: &&Element<'_>| is_other(element) && !late(element);
            assert!(all().filter(is_foreign).eq(feed.extensions().iter().filter(is_foreign)));
            assert_eq!(&read.diagnostics[..], reading.diagnostics().as_slice(), "{text}");
            assert_eq!(read.is_repaired, reading.is_repaired());
        }
        Err(error) => {
            assert_eq!(read.end, Some(ended(&error)), "{text}");
            if let Some(part) = error.partial::<Feed<'static>>() {
                assert_eq!(&read.entries[..], part.document().entries(), "{text}");
                assert_eq!(&read.diagnostics[..], part.diagnostics().as_slice(), "{text}");
            }
        }
    }
}

fn readers() -> [Reader; 5] {
    [
        Reader::new(),
        Reader::new().tolerance(Tolerance::STRICT),
        Reader::new().repair(),
        Reader::new()
            .stage(Stage::Submitted)
            .namespace("", namespace::ATOM)
            .namespace("x", "urn:x"),
        Reader::new().limits(Limits::default().diagnostics(2).depth(4).attributes(3)),
    ]
}

const START: &str = "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:x='urn:x'>";

/// What feeds are made of, and what breaks them.
const PIECES: &[&str] = &[
    "<?xml version='1.0' encoding='utf-8'?>\n",
    START,
    "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='http://example.org/é' xml:lang='en'\n x:a='>' xmlns:x='urn:x'>",
    "<a:feed xmlns:a='http://www.w3.org/2005/Atom'>",
    "<feed>",
    "</feed>",
    "</feed >",
    "<feed xmlns='http://www.w3.org/2005/Atom'/>",
    "<id>urn:example:1</id>",
    "<id>urn:example:2<b/></id>",
    "<title>T &amp; <![CDATA[<]]></title>",
    "<title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>é<b>]</b></div></title>",
    "<updated>2026-01-01T00:00:00Z</updated>",
    "<author><name>A</name></author>",
    "<link rel='self' href='/'/>",
    "<link href=' /a '/>",
    "<link href='/a'/>",
    "<logo>/l</logo>",
    "<entry><id>urn:example:3</id><title>E</title><updated>2026-01-01T00:00:00Z</updated><content>c</content></entry>",
    "<entry><id>urn:example:3</id><title>é</title>\n<updated>2026-01-01T01:00:00+01:00</updated><author><name>N</name></author><link href='/b'/></entry>",
    "<a:entry><a:title/></a:entry>",
    "<Entry/>",
    "<entry/>",
    "<entry a='1' x:b=\"'>\"><x:c><d/><!-- e --></x:c></entry>",
    "<entry><title>",
    "<x:y>z</x:y>",
    "<x:y/>",
    "<at:deleted-entry xmlns:at='http://purl.org/atompub/tombstones/1.0' ref='urn:example:4' when='2026-01-01T00:00:00Z'/>",
    "<!-- é > -->",
    "<!-- -- -->",
    "<?a b?>",
    "<?a",
    "<![CDATA[ ]]>",
    "<![CDATA[t]]>",
    "<!DOCTYPE html>",
    "<!DOCTYPE a [<!ENTITY b '>'>]>",
    "<!x>",
    " ",
    "\n\n",
    "text é",
    "&amp;",
    "&nbsp;",
    "& ",
    "&am",
    "]]>",
    "\u{1}",
    "\u{FFFE}",
    "\u{FEFF}",
    "<",
    ">",
    "'",
    "</x>",
    "<x",
    "<u:v/>",
    "{\"version\": \"https://jsonfeed.org/version/1\"}",
    "<rss version='2.0'>",
];

fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => prop::sample::select(PIECES).prop_map(|piece| piece.as_bytes().to_vec()),
        6 => prop::sample::select(&PIECES[7..29]).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::sample::select(vec![&b"\xFF"[..], b"\xE9a", b"\xC3", b"\0"]).prop_map(<[u8]>::to_vec),
    ];
    (any::<(bool, bool)>(), prop::collection::vec(piece, 0..12)).prop_map(
        |((is_begun, is_ended), pieces)| {
            let start = if is_begun { START.as_bytes() } else { b"" };
            let end = if is_ended { &b"</feed>"[..] } else { b"" };
            [start, &pieces.concat(), end].concat()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    /// The law: whatever the document, the reader's settings and the chunks are.
    #[test]
    fn entry_by_entry_a_feed_is_read_as_at_once(
        source in pieces(),
        reader in 0..5_usize,
        chunk in 1..40_usize,
    ) {
        check(&readers()[reader], &source, chunk);
    }
}

/// What is read of chunks that all come before the first step.
fn by_all(reader: &Reader, source: &[u8]) -> Read {
    let mut decoder = reader.entry_decoder();
    decoder.push(source);
    decoder.finish();
    of_decoder(decoder, std::iter::empty())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    /// Limits::entry_octets: whatever else is wrong, the same part is refused at the same place, however the
    /// octets are cut; what is behind the root is a part too.
    #[test]
    fn entry_octets_are_refused_at_the_same_place_for_any_chunks(
        source in pieces(),
        behind in prop::sample::select(vec!["", " ", "<!--a-->\n<?b c?>", "text", "<x>"]),
        reader in 0..5_usize,
        octets in 0..250_u64,
        chunk in 1..40_usize,
    ) {
        let source = [&source[..], behind.repeat(chunk).as_bytes()].concat();
        let reader = &readers()[reader];
        let reader = reader.clone().limits(Limits::default().entry_octets(octets));
        let read = by_slice(&reader, &source);
        let text = String::from_utf8_lossy(&source);
        prop_assert_eq!(&by_chunks(&reader, source.chunks(chunk)), &read, "{} in {}: {}", octets, chunk, text);
        prop_assert_eq!(&by_chunks(&reader, source.chunks(1)), &read, "{} in 1: {}", octets, text);
        prop_assert_eq!(&by_chunks(&reader, [&source[..]]), &read, "{}: {}", octets, text);
        prop_assert_eq!(&by_all(&reader, &source), &read, "{}: {}", octets, text);
    }
}

/// Limits::entry_octets: each part of a document has its place where it is refused, also behind the root, and
/// where the document ends too early.
#[test]
fn entry_octets_hold_for_each_part_and_behind_the_root() {
    let head = "<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'>";
    let most = head.len();
    let reader = Reader::new().limits(Limits::default().entry_octets(most as u64));
    let long = "a".repeat(most);
    for (source, part) in [
        (format!("\n{head}</feed>"), 0),
        (format!("{head}<title>{long}</title></feed>"), most),
        (format!("{head}<title/><!--{long}--></feed>"), most + 8),
        (format!("{head}<title>{long}"), most),
        (format!("{head}{long}</feed>"), most),
        (format!("{head}</feed><!--{long}-->"), most + 7),
        (format!("{head}</feed>{}", " ".repeat(most + 1)), most + 7),
        (format!("<feed xmlns='http://www.w3.org/2005/Atom'/>{long}a"), 43),
    ] {
        for read in [by_slice(&reader, source.as_bytes()), by_all(&reader, source.as_bytes())] {
            let (kind, offset, ..) = read.end.unwrap();
            let expected = (ErrorKind::Limit(Limit::EntryOctets), (part + most) as u64);
            assert_eq!((kind, offset), expected, "{source}");
        }
    }
    let just = format!("{head}</feed>{}", " ".repeat(most));
    assert_eq!(by_slice(&reader, just.as_bytes()).end, None);
}

fn plain(entries: usize) -> String {
    let entry = |number| {
        format!(
            "\n<entry><id>urn:example:{number}</id><title>T &amp; é</title>\
             <updated>2026-01-01T00:00:00Z</updated><content/></entry>"
        )
    };
    let entries: String = (0..entries).map(entry).collect();
    format!(
        "<?xml version='1.0'?>\n{START}<id>urn:example:1</id><title>T</title>\
         <updated>2026-01-01T00:00:00Z</updated><author><name>A</name></author>\
         <link rel='self' href='/'/>{entries}\n</feed>"
    )
}

/// Wherever a feed is cut, under any tolerance, every complete entry is given, and then the truncation is
/// the error.
#[test]
fn truncation_is_the_error_after_every_complete_entry() {
    let source = plain(3);
    let ends: Vec<_> = source.match_indices("</entry>").map(|(at, end)| at + end.len()).collect();
    let begin = source.find("<feed").unwrap();
    for reader in
        [Reader::new(), Reader::new().tolerance(Tolerance::STRICT), Reader::new().repair()]
    {
        for len in begin..source.len() {
            let cut = &source.as_bytes()[..len];
            let read = by_slice(&reader, cut);
            assert_eq!(read.end.unwrap().0, ErrorKind::Rule(Rule::Incomplete), "{len}");
            assert_eq!(read.entries.len(), ends.iter().filter(|end| **end <= len).count(), "{len}");
            check(&reader, cut, 7);
        }
    }
}

/// What is in scope around an entry goes with it.
#[test]
fn an_entry_is_given_with_its_octets_and_what_is_in_scope() {
    let source = "<a:feed xmlns:a='http://www.w3.org/2005/Atom' xmlns='urn:x' xml:base='/b' xml:lang='de'>\
         <a:author><a:name>A</a:name></a:author> <a:entry b='é'><c/></a:entry><a:entry/></a:feed>";
    let mut entries = Reader::new().namespace("s", "urn:s").entries(source);
    let first = entries.next().unwrap().unwrap().into_entry().unwrap();
    assert_eq!(first.source(), "<a:entry b='é'><c/></a:entry>");
    let at = usize::try_from(first.span().start).unwrap();
    assert!(source[at..].starts_with(first.source()));
    let namespaces: Vec<_> = first.namespaces().collect();
    assert_eq!(namespaces, [("s", "urn:s"), ("a", namespace::ATOM), ("", "urn:x")]);
    assert_eq!((first.base(), first.lang()), (Some("/b"), Some("de")));
    assert_eq!(first.inherited_authors()[0].name(), Some("A"));
    assert!(!first.is_repaired());
    let second = entries.next().unwrap().unwrap().into_entry().unwrap();
    assert_eq!(second.source(), "<a:entry/>");
    assert!(entries.next().is_none());
}

#[test]
fn a_repaired_entry_says_so_and_its_neighbours_do_not() {
    let source = format!("{START}<entry/><entry><title>a & b</title></entry><entry/></feed>");
    let entries =
        Reader::new().repair().entries(&source).map(|item| item.unwrap().into_entry().unwrap());
    let repaired: Vec<_> = entries.map(|entry| entry.is_repaired()).collect();
    assert_eq!(repaired, [false, true, false]);
}

/// Each limit holds for one child of the feed, and not for the feed; its error names it and its place.
#[test]
fn limits_hold_for_each_child_of_the_feed() {
    let source = plain(100);
    let longest = "\n<entry><id>urn:example:99</id><title>T &amp; é</title>\
        <updated>2026-01-01T00:00:00Z</updated><content/></entry>"
        .len() as u64;
    let limits = Limits::default().entry_octets(longest).elements(6).octets(500);
    let reader = Reader::new().limits(limits);
    assert_eq!(by_slice(&reader, source.as_bytes()).entries.len(), 100);
    check_same(&reader, &source);
    assert_eq!(
        reader.read::<Feed<'_>>(&source).unwrap_err().kind(),
        ErrorKind::Limit(Limit::Octets)
    );

    for (limits, limit, at) in [
        (
            limits.entry_octets(longest - 1),
            Limit::EntryOctets,
            source.find("\n<entry><id>urn:example:10<").unwrap() as u64 + longest - 1,
        ),
        // The metadata is counted as one child.
        (limits.elements(5), Limit::Elements, source.find("<link").unwrap() as u64),
        (limits.octets(30), Limit::Octets, source.find("<title").unwrap() as u64),
    ] {
        let reader = Reader::new().limits(limits);
        let (kind, offset, ..) = by_slice(&reader, source.as_bytes()).end.unwrap();
        assert_eq!((kind, offset), (ErrorKind::Limit(limit), at));
        check_same(&reader, &source);
    }
    let source = source.replace("<link rel='self' href='/'/>", "");
    let reader = Reader::new().limits(limits.elements(5));
    let (kind, offset, ..) = by_slice(&reader, source.as_bytes()).end.unwrap();
    let at = source.find("<content").unwrap() as u64;
    assert_eq!((kind, offset), (ErrorKind::Limit(Limit::Elements), at));
    check_same(&reader, &source);
    // What never ends is refused before it is in memory.
    let mut decoder = Reader::new().limits(Limits::default().entry_octets(100)).entry_decoder();
    decoder.push(START.as_bytes());
    assert_eq!(decoder.step(), Ok(EntryStep::NeedInput));
    decoder.push(&[b' '; 100]);
    assert_eq!(decoder.step(), Ok(EntryStep::NeedInput));
    decoder.push(b" ");
    let error = decoder.step().unwrap_err();
    assert_eq!(
        (error.kind(), error.offset()),
        (ErrorKind::Limit(Limit::EntryOctets), START.len() as u64 + 100)
    );
    assert_eq!(decoder.step(), Ok(EntryStep::Done));
}

fn check_same(reader: &Reader, source: &str) {
    let whole = by_slice(reader, source.as_bytes());
    assert_eq!(by_chunks(reader, source.as_bytes().chunks(11)), whole);
}

/// Entries with the same id and date are found among those that are remembered.
#[test]
fn entries_are_compared_as_far_as_the_limit_allows() {
    let entry = "<entry><id>urn:example:3</id><title>E</title><updated>2026-01-01T00:00:00Z</updated><content/></entry>";
    let other = entry.replace("example:3", "example:4");
    let source = format!("{START}{}</feed>", [entry, &other].repeat(2).concat());
    let octets_of_one = "urn:example:32026-01-01T00:00:00Z".len() as u64;
    let default = Limits::default().revision_octets;
    for (octets, expected) in [(default, 2), (octets_of_one, 1), (octets_of_one - 1, 0), (0, 0)] {
        let reader = Reader::new().limits(Limits::default().revision_octets(octets));
        let read = by_slice(&reader, source.as_bytes());
        let repeated = read.diagnostics.iter().filter(|one| one.rule() == Rule::EntryRepeated);
        assert_eq!(repeated.count(), expected);
    }
}

#[test]
fn a_file_is_read_entry_by_entry_and_its_errors_are_told_apart() {
    struct Broken(&'static [u8]);
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("broken"))
        }
    }
    impl std::io::BufRead for Broken {
        fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
            if self.0.is_empty() { Err(std::io::Error::other("broken")) } else { Ok(self.0) }
        }
        fn consume(&mut self, count: usize) {
            self.0 = &self.0[count..];
        }
    }
    let source = plain(50);
    let file = std::io::BufReader::with_capacity(13, source.as_bytes());
    let mut entries = Reader::new().entries_from(file);
    assert_eq!(entries.by_ref().map(Result::unwrap).count(), 50);
    assert_eq!(entries.feed().title().unwrap().value(), "T");
    assert!(entries.diagnostics().is_empty() && !entries.is_repaired());
    let broken = Broken(b"<feed xmlns='http://www.w3.org/2005/Atom'><entry/>");
    let mut entries = Reader::new().entries_from(broken);
    assert!(entries.next().unwrap().is_ok());
    assert!(matches!(entries.next(), Some(Err(StreamError::Source(_)))));
    assert!(entries.next().is_none());
    let mut entries =
        Reader::new().entries_from(&b"<feed xmlns='http://www.w3.org/2005/Atom'><entry>"[..]);
    assert!(matches!(entries.next(), Some(Err(StreamError::Feed(_)))));
}

#[cfg(feature = "futures")]
#[test]
fn a_stream_gives_the_same_entries() {
    use futures_util::{FutureExt, StreamExt, stream};
    let source = plain(20);
    let chunks = source.as_bytes().chunks(17).map(Ok::<_, std::io::Error>);
    let mut entries = Reader::new().entry_stream(stream::iter(chunks));
    let items: Vec<_> = entries.by_ref().collect().now_or_never().unwrap();
    let of_stream: Vec<_> =
        items.into_iter().map(|item| item.unwrap().into_entry().unwrap()).collect();
    let of_slice: Vec<_> =
        Reader::new().entries(&source).map(|item| item.unwrap().into_entry().unwrap()).collect();
    assert_eq!(of_stream, of_slice);
    assert_eq!(entries.feed().id(), Some("urn:example:1"));
    assert!(entries.diagnostics().is_empty() && !entries.is_repaired());
    assert!(entries.next().now_or_never().unwrap().is_none());
}

#[test]
fn a_decoder_ignores_what_comes_behind_its_end() {
    let mut decoder: EntryDecoder = Reader::new().entry_decoder();
    decoder.push(format!("{START}</feed>").as_bytes());
    decoder.finish();
    decoder.push(b"<");
    assert_eq!(decoder.step(), Ok(EntryStep::Done));
}
