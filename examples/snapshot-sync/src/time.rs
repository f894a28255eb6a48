//! Times, as the databases of both sides have them.

use chrono::{DateTime, Utc};

/// The instant of a number of milliseconds since the Unix epoch.
pub(crate) fn instant(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
