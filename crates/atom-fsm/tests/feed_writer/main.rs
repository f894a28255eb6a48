//! `FeedWriter`: what is written entry by entry is read again by a reader as strict as the writer, and an
//! entry that is passed on keeps its octets, with what its new place lacks.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

mod inherited;
mod law;
mod passing_on;
mod writing;

use atom_fsm::atom::{Date, Entry, Feed, Person};
use atom_fsm::{FeedEntry, FeedWriter, PassedOn, Reader, Tolerance, Writer};

pub(crate) const ATOM: &str = "xmlns='http://www.w3.org/2005/Atom'";
pub(crate) const ENTRY: &str = "<id>urn:example:2</id><title>T</title><updated>2026-01-01T00:00:00Z</updated>\
    <content>c</content>";

pub(crate) fn metadata() -> Feed<'static> {
    Feed::new()
        .with_id("urn:example:1")
        .with_title("T")
        .with_updated(Date::new("2026-01-01T00:00:00Z"))
        .with_author(Person::new("A"))
}

pub(crate) fn begin(feed: &Feed<'_>, out: &mut Vec<u8>) -> FeedWriter {
    Writer::new().feed(feed, out).unwrap().0
}

pub(crate) fn entries(source: &str) -> Vec<FeedEntry<'_>> {
    Reader::new().entries(source).map(|item| item.unwrap().into_entry().unwrap()).collect()
}

/// Passes the first entry of a document on to a feed, and returns how, its new octets and its new value.
pub(crate) fn passed(source: &str, feed: &Feed<'_>) -> (PassedOn, String, Entry<'static>) {
    passed_by(&Writer::new(), &entries(source)[0], feed)
}

pub(crate) fn passed_by(
    writer: &Writer,
    entry: &FeedEntry<'_>,
    feed: &Feed<'_>,
) -> (PassedOn, String, Entry<'static>) {
    let mut out = Vec::new();
    let (mut writer, _) = writer.feed(feed, &mut out).unwrap();
    let start = out.len();
    let (how, diagnostics) = writer.pass_on(entry, &mut out).unwrap();
    assert!(diagnostics.is_empty());
    let octets = String::from_utf8(out[start..].to_vec()).unwrap();
    writer.finish(&mut out).unwrap();
    let strict = Reader::new().tolerance(Tolerance::STRICT);
    let read = strict.read::<Feed<'_>>(&out).unwrap().into_document().into_owned();
    (how, octets, read.entries()[0].clone())
}

pub(crate) fn source_feed(attributes: &str, inside: &str) -> String {
    format!("<feed {ATOM} {attributes}><author><name>A</name></author>{inside}</feed>")
}
