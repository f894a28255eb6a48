//! The set of entities whose current state was fetched.

use std::collections::HashMap;

/// The set of entities that were fetched, each with the number of the reading of the feed in which
/// that happened.
pub trait Fetched {
    /// The error of the store.
    type Error;
    /// Whether the target is in the set.
    ///
    /// # Errors
    /// Those of the store.
    fn contains(&self, target: &str) -> Result<bool, Self::Error>;
    /// Adds a target, or replaces the number of its reading by a later one.
    ///
    /// # Errors
    /// Those of the store.
    fn insert(&mut self, target: &str, reading: u64) -> Result<(), Self::Error>;
    /// Removes all targets whose reading is before this one.
    ///
    /// # Errors
    /// Those of the store.
    fn remove_before(&mut self, reading: u64) -> Result<(), Self::Error>;
}

impl Fetched for HashMap<String, u64> {
    type Error = std::convert::Infallible;

    fn contains(&self, target: &str) -> Result<bool, Self::Error> {
        Ok(self.contains_key(target))
    }

    fn insert(&mut self, target: &str, reading: u64) -> Result<(), Self::Error> {
        HashMap::insert(self, target.to_owned(), reading);
        Ok(())
    }

    fn remove_before(&mut self, reading: u64) -> Result<(), Self::Error> {
        self.retain(|_, last| *last >= reading);
        Ok(())
    }
}
