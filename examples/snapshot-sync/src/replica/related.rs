//! The links of indexes, feed documents and events.

use crate::error::Error;
use change_feed::TIMELINE_RELATION;
use version_links::links;

/// The links that a replica follows: the first of each relation, as a reference that
/// is not resolved yet.
#[derive(Debug, Default)]
pub(crate) struct Related {
    pub(crate) about: Option<String>,
    pub(crate) self_uri: Option<String>,
    pub(crate) prev: Option<String>,
    pub(crate) prev_archive: Option<String>,
    pub(crate) next_archive: Option<String>,
    pub(crate) current: Option<String>,
    pub(crate) index: Option<String>,
    pub(crate) timeline: Option<String>,
}

impl Related {
    /// Reads the Link fields of a document that was fetched from `uri`, or of an event in it.
    pub(crate) fn read<'a>(
        uri: &str,
        fields: impl Iterator<Item = &'a [u8]>,
    ) -> Result<Self, Error> {
        let mut related = Self::default();
        for link in fields.flat_map(links) {
            let link = link.map_err(|source| Error::Link { uri: uri.to_owned(), source })?;
            // A link with an anchor has another context than this document.
            if link.anchor().is_some() {
                continue;
            }
            let places = [
                ("about", &mut related.about),
                ("self", &mut related.self_uri),
                ("prev", &mut related.prev),
                ("prev-archive", &mut related.prev_archive),
                ("next-archive", &mut related.next_archive),
                ("current", &mut related.current),
                ("index", &mut related.index),
                (TIMELINE_RELATION, &mut related.timeline),
            ];
            for (relation, place) in places {
                if place.is_none() && link.has_rel(relation) {
                    *place = Some(link.target().to_owned());
                }
            }
        }
        Ok(related)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URI: &str = "http://127.0.0.1:1/changes/latest";

    fn read<'a>(fields: impl Iterator<Item = &'a [u8]>) -> Related {
        Related::read(URI, fields).unwrap()
    }

    #[test]
    fn draft_4_7_the_links_of_an_event_are_found() {
        let fields =
            [&b"</products/7628827272>;rel=\"about\""[..], b"</changes/1234>;rel=\"self\""];
        let related = read(fields.into_iter());
        assert_eq!(related.about.as_deref(), Some("/products/7628827272"));
        assert_eq!(related.self_uri.as_deref(), Some("/changes/1234"));
    }

    #[test]
    fn rfc8288_3_2_a_link_with_an_anchor_is_about_another_document() {
        let fields = [&b"</a>; rel=current; anchor=\"/other\", </b>; rel=\"x Current\""[..]];
        let related = read(fields.into_iter());
        assert_eq!(related.current.as_deref(), Some("/b"));
    }

    #[test]
    fn rfc8288_2_1_2_the_timeline_is_found_by_its_extension_relation() {
        let field = format!("<../timeline>; rel=\"current {TIMELINE_RELATION}\"");
        let related = read([field.as_bytes()].into_iter());
        assert_eq!(related.timeline.as_deref(), Some("../timeline"));
        assert_eq!(related.current, related.timeline);
    }
}
