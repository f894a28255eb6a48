use super::linkset_json::{look, told, written};
use version_links::{Linkset, Reader, Tolerance, links};

/// A linkset in text: what the strict reader takes the lenient one takes alike, what is written is
/// read back, in each form, and the CoRE Link Format makes absolute links of it.
///
/// # Panics
/// When it is otherwise.
pub fn linkset_text(data: &[u8]) {
    let mut stricter: Option<Vec<String>> = None;
    for tolerance in [Tolerance::STRICT, Tolerance::DRAFTS, Tolerance::ALL] {
        let reader = Reader::new().tolerance(tolerance);
        let Ok(linkset) = reader.linkset(data) else { continue };
        look(&linkset, data.len());
        let links = told(&linkset);
        if let Some(stricter) = stricter {
            let mut all = links.iter();
            assert!(stricter.iter().all(|link| all.any(|other| other == link)));
        }
        stricter = Some(links);
        written(&linkset.clone().into_owned(), tolerance);
        written(&linkset.without_refused(), tolerance);
        if let Ok(core) = reader.link_format(data, "coap://node/.well-known/core") {
            for link in core.links() {
                match link {
                    Ok(link) => assert!(link.href().contains(':') && link.anchor().is_some()),
                    Err(error) => assert!(error.offset() <= data.len() as u64),
                }
            }
        }
    }
    if !data.contains(&b'\r') && !data.contains(&b'\n') {
        // In one line, a linkset is a Link field.
        if let Ok(linkset) = Linkset::from_text(data) {
            let field = Reader::new().limits(version_links::Limits::unlimited()).links(data);
            assert_eq!(told(&Linkset::from_links(field.flatten())), told(&linkset));
        }
    } else {
        let _ = links(data).count();
    }
}
