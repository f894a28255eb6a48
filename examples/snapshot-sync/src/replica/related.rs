//! The links of indexes, feed documents and events.

use crate::error::Error;
use crate::origin::Base;
use version_links::links;

/// The links that a replica follows: the first of each relation, as a resolved URI.
#[derive(Debug, Default)]
pub(crate) struct Related {
    pub(crate) about: Option<String>,
    pub(crate) self_uri: Option<String>,
    pub(crate) prev: Option<String>,
    pub(crate) prev_archive: Option<String>,
    pub(crate) next_archive: Option<String>,
    pub(crate) current: Option<String>,
    pub(crate) index: Option<String>,
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
            ];
            for (relation, place) in places {
                if place.is_none() && link.has_rel(relation) {
                    *place = Some(Base::new(uri)?.resolve(link.target())?);
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

    #[test]
    fn draft_4_7_the_links_of_an_event_are_found() {
        let fields =
            [&b"</products/7628827272>;rel=\"about\""[..], b"</changes/1234>;rel=\"self\""];
        let related = Related::read(URI, fields.into_iter()).unwrap();
        assert_eq!(related.about.as_deref(), Some("http://127.0.0.1:1/products/7628827272"));
        assert_eq!(related.self_uri.as_deref(), Some("http://127.0.0.1:1/changes/1234"));
    }

    #[test]
    fn rfc8288_3_2_a_link_with_an_anchor_is_about_another_document() {
        let fields = [&b"</a>; rel=current; anchor=\"/other\", </b>; rel=\"x Current\""[..]];
        let related = Related::read(URI, fields.into_iter()).unwrap();
        assert_eq!(related.current.as_deref(), Some("http://127.0.0.1:1/b"));
    }
}
