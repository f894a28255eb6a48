//! Documents that are put together from documents: what is stored is never read to be served in a list.

use atom_fsm::interaction::Server;
use atom_fsm::{Declaration, Error, Root, Writer};

/// The writer of all documents: what the server has taken from clients, it writes.
pub(super) fn writer() -> Writer {
    Writer::new().tolerance(Server::TOLERANCE).declaration(Declaration::Written)
}

/// Writes a document.
pub(super) fn written<'a>(root: &impl Root<'a>) -> Result<Vec<u8>, Error> {
    let mut octets = Vec::new();
    writer().write(root, &mut octets)?;
    Ok(octets)
}

/// The document without its XML declaration.
fn without_declaration(document: &[u8]) -> &[u8] {
    let Some(rest) = document.strip_prefix(b"<?xml ") else { return document };
    let end = rest.windows(2).position(|it| it == b"?>");
    end.and_then(|end| rest.get(end + 2..)).unwrap_or(rest).trim_ascii_start()
}

/// Appends the root element of a document that was written on its own.
///
/// It declares each namespace that it uses itself, so that it means the same within another element. Were
/// it written anew with its siblings, their declarations together might be more than a reader takes.
pub(super) fn append(out: &mut Vec<u8>, document: &[u8]) {
    out.extend_from_slice(without_declaration(document));
}

/// Inserts the root elements of documents behind the last child of the last element of a name, which
/// the frame has written without content or with some.
pub(super) fn insert<'d>(
    frame: &[u8],
    end_tag: &str,
    documents: impl Iterator<Item = &'d [u8]>,
) -> Option<Vec<u8>> {
    let at = frame.windows(end_tag.len()).rposition(|it| it == end_tag.as_bytes())?;
    let (before, after) = frame.split_at_checked(at)?;
    let mut out = before.to_vec();
    documents.for_each(|document| append(&mut out, document));
    out.extend_from_slice(after);
    Some(out)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;
    use atom_fsm::app::{Collection, Service, Workspace};
    use atom_fsm::xml::{Element, Name};
    use atom_fsm::{Reader, Writer};

    #[test]
    fn a_declaration_is_left_out() {
        for (document, expected) in [
            ("<?xml version=\"1.0\"?>\n<a/>", "<a/>"),
            ("<a>?></a>", "<a>?></a>"),
            ("<?xml-stylesheet?><a/>", "<?xml-stylesheet?><a/>"),
            ("<?xml ", ""),
        ] {
            assert_eq!(without_declaration(document.as_bytes()), expected.as_bytes());
        }
    }

    #[test]
    fn a_document_means_the_same_where_it_is_inserted() {
        let bare = Element::new(Name::new("", "", "bare").unwrap()).with_text("</workspace>");
        let other = Element::new(Name::new("urn:o", "app", "other").unwrap());
        let one = Collection::new("A").with_href("http://a.example/").with_extension(bare);
        let two = Collection::new("B").with_href("http://b.example/").with_extension(other);
        let written = [&one, &two].map(|it| Writer::new().to_vec(it).unwrap());
        let frame = Service::new().with_workspace(Workspace::new("</workspace>"));
        let frame = Writer::new().to_vec(&frame).unwrap();
        let document = insert(&frame, "</workspace>", written.iter().map(Vec::as_slice)).unwrap();
        let document = String::from_utf8(document).unwrap();
        let read = Reader::new().read::<Service<'_>>(document.as_bytes()).unwrap();
        let collections: Vec<_> = read.document().collections().cloned().collect();
        assert_eq!(collections, [one, two], "{document}");
    }
}
