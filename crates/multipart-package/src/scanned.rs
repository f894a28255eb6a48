//! How many octets the scans looked at, which the tests of linear time count.

use std::cell::Cell;

thread_local! {
    static OCTETS: Cell<usize> = const { Cell::new(0) };
}

/// Counts octets that a scan looks at.
pub(crate) fn add(octets: usize) {
    OCTETS.set(OCTETS.get() + octets);
}

/// How many octets the scans look at while this runs, on this thread.
pub(crate) fn during(run: impl FnOnce()) -> usize {
    let before = OCTETS.get();
    run();
    OCTETS.get() - before
}
