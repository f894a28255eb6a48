//! The names of what the references in a document refer to.

use super::reference::{broken, parse, resolved};
use super::roots::Roots;
use crate::error::Error;
use iri_string::types::{UriReferenceStr, UriString};

/// A document. The references in it are resolved to names below the roots.
///
/// ```
/// use snapshot_sync::origin::{Base, Origins};
///
/// let origins = Origins::of("http://example.net/a/snapshots/latest")?;
/// let roots = origins.roots("http://example.net/a/timeline")?;
/// let package = Base::new(&roots, "http://example.net/a/snapshots/7/0")?;
/// assert_eq!(package.name("../../entities/x")?, "/entities/x");
/// assert!(package.name("../../../entities/x").is_err());
/// # Ok::<(), snapshot_sync::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Base<'r> {
    roots: &'r Roots,
    uri: UriString,
    directory: Option<Directory>,
}

/// The place of a document in the only root that it can be in.
#[derive(Debug, Clone)]
struct Directory {
    /// The path of the root.
    root: String,
    /// The name of the directory that contains the document, with a slash at its end.
    name: String,
}

impl<'r> Base<'r> {
    /// A document, by its URI after redirects.
    ///
    /// # Errors
    /// [`Error::Reference`] if that is not an absolute URI.
    pub fn new(roots: &'r Roots, uri: &str) -> Result<Self, Error> {
        let directory = directory(roots, uri);
        let uri = UriString::try_from(uri).map_err(|_| broken(uri, ""))?;
        Ok(Self { roots, uri, directory })
    }

    /// The document's URI.
    #[must_use]
    pub fn uri(&self) -> &str {
        self.uri.as_str()
    }

    /// The document's own name.
    ///
    /// # Errors
    /// [`Error::Outside`].
    pub fn own_name(&self) -> Result<String, Error> {
        self.name_slowly(parse(self.uri(), self.uri())?)
    }

    /// Resolves a reference to the name of what it refers to.
    ///
    /// # Errors
    /// [`Error::Reference`], and [`Error::Outside`] if it leads out of all roots.
    pub fn name(&self, reference: &str) -> Result<String, Error> {
        let parsed = parse(self.uri(), reference)?;
        let quickly = self.directory.as_ref().and_then(|it| it.name_quickly(reference));
        quickly.map_or_else(|| self.name_slowly(parsed), Ok)
    }

    fn name_slowly(&self, reference: &UriReferenceStr) -> Result<String, Error> {
        self.roots.located(&resolved(&self.uri, reference)).ok_or_else(|| Error::Outside {
            reference: reference.as_str().to_owned(),
            document: self.uri().to_owned(),
            root: self.roots.home().to_owned(),
        })
    }
}

/// The place of a document whose URI has no dot segments.
fn directory(roots: &Roots, uri: &str) -> Option<Directory> {
    let root = roots.only_path(uri)?.to_owned();
    let name = roots.located(uri)?;
    let path = &name[..name.find(['?', '#']).unwrap_or(name.len())];
    let directory = &path[..=path.rfind('/')?];
    is_plain(directory).then(|| Directory { root, name: directory.to_owned() })
}

impl Directory {
    /// The name that a reference is resolved to, if it is a path below the root with neither a
    /// fragment nor dot segments behind its begin. The references of most entities are such paths,
    /// and nothing but the name is built for them.
    fn name_quickly(&self, reference: &str) -> Option<String> {
        if reference.starts_with('/') {
            let is_path = !reference.starts_with("//") && is_plain(reference);
            let below = reference.strip_prefix(&self.root).filter(|_| is_path)?;
            return Some(joined("/", below));
        }
        let (mut directory, mut rest) = (self.name.as_str(), reference);
        while let Some(behind) = rest.strip_prefix("../") {
            let parent = directory[..directory.len() - 1].rfind('/')?;
            (directory, rest) = (&directory[..=parent], behind);
        }
        if rest.len() == reference.len() {
            rest = rest.strip_prefix("./").unwrap_or(rest);
            // What is before the first colon is a scheme.
            if rest.len() == reference.len() && reference.contains(':') {
                return None;
            }
        }
        let is_path = !rest.is_empty() && !rest.starts_with(['/', '?', '.', '%']) && is_plain(rest);
        is_path.then(|| joined(directory, rest))
    }
}

fn joined(directory: &str, rest: &str) -> String {
    let mut name = String::with_capacity(directory.len() + rest.len());
    name.push_str(directory);
    name.push_str(rest);
    name
}

/// Whether a path has no fragment behind it and no dot segment behind its first slash, plain or
/// percent-encoded.
fn is_plain(path: &str) -> bool {
    let is_plain = |segment: &str| !segment.starts_with('.') && !segment.starts_with("%2");
    !path.contains('#') && path.split('/').skip(1).all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::super::Origins;
    use super::*;
    use proptest::prelude::*;

    const ROOT: &str = "http://127.0.0.1:8080/";

    fn roots(home: &str, allowed: &[&str]) -> Roots {
        let origins = Origins::of(home).unwrap();
        let origins = allowed.iter().fold(origins, |origins, uri| origins.and(uri).unwrap());
        origins.roots(home).unwrap()
    }

    /// The name that a reference in a document has below a root.
    fn name(root: &str, document: &str, reference: &str) -> Result<String, String> {
        let (roots, document) = (roots(root, &[]), format!("{root}{document}"));
        let base = Base::new(&roots, &document).unwrap();
        base.name(reference).map_err(|error| error.to_string())
    }

    #[test]
    fn rfc3986_5_2_a_reference_below_the_root_has_a_name() {
        for root in [ROOT, "https://example.net/a/b/"] {
            for (reference, expected) in [
                ("../../entities/1:2?x", "/entities/1:2?x"),
                ("../../entities/1#part", "/entities/1"),
                ("0", "/snapshots/7/0"),
                ("./0:1", "/snapshots/7/0:1"),
                ("../8/0", "/snapshots/8/0"),
                ("../../x/../y", "/y"),
                ("../../x/%2e%2E/y", "/y"),
                ("../../%2e/y", "/y"),
                ("../../a%2Fb", "/a%2Fb"),
                ("../../%61", "/%61"),
                ("../../a//b", "/a//b"),
                ("..", "/snapshots/"),
                ("../..", "/"),
                ("?x", "/snapshots/7/0?x"),
                ("", "/snapshots/7/0"),
            ] {
                assert_eq!(
                    name(root, "snapshots/7/0", reference).unwrap(),
                    expected,
                    "{reference}"
                );
            }
            let absolute = format!("{root}entities/1");
            assert_eq!(name(root, "snapshots/7/0", &absolute).unwrap(), "/entities/1");
            let path =
                &absolute[absolute.find("8080").map_or("https://example.net".len(), |it| it + 4)..];
            assert_eq!(name(root, "snapshots/7/0", path).unwrap(), "/entities/1");
        }
    }

    #[test]
    fn rfc3986_6_2_2_the_same_origin_may_be_spelled_in_another_way() {
        let root = "http://example.net/a/";
        for same in
            ["HTTP://Example.NET/a/x", "http://example.net:80/a/x", "//example.net:/a/x", "/a/./x"]
        {
            assert_eq!(name(root, "changes/1", same).unwrap(), "/x", "{same}");
        }
    }

    #[test]
    fn a_reference_that_leads_out_of_the_roots_is_refused_whatever_way_it_is_named() {
        for bad in [
            "//host/a/x",
            "http://host/a/x",
            "https://example.net/a/x",
            "http://example.net:8080/a/x",
            "http://example.net.evil/a/x",
            "http://example.net@evil/a/x",
            "http://user@example.net/a/x",
            "http://user:pw@example.net/a/x",
            "ftp://example.net/a/x",
            "file:///a/x",
            "urn:a:x",
            "/x",
            "/A/x",
            "/ab/x",
            "/a",
            "/",
            "../../x",
            "../../../../x",
            "../../a/%2e%2e/x",
            "/a/../x",
            "/a/%2E%2e/x",
            "http://example.net/a/../x",
            "http://example.net",
        ] {
            let error = name("http://example.net/a/", "changes/1", bad).unwrap_err();
            let told =
                ["http://example.net/a/changes/1", "http://example.net/a/", "--allow-origin"];
            assert!(told.iter().all(|told| error.contains(told)) && error.contains(bad), "{error}");
        }
        for broken in ["a b", "/a b", "a\\b", "..\\x", "/a/%zz", "/a/\u{e4}", "a\nb"] {
            let error = name("http://example.net/a/", "changes/1", broken).unwrap_err();
            assert!(error.contains("is not a URI reference"), "{error}");
        }
        let origins = Origins::of("http://example.net/a/").unwrap();
        for bad in ["https://example.net/", "http://example.net:8081/", "file:///x", "//x", "http:"]
        {
            assert!(origins.check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_below_an_allowed_root_has_the_same_name_as_below_the_publishers() {
        let roots = roots("http://example.net/a/", &["https://cdn.example.org/b", "http://x:81"]);
        let package = Base::new(&roots, "https://cdn.example.org/b/snapshots/7/0").unwrap();
        assert_eq!(package.own_name().unwrap(), "/snapshots/7/0");
        for same in [
            "../../entities/1",
            "/b/entities/1",
            "http://example.net/a/entities/1",
            "http://x:81/entities/1",
        ] {
            assert_eq!(package.name(same).unwrap(), "/entities/1");
        }
        assert!(package.name("/entities/1").is_err());
        assert!(package.name("../../../entities/1").is_err());
        assert_eq!(roots.uri_of("/entities/1"), "http://example.net/a/entities/1");
        assert_eq!(roots.uri_of("//host/x"), "http://example.net/a//host/x", "below the root");
    }

    #[test]
    fn where_roots_overlap_the_publishers_comes_first() {
        let roots = roots("http://example.net/a/", &["http://example.net/"]);
        let index = Base::new(&roots, "http://example.net/snapshots/7/index").unwrap();
        assert_eq!(index.name("/a/entities/1").unwrap(), "/entities/1");
        assert_eq!(index.name("../../a/entities/1").unwrap(), "/entities/1");
        assert_eq!(index.name("/entities/1").unwrap(), "/entities/1");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn rfc3986_5_2_2_a_name_that_is_found_quickly_is_the_one_that_is_found_slowly(
            root in prop::sample::select(&["", "a/", "a/b/"][..]),
            document in prop::sample::select(
                &["0", "a/0", "a/b/0?x/y", "a//0", "a/../0", "a/%2e/0", "a/b/"][..],
            ),
            pieces in prop::collection::vec(
                prop::sample::select(
                    &["/", "../", "./", ".", "..", "a", "a/", "b", ":", "?", "#", "%2e", "%2F", "%", "@", " "][..],
                ),
                0..12,
            ),
        ) {
            let (roots, reference) = (roots(&format!("{ROOT}{root}"), &[]), pieces.concat());
            let base = Base::new(&roots, &format!("{ROOT}{root}{document}")).unwrap();
            let slowly = parse(base.uri(), &reference).and_then(|it| base.name_slowly(it));
            prop_assert_eq!(base.name(&reference).ok(), slowly.ok());
        }
    }
}
