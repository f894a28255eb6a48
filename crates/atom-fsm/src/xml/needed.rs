//! The declarations that the content of an element may need.

use super::shared::Shared;
use std::borrow::Cow;

/// The fewest that are sorted again.
const FEW: usize = 8;

/// The declarations that the content of an element may need, as they are found: in any order, and again.
///
/// They take time that grows with their number, but for sorting, and memory for twice as many as there are.
#[derive(Debug, Default)]
pub(super) struct Needed<'a> {
    all: Vec<(Cow<'a, str>, Shared<'a>)>,
    /// How many are sorted, each with a prefix of its own.
    sorted: usize,
}

impl<'a> Needed<'a> {
    /// Keeps a declaration, unless one of the prefix was found before.
    pub(super) fn add(&mut self, prefix: Cow<'a, str>, namespace: Shared<'a>) {
        let (sorted, others) = self.all.split_at(self.sorted);
        if others.last().is_some_and(|(known, _)| *known == prefix)
            || sorted.binary_search_by(|(known, _)| known.cmp(&prefix)).is_ok()
        {
            return;
        }
        let others = others.len() + 1;
        self.all.push((prefix, namespace));
        if others > self.sorted.max(FEW) {
            self.sort();
        }
    }

    /// The declarations in the order of their prefixes, so that an element that was written and read is
    /// written the same again.
    pub(super) fn into_sorted(mut self) -> Vec<(Cow<'a, str>, Shared<'a>)> {
        self.sort();
        self.all
    }

    fn sort(&mut self) {
        if self.sorted < self.all.len() {
            // The sort is stable: what was found first stays first.
            self.all.sort_by(|one, other| one.0.cmp(&other.0));
            self.all.dedup_by(|later, first| later.0 == first.0);
            self.sorted = self.all.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn the_first_declaration_of_each_prefix_is_kept_in_the_order_of_the_prefixes(
            found in prop::collection::vec((0..40_u8, any::<u8>()), 0..200),
        ) {
            let mut needed = Needed::default();
            let mut expected = BTreeMap::new();
            for (prefix, namespace) in found {
                let (prefix, namespace) = (format!("p{prefix}"), format!("urn:{namespace}"));
                needed.add(Cow::Owned(prefix.clone()), Shared::from(Cow::Owned(namespace.clone())));
                prop_assert!(needed.all.len() <= 2 * needed.sorted.max(FEW) + 1);
                expected.entry(prefix).or_insert(namespace);
            }
            let sorted = needed.into_sorted();
            let sorted = sorted.into_iter().map(|(prefix, namespace)| {
                (prefix.into_owned(), namespace.to_string())
            });
            prop_assert!(sorted.eq(expected));
        }
    }
}
