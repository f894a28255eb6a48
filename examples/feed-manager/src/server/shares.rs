//! Places that all users have together, of which one user takes no more than a share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The places.
#[derive(Debug)]
pub(super) struct Shares {
    free: Arc<Semaphore>,
    of_user: usize,
    taken: Arc<Mutex<HashMap<i64, usize>>>,
}

/// A place that is taken, until this is dropped.
#[derive(Debug)]
pub(super) struct Share {
    user: i64,
    taken: Arc<Mutex<HashMap<i64, usize>>>,
    _permit: OwnedSemaphorePermit,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoPlace {
    /// The user has as many as one may have.
    ForUser,
    /// All are taken.
    ForAnyone,
}

impl Shares {
    /// So many places, and so many of them for one user, at least one each.
    pub(super) fn new(together: usize, of_user: usize) -> Self {
        let free = Arc::new(Semaphore::new(together.max(1)));
        Self { free, of_user: of_user.max(1), taken: Arc::default() }
    }

    /// Takes a place for a user.
    pub(super) fn take(&self, user: i64) -> Result<Share, NoPlace> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let has = taken.get(&user).copied().unwrap_or_default();
        if has >= self.of_user {
            return Err(NoPlace::ForUser);
        }
        let permit = self.free.clone().try_acquire_owned().map_err(|_| NoPlace::ForAnyone)?;
        taken.insert(user, has + 1);
        Ok(Share { user, taken: self.taken.clone(), _permit: permit })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        match taken.get_mut(&self.user) {
            Some(has) if *has > 1 => *has -= 1,
            // Only who has a place is in the table.
            _ => drop(taken.remove(&self.user)),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;

    #[test]
    fn one_user_takes_no_more_than_a_share_and_gives_it_back() {
        let shares = Shares::new(3, 2);
        let (one, other) = (shares.take(1).unwrap(), shares.take(1).unwrap());
        assert_eq!(shares.take(1).err(), Some(NoPlace::ForUser));
        let third = shares.take(2).unwrap();
        assert_eq!(shares.take(2).err(), Some(NoPlace::ForAnyone));
        drop(one);
        drop(shares.take(1).unwrap());
        drop((other, third));
        assert!(shares.taken.lock().unwrap().is_empty());
    }
}
