//! Reading a complete package part by part, with all checks.

use crate::error::Error;
use crate::origin::{Base, Roots};
use crate::replica::media_type;
use bytes::{Bytes, BytesMut};
use multipart_package::{Event, Head, Limits, Reader, Step, Tolerance};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The number of octets that are read at once, and at which a batch of entities is full.
const OCTETS: usize = 256 * 1024;
/// The number of entities at which a batch is full.
const ENTITIES: usize = 512;

/// An entity, as a part contains it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entity {
    /// Its name.
    pub(crate) uri: String,
    /// Its entity tag, if it has one.
    pub(crate) etag: Option<String>,
    /// Its media type.
    pub(crate) media_type: String,
    /// Its state.
    pub(crate) body: Bytes,
}

impl Entity {
    /// Its URI, entity tag, media type and state.
    pub(crate) fn as_stored(&self) -> (&str, Option<&str>, &str, &[u8]) {
        (&self.uri, self.etag.as_deref(), &self.media_type, &self.body)
    }
}

/// A batch of a package's entities, or its end. Without the end a package is not complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Item {
    /// Entities, in the package's order.
    Entities(Vec<Entity>),
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
    let (mut entities, mut held) = (Vec::new(), 0);
    loop {
        match decoder.step().map_err(broken)? {
            Step::Event(Event::Head(head)) => {
                held += head.as_bytes().len();
                entities.push(entity(&base, head.borrow())?);
            }
            Step::Event(Event::Body(octets)) => {
                held += octets.len();
                if let Some(entity) = entities.last_mut() {
                    entity.body = joined(std::mem::take(&mut entity.body), octets);
                }
            }
            Step::Event(Event::End) => {
                if entities.len() >= ENTITIES || held >= OCTETS {
                    held = 0;
                    if !take(Item::Entities(std::mem::take(&mut entities))) {
                        return Ok(());
                    }
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
                let _ = take(Item::Entities(entities)) && take(Item::End);
                return Ok(());
            }
        }
    }
}

/// The entity of a part, without its body.
fn entity(base: &Base<'_>, head: Head<&[u8]>) -> Result<Entity, Error> {
    let broken = |source| Error::Package { uri: base.uri().to_owned(), source };
    let missing =
        || Error::Missing { uri: base.uri().to_owned(), what: "Content-Location in a part" };
    let location = head.content_location().map_err(broken)?.ok_or_else(missing)?;
    let etag = head.etag().map_err(broken)?;
    let etag = etag.map(|etag| String::from_utf8_lossy(etag.as_bytes()).into_owned());
    let media_type = media_type::of_part(head);
    Ok(Entity { uri: base.name(location)?, etag, media_type, body: Bytes::new() })
}

/// Joins two pieces of a body. Most bodies have one piece and are not copied.
fn joined(before: Bytes, octets: Bytes) -> Bytes {
    if before.is_empty() {
        return octets;
    }
    let mut both = BytesMut::from(before);
    both.extend_from_slice(&octets);
    both.freeze()
}
