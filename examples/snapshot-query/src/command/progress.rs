//! The progress of a query that takes long: how many octets of the packages were read.

use crate::source::{OCTETS_READ, SnapshotSource, VIOLATIONS, scans_in};
use crate::table::SnapshotTable;
use crate::violations::Violation;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileGroup, FileSource};
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
        report.push_str(&format!("\n  {}", super::printable::escaped(&violation.to_string())));
    }
    if !known.is_empty() && count > VIOLATIONS_SHOWN as u64 {
        report.push_str(&format!("\n  and {} more", count - VIOLATIONS_SHOWN as u64));
    }
    Some(report)
}

fn tolerated(plan: &Arc<dyn ExecutionPlan>) -> Vec<Violation> {
    SnapshotSource::all_in(plan).iter().flat_map(|source| source.violations().kept()).collect()
}

/// The octets of all ranges that a plan reads.
fn planned(plan: &Arc<dyn ExecutionPlan>) -> u64 {
    let scans = scans_in(plan).into_iter();
    let files = scans.flat_map(|(config, _)| config.file_groups.iter().flat_map(FileGroup::iter));
    files.map(PartitionedFile::effective_size).sum()
}

/// The sum of a metric over all scans of snapshots in a plan.
fn counted(plan: &Arc<dyn ExecutionPlan>, metric: &str) -> u64 {
    let sum = |source: &SnapshotSource| source.metrics().clone_inner().sum_by_name(metric);
    let sums = SnapshotSource::all_in(plan).into_iter().filter_map(sum);
    sums.map(|value| value.as_usize() as u64).sum()
}
