use super::document::document;
use atom_fsm::Document;
use atom_fsm::atom::Base;
use atom_fsm::fsm::Member;

/// An entry document: what is read is written and read again as the same. As a service, a bundle
/// reference or another member of a bundle it is the same entry, and a service's URI is one.
///
/// # Panics
/// When it is otherwise.
pub fn atom_entry(data: &[u8]) {
    let base = Base::new("http://example.org/bundles/a");
    let is_kind =
        |document: &Document<'_>| matches!(document, Document::Entry(_) | Document::Tombstone(_));
    document(data, is_kind, |document| {
        let Document::Entry(entry) = document else { return };
        match Member::from(entry.clone()) {
            Member::Service(service) => {
                if let Ok(uri) = service.invocation_uri(&base) {
                    assert!(uri.is_ascii() && !uri.contains(char::is_whitespace), "{uri}");
                }
                assert_eq!(service.into_entry(), entry);
            }
            member => assert_eq!(member.into_entry(), entry),
        }
    });
}
