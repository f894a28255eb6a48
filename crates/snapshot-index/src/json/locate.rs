//! The spans of places in a document, which a second and slower pass finds when they are needed.

use crate::json::text::{Text, span_within};
use crate::place::Place;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

/// The spans of some places in one document.
pub(crate) struct Spans {
    found: HashMap<Place, Option<Range<usize>>>,
}

impl Spans {
    /// Finds places in a document. A document that is incomplete or malformed is searched up to
    /// where it fails.
    pub(crate) fn locate(document: &[u8], places: impl IntoIterator<Item = Place>) -> Self {
        let mut found: HashMap<_, _> = places.into_iter().map(|place| (place, None)).collect();
        let start = document.len() - document.trim_ascii_start().len();
        let end = document.trim_ascii_end().len().max(start);
        found.entry(Place::Document).and_modify(|span| *span = Some(start..end));
        if found.keys().any(|&place| place != Place::Document) {
            let mut search = Search { document, found: &mut found, unknown: 0 };
            let mut deserializer = serde_json::Deserializer::from_slice(document);
            // What was found before an error is valid.
            let _ = deserializer.deserialize_map(&mut search);
        }
        Self { found }
    }

    pub(crate) fn get(&self, place: Place) -> Option<Range<usize>> {
        self.found.get(&place).cloned().flatten()
    }
}

struct Search<'d, 'f> {
    document: &'d [u8],
    found: &'f mut HashMap<Place, Option<Range<usize>>>,
    unknown: usize,
}

impl Search<'_, '_> {
    fn note(&mut self, place: Place, value: &RawValue) {
        if let Some(span) = self.found.get_mut(&place) {
            *span = span_within(self.document, value.get());
        }
    }
}

impl<'de> Visitor<'de> for &mut Search<'de, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a snapshot index")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Text(name)) = map.next_key()? {
            let place = match &*name {
                "id" => Place::Id,
                "started" => Place::Started,
                "completed" => Place::Completed,
                "uris" if self.found.contains_key(&Place::Uris) => Place::Uris,
                "uris" => {
                    map.next_value_seed(Items(self))?;
                    continue;
                }
                _ => {
                    self.unknown += 1;
                    Place::Unknown(self.unknown - 1)
                }
            };
            self.note(place, map.next_value()?);
        }
        Ok(())
    }
}

/// Finds the spans of items of `uris`.
struct Items<'s, 'd, 'f>(&'s mut Search<'d, 'f>);

impl<'de> de::DeserializeSeed<'de> for Items<'_, 'de, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items<'_, 'de, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let mut number = 0;
        while let Some(item) = items.next_element()? {
            self.0.note(Place::Uri(number), item);
            number += 1;
        }
        Ok(())
    }
}
