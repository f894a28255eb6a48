//! The items that repeat an earlier one.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

/// The numbers of the texts that repeat an earlier text, in order.
///
/// A list that ascends, such as one whose items are numbered, takes no allocation. Any other list
/// takes 16 octets of memory for each item while it is checked, and the time to sort numbers.
pub(crate) fn repeated<T: AsRef<str>>(texts: &[T]) -> Vec<usize> {
    if ascends(texts) { Vec::new() } else { by_hash(texts) }
}

/// Whether each text is longer than the one before it, or follows it in byte order at the same
/// length, so that no two are the same: `/9` is before `/10`, and `/09` is before `/10`.
fn ascends<T: AsRef<str>>(texts: &[T]) -> bool {
    texts.is_sorted_by(|before, behind| {
        let (before, behind) = (before.as_ref().as_bytes(), behind.as_ref().as_bytes());
        (before.len(), before) < (behind.len(), behind)
    })
}

/// Sorts keyed hashes, which has far fewer cache misses than a table of the texts. Texts with the
/// same hash are compared themselves.
fn by_hash<T: AsRef<str>>(texts: &[T]) -> Vec<usize> {
    let state = RandomState::new();
    let hashed = texts.iter().map(|text| state.hash_one(text.as_ref().as_bytes()));
    let mut numbers: Vec<_> = hashed.zip(0_usize..).collect();
    numbers.sort_unstable();
    let mut repeated = Vec::new();
    for alike in numbers.chunk_by(|one, other| one.0 == other.0).filter(|alike| alike.len() > 1) {
        let mut seen = HashSet::new();
        let alike = alike.iter().map(|&(_, number)| number);
        repeated.extend(alike.filter(|&number| !seen.insert(texts.get(number).map(AsRef::as_ref))));
    }
    repeated.sort_unstable();
    repeated
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The obvious way.
    fn by_table(texts: &[String]) -> Vec<usize> {
        let mut seen = HashSet::new();
        (0..texts.len()).filter(|&number| !seen.insert(&texts[number])).collect()
    }

    proptest! {
        #[test]
        fn repeats_are_found_as_a_table_of_all_texts_finds_them(
            mut texts in proptest::collection::vec("[ab]{0,3}", 0..24),
            sorts in any::<bool>(),
        ) {
            if sorts {
                texts.sort_by(|one, other| (one.len(), one).cmp(&(other.len(), other)));
                texts.dedup();
                prop_assert!(ascends(&texts));
            }
            let expected = by_table(&texts);
            prop_assert_eq!(&repeated(&texts), &expected);
            prop_assert_eq!(&by_hash(&texts), &expected);
            prop_assert!(!ascends(&texts) || expected.is_empty());
        }
    }

    #[test]
    fn numbered_texts_ascend_with_and_without_leading_zeros() {
        assert!(ascends::<&str>(&[]) && ascends(&["/p"]));
        assert!(ascends(&["/p/8", "/p/9", "/p/10", "/p/11"]));
        assert!(ascends(&["/p/08", "/p/09", "/p/10"]));
        assert!(!ascends(&["/p/0", "/p/0"]) && !ascends(&["/p/10", "/p/9"]));
    }
}
