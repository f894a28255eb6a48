//! Putting a package that is whole into the database: part by part, every length checked.

use crate::error::Error;
use crate::origin;
use crate::replica::Replica;
use bytes::BytesMut;
use multipart_package::{Event, Head, Limits, Reader, Step, Tolerance};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// How many octets of a package are read at once.
const READ_OCTETS: usize = 256 * 1024;

/// Puts a package's entities among those of the snapshot that is being replicated; how many.
///
/// Bodies up to `entity_octets` are taken, since an entity is held in memory.
///
/// # Errors
/// [`Error::Package`] for framing that breaks a rule; then some of its parts may have been put.
pub(crate) fn apply(
    replica: &mut Replica,
    path: &Path,
    uri: &str,
    content_type: &str,
    entity_octets: u64,
) -> Result<u64, Error> {
    let broken = |source| Error::Package { uri: uri.to_owned(), source };
    let reader = Reader::from_content_type(content_type.as_bytes()).map_err(broken)?;
    let limits = Limits::default().body_octets(entity_octets);
    let mut decoder = reader.tolerance(Tolerance::STRICT).limits(limits).decoder();
    let mut file = File::open(path)?;
    let (mut target, mut body) = (Target::default(), Vec::new());
    let mut count = 0;
    loop {
        match decoder.step().map_err(broken)? {
            Step::Event(Event::Head(head)) => {
                target = Target::read(uri, head.borrow())?;
                body.clear();
            }
            Step::Event(Event::Body(octets)) => body.extend_from_slice(&octets),
            Step::Event(Event::End) => {
                let Target { entity, etag } = &target;
                if !replica.stage(entity, etag.as_deref(), &body)? {
                    let entity = entity.clone();
                    return Err(Error::Twice { uri: uri.to_owned(), entity });
                }
                count += 1;
            }
            // Nobody asks to go on after a part that is broken.
            Step::Event(Event::Lost(_)) => return Err(Error::Stopped("the package's reader")),
            Step::NeedInput => {
                let mut chunk = BytesMut::zeroed(READ_OCTETS);
                match file.read(&mut chunk)? {
                    0 => decoder.finish(),
                    octets => {
                        chunk.truncate(octets);
                        decoder.push(chunk.freeze());
                    }
                }
            }
            Step::Done => return Ok(count),
        }
    }
}

/// What a part is of.
#[derive(Debug, Default)]
struct Target {
    entity: String,
    etag: Option<String>,
}

impl Target {
    fn read(uri: &str, head: Head<&[u8]>) -> Result<Self, Error> {
        let broken = |source| Error::Package { uri: uri.to_owned(), source };
        let missing = || Error::Missing { uri: uri.to_owned(), what: "Content-Location in a part" };
        let location = head.content_location().map_err(broken)?.ok_or_else(missing)?;
        let etag = head.etag().map_err(broken)?;
        let etag = etag.map(|etag| String::from_utf8_lossy(etag.as_bytes()).into_owned());
        Ok(Self { entity: origin::local(uri, location)?, etag })
    }
}
