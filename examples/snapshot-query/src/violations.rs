//! The violations in packages that a scan tolerated.

use multipart_package::{Diagnostic, Rule};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// How many violations are kept; further ones are counted.
const MOST: usize = 64;

/// The violations in packages that the scans of a plan tolerated on this machine.
///
/// A query fails for violations with [`Tolerance::Strict`](crate::Tolerance::Strict). Otherwise, a
/// program asks for them after it has read all rows of a plan:
///
/// ```no_run
/// use datafusion::{error::Result, physical_plan::collect, prelude::SessionContext};
/// use snapshot_query::SnapshotSource;
///
/// # async fn read(context: SessionContext) -> Result<()> {
/// let plan = context.sql("select * from snapshot").await?.create_physical_plan().await?;
/// let rows = collect(plan.clone(), context.task_ctx()).await?;
/// for violation in SnapshotSource::all_in(&plan).iter().flat_map(|scan| scan.violations().kept()) {
///     eprintln!("{violation}");
/// }
/// # Ok(())
/// # }
/// ```
///
/// Each violation is kept once, although two ranges of a package may both see it at their seam, and
/// two scans may read the same package. At most 64 are kept.
#[derive(Debug, Default)]
pub struct Violations(Mutex<Found>);

#[derive(Debug, Default)]
struct Found {
    /// By the URI of the package, the first octet, and the rule.
    kept: BTreeMap<(String, u64, Rule), Violation>,
    omitted: u64,
}

/// A violation in a package that was tolerated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    package: String,
    diagnostic: Diagnostic,
}

impl Violation {
    /// The URI of the package.
    #[must_use]
    pub fn package(&self) -> &str {
        &self.package
    }

    /// The rule, and the octets of the package that violate it.
    #[must_use]
    pub fn diagnostic(&self) -> Diagnostic {
        self.diagnostic
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.package, self.diagnostic)
    }
}

impl Violations {
    /// The violations that were kept, by package and offset.
    #[must_use]
    pub fn kept(&self) -> Vec<Violation> {
        self.found(|found| found.kept.values().cloned().collect())
    }

    /// How many more there were. Among these, one that two ranges saw may count twice.
    #[must_use]
    pub fn omitted(&self) -> u64 {
        self.found(|found| found.omitted)
    }

    /// Adds what a range of a package has, and returns how many of these are new.
    pub(crate) fn add<'a>(
        &self,
        package: &str,
        diagnostics: impl IntoIterator<Item = &'a Diagnostic>,
        omitted: u64,
    ) -> u64 {
        self.found(|found| {
            let mut new = omitted;
            for diagnostic in diagnostics {
                let key = (package.to_owned(), diagnostic.span().start, diagnostic.rule());
                if found.kept.contains_key(&key) {
                    continue;
                }
                new += 1;
                if found.kept.len() < MOST {
                    let (package, diagnostic) = (package.to_owned(), *diagnostic);
                    found.kept.insert(key, Violation { package, diagnostic });
                } else {
                    found.omitted += 1;
                }
            }
            found.omitted += omitted;
            new
        })
    }

    fn found<T>(&self, read: impl FnOnce(&mut Found) -> T) -> T {
        read(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
