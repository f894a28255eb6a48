//! Opening a range of a package: one task.

use super::ahead::Ahead;
use super::rows::Rows;
use crate::columns::{BodyType, Column};
use crate::error::Error;
use crate::package::{Package, Task};
use crate::violations::Violations;
use datafusion::arrow::array::RecordBatch;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileOpenFuture, FileOpener};
use datafusion::error::Result;
use datafusion::physical_plan::metrics::Count;
use futures_util::{StreamExt, stream};
use multipart_package::{Event, Limit, SplitDecoder, Step};
use object_store::ObjectStore;
use std::sync::Arc;

/// Opens ranges of packages.
#[derive(Debug)]
pub(crate) struct Opener {
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) columns: Arc<[Column]>,
    pub(crate) body_type: BodyType,
    pub(crate) batch_size: usize,
    pub(crate) requests: Count,
    pub(crate) octets: Count,
    pub(crate) violations: Count,
    pub(crate) tolerated: Arc<Violations>,
}

/// The reading of a range.
struct Reading {
    task: Task,
    decoder: SplitDecoder,
    ahead: Ahead,
    rows: Rows,
    violations: Count,
    tolerated: Arc<Violations>,
    is_done: bool,
}

/// The task that a file of a scan stands for.
///
/// # Errors
/// [`Error::Plan`] if it has no [`Package`] as its extension, because a wire has dropped it.
pub(crate) fn task_of(file: &PartitionedFile) -> Result<Task, Error> {
    let Some(package) = file.extension::<Arc<Package>>() else {
        let package = file.object_meta.location.to_string();
        return Err(Error::Plan { package, why: "there is none" });
    };
    let range = match &file.range {
        Some(range) => {
            let octets = |octets: i64| u64::try_from(octets).unwrap_or(u64::MAX);
            octets(range.start)..octets(range.end)
        }
        None => package.range(),
    };
    let task = Task { package: package.clone(), range };
    task.check()?;
    Ok(task)
}

impl FileOpener for Opener {
    fn open(&self, file: PartitionedFile) -> Result<FileOpenFuture> {
        let task = task_of(&file)?;
        let decoder = task.package.reader()?.split_decoder(task.range.clone());
        let counts = (self.requests.clone(), self.octets.clone());
        let (from, end) = (decoder.feed_from(), task.range.end);
        let ahead = Ahead::new(self.store.clone(), task.package.clone(), from, end, counts)?;
        let rows = Rows::new(task.package.clone(), &self.columns, self.body_type, self.batch_size);
        let (violations, tolerated) = (self.violations.clone(), self.tolerated.clone());
        let reading = Reading { task, decoder, ahead, rows, violations, tolerated, is_done: false };
        Ok(Box::pin(async move {
            let batches = stream::try_unfold(reading, |mut reading| async move {
                Ok(reading.batch().await?.map(|batch| (batch, reading)))
            });
            Ok(batches.boxed())
        }))
    }
}

impl Reading {
    /// The next rows; none after the last part of the range.
    async fn batch(&mut self) -> Result<Option<RecordBatch>> {
        while !self.is_done {
            match self.decoder.step_borrowed() {
                Ok(Step::Event(Event::Head(head))) => self.rows.begin(head)?,
                Ok(Step::Event(Event::Body(octets))) => self.rows.body(octets)?,
                Ok(Step::Event(Event::End)) => {
                    if self.rows.end() {
                        return self.rows.take();
                    }
                }
                // Only a resync loses parts, and nobody asks for one.
                Ok(Step::Event(Event::Lost(_))) => {}
                Ok(Step::NeedInput) => match self.ahead.next().await? {
                    Some(chunk) => self.decoder.push(chunk),
                    None => self.decoder.finish(),
                },
                Ok(Step::Done) => {
                    self.ahead.finish().await?;
                    self.close()?;
                    self.is_done = true;
                }
                Err(source) => {
                    // What was replaced need not be sound, and being replaced is what is wrong.
                    self.ahead.finish().await?;
                    return Err(self.failure(source).into());
                }
            }
        }
        self.rows.take()
    }

    /// Checks that the range contains the close delimiter if, and only if, planning found it there.
    fn close(&mut self) -> Result<(), Error> {
        let summary = self.decoder.summary().map_err(|source| self.failure(source))?;
        let reported = self.decoder.diagnostics();
        let new = self.tolerated.add(&self.task.package.uri, reported.iter(), reported.omitted());
        self.violations.add(usize::try_from(new).unwrap_or(usize::MAX));
        let planned = self.task.package.close;
        let expected = self.task.range.contains(&planned).then_some(planned);
        match summary.close() {
            found if found == expected => self.count(summary.parts()),
            Some(found) => Err(self.elsewhere(format!("it closes at octet {found}"))),
            None => Err(self.elsewhere("that it does not close".to_owned())),
        }
    }

    /// Compares the number of parts with that of the manifest, where one range has them all.
    fn count(&self, found: u64) -> Result<(), Error> {
        let package = &self.task.package;
        match package.parts {
            Some(expected) if self.task.range == package.range() && found != expected => {
                Err(Error::PartsDiffer { package: package.uri.clone(), expected, found })
            }
            _ => Ok(()),
        }
    }

    /// What an error of the reader says about the package.
    fn failure(&self, source: multipart_package::Error) -> Error {
        use multipart_package::{ErrorKind, Rule};
        // After a close delimiter, a reader accepts no more than an epilogue: the package goes on, so
        // that delimiter is not the one that planning found at its end.
        let is_early = source.kind() == ErrorKind::Limit(Limit::EpilogueOctets);
        match source.rule() {
            _ if is_early => self.elsewhere("it closes before".to_owned()),
            Some(Rule::CloseMissing) => self.elsewhere("that it does not close".to_owned()),
            _ => Error::Unreadable { package: self.task.package.uri.clone(), source },
        }
    }

    fn elsewhere(&self, found: String) -> Error {
        Error::CloseElsewhere {
            package: self.task.package.uri.clone(),
            expected: self.task.package.close,
            start: self.task.range.start,
            end: self.task.range.end,
            found,
        }
    }
}
