//! The root around what is written in parts, for the paths of what is in it.

/// The root that is open.
#[derive(Debug, Clone, Default)]
pub(crate) struct Around {
    name: Box<str>,
    entries: u64,
    others: u64,
}

/// A child of the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RootChild {
    Entry,
    Other,
}

impl Around {
    /// A root whose name is written so, with its prefix.
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    pub(super) fn count(&mut self, child: RootChild, number: u64) {
        match child {
            RootChild::Entry => self.entries += number,
            RootChild::Other => self.others += number,
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
        let before = if local == b"entry" { self.entries } else { self.others };
        format!("/{}/{}[{}]", self.local(), String::from_utf8_lossy(local), before + 1)
    }
}
