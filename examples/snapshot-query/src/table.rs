//! A snapshot as a table.

use crate::columns::{BodyType, schema};
use crate::error::Error;
use crate::listing::Listing;
use crate::place::Place;
use crate::planning;
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
use std::sync::Arc;
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
}

/// A snapshot as a table.
///
/// The table is the URI of an index, its entity tag, and options. It does not hold what planning
/// finds out about the packages: each scan plans those that the query may need.
#[derive(Debug)]
pub struct SnapshotTable {
    uri: Url,
    etag: Option<String>,
    options: TableOptions,
    schema: SchemaRef,
    listing: OnceCell<Arc<Listing>>,
}

impl SnapshotTable {
    /// Fetches an index, and makes a table of its snapshot.
    ///
    /// # Errors
    /// What the index or the manifest is refused for.
    pub async fn open(
        runtime: &RuntimeEnv,
        uri: &Url,
        options: TableOptions,
    ) -> Result<Self, Error> {
        let listing = Listing::fetch(runtime, uri).await?;
        let table = Self::at(listing.uri.clone(), listing.etag.clone(), options);
        let listing = OnceCell::new_with(Some(Arc::new(listing)));
        Ok(Self { listing, ..table })
    }

    /// The table of an index that another host has fetched. It is fetched again with the first scan,
    /// which fails if it has another entity tag by then.
    #[must_use]
    pub fn at(uri: Url, etag: Option<String>, options: TableOptions) -> Self {
        let schema = schema(options.body);
        Self { uri, etag, options, schema, listing: OnceCell::new() }
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

    /// How the snapshot is read.
    #[must_use]
    pub fn options(&self) -> &TableOptions {
        &self.options
    }

    async fn listing(&self, runtime: &RuntimeEnv) -> Result<Arc<Listing>, Error> {
        let fetched = self.listing.get_or_try_init(|| async {
            let listing = Listing::fetch(runtime, &self.uri).await?;
            if listing.etag != self.etag {
                return Err(Error::IndexChanged { uri: self.uri.to_string() });
            }
            Ok(Arc::new(listing))
        });
        fetched.await.cloned()
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
        let stated = self.options.content_type.as_deref();
        let packages = planning::packages(runtime, &listing, &numbers, stated).await?;
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
