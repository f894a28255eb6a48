//! The names of an object's members, so that a repeated one is noticed.

use std::borrow::Cow;
use std::collections::HashSet;

/// The names that occurred in one object.
#[derive(Debug, Default)]
pub(super) struct Names<'a> {
    few: Vec<Cow<'a, str>>,
    /// All names, once there are more than a few.
    many: HashSet<Cow<'a, str>>,
}

impl<'a> Names<'a> {
    /// Up to so many names it is quicker to compare each.
    const FEW: usize = 12;

    /// Forgets all names.
    #[inline]
    pub(super) fn clear(&mut self) {
        self.few.clear();
        if !self.many.is_empty() {
            self.many = HashSet::new();
        }
    }

    /// Adds a name, and gives whether it is the first of its spelling.
    #[inline]
    pub(super) fn insert(&mut self, name: Cow<'a, str>) -> bool {
        if self.few.len() < Self::FEW {
            let is_new = !self.few.contains(&name);
            self.few.push(name);
            return is_new;
        }
        self.insert_among_many(name)
    }

    #[cold]
    fn insert_among_many(&mut self, name: Cow<'a, str>) -> bool {
        if self.many.is_empty() {
            self.many.extend(self.few.iter().cloned());
        }
        self.many.insert(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_name_is_noticed_among_few_and_among_many() {
        let mut names = Names::default();
        for _ in 0..2 {
            for number in 0..40 {
                assert!(names.insert(Cow::Owned(format!("n{number}"))), "{number}");
            }
            for number in 0..40 {
                assert!(!names.insert(Cow::Owned(format!("n{number}"))), "{number}");
            }
            names.clear();
        }
        assert!(names.insert(Cow::Borrowed("n1")) && !names.insert(Cow::Borrowed("n1")));
    }
}
