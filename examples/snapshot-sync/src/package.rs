//! Reading one package: streamed through the decoder, entity by entity.

use crate::error::Error;
use crate::fetch::Fetcher;
use crate::origin;
use crate::store::Entity;
use bytes::Bytes;
use futures_util::StreamExt;
use http::header;
use multipart_package::{Event, Head, Limits, Reader, Step, Tolerance};
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc;

/// How many entities are handed on at once.
const BATCH: usize = 256;
/// The most octets of one entity: 16 MiB, since an entity is held in memory while it is read.
const MOST_ENTITY_OCTETS: u64 = 16 * 1024 * 1024;

/// What the packages' readers hand to the database.
#[derive(Debug)]
pub(crate) enum Read {
    /// The next entities of a package.
    Entities(Vec<Entity>),
    /// A package was read to its close delimiter.
    Package {
        /// Its number in the index.
        number: usize,
        /// Its size.
        octets: u64,
    },
}

/// Gets a package and hands on what it holds, every length checked; the whole package is said only
/// when its close delimiter was read.
pub(crate) async fn read(
    fetcher: &Fetcher,
    number: usize,
    uri: &str,
    reads: &mpsc::Sender<Read>,
) -> Result<(), Error> {
    let broken = |source| Error::Package { uri: uri.to_owned(), source };
    let response = fetcher.open(uri).await?;
    let content_type = response.headers().get(header::CONTENT_TYPE);
    let content_type = content_type.ok_or_else(|| missing(uri, "Content-Type"))?;
    let reader = Reader::from_content_type(content_type.as_bytes()).map_err(broken)?;
    let limits = Limits::default().body_octets(MOST_ENTITY_OCTETS);
    let mut decoder = reader.tolerance(Tolerance::STRICT).limits(limits).decoder();
    let mut copy = match fetcher.copy_of(&format!("package-{number}.multipart")) {
        Some(path) => Some(tokio::io::BufWriter::new(tokio::fs::File::create(path).await?)),
        None => None,
    };
    let mut chunks = response.bytes_stream();
    let (mut batch, mut open) = (Vec::with_capacity(BATCH), None);
    loop {
        match decoder.step().map_err(broken)? {
            Step::Event(Event::Head(head)) => open = Some(begin(uri, &head)?),
            Step::Event(Event::Body(octets)) => {
                if let Some(Entity { body, .. }) = &mut open {
                    body.extend_from_slice(&octets);
                }
            }
            // Nobody asks to go on after a part that is broken.
            Step::Event(Event::Lost(_)) => open = None,
            Step::Event(Event::End) => {
                batch.extend(open.take());
                if batch.len() == BATCH {
                    let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
                    send(reads, Read::Entities(full)).await?;
                }
            }
            Step::NeedInput => match chunks.next().await.transpose()? {
                Some(chunk) => {
                    if let Some(copy) = &mut copy {
                        copy.write_all(&chunk).await?;
                    }
                    decoder.push(chunk);
                }
                None => decoder.finish(),
            },
            Step::Done => break,
        }
    }
    if let Some(mut copy) = copy {
        copy.flush().await?;
    }
    send(reads, Read::Entities(batch)).await?;
    send(reads, Read::Package { number, octets: decoder.position() }).await
}

async fn send(reads: &mpsc::Sender<Read>, read: Read) -> Result<(), Error> {
    reads.send(read).await.map_err(|_| Error::Stopped("the replica's database"))
}

fn begin(uri: &str, head: &Head<Bytes>) -> Result<Entity, Error> {
    let broken = |source| Error::Package { uri: uri.to_owned(), source };
    let head = head.borrow();
    let location = head.content_location().map_err(broken)?;
    let location = location.ok_or_else(|| missing(uri, "Content-Location in a part"))?;
    let etag = head.etag().map_err(broken)?;
    let etag = etag.map(|etag| String::from_utf8_lossy(etag.as_bytes()).into_owned());
    let uri = origin::local(uri, location)?;
    Ok(Entity { uri, etag: etag.unwrap_or_default(), body: Vec::new() })
}

fn missing(uri: &str, what: &'static str) -> Error {
    Error::Missing { uri: uri.to_owned(), what }
}
