//! The rules of draft-wilde-fsm-00, each at the start tag of the feed or entry that violates it.

use super::finding::Finding;
use super::outline::{Outline, Places};
use crate::atom::{Content, Entry, Feed};
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::fsm;
use crate::limits::Limits;
use crate::reader::Reader;
use crate::rule::Rule;

/// How much of a document was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    Whole,
    /// What is missing in the root may be in the rest; each entry that is there is complete.
    Part,
}

/// The violations in a document that was read, with their positions. `reader` reads the document
/// again, if there are any.
pub(super) fn of_document(
    document: &Document<'_>,
    extent: Extent,
    octets: &[u8],
    reader: Reader,
    limits: Limits,
    is_demanded: bool,
) -> Vec<Finding> {
    let violations = violations(document, extent, is_demanded);
    if violations.is_empty() {
        return Vec::new();
    }
    // What is wrong with the document was reported before: here it is neither kept nor repeated.
    let outline = reader.limits(limits.diagnostics(0)).attempt::<Outline>(octets).root;
    let Some(outline) = outline else { return Vec::new() };
    let mut places = Places::of(octets);
    let at = |(place, rule): (usize, Rule)| {
        let tag = outline.tags().get(place)?;
        let position = places.next(tag.start);
        Some(Finding::of_diagnostic(&Diagnostic::read(rule, position, tag.end - tag.start)))
    };
    violations.into_iter().filter_map(at).collect()
}

/// The violations in a value, with their paths.
pub(super) fn of_value(document: &Document<'_>, is_demanded: bool) -> Vec<Finding> {
    let root = if matches!(document, Document::Entry(_)) { "/entry" } else { "/feed" };
    let path = |place: usize| match place {
        0 => root.to_owned(),
        number => format!("/feed/entry[{number}]"),
    };
    let violations = violations(document, Extent::Whole, is_demanded).into_iter();
    violations.map(|(place, rule)| Finding::built(rule, &path(place))).collect()
}

/// The rules that are violated, each with its place: 0 for the root, and the number of an entry.
fn violations(document: &Document<'_>, extent: Extent, is_demanded: bool) -> Vec<(usize, Rule)> {
    match document {
        Document::Feed(feed) => of_feed(feed, extent, is_demanded),
        Document::Entry(_) if extent == Extent::Part => Vec::new(),
        Document::Entry(entry) if is_demanded || fsm::is_declared(entry.links()) => {
            of_entry(entry).into_iter().map(|rule| (0, rule)).collect()
        }
        _ => Vec::new(),
    }
}

fn of_feed(feed: &Feed<'_>, extent: Extent, is_demanded: bool) -> Vec<(usize, Rule)> {
    let is_bundle = is_demanded || fsm::is_declared(feed.links());
    let mut found = Vec::new();
    if is_bundle && extent == Extent::Whole {
        found.extend(fsm::bundle_violations(feed).into_iter().map(|rule| (0, rule)));
    }
    for (at, entry) in feed.entries().iter().enumerate() {
        if is_bundle || fsm::is_declared(entry.links()) {
            found.extend(of_entry(entry).into_iter().map(|rule| (at + 1, rule)));
        }
    }
    found
}

fn of_entry(entry: &Entry<'_>) -> Vec<Rule> {
    let mut found = fsm::entry_violations(entry);
    // Section 2.1: what a service entry should have.
    let has_source = entry.content().and_then(Content::src).is_some();
    if !has_source {
        found.push(Rule::ServiceSource);
    }
    if entry.summary().is_none() {
        found.push(Rule::ServiceSummary);
    }
    found
}
