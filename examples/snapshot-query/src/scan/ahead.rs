//! Requests for the octets of a range and, after its end, for as many as its last part needs.

use crate::answer;
use crate::error::Error;
use crate::package::Package;
use bytes::Bytes;
use datafusion::physical_plan::metrics::Count;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
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

/// How many octets an answer must have given for the rest to be asked for again when its connection breaks:
/// 64 KiB. The store itself resumes an answer only within the time that it has for a request.
const RESUMED_AFTER: u64 = 64 * 1024;

/// How many octets of a file are read at a time: no more than a core has beside it in its cache.
const BLOCK: u64 = 256 * 1024;

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
    blocks: Blocks,
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
    source: Source,
    /// The octets that are still missing.
    rest: u64,
    /// How many have come.
    given: u64,
}

/// Where the octets of an answer come from.
enum Source {
    /// A file, at the place where the next octet is.
    File(File),
    Stream(BoxStream<'static, object_store::Result<Bytes>>),
}

impl Chunks {
    /// Whether the rest is asked for again when the connection breaks.
    fn is_resumable(&self) -> bool {
        matches!(self.source, Source::Stream(_)) && self.rest > 0 && self.given >= RESUMED_AFTER
    }
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
        let (step, chunks, empty, blocks) = (READ_AHEAD_OCTETS, None, 0, Blocks::default());
        Ok(Self {
            store,
            path,
            package,
            next,
            step,
            chunks,
            blocks,
            is_file,
            empty,
            requests,
            octets,
        })
    }

    /// The next octets; none at the end of the package.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            if let Some(chunks) = &mut self.chunks {
                let silence = self.package.limits.silence;
                let next = match &mut chunks.source {
                    Source::File(file) => {
                        // A part of any length is read without a row in between.
                        tokio::task::consume_budget().await;
                        self.blocks.read(file, chunks.rest).transpose()
                    }
                    Source::Stream(stream) => {
                        answer::awaited(stream.next(), silence, &self.package.uri).await?
                    }
                };
                match next {
                    Some(Ok(chunk)) => {
                        let octets = chunk.len() as u64;
                        // More octets than were asked for would be those of another place.
                        let Some(rest) = chunks.rest.checked_sub(octets) else {
                            return Err(self.changed());
                        };
                        chunks.rest = rest;
                        chunks.given += octets;
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
                    Some(Err(_)) if chunks.is_resumable() => {
                        let missing = self.next.start - chunks.rest..self.next.start;
                        self.chunks = Some(self.ask(missing).await?);
                    }
                    Some(Err(error)) => return Err(self.broken(error).await),
                    None if chunks.rest > 0 => return Err(self.changed()),
                    None => self.chunks = None,
                }
            } else if self.next.is_empty() {
                return Ok(None);
            } else {
                let range = self.next.clone();
                self.requests.add(1);
                self.chunks = Some(self.ask(range.clone()).await?);
                self.step = self.step.saturating_mul(2);
                let end = range.end.saturating_add(self.step).min(self.package.octets);
                self.next = range.end..end;
            }
        }
    }

    /// Asks for octets of the same package as the others.
    async fn ask(&mut self, range: Range<u64>) -> Result<Chunks, Error> {
        // A server need not know ranges, if it is asked for all octets.
        let is_whole = range == (0..self.package.octets);
        let options = GetOptions {
            range: (!is_whole).then(|| GetRange::Bounded(range.clone())),
            if_match: self.package.etag.clone(),
            ..GetOptions::default()
        };
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
        answer::uncoded(&found, &self.package.uri)?;
        let (rest, given) = (range.end - range.start, 0);
        let GetResult { payload, .. } = found;
        let source = match payload {
            GetResultPayload::File(mut file, _) => {
                self.is_file = true;
                let sought = file.seek(SeekFrom::Start(range.start));
                sought.map_err(|source| self.failed(unreadable(source)))?;
                Source::File(file)
            }
            GetResultPayload::Stream(stream) => Source::Stream(stream),
        };
        Ok(Chunks { source, rest, given })
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

/// The blocks of a file that were read last.
///
/// The reader keeps the last octets of a block until it has more. The block before is free by then, and is
/// read into again.
#[derive(Default)]
struct Blocks {
    last: Bytes,
    before: Bytes,
}

impl Blocks {
    /// Reads the next octets of a file, of which so many are still missing; none after the last one.
    ///
    /// As the engine's own readers do with files, this waits for the disk.
    fn read(&mut self, file: &mut File, rest: u64) -> object_store::Result<Option<Bytes>> {
        let mut block = match std::mem::take(&mut self.before).try_into_mut() {
            Ok(free) => Vec::from(free),
            Err(_) => Vec::new(),
        };
        block.clear();
        let octets = rest.min(BLOCK);
        block.reserve_exact(usize::try_from(octets).unwrap_or_default());
        file.take(octets).read_to_end(&mut block).map_err(unreadable)?;
        if (block.len() as u64) < octets {
            return Err(unreadable(io::ErrorKind::UnexpectedEof.into()));
        }
        if block.is_empty() {
            return Ok(None);
        }
        let block = Bytes::from(block);
        self.before = std::mem::replace(&mut self.last, block.clone());
        Ok(Some(block))
    }
}

fn unreadable(source: io::Error) -> object_store::Error {
    object_store::Error::Generic { store: "file", source: Box::new(source) }
}
