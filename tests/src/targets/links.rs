use version_links::{Reader, Tolerance};

/// Links: every accessor can be asked, errors lie in the value, and what the strict reader takes
/// the default reads alike.
///
/// # Panics
/// When they differ.
pub fn links(data: &[u8]) {
    let mut default = vec![];
    for link in version_links::links(data) {
        match link {
            Ok(link) => {
                let _ = (link.anchor(), link.media(), link.title(), link.type_());
                let relations = link.rel().chain(link.rev());
                let all = relations.count() + link.hreflang().count() + link.parameters().count();
                assert!(all <= 4 * data.len() + 4);
                for relation in link.rel() {
                    assert!(link.has_rel(relation.as_str()));
                }
                default.push(link);
            }
            Err(error) => assert!(error.offset() <= data.len() as u64),
        }
    }
    let strict: Result<Vec<_>, _> =
        Reader::new().tolerance(Tolerance::STRICT).links(data).collect();
    if let Ok(strict) = strict {
        assert_eq!(strict, default);
    }
}
