//! The documents that list a snapshot's packages: the index, and the manifest where there is one.

use crate::error::Error;
use crate::manifest::{self, Manifest};
use crate::place::{self, Place};
use bytes::Bytes;
use datafusion::execution::runtime_env::RuntimeEnv;
use object_store::ObjectStoreExt;
use snapshot_index::{Limits, Resolver, SnapshotIndexRef};
use url::Url;

/// What the index of a snapshot lists, and what its manifest says about that.
#[derive(Debug)]
pub(crate) struct Listing {
    /// The URI of the document that was read, after redirects.
    pub(crate) uri: Url,
    /// The entity tag of that document.
    pub(crate) etag: Option<String>,
    /// The id of the snapshot.
    pub(crate) id: String,
    /// The URIs of the packages, in order.
    pub(crate) packages: Vec<Url>,
    /// What the publisher wrote down about the packages.
    pub(crate) manifest: Option<Manifest>,
}

/// A document, where it was found, and its entity tag.
#[derive(Debug)]
struct Document {
    uri: Url,
    etag: Option<String>,
    octets: Bytes,
}

impl Listing {
    /// Fetches the index and, where there is one, the manifest.
    ///
    /// The URI may be that of a manifest, whose packages are the files beside it. In a store that is
    /// no web server, the manifest beside an index is read too.
    pub(crate) async fn fetch(runtime: &RuntimeEnv, uri: &Url) -> Result<Self, Error> {
        let document = Document::fetch(runtime, uri).await?;
        let misread = |source| Error::Manifest { uri: document.uri.to_string(), source };
        // What is no JSON at all is reported by the reader of indexes, which says more about it.
        if let Some(manifest) = Manifest::read(&document.octets)
            .or_else(|error| if error.is_data() { Err(misread(error)) } else { Ok(None) })?
        {
            return Self::of_manifest(document, manifest);
        }
        let mut listing = Self::of_index(document)?;
        if !matches!(listing.uri.scheme(), "http" | "https") {
            listing.manifest = listing.manifest_beside(runtime).await?;
        }
        Ok(listing)
    }

    fn of_manifest(document: Document, manifest: Manifest) -> Result<Self, Error> {
        let Document { uri, etag, .. } = document;
        let index = SnapshotIndexRef::from_slice(manifest.index.as_bytes());
        let index = index.map_err(|source| Error::Index { uri: uri.to_string(), source })?;
        if index.package_count() != manifest.packages.len() {
            let what = "its index lists another number of packages";
            return Err(Error::ManifestDiffers { uri: uri.to_string(), what });
        }
        let beside = |number| {
            let why = "there is nothing beside it";
            uri.join(&Manifest::file_name(number))
                .map_err(|_| Error::Uri { uri: uri.to_string(), why })
        };
        let packages = (0..manifest.packages.len()).map(beside).collect::<Result<_, _>>()?;
        let id = index.id().to_owned();
        Ok(Self { uri, etag, id, packages, manifest: Some(manifest) })
    }

    fn of_index(document: Document) -> Result<Self, Error> {
        let Document { uri, etag, octets } = document;
        let misread = |source| Error::Index { uri: uri.to_string(), source };
        let index = SnapshotIndexRef::from_slice(&octets).map_err(misread)?;
        let resolved = Resolver::new(uri.as_str()).and_then(|resolver| resolver.resolve(&index));
        let resolved = resolved.map_err(misread)?;
        let package = |text: &String| {
            let why = "a package's URI cannot be parsed";
            Url::parse(text).map_err(|_| Error::Uri { uri: text.clone(), why })
        };
        let packages = resolved.iter().map(package).collect::<Result<_, _>>()?;
        let id = index.id().to_owned();
        Ok(Self { uri, etag, id, packages, manifest: None })
    }

    /// Reads the manifest that stands beside the index, if one does.
    async fn manifest_beside(&self, runtime: &RuntimeEnv) -> Result<Option<Manifest>, Error> {
        let Ok(uri) = self.uri.join(manifest::NAME) else { return Ok(None) };
        let found = match Document::fetch(runtime, &uri).await {
            Ok(found) => found,
            Err(Error::Store { source: object_store::Error::NotFound { .. }, .. }) => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let misread = |source| Error::Manifest { uri: uri.to_string(), source };
        let Some(manifest) = Manifest::read(&found.octets).map_err(misread)? else {
            return Ok(None);
        };
        let differs = |what| Error::ManifestDiffers { uri: uri.to_string(), what };
        let index = SnapshotIndexRef::from_slice(manifest.index.as_bytes())
            .map_err(|_| differs("it contains no index"))?;
        if index.id() != self.id {
            return Err(differs("it is that of another snapshot"));
        }
        if manifest.packages.len() != self.packages.len() {
            return Err(differs("it lists another number of packages"));
        }
        Ok(Some(manifest))
    }
}

impl Document {
    async fn fetch(runtime: &RuntimeEnv, uri: &Url) -> Result<Self, Error> {
        match uri.scheme() {
            // A store does not say where redirects led, and references are resolved against that.
            "http" | "https" => Self::from_server(uri).await,
            _ => Self::from_store(runtime, uri).await,
        }
    }

    async fn from_server(uri: &Url) -> Result<Self, Error> {
        let failed = |source| Error::Http { uri: uri.to_string(), source };
        let client = reqwest::Client::builder().connect_timeout(place::CONNECT);
        let client = client.build().map_err(failed)?;
        let response = client.get(uri.clone()).send().await;
        let mut response =
            response.and_then(reqwest::Response::error_for_status).map_err(failed)?;
        let (uri, most) = (response.url().clone(), Limits::default().octets);
        let etag = response.headers().get("etag").and_then(|etag| etag.to_str().ok());
        let etag = etag.map(str::to_owned);
        let mut octets = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if octets.len() as u64 + chunk.len() as u64 > most {
                return Err(Error::IndexTooLong { uri: uri.to_string(), most });
            }
            octets.extend_from_slice(&chunk);
        }
        Ok(Self { uri, etag, octets: octets.into() })
    }

    async fn from_store(runtime: &RuntimeEnv, uri: &Url) -> Result<Self, Error> {
        let place = Place::of(uri)?;
        let failed = |source| Error::Store { uri: uri.to_string(), source };
        let found = place.store(runtime)?.get(&place.path).await.map_err(failed)?;
        let most = Limits::default().octets;
        if found.meta.size > most {
            return Err(Error::IndexTooLong { uri: uri.to_string(), most });
        }
        let etag = found.meta.e_tag.clone();
        let octets = found.bytes().await.map_err(failed)?;
        Ok(Self { uri: uri.clone(), etag, octets })
    }
}
