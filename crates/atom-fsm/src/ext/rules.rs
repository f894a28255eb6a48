//! The rules of the extensions that this crate knows: RFC 5005, RFC 4685, RFC 6721 and GeoRSS.
//!
//! A reader checks them where it reads an extension, and a writer where it writes one.

use super::geometry::{self, Kind};
use crate::atom::{check_reference, date, is_iri, is_media_type};
use crate::error::Error;
use crate::namespace;
use crate::report::Report;
use crate::rule::Rule;
use crate::xml::{Attribute, Element, Name, SPACE};
use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

/// The relations of which a feed has one link at most (RFC 5005 sections 3 and 4).
const PAGES: [&str; 7] =
    ["first", "last", "previous", "next", "prev-archive", "next-archive", "current"];

/// The number of tombstones of a feed that are compared with each other: a feed that is read entry by
/// entry may have any number of them. Each takes up to 20 octets of memory.
const MOST_TOMBSTONES: usize = 1 << 16;

/// Whether the element is of a vocabulary that has rules.
pub(crate) fn is_known(name: &Name<'_>) -> bool {
    [namespace::THREAD, namespace::HISTORY, namespace::TOMBSTONES, namespace::GEORSS]
        .into_iter()
        .any(|known| namespace::same(&name.namespace, known))
}

/// Checks one element, whatever it is in.
pub(crate) fn check(element: &Element<'_>, report: &mut dyn Report) -> Result<(), Error> {
    let name = &element.name;
    let is = |namespace| namespace::same(&name.namespace, namespace);
    match &*name.local {
        "in-reply-to" if is(namespace::THREAD) => check_reply(element, report),
        "total" if is(namespace::THREAD) => {
            report.require(count(&element.text()).is_some(), Rule::ReplyTotal)
        }
        "complete" | "archive" if is(namespace::HISTORY) => {
            let is_empty = element.children().next().is_none()
                && element.text().trim_matches(SPACE).is_empty();
            report.require(is_empty, Rule::HistoryEmpty)
        }
        "deleted-entry" if is(namespace::TOMBSTONES) => check_tombstone(element, report),
        "where" if is(namespace::GEORSS) => {
            // A geometry that is not known may be right.
            let mut known = element.children().filter(|child| geometry::is_known(child));
            let are_right = element.children().next().is_some()
                && known.all(|child| geometry::of(child).is_some_and(|found| found.is_in_range()));
            report.require(are_right, Rule::LocationSyntax)
        }
        "elev" | "radius" if is(namespace::GEORSS) => {
            let number = element.text().trim_matches(SPACE).parse::<f64>();
            report.require(number.is_ok_and(f64::is_finite), Rule::LocationNumber)
        }
        "floor" if is(namespace::GEORSS) => {
            let number = element.text().trim_matches(SPACE).parse::<i64>();
            report.require(number.is_ok(), Rule::LocationNumber)
        }
        local if is(namespace::GEORSS) && Kind::of(local).is_some() => {
            let is_right = geometry::of(element).is_some_and(|found| found.is_in_range())
                && !element.text().contains(',');
            report.require(is_right, Rule::LocationSyntax)
        }
        _ => Ok(()),
    }
}

/// A count (RFC 4685 sections 4 and 5: `nonNegativeInteger`, which may begin with `+`).
pub(crate) fn count(text: &str) -> Option<u64> {
    let text = text.trim_matches(SPACE);
    let is_whole = !text.is_empty()
        && text.strip_prefix('+').unwrap_or(text).bytes().all(|octet| octet.is_ascii_digit());
    if is_whole { text.parse().ok() } else { None }
}

/// RFC 4685 section 3.
fn check_reply(element: &Element<'_>, report: &mut dyn Report) -> Result<(), Error> {
    let attribute = |local| element.attribute("", local).map(|value| value.trim_matches(SPACE));
    report.require(attribute("ref").is_some_and(is_iri), Rule::ReplyReference)?;
    for local in ["href", "source"] {
        attribute(local).map_or(Ok(()), |value| check_reference(value, report))?;
    }
    report.require(attribute("type").is_none_or(is_media_type), Rule::ReplyType)
}

/// RFC 6721 section 3.
fn check_tombstone(element: &Element<'_>, report: &mut dyn Report) -> Result<(), Error> {
    let attribute = |local| element.attribute("", local).map(|value| value.trim_matches(SPACE));
    report.require(attribute("ref").is_some_and(is_iri), Rule::TombstoneReference)?;
    let when = attribute("when").and_then(date::parse);
    report.require(when.is_some(), Rule::TombstoneWhen)?;
    let once = [
        (namespace::TOMBSTONES, "by"),
        (namespace::TOMBSTONES, "comment"),
        (namespace::ATOM, "source"),
    ];
    let are_single = once.into_iter().all(|(namespace, local)| {
        element.children().filter(|child| child.name.is(namespace, local)).nth(1).is_none()
    });
    report.require(are_single, Rule::TombstoneChild)?;
    // It is a person construct (RFC 4287 section 3.2.1).
    let is_person = |by: &Element<'_>| {
        let mut names = by.children().filter(|child| child.name.is(namespace::ATOM, "name"));
        names.next().is_some() && names.next().is_none()
    };
    let by = element.child(namespace::TOMBSTONES, "by");
    report.require(by.is_none_or(is_person), Rule::PersonName)
}

/// What must be known of the extensions of a feed to check what holds for them together.
#[derive(Debug, Default)]
pub(crate) struct FeedExtensions {
    is_complete: bool,
    is_archive: bool,
    /// Each tombstone's reference and moment as one number, which no sender can predict.
    tombstones: HashSet<u64>,
    hasher: RandomState,
    is_repeated: bool,
}

impl FeedExtensions {
    /// Adds an extension, and returns whether it is a tombstone that was there before.
    pub(crate) fn add(&mut self, extension: &Element<'_>) -> bool {
        let is = |namespace, local| extension.name.is(namespace, local);
        self.is_complete |= is(namespace::HISTORY, "complete");
        self.is_archive |= is(namespace::HISTORY, "archive");
        if !is(namespace::TOMBSTONES, "deleted-entry") {
            return false;
        }
        let Some(tombstone) = self.number(extension) else { return false };
        let is_repeated = self.tombstones.contains(&tombstone);
        if self.tombstones.len() < MOST_TOMBSTONES {
            self.tombstones.insert(tombstone);
        }
        self.is_repeated |= is_repeated;
        is_repeated
    }

    /// Removes a tombstone that was added once.
    pub(crate) fn remove(&mut self, extension: &Element<'_>) {
        if let Some(tombstone) = self.number(extension) {
            self.tombstones.remove(&tombstone);
        }
    }

    fn number(&self, tombstone: &Element<'_>) -> Option<u64> {
        let attribute = |local| tombstone.attribute("", local);
        let when = date::parse(attribute("when")?)?;
        Some(self.hasher.hash_one((attribute("ref")?, when)))
    }

    /// Checks what holds for the extensions of a feed together, and for its links.
    pub(crate) fn check<'r>(
        &self,
        relations: impl Iterator<Item = &'r str>,
        report: &mut dyn Report,
    ) -> Result<(), Error> {
        let mut pages = [0_u8; PAGES.len()];
        for relation in relations {
            if let Some(at) = PAGES.iter().position(|page| *page == relation) {
                pages[at] = pages[at].saturating_add(1);
            }
        }
        report.require(pages.iter().all(|count| *count < 2), Rule::PageLink)?;
        let links_to =
            |page: &str| PAGES.iter().zip(pages).any(|(known, count)| *known == page && count > 0);
        let has_archives = self.is_archive || links_to("prev-archive") || links_to("next-archive");
        // Section 2: a complete feed has all entries in one document.
        let has_others = has_archives || links_to("next") || links_to("previous");
        report.require(!(self.is_complete && has_others), Rule::HistoryKind)?;
        // The current feed is not before an archive.
        let is_archive = self.is_archive || links_to("next-archive");
        report.require(!is_archive || links_to("current"), Rule::ArchiveCurrent)?;
        report.require(!is_archive || self.is_archive, Rule::ArchiveMarked)?;
        report.require(!self.is_repeated, Rule::TombstoneRepeated)
    }
}

/// Checks the attributes that RFC 4685 section 4 adds to links.
pub(crate) fn check_link(
    relation: &str,
    attributes: &[Attribute<'_>],
    report: &mut dyn Report,
) -> Result<(), Error> {
    for Attribute { name, value } in attributes {
        if !namespace::same(&name.namespace, namespace::THREAD) {
            continue;
        }
        match &*name.local {
            "count" => report.require(count(value).is_some(), Rule::ReplyCount)?,
            "updated" => {
                let is_date = date::parse(value.trim_matches(SPACE)).is_some();
                report.require(is_date, Rule::DateSyntax)?;
            }
            _ => continue,
        }
        report.require(relation == "replies", Rule::ReplyLink)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ext::{Extension, Tombstone};

    #[test]
    fn only_so_many_tombstones_are_remembered_and_compared() {
        let tombstone = |number: usize| {
            Tombstone::new(format!("urn:example:{number}"), "2026-01-02T00:00:00Z").to_element()
        };
        let mut known = FeedExtensions::default();
        assert!((0..MOST_TOMBSTONES + 9).all(|number| !known.add(&tombstone(number))));
        assert_eq!(known.tombstones.len(), MOST_TOMBSTONES);
        assert!(!known.add(&tombstone(MOST_TOMBSTONES)), "one that is not remembered");
        assert!(known.add(&tombstone(MOST_TOMBSTONES - 1)));
    }

    #[test]
    fn rfc4685_5_a_count_is_a_whole_number_that_is_not_negative() {
        for (text, expected) in [
            ("0", Some(0)),
            (" 12\n", Some(12)),
            ("+3", Some(3)),
            ("-1", None),
            ("1.5", None),
            ("", None),
            ("+", None),
        ] {
            assert_eq!(count(text), expected, "{text}");
        }
        assert_eq!(count("18446744073709551616"), None);
    }
}
