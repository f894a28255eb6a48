//! A scan as data, for engines that send tasks to other hosts.
//!
//! What an engine's own wire format keeps of a file is its path, size and range. It drops the entity
//! tag, the Content-Type and where the package closes, without which a task cannot know whether what
//! it reads is right. A codec of an engine writes a [`Scan`] instead.

use crate::allowed::Allowed;
use crate::columns::{BodyType, Column, schema};
use crate::error::Error;
use crate::package::Task;
use crate::place::Place;
use crate::scan::task_of;
use crate::source::{RangeSizes, SnapshotSource, of_tasks};
use datafusion::common::Statistics;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfig};
use datafusion::error::Result;
use datafusion::execution::object_store::ObjectStoreUrl;
use serde::{Deserialize, Serialize};
use url::Url;

/// A scan: its store, what it reads of each part, and the tasks of each partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scan {
    store: String,
    body_type: BodyType,
    sizes: RangeSizes,
    columns: Vec<Column>,
    limit: Option<usize>,
    partitions: Vec<Vec<Task>>,
}

impl Scan {
    /// The scan of a configuration; none if its source is not a [`SnapshotSource`].
    ///
    /// # Errors
    /// [`Error::Plan`] if a file carries no plan of its package.
    pub fn of(config: &FileScanConfig) -> Result<Option<Self>, Error> {
        let Some(source) = config.file_source().downcast_ref::<SnapshotSource>() else {
            return Ok(None);
        };
        let tasks = |group: &FileGroup| group.iter().map(task_of).collect();
        Ok(Some(Self {
            store: config.object_store_url.as_str().to_owned(),
            body_type: source.body_type(),
            sizes: source.sizes(),
            columns: source.columns().to_vec(),
            limit: config.limit,
            partitions: config.file_groups.iter().map(tasks).collect::<Result<_, _>>()?,
        }))
    }

    /// The URL of the store that the tasks read from.
    #[must_use]
    pub fn store(&self) -> &str {
        &self.store
    }

    /// The tasks of each partition.
    #[must_use]
    pub fn partitions(&self) -> &[Vec<Task>] {
        &self.partitions
    }

    /// Checks that a host that reads for others may fetch each package, and that what it would fetch
    /// is what the URI of the package says.
    ///
    /// # Errors
    /// [`Error::NotAllowed`], [`Error::Plan`], [`Error::Uri`].
    pub fn check(&self, allowed: &Allowed) -> Result<(), Error> {
        let twice =
            |(at, column): (usize, &Column)| self.columns.iter().take(at).any(|it| it == column);
        // A longer list has a column twice among the first that are looked at.
        if self.columns.iter().take(Column::ALL.len() + 1).enumerate().any(twice) {
            let why = "a column is read twice";
            return Err(Error::Plan { package: self.store.clone(), why });
        }
        // Also of a scan without tasks: the engine writes a URL in one way.
        if self.store_url()?.as_str() != self.store {
            let why = "the URL of a store is written in another way";
            return Err(Error::Uri { uri: self.store.clone(), why });
        }
        for task in self.partitions.iter().flatten() {
            let package = task.package();
            let refused = |why| Error::Plan { package: package.path().to_owned(), why };
            let uri = Url::parse(package.uri()).map_err(|_| refused("its URI cannot be parsed"))?;
            allowed.check(&uri)?;
            let place = Place::of(&uri)?;
            if place.path.as_ref() != package.path() || place.store_url()?.as_str() != self.store {
                return Err(refused("its URI names another object"));
            }
        }
        Ok(())
    }

    /// Makes the configuration again, after all tasks are checked.
    ///
    /// Nothing is fetched. Whoever takes tasks from others [checks](Self::check) first what would be.
    ///
    /// # Errors
    /// [`Error::Plan`], [`Error::ContentType`], [`Error::Uri`].
    pub fn into_config(self) -> Result<FileScanConfig, Error> {
        self.partitions.iter().flatten().try_for_each(Task::check)?;
        let store = self.store_url()?;
        let source = SnapshotSource::of_columns(self.body_type, self.sizes, self.columns);
        let unknown = Statistics::new_unknown(&schema(self.body_type));
        Ok(of_tasks(store, source, &self.partitions, self.limit, unknown))
    }

    fn store_url(&self) -> Result<ObjectStoreUrl, Error> {
        let why = "it is no URL of a store";
        ObjectStoreUrl::parse(&self.store).map_err(|_| Error::Uri { uri: self.store.clone(), why })
    }
}
