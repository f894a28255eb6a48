//! Whether what a table keeps of planning is out of date, which the scans of it show.

use crate::error::Error;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileOpenFuture, FileOpener};
use datafusion::error::{DataFusionError, Result};
use futures_util::{StreamExt, TryStreamExt};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether a query has failed for what planning found out, so that the next one plans again.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outdated(Arc<AtomicBool>);

impl Outdated {
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// Notes that a query has failed, if another planning may mend that: what was planned has been
    /// replaced, or is gone, or was not written to its end yet.
    pub(crate) fn note(&self, error: &Error) {
        if matches!(
            error,
            Error::PackageChanged { .. }
                | Error::CloseElsewhere { .. }
                | Error::ManifestDiffers { .. }
                | Error::PartsDiffer { .. }
                | Error::Store { .. }
        ) {
            self.0.store(true, Ordering::Release);
        }
    }

    fn note_cause(&self, error: &DataFusionError) {
        if let Some(error) = Error::of(error) {
            self.note(error);
        }
    }
}

/// Opens ranges of packages, and notes what reading them fails with.
#[derive(Debug)]
pub(crate) struct Watched<O> {
    pub(crate) opener: O,
    pub(crate) outdated: Outdated,
}

impl<O: FileOpener> FileOpener for Watched<O> {
    fn open(&self, file: PartitionedFile) -> Result<FileOpenFuture> {
        let (opening, outdated) = (self.opener.open(file)?, self.outdated.clone());
        Ok(Box::pin(async move {
            let opened = opening.await.inspect_err(|error| outdated.note_cause(error))?;
            Ok(opened.inspect_err(move |error| outdated.note_cause(error)).boxed())
        }))
    }
}
