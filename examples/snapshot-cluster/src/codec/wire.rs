//! Tables and scans as octets, which are checked against limits and prefixes. Nothing is fetched.

use crate::error::Error;
use crate::limits::Limits;
use datafusion::error::DataFusionError;
use serde::{Deserialize, Serialize};
use snapshot_query::{Allowed, Scan, SnapshotTable, TableOptions};
use url::Url;

/// What a host takes from others: how much, and which URLs it fetches.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// How much.
    pub limits: Limits,
    /// Which URLs.
    pub allowed: Allowed,
}

/// A table on the wire: where its index is, which one, and how it is read. The packages are not in it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    index: String,
    etag: String,
    options: TableOptions,
}

/// The most opening brackets that the JSON form of a range has, and some more for the scan: they
/// bound the memory that its values take before they can be counted.
const OPENINGS: usize = 4;

/// Writes a table.
///
/// # Errors
/// [`Error::IndexTag`], or [`Error::Limit`].
pub fn write_table(table: &SnapshotTable, limits: &Limits) -> Result<Vec<u8>, DataFusionError> {
    let index = table.uri().to_string();
    let Some(etag) = table.etag().map(str::to_owned) else {
        return Err(Error::IndexTag { uri: index }.into());
    };
    let octets = json(&Table { index, etag, options: table.options().clone() }, "table")?;
    limits.message(octets.len())?;
    Ok(octets)
}

/// Reads a table that another host wrote.
///
/// # Errors
/// [`Error::Message`], [`Error::Limit`], or [`snapshot_query::Error::NotAllowed`].
pub fn read_table(octets: &[u8], terms: &Terms) -> Result<SnapshotTable, DataFusionError> {
    let limits = &terms.limits;
    limits.message(octets.len())?;
    let Table { index, etag, options } = of_json(octets, "table")?;
    let content_type = options.content_type.as_deref().unwrap_or_default();
    [index.as_str(), &etag, content_type].into_iter().try_for_each(|text| limits.text(text))?;
    if options.sizes.most < limits.range {
        let (found, bound) = (options.sizes.most, limits.range);
        return Err(Error::Limit { limit: "range", found, bound }.into());
    }
    let index = Url::parse(&index)
        .map_err(|error| Error::Message { what: "table", why: error.to_string() })?;
    terms.allowed.check(&index)?;
    Ok(SnapshotTable::at(index, Some(etag), options).allowed(terms.allowed.clone()))
}

/// Writes a scan.
///
/// # Errors
/// [`Error::Limit`].
pub fn write_scan(scan: &Scan, limits: &Limits) -> Result<Vec<u8>, DataFusionError> {
    count(scan, limits)?;
    let octets = json(scan, "scan")?;
    limits.message(octets.len())?;
    Ok(octets)
}

/// Reads a scan that another host wrote.
///
/// # Errors
/// [`Error::Message`], [`Error::Limit`], or what [`Scan::check`] refuses.
pub fn read_scan(octets: &[u8], terms: &Terms) -> Result<Scan, DataFusionError> {
    let limits = &terms.limits;
    limits.message(octets.len())?;
    let openings = octets.iter().filter(|octet| matches!(octet, b'[' | b'{')).count();
    let ranges = openings.saturating_sub(limits.partitions) / OPENINGS;
    limits.tasks(ranges)?;
    let scan: Scan = of_json(octets, "scan")?;
    count(&scan, limits)?;
    limits.text(scan.store())?;
    for task in scan.partitions().iter().flatten() {
        let package = task.package();
        let etag = package.etag().unwrap_or_default();
        [package.uri(), package.path(), etag, package.content_type()]
            .into_iter()
            .try_for_each(|text| limits.text(text))?;
    }
    scan.check(&terms.allowed)?;
    Ok(scan)
}

fn count(scan: &Scan, limits: &Limits) -> Result<(), Error> {
    limits.partitions(scan.partitions().len())?;
    limits.tasks(scan.partitions().iter().map(Vec::len).sum())
}

fn json<T: Serialize>(value: &T, what: &'static str) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(value).map_err(|error| Error::Message { what, why: error.to_string() })
}

fn of_json<'a, T: Deserialize<'a>>(octets: &'a [u8], what: &'static str) -> Result<T, Error> {
    serde_json::from_slice(octets).map_err(|error| Error::Message { what, why: error.to_string() })
}
