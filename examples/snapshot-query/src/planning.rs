//! Planning: what must be known of each package before ranges of it are read.
//!
//! A range of a package does not know of a close delimiter in an earlier range, and takes what
//! follows it for parts. So planning finds the close delimiter of each package in its last octets,
//! and a task that finds it elsewhere fails the query.

use crate::error::Error;
use crate::listing::Listing;
use crate::package::Package;
use crate::place::{Place, is_local};
use bytes::Bytes;
use datafusion::execution::runtime_env::RuntimeEnv;
use futures_util::{StreamExt, TryStreamExt, stream};
use multipart_package::{Reader, Rule, Step};
use object_store::{Attribute, GetOptions, GetRange, ObjectMeta, ObjectStore};
use std::sync::Arc;
use url::Url;

/// How many octets at the end of a package are searched for its close delimiter: the longest epilogue
/// that a reader accepts by default, and the longest line before it.
pub const TAIL: u64 = 64 * 1024 + 512;

/// How many packages are looked at, at the same time.
const AT_ONCE: usize = 16;

/// Plans the packages with these numbers, by one request for each.
pub(crate) async fn packages(
    runtime: &RuntimeEnv,
    listing: &Listing,
    numbers: &[usize],
    content_type: Option<&str>,
) -> Result<Vec<Arc<Package>>, Error> {
    let planned = numbers.iter().filter_map(|number| {
        let uri = listing.packages.get(*number)?;
        Some(one(runtime, listing, uri, *number, content_type))
    });
    // They are made first, since a closure that borrows cannot be sent to another thread.
    let planned: Vec<_> = planned.collect();
    stream::iter(planned).buffered(AT_ONCE).map_ok(Arc::new).try_collect().await
}

async fn one(
    runtime: &RuntimeEnv,
    listing: &Listing,
    uri: &Url,
    number: usize,
    stated: Option<&str>,
) -> Result<Package, Error> {
    let place = Place::of(uri)?;
    // A scan has one store.
    if place.store != Place::of(listing.packages.first().unwrap_or(uri))?.store {
        let why = "it is in another store than the first package";
        return Err(Error::Uri { uri: uri.to_string(), why });
    }
    let failed = |source| Error::Store { uri: uri.to_string(), source };
    let options = GetOptions { range: Some(GetRange::Suffix(TAIL)), ..GetOptions::default() };
    let found = place.store(runtime)?.get_opts(&place.path, options).await.map_err(failed)?;
    let etag = strong(&found.meta, uri)?;
    let (octets, start) = (found.meta.size, found.range.start);

    let entry = listing.manifest.as_ref().and_then(|manifest| manifest.packages.get(number));
    if entry.is_some_and(|entry| entry.octets != octets) {
        let what = "a package has another size";
        return Err(Error::ManifestDiffers { uri: listing.uri.to_string(), what });
    }
    if let Some(coding) = found.attributes.get(&Attribute::ContentEncoding)
        && !coding.is_empty()
        && !coding.eq_ignore_ascii_case("identity")
    {
        return Err(Error::Coded { package: uri.to_string(), coding: coding.to_string() });
    }
    let of_store = found.attributes.get(&Attribute::ContentType).map(|value| value.to_string());
    let of_manifest = listing.manifest.as_ref().map(|manifest| manifest.content_type.as_str());
    let content_type = chosen(uri, [of_store.as_deref(), of_manifest, stated])?.to_owned();

    let tail = found.bytes().await.map_err(failed)?;
    let package = Package {
        uri: uri.to_string(),
        path: place.path.to_string(),
        octets,
        etag,
        content_type,
        close: 0,
        parts: entry.map(|entry| entry.parts),
    };
    let close = close_in(&package.reader()?, tail, start, octets);
    let close = close.map_err(|source| Error::Unreadable { package: uri.to_string(), source })?;
    let searched = octets - start;
    let close = close.ok_or_else(|| Error::CloseMissing { package: uri.to_string(), searched })?;
    let package = Package { close, ..package };
    package.check()?;
    Ok(package)
}

/// The entity tag by which every later request asks for the same octets.
fn strong(meta: &ObjectMeta, uri: &Url) -> Result<Option<String>, Error> {
    let refused = |found| Err(Error::NoStrongTag { package: uri.to_string(), found });
    match &meta.e_tag {
        _ if is_local(uri) => Ok(meta.e_tag.clone()),
        None => refused("it has none".to_owned()),
        Some(tag) if tag.starts_with("W/") => refused(format!("it has the weak {tag}")),
        Some(tag) => Ok(Some(tag.clone())),
    }
}

/// The first Content-Type that states a boundary: the one in the answer, the one in the manifest, or
/// the one that the user stated.
fn chosen<'a>(uri: &Url, candidates: [Option<&'a str>; 3]) -> Result<&'a str, Error> {
    let package = || uri.to_string();
    let mut refused = None;
    for candidate in candidates.into_iter().flatten() {
        match Reader::from_content_type(candidate.as_bytes()) {
            Ok(_) => return Ok(candidate),
            Err(source) => {
                refused.get_or_insert(Error::ContentType { package: package(), source });
            }
        }
    }
    // A store that says `application/octet-stream` does not know better: that is no contradiction.
    let [of_store, of_manifest, stated] = candidates;
    match (of_store, of_manifest.or(stated), refused) {
        (_, Some(_), Some(refused)) => Err(refused),
        (Some(_) | None, ..) => Err(Error::BoundaryUnknown { package: package() }),
    }
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
        assert_eq!(chosen(&uri, [Some(TYPE), Some(other), None]).unwrap(), TYPE);
        assert_eq!(chosen(&uri, [Some("text/plain"), Some(other), None]).unwrap(), other);
        assert_eq!(chosen(&uri, [None, None, Some(other)]).unwrap(), other);
        let name = |candidates| chosen(&uri, candidates).unwrap_err().name();
        assert_eq!(name([None, None, None]), "boundary-unknown");
        assert_eq!(name([Some("application/octet-stream"), None, None]), "boundary-unknown");
        assert_eq!(name([None, None, Some("multipart/package")]), "content-type");
    }

    #[test]
    fn rfc9110_8_8_1_a_weak_entity_tag_identifies_no_octets() {
        let meta = |tag: Option<&str>| ObjectMeta {
            location: "0".into(),
            last_modified: Default::default(),
            size: 1,
            e_tag: tag.map(str::to_owned),
            version: None,
        };
        let (web, local) = (Url::parse("http://a/0").unwrap(), Url::parse("file:///0").unwrap());
        for tag in [None, Some("W/\"a\"")] {
            assert_eq!(strong(&meta(tag), &web).unwrap_err().name(), "etag");
            assert_eq!(strong(&meta(tag), &local).unwrap().as_deref(), tag);
        }
        assert_eq!(strong(&meta(Some("\"a\"")), &web).unwrap().as_deref(), Some("\"a\""));
    }
}
