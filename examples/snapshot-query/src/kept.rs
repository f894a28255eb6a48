//! What a table keeps of planning, for all scans until a query fails because it is out of date.

use crate::error::Error;
use crate::listing::Listing;
use crate::outdated::Outdated;
use crate::package::Package;
use crate::planning::Planner;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

/// What planning found out so far.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// The index, and the manifest.
    pub(crate) listing: OnceCell<Arc<Listing>>,
    /// The packages that scans have planned, by their numbers.
    packages: Mutex<HashMap<usize, Arc<Package>>>,
    /// How many packages were planned.
    pub(crate) done: Arc<AtomicUsize>,
    pub(crate) outdated: Outdated,
}

impl Kept {
    pub(crate) fn of(listing: Arc<Listing>) -> Self {
        Self { listing: OnceCell::new_with(Some(listing)), ..Self::default() }
    }

    pub(crate) fn done(&self) -> usize {
        self.done.load(Ordering::Relaxed)
    }

    /// The packages with these numbers, of which those are planned that no scan has planned yet.
    pub(crate) async fn packages(
        &self,
        planner: Planner,
        numbers: &[usize],
    ) -> Result<Vec<Arc<Package>>, Error> {
        let kept = || self.packages.lock().unwrap_or_else(PoisonError::into_inner);
        let missing: Vec<usize> = {
            let kept = kept();
            numbers.iter().copied().filter(|number| !kept.contains_key(number)).collect()
        };
        let planned = Arc::new(planner).packages(missing.clone()).await?;
        let mut kept = kept();
        for (number, package) in missing.into_iter().zip(planned) {
            // Another scan may have been quicker; all scans read what it found.
            kept.entry(number).or_insert(package);
        }
        Ok(numbers.iter().filter_map(|number| kept.get(number).cloned()).collect())
    }
}
