//! The progress of a query that takes long: how many octets of the packages were read.

use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileGroup, FileSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_plan::ExecutionPlan;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use snapshot_query::{OCTETS, SnapshotSource, VIOLATIONS};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// A query that takes less time shows no progress.
const PATIENCE: Duration = Duration::from_millis(1000);
const INTERVAL: Duration = Duration::from_millis(200);

/// A bar on the screen, if there is one, which follows the metrics of a plan.
pub(crate) struct Progress {
    bar: ProgressBar,
    following: Option<JoinHandle<()>>,
}

impl Progress {
    pub(crate) fn of(plan: &Arc<dyn ExecutionPlan>, quiet: bool) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        if quiet {
            return Self { bar, following: None };
        }
        let (plan, shown) = (plan.clone(), bar.clone());
        let following = tokio::spawn(async move {
            tokio::time::sleep(PATIENCE).await;
            shown.set_draw_target(ProgressDrawTarget::stderr());
            let template = "{bytes} of {total_bytes} read [{bar:40}] {bytes_per_sec}";
            if let Ok(style) = ProgressStyle::with_template(template) {
                shown.set_style(style);
            }
            shown.set_length(planned(&plan));
            loop {
                shown.set_position(counted(&plan, OCTETS));
                tokio::time::sleep(INTERVAL).await;
            }
        });
        Self { bar, following: Some(following) }
    }

    pub(crate) fn finish(self) {
        if let Some(following) = self.following {
            following.abort();
        }
        self.bar.finish_and_clear();
    }
}

/// How many violations in packages the query tolerated.
pub(crate) fn violations(plan: &Arc<dyn ExecutionPlan>) -> u64 {
    counted(plan, VIOLATIONS)
}

/// The octets of all ranges that a plan reads.
fn planned(plan: &Arc<dyn ExecutionPlan>) -> u64 {
    let scan = plan.downcast_ref::<DataSourceExec>();
    let own = scan.and_then(DataSourceExec::downcast_to_file_source::<SnapshotSource>);
    let own = own.map_or(0_u64, |(config, _)| {
        let files = config.file_groups.iter().flat_map(FileGroup::iter);
        files.map(PartitionedFile::effective_size).sum::<u64>()
    });
    plan.children().into_iter().map(planned).sum::<u64>() + own
}

/// The sum of a metric over all scans of snapshots in a plan.
fn counted(plan: &Arc<dyn ExecutionPlan>, metric: &str) -> u64 {
    let scan = plan.downcast_ref::<DataSourceExec>();
    let own = scan.and_then(DataSourceExec::downcast_to_file_source::<SnapshotSource>);
    let own = own.and_then(|(_, source)| source.metrics().clone_inner().sum_by_name(metric));
    let own = own.map_or(0, |value| value.as_usize() as u64);
    plan.children().into_iter().map(|child| counted(child, metric)).sum::<u64>() + own
}
