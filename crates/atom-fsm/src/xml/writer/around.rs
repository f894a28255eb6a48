//! The root around what is written in parts, for the paths of what is in it.

use std::collections::HashMap;

/// The names of children that are counted, so that any number of elements takes no more memory. A child of
/// another name has no number in its path.
const MOST_NAMES: usize = 1024;

/// The root that is open.
#[derive(Debug, Clone, Default)]
pub(crate) struct Around {
    name: Box<str>,
    entries: u64,
    /// How many children there are of each other local name.
    others: HashMap<Box<str>, u64>,
}

/// A child of the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RootChild {
    Entry,
    /// One of this local name.
    Named(Box<str>),
}

impl Around {
    /// A root whose name is written so, with its prefix.
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    pub(super) fn count(&mut self, child: RootChild, number: u64) {
        match child {
            RootChild::Named(local) if &*local != "entry" => {
                if self.others.len() < MOST_NAMES || self.others.contains_key(&local) {
                    *self.others.entry(local).or_default() += number;
                }
            }
            RootChild::Entry | RootChild::Named(_) => self.entries += number,
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn local(&self) -> &str {
        self.name.rsplit(':').next().unwrap_or_default()
    }

    /// The path of the child that is written next.
    pub(super) fn path(&self, local: &[u8]) -> String {
        let local = String::from_utf8_lossy(local);
        let before = match self.others.get(&*local) {
            _ if local == "entry" => Some(self.entries),
            Some(before) => Some(*before),
            None => (self.others.len() < MOST_NAMES).then_some(0),
        };
        match before {
            Some(before) => format!("/{}/{local}[{}]", self.local(), before + 1),
            None => format!("/{}/{local}", self.local()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_counts_the_children_of_one_local_name() {
        let mut around = Around::new("a:feed");
        let named = |name: &str| RootChild::Named(name.into());
        for (child, number) in
            [(RootChild::Entry, 2), (named("title"), 1), (named("entry"), 1), (named("link"), 3)]
        {
            around.count(child, number);
        }
        for (local, path) in [
            ("entry", "/feed/entry[4]"),
            ("title", "/feed/title[2]"),
            ("link", "/feed/link[4]"),
            ("rights", "/feed/rights[1]"),
        ] {
            assert_eq!(around.path(local.as_bytes()), path);
        }
    }

    #[test]
    fn only_so_many_names_are_counted() {
        let mut around = Around::new("feed");
        for number in 0..MOST_NAMES + 9 {
            around.count(RootChild::Named(format!("a{number}").into()), 1);
        }
        assert_eq!(around.others.len(), MOST_NAMES);
        assert_eq!(around.path(b"a0"), "/feed/a0[2]");
        around.count(RootChild::Named("a0".into()), 1);
        assert_eq!(around.path(b"a0"), "/feed/a0[3]");
        assert_eq!(around.path(b"b"), "/feed/b", "its number is not known");
    }
}
