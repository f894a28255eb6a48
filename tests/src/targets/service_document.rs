use super::document::document;
use atom_fsm::Document;
use atom_fsm::app::Collection;
use atom_fsm::atom::Base;

/// A service document, a category document, or a collection as Feed Service Management sends it: what is
/// read is written and read again as the same. A collection accepts what is in its own list, and the URI
/// of each bundle that the service document lists is one.
///
/// # Panics
/// When it is otherwise.
pub fn service_document(data: &[u8]) {
    let is_kind = |document: &Document<'_>| {
        matches!(document, Document::Service(_) | Document::Categories(_) | Document::Collection(_))
    };
    document(data, is_kind, |document| match document {
        Document::Service(service) => service.collections().for_each(collection),
        Document::Collection(one) => collection(&one),
        Document::Categories(categories) => {
            assert!(!categories.is_fixed() || categories.clone().with_fixed() == categories);
        }
        _ => {}
    });
}

fn collection(collection: &Collection<'_>) {
    let base = Base::new("http://example.org/service");
    if let Some(uri) = collection.href().and_then(|href| base.resolve(href)) {
        assert!(!uri.contains(char::is_whitespace), "{uri}");
    }
    for accept in collection.accepts() {
        for range in accept.ranges() {
            assert!(accept.range().contains(range), "{range}");
            assert!(!accept.accepts(range) || collection.accepts_type(range), "{range}");
        }
    }
}
