//! What the program says of a failure.

use snapshot_sync::Error;
#[cfg(feature = "object-store")]
use snapshot_sync::publisher::upload;

/// An error in one line: what failed, where, why, and what to do.
pub(crate) fn told(error: &anyhow::Error) -> String {
    let advice = error.chain().find_map(|cause| cause.downcast_ref::<Error>()?.advice());
    #[cfg(feature = "object-store")]
    let advice = advice.or_else(|| error.downcast_ref::<upload::Error>()?.advice());
    advice.map_or_else(|| format!("{error:#}"), |advice| format!("{error:#}: {advice}"))
}
