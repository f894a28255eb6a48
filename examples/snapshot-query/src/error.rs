//! What a query of a snapshot can fail with.

use crate::shown::shown;
use datafusion::error::DataFusionError;
use std::sync::Arc;

/// What a query of a snapshot can fail with.
///
/// Each error has a [name](Self::name), with which its message begins, and an
/// [advice](Self::advice). A query that fails with one of these gives no result: rows that it gave
/// before are not to be used. Messages leave out credentials and queries of URIs; the fields have them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A prefix of allowed URLs cannot be used as one.
    #[error("prefix: {:?} is no prefix of URLs: {why}", shown(prefix))]
    Prefix {
        /// The prefix.
        prefix: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A host that reads for others was asked for a URL that it may not fetch.
    #[error("not-allowed: this host may not fetch {}", shown(uri))]
    NotAllowed {
        /// The URL.
        uri: String,
    },
    /// A text is not the URI of an object in a store.
    #[error("uri: {:?} names no object of a store: {why}", shown(uri))]
    Uri {
        /// The text.
        uri: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// There is no store for a URI, because it cannot be configured or is not compiled in.
    #[error("store: there is no store for {}: {why}", shown(uri))]
    NoStore {
        /// The URI.
        uri: String,
        /// What is missing.
        why: String,
    },
    /// A store failed.
    #[error("store: {} cannot be read", shown(uri))]
    Store {
        /// The URI of the object.
        uri: String,
        /// What the store says.
        source: object_store::Error,
    },
    /// A store gave nothing for too long.
    #[error("stalled: {} has given nothing for {seconds} seconds", shown(uri))]
    Stalled {
        /// The URI of the object.
        uri: String,
        /// How many seconds were waited for it.
        seconds: f32,
    },
    /// A server redirects to a place that nobody named.
    #[error("redirect: {} is redirected to {}, which is not followed", shown(uri), shown(to))]
    Redirected {
        /// The URI that was asked for.
        uri: String,
        /// Where the server redirects to.
        to: String,
    },
    /// A server did not give the index.
    #[error("index: {} cannot be fetched", shown(uri))]
    Http {
        /// The URI of the index.
        uri: String,
        /// What the client says.
        source: reqwest::Error,
    },
    /// A document is no index of a snapshot.
    #[error("index: {} is no index of a snapshot", shown(uri))]
    Index {
        /// The URI of the document.
        uri: String,
        /// What is wrong with it.
        source: snapshot_index::Error,
    },
    /// A document is longer than an index may be.
    #[error("index: {} has more than {most} octets", shown(uri))]
    IndexTooLong {
        /// The URI of the document.
        uri: String,
        /// The limit.
        most: u64,
    },
    /// An index lists a package twice.
    #[error("index: {} lists {} twice", shown(uri), shown(package))]
    Repeated {
        /// The URI of the index.
        uri: String,
        /// The second URI of the package.
        package: String,
    },
    /// The index is another one than when the table was made.
    #[error("index-changed: {} was replaced after the table was made", shown(uri))]
    IndexChanged {
        /// The URI of the index.
        uri: String,
    },
    /// A document is no manifest.
    #[error("manifest: {} is no manifest of a snapshot", shown(uri))]
    Manifest {
        /// The URI of the document.
        uri: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The manifest says something else than the index or the package.
    #[error("manifest: {} says something else than the snapshot: {what}", shown(uri))]
    ManifestDiffers {
        /// The URI of the manifest.
        uri: String,
        /// What differs.
        what: &'static str,
    },
    /// A package has another number of parts than the manifest says.
    #[error("manifest: {package} has {found} parts, and {expected} by the manifest")]
    PartsDiffer {
        /// The URI of the package.
        package: String,
        /// The number of parts by the manifest.
        expected: u64,
        /// The number of parts that were read.
        found: u64,
    },
    /// Nothing says what the boundary of a package is.
    #[error("boundary-unknown: neither the store nor a manifest states the boundary of {package}")]
    BoundaryUnknown {
        /// The URI of the package.
        package: String,
    },
    /// A Content-Type is not that of a package.
    #[error("content-type: the Content-Type of {package} states no boundary")]
    ContentType {
        /// The URI of the package.
        package: String,
        /// What is wrong with it.
        source: multipart_package::Error,
    },
    /// A package has two Content-Types, by which it would be read in two ways.
    #[error(
        "content-type: {package} is {first:?} by its store or manifest, and {second:?} by its manifest or the user"
    )]
    ContentTypesDiffer {
        /// The URI of the package.
        package: String,
        /// One Content-Type.
        first: String,
        /// The other one.
        second: String,
    },
    /// A scan would be cut into too many ranges.
    #[error(
        "ranges: the packages have {octets} octets, which are {ranges} ranges; the limit is {most}"
    )]
    TooManyRanges {
        /// The octets of all packages.
        octets: u128,
        /// How many ranges there would be.
        ranges: u128,
        /// The limit.
        most: u64,
    },
    /// A package is stored in a content coding.
    #[error("coded: {package} has the content coding {coding:?}")]
    Coded {
        /// The URI of the package.
        package: String,
        /// The coding.
        coding: String,
    },
    /// A package has no strong entity tag, by which one could see that it was replaced.
    #[error("etag: {} has no strong entity tag ({found})", shown(package))]
    NoStrongTag {
        /// The URI of the package.
        package: String,
        /// The weak tag, or that there is none.
        found: String,
    },
    /// A package was replaced while the query read it.
    #[error("package-changed: {package} was replaced while the query read it")]
    PackageChanged {
        /// The URI of the package.
        package: String,
    },
    /// A package ends without a close delimiter.
    #[error("close-missing: the last {searched} octets of {package} contain no close delimiter")]
    CloseMissing {
        /// The URI of the package.
        package: String,
        /// How many octets at the end were searched.
        searched: u64,
    },
    /// A range contains another close delimiter than its package's, or lacks it.
    #[error(
        "close-elsewhere: {package} closes at octet {expected}, but its octets {start}..{end} say {found}"
    )]
    CloseElsewhere {
        /// The URI of the package.
        package: String,
        /// Where planning found the close delimiter.
        expected: u64,
        /// Where the range begins.
        start: u64,
        /// Where the range ends.
        end: u64,
        /// What the range contains.
        found: String,
    },
    /// A package cannot be read.
    #[error("unreadable: {package} cannot be read")]
    Unreadable {
        /// The URI of the package.
        package: String,
        /// What is wrong with it.
        source: multipart_package::Error,
    },
    /// A body is longer than a query accepts.
    #[error(
        "body-too-long: the body of the part at octet {offset} of {package} has more than {most} octets"
    )]
    BodyTooLong {
        /// The URI of the package.
        package: String,
        /// Where the part begins.
        offset: u64,
        /// The limit.
        most: u64,
    },
    /// A body or a field is not UTF-8.
    #[error("not-utf-8: the {column} of the part at octet {offset} of {package} is not UTF-8")]
    NotUtf8 {
        /// The URI of the package.
        package: String,
        /// The column.
        column: &'static str,
        /// Where the part begins.
        offset: u64,
    },
    /// A column of the result cannot be written into a Parquet file.
    #[error(
        "parquet: the values of the column {column:?} have several types, which Parquet does not have"
    )]
    NotParquet {
        /// The name of the column.
        column: String,
    },
    /// The Parquet file would replace what is no file.
    #[error("parquet-file: {} is there, and is no file", path.display())]
    NoFile {
        /// The path of the Parquet file.
        path: std::path::PathBuf,
    },
    /// A task carries no plan of its package, or an impossible one.
    #[error("plan: a task of {package} carries no sound plan: {why}")]
    Plan {
        /// The path of the package.
        package: String,
        /// What is wrong with it.
        why: &'static str,
    },
}

impl Error {
    /// The name of the error, which stays the same from version to version.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Prefix { .. } => "prefix",
            Self::NotAllowed { .. } => "not-allowed",
            Self::Uri { .. } => "uri",
            Self::NoStore { .. } | Self::Store { .. } => "store",
            Self::Stalled { .. } => "stalled",
            Self::Redirected { .. } => "redirect",
            Self::Http { .. }
            | Self::Index { .. }
            | Self::IndexTooLong { .. }
            | Self::Repeated { .. } => "index",
            Self::IndexChanged { .. } => "index-changed",
            Self::Manifest { .. } | Self::ManifestDiffers { .. } | Self::PartsDiffer { .. } => {
                "manifest"
            }
            Self::BoundaryUnknown { .. } => "boundary-unknown",
            Self::ContentType { .. } | Self::ContentTypesDiffer { .. } => "content-type",
            Self::Coded { .. } => "coded",
            Self::NoStrongTag { .. } => "etag",
            Self::PackageChanged { .. } => "package-changed",
            Self::CloseMissing { .. } => "close-missing",
            Self::CloseElsewhere { .. } => "close-elsewhere",
            Self::Unreadable { .. } => "unreadable",
            Self::BodyTooLong { .. } => "body-too-long",
            Self::TooManyRanges { .. } => "ranges",
            Self::NotUtf8 { .. } => "not-utf-8",
            Self::NotParquet { .. } => "parquet",
            Self::NoFile { .. } => "parquet-file",
            Self::Plan { .. } => "plan",
        }
    }

    /// The message, and those of all causes that it does not contain yet: errors of stores contain
    /// those of their own causes.
    #[must_use]
    pub fn with_causes(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            let message = error.to_string();
            let message = message.trim_end_matches([':', ' ']);
            if !text.contains(message) {
                text.push_str(": ");
                text.push_str(message);
            }
            cause = error.source();
        }
        text
    }

    /// Finds the error of this library that made a query fail, if one did.
    #[must_use]
    pub fn of(error: &DataFusionError) -> Option<&Self> {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
        while let Some(error) = cause {
            if let Some(found) = error.downcast_ref::<Self>() {
                return Some(found);
            }
            // The source of an `Arc` is that of its content, and leaves out the content itself.
            if let Some(shared) = error.downcast_ref::<Arc<DataFusionError>>()
                && let Some(found) = Self::of(shared)
            {
                return Some(found);
            }
            if let Some(DataFusionError::External(inner)) = error.downcast_ref()
                && let Some(found) = inner.downcast_ref::<Self>()
            {
                return Some(found);
            }
            cause = error.source();
        }
        None
    }
}

impl From<Error> for DataFusionError {
    fn from(error: Error) -> Self {
        Self::External(Box::new(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever reads only the message, as at the other end of a wire, sees the name too.
    #[test]
    fn a_message_begins_with_the_name() {
        let package = String::from("file:///0.multipart");
        for error in [
            Error::BoundaryUnknown { package: package.clone() },
            Error::PackageChanged { package: package.clone() },
            Error::Stalled { uri: package.clone(), seconds: 0.5 },
            Error::Redirected { uri: package.clone(), to: package.clone() },
            Error::Repeated { uri: package.clone(), package: package.clone() },
            Error::ContentTypesDiffer {
                package: package.clone(),
                first: String::new(),
                second: String::new(),
            },
            Error::PartsDiffer { package: package.clone(), expected: 1, found: 2 },
            Error::CloseMissing { package: package.clone(), searched: 9 },
            Error::NotUtf8 { package: package.clone(), column: "body", offset: 0 },
            Error::NotParquet { column: String::new() },
            Error::NoFile { path: "a".into() },
            Error::Plan { package, why: "x" },
        ] {
            assert!(error.to_string().starts_with(&format!("{}: ", error.name())), "{error}");
            assert!(!error.advice().is_empty());
        }
    }

    #[test]
    fn a_cause_that_a_message_contains_is_not_repeated() {
        let refused = std::io::Error::other("403: ");
        let outer = object_store::Error::Generic { store: "S3", source: Box::new(refused) };
        let error = Error::Store { uri: "s3://a/0".to_owned(), source: outer };
        let expected = "store: s3://a/0 cannot be read: Generic S3 error: 403";
        assert_eq!(error.with_causes(), expected);
    }

    #[test]
    fn an_error_is_found_within_those_of_the_engine() {
        let error = DataFusionError::from(Error::PackageChanged { package: String::new() });
        let error = DataFusionError::Shared(Arc::new(error.context("scanning")));
        assert_eq!(Error::of(&error).map(Error::name), Some("package-changed"));
        assert!(Error::of(&DataFusionError::Execution(String::new())).is_none());
    }
}
