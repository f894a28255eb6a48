//! A set of numbers that is kept as ranges, and is small if its numbers are adjacent.

use std::collections::BTreeMap;
use std::ops::Range;

/// Ranges that neither overlap nor touch, by their start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ranges {
    ends: BTreeMap<usize, usize>,
    count: usize,
}

impl Ranges {
    /// How many numbers are in the set.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn contains(&self, number: usize) -> bool {
        self.around(number).is_some()
    }

    /// The first number that is not below `number` and not in the set.
    pub(super) fn first_outside(&self, number: usize) -> usize {
        self.around(number).map_or(number, |range| range.end)
    }

    fn around(&self, number: usize) -> Option<Range<usize>> {
        let (&start, &end) = self.ends.range(..=number).next_back()?;
        (number < end).then_some(start..end)
    }

    /// Puts a number in. Returns whether it was not in the set.
    pub(super) fn insert(&mut self, number: usize) -> bool {
        let Some(next) = number.checked_add(1) else { return false };
        if self.contains(number) {
            return false;
        }
        let end = self.ends.remove(&next).unwrap_or(next);
        match self.ends.range_mut(..number).next_back() {
            Some((_, before)) if *before == number => *before = end,
            _ => _ = self.ends.insert(number, end),
        }
        self.count += 1;
        true
    }

    /// Takes a number out. Returns whether it was in the set.
    pub(super) fn remove(&mut self, number: usize) -> bool {
        let Some(Range { start, end }) = self.around(number) else { return false };
        self.ends.remove(&start);
        if start < number {
            self.ends.insert(start, number);
        }
        if number + 1 < end {
            self.ends.insert(number + 1, end);
        }
        self.count -= 1;
        true
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = (usize, usize)> {
        self.ends.iter().map(|(&start, &end)| (start, end))
    }

    /// Makes a set of ranges. Gives `None` unless they are in order, not empty, and do not touch.
    pub(super) fn from_ordered(ranges: &[(usize, usize)]) -> Option<Self> {
        let mut set = Self::default();
        let mut least = 0;
        for &(start, end) in ranges {
            if start < least || end <= start {
                return None;
            }
            set.ends.insert(start, end);
            set.count = set.count.checked_add(end - start)?;
            least = end.checked_add(1)?;
        }
        Some(set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn ranges_are_a_set_of_numbers(steps in proptest::collection::vec((0..24_usize, any::<bool>()), 0..80)) {
            let (mut ranges, mut set) = (Ranges::default(), BTreeSet::new());
            for (number, puts) in steps {
                if puts {
                    prop_assert_eq!(ranges.insert(number), set.insert(number));
                } else {
                    prop_assert_eq!(ranges.remove(number), set.remove(&number));
                }
                prop_assert_eq!(ranges.count(), set.len());
                for number in 0..26 {
                    prop_assert_eq!(ranges.contains(number), set.contains(&number));
                    let outside = (number..).find(|number| !set.contains(number));
                    prop_assert_eq!(Some(ranges.first_outside(number)), outside);
                }
                let listed: Vec<_> = ranges.iter().collect();
                prop_assert_eq!(Ranges::from_ordered(&listed), Some(ranges.clone()));
            }
        }
    }

    #[test]
    fn ranges_out_of_order_empty_or_touching_are_refused() {
        for wrong in
            [&[(2, 3), (0, 1)][..], &[(1, 1)], &[(3, 2)], &[(0, 2), (2, 3)], &[(0, 3), (1, 4)]]
        {
            assert_eq!(Ranges::from_ordered(wrong), None, "{wrong:?}");
        }
        assert!(Ranges::from_ordered(&[(0, usize::MAX)]).is_none());
    }
}
