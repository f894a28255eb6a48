//! Whole packages in, balanced ranges out.

use crate::error::Error;
use crate::package::{Package, Task};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How packages are cut into ranges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RangeSizes {
    /// The fewest octets on either side of a cut, 1 MiB by default: each range costs a request and
    /// reads up to 64 KiB more than it has to.
    pub fewest: u64,
    /// The most octets of a range, 128 MiB by default. A task that is repeated reads them again.
    pub most: u64,
}

impl RangeSizes {
    /// No package is cut.
    pub(crate) const WHOLE: Self = Self { fewest: u64::MAX, most: u64::MAX };

    /// What [`default`](Self::default) gives.
    pub const DEFAULT: Self = Self { fewest: 1024 * 1024, most: 128 * 1024 * 1024 };

    /// Sets [`RangeSizes::fewest`](#structfield.fewest).
    #[must_use]
    pub const fn fewest(mut self, octets: u64) -> Self {
        self.fewest = octets;
        self
    }

    /// Sets [`RangeSizes::most`](#structfield.most).
    #[must_use]
    pub const fn most(mut self, octets: u64) -> Self {
        self.most = octets;
        self
    }
}

impl Default for RangeSizes {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Divides packages into groups of about as many octets, by cutting packages where a border falls
/// into them.
///
/// The packages stand in one line, which is cut into `groups` pieces of the same length. A border
/// that would leave fewer than [`RangeSizes::fewest`] octets of a package on one side moves to the end of
/// the package on that side. A group that is left empty is left out.
///
/// # Errors
/// [`Error::TooManyRanges`], before any range is made.
pub(crate) fn balanced(
    packages: &[Arc<Package>],
    groups: usize,
    sizes: RangeSizes,
) -> Result<Vec<Vec<Task>>, Error> {
    let octets = packages.iter().map(|package| u128::from(package.range().end));
    let all: u128 = octets.clone().sum();
    let ranges: u128 = octets.map(|octets| octets.div_ceil(u128::from(sizes.most.max(1)))).sum();
    let most = packages.first().map_or(u64::MAX, |package| package.limits.ranges);
    if ranges > u128::from(most) {
        return Err(Error::TooManyRanges { octets: all, ranges, most });
    }
    let groups = groups.min(usize::try_from(most).unwrap_or(usize::MAX));
    let (count, fewest) = (groups.max(1) as u128, sizes.fewest.max(1));
    let mut balanced = vec![Vec::new(); groups.max(1)];
    let (mut group, mut before) = (0, 0_u128);
    for package in packages {
        let (mut start, end) = (0, package.range().end);
        while start < end {
            let is_last = group + 1 == balanced.len();
            // Where the group ends, from the start of this package.
            let border = (all * (group as u128 + 1) / count).saturating_sub(before);
            let border = u64::try_from(border).unwrap_or(u64::MAX);
            if is_last || border >= end || end - border < fewest {
                pieces(package, start, end, sizes.most, &mut balanced[group]);
                start = end;
                if !is_last && border <= end {
                    group += 1;
                }
            } else {
                if border >= start + fewest {
                    pieces(package, start, border, sizes.most, &mut balanced[group]);
                    start = border;
                }
                group += 1;
            }
        }
        before += u128::from(end);
    }
    balanced.retain(|group| !group.is_empty());
    Ok(balanced)
}

/// Cuts a range into pieces of about the same length, with at most so many octets.
fn pieces(package: &Arc<Package>, start: u64, end: u64, most: u64, group: &mut Vec<Task>) {
    let octets = u128::from(end - start);
    let count = octets.div_ceil(u128::from(most.max(1)));
    let border = |piece: u128| {
        let border = octets * piece / count.max(1);
        start.saturating_add(u64::try_from(border).unwrap_or(u64::MAX)).min(end)
    };
    for piece in 0..count {
        let range = border(piece)..border(piece + 1);
        group.push(Task { package: package.clone(), range });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::{Limits, Tolerance};
    use proptest::prelude::*;

    fn packages(closes: &[u64]) -> Vec<Arc<Package>> {
        let package = |(number, close): (usize, &u64)| {
            Arc::new(Package {
                uri: format!("memory:///{number}"),
                path: number.to_string(),
                octets: close + 10,
                etag: None,
                content_type: String::new(),
                close: *close,
                parts: None,
                limits: Limits::default(),
                tolerance: Tolerance::default(),
            })
        };
        closes.iter().enumerate().map(package).collect()
    }

    fn cut(packages: &[Arc<Package>], groups: usize, sizes: RangeSizes) -> Vec<Vec<Task>> {
        balanced(packages, groups, sizes).unwrap()
    }

    fn lengths(groups: &[Vec<Task>]) -> Vec<u64> {
        let length = |task: &Task| task.range.end - task.range.start;
        groups.iter().map(|group| group.iter().map(length).sum()).collect()
    }

    /// A server may state any size.
    #[test]
    fn no_range_is_made_if_there_would_be_too_many() {
        let sizes = RangeSizes::default();
        let most = Limits::default().ranges;
        let octets = most * sizes.most;
        assert_eq!(cut(&packages(&[octets - 1]), 1, sizes)[0].len() as u64, most);
        for huge in [octets, 1 << 62] {
            let error = balanced(&packages(&[1, huge]), 16, sizes).unwrap_err();
            assert_eq!(error.name(), "ranges");
        }
        // Neither are there more groups.
        assert_eq!(cut(&packages(&[octets - 1]), usize::MAX, sizes).len() as u64, most);
    }

    #[test]
    fn groups_have_about_as_many_octets() {
        let sizes = RangeSizes { fewest: 10, most: u64::MAX };
        let one = packages(&[999]);
        assert_eq!(lengths(&cut(&one, 4, sizes)), [250, 250, 250, 250]);
        let uneven = packages(&[899, 49, 49]);
        assert_eq!(lengths(&cut(&uneven, 2, sizes)), [500, 500]);
        assert_eq!(cut(&[], 3, sizes), Vec::<Vec<Task>>::new());
    }

    /// The engine's own partitioner cuts single octets off, each of which costs a request.
    #[test]
    fn no_cut_leaves_fewer_octets_than_the_fewest() {
        let three = packages(&[99, 100, 100]);
        let groups = cut(&three, 3, RangeSizes { fewest: 10, most: u64::MAX });
        assert_eq!(lengths(&groups), [100, 101, 101]);
        assert!(groups.iter().all(|group| group.len() == 1));
    }

    #[test]
    fn a_range_has_at_most_the_most_octets() {
        let groups = cut(&packages(&[999]), 2, RangeSizes { fewest: 10, most: 128 });
        assert_eq!(groups.iter().map(Vec::len).collect::<Vec<_>>(), [4, 4]);
    }

    /// The README's figures: what 1 TB costs in ranges.
    #[test]
    fn a_terabyte_is_cut_into_7451_ranges_and_into_7500_for_a_hundred_groups() {
        let one = packages(&[1_000_000_000_000]);
        let ranges = |groups| {
            let groups = cut(&one, groups, RangeSizes::default());
            groups.iter().map(Vec::len).sum::<usize>()
        };
        assert_eq!((ranges(1), ranges(100)), (7_451, 7_500));
    }

    /// The README's figure: a package of fewer than 2 MiB is not cut.
    #[test]
    fn by_default_a_cut_leaves_one_mebibyte_on_both_sides() {
        let mebibyte = 1024 * 1024;
        let groups =
            |octets: u64| lengths(&cut(&packages(&[octets - 1]), 16, RangeSizes::default())).len();
        assert_eq!((groups(2 * mebibyte - 1), groups(2 * mebibyte)), (1, 2));
        assert_eq!(groups(16 * mebibyte), 16);
    }

    proptest! {
        /// Each octet in which a part can begin belongs to exactly one task.
        #[test]
        fn the_ranges_of_a_package_cover_it_once(
            closes in proptest::collection::vec(0_u64..5_000, 0..8),
            groups in 1_usize..20,
            fewest in 0_u64..600,
            most in 1_u64..6_000,
        ) {
            let packages = packages(&closes);
            let sizes = RangeSizes { fewest, most };
            let balanced = cut(&packages, groups, sizes);
            prop_assert!(balanced.len() <= groups);
            let mut tasks = balanced.iter().flatten();
            for package in &packages {
                let mut at = 0;
                while at < package.range().end {
                    let task = tasks.next().unwrap();
                    prop_assert_eq!(&task.package, package);
                    prop_assert_eq!(task.range.start, at);
                    prop_assert!(task.range.end > at && task.range.end - at <= most);
                    at = task.range.end;
                }
                prop_assert_eq!(at, package.range().end);
            }
            prop_assert!(tasks.next().is_none());
        }
    }
}
