use version_links::{LinkBuf, LinkFields, Reader, Relation, Tolerance, VersionLinks};

/// Links written again: as they were, or corrected, a strict reader takes them for the same; what
/// they say about versions survives Link fields; and what is made of any text is read as that.
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
            assert!(again.rel().eq(link.rel().map(|found| found.renamed().unwrap_or(found))));
            written.push(corrected);
        }
    }
    if let Ok(values) = LinkFields::new().field_octets(64).fields(u64::MAX).values(&written) {
        let read = values.iter().flat_map(|value| strict.links(value.as_bytes()));
        let read: Vec<_> = read.map(|link| link.unwrap().into_owned()).collect();
        assert_eq!(read, written);
    }
    versions(&written);
    build(&String::from_utf8_lossy(data));
}

/// Makes a link of lines: target, relation type, anchor, title, language, name and value.
fn build(text: &str) {
    let mut lines = text.split('\n');
    let mut next = || lines.next().unwrap_or_default();
    let (target, rel, anchor, title) = (next(), next(), next(), next());
    let (language, name, value) = (next(), next(), next());
    let builder = LinkBuf::builder(target).rel(rel).anchor(anchor).title(title);
    let builder = builder.parameter(name, value);
    let link = match language {
        "" => builder.build(),
        _ => builder.title_in(language, title).build(),
    };
    let Ok(link) = link else { return };
    let field = link.to_string();
    let mut read = Reader::new().tolerance(Tolerance::STRICT).links(field.as_bytes());
    let again = read.next().unwrap().unwrap();
    assert!(read.next().is_none() && again == link.as_link());
    assert_eq!((again.target(), again.anchor().as_deref()), (target, Some(anchor)));
    assert!(again.rel().eq([Relation::new(rel)]));
    assert_eq!(again.title().as_deref(), Some(title));
    let is_ascii = value.is_ascii() && !name.ends_with('*');
    let starred = if is_ascii || name.ends_with('*') { name.into() } else { format!("{name}*") };
    let found = again.parameters().filter(|found| found.is(&starred)).last().unwrap();
    if is_ascii {
        assert_eq!(found.value().as_deref(), Some(value));
    } else {
        assert_eq!(found.ext_value().unwrap().text(), value);
    }
}

fn versions(written: &[LinkBuf]) {
    let about = |links: &[LinkBuf]| {
        let document = VersionLinks::about("http://example.org/a/b");
        document.links(links.iter().map(LinkBuf::as_link))
    };
    let versions = about(written);
    let links = versions.to_links().into_iter().map(|link| link.unwrap());
    let links: Vec<_> = links.map(version_links::WrittenLink::into_link).collect();
    let again = about(&links);
    let uris = |versions: &VersionLinks| {
        let uris = versions.iter().map(|link| (link.relation().clone(), link.uri().to_owned()));
        uris.collect::<Vec<_>>()
    };
    assert_eq!(uris(&again), uris(&versions));
}
