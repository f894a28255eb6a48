//! The law of passing on, over arbitrary entries.

use crate::{ATOM, metadata};
use atom_fsm::atom::{Entry, Feed, Person};
use atom_fsm::{Correction, FeedItem, PassedOn, Reader, Stage, Tolerance, Writer};
use proptest::prelude::*;

/// What the entries of the law are made of.
const PIECES: &[&str] = &[
    "<id>urn:example:2</id>",
    "<id> urn:example:3</id>",
    "<title>T &amp; é</title>",
    "<a:title>U</a:title>",
    "<updated>2026-01-01T00:00:00Z</updated>",
    "<updated>now</updated>",
    "<content>c</content>",
    "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><b x:c='d'>e</b></div></content>",
    "<content type='application/x'><x:f y='x:g'/></content>",
    "<link href='h' xml:base='i/'/>",
    "<link/>",
    "<author><name>B</name><x:j/></author>",
    "<source><id>urn:example:4</id></source>",
    "<source><author><name>C</name></author></source>",
    "<x:k xmlns:x='urn:other'/>",
    "<x:l>m</x:l>",
    "<n xmlns=''><o/></n>",
    "<!-- p -->",
    "<?q r?>",
    "<![CDATA[ ]]>",
    "stray",
    "\r\n",
    "<Category term='s'/>",
    "<rights>a & b</rights>",
    "<u:v/>",
];

const AROUND: &[&str] = &[
    "",
    " xml:base='http://example.org/a/'",
    " xml:base='b/'",
    " xml:lang='de'",
    " xmlns:x='urn:x2'",
    " xmlns:n='urn:n' xml:base='http://example.org/c/' xml:lang=''",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// The law: what is written is read under the same tolerance, copied octets are equal, and a value is
    /// the same but for what was added.
    #[test]
    fn what_is_passed_on_is_read_again_as_the_same(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..9),
        starts in prop::collection::vec(prop::sample::select(&["<entry>", "<entry xml:base='d/'>", "<entry xml:lang='fr' w='1'>", "<a:entry xmlns=''>", "<entry xmlns:x='urn:x3' x:y='z'>"][..]), 1..3),
        around in prop::sample::select(AROUND),
        new in prop::sample::select(AROUND),
        (has_author, is_same_author, is_strict, is_stored, is_known) in any::<(bool, bool, bool, bool, bool)>(),
    ) {
        let author = if has_author { "<author><name>A</name></author>" } else { "" };
        let entries: String = starts
            .iter()
            .map(|start| {
                let end = if start.starts_with("<a:") { "</a:entry>" } else { "</entry>" };
                format!("{start}{}{end}", pieces.concat())
            })
            .collect();
        let names = "xmlns:a='http://www.w3.org/2005/Atom' xmlns:x='urn:x'";
        let names = if around.contains("xmlns:x") { "xmlns:a='http://www.w3.org/2005/Atom'" } else { names };
        let source = format!("<feed {ATOM} {names}{around}>{author}{entries}</feed>");
        let target = format!("<feed {ATOM}{new}/>");
        let mut feed = metadata().with_common(Feed::parse(&target).unwrap().common().clone());
        if !is_same_author {
            *feed.authors_mut() = vec![Person::new("B")];
        }
        let tolerance = if is_strict { Tolerance::STRICT } else { Tolerance::DRAFTS };
        let stage = if is_stored { Stage::Stored } else { Stage::Submitted };
        let writer = Writer::new().tolerance(tolerance).stage(stage).correction(Correction::UnboundNames);
        let mut out = Vec::new();
        let (mut writer, _) = writer.feed(&feed, &mut out).unwrap();
        let mut written = Vec::new();
        for item in Reader::new().stage(Stage::Submitted).repair().entries(&source).filter_map(Result::ok) {
            let FeedItem::Entry(entry) = item else { continue };
            let entry = if is_known { entry.with_document_uri("http://example.org/d/") } else { entry };
            let start = out.len();
            match writer.pass_on(&entry, &mut out) {
                Ok((how, _)) => {
                    if how == PassedOn::Copied {
                        prop_assert_eq!(&out[start..], entry.source().as_bytes());
                    }
                    written.push((how, entry.into_owned()));
                }
                Err(error) => {
                    prop_assert_eq!(out.len(), start);
                    prop_assert_eq!(writer.skip(), Some(error));
                }
            }
        }
        writer.finish(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let reader = Reader::new().tolerance(tolerance).stage(stage);
        let reading = reader.read::<Feed<'_>>(&text);
        prop_assert!(reading.is_ok(), "{:?}: {}", reading, text);
        let read = reading.unwrap().into_document();
        prop_assert_eq!(read.entries().len(), written.len(), "{}", text);
        for (new, (how, old)) in read.entries().iter().zip(&written) {
            let mut expected = old.entry().clone();
            if *how == PassedOn::Copied {
                prop_assert_eq!(new, &expected);
                continue;
            }
            if old.is_repaired() {
                // Unbound names are left out.
                expected.extensions_mut().retain(|extension| !extension.name().is_unbound());
            }
            // What was added is not compared: the base, the language, and authors.
            let mut new = new.clone().with_common(expected.common().clone());
            if !expected.has_author_for_test() {
                new.set_source(expected.source().cloned());
            }
            prop_assert_eq!(&new, &expected, "{}", text);
        }
    }
}

trait HasAuthor {
    fn has_author_for_test(&self) -> bool;
}

impl HasAuthor for Entry<'_> {
    fn has_author_for_test(&self) -> bool {
        let of_source = self.source().is_some_and(|source| !source.authors().is_empty());
        !self.authors().is_empty() || of_source
    }
}
