//! A snapshot as a table.

use crate::allowed::Allowed;
use crate::columns::{BodyType, schema};
use crate::error::Error;
use crate::kept::Kept;
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
/// the query may need. The table keeps what planning found out, so that all scans of a query read the
/// same packages, and a later query need not plan them again.
///
/// A query fails if a package is replaced, or is gone, after it was planned
/// ([`Error::PackageChanged`], [`Error::Store`]). After that, the next query reads the index again,
/// and plans again: it reads the packages that are there then. But a table stays the snapshot that it
/// was at first. If the index has another id by then, or lists other packages, each query fails
/// ([`Error::IndexChanged`]) until a table that is opened anew replaces this one. A table does not
/// follow a URI that leads to the latest snapshot either: open a table for each.
#[derive(Debug)]
pub struct SnapshotTable {
    uri: Url,
    etag: Option<String>,
    options: TableOptions,
    allowed: Allowed,
    schema: SchemaRef,
    /// The index as it was fetched first, which says what the table is.
    first: OnceCell<Arc<Listing>>,
    kept: Mutex<Arc<Kept>>,
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
        let listing = Arc::new(listing);
        let kept = Mutex::new(Arc::new(Kept::of(listing.clone())));
        Ok(Self { first: OnceCell::new_with(Some(listing)), kept, ..table })
    }

    /// The table of an index that another host has fetched. It is fetched again with the first scan,
    /// which fails if it has another entity tag by then, or if this one is weak or absent, unless the
    /// index is a local file.
    #[must_use]
    pub fn at(uri: Url, etag: Option<String>, options: TableOptions) -> Self {
        let (schema, allowed) = (schema(options.body), Allowed::default());
        let (first, kept) = (OnceCell::new(), Mutex::default());
        Self { uri, etag, options, allowed, schema, first, kept }
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
        self.first.get().map(|listing| listing.id.as_str())
    }

    /// How many packages the snapshot has; none before the index is fetched.
    #[must_use]
    pub fn package_count(&self) -> Option<usize> {
        self.first.get().map(|listing| listing.packages.len())
    }

    /// How many packages scans have planned so far, which takes one request for each. It begins at 0
    /// again when all are planned anew.
    #[must_use]
    pub fn planned_count(&self) -> usize {
        self.found().done()
    }

    /// Whether the snapshot has a manifest; none before the index is fetched.
    #[must_use]
    pub fn manifest_state(&self) -> Option<ManifestState> {
        let found = self.found();
        found.listing.get().or(self.first.get()).map(|listing| listing.manifest_state())
    }

    /// How the snapshot is read.
    #[must_use]
    pub fn options(&self) -> &TableOptions {
        &self.options
    }

    /// What planning found out so far; nothing any more after a query has failed for it.
    fn kept(&self) -> Arc<Kept> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.outdated.is_set() {
            *kept = Arc::default();
        }
        kept.clone()
    }

    /// What planning found out so far, also if it is out of date.
    fn found(&self) -> Arc<Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn listing(&self, kept: &Kept, runtime: &RuntimeEnv) -> Result<Arc<Listing>, Error> {
        let fetched = kept.listing.get_or_try_init(|| async {
            let silence = self.options.limits.silence;
            let fetch = || Listing::fetch(runtime, &self.uri, silence, &self.allowed);
            let changed = || Error::IndexChanged { uri: self.uri.to_string() };
            // What a table keeps is planned again, but a table is one snapshot.
            if let Some(first) = self.first.get() {
                let listing = fetch().await?;
                return match listing.is_of_same(first) {
                    true => Ok(Arc::new(listing)),
                    false => Err(changed()),
                };
            }
            // Without a strong entity tag, an index that was replaced looks the same.
            let strong = planning::strong(self.etag.as_deref(), &self.uri);
            strong.map_err(|found| Error::NoStrongTag { package: self.uri.to_string(), found })?;
            let listing = Arc::new(fetch().await?);
            if listing.etag != self.etag {
                return Err(changed());
            }
            Ok(self.first.get_or_init(|| async { listing }).await.clone())
        });
        fetched.await.cloned()
    }

    /// The index, and the packages that a query with these filters may need.
    async fn planned(
        &self,
        kept: &Kept,
        runtime: &RuntimeEnv,
        filters: &[Expr],
    ) -> Result<(Arc<Listing>, Vec<Arc<Package>>), Error> {
        let listing = self.listing(kept, runtime).await?;
        let numbers = prune::packages(&listing, filters);
        let content_type = self.options.content_type.clone();
        let strictness = (self.options.limits, self.options.tolerance);
        let (allowed, done) = (self.allowed.clone(), kept.done.clone());
        let planner =
            Planner::new(runtime, listing.clone(), content_type, strictness, allowed, done)?;
        let packages = match planner {
            Some(planner) => kept.packages(planner, &numbers).await?,
            None => Vec::new(),
        };
        Ok((listing, packages))
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
        let kept = self.kept();
        let planned = self.planned(&kept, runtime, filters).await;
        let (listing, packages) = planned.inspect_err(|error| kept.outdated.note(error))?;
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
        let source = source.noting(kept.outdated.clone());
        let options = state.config_options();
        let fewest = options.optimizer.repartition_file_min_size as u64;
        let partitions = (state.config().target_partitions(), fewest);
        // A limit is that of all rows only if no filter is applied after the scan.
        let limit = limit.filter(|_| filters.is_empty());
        let config = scan(store, source, &packages, partitions, limit)?;
        let config = FileScanConfigBuilder::from(config);
        let config = config.with_projection_indices(projection.cloned())?.build();
        Ok(DataSourceExec::from_data_source(config))
    }
}
