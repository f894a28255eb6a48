//! The progress of a query that takes long: how many octets of the packages were read.

use crate::source::{OCTETS_READ, SnapshotSource, VIOLATIONS};
use crate::table::SnapshotTable;
use crate::violations::Violation;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileGroup, FileSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_plan::ExecutionPlan;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// A query that takes less time shows no progress.
const PATIENCE: Duration = Duration::from_millis(1000);
const INTERVAL: Duration = Duration::from_millis(200);

/// How many violations are reported one by one.
const VIOLATIONS_SHOWN: usize = 16;

/// A bar on the screen, if there is one, which follows what a query has done so far.
pub(crate) struct Progress {
    bar: ProgressBar,
    following: Option<JoinHandle<()>>,
}

impl Progress {
    /// Follows the metrics of a plan.
    pub(crate) fn of(plan: &Arc<dyn ExecutionPlan>, quiet: bool) -> Self {
        let (octets, counting) = (planned(plan), plan.clone());
        // Octets that other hosts read are counted there.
        let template = match octets {
            0 => "{spinner} the query has been running for {elapsed}",
            _ => "{bytes} of {total_bytes} read [{bar:40}] {bytes_per_sec}",
        };
        Self::following(quiet, template, octets, move || counted(&counting, OCTETS_READ))
    }

    /// Follows the planning of a table's packages.
    pub(crate) fn of_planning(table: &Arc<SnapshotTable>, quiet: bool) -> Self {
        let template = "{pos} of {len} packages planned [{bar:40}] {per_sec}";
        let packages = table.package_count().unwrap_or_default() as u64;
        let counting = table.clone();
        Self::following(quiet, template, packages, move || counting.planned_count() as u64)
    }

    fn following(
        quiet: bool,
        template: &'static str,
        length: u64,
        position: impl Fn() -> u64 + Send + 'static,
    ) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        if quiet {
            return Self { bar, following: None };
        }
        let shown = bar.clone();
        let following = tokio::spawn(async move {
            tokio::time::sleep(PATIENCE).await;
            shown.set_draw_target(ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template(template) {
                shown.set_style(style);
            }
            shown.set_length(length);
            loop {
                shown.set_position(position());
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

/// What to report about violations in packages that the query tolerated; nothing if there are none.
///
/// Which ones they are is known of those that this process has read.
pub(crate) fn report_of_violations(plan: &Arc<dyn ExecutionPlan>) -> Option<String> {
    let count = violations(plan);
    if count == 0 {
        return None;
    }
    let mut report = format!("{count} violations in the packages were tolerated");
    let known = tolerated(plan);
    for violation in known.iter().take(VIOLATIONS_SHOWN) {
        report.push_str(&format!("\n  {}", super::cell::escaped(&violation.to_string())));
    }
    if !known.is_empty() && count > VIOLATIONS_SHOWN as u64 {
        report.push_str(&format!("\n  and {} more", count - VIOLATIONS_SHOWN as u64));
    }
    Some(report)
}

fn tolerated(plan: &Arc<dyn ExecutionPlan>) -> Vec<Violation> {
    let scan = plan.downcast_ref::<DataSourceExec>();
    let own = scan.and_then(DataSourceExec::downcast_to_file_source::<SnapshotSource>);
    let mut all = own.map_or_else(Vec::new, |(_, source)| source.violations().kept());
    all.extend(plan.children().into_iter().flat_map(tolerated));
    all
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
