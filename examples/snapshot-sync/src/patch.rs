//! JSON Merge Patch (RFC 7396). Publisher and replica apply patches with the same function, so that
//! both get the same octets.

use crate::error::Error;

/// The media type of a JSON Merge Patch.
pub const PATCH_TYPE: &str = "application/merge-patch+json";

/// Applies a JSON Merge Patch to a state, and returns the new state.
///
/// # Errors
/// [`Error::Patch`].
pub fn patched(uri: &str, state: &[u8], patch: &[u8]) -> Result<Vec<u8>, Error> {
    let broken = |source| Error::Patch { uri: uri.to_owned(), source };
    let mut state = serde_json::from_slice(state).map_err(broken)?;
    json_patch::merge(&mut state, &serde_json::from_slice(patch).map_err(broken)?);
    serde_json::to_vec(&state).map_err(broken)
}
