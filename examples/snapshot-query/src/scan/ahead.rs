//! Requests for the octets of a range and, after its end, for as many as its last part needs.

use crate::answer;
use crate::error::Error;
use crate::package::Package;
use bytes::Bytes;
use datafusion::physical_plan::metrics::Count;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use object_store::path::Path;
use object_store::{
    GetOptions, GetRange, GetResult, GetResultPayload, ObjectStore, ObjectStoreExt,
};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::Arc;

/// How many octets after its end are requested with a range: 64 KiB. Each further request of the
/// same range asks for twice as many as the one before.
pub const READ_AHEAD_OCTETS: u64 = 64 * 1024;

/// How many octets of a file are read at a time.
const BLOCK: u64 = 1024 * 1024;

/// The octets from the start of a range on, in chunks.
pub(super) struct Ahead {
    store: Arc<dyn ObjectStore>,
    path: Path,
    package: Arc<Package>,
    /// The octets that the next request asks for.
    next: Range<u64>,
    /// How many octets the last request asked for after the range.
    step: u64,
    chunks: Option<Chunks>,
    /// Whether the package is a file. It can be written while it is read, so that its entity tag is
    /// compared once more at the end.
    is_file: bool,
    /// How many chunks without octets have come since the last octet.
    empty: u32,
    requests: Count,
    octets: Count,
}

/// The answer to a request.
struct Chunks {
    stream: BoxStream<'static, object_store::Result<Bytes>>,
    /// The octets that are still missing.
    rest: u64,
}

impl Ahead {
    pub(super) fn new(
        store: Arc<dyn ObjectStore>,
        package: Arc<Package>,
        from: u64,
        end: u64,
        (requests, octets): (Count, Count),
    ) -> Result<Self, Error> {
        let why = "its path is none of a store";
        let path = Path::parse(&package.path)
            .map_err(|_| Error::Plan { package: package.path.clone(), why })?;
        let next = from..end.saturating_add(READ_AHEAD_OCTETS).min(package.octets);
        // A store that wraps the one of local files need not give files.
        let is_file = package.uri.starts_with("file:");
        let (step, chunks, empty) = (READ_AHEAD_OCTETS, None, 0);
        Ok(Self { store, path, package, next, step, chunks, is_file, empty, requests, octets })
    }

    /// The next octets; none at the end of the package.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            if let Some(chunks) = &mut self.chunks {
                let silence = self.package.limits.silence;
                match answer::awaited(chunks.stream.next(), silence, &self.package.uri).await? {
                    Some(Ok(chunk)) => {
                        let octets = chunk.len() as u64;
                        // More octets than were asked for would be those of another place.
                        let Some(rest) = chunks.rest.checked_sub(octets) else {
                            return Err(self.changed());
                        };
                        chunks.rest = rest;
                        if octets > 0 {
                            self.empty = 0;
                            self.octets.add(chunk.len());
                            return Ok(Some(chunk));
                        }
                        // The store of local files gives such chunks without end, if a file is
                        // truncated. A server might do so, too.
                        self.empty += 1;
                        if self.empty > answer::EMPTY_CHUNKS {
                            self.finish().await?;
                            return Err(answer::stalled(silence, &self.package.uri));
                        }
                    }
                    Some(Err(error)) => return Err(self.broken(error).await),
                    None if chunks.rest > 0 => return Err(self.changed()),
                    None => self.chunks = None,
                }
            } else if self.next.is_empty() {
                return Ok(None);
            } else {
                self.chunks = Some(self.request().await?);
            }
        }
    }

    /// Asks for the next octets, of the same package as the others.
    async fn request(&mut self) -> Result<Chunks, Error> {
        let range = self.next.clone();
        let options = GetOptions {
            range: Some(GetRange::Bounded(range.clone())),
            if_match: self.package.etag.clone(),
            ..GetOptions::default()
        };
        self.requests.add(1);
        let asked = self.store.get_opts(&self.path, options);
        let found = answer::awaited(asked, self.package.limits.silence, &self.package.uri).await?;
        let found = found.map_err(|error| self.failed(error))?;
        // A server that does not know If-Match gives what it has.
        let is_same = found.meta.size == self.package.octets
            && found.meta.e_tag == self.package.etag
            && found.range == range;
        if !is_same {
            return Err(self.changed());
        }
        self.step = self.step.saturating_mul(2);
        self.next = range.end..range.end.saturating_add(self.step).min(self.package.octets);
        let rest = range.end - range.start;
        let GetResult { payload, .. } = found;
        let stream = match payload {
            GetResultPayload::File(file, _) => {
                self.is_file = true;
                blocks(file, range).boxed()
            }
            GetResultPayload::Stream(stream) => stream,
        };
        Ok(Chunks { stream, rest })
    }

    /// Checks, after the last octet, that a file is still the one that was planned.
    pub(super) async fn finish(&mut self) -> Result<(), Error> {
        if self.is_file {
            let meta = self.store.head(&self.path).await.map_err(|error| self.failed(error))?;
            if meta.size != self.package.octets || meta.e_tag != self.package.etag {
                return Err(self.changed());
            }
        }
        Ok(())
    }

    /// What it means that octets could not be read.
    async fn broken(&mut self, source: object_store::Error) -> Error {
        match self.finish().await {
            // A file that is truncated while it is read ends early.
            Err(changed @ Error::PackageChanged { .. }) => changed,
            _ => self.failed(source),
        }
    }

    fn changed(&self) -> Error {
        Error::PackageChanged { package: self.package.uri.clone() }
    }

    fn failed(&self, source: object_store::Error) -> Error {
        match source {
            object_store::Error::Precondition { .. } => self.changed(),
            source => answer::failed(source, &self.package.uri),
        }
    }
}

/// The octets of a range of a file, in blocks that are larger than those of the store itself.
fn blocks(
    file: File,
    range: Range<u64>,
) -> impl futures_util::Stream<Item = object_store::Result<Bytes>> + Send {
    stream::try_unfold((file, range), |(file, range)| async move {
        if range.is_empty() {
            return Ok(None);
        }
        let read = tokio::task::spawn_blocking(move || block(file, range)).await?;
        let (block, file, range) = read.map_err(|source| object_store::Error::Generic {
            store: "file",
            source: Box::new(source),
        })?;
        Ok(Some((block, (file, range))))
    })
}

fn block(mut file: File, range: Range<u64>) -> io::Result<(Bytes, File, Range<u64>)> {
    file.seek(SeekFrom::Start(range.start))?;
    let octets = (range.end - range.start).min(BLOCK);
    let mut block = Vec::with_capacity(usize::try_from(octets).unwrap_or_default());
    Read::by_ref(&mut file).take(octets).read_to_end(&mut block)?;
    if (block.len() as u64) < octets {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok((block.into(), file, range.start + octets..range.end))
}
