//! The scan of a snapshot, as the engine sees it.

pub(crate) use crate::balance::RangeSizes;
use crate::balance::balanced;
use crate::columns::{BodyType, Column, schema};
use crate::error::Error;
use crate::outdated::{Outdated, Watched};
use crate::package::{Package, Task};
use crate::scan::{Opener, task_of};
use crate::violations::Violations;
use datafusion::common::Statistics;
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{
    FileGroup, FileOpener, FileScanConfig, FileScanConfigBuilder, FileSource,
};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::Result;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::physical_expr::projection::ProjectionExprs;
use datafusion::physical_expr::{LexOrdering, PhysicalExpr};
use datafusion::physical_plan::metrics::{ExecutionPlanMetricsSet, MetricBuilder};
use datafusion::physical_plan::{DisplayFormatType, ExecutionPlan, expressions};
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore};
use std::fmt;
use std::sync::Arc;

/// The metric that counts requests for ranges of packages.
pub const RANGE_REQUESTS: &str = "requests";
/// The metric that counts the octets that were read.
pub const OCTETS_READ: &str = "octets_read";
/// The metric that counts the violations in packages that were tolerated.
pub const VIOLATIONS: &str = "violations_tolerated";

/// A snapshot as the source of a scan: what is read of each part, and how packages are cut.
///
/// The packages themselves are the files of the scan, each with its [`Package`] as an extension.
#[derive(Debug, Clone)]
pub struct SnapshotSource {
    table_schema: TableSchema,
    body_type: BodyType,
    columns: Arc<[Column]>,
    projection: ProjectionExprs,
    sizes: RangeSizes,
    batch_size: usize,
    metrics: ExecutionPlanMetricsSet,
    tolerated: Arc<Violations>,
    outdated: Outdated,
}

impl SnapshotSource {
    /// The source of all columns.
    #[must_use]
    pub fn new(body_type: BodyType, sizes: RangeSizes) -> Self {
        Self::of_columns(body_type, sizes, Column::ALL.to_vec())
    }

    /// The source of some columns, in this order.
    #[must_use]
    pub fn of_columns(body_type: BodyType, sizes: RangeSizes, columns: Vec<Column>) -> Self {
        let schema = schema(body_type);
        let positions: Vec<_> = columns.iter().map(|column| column.position()).collect();
        Self {
            projection: ProjectionExprs::from_indices(&positions, &schema),
            table_schema: TableSchema::from(schema),
            body_type,
            columns: columns.into(),
            sizes,
            batch_size: 8192,
            metrics: ExecutionPlanMetricsSet::new(),
            tolerated: Arc::default(),
            outdated: Outdated::default(),
        }
    }

    /// Notes there which scans fail because what was planned is out of date.
    #[must_use]
    pub(crate) fn noting(self, outdated: Outdated) -> Self {
        Self { outdated, ..self }
    }

    /// The columns that are read.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// How bodies are typed.
    #[must_use]
    pub fn body_type(&self) -> BodyType {
        self.body_type
    }

    /// How packages are cut into ranges.
    #[must_use]
    pub fn sizes(&self) -> RangeSizes {
        self.sizes
    }

    /// The sources of all scans of snapshots in a plan.
    #[must_use]
    pub fn all_in(plan: &Arc<dyn ExecutionPlan>) -> Vec<&Self> {
        scans_in(plan).into_iter().map(|(_, source)| source).collect()
    }

    /// The violations in packages that were tolerated on this machine.
    #[must_use]
    pub fn violations(&self) -> &Violations {
        &self.tolerated
    }
}

/// All scans of snapshots in a plan.
pub(crate) fn scans_in(plan: &Arc<dyn ExecutionPlan>) -> Vec<(&FileScanConfig, &SnapshotSource)> {
    let scan = plan.downcast_ref::<DataSourceExec>();
    let own = scan.and_then(DataSourceExec::downcast_to_file_source::<SnapshotSource>);
    own.into_iter().chain(plan.children().into_iter().flat_map(scans_in)).collect()
}

/// The scan of packages, in so many partitions.
///
/// Packages of fewer octets together than `fewest` are not cut, so that there are no more partitions
/// than packages. Neither are packages of which a limited number of rows is wanted.
pub(crate) fn scan(
    store: ObjectStoreUrl,
    source: SnapshotSource,
    packages: &[Arc<Package>],
    (partitions, fewest): (usize, u64),
    limit: Option<usize>,
) -> Result<FileScanConfig, Error> {
    let groups = groups(&source, packages, partitions, fewest, limit)?;
    let statistics = statistics(&source, packages);
    Ok(of_tasks(store, source, &groups, limit, statistics))
}

/// A scan of these tasks, one list for each partition.
#[must_use]
pub(crate) fn of_tasks(
    store: ObjectStoreUrl,
    source: SnapshotSource,
    groups: &[Vec<Task>],
    limit: Option<usize>,
    statistics: Statistics,
) -> FileScanConfig {
    FileScanConfigBuilder::new(store, Arc::new(source))
        .with_file_groups(file_groups(groups))
        .with_statistics(statistics)
        .with_limit(limit)
        .build()
}

fn groups(
    source: &SnapshotSource,
    packages: &[Arc<Package>],
    partitions: usize,
    fewest: u64,
    limit: Option<usize>,
) -> Result<Vec<Vec<Task>>, Error> {
    // A scan that ends early may never read the range that contains the close delimiter. Only a
    // reading from the start of a package gives no part after it.
    if limit.is_some() {
        return balanced(packages, partitions, RangeSizes::WHOLE);
    }
    let octets = packages.iter().fold(0_u64, |sum, package| sum.saturating_add(package.octets));
    // What is small is not cut for the sake of balance, but may still be spread.
    let fewest = if octets < fewest { u64::MAX } else { source.sizes.fewest };
    balanced(packages, partitions, RangeSizes { fewest, ..source.sizes })
}

fn file_groups(groups: &[Vec<Task>]) -> Vec<FileGroup> {
    let file = |task: &Task| {
        let offset = |octets: u64| i64::try_from(octets).unwrap_or(i64::MAX);
        PartitionedFile::new_from_meta(ObjectMeta {
            location: Path::parse(&task.package.path).unwrap_or_default(),
            last_modified: Default::default(),
            size: task.package.octets,
            e_tag: task.package.etag.clone(),
            version: None,
        })
        .with_range(offset(task.range.start), offset(task.range.end))
        .with_extension(task.package.clone())
    };
    groups.iter().map(|group| FileGroup::new(group.iter().map(file).collect())).collect()
}

/// The exact number of rows, where the manifest has it; otherwise nothing is known.
fn statistics(source: &SnapshotSource, packages: &[Arc<Package>]) -> Statistics {
    let mut statistics = Statistics::new_unknown(source.table_schema.table_schema());
    let parts = packages.iter().try_fold(0_u64, |sum, package| sum.checked_add(package.parts?));
    if let Some(parts) = parts.and_then(|parts| usize::try_from(parts).ok()) {
        statistics.num_rows = Precision::Exact(parts);
    }
    statistics
}

impl FileSource for SnapshotSource {
    fn create_file_opener(
        &self,
        store: Arc<dyn ObjectStore>,
        _config: &FileScanConfig,
        partition: usize,
    ) -> Result<Arc<dyn FileOpener>> {
        let count = |name| MetricBuilder::new(&self.metrics).counter(name, partition);
        let opener = Opener {
            store,
            columns: self.columns.clone(),
            body_type: self.body_type,
            batch_size: self.batch_size,
            requests: count(RANGE_REQUESTS),
            octets: count(OCTETS_READ),
            violations: count(VIOLATIONS),
            tolerated: self.tolerated.clone(),
        };
        Ok(Arc::new(Watched { opener, outdated: self.outdated.clone() }))
    }

    fn table_schema(&self) -> &TableSchema {
        &self.table_schema
    }

    fn with_batch_size(&self, batch_size: usize) -> Arc<dyn FileSource> {
        Arc::new(Self { batch_size, ..self.clone() })
    }

    fn projection(&self) -> Option<&ProjectionExprs> {
        Some(&self.projection)
    }

    fn metrics(&self) -> &ExecutionPlanMetricsSet {
        &self.metrics
    }

    fn file_type(&self) -> &str {
        "snapshot"
    }

    fn fmt_extra(&self, _format: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, ", body={:?}", self.body_type)
    }

    /// Cuts the packages of the scan anew, whatever ranges they were cut into before.
    ///
    /// The engine's own way cuts files where the octets fall, even if only one is left of a file.
    fn repartitioned(
        &self,
        partitions: usize,
        fewest: usize,
        ordering: Option<LexOrdering>,
        config: &FileScanConfig,
    ) -> Result<Option<FileScanConfig>> {
        if ordering.is_some() {
            return Ok(None);
        }
        let mut packages: Vec<Arc<Package>> = Vec::new();
        let (mut octets, mut read) = (0_u64, 0_u64);
        for file in config.file_groups.iter().flat_map(FileGroup::iter) {
            let task = task_of(file)?;
            read = read.saturating_add(task.range.end - task.range.start);
            if packages.last().is_none_or(|last| !Arc::ptr_eq(last, &task.package)) {
                octets = octets.saturating_add(task.package.range().end);
                packages.push(task.package);
            }
        }
        // Where only some ranges of a package are left, as on a host that has a part of the work,
        // nothing may be added to them.
        if read != octets || packages.is_empty() {
            return Ok(None);
        }
        let groups = groups(self, &packages, partitions, fewest as u64, config.limit)?;
        let mut config = config.clone();
        config.file_groups = file_groups(&groups);
        Ok(Some(config))
    }

    /// Takes a choice of columns. Whatever else a projection computes, the engine computes after it.
    fn try_pushdown_projection(
        &self,
        projection: &ProjectionExprs,
    ) -> Result<Option<Arc<dyn FileSource>>> {
        let mut columns = Vec::new();
        for projected in projection.iter() {
            let column = projected.expr.downcast_ref::<expressions::Column>();
            let column = column.and_then(|column| self.columns.get(column.index()).copied());
            match column {
                Some(column) if column.name() == projected.alias && !columns.contains(&column) => {
                    columns.push(column);
                }
                _ => return Ok(None),
            }
        }
        let mut source = Self::of_columns(self.body_type, self.sizes, columns);
        source.batch_size = self.batch_size;
        source.metrics = self.metrics.clone();
        source.tolerated = self.tolerated.clone();
        source.outdated = self.outdated.clone();
        Ok(Some(Arc::new(source)))
    }

    fn apply_expressions(
        &self,
        f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        for projected in self.projection.iter() {
            if f(&projected.expr)? == TreeNodeRecursion::Stop {
                return Ok(TreeNodeRecursion::Stop);
            }
        }
        Ok(TreeNodeRecursion::Continue)
    }
}
