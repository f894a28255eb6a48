use version_links::{LinkBuf, LinkFields, Reader, Tolerance, VersionLinks};

/// Links written again: as they were, or corrected, a strict reader takes them for the same; and
/// what they say about versions survives Link fields.
///
/// # Panics
/// When it is otherwise.
pub fn links_write(data: &[u8]) {
    let strict = Reader::new().tolerance(Tolerance::STRICT);
    let mut written = Vec::new();
    for link in version_links::links(data).flatten() {
        if let Ok(value) = link.to_field_value() {
            assert_eq!(strict.links(value.as_bytes()).next(), Some(Ok(link)));
        }
        if let Ok(corrected) = link.to_builder().build() {
            let value = corrected.to_string();
            let again = strict.links(value.as_bytes()).next().unwrap().unwrap();
            assert_eq!((again.target(), again.anchor()), (link.target(), link.anchor()));
            assert_eq!(again.title(), link.title());
            assert!(again.rel().eq(link.rel()));
            written.push(corrected);
        }
    }
    if let Ok(values) = LinkFields::new().field_octets(64).fields(usize::MAX).values(&written) {
        let read = values.iter().flat_map(|value| strict.links(value.as_bytes()));
        let read: Vec<_> = read.map(|link| link.unwrap().into_owned()).collect();
        assert_eq!(read, written);
    }
    versions(&written);
}

fn versions(written: &[LinkBuf]) {
    let about = |links: &[LinkBuf]| {
        let document = VersionLinks::about("http://example.org/a/b");
        document.links(links.iter().map(LinkBuf::as_link))
    };
    let versions = about(written);
    if let Ok(links) = versions.to_links() {
        let again = about(&links);
        let uris = |versions: &VersionLinks| {
            let uris = versions.iter().map(|link| (link.relation().clone(), link.uri().to_owned()));
            uris.collect::<Vec<_>>()
        };
        assert_eq!(uris(&again), uris(&versions));
    }
}
