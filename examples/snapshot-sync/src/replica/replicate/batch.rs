//! Entities on their way from the thread that reads a package to the one that stores them.

/// Entities in order. All of their octets are in two buffers: an allocation of its own for each would
/// cost as much as reading it, and would be given back by another thread.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Batch {
    /// The name, entity tag and media type of each entity.
    texts: String,
    bodies: Vec<u8>,
    ends: Vec<Ends>,
}

/// Where what belongs to an entity ends. It begins where that of the one before it ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Ends {
    uri: usize,
    etag: usize,
    media_type: usize,
    body: usize,
    has_etag: bool,
}

impl Batch {
    /// Adds an entity without its body.
    pub(crate) fn begin(&mut self, uri: &str, etag: Option<&str>, media_type: &str) {
        self.texts.push_str(uri);
        let uri = self.texts.len();
        self.texts.push_str(etag.unwrap_or_default());
        let (has_etag, etag) = (etag.is_some(), self.texts.len());
        self.texts.push_str(media_type);
        let (media_type, body) = (self.texts.len(), self.bodies.len());
        self.ends.push(Ends { uri, etag, media_type, body, has_etag });
    }

    /// Adds a piece of the body of the last entity.
    pub(crate) fn push(&mut self, octets: &[u8]) {
        self.bodies.extend_from_slice(octets);
        if let Some(last) = self.ends.last_mut() {
            last.body = self.bodies.len();
        }
    }

    /// The number of entities.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The number of octets that it holds.
    pub(crate) fn octets(&self) -> usize {
        self.texts.len() + self.bodies.len()
    }

    /// The URI, entity tag, media type and state of each entity.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>, &str, &[u8])> {
        let mut start = Ends::default();
        self.ends.iter().map(move |ends| {
            let before = std::mem::replace(&mut start, *ends);
            let etag = ends.has_etag.then(|| &self.texts[ends.uri..ends.etag]);
            let uri = &self.texts[before.media_type..ends.uri];
            (
                uri,
                etag,
                &self.texts[ends.etag..ends.media_type],
                &self.bodies[before.body..ends.body],
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_comes_out() {
        let mut batch = Batch::default();
        batch.begin("/a", None, "text/plain");
        batch.push(b"one, ");
        batch.push(b"two");
        batch.begin("/b", Some(""), "");
        batch.begin("/\u{e4}", Some("\"t\""), "x/y");
        batch.push(b"three");
        let entities: Vec<_> = batch.iter().collect();
        let expected: [(&str, Option<&str>, &str, &[u8]); 3] = [
            ("/a", None, "text/plain", b"one, two"),
            ("/b", Some(""), "", b""),
            ("/\u{e4}", Some("\"t\""), "x/y", b"three"),
        ];
        assert_eq!((entities, batch.len(), batch.octets()), (expected.to_vec(), 3, 36));
    }
}
