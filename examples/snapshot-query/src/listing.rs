//! The documents that list a snapshot's packages: the index, and the manifest where there is one.

use crate::allowed::Allowed;
use crate::answer;
use crate::client;
use crate::error::Error;
use crate::manifest::{self, Manifest};
use crate::place::{Place, check_credentials};
use bytes::Bytes;
use datafusion::execution::runtime_env::RuntimeEnv;
use object_store::ObjectStoreExt;
use snapshot_index::{Limits, Resolver, Rule, SnapshotIndexRef, Tolerance};
use std::collections::HashSet;
use std::time::Duration;
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
    /// Whether there may be a manifest that this user may not read.
    is_forbidden: bool,
}

/// Whether a snapshot has a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ManifestState {
    /// It was read.
    Found,
    /// There is none beside the index or the first package, or the index is at a web server, where
    /// none is looked for.
    Absent,
    /// The store, or the prefixes of a host that reads for others, do not allow to read it. S3 says so
    /// of what does not exist, too, unless one may list the bucket. The query does without it.
    Forbidden,
}

/// Beside what a manifest is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beside {
    Index,
    Package,
}

/// What there is where a manifest may be.
#[derive(Debug)]
enum Found {
    Manifest(Manifest),
    Nothing,
    Forbidden,
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
    /// no web server, the manifest beside an index is read too, or else the one beside the first
    /// package, if that is in the same store: an index of the latest snapshot may stand elsewhere.
    pub(crate) async fn fetch(
        runtime: &RuntimeEnv,
        uri: &Url,
        silence: Duration,
        allowed: &Allowed,
    ) -> Result<Self, Error> {
        let document = Document::fetch(runtime, uri, silence, allowed).await?;
        let misread = |source| Error::Manifest { uri: document.uri.to_string(), source };
        // What is no JSON at all is reported by the reader of indexes, which says more about it.
        if let Some(manifest) = Manifest::read(&document.octets)
            .or_else(|error| if error.is_data() { Err(misread(error)) } else { Ok(None) })?
        {
            return Self::of_manifest(document, manifest);
        }
        let mut listing = Self::of_index(document)?;
        for (uri, beside) in listing.manifest_uris() {
            match listing.manifest_at(runtime, &uri, beside, silence, allowed).await? {
                Found::Manifest(manifest) => {
                    (listing.manifest, listing.is_forbidden) = (Some(manifest), false);
                    break;
                }
                Found::Nothing => {}
                Found::Forbidden => listing.is_forbidden = true,
            }
        }
        Ok(listing)
    }

    /// Whether two indexes are of the same snapshot, whatever else they say.
    pub(crate) fn is_of_same(&self, other: &Self) -> bool {
        self.id == other.id && self.packages == other.packages
    }

    /// Whether there is a manifest.
    pub(crate) fn manifest_state(&self) -> ManifestState {
        match (&self.manifest, self.is_forbidden) {
            (Some(_), _) => ManifestState::Found,
            (None, false) => ManifestState::Absent,
            (None, true) => ManifestState::Forbidden,
        }
    }

    fn of_manifest(document: Document, manifest: Manifest) -> Result<Self, Error> {
        let Document { uri, etag, .. } = document;
        let index = SnapshotIndexRef::from_slice(manifest.index.as_bytes());
        let index = index.map_err(|source| Error::Index { uri: uri.to_string(), source })?;
        let differs = |what| Error::ManifestDiffers { uri: uri.to_string(), what };
        if index.package_count() != manifest.packages.len() {
            return Err(differs("its index lists another number of packages"));
        }
        manifest.check().map_err(differs)?;
        let beside = |number| {
            let why = "there is nothing beside it";
            uri.join(&Manifest::file_name(number))
                .map_err(|_| Error::Uri { uri: uri.to_string(), why })
        };
        let packages = (0..manifest.packages.len()).map(beside).collect::<Result<_, _>>()?;
        let id = index.id().to_owned();
        Ok(Self { uri, etag, id, packages, manifest: Some(manifest), is_forbidden: false })
    }

    fn of_index(document: Document) -> Result<Self, Error> {
        let Document { uri, etag, octets } = document;
        let index = SnapshotIndexRef::from_slice(&octets)
            .map_err(|source| Error::Index { uri: uri.to_string(), source })?;
        let packages = packages(&uri, &index)?;
        let id = index.id().to_owned();
        Ok(Self { uri, etag, id, packages, manifest: None, is_forbidden: false })
    }

    /// Where the manifest may be, the likelier place first.
    fn manifest_uris(&self) -> Vec<(Url, Beside)> {
        if matches!(self.uri.scheme(), "http" | "https") {
            return Vec::new();
        }
        let store = |uri: &Url| Place::of(uri).map(|place| place.store).ok();
        let package = self.packages.first().filter(|package| store(package) == store(&self.uri));
        let places = [Some((&self.uri, Beside::Index)), package.map(|uri| (uri, Beside::Package))];
        let mut uris: Vec<(Url, Beside)> = Vec::new();
        for (document, beside) in places.into_iter().flatten() {
            let Ok(uri) = document.join(manifest::NAME) else { continue };
            if uris.iter().all(|(other, _)| *other != uri) {
                uris.push((uri, beside));
            }
        }
        uris
    }

    /// Reads a manifest, if there is one, and checks that it is that of this snapshot.
    async fn manifest_at(
        &self,
        runtime: &RuntimeEnv,
        uri: &Url,
        beside: Beside,
        silence: Duration,
        allowed: &Allowed,
    ) -> Result<Found, Error> {
        use object_store::Error::{NotFound, PermissionDenied};
        let found = match Document::fetch(runtime, uri, silence, allowed).await {
            Ok(found) => found,
            Err(Error::Store { source: NotFound { .. }, .. }) => return Ok(Found::Nothing),
            Err(
                Error::Store { source: PermissionDenied { .. }, .. } | Error::NotAllowed { .. },
            ) => {
                return Ok(Found::Forbidden);
            }
            Err(error) => return Err(error),
        };
        let misread = |source| Error::Manifest { uri: uri.to_string(), source };
        let Some(manifest) = Manifest::read(&found.octets).map_err(misread)? else {
            return Ok(Found::Nothing);
        };
        let differs = |what| Error::ManifestDiffers { uri: uri.to_string(), what };
        let index = SnapshotIndexRef::from_slice(manifest.index.as_bytes())
            .map_err(|_| differs("it contains no index"))?;
        match (index.id() == self.id, beside) {
            (true, _) => {}
            (false, Beside::Index) => return Err(differs("it is that of another snapshot")),
            // An index that somebody has made may list packages of several snapshots.
            (false, Beside::Package) => return Ok(Found::Nothing),
        }
        if manifest.packages.len() != self.packages.len() {
            return Err(differs("it lists another number of packages"));
        }
        // What it says about a package is found by the number of the package. Its index stands beside
        // it, wherever the one that was read stands.
        let are_same = packages(uri, &index).is_ok_and(|own| own == self.packages);
        if !are_same {
            return Err(differs("it lists other packages, or in another order"));
        }
        manifest.check().map_err(differs)?;
        Ok(Found::Manifest(manifest))
    }
}

/// The URIs of the packages that an index at a URI lists.
///
/// A package that was listed twice would give each of its rows twice.
fn packages(uri: &Url, index: &SnapshotIndexRef<'_>) -> Result<Vec<Url>, Error> {
    let tolerance =
        Tolerance::DRAFTS.without(Rule::UriResolvedRepeated).without(Rule::UriSameDocument);
    let resolved = Resolver::new(uri.as_str())
        .and_then(|resolver| resolver.tolerance(tolerance).resolve(index))
        .map_err(|source| Error::Index { uri: uri.to_string(), source })?;
    // URIs that differ as texts may lead to one object: one states the default port, say.
    let mut paths = HashSet::new();
    let mut packages = Vec::with_capacity(index.package_count());
    for text in &resolved {
        let why = "a package's URI cannot be parsed";
        let package = Url::parse(text).map_err(|_| Error::Uri { uri: text.clone(), why })?;
        // All packages are in one store.
        if !paths.insert(Place::of(&package)?.path) {
            return Err(Error::Repeated { uri: uri.to_string(), package: text.clone() });
        }
        packages.push(package);
    }
    Ok(packages)
}

impl Document {
    async fn fetch(
        runtime: &RuntimeEnv,
        uri: &Url,
        silence: Duration,
        allowed: &Allowed,
    ) -> Result<Self, Error> {
        allowed.check(uri)?;
        check_credentials(uri)?;
        let has_store = |place: Place| allowed.is_all() && place.store_of_caller(runtime).is_some();
        match uri.scheme() {
            // A store of the caller has what it takes, such as credentials.
            "http" | "https" if Place::of(uri).is_ok_and(has_store) => {
                Self::from_store(runtime, uri, silence, allowed).await
            }
            // A store does not say where redirects led, and references are resolved against that.
            "http" | "https" => Self::from_server(uri, silence, allowed).await,
            _ => Self::from_store(runtime, uri, silence, allowed).await,
        }
    }

    async fn from_server(uri: &Url, silence: Duration, allowed: &Allowed) -> Result<Self, Error> {
        let failed = |source: reqwest::Error| match client::redirected(&source) {
            Some(to) => Error::Redirected { uri: uri.to_string(), to: to.to_owned() },
            None if source.is_timeout() && !source.is_connect() => {
                answer::stalled(silence, uri.as_str())
            }
            None => Error::Http { uri: uri.to_string(), source: source.without_url() },
        };
        let client = client::of_index(silence, allowed).map_err(failed)?;
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

    async fn from_store(
        runtime: &RuntimeEnv,
        uri: &Url,
        silence: Duration,
        allowed: &Allowed,
    ) -> Result<Self, Error> {
        let place = Place::of(uri)?;
        let store = place.store(runtime, allowed)?;
        let found = answer::awaited(store.get(&place.path), silence, uri.as_str()).await?;
        let found = found.map_err(|source| answer::failed(source, uri.as_str()))?;
        let most = Limits::default().octets;
        if found.meta.size > most {
            return Err(Error::IndexTooLong { uri: uri.to_string(), most });
        }
        let etag = found.meta.e_tag.clone();
        let octets = answer::octets(found, silence, uri.as_str()).await?;
        Ok(Self { uri: uri.clone(), etag, octets })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9110 section 4.2.3: the default port is the one of a URI without a port.
    #[test]
    fn a_package_that_is_listed_by_two_uris_is_listed_twice() {
        let listed = |uri: &str, uris: &str| {
            let index = format!(r#"{{"id":"a","started":1435019805885,"uris":[{uris}]}}"#);
            let index = SnapshotIndexRef::from_slice(index.as_bytes()).unwrap();
            packages(&Url::parse(uri).unwrap(), &index).map(|packages| packages.len())
        };
        assert_eq!(listed("http://a/i", r#""0","http://a:80/1""#).unwrap(), 2);
        for (uri, uris) in [
            ("http://a/i", r#""0","http://a:80/0""#),
            ("https://a/i", r#""https://a:443/0","0""#),
            ("http://a/i", r#""0","%30""#),
            ("s3://a/i", r#""b+c","b%2Bc""#),
        ] {
            assert_eq!(listed(uri, uris).unwrap_err().name(), "index", "{uris}");
        }
    }
}
