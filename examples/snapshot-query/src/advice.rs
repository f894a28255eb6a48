//! What a user can do about each error.

use crate::error::Error;

impl Error {
    /// What a user can do about it.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Prefix { .. } => "state a URL such as http://127.0.0.1:8080/snapshots",
            Self::NotAllowed { .. } => {
                "start the scheduler and all executors with --allow-prefix and a URL that this one begins with"
            }
            Self::Uri { .. } => {
                "name the index or the manifest by a path or by a file, http, https or s3 URI"
            }
            Self::NoStore { .. } => {
                "name a file, http, https or s3 URI; s3 needs a program that is built with the feature s3"
            }
            Self::Store { uri, .. } if uri.starts_with("s3") => {
                "see the cause; credentials, region and endpoint of S3 come from the environment of each host that reads it (AWS_ACCESS_KEY_ID and others); if the network failed, run the query again"
            }
            Self::Store { source: object_store::Error::NotFound { .. }, .. } => {
                "name an index, a manifest.json, or a local directory that contains one; the URI of a server begins with http:// or https://"
            }
            Self::Store { source: object_store::Error::NotSupported { .. }, .. } => {
                "use a server that answers requests for ranges, or copy the snapshot to a directory"
            }
            Self::Store { .. } => "see the cause; if the network failed, run the query again",
            Self::Stalled { .. } => {
                "run the query again when its server answers, or raise the limit Limits::silence"
            }
            Self::Redirected { .. } => {
                "name the index by the URI that it leads to; an index must list packages where they are"
            }
            Self::Http { .. } => {
                "see the cause; the URI must lead to the index, such as http://127.0.0.1:8080/snapshots/latest"
            }
            Self::Index { .. } => {
                "name the index of a snapshot, or the manifest.json that a publisher keeps beside its packages"
            }
            Self::IndexTooLong { .. } => "name the index of a snapshot; no index is so long",
            Self::Repeated { .. } => "have the index list each package once",
            Self::IndexChanged { .. } => {
                "run the program again, or open the table again by SnapshotTable::open, and run the query again"
            }
            Self::Manifest { .. } => "remove or repair the manifest",
            Self::ManifestDiffers { .. } | Self::PartsDiffer { .. } => {
                "fetch the snapshot again, with its manifest"
            }
            Self::BoundaryUnknown { .. } => {
                "state the Content-Type of the packages, such as 'multipart/package; boundary=…': by TableOptions::content_type, in programs by --content-type"
            }
            Self::ContentType { .. } => "correct the Content-Type of the package in its store",
            Self::ContentTypesDiffer { .. } => {
                "correct the Content-Type that is wrong: one of them would lose parts"
            }
            Self::Coded { .. } => {
                "store the package without a content coding: ranges need its own octets"
            }
            Self::NoStrongTag { .. } => {
                "copy the snapshot to a directory, or use a server that gives strong entity tags"
            }
            Self::PackageChanged { .. } => {
                "run the query again, when the snapshot is no longer written"
            }
            Self::CloseMissing { .. } => {
                "fetch the package again: it is not complete, or has another boundary"
            }
            Self::CloseElsewhere { .. } => {
                "have the package written anew: what follows its close delimiter looks like parts"
            }
            Self::Unreadable { .. } => {
                "have the package written anew: the message says which rule it violates, and where"
            }
            Self::BodyTooLong { .. } => {
                "leave the column body out of the query, or raise the limit: Limits::body_octets, in programs --body-octets"
            }
            Self::TooManyRanges { .. } => {
                "look at the sizes that the server states; if they are right, raise the limit Limits::ranges, or let ranges be larger: RangeSizes::most"
            }
            Self::NotUtf8 { column: "body", .. } => {
                "read bodies as octets: by TableOptions::body, in programs by --body binary"
            }
            Self::NotUtf8 { .. } => "leave that column out of the query",
            Self::NotParquet { .. } => {
                "have the query give values of one type: of JSON bodies by json_get_str, json_get_int, json_get_float, json_get_bool or json_as_text"
            }
            Self::NoFile { .. } => {
                "name a file that does not exist, or one that is to be replaced: no directory, link or device"
            }
            Self::Plan { .. } => "run programs of the same version on all hosts",
        }
    }
}
