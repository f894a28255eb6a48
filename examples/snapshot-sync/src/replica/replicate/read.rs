//! Reading a complete package part by part, with all checks.

use super::batch::Batch;
use crate::error::Error;
use crate::origin::{Base, Roots};
use crate::replica::media_type;
use bytes::BytesMut;
use multipart_package::{Event, Head, Limits, Reader, Step, Tolerance};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The number of octets that are read at once, and at which a batch of entities is full.
const OCTETS: usize = 256 * 1024;
/// The number of entities at which a batch is full.
const ENTITIES: usize = 512;

/// A batch of a package's entities, or its end. Without the end a package is not complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Item {
    /// Entities, in the package's order.
    Entities(Batch),
    /// The close delimiter was read.
    End,
}

/// Reads a package's entities in batches, and passes each batch to `take` until that returns false.
///
/// `uri` is that of the package after redirects. `entity_octets` is the limit on a body, since each
/// entity is in memory.
///
/// # Errors
/// [`Error::Package`] if the framing violates a rule. Some batches may have been passed on before.
pub(crate) fn read(
    path: &Path,
    roots: &Roots,
    uri: &str,
    content_type: &str,
    entity_octets: u64,
    mut take: impl FnMut(Item) -> bool,
) -> Result<(), Error> {
    let broken = |source| Error::Package { uri: uri.to_owned(), source };
    let base = Base::new(roots, uri)?;
    let reader = Reader::from_content_type(content_type.as_bytes()).map_err(broken)?;
    let limits = Limits::default().body_octets(entity_octets);
    let mut decoder = reader.tolerance(Tolerance::STRICT).limits(limits).decoder();
    let mut file = File::open(path).map_err(Error::of_file(path))?;
    let mut batch = Batch::default();
    loop {
        match decoder.step_borrowed().map_err(broken)? {
            Step::Event(Event::Head(head)) => begin(&mut batch, &base, head)?,
            Step::Event(Event::Body(octets)) => batch.push(octets),
            Step::Event(Event::End) => {
                if (batch.len() >= ENTITIES || batch.octets() >= OCTETS)
                    && !take(Item::Entities(std::mem::take(&mut batch)))
                {
                    return Ok(());
                }
            }
            // This comes only after `resync`, which is not used here.
            Step::Event(Event::Lost(_)) => return Err(Error::Stopped("the package's reader")),
            Step::NeedInput => {
                let mut chunk = BytesMut::zeroed(OCTETS);
                match file.read(&mut chunk).map_err(Error::of_file(path))? {
                    0 => decoder.finish(),
                    octets => {
                        chunk.truncate(octets);
                        decoder.push(chunk.freeze());
                    }
                }
            }
            Step::Done => {
                let _ = take(Item::Entities(batch)) && take(Item::End);
                return Ok(());
            }
        }
    }
}

/// Adds the entity of a part, as yet without its body.
///
/// The fields are read in one pass, and not by their accessors: the reader is strict, so that it has
/// refused each that is repeated and each that cannot be read.
fn begin(batch: &mut Batch, base: &Base<'_>, head: Head<&[u8]>) -> Result<(), Error> {
    let (mut location, mut etag, mut media_type) = (None, None, None);
    for field in head.fields() {
        let of = if field.is("content-location") {
            &mut location
        } else if field.is("etag") {
            &mut etag
        } else if field.is("content-type") {
            &mut media_type
        } else {
            continue;
        };
        of.get_or_insert(field.value());
    }
    let missing =
        || Error::Missing { uri: base.uri().to_owned(), what: "Content-Location in a part" };
    let location =
        location.and_then(|value| std::str::from_utf8(value).ok()).ok_or_else(missing)?;
    let etag = etag.map(String::from_utf8_lossy);
    batch.begin(&base.name(location)?, etag.as_deref(), &media_type::of_value(media_type));
    Ok(())
}
