//! What planning found out about a package: all that a task needs to read a range of it.

use crate::error::Error;
use crate::limits::{Limits, Tolerance};
use multipart_package::Reader;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// What planning found out about a package.
///
/// A task that reads a range of the package carries this value. It is serialized where an engine
/// sends tasks to other hosts; what comes from a wire must pass [`check`](Self::check).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    pub(crate) uri: String,
    pub(crate) path: String,
    pub(crate) octets: u64,
    pub(crate) etag: Option<String>,
    pub(crate) content_type: String,
    pub(crate) close: u64,
    pub(crate) parts: Option<u64>,
    /// How much of it is accepted, and how long is waited for it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) limits: Limits,
    /// Which violations in it are tolerated.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) tolerance: Tolerance,
}

/// What is as by default need not be sent with each package.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Package {
    /// The URI of the package.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The path of the package in its store.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The size of the package in octets.
    #[must_use]
    pub fn octets(&self) -> u64 {
        self.octets
    }

    /// The entity tag that each request of a range states in If-Match; none if the store is local
    /// and has none.
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }

    /// The Content-Type of the package, which states the boundary.
    #[must_use]
    pub fn content_type(&self) -> &str {
        &self.content_type
    }

    /// Where the close delimiter begins, in octets from the start of the package.
    #[must_use]
    pub fn close(&self) -> u64 {
        self.close
    }

    /// The number of parts by the manifest, if there is one.
    #[must_use]
    pub fn parts(&self) -> Option<u64> {
        self.parts
    }

    /// The octets in which a delimiter line can begin: from the start of the package up to the first
    /// hyphen of its close delimiter.
    #[must_use]
    pub fn range(&self) -> Range<u64> {
        0..self.close.saturating_add(1)
    }

    /// The reader of the package.
    pub(crate) fn reader(&self) -> Result<Reader, Error> {
        Reader::from_content_type_with(self.content_type.as_bytes(), self.tolerance.of_reader())
            .map_err(|source| Error::ContentType { package: self.uri.clone(), source })
    }

    /// Checks what no planning can have written: offsets that are out of order or beyond what the
    /// engine counts, and a Content-Type without a boundary.
    ///
    /// # Errors
    /// [`Error::Plan`], [`Error::ContentType`].
    pub fn check(&self) -> Result<(), Error> {
        let refused = |why| Err(Error::Plan { package: self.path.clone(), why });
        if i64::try_from(self.octets).is_err() {
            return refused("the package has more octets than can be counted");
        }
        if self.close >= self.octets {
            return refused("the close delimiter is after the end of the package");
        }
        self.reader().map(|_| ())
    }
}

/// The octets of a package in which the parts of a task begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    pub(crate) package: std::sync::Arc<Package>,
    pub(crate) range: Range<u64>,
}

impl Task {
    /// The package.
    #[must_use]
    pub fn package(&self) -> &Package {
        &self.package
    }

    /// The octets of the package in which the parts of the task begin.
    #[must_use]
    pub fn range(&self) -> Range<u64> {
        self.range.clone()
    }

    /// Checks the package, and that the range is a range of it.
    ///
    /// # Errors
    /// Those of [`Package::check`].
    pub fn check(&self) -> Result<(), Error> {
        self.package.check()?;
        if self.range.start >= self.range.end || self.range.end > self.package.range().end {
            let why = "the range is no range of the package";
            return Err(Error::Plan { package: self.package.path.clone(), why });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    pub(crate) fn package(octets: u64, close: u64) -> Package {
        Package {
            uri: "memory:///0".to_owned(),
            path: "0".to_owned(),
            octets,
            etag: Some("\"a\"".to_owned()),
            content_type: "multipart/package; boundary=b".to_owned(),
            close,
            parts: None,
            limits: Limits::default(),
            tolerance: Tolerance::default(),
        }
    }

    #[test]
    fn a_plan_that_no_planning_wrote_is_refused() {
        let sound = Task { package: Arc::new(package(10, 5)), range: 2..6 };
        sound.check().unwrap();
        let plain = Package { content_type: "text/plain".to_owned(), ..package(10, 5) };
        for task in [
            Task { range: 2..7, ..sound.clone() },
            Task { range: 2..2, ..sound.clone() },
            Task { package: Arc::new(package(10, 10)), ..sound.clone() },
            Task { package: Arc::new(package(u64::MAX, 5)), ..sound.clone() },
            Task { package: Arc::new(plain), ..sound.clone() },
        ] {
            assert!(task.check().is_err(), "{task:?}");
        }
    }

    #[test]
    fn a_task_is_the_same_after_a_wire() {
        let task = Task { package: Arc::new(package(10, 5)), range: 2..6 };
        let octets = serde_json::to_vec(&task).unwrap();
        assert_eq!(serde_json::from_slice::<Task>(&octets).unwrap(), task);
    }
}
