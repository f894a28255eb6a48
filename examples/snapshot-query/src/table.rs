//! A snapshot as a table.

use crate::allowed::Allowed;
use crate::columns::{BodyType, schema};
use crate::error::Error;
use crate::limits::{Limits, Tolerance};
use crate::listing::{Listing, ManifestState};
use crate::package::Package;
use crate::place::Place;
use crate::planning::{self, Planner};
use crate::prune;
use crate::source::{RangeSizes, SnapshotSource, scan};
use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::datasource::TableType;
use datafusion::datasource::physical_plan::FileScanConfigBuilder;
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::Result;
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;
use url::Url;

/// How a snapshot is read as a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TableOptions {
    /// How the column `body` is typed.
    pub body: BodyType,
    /// The Content-Type of the packages, where neither the store nor a manifest states it.
    pub content_type: Option<String>,
    /// How packages are cut into ranges.
    pub sizes: RangeSizes,
    /// How much the query accepts, and how long it waits.
    #[serde(default)]
    pub limits: Limits,
    /// Which violations in packages are tolerated.
    #[serde(default)]
    pub tolerance: Tolerance,
}

impl TableOptions {
    /// Sets how the column `body` is typed.
    #[must_use]
    pub fn body(mut self, body: BodyType) -> Self {
        self.body = body;
        self
    }

    /// Sets the Content-Type for packages whose store and manifest state none.
    #[must_use]
    pub fn content_type(mut self, content_type: Option<String>) -> Self {
        self.content_type = content_type;
        self
    }

    /// Sets how packages are cut into ranges.
    #[must_use]
    pub fn sizes(mut self, sizes: RangeSizes) -> Self {
        self.sizes = sizes;
        self
    }

    /// Sets how much the query accepts, and how long it waits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets which violations in packages are tolerated.
    #[must_use]
    pub fn tolerance(mut self, tolerance: Tolerance) -> Self {
        self.tolerance = tolerance;
        self
    }
}

/// A snapshot as a table.
///
/// The table is the URI of an index, its entity tag, and options. Each scan plans the packages that
/// the query may need. The table keeps what planning found out, so that all scans read the same
/// packages: one that is replaced later fails the scans of this table.
#[derive(Debug)]
pub struct SnapshotTable {
    uri: Url,
    etag: Option<String>,
    options: TableOptions,
    allowed: Allowed,
    schema: SchemaRef,
    listing: OnceCell<Arc<Listing>>,
    /// The packages that scans have planned so far, by their numbers.
    planned: Mutex<HashMap<usize, Arc<Package>>>,
    /// How many packages were planned.
    done: Arc<AtomicUsize>,
}

impl SnapshotTable {
    /// Fetches an index, and makes a table of its snapshot.
    ///
    /// What is read is read by the stores that are registered with the runtime; a store that is not
    /// there is made, with credentials from the environment. An index at a web server without a
    /// registered store may be redirected within the server.
    ///
    /// # Errors
    /// What the index or the manifest is refused for.
    pub async fn open(
        runtime: &RuntimeEnv,
        uri: &Url,
        options: TableOptions,
    ) -> Result<Self, Error> {
        let silence = options.limits.silence;
        let listing = Listing::fetch(runtime, uri, silence, &Allowed::default()).await?;
        let table = Self::at(listing.uri.clone(), listing.etag.clone(), options);
        let listing = OnceCell::new_with(Some(Arc::new(listing)));
        Ok(Self { listing, ..table })
    }

    /// The table of an index that another host has fetched. It is fetched again with the first scan,
    /// which fails if it has another entity tag by then, or if this one is weak or absent, unless the
    /// index is a local file.
    #[must_use]
    pub fn at(uri: Url, etag: Option<String>, options: TableOptions) -> Self {
        let (schema, listing) = (schema(options.body), OnceCell::new());
        let (planned, done) = (Mutex::default(), Arc::default());
        let allowed = Allowed::default();
        Self { uri, etag, options, allowed, schema, listing, planned, done }
    }

    /// Sets which URLs planning may fetch, on a host that reads for others.
    #[must_use]
    pub fn allowed(mut self, allowed: Allowed) -> Self {
        self.allowed = allowed;
        self
    }

    /// The URI of the index, after redirects.
    #[must_use]
    pub fn uri(&self) -> &Url {
        &self.uri
    }

    /// The entity tag of the index.
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }

    /// The id of the snapshot; none before the index is fetched.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.listing.get().map(|listing| listing.id.as_str())
    }

    /// How many packages the snapshot has; none before the index is fetched.
    #[must_use]
    pub fn package_count(&self) -> Option<usize> {
        self.listing.get().map(|listing| listing.packages.len())
    }

    /// How many packages scans have planned so far, which takes one request for each.
    #[must_use]
    pub fn planned_count(&self) -> usize {
        self.done.load(Ordering::Relaxed)
    }

    /// Whether the snapshot has a manifest; none before the index is fetched.
    #[must_use]
    pub fn manifest_state(&self) -> Option<ManifestState> {
        self.listing.get().map(|listing| listing.manifest_state())
    }

    /// How the snapshot is read.
    #[must_use]
    pub fn options(&self) -> &TableOptions {
        &self.options
    }

    async fn listing(&self, runtime: &RuntimeEnv) -> Result<Arc<Listing>, Error> {
        let fetched = self.listing.get_or_try_init(|| async {
            // Without a strong entity tag, an index that was replaced looks the same.
            let strong = planning::strong(self.etag.as_deref(), &self.uri);
            strong.map_err(|found| Error::NoStrongTag { package: self.uri.to_string(), found })?;
            let silence = self.options.limits.silence;
            let listing = Listing::fetch(runtime, &self.uri, silence, &self.allowed).await?;
            if listing.etag != self.etag {
                return Err(Error::IndexChanged { uri: self.uri.to_string() });
            }
            Ok(Arc::new(listing))
        });
        fetched.await.cloned()
    }

    /// Plans the packages with these numbers that no scan has planned yet.
    async fn planned(
        &self,
        runtime: &RuntimeEnv,
        listing: Arc<Listing>,
        numbers: &[usize],
    ) -> Result<Vec<Arc<Package>>, Error> {
        let kept = || self.planned.lock().unwrap_or_else(PoisonError::into_inner);
        let missing: Vec<usize> = {
            let kept = kept();
            numbers.iter().copied().filter(|number| !kept.contains_key(number)).collect()
        };
        let content_type = self.options.content_type.clone();
        let strictness = (self.options.limits, self.options.tolerance);
        let (allowed, done) = (self.allowed.clone(), self.done.clone());
        let planner = Planner::new(runtime, listing, content_type, strictness, allowed, done)?;
        if let Some(planner) = planner {
            let planned = Arc::new(planner).packages(missing.clone()).await?;
            let mut kept = kept();
            for (number, package) in missing.into_iter().zip(planned) {
                // Another scan may have been quicker; all scans read what it found.
                kept.entry(number).or_insert(package);
            }
        }
        let kept = kept();
        Ok(numbers.iter().filter_map(|number| kept.get(number).cloned()).collect())
    }
}

#[async_trait]
impl TableProvider for SnapshotTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        // A package that may contain a location contains others too.
        let support = |filter: &&Expr| match prune::locations(filter) {
            Some(_) => TableProviderFilterPushDown::Inexact,
            None => TableProviderFilterPushDown::Unsupported,
        };
        Ok(filters.iter().map(support).collect())
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let runtime = state.runtime_env();
        let listing = self.listing(runtime).await?;
        let numbers = prune::packages(&listing, filters);
        let packages = self.planned(runtime, listing.clone(), &numbers).await?;
        let first = listing.packages.first().filter(|_| !packages.is_empty());
        let Some(first) = first else {
            let schema = match projection {
                Some(positions) => Arc::new(self.schema.project(positions)?),
                None => self.schema.clone(),
            };
            return Ok(Arc::new(EmptyExec::new(schema)));
        };
        let store = Place::of(first)?.store_url()?;
        let source = SnapshotSource::new(self.options.body, self.options.sizes);
        let options = state.config_options();
        let fewest = options.optimizer.repartition_file_min_size as u64;
        let partitions = (state.config().target_partitions(), fewest);
        // A limit is that of all rows only if no filter is applied after the scan.
        let limit = limit.filter(|_| filters.is_empty());
        let config = scan(store, source, &packages, partitions, limit);
        let config = FileScanConfigBuilder::from(config);
        let config = config.with_projection_indices(projection.cloned())?.build();
        Ok(DataSourceExec::from_data_source(config))
    }
}
