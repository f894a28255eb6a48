//! Replicating a snapshot: its packages in parallel, each streamed into the database.

use crate::consume::Position;
use crate::error::Error;
use crate::fetch::Fetcher;
use crate::origin;
use crate::page::Related;
use crate::replica::Replica;
use crate::store::Entity;
use futures_util::StreamExt;
use http::{StatusCode, header};
use multipart_package::{Event, Head, Reader, Step, Tolerance};
use snapshot_index::{Progress, SnapshotIndex};
use std::sync::Arc;
use tokio::io::AsyncWriteExt;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

/// How many packages are read at once.
const PACKAGES_AT_ONCE: usize = 4;
/// How many entities are handed to the database at once.
const BATCH: usize = 256;
/// How many batches may wait for the database.
const BATCHES_WAITING: usize = 8;
/// How many entities are stored in one transaction.
const TRANSACTION: usize = 10_000;

/// What replicating a snapshot did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotReport {
    /// How many packages were read.
    pub packages: u64,
    /// How many entities they held.
    pub entities: u64,
    /// How many octets they had.
    pub octets: u64,
    /// Where the feed is.
    pub feed: String,
    /// From where on the feed is to be consumed.
    pub position: Position,
}

/// What the packages' readers hand to the database.
enum Row {
    Entities(Vec<Entity>),
    /// A package was read to its close delimiter.
    Done {
        package: usize,
        octets: u64,
    },
}

/// Replicates the snapshot whose index is at `start`.
///
/// Every length is checked and every package is read to its close delimiter, or it is an error.
///
/// # Errors
/// Whatever goes wrong in getting, reading or storing.
pub async fn snapshot(
    fetcher: &Fetcher,
    replica: Replica,
    start: &str,
    mut on_entities: impl FnMut(u64, u64) + Send + 'static,
) -> Result<(Replica, SnapshotReport), Error> {
    let answer = fetcher.get(start, None).await?;
    if answer.status != StatusCode::OK {
        return Err(Error::Status { uri: answer.uri, status: answer.status });
    }
    if let Some(copy) = fetcher.copy_of("index.json") {
        tokio::fs::write(copy, &answer.body).await?;
    }
    let fields = answer.headers.get_all(header::LINK).iter().map(http::HeaderValue::as_bytes);
    let feed = Related::read(&answer.uri, fields)?.current;
    let feed = feed.ok_or(Error::Missing { uri: answer.uri.clone(), what: "link rel=current" })?;
    let index = SnapshotIndex::from_slice(&answer.body)?;
    let position = Position::after_snapshot(index.started());
    let packages = index.resolve(&answer.uri)?.into_vec();

    let (rows, received) = mpsc::channel(BATCHES_WAITING);
    let count = packages.len() as u64;
    let stored = position.clone();
    let storing = tokio::task::spawn_blocking(move || {
        store(replica, &index, &stored, received, |entities| on_entities(entities, count))
    });
    let permits = Arc::new(Semaphore::new(PACKAGES_AT_ONCE));
    let mut reading = JoinSet::new();
    for (number, uri) in packages.into_iter().enumerate() {
        let Ok(permit) = permits.clone().acquire_owned().await else { break };
        if let Some(done) = reading.try_join_next() {
            done??;
        }
        let (fetcher, rows) = (fetcher.clone(), rows.clone());
        reading.spawn(async move {
            let read = read_package(&fetcher, number, &uri, &rows).await;
            drop(permit);
            read
        });
    }
    drop(rows);
    while let Some(done) = reading.join_next().await {
        done??;
    }
    let (replica, entities, octets) = storing.await??;
    Ok((replica, SnapshotReport { packages: count, entities, octets, feed, position }))
}

/// Streams one package through the decoder.
async fn read_package(
    fetcher: &Fetcher,
    number: usize,
    uri: &str,
    rows: &mpsc::Sender<Row>,
) -> Result<(), Error> {
    let broken = |source| Error::Package { uri: uri.to_owned(), source };
    let response = fetcher.open(uri).await?;
    let content_type = response.headers().get(header::CONTENT_TYPE);
    let content_type =
        content_type.ok_or_else(|| Error::Missing { uri: uri.to_owned(), what: "Content-Type" })?;
    let reader = Reader::from_content_type(content_type.as_bytes()).map_err(broken)?;
    let mut decoder = reader.tolerance(Tolerance::STRICT).decoder();
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
            Step::Event(Event::End) => {
                batch.extend(open.take());
                if batch.len() == BATCH {
                    let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
                    send(rows, Row::Entities(full)).await?;
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
    send(rows, Row::Entities(batch)).await?;
    send(rows, Row::Done { package: number, octets: decoder.position() }).await
}

async fn send(rows: &mpsc::Sender<Row>, row: Row) -> Result<(), Error> {
    rows.send(row).await.map_err(|_| Error::Stopped("the database"))
}

fn begin(uri: &str, head: &Head<bytes::Bytes>) -> Result<Entity, Error> {
    let broken = |source| Error::Package { uri: uri.to_owned(), source };
    let location = head.borrow().content_location().map_err(broken)?;
    let location = location.ok_or_else(|| Error::Missing {
        uri: uri.to_owned(),
        what: "Content-Location in a part",
    })?;
    let etag = head.borrow().etag().map_err(broken)?;
    let etag = etag.map(|etag| String::from_utf8_lossy(etag.as_bytes()).into_owned());
    let uri = origin::local(uri, location)?;
    Ok(Entity { uri, etag: etag.unwrap_or_default(), body: Vec::new() })
}

/// Stores what the readers hand over; which packages are done, in the same transactions.
fn store(
    mut replica: Replica,
    index: &SnapshotIndex,
    position: &Position,
    mut received: mpsc::Receiver<Row>,
    mut on_entities: impl FnMut(u64),
) -> Result<(Replica, u64, u64), Error> {
    let mut progress = Progress::new(index);
    let (mut entities, mut octets, mut uncommitted) = (0, 0, 0);
    replica.begin()?;
    while let Some(row) = received.blocking_recv() {
        match row {
            Row::Entities(batch) => {
                for Entity { uri, etag, body } in &batch {
                    let etag = Some(etag.as_str()).filter(|etag| !etag.is_empty());
                    replica.put(uri, etag, body)?;
                }
                entities += batch.len() as u64;
                uncommitted += batch.len();
                on_entities(batch.len() as u64);
            }
            Row::Done { package, octets: read } => {
                octets += read;
                progress.mark_done(package)?;
                let document = serde_json::to_string(&progress);
                let document =
                    document.map_err(|source| Error::Patch { uri: String::new(), source })?;
                replica.set_progress(&document)?;
            }
        }
        if uncommitted >= TRANSACTION {
            replica.commit()?;
            replica.begin()?;
            uncommitted = 0;
        }
    }
    if !progress.is_complete() {
        return Err(Error::Stopped("a package's reader"));
    }
    replica.set_position(position)?;
    replica.commit()?;
    Ok((replica, entities, octets))
}
