//! The manifest that a publisher keeps beside the packages of a snapshot.

use serde::Deserialize;

/// The name of the file.
pub(crate) const NAME: &str = "manifest.json";

/// What a manifest says, as far as a query uses it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Manifest {
    /// The base URI of the references in the packages; none if they are relative.
    #[serde(default)]
    base: Option<String>,
    /// The index, as JSON.
    pub(crate) index: String,
    /// The Content-Type of the packages.
    pub(crate) content_type: String,
    /// The packages, in the index's order.
    pub(crate) packages: Vec<Entry>,
}

/// What a manifest says about a package.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Entry {
    /// Its size in octets.
    pub(crate) octets: u64,
    /// The number of its parts.
    pub(crate) parts: u64,
    /// The name of its last entity. Names ascend, byte by byte, over all packages.
    last_uri: String,
}

impl Manifest {
    /// Reads a manifest; none if the document is JSON, but not one.
    ///
    /// # Errors
    /// What is wrong with a document that has the members of a manifest.
    pub(crate) fn read(octets: &[u8]) -> Result<Option<Self>, serde_json::Error> {
        /// The members by which a manifest is told from an index.
        #[derive(Deserialize)]
        struct Kind {
            index: Option<serde::de::IgnoredAny>,
            packages: Option<serde::de::IgnoredAny>,
        }
        let kind: Kind = serde_json::from_slice(octets)?;
        match kind.index.and(kind.packages) {
            Some(_) => serde_json::from_slice(octets).map(Some),
            None => Ok(None),
        }
    }

    /// Checks that the names of the packages' last entities ascend, on which
    /// [`may_contain`](Self::may_contain) depends.
    ///
    /// # Errors
    /// What is wrong with them.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        if self.packages.windows(2).all(|two| two[0].last_uri < two[1].last_uri) {
            Ok(())
        } else {
            Err("the last_uri of its packages do not ascend")
        }
    }

    /// The name of the file of a package, which is beside the manifest.
    pub(crate) fn file_name(number: usize) -> String {
        format!("{number}.multipart")
    }

    /// Whether a package may contain a part with this Content-Location.
    ///
    /// A package that is not listed, and a location that has no name, may be anywhere.
    pub(crate) fn may_contain(&self, id: &str, number: usize, location: &str) -> bool {
        let Some(name) = self.name(id, location) else { return true };
        let last = |number: usize| self.packages.get(number).map(|entry| entry.last_uri.as_str());
        let ends_before = last(number).is_some_and(|last| last < name.as_str());
        // The names of a package follow the last name of the package before it.
        let before = number.checked_sub(1).and_then(last);
        let begins_after = before.is_some_and(|before| before >= name.as_str());
        !ends_before && !begins_after
    }

    /// The name that a Content-Location stands for: the path below the publisher's root.
    ///
    /// This inverts, text by text, how a publisher writes references from the package that it serves
    /// at `/snapshots/{id}/{number}`: no normalization may make two names equal or one name another.
    fn name(&self, id: &str, location: &str) -> Option<String> {
        if let Some(base) = &self.base {
            return location.strip_prefix(base.as_str()).map(|rest| format!("/{rest}"));
        }
        // A publisher without a base writes neither an authority nor a scheme.
        let has_scheme = location.split('/').next().is_some_and(|first| first.contains(':'));
        if location.starts_with("//") || has_scheme {
            return None;
        }
        if location.starts_with('/') {
            return Some(location.to_owned());
        }
        let mut directory = format!("/snapshots/{id}");
        let mut rest = location.strip_prefix("./").unwrap_or(location);
        while let Some(behind) = rest.strip_prefix("../") {
            directory.truncate(directory.rfind('/')?);
            rest = behind;
        }
        // Where these stand further on, no publisher has written them.
        if rest.split('/').any(|segment| matches!(segment, "." | "..")) {
            return None;
        }
        Some(format!("{directory}/{rest}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(base: Option<&str>) -> Manifest {
        let entry = |last: &str| Entry { octets: 1, parts: 1, last_uri: last.to_owned() };
        Manifest {
            base: base.map(str::to_owned),
            index: String::new(),
            content_type: String::new(),
            packages: vec![entry("/entities/3"), entry("/entities/5"), entry("/entities/9")],
        }
    }

    fn packages(base: Option<&str>, location: &str) -> Vec<usize> {
        let manifest = manifest(base);
        (0..4).filter(|number| manifest.may_contain("2015", *number, location)).collect()
    }

    /// The package with the number 3 is not listed, so that it may contain anything after the last.
    #[test]
    fn a_location_is_in_the_package_whose_names_enclose_it() {
        for (location, found) in [
            ("../../entities/1", &[0][..]),
            ("../../entities/3", &[0]),
            ("../../entities/31", &[1]),
            ("../../entities/5", &[1]),
            ("../../entities/9", &[2]),
            ("../../entities/99", &[3]),
            ("/entities/4", &[1]),
            ("../../a", &[0]),
            ("7", &[3]),
        ] {
            assert_eq!(packages(None, location), found, "{location}");
        }
        let base = Some("https://a.example/x/");
        assert_eq!(packages(base, "https://a.example/x/entities/4"), [1]);
    }

    #[test]
    fn last_names_that_do_not_ascend_are_refused() {
        let mut manifest = manifest(None);
        manifest.check().unwrap();
        for last in ["/entities/5", "/entities/4", ""] {
            manifest.packages[2].last_uri = last.to_owned();
            assert!(manifest.check().is_err(), "{last}");
        }
        manifest.packages.truncate(1);
        manifest.check().unwrap();
    }

    /// No package is left out for a location that the publisher did not write.
    #[test]
    fn a_location_without_a_name_may_be_anywhere() {
        for location in [
            "//host/entities/4",
            "../../../../entities/4",
            "https://a.example/entities/4",
            "urn:a",
            "../../a/../entities/4",
            "../.././entities/4",
            "../..",
        ] {
            assert_eq!(packages(None, location), [0, 1, 2, 3], "{location}");
        }
        assert_eq!(packages(Some("https://a.example/"), "../../entities/4"), [0, 1, 2, 3]);
    }

    #[test]
    fn a_document_is_a_manifest_by_its_members() {
        let index = br#"{"id":"x","started":1,"uris":["0"]}"#;
        assert_eq!(Manifest::read(index).unwrap(), None);
        let manifest =
            br#"{"base":null,"index":"{}","content_type":"multipart/package; boundary=b",
            "packages":[{"octets":3,"parts":1,"last_uri":"/a","digests":{"identity":"x"}}]}"#;
        assert_eq!(Manifest::read(manifest).unwrap().unwrap().packages.len(), 1);
        assert!(Manifest::read(br#"{"index":1,"packages":[]}"#).is_err());
        assert!(Manifest::read(b"no JSON").is_err());
    }
}
