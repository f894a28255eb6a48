use version_links::{ApiCatalog, Linkset, LinksetWriter, Reader, Tolerance, VersionLinks};

/// Where documents in the CoRE Link Format are found.
const HERE: &str = "coap://node/.well-known/core";

/// A linkset in JSON: errors lie in the document, what the strict reader takes the lenient ones take
/// alike, and what is written is read back as the same links, in each form.
///
/// # Panics
/// When it is otherwise.
pub fn linkset_json(data: &[u8]) {
    let read = |tolerance| Reader::new().tolerance(tolerance).linkset_json(data);
    let mut stricter: Option<Vec<String>> = None;
    for tolerance in [Tolerance::STRICT, Tolerance::DRAFTS, Tolerance::ALL] {
        let linkset = match read(tolerance) {
            Ok(linkset) => linkset,
            Err(error) => {
                assert!(error.offset() <= data.len() as u64, "{error}");
                continue;
            }
        };
        look(&linkset, data.len());
        let links = told(&linkset);
        if let Some(stricter) = stricter {
            let mut all = links.iter();
            assert!(stricter.iter().all(|link| all.any(|other| other == link)));
        }
        stricter = Some(links);
        written(&linkset.clone().into_owned(), tolerance);
        written(&linkset.without_refused().without_unknown_members(), tolerance);
    }
}

/// Each link that could be read, as text.
pub(super) fn told(linkset: &Linkset<'_>) -> Vec<String> {
    linkset.links().flatten().map(|link| format!("{link:?}")).collect()
}

/// Asks for all that a linkset says.
pub(super) fn look(linkset: &Linkset<'_>, len: usize) {
    for error in linkset.links().filter_map(Result::err) {
        assert!(error.offset() <= len as u64, "{error}");
    }
    for diagnostic in linkset.diagnostics() {
        assert!(diagnostic.span().end <= len as u64, "{diagnostic}");
    }
    let about = "https://example.org/a/b";
    let versions = VersionLinks::about(about).records(linkset.records());
    assert!(versions.iter().count() <= linkset.links().count());
    assert_eq!(Linkset::from_records(linkset.records()).links().count(), told(linkset).len());
    let catalog = ApiCatalog::new(linkset.clone(), about);
    for api in catalog.apis() {
        let _ = catalog.of(api, version_links::Relation::STATUS).count();
    }
    assert_eq!(catalog.linkset().links().count(), linkset.links().count());
}

/// What is written is read back, and written again as it was.
pub(super) fn written(linkset: &Linkset<'_>, tolerance: Tolerance) {
    let writer = LinksetWriter::new().tolerance(tolerance);
    let reader = Reader::new().tolerance(tolerance);
    let sorted = |linkset: &Linkset<'_>| {
        let mut told = told(linkset);
        told.sort();
        told
    };
    if let Ok(json) = writer.to_json(linkset) {
        let again = reader.linkset_json(json.as_bytes()).unwrap();
        assert!(again.links().all(|link| link.is_ok()));
        assert_eq!(again.links().count(), linkset.links().count());
        assert_eq!(writer.to_json(&again).unwrap(), json);
        // The writer spells known names in lower case, and groups names without regard to case.
        let known = ["title", "title*", "type", "hreflang", "media"];
        let is_respelled = |name: &str| {
            known.iter().any(|known| known.eq_ignore_ascii_case(name) && *known != name)
        };
        let is_plain = linkset.links().flatten().all(|link| {
            let mut names: Vec<_> =
                link.attributes().map(version_links::LinksetAttribute::name).collect();
            let is_known = names.iter().any(|name| is_respelled(name));
            names.dedup();
            let count = names.len();
            names.sort_by_key(|name| name.to_ascii_lowercase());
            names.dedup_by_key(|name| name.to_ascii_lowercase());
            !is_known && names.len() == count
        });
        if is_plain {
            assert_eq!(sorted(&again), sorted(linkset));
        }
    }
    if let Ok(text) = writer.to_link_format(linkset, HERE) {
        // It has the same links, with absolute anchors and targets.
        let again = reader.link_format(text.as_bytes(), HERE).unwrap();
        assert!(again.links().all(|link| link.is_ok()), "{text}");
        assert_eq!(writer.to_link_format(&again, HERE).unwrap(), text);
        let uris = |linkset: &Linkset<'_>| {
            let links = linkset.links().flatten();
            let uris = links.map(|link| {
                let anchor = link.anchor().unwrap_or(HERE).to_owned();
                (anchor, link.relation().to_string(), link.href().to_owned())
            });
            let mut uris: Vec<_> = uris.collect();
            uris.sort();
            uris
        };
        assert_eq!(uris(&again), uris(&linkset.clone().resolve(HERE)));
    }
    if let Ok(text) = writer.to_text(linkset) {
        let again = reader.linkset(text.as_bytes()).unwrap();
        assert!(again.links().all(|link| link.is_ok()), "{text}");
        assert_eq!(writer.to_text(&again).unwrap(), text);
        let titles = |linkset: &Linkset<'_>| {
            let links = linkset.links().flatten();
            let links = links.map(|link| {
                let title = link.title().map(str::to_owned);
                (link.href().to_owned(), link.relation().to_string(), title)
            });
            links.collect::<Vec<_>>()
        };
        assert_eq!(titles(&again), titles(linkset));
        let links: Vec<_> = linkset.to_links().collect();
        assert_eq!(links.len(), again.links().count());
    }
}
