//! The spans of values in a document, which a second and slower pass finds when they are needed.

use crate::linkset::json::path::Path;
use crate::linkset::json::text::span_within;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

/// The spans of the values at these paths. A document that is malformed is searched up to where it
/// fails.
///
/// Only values that contain one that is searched are looked into, so the time is linear in the
/// document for each level of a path.
pub(super) fn locate(
    document: &str,
    paths: impl IntoIterator<Item = Path>,
) -> BTreeMap<Path, Range<usize>> {
    let mut paths: Vec<_> = paths.into_iter().collect();
    paths.sort_unstable();
    paths.dedup();
    let mut search = Search { document, found: BTreeMap::new() };
    search.look_into(document.trim_matches([' ', '\t', '\r', '\n']), &paths, 0);
    search.found
}

struct Search<'d> {
    document: &'d str,
    found: BTreeMap<Path, Range<usize>>,
}

impl<'d> Search<'d> {
    /// Searches in a value for these paths, which lead to it up to this level.
    fn look_into(&mut self, value: &'d str, paths: &[Path], level: usize) {
        let here = paths.iter().take_while(|path| path.step(level).is_none()).count();
        let (here, within) = paths.split_at(here);
        if let (Some(&path), Some(span)) =
            (here.first(), span_within(self.document.as_bytes(), value))
        {
            self.found.insert(path, span);
        }
        if !within.is_empty() {
            let parts = Parts { search: self, paths: within, level };
            // What was found before an error is valid.
            let _ = serde_json::Deserializer::from_str(value).deserialize_any(parts);
        }
    }
}

/// Visits the parts of a value.
struct Parts<'s, 'd, 'p> {
    search: &'s mut Search<'d>,
    paths: &'p [Path],
    level: usize,
}

impl<'d> Parts<'_, 'd, '_> {
    /// The paths that lead into the part with this number.
    fn take_part(&mut self, number: usize) -> &[Path] {
        let leads = |path: &&Path| path.step(self.level) == Some(number);
        let count = self.paths.iter().take_while(leads).count();
        let (into, after) = self.paths.split_at(count);
        self.paths = after;
        into
    }

    /// Looks into parts until all paths are found, which ends as an error.
    fn visit<E: Error>(
        mut self,
        mut next: impl FnMut(bool) -> Result<Option<Option<&'d RawValue>>, E>,
    ) -> Result<(), E> {
        for number in 0.. {
            let level = self.level + 1;
            let into = self.take_part(number).to_vec();
            match next(!into.is_empty())? {
                None => break,
                Some(None) => {}
                Some(Some(part)) => self.search.look_into(part.get(), &into, level),
            }
            if self.paths.is_empty() {
                return Err(E::custom("all is found"));
            }
        }
        Ok(())
    }
}

impl<'d> Visitor<'d> for Parts<'_, 'd, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array or an object")
    }

    fn visit_map<A: MapAccess<'d>>(self, mut map: A) -> Result<(), A::Error> {
        self.visit(|is_wanted| {
            if map.next_key::<IgnoredAny>()?.is_none() {
                return Ok(None);
            }
            match is_wanted {
                true => Ok(Some(Some(map.next_value()?))),
                false => map.next_value::<IgnoredAny>().map(|_| Some(None)),
            }
        })
    }

    fn visit_seq<A: SeqAccess<'d>>(self, mut items: A) -> Result<(), A::Error> {
        self.visit(|is_wanted| match is_wanted {
            true => Ok(items.next_element()?.map(Some)),
            false => Ok(items.next_element::<IgnoredAny>()?.map(|_| None)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(steps: &[usize]) -> Path {
        let mut path = Path::default();
        steps.iter().for_each(|&step| path.enter(step));
        path
    }

    #[test]
    fn values_are_found_by_number_at_each_level() {
        let document = " {\"a\": [10, {\"b\": 20, \"c\": [30]}], \"d\": \"x\"}\n";
        for (steps, expected) in [
            (&[][..], document.trim()),
            (&[0], "[10, {\"b\": 20, \"c\": [30]}]"),
            (&[0, 0], "10"),
            (&[0, 1, 1, 0], "30"),
            (&[1], "\"x\""),
        ] {
            let found = locate(document, [path(steps)]);
            assert_eq!(&document[found[&path(steps)].clone()], expected);
        }
        let all = [path(&[1]), path(&[0, 1, 1, 0]), path(&[0, 1]), path(&[2]), path(&[0, 0, 0])];
        let found = locate(document, all);
        assert_eq!(found.len(), 3, "what is not there is not found");
        assert_eq!(&document[found[&all[2]].clone()], "{\"b\": 20, \"c\": [30]}");
    }

    #[test]
    fn a_malformed_document_is_searched_up_to_where_it_fails() {
        let found = locate("[1, [2, 3", [path(&[0]), path(&[1, 1])]);
        assert_eq!(found.len(), 1);
    }
}
