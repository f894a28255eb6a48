//! What a plan may contain: it reads snapshots, and what the stages of the same query wrote.
//!
//! Without this, a client could have the cluster read and write files: Ballista's plans can contain
//! scans of CSV, JSON, Arrow and Parquet files, and COPY and INSERT.

use crate::error::Error;
use crate::limits::Limits;
use ballista_core::execution_plans::{
    RangeShuffleReaderExec, ShuffleReaderExec, UnresolvedShuffleExec,
};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::sink::DataSinkExec;
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::source_as_provider;
use datafusion::error::Result;
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use datafusion::physical_plan::placeholder_row::PlaceholderRowExec;
use snapshot_query::{Scan, SnapshotSource, SnapshotTable};
use std::any::Any;
use std::sync::Arc;

/// Checks that a logical plan only reads snapshots.
///
/// # Errors
/// [`Error::PlanNode`].
pub fn logical(plan: &LogicalPlan) -> Result<()> {
    plan.apply_with_subqueries(|node| match refused(node)? {
        Some(node) => Err(Error::PlanNode { node }.into()),
        None => Ok(TreeNodeRecursion::Continue),
    })
    .map(|_| ())
}

/// What of a node is not run, if anything.
fn refused(node: &LogicalPlan) -> Result<Option<String>> {
    Ok(match node {
        LogicalPlan::TableScan(scan) => {
            let provider = source_as_provider(&scan.source)?;
            let is_own = provider.is::<SnapshotTable>();
            (!is_own).then(|| format!("a scan of the table {}", scan.table_name))
        }
        LogicalPlan::Projection(_)
        | LogicalPlan::Filter(_)
        | LogicalPlan::Window(_)
        | LogicalPlan::Aggregate(_)
        | LogicalPlan::Sort(_)
        | LogicalPlan::Join(_)
        | LogicalPlan::Repartition(_)
        | LogicalPlan::Union(_)
        | LogicalPlan::EmptyRelation(_)
        | LogicalPlan::Subquery(_)
        | LogicalPlan::SubqueryAlias(_)
        | LogicalPlan::Limit(_)
        | LogicalPlan::Values(_)
        | LogicalPlan::Explain(_)
        | LogicalPlan::Analyze(_)
        | LogicalPlan::Distinct(_)
        | LogicalPlan::Unnest(_) => None,
        // Statements, definitions, changes, COPY, extensions, and queries without an end.
        other => Some(format!("{}", other.display())),
    })
}

/// Checks that a physical plan only reads snapshots and what stages wrote, and writes nothing.
///
/// # Errors
/// [`Error::PlanNode`].
pub fn physical(plan: &Arc<dyn ExecutionPlan>) -> Result<(), Error> {
    let children = plan.children();
    if plan.is::<DataSinkExec>() || (children.is_empty() && !is_leaf(plan)) {
        return Err(Error::PlanNode { node: plan.name().to_owned() });
    }
    children.into_iter().try_for_each(physical)
}

fn is_leaf(plan: &Arc<dyn ExecutionPlan>) -> bool {
    if let Some(scan) = plan.downcast_ref::<DataSourceExec>() {
        let source: &dyn Any = scan.data_source().as_ref();
        return scan.downcast_to_file_source::<SnapshotSource>().is_some()
            || source.is::<MemorySourceConfig>();
    }
    plan.is::<ShuffleReaderExec>()
        || plan.is::<RangeShuffleReaderExec>()
        || plan.is::<UnresolvedShuffleExec>()
        || plan.is::<EmptyExec>()
        || plan.is::<PlaceholderRowExec>()
}

/// Checks that each scan of a snapshot fits into one message.
///
/// A task has only its part of a scan, except below what brings all partitions together, where it has
/// the whole scan. Ballista decides that later, and its own error would contain the whole plan. So
/// the whole scan must fit.
///
/// # Errors
/// [`Error::Limit`].
pub fn sizes(plan: &Arc<dyn ExecutionPlan>, limits: &Limits) -> Result<()> {
    let scan = plan
        .downcast_ref::<DataSourceExec>()
        .and_then(DataSourceExec::downcast_to_file_source::<SnapshotSource>);
    if let Some((config, _)) = scan
        && let Some(scan) = Scan::of(config)?
    {
        crate::codec::write_scan(&scan, limits)?;
    }
    plan.children().into_iter().try_for_each(|child| sizes(child, limits))
}
