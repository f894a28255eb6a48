//! The URI of a store and a prefix in it.

use super::error::Error;
use super::files::Files;
use super::target::Target;
use object_store::local::LocalFileSystem;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use url::Url;

/// Where snapshots are published: a directory (`file:///srv/snapshots`), or a prefix in a bucket
/// (`s3://bucket/prefix`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// It ends with a slash.
    url: Url,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.url.fmt(f)
    }
}

impl FromStr for Place {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refused = |why| Error::Place { text: without_credentials(text), why };
        let form = "state a URI such as s3://bucket/prefix or file:///srv/snapshots";
        let mut url = Url::parse(text).map_err(|_| refused(form))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("credentials come from the environment (AWS_ACCESS_KEY_ID)"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refused("a prefix has neither a query nor a fragment"));
        }
        match url.scheme() {
            // `file:out` would be a directory of the root.
            "file" if !text.contains("://") || url.to_file_path().is_err() => {
                return Err(refused(form));
            }
            "file" => {}
            "s3" if url.host_str().is_none_or(str::is_empty) => return Err(refused(form)),
            "s3" if url.port().is_some() => {
                return Err(refused(
                    "the port of a server comes from the environment (AWS_ENDPOINT)",
                ));
            }
            "s3" => {
                let (bucket, path) = (url.host_str().unwrap_or_default(), url.path());
                // A key has the same octets as its URI: nothing is encoded in either.
                let is_plain =
                    |octet: u8| octet.is_ascii_alphanumeric() || b"-._~".contains(&octet);
                let is_plain = |part: &str| part.bytes().all(is_plain);
                if !is_plain(bucket) || !path.split('/').all(is_plain) || path.contains("//") {
                    let why = "let bucket and prefix have letters (a-z), digits and -._~ only, and no \
                               empty part";
                    return Err(refused(why));
                }
            }
            _ => return Err(refused(form)),
        }
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        Ok(Self { url })
    }
}

/// A text that may be shown: credentials stand before an `@`, in a query or in a fragment.
fn without_credentials(text: &str) -> String {
    let (shown, rest) = text.split_at(text.find(['?', '#']).unwrap_or(text.len()));
    let hidden = if rest.is_empty() { "" } else { "…" };
    let Some((before, shown)) = shown.rsplit_once('@') else { return format!("{shown}{hidden}") };
    let scheme = before.find("://").and_then(|end| before.get(..end + 3)).unwrap_or_default();
    format!("{scheme}…@{shown}{hidden}")
}

impl Place {
    /// The URI of what has this name below the prefix.
    #[must_use]
    pub fn uri(&self, name: &str) -> String {
        format!("{}{name}", self.url)
    }

    /// Opens the store. A directory is made if it does not exist; what credentials, region and endpoint
    /// a bucket has, is taken from the environment (`AWS_…`).
    ///
    /// # Errors
    /// [`Error::NoStore`], [`Error::Store`]; [`Error::InUse`] if another publisher publishes into the
    /// directory.
    pub fn open(&self) -> Result<Target, Error> {
        match self.url.to_file_path() {
            Ok(root) if self.url.scheme() == "file" => {
                let files = Files::open(&root)?;
                let store = LocalFileSystem::new_with_prefix(root).map_err(|it| self.failed(it))?;
                Ok(Target::of_files(Arc::new(store), files))
            }
            _ => self.bucket(),
        }
    }

    #[cfg(not(feature = "s3"))]
    fn bucket(&self) -> Result<Target, Error> {
        let why = "this program was built without the feature s3";
        Err(Error::NoStore { url: self.to_string(), why })
    }

    #[cfg(feature = "s3")]
    fn bucket(&self) -> Result<Target, Error> {
        use object_store::ClientConfigKey::{ConnectTimeout, Timeout};
        use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, Checksum, S3ConditionalPut};

        // Otherwise the store would ask the network who this machine is.
        if !SOURCES_OF_CREDENTIALS.iter().any(|name| std::env::var_os(name).is_some()) {
            let why = "there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or on \
                       a machine with a role AWS_METADATA_ENDPOINT=http://169.254.169.254";
            return Err(Error::NoStore { url: self.to_string(), why });
        }
        let mut builder = AmazonS3Builder::from_env()
            .with_bucket_name(self.url.host_str().unwrap_or_default())
            // The index must be put only if it is not there.
            .with_conditional_put(S3ConditionalPut::ETagMatch)
            // The store compares what it gets with what was sent.
            .with_checksum_algorithm(Checksum::SHA256);
        for (name, key, time) in
            [("AWS_TIMEOUT", Timeout, "120s"), ("AWS_CONNECT_TIMEOUT", ConnectTimeout, "10s")]
        {
            if std::env::var_os(name).is_none() {
                builder = builder.with_config(AmazonS3ConfigKey::Client(key), time);
            }
        }
        let store = builder.build().map_err(|it| self.failed(it))?;
        Ok(Target::new(Arc::new(store), self.prefix()?))
    }

    /// The key of what is published below, with the same octets as in the URI.
    #[cfg(any(feature = "s3", test))]
    fn prefix(&self) -> Result<object_store::path::Path, Error> {
        object_store::path::Path::parse(self.url.path()).map_err(|error| self.failed(error.into()))
    }

    fn failed(&self, cause: object_store::Error) -> Error {
        Error::Store { key: self.to_string(), what: "opened", cause }
    }
}

/// The variables of which one says where credentials come from, or that none are used.
#[cfg(feature = "s3")]
const SOURCES_OF_CREDENTIALS: [&str; 6] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_METADATA_ENDPOINT",
    "AWS_SKIP_SIGNATURE",
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;

    #[test]
    fn a_place_is_a_directory_or_a_prefix_in_a_bucket() {
        let uri = |text: &str| text.parse::<Place>().ok().map(|place| place.uri("latest.json"));
        for (text, expected) in [
            ("s3://bucket", "s3://bucket/latest.json"),
            ("s3://bucket/", "s3://bucket/latest.json"),
            ("s3://bucket/a/b", "s3://bucket/a/b/latest.json"),
            ("s3://bucket/a/b/", "s3://bucket/a/b/latest.json"),
            ("file:///srv/a b", "file:///srv/a%20b/latest.json"),
        ] {
            assert_eq!(uri(text).unwrap(), expected, "{text}");
        }
        for refused in [
            "",
            "/srv/a",
            "s3:///a",
            "s3://",
            "s3://key:secret@bucket/a",
            "s3://bucket/a?b",
            "s3://bucket/a#b",
            "s3://bucket/a b",
            "s3://bucket/a//b",
            "s3://bucket/a//",
            "s3://bucket/a%20b",
            "s3://bucket/a*b",
            "s3://bucket/a[b]",
            "s3://bucket/a+b",
            "s3://bucket/ä",
            "s3://bucket:9000/a",
            "s3://[::1]/a",
            "http://a/b",
            "gs://a/b",
            "file://host/a",
            "file:a",
            "file:/a",
        ] {
            assert_eq!(uri(refused), None, "{refused}");
        }
    }

    #[test]
    fn the_uri_of_an_object_is_its_key_below_the_bucket() {
        for text in
            ["s3://bucket", "s3://bucket/a/b/", "s3://bucket/a-b.c_d~e/A0", "s3://b/./a/../c"]
        {
            let place: Place = text.parse().unwrap();
            let target = Target::new(Arc::new(LocalFileSystem::new()), place.prefix().unwrap());
            for name in ["latest.json", "snapshots/20260101T000000.000Z-0a/0.multipart"] {
                let key = target.key(name).to_string();
                let bucket = place.url.host_str().unwrap();
                assert_eq!(place.uri(name), format!("s3://{bucket}/{key}"), "{text}");
            }
        }
    }

    #[test]
    fn credentials_are_not_shown_in_the_message_about_a_place() {
        for refused in [
            "s3://key:secret@bucket/a",
            "s3://secret@bucket/a",
            "key:secret@bucket",
            "s3://bucket/a?key=secret",
            "s3://bucket/a#secret",
            "s3://a@secret@bucket",
            "https://key:secret/more@bucket/a?secret@b",
        ] {
            let error = refused.parse::<Place>().unwrap_err();
            for shown in [error.to_string(), format!("{error:?}")] {
                assert!(!shown.contains("secret") && shown.contains('…'), "{shown}");
            }
        }
        let error = "gs://bucket/a".parse::<Place>().unwrap_err().to_string();
        assert!(error.contains("gs://bucket/a"), "{error}");
    }

    #[cfg(not(feature = "s3"))]
    #[test]
    fn without_the_feature_a_bucket_is_refused_by_name() {
        let error = "s3://bucket/a".parse::<Place>().unwrap().open().unwrap_err();
        assert!(error.to_string().contains("without the feature s3"), "{error}");
    }
}
