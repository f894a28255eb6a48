//! Planning: what must be known of each package before ranges of it are read.
//!
//! A range of a package does not know of a close delimiter in an earlier range, and takes what
//! follows it for parts. So planning finds the close delimiter of each package in its last octets,
//! and a task that finds it elsewhere fails the query.

use crate::allowed::Allowed;
use crate::answer;
use crate::error::Error;
use crate::limits::{Limits, Tolerance};
use crate::listing::Listing;
use crate::package::Package;
use crate::place::{Place, is_local};
use bytes::Bytes;
use datafusion::execution::runtime_env::RuntimeEnv;
use futures_util::{StreamExt, TryStreamExt, stream};
use multipart_package::{ContentType, Reader, Rule, Step};
use object_store::{Attribute, GetOptions, GetRange, GetResult, ObjectStore, ObjectStoreExt};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use url::Url;

/// How many octets at the end of a package are searched for its close delimiter: the longest epilogue
/// that a reader accepts by default, and the longest line before it.
pub const TAIL_OCTETS: u64 = 64 * 1024 + 512;

/// How many packages are looked at, at the same time.
const AT_ONCE: usize = 16;

/// Plans the packages of a snapshot.
#[derive(Debug)]
pub(crate) struct Planner {
    listing: Arc<Listing>,
    /// The root of the store. A scan has one store.
    root: Url,
    store: Arc<dyn ObjectStore>,
    /// The Content-Type that the user stated.
    content_type: Option<String>,
    limits: Limits,
    tolerance: Tolerance,
    /// Which URLs may be fetched.
    allowed: Allowed,
    /// How many packages were planned so far.
    done: Arc<AtomicUsize>,
}

impl Planner {
    /// The planner of a snapshot; none if it has no packages.
    pub(crate) fn new(
        runtime: &RuntimeEnv,
        listing: Arc<Listing>,
        content_type: Option<String>,
        (limits, tolerance): (Limits, Tolerance),
        allowed: Allowed,
        done: Arc<AtomicUsize>,
    ) -> Result<Option<Self>, Error> {
        let Some(first) = listing.packages.first() else { return Ok(None) };
        allowed.check(first)?;
        let place = Place::of(first)?;
        let store = place.store(runtime, &allowed)?;
        let root = place.store;
        Ok(Some(Self { listing, root, store, content_type, limits, tolerance, allowed, done }))
    }

    /// Plans the packages with these numbers, by one request for each.
    pub(crate) async fn packages(
        self: Arc<Self>,
        numbers: Vec<usize>,
    ) -> Result<Vec<Arc<Package>>, Error> {
        let planned = numbers.into_iter().map(move |number| self.clone().one(number));
        stream::iter(planned).buffered(AT_ONCE).try_collect().await
    }

    async fn one(self: Arc<Self>, number: usize) -> Result<Arc<Package>, Error> {
        let uri = &self.listing.packages[number];
        self.allowed.check(uri)?;
        let place = Place::of(uri)?;
        if place.store != self.root {
            let why = "it is in another store than the first package";
            return Err(Error::Uri { uri: uri.to_string(), why });
        }
        let found = self.tail(&place, uri).await?;
        strong(found.meta.e_tag.as_deref(), uri)
            .map_err(|found| Error::NoStrongTag { package: uri.to_string(), found })?;
        let (octets, start, etag) = (found.meta.size, found.range.start, found.meta.e_tag.clone());

        let manifest = self.listing.manifest.as_ref();
        let entry = manifest.and_then(|manifest| manifest.packages.get(number));
        if entry.is_some_and(|entry| entry.octets != octets) {
            let what = "a package has another size";
            return Err(Error::ManifestDiffers { uri: self.listing.uri.to_string(), what });
        }
        answer::uncoded(&found, uri.as_str())?;
        let of_store = found.attributes.get(&Attribute::ContentType).map(|value| value.to_string());
        let of_manifest = manifest.map(|manifest| manifest.content_type.as_str());
        let stated = self.content_type.as_deref();
        let content_type = chosen(uri, [of_store.as_deref(), of_manifest, stated])?.to_owned();

        let tail = answer::octets(found, self.limits.silence, uri.as_str()).await?;
        let package = Package {
            uri: uri.to_string(),
            path: place.path.to_string(),
            octets,
            etag,
            content_type,
            close: 0,
            parts: entry.map(|entry| entry.parts),
            limits: self.limits,
            tolerance: self.tolerance,
        };
        let close = close_in(&package.reader()?, tail, start, octets);
        let close =
            close.map_err(|source| Error::Unreadable { package: uri.to_string(), source })?;
        let searched = octets - start;
        let close =
            close.ok_or_else(|| Error::CloseMissing { package: uri.to_string(), searched })?;
        let package = Package { close, ..package };
        package.check()?;
        self.done.fetch_add(1, Ordering::Relaxed);
        Ok(Arc::new(package))
    }

    /// Asks for the last octets of a package.
    async fn tail(&self, place: &Place, uri: &Url) -> Result<GetResult, Error> {
        let (silence, uri) = (self.limits.silence, uri.as_str());
        let options =
            GetOptions { range: Some(GetRange::Suffix(TAIL_OCTETS)), ..GetOptions::default() };
        let asked = self.store.get_opts(&place.path, options);
        let refused = match answer::awaited(asked, silence, uri).await? {
            Ok(found) => return Ok(found),
            Err(refused) => refused,
        };
        // A package without octets has no last ones, which some servers report as an error. And a server
        // may ignore that only the last octets are asked for, which the store reports, if these are all.
        let asked = self.store.head(&place.path);
        match answer::awaited(asked, silence, uri).await? {
            Ok(meta) if meta.size == 0 => {
                Err(Error::CloseMissing { package: uri.to_owned(), searched: 0 })
            }
            Ok(meta) if meta.size <= TAIL_OCTETS => {
                let whole = answer::awaited(self.store.get(&place.path), silence, uri).await?;
                whole.map_err(|error| answer::failed(error, uri))
            }
            _ => Err(answer::failed(refused, uri)),
        }
    }
}

/// Checks an entity tag, by which every later request asks for the same octets. A local file needs
/// none.
///
/// # Errors
/// What there is instead of a strong entity tag.
pub(crate) fn strong(etag: Option<&str>, uri: &Url) -> Result<(), String> {
    match etag {
        _ if is_local(uri) => Ok(()),
        None => Err("it has none".to_owned()),
        Some(tag) if tag.starts_with("W/") || tag.starts_with("w/") => {
            Err(format!("it has the weak {tag}"))
        }
        // As a condition, it is true of everything.
        Some("*") => Err("it has *, which is none".to_owned()),
        Some(_) => Ok(()),
    }
}

/// The first Content-Type that states a boundary: the one in the answer, the one in the manifest, or
/// the one that the user stated.
///
/// All that state one must agree on the subtype and the boundary: by another subtype, the first part
/// may be lost, and by another boundary, all parts.
fn chosen<'a>(uri: &Url, candidates: [Option<&'a str>; 3]) -> Result<&'a str, Error> {
    let package = || uri.to_string();
    let [_, of_manifest, stated] = candidates;
    let mut chosen = None;
    let mut refused = None;
    for candidate in candidates.into_iter().flatten() {
        match (read_by(candidate), &chosen) {
            (Ok(read), None) => chosen = Some((candidate, read)),
            (Ok(read), Some((first, by_first))) if read != *by_first => {
                let (first, second) = ((*first).to_owned(), candidate.to_owned());
                return Err(Error::ContentTypesDiffer { package: package(), first, second });
            }
            (Ok(_), Some(_)) => {}
            (Err(source), _) => {
                let error = Error::ContentType { package: package(), source };
                // What the user states is meant to be used.
                if stated == Some(candidate) {
                    return Err(error);
                }
                refused.get_or_insert(error);
            }
        }
    }
    match (chosen, refused) {
        (Some((chosen, _)), _) => Ok(chosen),
        (None, Some(refused)) if of_manifest.is_some() => Err(refused),
        // A store that says `application/octet-stream` contradicts nothing.
        (None, _) => Err(Error::BoundaryUnknown { package: package() }),
    }
}

/// What a package is read by: the subtype, which says how it opens, and the boundary.
fn read_by(content_type: &str) -> Result<(String, Vec<u8>), multipart_package::Error> {
    let _ = Reader::from_content_type(content_type.as_bytes())?;
    let content_type = ContentType::parse(content_type.as_bytes())?;
    let boundary = content_type.read_boundary()?;
    Ok((content_type.subtype().to_ascii_lowercase(), boundary.as_bytes().to_vec()))
}

/// Where the close delimiter begins, by the octets from `start` up to the end of the package.
///
/// It is the first one in these octets. If there is one before them, the epilogue is longer than a
/// reader accepts, and the task that reads the earlier one fails the query.
fn close_in(
    reader: &Reader,
    tail: Bytes,
    start: u64,
    octets: u64,
) -> Result<Option<u64>, multipart_package::Error> {
    // A range is read from two octets before it on, and these must have been fetched too.
    let from = if start == 0 { 0 } else { start.saturating_add(2).min(octets) };
    let mut split = reader.split_decoder(from..octets);
    split.push(tail);
    split.finish();
    loop {
        match split.step_borrowed() {
            Ok(Step::Done) => return Ok(split.summary()?.close()),
            // All octets are there, so that nothing else can come than events.
            Ok(Step::Event(_) | Step::NeedInput) => {}
            // The package ends where a delimiter line must follow.
            Err(error)
                if matches!(
                    error.rule(),
                    Some(Rule::CloseMissing | Rule::OpeningMissing | Rule::HeadIncomplete)
                ) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "multipart/package; boundary=b";

    fn close(package: &[u8], start: usize) -> Option<u64> {
        let reader = Reader::from_content_type(TYPE.as_bytes()).unwrap();
        let tail = Bytes::copy_from_slice(&package[start..]);
        close_in(&reader, tail, start as u64, package.len() as u64).unwrap()
    }

    #[test]
    fn the_close_delimiter_is_the_first_one_in_the_tail() {
        let package = b"--b\r\n\r\n1\r\n--b\r\n\r\n2\r\n--b--\r\n--b\r\n\r\n3\r\n--b--\r\n";
        // From each octet up to two before the close delimiter, it is found where it is.
        for start in 0..=18 {
            assert_eq!(close(package, start), Some(20), "{start}");
        }
        assert_eq!(close(b"--b\r\n\r\n1\r\n--b\r\n\r\n2", 9), None);
        assert_eq!(close(b"", 0), None);
    }

    #[test]
    fn a_content_type_is_that_of_the_store_then_the_manifest_then_the_users() {
        let uri = Url::parse("s3://a/0").unwrap();
        let other = "multipart/package; boundary=c";
        assert_eq!(chosen(&uri, [Some(TYPE), None, Some(TYPE)]).unwrap(), TYPE);
        assert_eq!(chosen(&uri, [Some("text/plain"), Some(other), None]).unwrap(), other);
        assert_eq!(chosen(&uri, [None, None, Some(other)]).unwrap(), other);
        let name = |candidates| chosen(&uri, candidates).unwrap_err().name();
        assert_eq!(name([None, None, None]), "boundary-unknown");
        assert_eq!(name([Some("application/octet-stream"), None, None]), "boundary-unknown");
        assert_eq!(name([None, None, Some("multipart/package")]), "content-type");
        assert_eq!(name([Some(TYPE), None, Some("multipart/package")]), "content-type");
        assert_eq!(name([Some("text/plain"), Some("multipart/package"), None]), "content-type");
    }

    #[test]
    fn content_types_that_differ_in_subtype_or_boundary_are_refused() {
        let uri = Url::parse("s3://a/0").unwrap();
        for other in ["multipart/package; boundary=c", "multipart/mixed; boundary=b"] {
            let two = [Some(TYPE), Some(other)];
            for [a, b] in [two, [two[1], two[0]]] {
                for candidates in [[a, b, None], [a, None, b], [None, a, b]] {
                    assert_eq!(chosen(&uri, candidates).unwrap_err().name(), "content-type");
                }
            }
        }
        let same = "Multipart/PACKAGE; charset=utf-8; boundary=\"b\"";
        assert_eq!(chosen(&uri, [Some(same), Some(TYPE), None]).unwrap(), same);
    }

    #[test]
    fn rfc9110_8_8_1_a_weak_entity_tag_identifies_no_octets() {
        let (web, local) = (Url::parse("http://a/0").unwrap(), Url::parse("file:///0").unwrap());
        for tag in [None, Some("W/\"a\""), Some("w/\"a\""), Some("*")] {
            assert!(strong(tag, &web).is_err());
            strong(tag, &local).unwrap();
        }
        strong(Some("\"a\""), &web).unwrap();
    }
}
